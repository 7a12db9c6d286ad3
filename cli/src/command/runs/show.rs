//! `runs show`: a run with its arguments, what it did when, and its end.

mod bars;
mod lines;
mod timeline;

use crate::Answer;
use crate::data::{DataFolder, find_run};
use crate::error::CliError;
use crate::events::{log, state_color};
use crate::{report, terminal, times};
use anstyle::Style;
use bytecode::Image;
use runtime::engine::{RunId, RunState, Trigger};
use runtime::history::{History, RunSummary, Step};
use serde_json::{Value, json};

/// What `runs show` takes.
#[derive(clap::Args)]
#[command(after_help = "Example: taskwright runs show last")]
pub struct Arguments {
    /// The beginning of the run's id, or `last`
    #[arg(value_name = "RUN")]
    run: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    data: DataFolder,
}

/// The most operations that are shown.
const MOST: u32 = 10_000;
/// How long a run stands in line before it is told.
const LONG: i64 = 1_000_000;
/// The longest value that is shown on a line.
const WIDEST: usize = 100;

/// Runs it.
pub fn run(arguments: Arguments) -> Result<Answer, CliError> {
    let history = arguments.data.history()?;
    let run = history.run(&find_run(&history, &arguments.run)?.into())?;
    let image = history.image(run.image)?;
    let steps = history.steps(run.id, 0, MOST)?;
    if arguments.json {
        let mut shown = report::to_json(&run, &image);
        shown["outcome_unknown"] = run.is_unknown().into();
        shown["project"] = run.project.as_str().into();
        shown["version"] = history.version_of(&run)?.map(|version| version.number).into();
        shown["trigger"] = run.trigger.name().into();
        shown["started_by"] = started_by(run.trigger);
        shown["asked_at"] = times::universal(run.created_at).into();
        shown["arguments"] = arguments_json(&run, &image);
        shown["result_of"] = history.result_of(run.id)?.map(|other| other.to_string()).into();
        shown["history"] = steps.iter().map(lines::to_json).collect();
        terminal::line(&shown.to_string())?;
    } else {
        show(&run, &image, &steps, &history)?;
    }
    Ok(Answer::Yes)
}

fn show(run: &RunSummary, image: &Image, steps: &[Step], history: &History) -> Result<(), CliError> {
    let style = Style::new().fg_color(Some(state_color(run.state).into()));
    terminal::line(&format!("run       {}", run.id))?;
    let version = history.version_of(run)?.map(|version| format!(", version {}", version.number));
    terminal::line(&format!("task      {} of {}{}", run.task, run.project, version.unwrap_or_default()))?;
    terminal::line(&format!("state     {style}{}{style:#}", run.state.name()))?;
    if let (RunState::Queued, Some(halt)) = (run.state, history.halt(&run.project, &run.task)?) {
        terminal::line(&format!("          its task is {}", halt.words()))?;
    }
    terminal::line(&format!("trigger   {}", trigger(run.trigger, history)))?;
    show_times(run)?;
    if let Some(deadline) = run.deadline.filter(|_| run.ended_at.is_none()) {
        terminal::line(&format!("deadline  {}", times::here(deadline)))?;
    }
    terminal::line(&format!("arguments {}", arguments_json(run, image)))?;
    if let Some(Ok(value)) = &run.outcome {
        terminal::line(&format!("result    {}", cut(&report::result(run, image, value).to_string())))?;
        if let Some(other) = history.result_of(run.id)? {
            terminal::line(&format!("          found by run {other}, and it still stands"))?;
        }
    }
    let began = run.started_at.unwrap_or(run.created_at);
    if !steps.is_empty() {
        lines::show(steps, (began, run.ended_at.unwrap_or_else(times::now)))?;
    }
    if steps.len() as u64 == u64::from(MOST) {
        terminal::talk(&format!("only the first {MOST} lines of its history are shown"));
    }
    if !run.state.is_final() {
        for (question, by) in history.questions(run.id)? {
            terminal::line(&format!("asks      {by}: {question}"))?;
        }
    }
    let logs = history.logs(run.id, MOST)?;
    if !logs.is_empty() {
        terminal::line("log")?;
    }
    for row in logs {
        terminal::line(&format!("  {:>9}  {}", format!("+{}", times::length(row.at - began)), log(&row.entry)))?;
    }
    if let Some(Err(failed)) = &run.outcome {
        report::show_failure(failed, image);
    }
    if run.is_unknown() {
        terminal::talk(
            "outcome unknown: find out whether its last operation happened, then `taskwright runs retry RUN --as done` or `--as not-done`",
        );
    }
    Ok(())
}

/// Shows when a run began and how long it took, or when it was asked for.
fn show_times(run: &RunSummary) -> Result<(), CliError> {
    let Some(started) = run.started_at else {
        return terminal::line(&format!("asked for {}", times::here(run.created_at)));
    };
    let took = run.ended_at.map(|ended| format!(", took {}", times::length(ended - started))).unwrap_or_default();
    let in_line = started.saturating_sub(run.created_at);
    let in_line = if in_line < LONG { String::new() } else { format!(", after {} in line", times::length(in_line)) };
    terminal::line(&format!("started   {}{in_line}{took}", times::here(started)))
}

/// Says what started a run: another one with its task, as long as that is kept.
fn trigger(trigger: Trigger, history: &History) -> String {
    let named = |run: RunId| match history.run(&run.into()) {
        Ok(other) => format!("run {run} of {}", other.task),
        Err(_) => format!("run {run}"),
    };
    match trigger {
        Trigger::Manual => trigger.name().to_owned(),
        Trigger::Task { run } => named(run),
        Trigger::Event { position } => format!("event {position}"),
        Trigger::Success { run } => format!("success of {}", named(run)),
        Trigger::Failure { run } => format!("failure of {}", named(run)),
        Trigger::Schedule { due } => format!("schedule, due {}", times::here(due)),
    }
}

/// Gives what started a run, beside the name of it: the due time, the event or the other run.
fn started_by(trigger: Trigger) -> Value {
    match trigger {
        Trigger::Manual => Value::Null,
        Trigger::Schedule { due } => json!({"due": times::universal(due)}),
        Trigger::Event { position } => json!({"event": position}),
        Trigger::Task { run } | Trigger::Success { run } | Trigger::Failure { run } => json!({"run": run.to_string()}),
    }
}

fn arguments_json(run: &RunSummary, image: &Image) -> Value {
    let Some(task) = image.tasks.get(run.position as usize) else { return Value::Null };
    let given = task.parameters.iter().zip(&run.arguments).filter_map(|(parameter, value)| {
        let value = runtime::json::encode(&image.types, parameter.type_, value.as_ref()?);
        Some((parameter.name.clone(), value))
    });
    Value::Object(given.collect())
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(WIDEST) {
        Some((at, _)) => format!("{}… ({} characters; --json has all)", &text[..at], text.chars().count()),
        None => text.to_owned(),
    }
}
