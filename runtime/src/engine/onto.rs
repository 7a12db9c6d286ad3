//! Going on with a failed run on another version of its program: only where that version asks for what the history answers.
//!
//! The history up to the place is delivered to the other program, as it would be after a restart. What the program says and
//! does between its operations may differ; what it asks for may not.

use super::error::EngineError;
use super::id::{ImageHash, RunId};
use super::live::{Live, Loaded, NotLoaded};
use super::retry::{Said, Search};
use super::transition::{Body, Row};
use crate::Natives;
use crate::secret::FolderKey;
use crate::store::{Reader, Version};
use bytecode::{Image, Native, NativeId, Task, Type, TypeId};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

/// Another program for a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Onto {
    /// The image.
    pub image: ImageHash,
    /// The number of the task in it.
    pub position: u32,
}

/// How many rows are read at once.
const PAGE: u32 = 1024;

/// Gives the newest version of a failed run's project, if the run can go on there with what is said; nothing where it is on
/// that version already.
pub(super) fn onto_latest(
    folder: &Path,
    reader: &Reader,
    natives: &Natives,
    (run, said): (RunId, &Said),
) -> Result<Option<Onto>, EngineError> {
    let stored = reader.load(run)?;
    let (from, project) = (stored.run.begun.image, stored.run.begun.project.clone());
    let Some(Version { number, image: to, .. }) = reader.newest_version(&project)? else {
        return Err(refused(run, format!("no version of `{project}` is deployed")));
    };
    if to == from {
        return Ok(None);
    }
    let (old, new) = (reader.image(from)?, reader.image(to)?);
    let name = stored.run.begun.task.clone();
    let on = |what: String| refused(run, format!("version {number} of `{project}` {what}"));
    let Some(position) = new.tasks.iter().position(|task| task.name == name) else {
        return Err(on(format!("has no task `{name}`")));
    };
    let before = usize::try_from(stored.run.begun.position).ok().and_then(|position| old.tasks.get(position));
    if let (Some(before), Some(after)) = (before, new.tasks.get(position))
        && !Same::default().heads((&old, before), (&new, after))
    {
        return Err(on(format!("has other parameters, or another result, of `{name}`")));
    }
    let onto = Onto { image: to, position: u32::try_from(position).unwrap_or(u32::MAX) };
    let loaded = Rc::new(Loaded::new(new, natives)?);
    let was = Loaded::new(Arc::clone(&old), natives)?.holds_secrets(stored.run.begun.position);
    if was != loaded.holds_secrets(onto.position) {
        return Err(on("keeps other secrets in the history of its runs".to_owned()));
    }
    let key = was.then(|| FolderKey::of(folder).of_run(run)).transpose()?;
    let failure = match &stored.run.outcome {
        Some(Err(failed)) => &failed.failure,
        Some(Ok(_)) | None => return Ok(Some(onto)),
    };
    let row = stored.run.row;
    let page = |from| reader.rows(row, from, PAGE);
    // Whatever else keeps it from going on is told where it is done.
    let aside = match Search::new(failure).through(page)?.end(said, true) {
        Ok(place) => place.aside.into_iter().collect::<HashSet<u64>>(),
        Err(why) => return Err(EngineError::NoRetry { run, why }),
    };
    let (mut rows, mut next) = (Vec::new(), 0);
    loop {
        let page = reader.rows(row, next, PAGE)?;
        let Some(last) = page.last() else { break };
        next = last.seq + 1;
        rows.extend(page.into_iter().filter(|row| !aside.contains(&row.seq)));
    }
    if let Some(name) = other_result(&rows, (&old, &loaded.image)) {
        return Err(on(format!("has another result of `{name}`, which the run has had")));
    }
    rows.iter_mut().for_each(|row| rename(&mut row.body, &old, &loaded.image));
    let mut stored = stored;
    (stored.snapshot, stored.timer) = (None, None);
    (stored.run.begun.image, stored.run.begun.position) = (to, onto.position);
    let dir = folder.join("runs").join(run.to_string()).display().to_string();
    let served = |from: u64, limit: u32| {
        let behind = rows.iter().filter(|row| row.seq >= from);
        Ok(behind.take(usize::try_from(limit).unwrap_or(usize::MAX)).cloned().collect())
    };
    match Live::load(stored, dir, loaded, key, served) {
        Ok(_) => Ok(Some(onto)),
        Err(NotLoaded::Failed(failure)) => Err(on(format!("is another before the place: {}", failure.failure.message))),
        Err(NotLoaded::Unread(error)) => Err(error),
        Err(NotLoaded::Sealed(why)) => Err(FolderKey::of(folder).refused(why)),
    }
}

