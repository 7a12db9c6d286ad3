//! Runs that failed and go on: the place is looked for and taken up in one transaction, so that it is done once.

use super::folder::Trouble;
use super::{images, journal, runs, slots};
use crate::clock::Micros;
use crate::engine::{Body, EngineError, NewRun, NoRetry, Place, Retry, Row, RunId, RunState, Said, Search, Slots};
use bytecode::WhenFull;
use rusqlite::Connection;

/// How many rows of a history are looked through at once.
const PAGE: u32 = 512;

/// Remembers of a run that failed in which group it held a slot, which it needs again to go on.
pub(super) fn remember(connection: &Connection, run: i64, state: RunState, group: Option<&str>) -> Result<(), Trouble> {
    match group {
        Some(group) if state == RunState::Failed => runs::set_slots(connection, run, group),
        Some(_) | None => Ok(()),
    }
}

/// Gives how many runs of a run's group may go on at once: as many as its program says, one where it says nothing.
fn at_once(connection: &Connection, begun: &NewRun) -> Result<u32, Trouble> {
    let image = images::read_image(connection, begun.image)?;
    let task = image.as_ref().and_then(|image| image.tasks.get(usize::try_from(begun.position).ok()?));
    Ok(task.and_then(|task| task.clauses.concurrency.as_ref()).map_or(1, |clause| clause.at_once))
}

/// Lets a run go on that failed.
pub(super) fn retry(connection: &Connection, run: RunId, retry: &Retry, at: Micros) -> Result<(), Trouble> {
    let refused = |why| Trouble::Refused(EngineError::NoRetry { run, why });
    let stored = runs::find(connection, run)?.map(|row| runs::read(connection, row)).transpose()?.flatten();
    let Some(stored) = stored else { return Err(Trouble::Refused(EngineError::NoRun(run.to_string()))) };
    let (RunState::Failed, Some(Err(failed))) = (stored.state, &stored.outcome) else {
        return Err(refused(NoRetry::NotFailed(stored.state)));
    };
    let begun = &stored.begun;
    let group = runs::slots(connection, stored.row)?;
    if let Some(group) = &group {
        let room = Slots { group: group.clone(), at_once: at_once(connection, begun)?, otherwise: WhenFull::Fail };
        if !slots::has_room(connection, &room)? {
            return Err(refused(NoRetry::Busy));
        }
        slots::take(connection, stored.row, group)?;
    }
    let page = |from| journal::read(connection, stored.row, from, PAGE);
    let place = Search::new(&failed.failure).through(page)?.end(&retry.said).map_err(refused)?;
    journal::set_aside(connection, stored.row, &place.aside)?;
    let generation = runs::reopen(connection, stored.row, at)?;
    journal::append(connection, stored.row, &rows(place, retry, generation, at))
}

/// Gives the rows that say that it goes on.
fn rows(place: Place, retry: &Retry, generation: u32, at: Micros) -> Vec<Row> {
    let Place { asked, steps, next, latest, .. } = place;
    let at = at.max(latest);
    let (verdict, by) = (retry.said.verdict(), retry.by.clone());
    let mut rows =
        vec![Row { seq: next, at, body: Body::Resumed { operation: asked.operation, generation, verdict, by } }];
    if let Said::Done(value) = &retry.said {
        let body = Body::Outcome { asked, steps, attempt: 1, result: Ok(value.clone()) };
        rows.push(Row { seq: next + 1, at, body });
    }
    rows
}
