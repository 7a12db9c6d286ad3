//! What other processes ask of the owner of a folder. These rows are the only ones that a process without the lock may
//! write: each is one small insert, which the owner picks up, acts on and removes.

use super::codec::{decode, encode, fixed};
use super::folder::{Trouble, open_shared};
use super::runs;
use super::statements::statements;
use crate::Data;
use crate::clock::Micros;
use crate::engine::{Decision, EngineError, Halting, Onto, Resume, Retry, RunId};
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};
use std::path::Path;

statements! {
    INSERT_REQUEST = "INSERT INTO requests (kind, run, asked_at, body) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (run, kind) DO NOTHING";
    READ_REQUESTS = "SELECT id, run, body FROM requests WHERE id > ?1 ORDER BY id LIMIT 100";
    IS_ASKED = "SELECT 1 FROM requests WHERE run = ?1 AND kind IN ('resume', 'deploy', 'halt')";
    DROP_REQUEST = "DELETE FROM requests WHERE id = ?1";
}

/// How many requests are read at once.
pub(crate) const PAGE: usize = 100;

/// What is asked of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Ask {
    /// That it stops.
    Cancel,
    /// That it goes on with a decision it waits for.
    Decide(Decision),
    /// That it goes on, though it failed.
    Retry(Retry),
    /// That it begins.
    Start(Box<StartAsked>),
    /// That it goes on, where the owner holds it; or many do, and the id is that of the request.
    Resume(Resume),
    /// That an encoded image becomes the newest version of its project; the id is that of the request.
    Deploy(Vec<u8>),
    /// That a task is paused, archived or let go; the id is that of the request.
    Halt(Halting),
    /// That it goes on with another program, though it failed.
    RetryOnto(Retry, Onto),
}

/// A run that another process wants to begin. The owner may not know its program.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct StartAsked {
    /// The encoded image.
    pub(crate) image: Vec<u8>,
    /// The task.
    pub(crate) task: String,
    /// Its arguments, decoded and checked.
    pub(crate) arguments: Vec<Option<Data>>,
}

/// Somebody asks something of a run.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct StoredRequest {
    /// The row.
    pub(crate) id: i64,
    /// The run.
    pub(crate) run: RunId,
    /// What.
    pub(crate) ask: Ask,
}

/// Asks a run of this folder to stop, as the owner of the folder.
pub(super) fn cancel(connection: &Connection, run: i64, at: Micros) -> Result<(), Trouble> {
    if let Some(run) = runs::uid(connection, run)? {
        insert(connection, run, &Ask::Cancel, at)?;
    }
    Ok(())
}

/// Leaves a request in a folder that another process owns.
pub(crate) fn ask(folder: &Path, run: RunId, ask: &Ask, at: Micros) -> Result<(), EngineError> {
    let write = || insert(&open_shared(folder)?, run, ask, at);
    write().map_err(|trouble: Trouble| trouble.about(folder))
}

fn insert(connection: &Connection, run: RunId, ask: &Ask, at: Micros) -> Result<(), Trouble> {
    let kind = match ask {
        Ask::Cancel => "cancel",
        Ask::Decide(_) => "decide",
        Ask::Retry(_) | Ask::RetryOnto(..) => "retry",
        Ask::Start(_) => "start",
        Ask::Resume(_) => "resume",
        Ask::Deploy(_) => "deploy",
        Ask::Halt(_) => "halt",
    };
    connection.prepare_cached(INSERT_REQUEST)?.execute(params![kind, &run.0[..], at, encode(ask)?])?;
    Ok(())
}

/// Reads the oldest requests behind one that are still there, at most [`PAGE`].
pub(super) fn read(connection: &Connection, behind: i64) -> Result<Vec<StoredRequest>, Trouble> {
    let mut statement = connection.prepare_cached(READ_REQUESTS)?;
    let mut rows = statement.query([behind])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let run: Vec<u8> = row.get(1)?;
        let body: Vec<u8> = row.get(2)?;
        let (run, ask) = (RunId(fixed(&run, "a run's id")?), decode(&body, "what is asked of a run")?);
        found.push(StoredRequest { id: row.get(0)?, run, ask });
    }
    Ok(found)
}

/// Says whether the owner has not yet acted on what it was asked to let go on, to put in force, or to halt.
pub(super) fn is_asked(connection: &Connection, run: RunId) -> Result<bool, Trouble> {
    Ok(connection.prepare_cached(IS_ASKED)?.exists([&run.0[..]])?)
}

/// Removes a request that was acted on.
pub(super) fn remove(connection: &Connection, id: i64) -> Result<(), Trouble> {
    connection.prepare_cached(DROP_REQUEST)?.execute([id])?;
    Ok(())
}
