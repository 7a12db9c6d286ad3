//! From images to schedules in force: identities, rules, arguments.

use super::agenda::Scheduled;
use super::error::EngineError;
use super::gates::{Entrant, gates_of};
use super::id::ImageHash;
use super::shared::Shared;
use super::state::Trigger;
use crate::store::{Applied, KeptSchedule, ScheduleKey, Work};
use crate::vm::{Program, Vm};
use crate::{Data, ErrorKind, Failure};
use bytecode::{Image, Task, TaskSchedule};
use schedule::{Rule, jitter_of};
use std::collections::HashSet;
use std::sync::Arc;

/// Gives the schedules of images, each once. Changes nothing.
pub(super) fn plan(
    shared: &Shared,
    images: &[(ImageHash, Arc<Image>)],
) -> Result<Vec<(ScheduleKey, Scheduled)>, EngineError> {
    let mut found = Vec::new();
    let mut known = HashSet::new();
    for (hash, image) in images {
        for (position, task) in image.tasks.iter().enumerate() {
            for (ordinal, written) in task.schedules.iter().enumerate() {
                let key = key(image, task, written, ordinal)?;
                // The same rule with the same arguments twice is one schedule.
                if known.insert(key.identity) {
                    found.push((key, scheduled(shared, (*hash, image), position, ordinal)?));
                }
            }
        }
    }
    Ok(found)
}

/// Puts these schedules in force in the store, and all others out of it.
pub(super) fn keep(shared: &Shared, found: Vec<(ScheduleKey, Scheduled)>) -> Result<Vec<Scheduled>, EngineError> {
    let keys = found.iter().map(|(key, _)| key.clone()).collect();
    let kept = match shared.store.apply(Work::Keep { keys, at: shared.clock.now() })? {
        Applied::Kept(kept) => kept,
        Applied::Done
        | Applied::Began(_)
        | Applied::Claimed(_)
        | Applied::Refused(_)
        | Applied::Advanced(_)
        | Applied::Queued
        | Applied::Skipped(_)
        | Applied::Already
        | Applied::KeptReactions(_)
        | Applied::Trimmed(_) => Vec::new(),
    };
    Ok(found.into_iter().zip(kept).map(|((_, scheduled), kept)| Scheduled { kept, ..scheduled }).collect())
}

/// Names a schedule by what it is. What is done about missed times, and how runs are spread, do not make it another.
fn key(image: &Image, task: &Task, written: &TaskSchedule, ordinal: usize) -> Result<ScheduleKey, EngineError> {
    let spec = &written.spec;
    let rule = (&spec.form, &spec.zone, &spec.except, &spec.starting, &spec.ending);
    let bytes = postcard::to_stdvec(&(&image.name, &task.name, rule, &written.arguments))
        .map_err(|error| EngineError::BadSchedule { task: task.name.clone(), what: error.to_string() })?;
    Ok(ScheduleKey {
        identity: *blake3::hash(&bytes).as_bytes(),
        project: image.name.clone(),
        task: task.name.clone(),
        ordinal: u32::try_from(ordinal).unwrap_or(u32::MAX),
        rule: schedule::describe(spec),
    })
}

fn scheduled(
    shared: &Shared,
    (hash, image): (ImageHash, &Arc<Image>),
    position: usize,
    ordinal: usize,
) -> Result<Scheduled, EngineError> {
    let bad = |task: &str, what: String| EngineError::BadSchedule { task: task.to_owned(), what };
    let task = image.tasks.get(position).ok_or_else(|| bad("?", "the task is not there".to_owned()))?;
    let written = task.schedules.get(ordinal).ok_or_else(|| bad(&task.name, "the schedule is not there".to_owned()))?;
    let rule = Rule::new(&written.spec).map_err(|error| bad(&task.name, error.to_string()))?;
    let arguments = arguments(image, task, written)?;
    let trigger = Trigger::Schedule { due: 0 };
    let entrant = Entrant { project: &image.name, image: hash, task, trigger, zone: &shared.zone };
    let gates = gates_of(entrant, |key| {
        let program = Program::new(Arc::clone(image), &shared.natives)
            .map_err(|error| Failure::new(ErrorKind::Internal, error.to_string()))?;
        Vm::of_arguments(&program, key, position, &arguments)
    });
    let gates = gates.map_err(|failure| EngineError::BadKey { task: task.name.clone(), what: failure.message })?;
    Ok(Scheduled {
        kept: KeptSchedule { id: 0, known_since: 0, decided_to: None },
        rule,
        jitter: written.spec.jitter.map_or(0, |jitter| jitter_of(&task.name, ordinal, jitter)),
        catchup: written.spec.catchup,
        project: image.name.clone(),
        task: task.name.clone(),
        image: hash,
        position: u32::try_from(position).unwrap_or(u32::MAX),
        timeout: task.timeout,
        arguments,
        gates,
        next: None,
        is_halted: false,
    })
}

/// Reads the arguments of `with (…)`.
fn arguments(image: &Image, task: &Task, written: &TaskSchedule) -> Result<Vec<Option<Data>>, EngineError> {
    let bad = |what: String| EngineError::BadSchedule { task: task.name.clone(), what };
    let mut arguments = Vec::new();
    for parameter in &task.parameters {
        let given = written.arguments.iter().find(|(name, _)| *name == parameter.name);
        arguments.push(match given {
            Some((name, text)) => {
                let json = serde_json::from_str(text).map_err(|error| bad(format!("`{name}`: {error}")))?;
                let value = crate::json::decode(&image.types, parameter.type_, &json).map_err(|problems| {
                    let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
                    bad(format!("`{name}`: {}", problems.join("; ")))
                })?;
                Some(value)
            }
            None if parameter.default.is_some() => None,
            None => return Err(bad(format!("it gives no value for `{}`", parameter.name))),
        });
    }
    Ok(arguments)
}
