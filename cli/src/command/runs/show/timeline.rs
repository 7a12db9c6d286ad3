//! Where the time of a run went: when each line of its history began and ended, and the steps around it.
//!
//! A wait, and an operation that may happen only once, have a line for their beginning. Of other operations only the end is
//! kept: they count from the line before them, which is right where one thing is done after another, and may be too late
//! for what is done side by side.

use runtime::history::{Step, StepKind};
use std::collections::HashMap;

/// The spans of a history.
#[derive(Default)]
pub(super) struct Timeline {
    /// Those of the lines, in their order.
    pub(super) lines: Vec<Span>,
    /// For each line the steps that are open at it, outermost first, as places in `steps`.
    pub(super) open: Vec<Vec<usize>>,
    /// Those of the steps: one for each time that a step was done, with all its tries.
    pub(super) steps: Vec<Span>,
}

/// From when to when something was, in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    /// Its beginning.
    pub(super) from: i64,
    /// Its end.
    pub(super) to: i64,
    /// What it is.
    pub(super) kind: SpanKind,
}

/// What a span is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SpanKind {
    /// A step of the task.
    Step,
    /// Something was done.
    Work,
    /// Something was waited for.
    Wait,
    /// Something failed.
    Failed,
    /// A moment. An operation that begins is one too: the line at which it ends has its span.
    Moment,
}

/// An operation that has begun.
struct Begun {
    at: i64,
    kind: SpanKind,
    line: usize,
    path: Vec<String>,
}

/// A step that has begun.
struct Open {
    path: Vec<String>,
    step: usize,
}

/// Lays a history out in time: from when the run began, to its end or to now.
pub(super) fn timeline(history: &[Step], began: i64, end: i64) -> Timeline {
    let mut laid = Timeline::default();
    let (mut begun, mut open) = (HashMap::<u64, Begun>::new(), Vec::<Open>::new());
    let mut before = began;
    for (place, line) in history.iter().enumerate() {
        let at = line.at;
        let mut span = Span { from: at, to: at, kind: SpanKind::Moment };
        let mut begins = |kind| {
            let this = || Begun { at, kind, line: place, path: line.steps.clone() };
            line.operation.map(|operation| begun.entry(operation).or_insert_with(this));
        };
        match &line.what {
            StepKind::Began { .. } => begins(SpanKind::Work),
            StepKind::Waits { .. } => begins(SpanKind::Wait),
            StepKind::Ended { result, .. } => {
                let beginning = line.operation.and_then(|operation| begun.remove(&operation));
                let (from, kind) = beginning.map_or((before, SpanKind::Work), |begun| (begun.at, begun.kind));
                let kind = if result.is_ok() { kind } else { SpanKind::Failed };
                span = Span { from: from.min(at), to: at, kind };
            }
            StepKind::Withdrawn { operation } => {
                if let Some(begun) = begun.remove(operation) {
                    laid.lines[begun.line] = Span { from: begun.at, to: at, kind: begun.kind };
                }
            }
            StepKind::Took { .. }
            | StepKind::CancelAsked
            | StepKind::DeadlinePassed
            | StepKind::Resumed { .. }
            | StepKind::Moved { .. } => {}
        }
        laid.enter(&mut open, line, span);
        if matches!(&line.what, StepKind::Ended { name, .. } if name == "step.end") {
            laid.leave(&mut open, line, &begun);
        }
        laid.lines.push(span);
        before = at;
    }
    for begun in begun.into_values() {
        laid.lines[begun.line] = Span { from: begun.at, to: end.max(begun.at), kind: begun.kind };
        for step in open.iter().filter(|step| begun.path.starts_with(&step.path)) {
            laid.steps[step.step].to = end.max(begun.at);
        }
    }
    laid
}

impl Timeline {
    /// Opens the steps of a line that are not open yet, and lets all of them last until it.
    fn enter(&mut self, open: &mut Vec<Open>, line: &Step, span: Span) {
        let mut within = Vec::new();
        for depth in 1..=line.steps.len() {
            let path = &line.steps[..depth];
            let known = open.iter().find(|open| open.path == path).map(|open| open.step);
            let step = known.unwrap_or_else(|| {
                self.steps.push(Span { kind: SpanKind::Step, ..span });
                open.push(Open { path: path.to_vec(), step: self.steps.len() - 1 });
                self.steps.len() - 1
            });
            self.steps[step].to = line.at;
            within.push(step);
        }
        self.open.push(within);
    }

    /// Closes a step at the line that tells its end, which has the steps around it. Of several that are done side by side it is
    /// the one in which nothing goes on and something happened last.
    fn leave(&mut self, open: &mut Vec<Open>, line: &Step, begun: &HashMap<u64, Begun>) {
        let depth = line.steps.len() + 1;
        let is_idle = |path: &[String]| begun.values().all(|begun| !begun.path.starts_with(path));
        let ended = open
            .iter()
            .filter(|open| open.path.len() == depth && open.path.starts_with(&line.steps) && is_idle(&open.path))
            .max_by_key(|open| self.steps[open.step].to)
            .map(|open| (open.path.clone(), open.step));
        if let Some((path, step)) = ended {
            self.steps[step].to = line.at;
            open.retain(|open| !open.path.starts_with(&path));
        }
    }
}
