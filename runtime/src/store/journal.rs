//! The inputs of runs in their order, snapshots, and when parked runs wake.

use super::codec::fixed;
use super::codec::{count, decode, encode, integer};
use super::folder::Trouble;
use super::statements::statements;
use crate::clock::Micros;
use crate::engine::{Row, RunId, Snapshot};
use rusqlite::{Connection, OptionalExtension, params};

statements! {
    INSERT_ROW = "INSERT INTO journal (run, seq, at, body) VALUES (?1, ?2, ?3, ?4)";
    READ_ROWS = "SELECT seq, at, body FROM journal WHERE run = ?1 AND seq >= ?2 AND aside IS NULL ORDER BY seq LIMIT ?3";
    READ_ALL_ROWS = "SELECT seq, at, body, aside IS NOT NULL FROM journal WHERE run = ?1 AND seq >= ?2 ORDER BY seq LIMIT ?3";
    REWRITE_ROW = "UPDATE journal SET body = ?3 WHERE run = ?1 AND seq = ?2";
    SET_ASIDE = "UPDATE journal SET aside = 1 WHERE run = ?1 AND seq = ?2";
    SET_SNAPSHOT = "INSERT INTO snapshots (run, seq, bytes) VALUES (?1, ?2, ?3)
        ON CONFLICT (run) DO UPDATE SET seq = ?2, bytes = ?3";
    READ_SNAPSHOT = "SELECT seq, bytes FROM snapshots WHERE run = ?1";
    DROP_SNAPSHOT = "DELETE FROM snapshots WHERE run = ?1";
    SET_TIMER = "INSERT INTO timers (run, at) VALUES (?1, ?2) ON CONFLICT (run) DO UPDATE SET at = ?2";
    DROP_TIMER = "DELETE FROM timers WHERE run = ?1";
    DUE_TIMERS = "SELECT runs.uid, timers.at, timers.run FROM timers JOIN runs ON runs.id = timers.run
        WHERE (timers.at, timers.run) > (?1, ?2) AND timers.at < ?3 ORDER BY timers.at, timers.run LIMIT ?4";
    HAS_TIMER = "SELECT at FROM timers WHERE run = ?1";
}

/// Appends rows.
pub(super) fn append(connection: &Connection, run: i64, rows: &[Row]) -> Result<(), Trouble> {
    let mut statement = connection.prepare_cached(INSERT_ROW)?;
    for row in rows {
        statement.execute(params![run, integer(row.seq), row.at, encode(&row.body)?])?;
    }
    Ok(())
}

/// Reads up to `limit` rows from a place on, without those that were set aside.
pub(super) fn read(connection: &Connection, run: i64, from: u64, limit: u32) -> Result<Vec<Row>, Trouble> {
    let mut statement = connection.prepare_cached(READ_ROWS)?;
    let mut rows = statement.query(params![run, integer(from), limit])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(from_row(row)?);
    }
    Ok(found)
}

/// Reads up to `limit` rows from a place on, each with whether it was set aside.
pub(super) fn read_all(connection: &Connection, run: i64, from: u64, limit: u32) -> Result<Vec<(Row, bool)>, Trouble> {
    let mut statement = connection.prepare_cached(READ_ALL_ROWS)?;
    let mut rows = statement.query(params![run, integer(from), limit])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push((from_row(row)?, row.get(3)?));
    }
    Ok(found)
}

fn from_row(row: &rusqlite::Row<'_>) -> Result<Row, Trouble> {
    let body: Vec<u8> = row.get(2)?;
    Ok(Row { seq: count(row.get(0)?), at: row.get(1)?, body: decode(&body, "a row of a run's history")? })
}

/// Replaces what a row says.
pub(super) fn rewrite(connection: &Connection, run: i64, row: &Row) -> Result<(), Trouble> {
    connection.prepare_cached(REWRITE_ROW)?.execute(params![run, integer(row.seq), encode(&row.body)?])?;
    Ok(())
}

/// Sets rows aside: they stay to be seen, and are delivered no more.
pub(super) fn set_aside(connection: &Connection, run: i64, places: &[u64]) -> Result<(), Trouble> {
    let mut statement = connection.prepare_cached(SET_ASIDE)?;
    for place in places {
        statement.execute(params![run, integer(*place)])?;
    }
    Ok(())
}

/// Replaces the snapshot of a run.
pub(super) fn set_snapshot(connection: &Connection, run: i64, snapshot: &Snapshot) -> Result<(), Trouble> {
    connection.prepare_cached(SET_SNAPSHOT)?.execute(params![run, integer(snapshot.seq), snapshot.bytes])?;
    Ok(())
}

/// Reads the snapshot of a run.
pub(super) fn snapshot(connection: &Connection, run: i64) -> Result<Option<Snapshot>, Trouble> {
    let mut statement = connection.prepare_cached(READ_SNAPSHOT)?;
    let read = statement.query_row([run], |row| Ok(Snapshot { seq: count(row.get(0)?), bytes: row.get(1)? }));
    Ok(read.optional()?)
}

/// Removes what only a living run needs.
pub(super) fn drop_live_parts(connection: &Connection, run: i64) -> Result<(), Trouble> {
    connection.prepare_cached(DROP_SNAPSHOT)?.execute([run])?;
    drop_timer(connection, run)
}

/// Sets when a parked run wakes.
pub(super) fn set_timer(connection: &Connection, run: i64, at: Micros) -> Result<(), Trouble> {
    connection.prepare_cached(SET_TIMER)?.execute(params![run, at])?;
    Ok(())
}

/// Removes the timer of a run.
pub(super) fn drop_timer(connection: &Connection, run: i64) -> Result<(), Trouble> {
    connection.prepare_cached(DROP_TIMER)?.execute([run])?;
    Ok(())
}

/// Gives the timer of a run, if it is parked.
pub(super) fn timer(connection: &Connection, run: i64) -> Result<Option<Micros>, Trouble> {
    Ok(connection.prepare_cached(HAS_TIMER)?.query_row([run], |row| row.get(0)).optional()?)
}

/// A timer by its time and the row of its run: the order in which timers are read.
pub(crate) type TimerKey = (Micros, i64);

/// Gives parked runs that wake before a time, of those behind a timer, earliest first.
pub(super) fn due_timers(
    connection: &Connection,
    behind: TimerKey,
    before: Micros,
    limit: usize,
) -> Result<Vec<(RunId, TimerKey)>, Trouble> {
    let mut statement = connection.prepare_cached(DUE_TIMERS)?;
    let mut rows = statement.query(params![behind.0, behind.1, before, integer(limit as u64)])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let uid: Vec<u8> = row.get(0)?;
        found.push((RunId(fixed(&uid, "a run's id")?), (row.get(1)?, row.get(2)?)));
    }
    Ok(found)
}
