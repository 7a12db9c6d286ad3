//! Results that stand for later runs of the same: `cache` of a task.
//!
//! A run has a row here from its beginning, and the time to which its result stands once it has succeeded. One that finds
//! such a result ends with it and does nothing.

use super::codec::{decode, fixed};
use super::folder::Trouble;
use super::statements::statements;
use crate::Data;
use crate::clock::Micros;
use crate::engine::{Cached, RunFailure, RunId};
use rusqlite::{Connection, OptionalExtension, params};

statements! {
    INSERT_CACHED = "INSERT INTO caches (run, name, keep) VALUES (?1, ?2, ?3)";
    RESULT_STANDS = "UPDATE caches SET until = ?2 + keep WHERE run = ?1 AND source IS NULL";
    STANDING = "SELECT caches.run, runs.outcome FROM caches JOIN runs ON runs.id = caches.run
        WHERE caches.name = (SELECT name FROM caches WHERE run = ?1) AND caches.until > ?2 ORDER BY caches.until DESC LIMIT 1";
    STANDING_FOR = "SELECT 1 FROM caches WHERE name = ?1 AND until > ?2 LIMIT 1";
    SET_SOURCE = "UPDATE caches SET source = ?2 WHERE run = ?1";
    SOURCE_OF = "SELECT runs.uid FROM caches JOIN runs ON runs.id = caches.source WHERE caches.run = ?1";
    FORGET_CACHED = "DELETE FROM caches WHERE run = ?1";
}

/// A run looks for a result, and leaves its own for others.
pub(super) fn insert(connection: &Connection, run: i64, cached: &Cached) -> Result<(), Trouble> {
    connection.prepare_cached(INSERT_CACHED)?.execute(params![run, cached.name, cached.keep])?;
    Ok(())
}

/// A run has succeeded: if others may have its result, it stands from now on.
pub(super) fn stand(connection: &Connection, run: i64, at: Micros) -> Result<(), Trouble> {
    connection.prepare_cached(RESULT_STANDS)?.execute(params![run, at])?;
    Ok(())
}

/// Says whether a result stands that a run may have which is not there yet.
pub(super) fn stands(connection: &Connection, cached: &Cached, at: Micros) -> Result<bool, Trouble> {
    Ok(connection.prepare_cached(STANDING_FOR)?.exists(params![cached.name, at])?)
}

/// Gives a run that is about to begin the result that stands for it, and notes whose it is.
pub(super) fn answer(connection: &Connection, run: i64, at: Micros) -> Result<Option<Data>, Trouble> {
    let found: Option<(i64, Option<Vec<u8>>)> = connection
        .prepare_cached(STANDING)?
        .query_row(params![run, at], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((source, Some(outcome))) = found else { return Ok(None) };
    match decode::<Result<Data, RunFailure>>(&outcome, "the outcome of a run")? {
        Ok(result) => {
            connection.prepare_cached(SET_SOURCE)?.execute(params![run, source])?;
            Ok(Some(result))
        }
        Err(_) => Ok(None),
    }
}

/// Gives the run whose result another one has.
pub(super) fn source(connection: &Connection, run: i64) -> Result<Option<RunId>, Trouble> {
    let uid: Option<Vec<u8>> = connection.prepare_cached(SOURCE_OF)?.query_row([run], |row| row.get(0)).optional()?;
    uid.map(|uid| Ok(RunId(fixed(&uid, "a run's id")?))).transpose()
}

/// A run goes from the history, and its result with it.
pub(super) fn forget(connection: &Connection, run: i64) -> Result<(), Trouble> {
    connection.prepare_cached(FORGET_CACHED)?.execute([run])?;
    Ok(())
}
