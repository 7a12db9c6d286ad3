//! Which runs have not ended, for an engine that holds them and for whoever lets them go on.

use super::codec::{count, fixed};
use super::folder::Trouble;
use super::statements::statements;
use crate::clock::Micros;
use crate::engine::{NEVER, RunId};
use rusqlite::{Connection, params};

statements! {
    NEWEST_RUN = "SELECT coalesce(max(id), 0) FROM runs";
    IN_FLIGHT = "SELECT project, task, sum(state = 'queued'), sum(state = 'running' AND timers.at IS NULL), sum(timers.at IS NOT NULL),
        sum(timers.at <= ?1), min(nullif(timers.at, ?2))
        FROM runs INDEXED BY runs_active LEFT JOIN timers ON timers.run = runs.id WHERE ended_at IS NULL GROUP BY project, task";
    RUNS_OF_TASK = "SELECT uid FROM runs INDEXED BY runs_active WHERE ended_at IS NULL AND state = 'running' AND task = ?1";
    WAITED_BY = "SELECT DISTINCT key FROM waits WHERE run = ?1 AND kind = 'run'";
}

/// The runs of a task that have not ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InFlight {
    /// The program.
    pub project: String,
    /// The task.
    pub task: String,
    /// How many have not begun: they wait for a slot or for their time.
    pub queued: u64,
    /// How many compute, or are in the middle of an operation.
    pub running: u64,
    /// How many sleep.
    pub sleeping: u64,
    /// How many of those should have woken.
    pub late: u64,
    /// When the first of them wakes, where a time is set.
    pub wakes_at: Option<Micros>,
}

/// Gives the row of the newest run, or 0 where there is none.
pub(super) fn newest(connection: &Connection) -> Result<i64, Trouble> {
    Ok(connection.prepare_cached(NEWEST_RUN)?.query_row([], |row| row.get(0))?)
}

/// Counts the runs that have not ended, by task.
pub(super) fn in_flight(connection: &Connection, now: Micros) -> Result<Vec<InFlight>, Trouble> {
    let mut statement = connection.prepare_cached(IN_FLIGHT)?;
    let mut rows = statement.query(params![now, NEVER])?;
    let mut tasks = Vec::new();
    while let Some(row) = rows.next()? {
        tasks.push(InFlight {
            project: row.get(0)?,
            task: row.get(1)?,
            queued: count(row.get(2)?),
            running: count(row.get(3)?),
            sleeping: count(row.get(4)?),
            late: count(row.get::<_, Option<i64>>(5)?.unwrap_or(0)),
            wakes_at: row.get(6)?,
        });
    }
    Ok(tasks)
}

/// Gives the runs of a task that have begun and not ended.
pub(super) fn of_task(connection: &Connection, task: &str) -> Result<Vec<RunId>, Trouble> {
    let mut statement = connection.prepare_cached(RUNS_OF_TASK)?;
    let uids = statement.query_map([task], |row| row.get::<_, Vec<u8>>(0))?;
    uids.map(|uid| Ok(RunId(fixed(&uid?, "a run's id")?))).collect()
}

/// Gives the runs whose end a run waits for.
pub(super) fn waited_by(connection: &Connection, run: i64) -> Result<Vec<RunId>, Trouble> {
    let mut statement = connection.prepare_cached(WAITED_BY)?;
    let keys: Vec<String> = statement.query_map([run], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(keys.iter().filter_map(|key| key.parse().ok()).collect())
}
