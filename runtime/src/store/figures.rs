//! What runs took, without what they were given and what they gave.

use super::codec::count;
use super::folder::Trouble;
use super::statements::statements;
use crate::clock::Micros;
use crate::engine::RunState;
use rusqlite::{Connection, params};

statements! {
    /// Runs of other tasks are read too: where they are too early, so is what is before them.
    READ_FIGURES = "SELECT id, created_at, project = ?1 AND task = ?2, state, started_at, ended_at, operations,
        state = 'running' AND EXISTS (SELECT 1 FROM timers WHERE timers.run = runs.id) FROM runs WHERE id < ?3 ORDER BY id DESC LIMIT ?4";
}

/// What a run took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunFigures {
    /// Where it is.
    pub state: RunState,
    /// When it was asked for.
    pub created_at: Micros,
    /// When it started.
    pub started_at: Option<Micros>,
    /// When it ended.
    pub ended_at: Option<Micros>,
    /// How many operations it made; counted at its end.
    pub operations: u64,
}

/// Some runs, of which those of one task are wanted.
#[derive(Debug)]
pub(crate) struct FiguresPage {
    /// The row before which to go on; nothing where there are no more.
    pub(crate) before: Option<i64>,
    /// When the latest of all was asked for.
    pub(crate) latest: Micros,
    /// Those of the task, newest first.
    pub(crate) wanted: Vec<RunFigures>,
}

/// Reads up to `limit` runs before a row.
pub(super) fn page(
    connection: &Connection,
    (project, task): (&str, &str),
    before: i64,
    limit: u32,
) -> Result<FiguresPage, Trouble> {
    let mut statement = connection.prepare_cached(READ_FIGURES)?;
    let mut rows = statement.query(params![project, task, before, limit])?;
    let mut page = FiguresPage { before: None, latest: Micros::MIN, wanted: Vec::new() };
    while let Some(row) = rows.next()? {
        let created_at = row.get(1)?;
        page.before = Some(row.get(0)?);
        page.latest = page.latest.max(created_at);
        if !row.get::<_, bool>(2)? {
            continue;
        }
        let name: String = row.get(3)?;
        let state = match RunState::from_name(&name) {
            Some(RunState::Running) if row.get(7)? => RunState::Waiting,
            Some(state) => state,
            None => return Err(Trouble::Damaged(format!("a run has the unknown state `{name}`"))),
        };
        let (started_at, ended_at, operations) = (row.get(4)?, row.get(5)?, count(row.get(6)?));
        page.wanted.push(RunFigures { state, created_at, started_at, ended_at, operations });
    }
    Ok(page)
}
