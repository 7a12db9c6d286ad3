//! What stands between runs: events in their order, waits for them and for runs, states.

use super::codec::{count, decode, encode, fixed, integer};
use super::folder::Trouble;
use super::runs;
use super::statements::statements;
use crate::Data;
use crate::clock::Micros;
use crate::engine::{EngineError, RunId, WaitKey};
use rusqlite::{Connection, OptionalExtension, params};

statements! {
    INSERT_WAIT = "INSERT INTO waits (run, operation, kind, key) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING";
    DROP_WAIT = "DELETE FROM waits WHERE run = ?1 AND operation = ?2";
    DROP_WAITS = "DELETE FROM waits WHERE run = ?1";
    WAITING = "SELECT DISTINCT runs.uid FROM waits JOIN runs ON runs.id = waits.run WHERE waits.kind = ?1 AND waits.key = ?2 AND (?1 = 'run' OR runs.project = ?3)";
    WAITED_RUNS = "SELECT DISTINCT key FROM waits WHERE kind = 'run'";
    WAITED_EVENTS = "SELECT DISTINCT runs.uid FROM waits JOIN runs ON runs.id = waits.run WHERE waits.kind = 'event'
        AND EXISTS (SELECT 1 FROM events WHERE events.project = runs.project AND events.name = waits.key AND events.position > runs.events_from)";
    INSERT_EVENT = "INSERT INTO events (project, name, at, run, operation, data) SELECT project, ?2, ?3, ?1, ?4, ?5 FROM runs WHERE id = ?1 ON CONFLICT (run, operation) DO NOTHING";
    READ_EVENTS = "SELECT position, data FROM events WHERE project = ?1 AND name = ?2 AND position > max(?3, (SELECT events_from FROM runs WHERE uid = ?4)) ORDER BY position LIMIT ?5";
    READ_STATE = "SELECT version, value FROM states WHERE project = ?1 AND name = ?2";
    SET_STATE = "INSERT INTO states (project, name, version, value) SELECT project, ?2, ?3, ?4 FROM runs WHERE id = ?1
        ON CONFLICT (project, name) DO UPDATE SET version = ?3, value = ?4 WHERE version = ?3 - 1";
}

/// An event as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct StoredEvent {
    /// Its place among all events.
    pub(crate) position: u64,
    /// Its record.
    pub(crate) data: Data,
}

/// Notes what an operation of a run waits for.
pub(super) fn insert_wait(connection: &Connection, run: i64, operation: u64, key: &WaitKey) -> Result<(), Trouble> {
    let (kind, key) = key.as_row();
    connection.prepare_cached(INSERT_WAIT)?.execute(params![run, integer(operation), kind, key])?;
    Ok(())
}

/// Forgets what an operation of a run waits for.
pub(super) fn drop_wait(connection: &Connection, run: i64, operation: u64) -> Result<(), Trouble> {
    connection.prepare_cached(DROP_WAIT)?.execute(params![run, integer(operation)])?;
    Ok(())
}

/// Forgets all that a run waits for.
pub(super) fn drop_waits(connection: &Connection, run: i64) -> Result<(), Trouble> {
    connection.prepare_cached(DROP_WAITS)?.execute([run])?;
    Ok(())
}

/// Gives the runs of a project that wait for something; a run is waited for by those of all projects.
pub(super) fn waiting(connection: &Connection, project: &str, key: &WaitKey) -> Result<Vec<RunId>, Trouble> {
    let (kind, key) = key.as_row();
    let mut statement = connection.prepare_cached(WAITING)?;
    let uids = statement.query_map(params![kind, key, project], |row| row.get::<_, Vec<u8>>(0))?;
    uids.map(|uid| Ok(RunId(fixed(&uid?, "a run's id")?))).collect()
}

/// Gives the runs for which something may have happened that they wait for. Whoever should have told them may be gone.
pub(super) fn may_go_on(connection: &Connection) -> Result<Vec<RunId>, Trouble> {
    let mut found = Vec::new();
    let mut statement = connection.prepare_cached(WAITED_RUNS)?;
    let keys: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for run in keys.iter().filter_map(|key| key.parse::<RunId>().ok()) {
        let row = runs::find(connection, run)?;
        if row.map(|row| runs::has_ended(connection, row)).transpose()?.unwrap_or(true) {
            found.extend(waiting(connection, "", &WaitKey::Run(run))?);
        }
    }
    let mut statement = connection.prepare_cached(WAITED_EVENTS)?;
    let uids = statement.query_map([], |row| row.get::<_, Vec<u8>>(0))?;
    for uid in uids {
        found.push(RunId(fixed(&uid?, "a run's id")?));
    }
    Ok(found)
}

/// Writes an event.
pub(super) fn insert_event(
    connection: &Connection,
    run: i64,
    operation: u64,
    (name, at, data): (&str, Micros, &Data),
) -> Result<(), Trouble> {
    connection.prepare_cached(INSERT_EVENT)?.execute(params![run, name, at, integer(operation), encode(data)?])?;
    Ok(())
}

/// Reads up to `limit` events of a name behind a position, of those since a run began.
pub(super) fn events(
    connection: &Connection,
    run: RunId,
    (project, name): (&str, &str),
    behind: u64,
    limit: u32,
) -> Result<Vec<StoredEvent>, Trouble> {
    let mut statement = connection.prepare_cached(READ_EVENTS)?;
    let mut rows = statement.query(params![project, name, integer(behind), &run.0[..], limit])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let data: Vec<u8> = row.get(1)?;
        found.push(StoredEvent { position: count(row.get(0)?), data: decode(&data, "an event")? });
    }
    Ok(found)
}

/// Reads a state with its version.
pub(super) fn state(connection: &Connection, project: &str, name: &str) -> Result<Option<(u64, Data)>, Trouble> {
    let mut statement = connection.prepare_cached(READ_STATE)?;
    let found: Option<(i64, Vec<u8>)> =
        statement.query_row([project, name], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    found.map(|(version, value)| Ok((count(version), decode(&value, "a state")?))).transpose()
}

/// Replaces a state, whose version must be the one before.
pub(super) fn set_state(
    connection: &Connection,
    run: i64,
    name: &str,
    version: u64,
    value: &Data,
) -> Result<(), Trouble> {
    let changed =
        connection.prepare_cached(SET_STATE)?.execute(params![run, name, integer(version), encode(value)?])?;
    if changed == 1 { Ok(()) } else { Err(Trouble::Refused(EngineError::StateMoved(name.to_owned()))) }
}
