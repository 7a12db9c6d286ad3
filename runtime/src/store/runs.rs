//! Runs: one row each, which changes when the run starts and when it ends.

use super::codec::{count, decode, encode, fixed, integer};
use super::folder::Trouble;
use super::statements::statements;
use super::{caches, images};
use crate::Data;
use crate::clock::Micros;
use crate::engine::{End, EngineError, Gates, ImageHash, NewRun, RunFailure, RunId, RunPrefix, RunState, Trigger};
use rusqlite::{Connection, OptionalExtension, Row, params};

statements! {
    INSERT_RUN = "INSERT INTO runs (uid, project, task, image, position, trigger, due, origin, arguments, state, created_at, timeout, started_at, deadline, events_from)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, (SELECT coalesce(max(position), 0) FROM events))";
    BEGIN_RUN = "UPDATE runs SET state = 'running', started_at = ?2, deadline = ?3, events_from = (SELECT coalesce(max(position), 0) FROM events)
        WHERE id = ?1 AND state = 'queued'";
    END_RUN = "UPDATE runs SET state = ?2, ended_at = ?3, outcome = ?4, operations = ?5 WHERE id = ?1 AND ended_at IS NULL";
    REOPEN_RUN = "UPDATE runs SET state = 'running', ended_at = NULL, outcome = NULL, generation = generation + 1, deadline = deadline + (?2 - ended_at)
        WHERE id = ?1 AND state = 'failed' RETURNING generation";
    SET_PROGRAM = "UPDATE runs SET image = ?2, position = ?3 WHERE id = ?1";
    READ_SLOTS = "SELECT slots FROM runs WHERE id = ?1";
    SET_SLOTS = "UPDATE runs SET slots = ?2 WHERE id = ?1";
    FIND_RUN = "SELECT id FROM runs WHERE uid = ?1";
    RUNNING = "SELECT uid FROM runs INDEXED BY runs_active WHERE state = 'running' AND ended_at IS NULL AND NOT EXISTS (SELECT 1 FROM timers WHERE timers.run = runs.id)";
    READ_RUN = "SELECT runs.id, uid, project, task, images.hash, position, trigger, due, arguments, state, created_at, timeout, started_at, deadline, ended_at, outcome, operations,
        EXISTS (SELECT 1 FROM timers WHERE timers.run = runs.id), origin FROM runs JOIN images ON images.id = runs.image WHERE runs.id = ?1";
    FIND_BETWEEN = "SELECT id FROM runs WHERE uid BETWEEN ?1 AND ?2 LIMIT 2";
    LIST_RUNS = "SELECT id FROM runs WHERE id < ?1 ORDER BY id DESC LIMIT ?2";
    HAS_ENDED = "SELECT ended_at IS NOT NULL FROM runs WHERE id = ?1";
    READ_UID = "SELECT uid FROM runs WHERE id = ?1";
}

/// A run as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RunRow {
    /// The number of the row.
    pub(crate) row: i64,
    /// How it began.
    pub(crate) begun: NewRun,
    /// Where it is.
    pub(crate) state: RunState,
    /// When it started.
    pub(crate) started_at: Option<Micros>,
    /// When it has taken too long.
    pub(crate) deadline: Option<Micros>,
    /// When it ended.
    pub(crate) ended_at: Option<Micros>,
    /// Its result or failure.
    pub(crate) outcome: Option<Result<Data, RunFailure>>,
    /// How many operations it made; known at its end.
    pub(crate) operations: u64,
}

