//! What can be submitted to the store, and how each piece is applied, alone, inside the transaction of its batch.
//!
//! What concerns several runs (is the slot free? has this due time its row?) is decided here, where everything that the
//! batch did before is seen.

use super::folder::Trouble;
use super::halts::Halt;
use super::reactions::{KeptReaction, React, ReactionKey};
use super::retention::Old;
use super::schedules::{KeptSchedule, OccurrenceRow, ScheduleKey};
use super::{
    between, caches, images, journal, logs, reactions, requests, retention, retries, runs, schedules, slots, starts,
    versions,
};
use crate::clock::Micros;
use crate::engine::{
    Act, End, EngineError, ImageHash, NewRun, OccurrenceOutcome, Onto, Retry, RunId, RunState, Transition,
};
use bytecode::Image;
use rusqlite::Connection;
use std::sync::Arc;

/// A piece of work: applied whole or not at all.
#[derive(Clone, Debug)]
pub(crate) enum Work {
    /// Stores an image.
    Deploy {
        /// The image.
        image: Arc<Image>,
        /// Its bytes.
        bytes: Arc<[u8]>,
        /// Their hash.
        hash: ImageHash,
        /// The present.
        at: Micros,
        /// What it becomes beside.
        standing: Standing,
    },
    /// Starts a run.
    Start(Box<NewRun>),
    /// A decision about a run.
    Advance(Transition),
    /// A schedule is due.
    Fire(Box<Fire>),
    /// Due times at which nothing begins.
    Record(Vec<OccurrenceRow>),
    /// Lets runs begin that wait in a group, as long as slots are free.
    Claim {
        /// The group.
        group: String,
        /// The present.
        at: Micros,
    },
    /// Lets runs begin that have waited for their time.
    Admit {
        /// The present.
        at: Micros,
    },
    /// These schedules are in force from now on.
    Keep {
        /// All of them.
        keys: Vec<ScheduleKey>,
        /// The present.
        at: Micros,
    },
    /// These reactions are in force from now on.
    KeepReactions {
        /// All of them.
        keys: Vec<ReactionKey>,
    },
    /// A reaction decides about an event.
    React {
        /// What.
        react: Box<React>,
        /// The present.
        at: Micros,
    },
    /// A run that failed goes on.
    Retry {
        /// The run.
        run: RunId,
        /// What is said of the operation at which it failed.
        retry: Retry,
        /// The program that it goes on with, where it is another.
        onto: Option<Onto>,
        /// The present.
        at: Micros,
    },
    /// A run that never started ends.
    CancelQueued {
        /// The run.
        run: RunId,
        /// The present.
        at: Micros,
    },
    /// From now on nothing of a task begins.
    Halt(Box<Halt>),
    /// A task is let go.
    EndHalt {
        /// The project.
        project: String,
        /// The task.
        task: String,
        /// The present.
        at: Micros,
    },
    /// A request was acted on.
    Answered {
        /// Its row.
        request: i64,
    },
    /// Old history goes.
    Trim(Old),
}

/// What an image is that is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// The program of runs, and nothing more.
    Stored,
    /// The current one of its tasks.
    Current,
    /// The newest version of its project, which has no other tasks then.
    Version,
}

/// A due time and the run that it wants.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fire {
    /// The row of the schedule.
    pub(crate) schedule: i64,
    /// The run.
    pub(crate) run: NewRun,
    /// The nominal time.
    pub(crate) nominal: Micros,
    /// When it should start.
    pub(crate) effective: Micros,
    /// The present.
    pub(crate) at: Micros,
    /// `Ran` or `Late`.
    pub(crate) outcome: OccurrenceOutcome,
}

