//! Slots of groups: who holds one, and who waits in the line of a group.
//!
//! A hold is a row of a run that has begun and has not ended, written and removed in the transactions that begin and end
//! it; nothing counts beside these rows. A line is looked at by its head only, however long it is.

use super::codec::fixed;
use super::folder::Trouble;
use super::requests;
use super::statements::statements;
use crate::clock::Micros;
use crate::engine::{RunId, Slots};
use bytecode::WhenFull;
use rusqlite::{Connection, OptionalExtension, Row, params};

statements! {
    LIST_HOLDS = "SELECT runs.uid, holds.slots FROM holds JOIN runs ON runs.id = holds.run WHERE holds.run > 0 ORDER BY holds.run LIMIT ?1";
    TAKE_SLOT = "INSERT INTO holds (run, slots) VALUES (?1, ?2)";
    RELEASE_SLOT = "DELETE FROM holds WHERE run = ?1 RETURNING slots";
    HOLDS_SLOT = "SELECT 1 FROM holds WHERE run = ?1 AND slots = ?2";
    HOLDER = "SELECT run FROM holds WHERE slots = ?1 ORDER BY run LIMIT 1 OFFSET ?2";
    JOIN_LINE = "INSERT INTO queue (run, slots, at_once) VALUES (?1, ?2, ?3)";
    LEAVE_LINE = "DELETE FROM queue WHERE run = ?1 RETURNING slots, at_once";
    HEAD_OF_LINE = "SELECT run, at_once FROM queue WHERE slots = ?1 ORDER BY run LIMIT 1";
    NEXT_LINE = "SELECT slots FROM queue WHERE slots > ?1 ORDER BY slots LIMIT 1";
    STAYING_HOLDERS = "SELECT run FROM holds WHERE slots = ?1 AND leaving = 0 ORDER BY run LIMIT ?2";
    FIRST_IN_LINE = "SELECT run FROM queue WHERE slots = ?1 ORDER BY run LIMIT ?2";
    HOLDER_LEAVES = "UPDATE holds SET leaving = 1 WHERE run = ?1";
    WAITS_FOR = "SELECT run FROM waits WHERE kind = 'run' AND key = ?1";
}

/// How many runs may call each other in a chain before nobody looks any further up.
const MOST_ANCESTORS: usize = 1_000;

/// Lists up to `limit` slots that are held, those of the oldest runs first.
pub(super) fn held(connection: &Connection, limit: u32) -> Result<Vec<(RunId, String)>, Trouble> {
    let mut statement = connection.prepare_cached(LIST_HOLDS)?;
    let mut rows = statement.query([limit])?;
    let mut held = Vec::new();
    while let Some(row) = rows.next()? {
        let uid: Vec<u8> = row.get(0)?;
        held.push((RunId(fixed(&uid, "a run's id")?), row.get(1)?));
    }
    Ok(held)
}

/// Says whether one more run of a group may begin now: a slot is free, and nobody waits for it.
pub(super) fn has_room(connection: &Connection, slots: &Slots) -> Result<bool, Trouble> {
    Ok(head(connection, &slots.group)?.is_none() && !is_full(connection, &slots.group, slots.at_once)?)
}

/// Says whether so many runs of a group go on.
pub(super) fn is_full(connection: &Connection, group: &str, at_once: u32) -> Result<bool, Trouble> {
    let last = at_once.saturating_sub(1);
    Ok(connection.prepare_cached(HOLDER)?.exists(params![group, last])?)
}

/// A run that begins holds a slot from now on.
pub(super) fn take(connection: &Connection, run: i64, group: &str) -> Result<(), Trouble> {
    connection.prepare_cached(TAKE_SLOT)?.execute(params![run, group])?;
    Ok(())
}

/// A run that waits for a slot stands last in the line of its group.
pub(super) fn join_line(connection: &Connection, run: i64, slots: &Slots) -> Result<(), Trouble> {
    connection.prepare_cached(JOIN_LINE)?.execute(params![run, slots.group, slots.at_once])?;
    Ok(())
}

/// A run stands in no line any more; gives the slots for which it did, if it did.
pub(super) fn leave_line(connection: &Connection, run: i64) -> Result<Option<Slots>, Trouble> {
    let mut statement = connection.prepare_cached(LEAVE_LINE)?;
    let slots = |row: &Row<'_>| Ok(Slots { group: row.get(0)?, at_once: row.get(1)?, otherwise: WhenFull::Queue });
    Ok(statement.query_row([run], slots).optional()?)
}

/// A run has ended: gives the group in which a slot is free now.
pub(super) fn release(connection: &Connection, run: i64) -> Result<Option<String>, Trouble> {
    leave_line(connection, run)?;
    Ok(connection.prepare_cached(RELEASE_SLOT)?.query_row([run], |row| row.get(0)).optional()?)
}

/// Gives who is next in a group, and how many of its group may go on at once.
pub(super) fn head(connection: &Connection, group: &str) -> Result<Option<(i64, u32)>, Trouble> {
    let mut statement = connection.prepare_cached(HEAD_OF_LINE)?;
    Ok(statement.query_row([group], |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
}

/// Gives the first group behind another in which somebody waits.
pub(super) fn next_line(connection: &Connection, behind: &str) -> Result<Option<String>, Trouble> {
    Ok(connection.prepare_cached(NEXT_LINE)?.query_row([behind], |row| row.get(0)).optional()?)
}

/// Asks the oldest runs of a group to stop, so that there is room for one more among those that stay. Gives those that
/// have to leave the line: nobody else takes them out.
pub(super) fn cancel_oldest(connection: &Connection, slots: &Slots, at: Micros) -> Result<Vec<i64>, Trouble> {
    let oldest = |sql: &str| -> Result<Vec<i64>, Trouble> {
        let mut statement = connection.prepare_cached(sql)?;
        let found = statement.query_map(params![slots.group, slots.at_once], |row| row.get(0))?;
        Ok(found.collect::<Result<_, _>>()?)
    };
    let holders = oldest(STAYING_HOLDERS)?;
    let mut waiting = oldest(FIRST_IN_LINE)?;
    let room = usize::try_from(slots.at_once).unwrap_or(usize::MAX).saturating_sub(1);
    let excess = (holders.len() + waiting.len()).saturating_sub(room);
    for run in holders.iter().take(excess) {
        connection.prepare_cached(HOLDER_LEAVES)?.execute([run])?;
        requests::cancel(connection, *run, at)?;
    }
    waiting.truncate(excess.saturating_sub(holders.len()));
    Ok(waiting)
}

/// Says whether a run, or one that waits for its end, holds a slot of a group. What it calls could then never have it.
pub(super) fn is_held_above(connection: &Connection, run: i64, group: &str) -> Result<bool, Trouble> {
    let mut looked_at = vec![run];
    let mut next = 0;
    while let Some(&run) = looked_at.get(next) {
        next += 1;
        if connection.prepare_cached(HOLDS_SLOT)?.exists(params![run, group])? {
            return Ok(true);
        }
        if looked_at.len() >= MOST_ANCESTORS {
            break;
        }
        let Some(id) = super::runs::uid(connection, run)? else { continue };
        let mut statement = connection.prepare_cached(WAITS_FOR)?;
        let waiting = statement.query_map([id.to_string()], |row| row.get(0))?;
        for waiting in waiting.collect::<Result<Vec<i64>, _>>()? {
            if !looked_at.contains(&waiting) {
                looked_at.push(waiting);
            }
        }
    }
    Ok(false)
}
