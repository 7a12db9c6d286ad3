//! `runs retry`: lets a failed run go on where it failed, whoever has its data folder.

use crate::Answer;
use crate::data::{DataFolder, find_run};
use crate::error::CliError;
use crate::{arguments, terminal};
use clap::ValueEnum;
use runtime::engine::{Retried, Verdict, Word, retry};

/// What `runs retry` takes.
#[derive(clap::Args)]
#[command(after_help = "Example: taskwright runs retry last --as not-done\n\n\
A run whose outcome is unknown stopped at an operation of which nobody knows whether it happened. Look it up on the \
other side, and say it.\n\n\
With `--on-latest` a run goes on with a version that was mended: also one that failed in its own code. What it did \
is not done again; the newest version has to ask for the same operations up to there.")]
pub struct Arguments {
    /// The beginning of the run's id, or `last`
    #[arg(value_name = "RUN")]
    run: String,
    /// What became of the operation at which it failed
    #[arg(long = "as", value_enum, value_name = "WHAT")]
    was: Option<Was>,
    /// What the operation gave, where it was done and gives something
    #[arg(long, value_name = "JSON", requires = "was")]
    result: Option<String>,
    /// Go on with the newest version of its project, where that asks for the same up to the place
    #[arg(long)]
    on_latest: bool,
    /// Who says it; otherwise the user of this system
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    #[command(flatten)]
    data: DataFolder,
}

/// What became of an operation.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Was {
    /// It happened: the run goes on behind it
    Done,
    /// It did not happen: it is done again
    NotDone,
}

/// Runs it.
pub fn run(arguments: Arguments) -> Result<Answer, CliError> {
    let run = find_run(&arguments.data.history()?, &arguments.run)?;
    let result = arguments.result.as_deref().map(serde_json::from_str::<serde_json::Value>).transpose();
    let result = result.map_err(|error| {
        CliError::usage(format!("the result is no JSON: {error}"), "a text needs its quotes: --result '\"sent\"'")
    })?;
    let verdict = match arguments.was {
        None => Verdict::Nothing,
        Some(Was::Done) => Verdict::Done,
        Some(Was::NotDone) => Verdict::NotDone,
    };
    if result.is_some() && verdict != Verdict::Done {
        return Err(CliError::usage("only what was done has a result", "leave `--result` out, or say `--as done`"));
    }
    let on_latest = arguments.on_latest.then(stdlib::natives);
    let word = Word { verdict, result: result.as_ref(), by: arguments::user(arguments.by), on_latest };
    terminal::talk(&match retry(&arguments.data.here(), &run.into(), word)? {
        Retried::Now(run) => format!("run {run} goes on where it failed"),
        Retried::Later(run) => format!("run {run} goes on where it failed, once its folder is served"),
        Retried::Asked(run) => format!("run {run} is asked to go on; `taskwright runs show` shows whether it does"),
    });
    Ok(Answer::Yes)
}
