//! A simulation as JSON, version 1; the shape is told in the book.

use super::{Changed, Simulation, zone_name};
use crate::times::universal;
use jiff::Span;
use schedule::ClockEffect;
use serde_json::{Value, json};

/// Gives the object that `simulate --json` prints.
pub(super) fn of(simulation: &Simulation) -> Value {
    let forecast = &simulation.forecast;
    json!({
        "version": 1,
        "from": universal(simulation.from),
        "to": universal(simulation.to),
        "zone": zone_name(&simulation.zone),
        "starts": forecast.starts,
        "tasks": tasks(simulation),
        "hours": hours(simulation),
        "together": forecast.together.iter().map(|set| json!({
            "tasks": set.tasks.iter().map(|task| simulation.name(*task)).collect::<Vec<_>>(),
            "minutes": set.minutes,
            "first": universal(set.first),
        })).collect::<Vec<_>>(),
        "clock_changes": simulation.changes.iter().map(changed).collect::<Vec<_>>(),
        "list": list(simulation),
    })
}

fn tasks(simulation: &Simulation) -> Vec<Value> {
    let lines = simulation.forecast.tasks.iter().zip(&simulation.words).zip(&simulation.tasks);
    let tasks = lines.map(|((line, words), task)| {
        json!({
            "task": line.task,
            "rules": words,
            "starts": line.starts,
            "first": line.first.map(universal),
            "last": line.last.map(universal),
            "delayed": line.delayed,
            "skipped": line.skipped,
            "overlaps": task.lasts.map(|_| line.overlaps),
        })
    });
    tasks.collect()
}

/// The hours in which something starts.
fn hours(simulation: &Simulation) -> Vec<Value> {
    let hours = &simulation.forecast.hours;
    let busy = (0_i64..).zip(&hours.starts).filter(|(_, starts)| **starts > 0);
    let busy = busy.map(|(hour, starts)| {
        let local = hours.first.saturating_add(Span::new().hours(hour));
        json!({"local": local.to_string(), "starts": starts})
    });
    busy.collect()
}

fn changed(changed: &Changed) -> Value {
    let (effect, local, times) = match &changed.effect {
        ClockEffect::Moved(wall) => ("moved", Some(wall.to_string()), None),
        ClockEffect::First(wall) => ("first_of_two", Some(wall.to_string()), None),
        ClockEffect::Repeated(times) => ("repeated", None, Some(*times)),
        ClockEffect::LeftOut(times) => ("left_out", None, Some(*times)),
    };
    json!({
        "at": universal(changed.at),
        "zone": zone_name(&changed.zone),
        "effect": effect,
        "local": local,
        "times": times,
        "tasks": changed.tasks,
    })
}

fn list(simulation: &Simulation) -> Value {
    let Some(list) = &simulation.forecast.list else { return Value::Null };
    let rule = |task: usize, schedule: usize| simulation.words.get(task).and_then(|words| words.get(schedule));
    let starts = list.iter().map(|start| {
        json!({"task": simulation.name(start.task), "at": universal(start.at), "rule": rule(start.task, start.schedule)})
    });
    starts.collect()
}
