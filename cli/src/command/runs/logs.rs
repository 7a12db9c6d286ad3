//! `runs logs`: what a run logged, and what it logs while one looks.

use crate::Answer;
use crate::data::{DataFolder, find_run};
use crate::error::CliError;
use crate::events::log;
use crate::follow::Log;
use crate::{signals, terminal, times};
use runtime::engine::RunState;
use runtime::history::LogRow;
use serde_json::{Map, Value, json};

/// What `runs logs` takes.
#[derive(clap::Args)]
#[command(after_help = EXAMPLE)]
pub struct Arguments {
    /// The beginning of the run's id, or `last`
    #[arg(value_name = "RUN")]
    run: String,
    /// Go on with what the run logs until it ends; ctrl-c leaves it
    #[arg(short, long)]
    follow: bool,
    /// Print an object of JSON on a line for each line of the log
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    data: DataFolder,
}

const EXAMPLE: &str = "\
With --follow the exit code is 1 where the run does not succeed, or is left before its end.

Example: taskwright runs logs last --follow";

/// Runs it. The answer is that of a run that was followed; without that it is yes.
pub fn run(arguments: Arguments) -> Result<Answer, CliError> {
    let history = arguments.data.history()?;
    let run = find_run(&history, &arguments.run)?;
    let mut log = Log::of(&history, run);
    let mut tell =
        |line: &LogRow| terminal::line(&if arguments.json { to_json(line).to_string() } else { words(line) });
    if !arguments.follow {
        log.tell(&mut tell)?;
        return Ok(Answer::Yes);
    }
    let signals = signals::watch()?;
    let summary = log.follow(&signals, tell)?;
    terminal::talk(&match summary.state.is_final() {
        true => format!("run {run} {}", summary.state),
        false => format!("run {run} is {} and is left", summary.state),
    });
    Ok(if summary.state == RunState::Succeeded { Answer::Yes } else { Answer::No })
}

fn words(line: &LogRow) -> String {
    format!("{}  {}", times::here(line.at), log(&line.entry))
}

fn to_json(line: &LogRow) -> Value {
    let fields = line.entry.fields.iter().map(|(name, value)| (name.clone(), runtime::json::untyped(value)));
    json!({
        "at": times::universal(line.at),
        "level": line.entry.level.name(),
        "message": line.entry.message,
        "fields": fields.collect::<Map<_, _>>(),
        "operation": line.operation,
    })
}
