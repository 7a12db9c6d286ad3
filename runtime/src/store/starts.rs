//! How a run starts: it begins at once, waits for its time or in the line of its group, or is refused. Decided inside the writer, where
//! everything is seen that was decided before.

use super::folder::Trouble;
use super::halts::{self, Halt, HaltKind};
use super::work::{Advanced, Applied, Begun, Refused};
use super::{caches, delays, reactions, runs, slots};
use crate::clock::Micros;
use crate::engine::{End, Gates, NewRun, RunFailure, RunState, Slots};
use crate::{ErrorKind, Failure};
use bytecode::WhenFull;
use rusqlite::Connection;

/// How many runs begin in one piece of work.
pub(crate) const CLAIMS: usize = 256;

/// Why a due time is skipped while a run goes on.
const STILL_RUNNING: &str = "previous still running";

/// Why a due time is skipped at another hour.
const OUTSIDE: &str = "outside of its hours";

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
    let slots = run.gates.slots.as_ref();
    if let (Some(caller), Some(slots)) = (caller, slots)
        && slots::is_held_above(connection, caller, &slots.group)?
    {
        return refuse(connection, (run, None), at, (RunState::Failed, own_group(&run.task)));
    }
    match halts::of(connection, &run.project, &run.task)? {
        None => pass(connection, (run, None), &run.gates, at),
        Some(halt) if halt.kind == HaltKind::Archived => {
            refuse(connection, (run, None), at, (RunState::Failed, archived(&halt)))
        }
        Some(_) => {
            let row = runs::insert(connection, run, None)?;
            halts::hold_back(connection, row, &run.gates)?;
            Ok((row, Applied::Queued))
        }
    }
}

/// A run, which may be there already and wait, passes its gates as far as it can.
fn pass(
    connection: &Connection,
    (run, row): (&NewRun, Option<i64>),
    gates: &Gates,
    at: Micros,
) -> Result<(i64, Applied), Trouble> {
    if gates.is_closed(at) {
        return refuse(connection, (run, row), at, (RunState::Cancelled, closed(&run.task)));
    }
    if let Some(cached) = &gates.cached
        && caches::stands(connection, cached, at)?
    {
        return begin(connection, (run, row), at);
    }
    let begins = delays::give_time(connection, gates, at)?;
    if begins > at {
        let row = row.map_or_else(|| runs::insert(connection, run, None), Ok)?;
        delays::delay(connection, row, begins, gates.slots.as_ref())?;
        return Ok((row, Applied::Queued));
    }
    enter(connection, (run, row), gates.slots.as_ref(), at)
}

/// From now on nothing of a task begins: its runs that wait are held back, or cancelled where it is for good.
pub(super) fn halt(connection: &Connection, halt: &Halt) -> Result<Applied, Trouble> {
    halts::set(connection, halt)?;
    let mut ended = Vec::new();
    for row in halts::queued(connection, &halt.project, &halt.task)? {
        match halt.kind {
            HaltKind::Archived => ended.extend(cancel_queued(connection, row, halt.at)?),
            HaltKind::Paused => take_back(connection, row)?,
        }
    }
    Ok(Applied::Claimed(ended))
}

/// Takes a run that has passed its gates from where it waits.
fn take_back(connection: &Connection, row: i64) -> Result<(), Trouble> {
    let (slots, not_before) = match (slots::leave_line(connection, row)?, delays::remove(connection, row)?) {
        (Some(slots), _) => (Some(slots), None),
        (None, Some((at, slots))) => (slots, Some(at)),
        // It is held back already.
        (None, None) => return Ok(()),
    };
    halts::hold_back(connection, row, &Gates { not_before, slots, ..Gates::default() })
}

/// A task is let go: what was held back passes its gates, in the order in which it was asked for.
pub(super) fn end_halt(connection: &Connection, project: &str, task: &str, at: Micros) -> Result<Applied, Trouble> {
    if !halts::end(connection, project, task, at)? {
        return Ok(Applied::Already);
    }
    let mut starts = Vec::new();
    for row in halts::queued(connection, project, task)? {
        let Some(gates) = halts::let_go(connection, row)? else { continue };
        let Some(stored) = runs::read(connection, row)? else { continue };
        starts.push(pass(connection, (&stored.begun, Some(row)), &gates, at)?.1);
    }
    Ok(Applied::Claimed(starts))
}

/// Says why a due time does not even make a run.
pub(super) fn skipped(connection: &Connection, run: &NewRun, at: Micros) -> Result<Option<&'static str>, Trouble> {
    let gates = &run.gates;
    if gates.is_closed(at) {
        return Ok(Some(OUTSIDE));
    }
    let slots = gates.slots.as_ref().filter(|slots| slots.otherwise == WhenFull::Skip && gates.opens(at) == at);
    match slots {
        Some(slots) if !slots::has_room(connection, slots)? => Ok(Some(STILL_RUNNING)),
        Some(_) | None => Ok(None),
    }
}

/// Lets runs go on to their slots that have waited for their time.
pub(super) fn admit(connection: &Connection, at: Micros) -> Result<Applied, Trouble> {
    let mut starts = Vec::new();
    for (row, slots) in delays::due(connection, at, CLAIMS)? {
        delays::remove(connection, row)?;
        let Some(stored) = runs::read(connection, row)?.filter(|stored| stored.state == RunState::Queued) else {
            continue;
        };
        starts.push(enter(connection, (&stored.begun, Some(row)), slots.as_ref(), at)?.1);
    }
    Ok(Applied::Advanced(Advanced { starts, freed: None }))
}