/// Inserts a run, which starts at once or, without a start, is queued.
pub(super) fn insert(connection: &Connection, run: &NewRun, started_at: Option<Micros>) -> Result<i64, Trouble> {
    let Some(image) = images::image_id(connection, run.image)? else {
        return Err(Trouble::Refused(EngineError::NoImage(run.image.to_string())));
    };
    let due = match run.trigger {
        Trigger::Schedule { due } => Some(due),
        Trigger::Manual
        | Trigger::Task { .. }
        | Trigger::Event { .. }
        | Trigger::Success { .. }
        | Trigger::Failure { .. } => None,
    };
    let state = if started_at.is_some() { RunState::Running } else { RunState::Queued };
    connection.prepare_cached(INSERT_RUN)?.execute(params![
        &run.id.0[..],
        run.project,
        run.task,
        image,
        run.position,
        run.trigger.name(),
        due,
        origin(run.trigger),
        encode(&run.arguments)?,
        state.name(),
        run.created_at,
        run.timeout,
        started_at,
        started_at.and_then(|started_at| run.deadline(started_at)),
    ])?;
    let row = connection.last_insert_rowid();
    if let Some(cached) = &run.gates.cached {
        caches::insert(connection, row, cached)?;
    }
    Ok(row)
}

/// Gives what is stored of what started a run, beside its name and its due time.
fn origin(trigger: Trigger) -> Option<Vec<u8>> {
    match trigger {
        Trigger::Manual | Trigger::Schedule { .. } => None,
        Trigger::Task { run } | Trigger::Success { run } | Trigger::Failure { run } => Some(run.0.to_vec()),
        Trigger::Event { position } => Some(position.to_be_bytes().to_vec()),
    }
}

fn trigger(name: &str, due: Option<Micros>, origin: Option<Vec<u8>>) -> Result<Trigger, Trouble> {
    let origin = origin.unwrap_or_default();
    let run = || Ok::<_, Trouble>(RunId(fixed(&origin, "the run that started a run")?));
    match (name, due) {
        ("manual", _) => Ok(Trigger::Manual),
        ("schedule", Some(due)) => Ok(Trigger::Schedule { due }),
        ("task", _) => Ok(Trigger::Task { run: run()? }),
        ("success", _) => Ok(Trigger::Success { run: run()? }),
        ("failure", _) => Ok(Trigger::Failure { run: run()? }),
        ("event", _) => {
            let position = u64::from_be_bytes(fixed(&origin, "the event that started a run")?);
            Ok(Trigger::Event { position })
        }
        (other, _) => Err(Trouble::Damaged(format!("a run has the unknown trigger `{other}`"))),
    }
}

/// Starts a queued run; says whether it was still queued.
pub(super) fn begin(
    connection: &Connection,
    row: i64,
    started_at: Micros,
    deadline: Option<Micros>,
) -> Result<bool, Trouble> {
    Ok(connection.prepare_cached(BEGIN_RUN)?.execute(params![row, started_at, deadline])? == 1)
}

/// Ends a run; says whether it had not ended before.
pub(super) fn end(connection: &Connection, row: i64, end: &End) -> Result<bool, Trouble> {
    let outcome = end.outcome.as_ref().map(encode).transpose()?;
    let changed = params![row, end.state.name(), end.at, outcome, integer(end.operations)];
    Ok(connection.prepare_cached(END_RUN)?.execute(changed)? == 1)
}

/// Lets a run that failed go on, and gives how often that was done. The time in between does not count to its timeout.
pub(super) fn reopen(connection: &Connection, row: i64, at: Micros) -> Result<u32, Trouble> {
    Ok(connection.prepare_cached(REOPEN_RUN)?.query_row(params![row, at], |found| found.get(0))?)
}

/// Gives a run another program: the row of the image, and the number of the task in it.
pub(super) fn set_program(connection: &Connection, row: i64, image: i64, position: u32) -> Result<(), Trouble> {
    connection.prepare_cached(SET_PROGRAM)?.execute(params![row, image, position])?;
    Ok(())
}

/// Gives the group in which a run that failed held a slot.
pub(super) fn slots(connection: &Connection, row: i64) -> Result<Option<String>, Trouble> {
    Ok(connection.prepare_cached(READ_SLOTS)?.query_row([row], |found| found.get(0))?)
}

/// Keeps the group in which a run that failed held a slot.
pub(super) fn set_slots(connection: &Connection, row: i64, group: &str) -> Result<(), Trouble> {
    connection.prepare_cached(SET_SLOTS)?.execute(params![row, group])?;
    Ok(())
}