/// Gives the native of an outcome whose result has another type in another image.
fn other_result(rows: &[Row], (old, new): (&Image, &Image)) -> Option<String> {
    let outcomes = rows.iter().filter_map(|row| match &row.body {
        Body::Outcome { asked, result: Ok(_), .. } => old.natives.get(usize::from(asked.native.0)),
        _ => None,
    });
    let differs = |native: &&Native| {
        let other = new.natives.iter().find(|other| other.name == native.name);
        other.is_some_and(|other| !Same::default().types((old, native.result), (new, other.result)))
    };
    outcomes.into_iter().find(differs).map(|native| native.name.clone())
}

fn refused(run: RunId, why: String) -> EngineError {
    EngineError::NotOnto { run, why }
}

/// Gives the native of a request the number that it has in another image; one that is not there has the last number, which
/// nothing asks for.
pub(crate) fn rename(body: &mut Body, from: &Image, to: &Image) {
    match body {
        Body::Intent { asked, .. } | Body::Outcome { asked, .. } | Body::Wait { asked, .. } => {
            let name = from.natives.get(usize::from(asked.native.0)).map(|native| &native.name);
            let number = to.natives.iter().position(|native| Some(&native.name) == name);
            asked.native = NativeId(number.and_then(|number| u16::try_from(number).ok()).unwrap_or(u16::MAX));
        }
        Body::Took { .. }
        | Body::Withdrawn { .. }
        | Body::CancelAsked
        | Body::DeadlinePassed
        | Body::Resumed { .. }
        | Body::Moved { .. } => {}
    }
}

/// Compares types of two images; those that are being compared are taken for the same.
#[derive(Default)]
struct Same {
    seen: HashSet<(TypeId, TypeId)>,
}

impl Same {
    /// Says whether two tasks take and give the same.
    fn heads(&mut self, (old, before): (&Image, &Task), (new, after): (&Image, &Task)) -> bool {
        before.parameters.len() == after.parameters.len()
            && before
                .parameters
                .iter()
                .zip(&after.parameters)
                .all(|(before, after)| before.name == after.name && self.types((old, before.type_), (new, after.type_)))
            && self.types((old, before.result), (new, after.result))
    }

    fn types(&mut self, (old, before): (&Image, TypeId), (new, after): (&Image, TypeId)) -> bool {
        if !self.seen.insert((before, after)) {
            return true;
        }
        let all = (old.types.get(usize::from(before.0)), new.types.get(usize::from(after.0)));
        let (Some(one), Some(other)) = all else { return false };
        let mut same = |one: TypeId, other: TypeId| self.types((old, one), (new, other));
        match (one, other) {
            (Type::Optional(one), Type::Optional(other))
            | (Type::List(one), Type::List(other))
            | (Type::Set(one), Type::Set(other))
            | (Type::Secret(one), Type::Secret(other)) => same(*one, *other),
            (Type::Map(key, value), Type::Map(other_key, other_value)) => {
                same(*key, *other_key) && same(*value, *other_value)
            }
            (Type::Record(one), Type::Record(other)) => {
                one.fields.len() == other.fields.len()
                    && one
                        .fields
                        .iter()
                        .zip(&other.fields)
                        .all(|(one, other)| one.name == other.name && same(one.type_, other.type_))
            }
            (Type::Enum(one), Type::Enum(other)) => {
                one.cases.len() == other.cases.len()
                    && one.cases.iter().zip(&other.cases).all(|(one, other)| {
                        one.name == other.name
                            && one.fields.len() == other.fields.len()
                            && one.fields.iter().zip(&other.fields).all(|(one, other)| same(one.type_, other.type_))
                    })
            }
            (one, other) => one == other,
        }
    }
}
