//! Runs that may not begin yet: because of the hour, or because so many of their group have begun.
//!
//! A rate is kept by the times at which runs begin, those that are still to come too: the run that comes *n* starts after
//! another begins so much later than that one. So a time is given once, and nobody counts.

use super::codec::{decode, encode};
use super::folder::Trouble;
use super::statements::statements;
use crate::clock::Micros;
use crate::engine::{Gates, Rate, Slots};
use rusqlite::{Connection, OptionalExtension, params};

statements! {
    NTH_START = "SELECT at FROM starts WHERE pace = ?1 ORDER BY at DESC LIMIT 1 OFFSET ?2";
    INSERT_START = "INSERT INTO starts (pace, at) VALUES (?1, ?2)";
    FORGET_STARTS = "DELETE FROM starts WHERE pace = ?1 AND at < ?2";
    DELAY = "INSERT INTO delays (run, at, slots) VALUES (?1, ?2, ?3)";
    REMOVE_DELAY = "DELETE FROM delays WHERE run = ?1 RETURNING at, slots";
    DUE_DELAYS = "SELECT run, slots FROM delays WHERE at <= ?1 ORDER BY at, run LIMIT ?2";
    ANY_DUE_DELAY = "SELECT 1 FROM delays WHERE at <= ?1 LIMIT 1";
}

const SLOTS: &str = "the slots of a run that waits for its time";

/// Gives the time at which a run may begin that comes now, and keeps it for this run.
pub(super) fn give_time(connection: &Connection, gates: &Gates, now: Micros) -> Result<Micros, Trouble> {
    let Some(rate) = &gates.rate else { return Ok(gates.opens(now)) };
    let last = rate.starts.saturating_sub(1);
    let nth: Option<Micros> =
        connection.prepare_cached(NTH_START)?.query_row(params![rate.group, last], |row| row.get(0)).optional()?;
    let earliest = nth.map_or(now, |nth| nth.saturating_add(rate.within));
    let at = gates.opens(earliest.max(now));
    forget(connection, rate, now)?;
    connection.prepare_cached(INSERT_START)?.execute(params![rate.group, at])?;
    Ok(at)
}

/// Forgets starts that are too long ago to hold anybody up.
fn forget(connection: &Connection, rate: &Rate, now: Micros) -> Result<(), Trouble> {
    let before = now.saturating_sub(rate.within);
    connection.prepare_cached(FORGET_STARTS)?.execute(params![rate.group, before])?;
    Ok(())
}

/// A run waits for its time; then it needs a slot.
pub(super) fn delay(connection: &Connection, run: i64, at: Micros, slots: Option<&Slots>) -> Result<(), Trouble> {
    connection.prepare_cached(DELAY)?.execute(params![run, at, encode(&slots)?])?;
    Ok(())
}

/// A run waits for no time any more; gives for which it did, and the slots that it needs, if it did.
pub(super) fn remove(connection: &Connection, run: i64) -> Result<Option<(Micros, Option<Slots>)>, Trouble> {
    let mut statement = connection.prepare_cached(REMOVE_DELAY)?;
    let found = statement.query_row([run], |row| Ok((row.get(0)?, row.get::<_, Vec<u8>>(1)?))).optional()?;
    let Some((at, slots)) = found else { return Ok(None) };
    Ok(Some((at, decode(&slots, SLOTS)?)))
}

/// Says whether the time of a run has come.
pub(super) fn any_due(connection: &Connection, now: Micros) -> Result<bool, Trouble> {
    Ok(connection.prepare_cached(ANY_DUE_DELAY)?.exists([now])?)
}

/// Gives up to `limit` runs whose time has come, with the slots that they need.
pub(super) fn due(connection: &Connection, now: Micros, limit: usize) -> Result<Vec<(i64, Option<Slots>)>, Trouble> {
    let mut statement = connection.prepare_cached(DUE_DELAYS)?;
    let mut rows = statement.query(params![now, i64::try_from(limit).unwrap_or(i64::MAX)])?;
    let mut due = Vec::new();
    while let Some(row) = rows.next()? {
        let slots: Vec<u8> = row.get(1)?;
        due.push((row.get(0)?, decode(&slots, SLOTS)?));
    }
    Ok(due)
}