/// Finds the row of a run.
pub(super) fn find(connection: &Connection, run: RunId) -> Result<Option<i64>, Trouble> {
    Ok(connection.prepare_cached(FIND_RUN)?.query_row([&run.0[..]], |row| row.get(0)).optional()?)
}

/// Says whether a run has ended.
pub(super) fn has_ended(connection: &Connection, row: i64) -> Result<bool, Trouble> {
    Ok(connection.prepare_cached(HAS_ENDED)?.query_row([row], |row| row.get(0))?)
}

/// Gives the runs that go on and are not parked.
pub(super) fn running(connection: &Connection) -> Result<Vec<RunId>, Trouble> {
    let mut statement = connection.prepare_cached(RUNNING)?;
    let uids = statement.query_map([], |row| row.get::<_, Vec<u8>>(0))?.collect::<Result<Vec<_>, _>>()?;
    uids.iter().map(|uid| Ok(RunId(fixed(uid, "a run's id")?))).collect()
}

/// Finds the one run whose id begins so.
pub(super) fn find_by_prefix(connection: &Connection, prefix: &RunPrefix) -> Result<i64, Trouble> {
    let mut statement = connection.prepare_cached(FIND_BETWEEN)?;
    let ends = params![&prefix.first.0[..], &prefix.last.0[..]];
    let rows = statement.query_map(ends, |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?;
    match rows[..] {
        [row] => Ok(row),
        [] => Err(Trouble::Refused(EngineError::NoRun(prefix.text.clone()))),
        _ => Err(Trouble::Refused(EngineError::ManyRuns(prefix.text.clone()))),
    }
}

/// Lists up to `limit` runs before a row, newest first.
pub(super) fn list(connection: &Connection, before: i64, limit: u32) -> Result<Vec<RunRow>, Trouble> {
    let mut statement = connection.prepare_cached(LIST_RUNS)?;
    let rows = statement.query_map(params![before, limit], |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?;
    let runs = rows.into_iter().filter_map(|row| read(connection, row).transpose());
    runs.collect()
}

/// Gives the id of a row.
pub(super) fn uid(connection: &Connection, row: i64) -> Result<Option<RunId>, Trouble> {
    let uid: Option<Vec<u8>> =
        connection.prepare_cached(READ_UID)?.query_row([row], |found| found.get(0)).optional()?;
    uid.map(|uid| Ok(RunId(fixed(&uid, "a run's id")?))).transpose()
}

/// Reads a run.
pub(super) fn read(connection: &Connection, row: i64) -> Result<Option<RunRow>, Trouble> {
    let mut statement = connection.prepare_cached(READ_RUN)?;
    let mut rows = statement.query([row])?;
    rows.next()?.map(from_row).transpose()
}

fn from_row(row: &Row<'_>) -> Result<RunRow, Trouble> {
    let uid: Vec<u8> = row.get(1)?;
    let hash: Vec<u8> = row.get(4)?;
    let arguments: Vec<u8> = row.get(8)?;
    let outcome: Option<Vec<u8>> = row.get(15)?;
    let trigger = trigger(&row.get::<_, String>(6)?, row.get(7)?, row.get(18)?)?;
    let name: String = row.get(9)?;
    let state = match RunState::from_name(&name) {
        Some(RunState::Running) if row.get::<_, bool>(17)? => RunState::Waiting,
        Some(state) => state,
        None => return Err(Trouble::Damaged(format!("a run has the unknown state `{name}`"))),
    };
    Ok(RunRow {
        row: row.get(0)?,
        begun: NewRun {
            id: RunId(fixed(&uid, "a run's id")?),
            project: row.get(2)?,
            task: row.get(3)?,
            image: ImageHash(fixed(&hash, "the hash of a program")?),
            position: row.get(5)?,
            trigger,
            arguments: decode(&arguments, "the arguments of a run")?,
            created_at: row.get(10)?,
            timeout: row.get(11)?,
            gates: Gates::default(),
        },
        state,
        started_at: row.get(12)?,
        deadline: row.get(13)?,
        ended_at: row.get(14)?,
        outcome: outcome.map(|outcome| decode(&outcome, "the outcome of a run")).transpose()?,
        operations: count(row.get(16)?),
    })
}
