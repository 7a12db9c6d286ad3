//! Old history that goes: runs that ended long ago and that nothing refers to, and old rows of the ledger. A little at a
//! time, so that nobody waits for it; what it leaves free goes back to the disk.

use super::caches;
use super::codec::{count, fixed, integer};
use super::folder::Trouble;
use super::statements::statements;
use crate::clock::Micros;
use crate::engine::RunId;
use rusqlite::{Connection, OptionalExtension, params};

statements! {
    PAGE_OF_RUNS = "SELECT id, project, task, ended_at, events_from, uid FROM runs WHERE id > ?1 ORDER BY id LIMIT ?2";
    NEWEST_EVENT = "SELECT coalesce(max(position), 0) FROM events";
    NEWEST_RUN = "SELECT max(id) FROM runs";
    UID_OF_ENDED = "SELECT uid FROM runs WHERE id = ?1 AND ended_at IS NOT NULL";
    IS_WAITED_FOR = "SELECT 1 FROM waits WHERE kind = 'run' AND key = ?1 LIMIT 1";
    PARENT_GOES_ON = "SELECT 1 FROM runs AS child JOIN runs AS parent ON parent.uid = child.origin WHERE child.id = ?1 AND child.trigger = 'task' AND parent.ended_at IS NULL";
    EVENT_MAY_BE_READ = "SELECT 1 FROM events WHERE run = ?1 AND (position > ?2 OR EXISTS (SELECT 1 FROM reactions
        WHERE reactions.project = events.project AND reactions.event = events.name AND retired = 0 AND reactions.position < events.position)) LIMIT 1";
    TRIM_JOURNAL = "DELETE FROM journal WHERE run = ?1 AND seq IN (SELECT seq FROM journal WHERE run = ?1 ORDER BY seq LIMIT ?2)";
    TRIM_LOGS = "DELETE FROM logs WHERE run = ?1 AND operation IN (SELECT operation FROM logs WHERE run = ?1 ORDER BY operation LIMIT ?2)";
    TRIM_EVENTS = "DELETE FROM events WHERE run = ?1 AND operation IN (SELECT operation FROM events WHERE run = ?1 ORDER BY operation LIMIT ?2)";
    TRIM_RUN = "DELETE FROM runs WHERE id = ?1";
    SCHEDULES_OF = "SELECT id FROM schedules WHERE id > 0 AND project = ?1 AND task = ?2";
    TRIM_LEDGER = "DELETE FROM occurrences WHERE schedule = ?1 AND nominal IN (SELECT nominal FROM occurrences
        WHERE schedule = ?1 AND nominal < ?2 AND nominal < (SELECT max(nominal) FROM occurrences WHERE schedule = ?1) ORDER BY nominal LIMIT ?3)";
    GIVE_BACK = "PRAGMA incremental_vacuum(512)";
}

/// How many rows one piece of work takes out.
const ROWS: u32 = 4_096;

/// A run, for whoever looks for old ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AgedRun {
    /// Its row.
    pub(crate) row: i64,
    /// The run.
    pub(crate) id: RunId,
    /// The program.
    pub(crate) project: String,
    /// The task.
    pub(crate) task: String,
    /// When it ended.
    pub(crate) ended_at: Option<Micros>,
    /// The place among the events behind which it sees them.
    pub(crate) events_from: u64,
}

/// What is to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Old {
    /// These runs, as far as nothing refers to them.
    Runs {
        /// Their rows, in order.
        rows: Vec<i64>,
        /// No run that goes on sees events up to this place.
        unseen_to: u64,
    },
    /// The ledger of a task's due times before a time; the newest row of each schedule stays.
    Ledger {
        /// The program.
        project: String,
        /// The task.
        task: String,
        /// The time.
        before: Micros,
    },
}

/// Reads up to `limit` runs behind a row, in the order of rows.
pub(super) fn page(connection: &Connection, behind: i64, limit: u32) -> Result<Vec<AgedRun>, Trouble> {
    let mut statement = connection.prepare_cached(PAGE_OF_RUNS)?;
    let mut rows = statement.query(params![behind, limit])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let uid: Vec<u8> = row.get(5)?;
        let (id, events_from) = (RunId(fixed(&uid, "a run's id")?), count(row.get(4)?));
        let (project, task, ended_at) = (row.get(1)?, row.get(2)?, row.get(3)?);
        found.push(AgedRun { row: row.get(0)?, id, project, task, ended_at, events_from });
    }
    Ok(found)
}

/// Gives the place of the newest event.
pub(super) fn newest_event(connection: &Connection) -> Result<u64, Trouble> {
    Ok(count(connection.prepare_cached(NEWEST_EVENT)?.query_row([], |row| row.get(0))?))
}

/// Takes out what is old, up to a bound; gives how many of the runs are decided, or of the ledger how many rows went.
pub(super) fn trim(connection: &Connection, old: &Old) -> Result<usize, Trouble> {
    let done = match old {
        Old::Runs { rows, unseen_to } => trim_runs(connection, rows, *unseen_to)?,
        Old::Ledger { project, task, before } => trim_ledger(connection, (project, task), *before)?,
    };
    let mut statement = connection.prepare_cached(GIVE_BACK)?;
    let mut pages = statement.query([])?;
    while pages.next()?.is_some() {}
    Ok(done)
}

fn trim_runs(connection: &Connection, rows: &[i64], unseen_to: u64) -> Result<usize, Trouble> {
    // Numbers of rows are given again from the newest one on, so that one stays.
    let newest: Option<i64> = connection.prepare_cached(NEWEST_RUN)?.query_row([], |row| row.get(0))?;
    let mut room = ROWS;
    for (at, row) in rows.iter().enumerate() {
        if newest == Some(*row) || has_referrers(connection, *row, unseen_to)? {
            continue;
        }
        for part in [TRIM_JOURNAL, TRIM_LOGS, TRIM_EVENTS] {
            let gone = connection.prepare_cached(part)?.execute(params![row, room])?;
            room = room.saturating_sub(u32::try_from(gone).unwrap_or(u32::MAX));
        }
        if room == 0 {
            // The run itself goes last, so that none of its rows is left without it.
            return Ok(at);
        }
        caches::forget(connection, *row)?;
        connection.prepare_cached(TRIM_RUN)?.execute([row])?;
    }
    Ok(rows.len())
}

/// Says whether something may still ask for a run: one that waits for it or has started it, or who reads its events.
fn has_referrers(connection: &Connection, row: i64, unseen_to: u64) -> Result<bool, Trouble> {
    let uid: Option<Vec<u8>> =
        connection.prepare_cached(UID_OF_ENDED)?.query_row([row], |row| row.get(0)).optional()?;
    // One that goes on, or is gone already, is nobody's old run.
    let Some(uid) = uid else { return Ok(true) };
    let uid = RunId(fixed(&uid, "a run's id")?);
    Ok(connection.prepare_cached(IS_WAITED_FOR)?.exists([uid.to_string()])?
        || connection.prepare_cached(PARENT_GOES_ON)?.exists([row])?
        || connection.prepare_cached(EVENT_MAY_BE_READ)?.exists(params![row, integer(unseen_to)])?)
}

fn trim_ledger(connection: &Connection, task: (&str, &str), before: Micros) -> Result<usize, Trouble> {
    let mut schedules = connection.prepare_cached(SCHEDULES_OF)?;
    let schedules = schedules.query_map([task.0, task.1], |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?;
    let mut gone = 0;
    for schedule in schedules {
        gone += connection.prepare_cached(TRIM_LEDGER)?.execute(params![schedule, before, ROWS])?;
    }
    Ok(gone)
}
