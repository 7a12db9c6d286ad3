//! `runs show`: a run with its arguments, its operations and its end.

use crate::Answer;
use crate::data::{DataFolder, find_run};
use crate::error::CliError;
use crate::events::{log, state_color};
use crate::{report, terminal, times};
use anstyle::Style;
use bytecode::Image;
use runtime::engine::{Trigger, Verdict};
use runtime::history::{History, RunSummary, Step, StepKind};
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
        shown["trigger"] = run.trigger.name().into();
        shown["arguments"] = arguments_json(&run, &image);
        shown["result_of"] = history.result_of(run.id)?.map(|other| other.to_string()).into();
        shown["history"] = steps.iter().map(step_json).collect();
        terminal::line(&shown.to_string())?;
    } else {
        show(&run, &image, &steps, &history)?;
    }
    Ok(Answer::Yes)
}

fn show(run: &RunSummary, image: &Image, steps: &[Step], history: &History) -> Result<(), CliError> {
    let style = Style::new().fg_color(Some(state_color(run.state).into()));
    terminal::line(&format!("run       {}", run.id))?;
    terminal::line(&format!("task      {} of {}", run.task, run.project))?;
    terminal::line(&format!("state     {style}{}{style:#}", run.state.name()))?;
    terminal::line(&format!("trigger   {}", trigger(run.trigger)))?;
    if let Some(started) = run.started_at {
        let took = run.ended_at.map(|ended| format!(", took {}", times::length(ended - started))).unwrap_or_default();
        terminal::line(&format!("started   {}{took}", times::here(started)))?;
    }
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
        terminal::line("history")?;
    }
    show_steps(steps, began)?;
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

/// Shows what was done, indented by the steps of the task to which it belongs.
fn show_steps(steps: &[Step], began: i64) -> Result<(), CliError> {
    let mut open: &[String] = &[];
    for step in steps {
        let at = format!("+{}", times::length(step.at - began));
        let same = open.iter().zip(&step.steps).take_while(|(before, now)| before == now).count();
        for (depth, name) in step.steps.iter().enumerate().skip(same) {
            let name = if name.starts_with("undo ") { name.clone() } else { format!("step {name}") };
            terminal::line(&format!("  {at:>9}  {:1$}{name}", "", 2 * depth))?;
        }
        open = &step.steps;
        if !is_bracket(&step.what) {
            let aside = if step.aside { " (set aside)" } else { "" };
            terminal::line(&format!("  {at:>9}  {:1$}{2}{aside}", "", 2 * open.len(), words(&step.what)))?;
        }
    }
    Ok(())
}

/// Says whether a line only tells that a step begins or ends, which its name tells already.
fn is_bracket(what: &StepKind) -> bool {
    matches!(what, StepKind::Ended { name, result: Ok(_) } if name == "step.begin" || name == "step.end")
}

fn trigger(trigger: Trigger) -> String {
    match trigger {
        Trigger::Manual => trigger.name().to_owned(),
        Trigger::Task { run } => format!("run {run}"),
        Trigger::Event { position } => format!("event {position}"),
        Trigger::Success { run } => format!("success of run {run}"),
        Trigger::Failure { run } => format!("failure of run {run}"),
        Trigger::Schedule { due } => format!("schedule, due {}", times::here(due)),
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

fn words(step: &StepKind) -> String {
    match step {
        StepKind::Began { name } => format!("{name} begins"),
        StepKind::Ended { name, result: Ok(_) } => format!("{name} done"),
        StepKind::Ended { name, result: Err(failure) } => format!("{name} failed: {failure}"),
        StepKind::Waits { name, until: Some(until) } => format!("{name} waits until {}", times::here(*until)),
        StepKind::Waits { name, until: None } => format!("{name} waits"),
        StepKind::Took { name } => format!("takes the event {name}"),
        StepKind::Withdrawn { operation } => format!("operation {operation} was given up"),
        StepKind::CancelAsked => "somebody asks it to stop".to_owned(),
        StepKind::DeadlinePassed => "its timeout is over".to_owned(),
        StepKind::Moved { .. } => "goes on with the version that is the newest then".to_owned(),
        StepKind::Resumed { verdict, by } => format!("{by} lets it go on{}", said(*verdict)),
    }
}

/// Gives what is said of the operation at which a run failed.
fn said(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Nothing => "",
        Verdict::Done => ": the operation happened",
        Verdict::NotDone => ": the operation did not happen",
    }
}

fn step_json(step: &Step) -> Value {
    let mut line = kind_json(step);
    if let (Value::Object(fields), false) = (&mut line, step.steps.is_empty()) {
        fields.insert("steps".to_owned(), json!(step.steps));
    }
    if step.aside {
        line["set_aside"] = true.into();
    }
    line
}

fn kind_json(step: &Step) -> Value {
    let at = times::universal(step.at);
    match &step.what {
        StepKind::Began { name } => json!({"at": at, "began": name}),
        StepKind::Ended { name, result: Ok(_) } => json!({"at": at, "ended": name, "error": null}),
        StepKind::Ended { name, result: Err(failure) } => {
            json!({"at": at, "ended": name, "error": {"kind": failure.kind, "message": failure.message}})
        }
        StepKind::Waits { name, until } => {
            json!({"at": at, "waits": name, "waits_until": until.map(times::universal)})
        }
        StepKind::Took { name } => json!({"at": at, "took": name}),
        StepKind::Withdrawn { operation } => json!({"at": at, "given_up": operation}),
        StepKind::CancelAsked => json!({"at": at, "cancel_asked": true}),
        StepKind::DeadlinePassed => json!({"at": at, "deadline_passed": true}),
        StepKind::Moved { from, to } => json!({"at": at, "moved_from": from.to_string(), "moved_to": to.to_string()}),
        StepKind::Resumed { verdict, by } => {
            let verdict = match verdict {
                Verdict::Nothing => None,
                Verdict::Done => Some("done"),
                Verdict::NotDone => Some("not-done"),
            };
            json!({"at": at, "resumed_by": by, "as": verdict})
        }
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(WIDEST) {
        Some((at, _)) => format!("{}… ({} characters; --json has all)", &text[..at], text.chars().count()),
        None => text.to_owned(),
    }
}