/// What a piece of work came to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Applied {
    /// It is done.
    Done,
    /// A run has begun.
    Began(Box<Begun>),
    /// What became of runs that waited.
    Claimed(Vec<Applied>),
    /// A run waits for its slot.
    Queued,
    /// A run has ended as it was asked for.
    Refused(Box<Refused>),
    /// What followed from a decision about a run, where anything did.
    Advanced(Advanced),
    /// Nothing began, for this reason.
    Skipped(&'static str),
    /// It had been done before.
    Already,
    /// The schedules in force, in the order of their keys.
    Kept(Vec<KeptSchedule>),
    /// The reactions in force, in the order of their keys.
    KeptReactions(Vec<KeptReaction>),
    /// So much of what is old is decided.
    Trimmed(usize),
}

/// A run that has begun.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Begun {
    /// How.
    pub(crate) run: NewRun,
    /// When.
    pub(crate) started_at: Micros,
}

/// A run that ended as it was asked for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Refused {
    /// How it was asked for.
    pub(crate) run: NewRun,
    /// How it ended.
    pub(crate) end: End,
}

/// What followed from a decision about a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Advanced {
    /// What became of the runs that it started.
    pub(crate) starts: Vec<Applied>,
    /// The group in which a slot is free now.
    pub(crate) freed: Option<String>,
}

/// Applies a piece of work.
pub(super) fn apply(connection: &Connection, work: &Work) -> Result<Applied, Trouble> {
    match work {
        Work::Deploy { image, bytes, hash, at, standing } => {
            images::keep(connection, image, bytes, *hash, *at)?;
            match standing {
                Standing::Stored => {}
                Standing::Current => images::put_in_force(connection, image, *hash, *at)?,
                Standing::Version => {
                    images::put_in_force(connection, image, *hash, *at)?;
                    images::drop_other_tasks(connection, &image.name, *hash)?;
                    versions::add(connection, &image.name, *hash, *at)?;
                }
            }
            Ok(Applied::Done)
        }
        Work::Start(run) => Ok(starts::start(connection, run, run.created_at, None)?.1),
        Work::Advance(transition) => advance(connection, transition),
        Work::Fire(due) => fire(connection, due),
        Work::Record(occurrences) => {
            for occurrence in occurrences {
                schedules::insert(connection, occurrence, None)?;
            }
            Ok(Applied::Done)
        }
        Work::Claim { group, at } => Ok(Applied::Claimed(starts::claim(connection, group, *at)?)),
        Work::Admit { at } => starts::admit(connection, *at),
        Work::Keep { keys, at } => Ok(Applied::Kept(schedules::keep(connection, keys, *at)?)),
        Work::KeepReactions { keys } => Ok(Applied::KeptReactions(reactions::keep(connection, keys)?)),
        Work::React { react, at } => reactions::react(connection, react, *at),
        Work::Retry { run, retry, onto, at } => {
            retries::retry(connection, *run, (retry, *onto), *at)?;
            Ok(Applied::Done)
        }
        Work::CancelQueued { run, at } => cancel_queued(connection, *run, *at),
        Work::Halt(halt) => starts::halt(connection, halt),
        Work::EndHalt { project, task, at } => starts::end_halt(connection, project, task, *at),
        Work::Answered { request } => {
            requests::remove(connection, *request)?;
            Ok(Applied::Done)
        }
        Work::Trim(old) => Ok(Applied::Trimmed(retention::trim(connection, old)?)),
    }
}