/// A run whose time has come needs a slot, if its task has any.
fn enter(
    connection: &Connection,
    (run, row): (&NewRun, Option<i64>),
    slots: Option<&Slots>,
    at: Micros,
) -> Result<(i64, Applied), Trouble> {
    let Some(slots) = slots else { return begin(connection, (run, row), at) };
    if slots::has_room(connection, slots)? {
        let begun = begin(connection, (run, row), at)?;
        if let Applied::Began(_) = begun.1 {
            slots::take(connection, begun.0, &slots.group)?;
        }
        return Ok(begun);
    }
    let mut also = Vec::new();
    match slots.otherwise {
        WhenFull::Queue => {}
        WhenFull::Skip => {
            let why = (RunState::Cancelled, full(&run.task, slots, "skip"));
            return refuse(connection, (run, row), at, why);
        }
        WhenFull::CancelOldest => {
            for oldest in slots::cancel_oldest(connection, slots, at)? {
                also.extend(cancel_queued(connection, oldest, at)?);
            }
        }
        WhenFull::Fail => {
            let why = (RunState::Failed, full(&run.task, slots, "fail"));
            return refuse(connection, (run, row), at, why);
        }
    }
    let row = row.map_or_else(|| runs::insert(connection, run, None), Ok)?;
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
            delays::remove(connection, row)?;
            halts::let_go(connection, row)?;
            Ok(Some(Applied::Refused(Box::new(Refused { run: stored.begun, end }))))
        }
        Some(_) | None => Ok(None),
    }
}

/// Lets those begin that wait in a group, as long as slots are free.
pub(super) fn claim(connection: &Connection, group: &str, at: Micros) -> Result<Vec<Applied>, Trouble> {
    let mut begun = Vec::new();
    while begun.len() < CLAIMS {
        let Some((row, at_once)) = slots::head(connection, group)? else { break };
        if slots::is_full(connection, group, at_once)? {
            break;
        }
        slots::leave_line(connection, row)?;
        let Some(stored) = runs::read(connection, row)? else { continue };
        if stored.state != RunState::Queued {
            continue;
        }
        let (_, applied) = begin(connection, (&stored.begun, Some(row)), at)?;
        if let Applied::Began(_) = applied {
            slots::take(connection, row, group)?;
        }
        begun.push(applied);
    }
    Ok(begun)
}

/// Begins a run, which may be there already and wait; one for which a result stands ends with it.
fn begin(connection: &Connection, (run, row): (&NewRun, Option<i64>), at: Micros) -> Result<(i64, Applied), Trouble> {
    let row = match row {
        None => runs::insert(connection, run, Some(at))?,
        Some(row) => {
            runs::begin(connection, row, at, run.deadline(at))?;
            row
        }
    };
    if let Some(result) = caches::answer(connection, row, at)? {
        let end = End { state: RunState::Succeeded, outcome: Some(Ok(result)), at, operations: 0 };
        return ended(connection, row, run, end);
    }
    Ok((row, Applied::Began(Box::new(Begun { run: run.clone(), started_at: at }))))
}

/// Ends a run, which may be there already and wait, as it is asked for, with the reason.
pub(super) fn refuse(
    connection: &Connection,
    (run, row): (&NewRun, Option<i64>),
    at: Micros,
    (state, failure): (RunState, RunFailure),
) -> Result<(i64, Applied), Trouble> {
    // What has failed has begun; what was skipped never did.
    let row = match (row, state) {
        (None, RunState::Cancelled) => runs::insert(connection, run, None)?,
        (Some(row), RunState::Cancelled) => row,
        (row, _) => begin(connection, (run, row), at)?.0,
    };
    ended(connection, row, run, End { state, outcome: Some(Err(failure)), at, operations: 0 })
}

/// Ends a run that has done nothing.
fn ended(connection: &Connection, row: i64, run: &NewRun, end: End) -> Result<(i64, Applied), Trouble> {
    runs::end(connection, row, &end)?;
    reactions::insert_end(connection, row, run.id, &end)?;
    Ok((row, Applied::Refused(Box::new(Refused { run: run.clone(), end }))))
}

fn closed(task: &str) -> RunFailure {
    let message = format!("`{task}` begins only in the hours of its `only between`, and is skipped in others");
    Failure::new(ErrorKind::Conflict, message).into()
}

fn full(task: &str, slots: &Slots, what: &str) -> RunFailure {
    let number = slots.at_once;
    let (runs, go) = if number == 1 { ("run", "goes") } else { ("runs", "go") };
    let message = format!("{number} {runs} of `{task}` {go} on, the most that `concurrency {number} else {what}` lets");
    Failure::new(ErrorKind::Conflict, message).into()
}

fn archived(halt: &Halt) -> RunFailure {
    let message = format!("`{}` is {}", halt.task, halt.words());
    Failure::new(ErrorKind::Conflict, message).into()
}

fn own_group(task: &str) -> RunFailure {
    let message = format!(
        "`{task}` is called by a run that holds a slot of the same group, by its `concurrency` or `cache`, and that \
         waits for it: neither could go on; use `start`, or call a function that both share"
    );
    Failure::new(ErrorKind::Conflict, message).into()
}
