//! A run as it is reported: the JSON shape of the manual, and a failure with its source.

use crate::terminal;
use bytecode::Image;
use diagnostics::{Place, SourceFile};
use miette::{LabeledSpan, MietteDiagnostic, NamedSource, Report, Severity};
use runtime::engine::{RunFailure, RunState};
use runtime::history::RunSummary;
use serde_json::{Value, json};

/// Gives the JSON of a run: `run --json` and `runs show --json`.
pub fn to_json(run: &RunSummary, image: &Image) -> Value {
    let (result, error) = match &run.outcome {
        Some(Ok(value)) => (result(run, image, value), Value::Null),
        Some(Err(failure)) => (Value::Null, failure_json(failure, image)),
        None => (Value::Null, Value::Null),
    };
    json!({
        "run": run.id.to_string(),
        "task": run.task,
        "state": state(run.state),
        "result": result,
        "error": error,
        "operations": run.operations,
        "started_at": run.started_at.map(crate::times::universal),
        "finished_at": run.ended_at.map(crate::times::universal),
    })
}

/// Gives a result by its task's type.
pub fn result(run: &RunSummary, image: &Image, value: &runtime::Data) -> Value {
    match image.tasks.get(run.position as usize) {
        Some(task) => runtime::json::encode(&image.types, task.result, value),
        None => Value::Null,
    }
}

/// Gives the name of a state in JSON. A run that is about to begin is waiting.
pub fn state(state: RunState) -> &'static str {
    match state {
        RunState::Queued => "waiting",
        RunState::Running
        | RunState::Waiting
        | RunState::Succeeded
        | RunState::Failed
        | RunState::Cancelled
        | RunState::TimedOut => state.name(),
    }
}

fn failure_json(failed: &RunFailure, image: &Image) -> Value {
    let trace: Vec<_> = failed
        .trace
        .iter()
        .map(|line| json!({"function": line.function, "where": place_json(line.place, image)}))
        .collect();
    json!({
        "kind": failed.failure.kind,
        "message": failed.failure.message,
        "retryable": failed.failure.retryable,
        "where": place_json(place_to_show(failed, image), image),
        "trace": trace,
    })
}

fn place_json(place: Option<Place>, image: &Image) -> Value {
    match place.and_then(|place| Some((source(place, image)?, place))) {
        Some((source, place)) => {
            let position = source.position(place.span.start);
            json!({"file": source.name(), "line": position.line, "column": position.column})
        }
        None => Value::Null,
    }
}

/// Gives the source of a place. An image has no texts of the library: they are those of this version.
fn source(place: Place, image: &Image) -> Option<SourceFile> {
    let source = image.sources.get(place.file.0 as usize)?;
    let module = source.name.strip_prefix("std/").and_then(|name| name.strip_suffix(".task"));
    let library = module.and_then(|module| stdlib::SOURCES.iter().find(|(name, _)| *name == module));
    let text = library.map_or(source.text.as_str(), |(_, text)| text);
    Some(SourceFile::new(source.name.clone(), text))
}

/// Gives the place in the author's own sources where a run failed: of a failure within the library, the call of it.
fn place_to_show(failed: &RunFailure, image: &Image) -> Option<Place> {
    let is_own = |place: &Place| {
        let source = image.sources.get(place.file.0 as usize);
        source.is_some_and(|source| !source.name.starts_with("std/"))
    };
    let own = failed.place.into_iter().chain(failed.trace.iter().filter_map(|line| line.place)).find(is_own);
    own.or(failed.place)
}

/// Shows why a run failed, with the place in the source that it ran, and the calls that led there.
pub fn show_failure(failed: &RunFailure, image: &Image) {
    let mut calls: Vec<String> = Vec::new();
    for same in failed.trace.chunk_by(|line, next| line == next) {
        let Some(line) = same.first() else { continue };
        let at = line.place.and_then(|place| {
            let source = source(place, image)?;
            let position = source.position(place.span.start);
            Some(format!(" at {}:{}:{}", source.name(), position.line, position.column))
        });
        calls.push(format!("in {}{}", line.function, at.unwrap_or_default()));
        if same.len() > 1 {
            calls.push(format!("   and {} calls more from there", same.len() - 1));
        }
    }
    for undo in &failed.failed_undos {
        calls.push(format!("undo incomplete: `{}` could not be undone: {}", undo.step, undo.failure));
    }
    let mut diagnostic = MietteDiagnostic::new(failed.failure.message.clone())
        .with_severity(Severity::Error)
        .with_code(failed.failure.kind.clone());
    if !calls.is_empty() {
        diagnostic = diagnostic.with_help(calls.join("\n"));
    }
    let shown = place_to_show(failed, image);
    let report = match shown.and_then(|place| Some((source(place, image)?, place))) {
        Some((source, place)) if !source.text().is_empty() => {
            let words = if shown == failed.place { "failed here" } else { "failed in this call" };
            let label = LabeledSpan::at(place.span.start as usize..place.span.end as usize, words);
            Report::new(diagnostic.with_label(label))
                .with_source_code(NamedSource::new(source.name(), source.text().to_owned()))
        }
        Some(_) | None => Report::new(diagnostic),
    };
    terminal::report(report.as_ref());
}
