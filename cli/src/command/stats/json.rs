//! What the runs of a task come to, as JSON.

use super::Stats;
use super::summary::{Lengths, Spread};
use crate::{report, times};
use serde_json::{Map, Value, json};

/// Gives the JSON of `stats`.
pub(super) fn of(stats: &Stats) -> Value {
    let summary = &stats.summary;
    let mut states = Map::new();
    for (state, runs) in &summary.states {
        let entry = states.entry(report::state(*state)).or_insert_with(|| 0_u64.into());
        *entry = (entry.as_u64().unwrap_or(0) + runs).into();
    }
    let days = summary.days.iter().map(|(date, day)| {
        json!({
            "date": date.to_string(),
            "runs": day.runs,
            "succeeded": day.succeeded,
            "failed": day.failed,
            "duration_us": lengths(&day.took),
        })
    });
    let (succeeded, of) = summary.success();
    json!({
        "task": stats.task,
        "project": stats.project,
        "since": stats.since.map(times::universal),
        "runs": summary.runs,
        "complete": !stats.is_cut,
        "states": states,
        "success_rate": (of > 0).then(|| succeeded as f64 / of as f64),
        "duration_us": lengths(&summary.took),
        "in_line_us": lengths(&summary.stood_in_line),
        "operations": summary.operations,
        "days": days.collect::<Vec<_>>(),
    })
}

fn lengths(lengths: &Lengths) -> Value {
    match lengths.spread() {
        Some(Spread { p50, p95, p99, longest }) => json!({"p50": p50, "p95": p95, "p99": p99, "longest": longest}),
        None => Value::Null,
    }
}
