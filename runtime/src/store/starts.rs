//! How a run starts: it begins at once, waits in the line of its group, or is refused. Decided inside the writer, where
//! everything is seen that was decided before.

use super::folder::Trouble;
use super::work::{Advanced, Applied, Begun, Refused};
use super::{reactions, runs, slots};
use crate::clock::Micros;
use crate::engine::{End, NewRun, RunFailure, RunState, Slots};
use crate::{ErrorKind, Failure};
use bytecode::WhenFull;
use rusqlite::Connection;

/// How many runs of a group begin in one piece of work.
pub(crate) const CLAIMS: usize = 256;

/// Starts a run, unless it is there: its id may say what it is for.
pub(super) fn start_new(
    connection: &Connection,
    run: &NewRun,
    at: Micros,
    caller: Option<i64>,
) -> Result<Applied, Trouble> {
    match runs::find(connection, run.id)? {
        Some(_) => Ok(Applied::Already),
        None => start(connection, run, at, caller).map(|(_, applied)| applied),
    }
}

/// Starts a run, for which `caller` waits if there is one. Gives its row, and what becomes of it.
pub(super) fn start(
    connection: &Connection,
    run: &NewRun,
    at: Micros,
    caller: Option<i64>,
) -> Result<(i64, Applied), Trouble> {
    let Some(slots) = &run.slots else { return begin(connection, run, at) };
    if let Some(caller) = caller
        && slots::is_held_above(connection, caller, &slots.group)?
    {
        return refuse(connection, run, at, (RunState::Failed, own_group(&run.task)));
    }
    if slots::has_room(connection, slots)? {
        let begun = begin(connection, run, at)?;
        slots::take(connection, begun.0, &slots.group)?;
        return Ok(begun);
    }
    let mut also = Vec::new();
    match slots.otherwise {
        WhenFull::Queue => {}
        WhenFull::Skip => {
            return refuse(connection, run, at, (RunState::Cancelled, full(&run.task, slots, "skip")));
        }
        WhenFull::CancelOldest => {
            for oldest in slots::cancel_oldest(connection, slots, at)? {
                also.extend(cancel_queued(connection, oldest, at)?);
            }
        }
        WhenFull::Fail => return refuse(connection, run, at, (RunState::Failed, full(&run.task, slots, "fail"))),
    }
    let row = runs::insert(connection, run, None)?;
    slots::join_line(connection, row, slots)?;
    if also.is_empty() {
        return Ok((row, Applied::Queued));
    }
    Ok((row, Applied::Advanced(Advanced { starts: also, freed: None })))
}

/// Ends a run that waits to begin, if it does.
pub(super) fn cancel_queued(connection: &Connection, row: i64, at: Micros) -> Result<Option<Applied>, Trouble> {
    match runs::read(connection, row)? {
        Some(stored) if stored.state == RunState::Queued => {
            let end = End { state: RunState::Cancelled, outcome: None, at, operations: 0 };
            runs::end(connection, row, &end)?;
            slots::leave_line(connection, row)?;
            Ok(Some(Applied::Refused(Box::new(Refused { run: stored.begun, end }))))
        }
        Some(_) | None => Ok(None),
    }
}

/// Lets those begin that wait in a group, as long as slots are free.
pub(super) fn claim(connection: &Connection, group: &str, at: Micros) -> Result<Vec<Begun>, Trouble> {
    let mut begun = Vec::new();
    while begun.len() < CLAIMS {
        let Some((row, at_once)) = slots::head(connection, group)? else { break };
        if slots::is_full(connection, group, at_once)? {
            break;
        }
        slots::leave_line(connection, row)?;
        let Some(stored) = runs::read(connection, row)? else { continue };
        if runs::begin(connection, row, at, stored.begun.deadline(at))? {
            slots::take(connection, row, group)?;
            begun.push(Begun { run: stored.begun, started_at: at });
        }
    }
    Ok(begun)
}

fn begin(connection: &Connection, run: &NewRun, at: Micros) -> Result<(i64, Applied), Trouble> {
    let row = runs::insert(connection, run, Some(at))?;
    Ok((row, Applied::Began(Begun { run: run.clone(), started_at: at })))
}

/// Writes a run that ends as it is asked for, with the reason.
pub(super) fn refuse(
    connection: &Connection,
    run: &NewRun,
    at: Micros,
    (state, failure): (RunState, RunFailure),
) -> Result<(i64, Applied), Trouble> {
    // What has failed has begun; what was skipped never did.
    let started_at = (state != RunState::Cancelled).then_some(at);
    let row = runs::insert(connection, run, started_at)?;
    let end = End { state, outcome: Some(Err(failure)), at, operations: 0 };
    runs::end(connection, row, &end)?;
    reactions::insert_end(connection, row, run.id, &end)?;
    Ok((row, Applied::Refused(Box::new(Refused { run: run.clone(), end }))))
}

fn full(task: &str, slots: &Slots, what: &str) -> RunFailure {
    let number = slots.at_once;
    let (runs, go) = if number == 1 { ("run", "goes") } else { ("runs", "go") };
    let message = format!("{number} {runs} of `{task}` {go} on, the most that `concurrency {number} else {what}` lets");
    Failure::new(ErrorKind::Conflict, message).into()
}

fn own_group(task: &str) -> RunFailure {
    let message = format!(
        "`{task}` is called by a run that holds a slot of the same group, which its `concurrency` gives out, and \
         that waits for it: neither could go on; use `start`, or call a function that both share"
    );
    Failure::new(ErrorKind::Conflict, message).into()
}
