//! What other processes ask of the owner of a folder. These rows are the only ones that a process without the lock may
//! write: each is one small insert, which the owner picks up, acts on and removes.

use super::codec::{decode, encode, fixed};
use super::folder::{Trouble, open_shared};
use super::runs;
use super::statements::statements;
use crate::clock::Micros;
use crate::engine::{Decision, EngineError, RunId};
use rusqlite::{Connection, params};
use std::path::Path;

statements! {
    INSERT_REQUEST = "INSERT INTO requests (kind, run, asked_at, decision) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (run, kind) DO NOTHING";
    READ_REQUESTS = "SELECT id, run, decision FROM requests WHERE id > 0 ORDER BY id LIMIT 100";
    DROP_REQUEST = "DELETE FROM requests WHERE id = ?1";
}

/// What is asked of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    /// That it stops.
    Cancel,
    /// That it goes on with a decision it waits for.
    Decide(Decision),
}

/// Somebody asks something of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
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
        connection.prepare_cached(INSERT_REQUEST)?.execute(params!["cancel", &run.0[..], at, None::<Vec<u8>>])?;
    }
    Ok(())
}

/// Leaves a request in a folder that another process owns.
pub(crate) fn ask(folder: &Path, run: RunId, ask: &Ask, at: Micros) -> Result<(), EngineError> {
    let write = || -> Result<(), Trouble> {
        let (kind, decision) = match ask {
            Ask::Cancel => ("cancel", None),
            Ask::Decide(decision) => ("decide", Some(encode(decision)?)),
        };
        open_shared(folder)?.execute(INSERT_REQUEST, params![kind, &run.0[..], at, decision])?;
        Ok(())
    };
    write().map_err(|trouble| trouble.about(folder))
}

/// Reads the oldest requests that are still there.
pub(super) fn read(connection: &Connection) -> Result<Vec<StoredRequest>, Trouble> {
    let mut statement = connection.prepare_cached(READ_REQUESTS)?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let run: Vec<u8> = row.get(1)?;
        let ask = match row.get::<_, Option<Vec<u8>>>(2)? {
            None => Ask::Cancel,
            Some(decision) => Ask::Decide(decode(&decision, "a decision")?),
        };
        found.push(StoredRequest { id: row.get(0)?, run: RunId(fixed(&run, "a run's id")?), ask });
    }
    Ok(found)
}

/// Removes a request that was acted on.
pub(super) fn remove(connection: &Connection, id: i64) -> Result<(), Trouble> {
    connection.prepare_cached(DROP_REQUEST)?.execute([id])?;
    Ok(())
}
