//! Tasks of which nothing begins, because a person paused or archived them; and their runs that are held back.
//!
//! A run of a paused task is held back as it is asked for: it passes its gates, and gets its place, when the pause ends.

use super::codec::{decode, encode};
use super::folder::Trouble;
use super::statements::statements;
use crate::clock::Micros;
use crate::engine::Gates;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};

statements! {
    SET_HALT = "INSERT INTO halts (project, task, kind, at, by, why) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT (project, task) DO UPDATE SET by = ?5, why = ?6, kind = ?3, ended_at = NULL,
        at = CASE WHEN ended_at IS NULL AND kind = ?3 THEN at ELSE ?4 END";
    END_HALT = "UPDATE halts SET ended_at = ?3 WHERE project = ?1 AND task = ?2 AND ended_at IS NULL";
    READ_HALT = "SELECT project, task, kind, at, by, why, ended_at FROM halts WHERE project = ?1 AND task = ?2 AND ended_at IS NULL";
    ALL_HALTS = "SELECT project, task, kind, at, by, why, ended_at FROM halts WHERE project > ''";
    HOLD_BACK = "INSERT INTO held_back (run, gates) VALUES (?1, ?2)";
    LET_GO = "DELETE FROM held_back WHERE run = ?1 RETURNING gates";
    QUEUED_OF_TASK = "SELECT id FROM runs WHERE project = ?1 AND task = ?2 AND ended_at IS NULL AND state = 'queued' ORDER BY id";
}

/// How nothing of a task begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum HaltKind {
    /// For a while: what is asked for waits, and due times are made up for as their schedules say.
    Paused,
    /// For good: what is asked for fails, and the task has no due times.
    Archived,
}

/// Why nothing of a task begins, or began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Halt {
    /// The project.
    pub project: String,
    /// The task.
    pub task: String,
    /// How.
    pub kind: HaltKind,
    /// Since when.
    pub at: Micros,
    /// Who did it.
    pub by: String,
    /// Why.
    pub why: String,
    /// When the task was let go again; nothing where it still holds.
    pub ended_at: Option<Micros>,
}

impl HaltKind {
    /// Gives its word.
    pub fn name(self) -> &'static str {
        match self {
            HaltKind::Paused => "paused",
            HaltKind::Archived => "archived",
        }
    }
}

impl Halt {
    /// Says whether nothing begins now.
    pub fn stands(&self) -> bool {
        self.ended_at.is_none()
    }

    /// Says it in words: `paused by ann: the supplier is down`.
    pub fn words(&self) -> String {
        format!("{} by {}: {}", self.kind.name(), self.by, self.why)
    }
}

/// From now on nothing of a task begins.
pub(super) fn set(connection: &Connection, halt: &Halt) -> Result<(), Trouble> {
    let Halt { project, task, kind, at, by, why, ended_at: _ } = halt;
    connection.prepare_cached(SET_HALT)?.execute(params![project, task, kind.name(), at, by, why])?;
    Ok(())
}

/// A task is let go; says whether it was halted.
pub(super) fn end(connection: &Connection, project: &str, task: &str, at: Micros) -> Result<bool, Trouble> {
    Ok(connection.prepare_cached(END_HALT)?.execute(params![project, task, at])? == 1)
}

/// Gives why nothing of a task begins, if that is so.
pub(super) fn of(connection: &Connection, project: &str, task: &str) -> Result<Option<Halt>, Trouble> {
    let found = connection.prepare_cached(READ_HALT)?.query_row([project, task], stored).optional()?;
    found.map(halt).transpose()
}

/// Gives the last halt of every task that ever had one.
pub(super) fn all(connection: &Connection) -> Result<Vec<Halt>, Trouble> {
    let mut statement = connection.prepare_cached(ALL_HALTS)?;
    let rows = statement.query_map([], stored)?.collect::<Result<Vec<_>, _>>()?;
    rows.into_iter().map(halt).collect()
}

/// Keeps a queued run from the gates that it has still to pass.
pub(super) fn hold_back(connection: &Connection, run: i64, gates: &Gates) -> Result<(), Trouble> {
    connection.prepare_cached(HOLD_BACK)?.execute(params![run, encode(gates)?])?;
    Ok(())
}

/// A run is held back no more; gives the gates that it has still to pass, if it was.
pub(super) fn let_go(connection: &Connection, run: i64) -> Result<Option<Gates>, Trouble> {
    let gates: Option<Vec<u8>> = connection.prepare_cached(LET_GO)?.query_row([run], |row| row.get(0)).optional()?;
    gates.map(|gates| decode(&gates, "the gates of a run that is held back")).transpose()
}

/// Gives the runs of a task that have not begun, oldest first.
pub(super) fn queued(connection: &Connection, project: &str, task: &str) -> Result<Vec<i64>, Trouble> {
    let mut statement = connection.prepare_cached(QUEUED_OF_TASK)?;
    Ok(statement.query_map([project, task], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

type Stored = (String, String, String, Micros, String, String, Option<Micros>);

fn stored(row: &Row<'_>) -> rusqlite::Result<Stored> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?, row.get(6)?))
}

fn halt((project, task, kind, at, by, why, ended_at): Stored) -> Result<Halt, Trouble> {
    let kind = match kind.as_str() {
        "paused" => HaltKind::Paused,
        "archived" => HaltKind::Archived,
        other => return Err(Trouble::Damaged(format!("a task is halted in the unknown way `{other}`"))),
    };
    Ok(Halt { project, task, kind, at, by, why, ended_at })
}
