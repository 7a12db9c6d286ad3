//! Schedules that are or were in force, and the ledger of their due times.

use super::folder::Trouble;
use super::runs;
use super::statements::statements;
use crate::clock::Micros;
use crate::engine::{OccurrenceOutcome, RunId};
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::HashSet;
use std::ops::RangeInclusive;

statements! {
    KEEP_SCHEDULE = "INSERT INTO schedules (identity, project, task, ordinal, known_since, rule) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT (identity) DO UPDATE SET ordinal = ?4, retired_at = NULL, rule = ?6,
        known_since = CASE WHEN retired_at IS NULL THEN known_since ELSE ?5 END
        RETURNING id, known_since";
    OTHER_SCHEDULES = "SELECT id, identity FROM schedules WHERE id > 0 AND retired_at IS NULL";
    RETIRE_SCHEDULE = "UPDATE schedules SET retired_at = ?2 WHERE id = ?1";
    LATEST_OCCURRENCE = "SELECT nominal, until FROM occurrences WHERE schedule = ?1 AND nominal <= ?2 ORDER BY nominal DESC LIMIT 1";
    INSERT_OCCURRENCE = "INSERT INTO occurrences (schedule, nominal, until, effective, decided_at, outcome, why, run)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (schedule, nominal) DO NOTHING";
    HAS_OCCURRENCE = "SELECT 1 FROM occurrences WHERE schedule = ?1 AND nominal = ?2";
    LAST_ACCOUNTED = "SELECT coalesce(until, nominal) FROM occurrences WHERE schedule = ?1 AND nominal <= ?2 ORDER BY nominal DESC LIMIT 1";
    ALL_SCHEDULES = "SELECT id, project, task, ordinal, rule, known_since, retired_at FROM schedules WHERE id > 0";
    READ_OCCURRENCES = "SELECT nominal, until, effective, decided_at, outcome, why, run FROM occurrences WHERE schedule = ?1 AND nominal BETWEEN ?2 AND ?3 ORDER BY nominal DESC LIMIT ?4";
}

/// What makes a schedule the same one: its task, its rule, its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ScheduleKey {
    /// The hash of all that.
    pub(crate) identity: [u8; 32],
    /// The program.
    pub(crate) project: String,
    /// The task.
    pub(crate) task: String,
    /// The number of the schedule in the task.
    pub(crate) ordinal: u32,
    /// Its rule in words.
    pub(crate) rule: String,
}

/// A schedule that is or was in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredSchedule {
    /// Its row.
    pub(crate) id: i64,
    /// The program.
    pub(crate) project: String,
    /// The task.
    pub(crate) task: String,
    /// The number of the schedule in the task.
    pub(crate) ordinal: u32,
    /// Its rule in words; empty where they were never written.
    pub(crate) rule: String,
    /// Since when it is in force.
    pub(crate) known_since: Micros,
    /// When it went out of force.
    pub(crate) retired_at: Option<Micros>,
}

/// A schedule in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct KeptSchedule {
    /// Its row.
    pub(crate) id: i64,
    /// Since when it is in force: nothing before is ever due.
    pub(crate) known_since: Micros,
    /// The last due time, not after the present, that has its row.
    pub(crate) decided_to: Option<Micros>,
}

/// A row of the ledger: what became of a due time, or of a span of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OccurrenceRow {
    /// The schedule.
    pub(crate) schedule: i64,
    /// The nominal time, or the first of a span.
    pub(crate) nominal: Micros,
    /// The last nominal time of a span.
    pub(crate) until: Option<Micros>,
    /// When it should have started, jitter included.
    pub(crate) effective: Micros,
    /// When it was decided.
    pub(crate) decided_at: Micros,
    /// What became of it.
    pub(crate) outcome: OccurrenceOutcome,
    /// Why, where no run began.
    pub(crate) why: Option<String>,
    /// The run that began.
    pub(crate) run: Option<RunId>,
}

/// Puts schedules in force, and all others out of it.
pub(super) fn keep(connection: &Connection, keys: &[ScheduleKey], at: Micros) -> Result<Vec<KeptSchedule>, Trouble> {
    let mut kept = Vec::new();
    for key in keys {
        let row = params![&key.identity[..], key.project, key.task, key.ordinal, at, key.rule];
        let (id, known_since): (i64, Micros) =
            connection.prepare_cached(KEEP_SCHEDULE)?.query_row(row, |row| Ok((row.get(0)?, row.get(1)?)))?;
        kept.push(KeptSchedule { id, known_since, decided_to: decided_to(connection, id, at)? });
    }
    let mut statement = connection.prepare_cached(OTHER_SCHEDULES)?;
    let in_force: Vec<i64> = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let still: HashSet<i64> = kept.iter().map(|schedule| schedule.id).collect();
    for id in in_force {
        if !still.contains(&id) {
            connection.prepare_cached(RETIRE_SCHEDULE)?.execute(params![id, at])?;
        }
    }
    Ok(kept)
}

