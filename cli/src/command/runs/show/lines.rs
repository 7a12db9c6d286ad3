//! The lines of a run's history: in words, with bars of the time they took, and as JSON.

use super::bars::Bars;
use super::timeline::timeline;
use crate::error::CliError;
use crate::{terminal, times};
use runtime::engine::Verdict;
use runtime::history::{Step, StepKind};
use serde_json::{Value, json};

/// Shows what was done from when a run began, to its end or to now, indented by the steps of the task to which it belongs.
pub(super) fn show(history: &[Step], (began, end): (i64, i64)) -> Result<(), CliError> {
    let (laid, bars) = (timeline(history, began, end), Bars::of(began, end, terminal::width().unwrap_or(80)));
    terminal::line(&format!("history   {}", bars.legend()))?;
    let mut open: &[String] = &[];
    for ((line, span), within) in history.iter().zip(&laid.lines).zip(&laid.open) {
        let at = format!("+{}", times::length(line.at - began));
        let same = open.iter().zip(&line.steps).take_while(|(before, now)| before == now).count();
        for (depth, (name, step)) in line.steps.iter().zip(within).enumerate().skip(same) {
            let name = if name.starts_with("undo ") { name.clone() } else { format!("step {name}") };
            let bar = laid.steps.get(*step).map(|step| bars.bar(*step)).unwrap_or_default();
            terminal::line(&format!("  {at:>9}  {bar}  {:1$}{name}", "", 2 * depth))?;
        }
        open = &line.steps;
        if !is_bracket(&line.what) {
            let aside = if line.aside { " (set aside)" } else { "" };
            let (bar, words) = (bars.bar(*span), words(&line.what));
            terminal::line(&format!("  {at:>9}  {bar}  {:1$}{words}{aside}", "", 2 * open.len()))?;
        }
    }
    Ok(())
}

/// Says whether a line only tells that a step begins or ends, which its name tells already.
fn is_bracket(what: &StepKind) -> bool {
    matches!(what, StepKind::Ended { name, result: Ok(_), .. } if name == "step.begin" || name == "step.end")
}

fn words(step: &StepKind) -> String {
    match step {
        StepKind::Began { name } => format!("{name} begins"),
        StepKind::Ended { name, attempt, result: Ok(_) } => format!("{name} done{}", tried(*attempt)),
        StepKind::Ended { name, attempt, result: Err(failure) } => {
            format!("{name} failed{}: {failure}", tried(*attempt))
        }
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

fn tried(attempt: u16) -> String {
    if attempt > 1 { format!(" at try {attempt}") } else { String::new() }
}

/// Gives what is said of the operation at which a run failed.
fn said(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Nothing => "",
        Verdict::Done => ": the operation happened",
        Verdict::NotDone => ": the operation did not happen",
    }
}

/// Gives the JSON of a line.
pub(super) fn to_json(step: &Step) -> Value {
    let mut line = kind_json(step);
    if let (Value::Object(fields), false) = (&mut line, step.steps.is_empty()) {
        fields.insert("steps".to_owned(), json!(step.steps));
    }
    if let Some(operation) = step.operation {
        line["operation"] = operation.into();
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
        StepKind::Ended { name, attempt, result } => {
            let error = result.as_ref().err().map(|error| json!({"kind": error.kind, "message": error.message}));
            json!({"at": at, "ended": name, "attempt": attempt, "error": error})
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
