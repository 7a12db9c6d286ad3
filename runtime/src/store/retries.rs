//! Runs that failed and go on: the place is looked for and taken up in one transaction, so that it is done once.

use super::folder::Trouble;
use super::{images, journal, runs, slots};
use crate::clock::Micros;
use crate::engine::{
    Body, EngineError, ImageHash, NewRun, NoRetry, OWN_CODE, Onto, Place, Retry, Row, RunId, RunState, Said, Search,
    Slots, rename,
};
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

/// Lets a run go on that failed, perhaps with another program.
pub(super) fn retry(
    connection: &Connection,
    run: RunId,
    (retry, onto): (&Retry, Option<Onto>),
    at: Micros,
) -> Result<(), Trouble> {
    let refused = |why| Trouble::Refused(EngineError::NoRetry { run, why });
    let stored = runs::find(connection, run)?.map(|row| runs::read(connection, row)).transpose()?.flatten();
    let Some(stored) = stored else { return Err(Trouble::Refused(EngineError::NoRun(run.to_string()))) };
    let (RunState::Failed, Some(Err(failed))) = (stored.state, &stored.outcome) else {
        return Err(refused(NoRetry::NotFailed(stored.state)));
    };
    let begun = match onto {
        None => &stored.begun,
        Some(Onto { image, position }) => &NewRun { image, position, ..stored.begun.clone() },
    };
    let group = runs::slots(connection, stored.row)?;
    if let Some(group) = &group {
        let room = Slots { group: group.clone(), at_once: at_once(connection, begun)?, otherwise: WhenFull::Fail };
        if !slots::has_room(connection, &room)? {
            return Err(refused(NoRetry::Busy));
        }
        slots::take(connection, stored.row, group)?;
    }
    let page = |from| journal::read(connection, stored.row, from, PAGE);
    let place = Search::new(&failed.failure).through(page)?.end(&retry.said, onto.is_some()).map_err(refused)?;
    journal::set_aside(connection, stored.row, &place.aside)?;
    let mut rows = rows(place, retry, runs::reopen(connection, stored.row, at)?, at);
    if let Some(onto) = onto {
        let from = stored.begun.image;
        move_to(connection, stored.row, (from, onto))?;
        if let Some(first) = rows.first() {
            let moved = Row { seq: first.seq, at: first.at, body: Body::Moved { from, to: onto.image } };
            rows.iter_mut().for_each(|row| row.seq += 1);
            rows.insert(0, moved);
        }
    }
    journal::append(connection, stored.row, &rows)
}

/// Gives a run another program. Its history names natives by it from now on.
fn move_to(connection: &Connection, row: i64, (from, onto): (ImageHash, Onto)) -> Result<(), Trouble> {
    let missing = |hash: ImageHash| Trouble::Refused(EngineError::NoImage(hash.to_string()));
    let old = images::read_image(connection, from)?.ok_or_else(|| missing(from))?;
    let new = images::read_image(connection, onto.image)?.ok_or_else(|| missing(onto.image))?;
    let id = images::image_id(connection, onto.image)?.ok_or_else(|| missing(onto.image))?;
    runs::set_program(connection, row, id, onto.position)?;
    let mut next = 0;
    loop {
        let page = journal::read_all(connection, row, next, PAGE)?;
        let Some((last, _)) = page.last() else { return Ok(()) };
        next = last.seq + 1;
        for (mut written, _) in page {
            let before = written.body.clone();
            rename(&mut written.body, &old, &new);
            if written.body != before {
                journal::rewrite(connection, row, &written)?;
            }
        }
    }
}

/// Gives the rows that say that it goes on.
fn rows(place: Place, retry: &Retry, generation: u32, at: Micros) -> Vec<Row> {
    let Place { asked, steps, next, latest, .. } = place;
    let at = at.max(latest);
    let (verdict, by) = (retry.said.verdict(), retry.by.clone());
    let operation = asked.map_or(OWN_CODE, |asked| asked.operation);
    let mut rows = vec![Row { seq: next, at, body: Body::Resumed { operation, generation, verdict, by } }];
    if let (Said::Done(value), Some(asked)) = (&retry.said, asked) {
        let body = Body::Outcome { asked, steps, attempt: 1, result: Ok(value.clone()) };
        rows.push(Row { seq: next + 1, at, body });
    }
    rows
}
