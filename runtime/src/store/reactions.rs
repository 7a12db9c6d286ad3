//! Reactions in force: which tasks which events start, and how far each has come among the events.
//!
//! That a run succeeded or failed is an event of its project too, written with the end of the run where a reaction in
//! force wants it. Its name has a blank in it, so it is never one that a program emits.

use super::between::StoredEvent;
use super::codec::{count, decode, encode, integer};
use super::folder::Trouble;
use super::statements::statements;
use super::work::Applied;
use super::{runs, starts};
use crate::Data;
use crate::clock::Micros;
use crate::engine::{End, NewRun, RunFailure, RunId, RunState};
use rusqlite::{Connection, params};

statements! {
    KEEP_REACTION = "INSERT INTO reactions (identity, project, task, event, position) VALUES (?1, ?2, ?3, ?4, (SELECT coalesce(max(position), 0) FROM events))
        ON CONFLICT (identity) DO UPDATE SET retired = 0,
        position = CASE WHEN retired = 0 THEN position ELSE (SELECT coalesce(max(position), 0) FROM events) END
        RETURNING id, position";
    OTHER_REACTIONS = "SELECT id FROM reactions WHERE id > 0 AND retired = 0";
    RETIRE_REACTION = "UPDATE reactions SET retired = 1 WHERE id = ?1";
    ADVANCE_REACTION = "UPDATE reactions SET position = ?2 WHERE id = ?1 AND position < ?2";
    INSERT_END = "INSERT INTO events (project, name, at, run, operation, data) SELECT runs.project, ?2 || runs.task, ?3, runs.id, -1 - runs.generation, ?4 FROM runs
        WHERE runs.id = ?1 AND EXISTS (SELECT 1 FROM reactions WHERE reactions.project = runs.project AND event = ?2 || runs.task AND retired = 0)
        ON CONFLICT (run, operation) DO NOTHING";
    READ_BEHIND = "SELECT position, data FROM events WHERE project = ?1 AND name = ?2 AND position > ?3 ORDER BY position LIMIT ?4";
}

/// How the name of the event begins that says that a run of a task succeeded.
pub(crate) const SUCCESS_OF: &str = "success of ";

/// How the name of the event begins that says that a run of a task failed or took too long.
pub(crate) const FAILURE_OF: &str = "failure of ";

/// What makes a reaction the same one: its task and what the task reacts to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReactionKey {
    /// The hash of all that.
    pub(crate) identity: [u8; 32],
    /// The program.
    pub(crate) project: String,
    /// The task.
    pub(crate) task: String,
    /// The name of the event.
    pub(crate) event: String,
}

/// A reaction in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct KeptReaction {
    /// Its row.
    pub(crate) id: i64,
    /// The place of the last event that it has decided; nothing up to there ever starts a run.
    pub(crate) position: u64,
}

/// What a reaction does about an event.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct React {
    /// The row of the reaction.
    pub(crate) reaction: i64,
    /// The event's place.
    pub(crate) position: u64,
    /// The run that begins, if the event is one that is wanted.
    pub(crate) run: Option<NewRun>,
    /// Why that run cannot begin, and so has failed.
    pub(crate) failure: Option<RunFailure>,
}

/// Puts reactions in force, and all others out of it. A new one begins with the events to come.
pub(super) fn keep(connection: &Connection, keys: &[ReactionKey]) -> Result<Vec<KeptReaction>, Trouble> {
    let mut kept = Vec::new();
    for key in keys {
        let row = params![&key.identity[..], key.project, key.task, key.event];
        let (id, position): (i64, i64) =
            connection.prepare_cached(KEEP_REACTION)?.query_row(row, |row| Ok((row.get(0)?, row.get(1)?)))?;
        kept.push(KeptReaction { id, position: count(position) });
    }
    let mut statement = connection.prepare_cached(OTHER_REACTIONS)?;
    let in_force: Vec<i64> = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for id in in_force {
        if !kept.iter().any(|reaction| reaction.id == id) {
            connection.prepare_cached(RETIRE_REACTION)?.execute([id])?;
        }
    }
    Ok(kept)
}

/// Writes the event of a run's end, if a reaction in force wants it.
pub(super) fn insert_end(connection: &Connection, row: i64, run: RunId, end: &End) -> Result<(), Trouble> {
    let Some(prefix) = prefix_of(end.state) else { return Ok(()) };
    let record = Data::Record(vec![Data::String(run.to_string())]);
    connection.prepare_cached(INSERT_END)?.execute(params![row, prefix, end.at, encode(&record)?])?;
    Ok(())
}

/// Gives how the name of the event begins that a run's end is; `None` where it is none.
pub(crate) fn prefix_of(state: RunState) -> Option<&'static str> {
    match state {
        RunState::Succeeded => Some(SUCCESS_OF),
        RunState::Failed | RunState::TimedOut => Some(FAILURE_OF),
        RunState::Queued | RunState::Running | RunState::Waiting | RunState::Cancelled => None,
    }
}

/// Does what a reaction does about an event, once: whoever comes later finds it decided.
pub(super) fn react(connection: &Connection, react: &React, at: Micros) -> Result<Applied, Trouble> {
    let decided = params![react.reaction, integer(react.position)];
    if connection.prepare_cached(ADVANCE_REACTION)?.execute(decided)? == 0 {
        return Ok(Applied::Already);
    }
    let Some(run) = &react.run else { return Ok(Applied::Done) };
    match &react.failure {
        None => starts::start_new(connection, run, at, None),
        Some(_) if runs::find(connection, run.id)?.is_some() => Ok(Applied::Already),
        Some(failure) => {
            let refused = (RunState::Failed, failure.clone());
            Ok(starts::refuse(connection, (run, None), at, refused)?.1)
        }
    }
}

/// Reads up to `limit` events of a name behind a position.
pub(super) fn behind(
    connection: &Connection,
    (project, name): (&str, &str),
    position: u64,
    limit: u32,
) -> Result<Vec<StoredEvent>, Trouble> {
    let mut statement = connection.prepare_cached(READ_BEHIND)?;
    let mut rows = statement.query(params![project, name, integer(position), limit])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let data: Vec<u8> = row.get(1)?;
        found.push(StoredEvent { position: count(row.get(0)?), data: decode(&data, "an event")? });
    }
    Ok(found)
}