/// Gives the last due time up to `at` that is decided. Rows in the future, left by a clock that was wrong, do not count,
/// and a span reaches no further than the present.
fn decided_to(connection: &Connection, schedule: i64, at: Micros) -> Result<Option<Micros>, Trouble> {
    let mut statement = connection.prepare_cached(LATEST_OCCURRENCE)?;
    let latest: Option<(Micros, Option<Micros>)> =
        statement.query_row(params![schedule, at], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    Ok(latest.map(|(nominal, until)| until.unwrap_or(nominal).min(at)))
}

/// Says whether a due time has its row.
pub(super) fn is_decided(connection: &Connection, schedule: i64, nominal: Micros) -> Result<bool, Trouble> {
    Ok(connection.prepare_cached(HAS_OCCURRENCE)?.exists([schedule, nominal])?)
}

/// Says whether a due time has a row, its own or that of a span.
pub(super) fn is_accounted_for(connection: &Connection, schedule: i64, nominal: Micros) -> Result<bool, Trouble> {
    let last = connection.prepare_cached(LAST_ACCOUNTED)?.query_row([schedule, nominal], |row| row.get(0));
    Ok(last.optional()?.is_some_and(|last: Micros| last >= nominal))
}

/// Writes a row of the ledger; says whether there was none.
pub(super) fn insert(connection: &Connection, occurrence: &OccurrenceRow, run: Option<i64>) -> Result<bool, Trouble> {
    let inserted = connection.prepare_cached(INSERT_OCCURRENCE)?.execute(params![
        occurrence.schedule,
        occurrence.nominal,
        occurrence.until,
        occurrence.effective,
        occurrence.decided_at,
        occurrence.outcome.name(),
        occurrence.why,
        run,
    ])?;
    Ok(inserted == 1)
}

/// Reads all schedules that are or were in force.
pub(super) fn all(connection: &Connection) -> Result<Vec<StoredSchedule>, Trouble> {
    let mut statement = connection.prepare_cached(ALL_SCHEDULES)?;
    let rows = statement.query_map([], |row| {
        Ok(StoredSchedule {
            id: row.get(0)?,
            project: row.get(1)?,
            task: row.get(2)?,
            ordinal: row.get(3)?,
            rule: row.get(4)?,
            known_since: row.get(5)?,
            retired_at: row.get(6)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Reads the newest rows of a task's schedules in a span of nominal times, newest first, with the words of their rules.
pub(super) fn read(
    connection: &Connection,
    task: Option<&str>,
    span: RangeInclusive<Micros>,
    limit: u32,
) -> Result<Vec<(StoredSchedule, OccurrenceRow)>, Trouble> {
    let mut found = Vec::new();
    for schedule in all(connection)? {
        if task.is_none_or(|task| task == schedule.task) {
            read_one(connection, &schedule, &span, limit, &mut found)?;
        }
    }
    found.sort_by_key(|(_, occurrence)| std::cmp::Reverse(occurrence.nominal));
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(found)
}

fn read_one(
    connection: &Connection,
    schedule: &StoredSchedule,
    span: &RangeInclusive<Micros>,
    limit: u32,
    found: &mut Vec<(StoredSchedule, OccurrenceRow)>,
) -> Result<(), Trouble> {
    let mut statement = connection.prepare_cached(READ_OCCURRENCES)?;
    let mut rows = statement.query(params![schedule.id, span.start(), span.end(), limit])?;
    while let Some(row) = rows.next()? {
        let name: String = row.get(4)?;
        let Some(outcome) = OccurrenceOutcome::from_name(&name) else {
            return Err(Trouble::Damaged(format!("a due time has the unknown outcome `{name}`")));
        };
        let run = match row.get::<_, Option<i64>>(6)? {
            Some(run) => runs::uid(connection, run)?,
            None => None,
        };
        let occurrence = OccurrenceRow {
            schedule: schedule.id,
            nominal: row.get(0)?,
            until: row.get(1)?,
            effective: row.get(2)?,
            decided_at: row.get(3)?,
            outcome,
            why: row.get(5)?,
            run,
        };
        found.push((schedule.clone(), occurrence));
    }
    Ok(())
}
