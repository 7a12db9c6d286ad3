//! What a run must pass before it begins: `only between`, `rate` and `concurrency` of its task, in this order; and the
//! result that it may have instead, by `cache`.
//!
//! Pure. Who has begun and who goes on is known in the store, where the gates are asked.

use super::id::ImageHash;
use super::slots::{Slots, slots_of};
use super::state::Trigger;
use crate::clock::Micros;
use crate::{Data, ErrorKind, Failure};
use bytecode::{FunctionId, Only, Task};
use schedule::Hours;
use serde::{Deserialize, Serialize};

/// The gates of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gates {
    /// When it may begin at the earliest; nothing where that does not matter.
    pub not_before: Option<Micros>,
    /// The hours in which it may begin, with the zone in which they are read.
    pub only: Option<Only>,
    /// How many may begin in how long.
    pub rate: Option<Rate>,
    /// The slots of which it needs one.
    pub slots: Option<Slots>,
    /// The result that it may have of another run, and others of it.
    pub cached: Option<Cached>,
}

/// Under which name the results of runs stand for each other, and how long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cached {
    /// Program, task, image and the key that the arguments give.
    pub name: String,
    /// How long a result stands.
    pub keep: Micros,
}

/// How many runs of a group may begin in how long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rate {
    /// The group: program, task and key.
    pub group: String,
    /// How many.
    pub starts: u32,
    /// In how long.
    pub within: Micros,
}

/// A run that is asked for, as its gates see it.
#[derive(Clone, Copy)]
pub(super) struct Entrant<'a> {
    /// The program.
    pub(super) project: &'a str,
    /// Its image.
    pub(super) image: ImageHash,
    /// The task.
    pub(super) task: &'a Task,
    /// What starts it.
    pub(super) trigger: Trigger,
    /// The project's zone.
    pub(super) zone: &'a str,
}

/// Gives the gates of a run; `key` finds out the keys that its arguments give.
pub(super) fn gates_of(
    entrant: Entrant<'_>,
    mut key: impl FnMut(FunctionId) -> Result<Data, Failure>,
) -> Result<Gates, Failure> {
    let Entrant { project, image, task, trigger, zone } = entrant;
    let only = task.clauses.only.clone().map(|only| {
        let zone = only.zone.or_else(|| Some(zone.to_owned()));
        Only { zone, ..only }
    });
    let rate = match &task.clauses.rate {
        None => None,
        Some(clause) => {
            let group = group_of(project, &task.name, clause.per, &mut key)?;
            Some(Rate { group, starts: clause.starts, within: clause.within })
        }
    };
    let cached = match &task.clauses.cache {
        None => None,
        Some(clause) => {
            let group = group_of(project, &task.name, clause.by, &mut key)?;
            Some(Cached { name: format!("{group}/{image}"), keep: clause.keep })
        }
    };
    let slots = slots_of(project, task, trigger, key)?;
    // One of several that would have the same result finds it out, and the others wait for it.
    let alone = cached.as_ref().map(|cached| Slots::alone(format!("{}/cache", cached.name)));
    Ok(Gates { not_before: None, only, rate, slots: slots.or(alone), cached })
}

/// Names the group of a clause by program, task and key.
pub(super) fn group_of(
    project: &str,
    task: &str,
    per: Option<FunctionId>,
    key: &mut impl FnMut(FunctionId) -> Result<Data, Failure>,
) -> Result<String, Failure> {
    let key = match per {
        None => String::new(),
        Some(per) => digest(&key(per)?)?,
    };
    Ok(format!("{project}/{task}/{key}"))
}

/// Gives a short name that equal keys share.
fn digest(key: &Data) -> Result<String, Failure> {
    let bytes = postcard::to_stdvec(key)
        .map_err(|error| Failure::new(ErrorKind::Internal, format!("a key has no form in bytes: {error}")))?;
    let mut hex = blake3::hash(&bytes).to_hex().to_string();
    hex.truncate(32);
    Ok(hex)
}

impl Gates {
    /// Gives the first time from `at` on at which the hours let it begin, and not before its time.
    pub fn opens(&self, at: Micros) -> Micros {
        let at = self.not_before.map_or(at, |not_before| at.max(not_before));
        let Some(only) = &self.only else { return at };
        let hours = Hours::new(only.window, only.days, only.zone.as_deref());
        // The compiler has looked whether there is the zone; a run is not lost where this machine has it not.
        hours.ok().and_then(|hours| hours.first_from(at)).unwrap_or(at)
    }

    /// Says whether it is skipped at this time, because it may begin only in other hours.
    pub fn is_closed(&self, at: Micros) -> bool {
        let begins = self.not_before.map_or(at, |not_before| at.max(not_before));
        self.only.as_ref().is_some_and(|only| !only.delay) && self.opens(begins) > begins
    }
}