fn advance(connection: &Connection, transition: &Transition) -> Result<Applied, Trouble> {
    let Some(run) = runs::find(connection, transition.run)? else {
        return Err(Trouble::Refused(EngineError::NoRun(transition.run.to_string())));
    };
    journal::append(connection, run, &transition.rows)?;
    if let Some(snapshot) = &transition.park {
        journal::set_snapshot(connection, run, snapshot)?;
    }
    let mut advanced = Advanced::default();
    for act in &transition.acts {
        match act {
            Act::Log { operation, at, entry } => logs::insert(connection, run, *operation, *at, entry)?,
            Act::Emit { operation, at, name, data } => {
                between::insert_event(connection, run, *operation, (name, *at, data))?;
            }
            Act::SetState { name, version, value } => {
                between::set_state(connection, run, name, *version, value)?;
            }
            Act::Start(started) => {
                advanced.starts.push(starts::start_new(connection, started, started.created_at, None)?);
            }
            Act::Call(called) => {
                advanced.starts.push(starts::start_new(connection, called, called.created_at, Some(run))?);
            }
            Act::Await { operation, key } => between::insert_wait(connection, run, *operation, key)?,
            Act::Unawait { operation } => between::drop_wait(connection, run, *operation)?,
            Act::Park { until } => journal::set_timer(connection, run, *until)?,
            Act::Unpark => journal::drop_timer(connection, run)?,
            Act::End(end) => {
                if !runs::end(connection, run, end)? {
                    return Err(Trouble::Refused(EngineError::Ended(transition.run)));
                }
                if end.state == RunState::Succeeded {
                    caches::stand(connection, run, end.at)?;
                }
                journal::drop_live_parts(connection, run)?;
                between::drop_waits(connection, run)?;
                advanced.freed = slots::release(connection, run)?;
                retries::remember(connection, run, end.state, advanced.freed.as_deref())?;
                reactions::insert_end(connection, run, transition.run, end)?;
            }
        }
    }
    let nothing = advanced.starts.is_empty() && advanced.freed.is_none();
    Ok(if nothing { Applied::Done } else { Applied::Advanced(advanced) })
}

fn fire(connection: &Connection, due: &Fire) -> Result<Applied, Trouble> {
    if schedules::is_decided(connection, due.schedule, due.nominal)? {
        return Ok(Applied::Already);
    }
    let mut occurrence = OccurrenceRow {
        schedule: due.schedule,
        nominal: due.nominal,
        until: None,
        effective: due.effective,
        decided_at: due.at,
        outcome: due.outcome,
        why: None,
        run: None,
    };
    if let Some(why) = starts::skipped(connection, &due.run, due.at)? {
        occurrence.outcome = OccurrenceOutcome::Skipped;
        occurrence.why = Some(why.to_owned());
        schedules::insert(connection, &occurrence, None)?;
        return Ok(Applied::Skipped(why));
    }
    let (run, applied) = starts::start(connection, &due.run, due.at, None)?;
    schedules::insert(connection, &occurrence, Some(run))?;
    Ok(applied)
}

fn cancel_queued(connection: &Connection, run: RunId, at: Micros) -> Result<Applied, Trouble> {
    let Some(row) = runs::find(connection, run)? else {
        return Err(Trouble::Refused(EngineError::NoRun(run.to_string())));
    };
    if let Some(cancelled) = starts::cancel_queued(connection, row, at)? {
        return Ok(cancelled);
    }
    if !runs::has_ended(connection, row)? {
        // It has begun since somebody looked: whoever drives it is asked.
        requests::cancel(connection, row, at)?;
    }
    Ok(Applied::Already)
}

impl Work {
    /// Estimates the bytes that it writes.
    pub(super) fn weight(&self) -> usize {
        match self {
            Work::Deploy { bytes, .. } => bytes.len(),
            Work::Advance(transition) => {
                let snapshot = transition.park.as_ref().map_or(0, |snapshot| snapshot.bytes.len());
                snapshot + transition.weight()
            }
            Work::Record(occurrences) => 100 * occurrences.len(),
            Work::Start(_)
            | Work::Fire(_)
            | Work::Claim { .. }
            | Work::Admit { .. }
            | Work::Keep { .. }
            | Work::KeepReactions { .. }
            | Work::React { .. }
            | Work::Retry { .. }
            | Work::CancelQueued { .. }
            | Work::Halt(_)
            | Work::EndHalt { .. }
            | Work::Answered { .. } => 500,
            // It makes way rather than weight, and it is bounded.
            Work::Trim(_) => 100_000,
        }
    }
}
