//! `runs list`: runs at a glance.

use crate::Answer;
use crate::data::DataFolder;
use crate::error::CliError;
use crate::events::{short, state_color};
use crate::{report, terminal, times};
use anstyle::Style;
use bytecode::Image;
use runtime::engine::{RunState, Trigger};
use runtime::history::{History, RunSummary};
use serde_json::{Value, json};
use std::sync::Arc;

/// What `runs list` takes.
#[derive(clap::Args)]
#[command(after_help = "Example: taskwright runs list --task backup --state failed --since 7d")]
pub struct Arguments {
    /// Only runs of this task
    #[arg(long, value_name = "NAME")]
    task: Option<String>,
    /// Only runs in one of these states
    #[arg(long, value_name = "STATE", value_parser = states())]
    state: Vec<String>,
    /// Only runs that were asked for since then: `2h`, `7d`, or a time
    #[arg(long, value_name = "TIME", value_parser = times::since)]
    since: Option<i64>,
    /// Only runs that this started
    #[arg(long, value_name = "TRIGGER", value_parser = ["manual", "schedule", "task", "event", "success", "failure"])]
    trigger: Option<String>,
    /// Only runs of tasks with this tag
    #[arg(long, value_name = "TAG")]
    tag: Option<String>,
    /// Only runs with this text in their error
    #[arg(long, value_name = "TEXT")]
    error: Option<String>,
    /// How many
    #[arg(short, long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1_000_000), value_name = "N")]
    number: u32,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    data: DataFolder,
}

/// Runs it. The answer is no if there is nothing to list.
pub fn run(arguments: Arguments) -> Result<Answer, CliError> {
    let history = arguments.data.history()?;
    let error = arguments.error.as_ref().map(|text| text.to_lowercase());
    let wanted = |run: &RunSummary| {
        arguments.task.as_ref().is_none_or(|task| run.task == *task)
            && (arguments.state.is_empty() || arguments.state.iter().any(|state| state == run.state.name()))
            && arguments.trigger.as_ref().is_none_or(|trigger| run.trigger.name() == trigger)
            && arguments.tag.as_ref().is_none_or(|tag| has_tag(&history, run, tag))
            && error.as_ref().is_none_or(|text| why(run).to_lowercase().contains(text))
    };
    let runs = history.runs_since(arguments.since, arguments.number as usize, wanted)?;
    if arguments.json {
        terminal::line(&Value::from(runs.iter().map(to_json).collect::<Vec<_>>()).to_string())?;
    } else if runs.is_empty() {
        terminal::talk("there is no such run");
    } else {
        let width = runs.iter().map(|run| run.task.chars().count()).max().unwrap_or(0);
        for run in &runs {
            terminal::line(&row(run, width))?;
        }
    }
    Ok(if runs.is_empty() { Answer::No } else { Answer::Yes })
}

/// Says whether the task of a run has a tag, in the program that it runs.
fn has_tag(history: &History, run: &RunSummary, tag: &str) -> bool {
    let task =
        |image: Arc<Image>| image.tasks.iter().find(|task| task.name == run.task).map(|task| task.clauses.tags.clone());
    history.image(run.image).ok().and_then(task).is_some_and(|tags| tags.iter().any(|each| each == tag))
}

/// Gives the states, for whoever types one.
fn states() -> clap::builder::PossibleValuesParser {
    RunState::ALL.iter().map(|state| state.name()).collect::<Vec<_>>().into()
}

/// Says why a run failed, if it did.
fn why(run: &RunSummary) -> String {
    match &run.outcome {
        Some(Err(failed)) if run.is_unknown() => format!("outcome unknown: {}", failed.failure.message),
        Some(Err(failed)) => failed.failure.to_string(),
        Some(Ok(_)) | None => String::new(),
    }
}

fn row(run: &RunSummary, width: usize) -> String {
    let style = Style::new().fg_color(Some(state_color(run.state).into()));
    let took = match (run.started_at, run.ended_at) {
        (Some(from), Some(to)) => times::length(to - from),
        (None, _) | (_, None) => String::new(),
    };
    let why = why(run);
    let line = format!(
        "{}  {}  {:width$}  {style}{:<9}{style:#}  {:<8}  {took:>7}  {why}",
        short(run.id),
        times::here(run.started_at.unwrap_or(run.created_at)),
        run.task,
        run.state.name(),
        run.trigger.name(),
    );
    line.trim_end().to_owned()
}

fn to_json(run: &RunSummary) -> Value {
    let due = match run.trigger {
        Trigger::Schedule { due } => Some(times::universal(due)),
        Trigger::Manual
        | Trigger::Task { .. }
        | Trigger::Event { .. }
        | Trigger::Success { .. }
        | Trigger::Failure { .. } => None,
    };
    let error = match &run.outcome {
        Some(Err(failed)) => json!({"kind": failed.failure.kind, "message": failed.failure.message}),
        Some(Ok(_)) | None => Value::Null,
    };
    json!({
        "run": run.id.to_string(),
        "task": run.task,
        "state": report::state(run.state),
        "outcome_unknown": run.is_unknown(),
        "trigger": run.trigger.name(),
        "due": due,
        "error": error,
        "operations": run.operations,
        "started_at": run.started_at.map(times::universal),
        "finished_at": run.ended_at.map(times::universal),
    })
}
