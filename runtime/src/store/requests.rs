//! What other processes ask of the owner of a folder. These rows are the only ones that a process without the lock may
//! write: each is one small insert, which the owner picks up, acts on and removes.

use super::codec::fixed;
use super::folder::{Trouble, open_shared};
use super::statements::statements;
use crate::clock::Micros;
use crate::engine::{EngineError, RunId};
use rusqlite::{Connection, params};
use std::path::Path;

statements! {
    INSERT_REQUEST = "INSERT INTO requests (kind, run, asked_at) VALUES ('cancel', ?1, ?2) ON CONFLICT (run) DO NOTHING";
    READ_REQUESTS = "SELECT id, run FROM requests WHERE id > 0 ORDER BY id LIMIT 100";
    DROP_REQUEST = "DELETE FROM requests WHERE id = ?1";
}

/// Somebody wants a run to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CancelRequest {
    /// The row.
    pub(crate) id: i64,
    /// The run.
    pub(crate) run: RunId,
}

/// Leaves a request in a folder that another process owns.
pub(crate) fn ask_to_cancel(folder: &Path, run: RunId, at: Micros) -> Result<(), EngineError> {
    let ask = || -> Result<(), Trouble> {
        open_shared(folder)?.execute(INSERT_REQUEST, params![&run.0[..], at])?;
        Ok(())
    };
    ask().map_err(|trouble| trouble.about(folder))
}

/// Reads the oldest requests that are still there.
pub(super) fn read(connection: &Connection) -> Result<Vec<CancelRequest>, Trouble> {
    let mut statement = connection.prepare_cached(READ_REQUESTS)?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let run: Vec<u8> = row.get(1)?;
        found.push(CancelRequest { id: row.get(0)?, run: RunId(fixed(&run, "a run's id")?) });
    }
    Ok(found)
}

/// Removes a request that was acted on.
pub(super) fn remove(connection: &Connection, id: i64) -> Result<(), Trouble> {
    connection.prepare_cached(DROP_REQUEST)?.execute([id])?;
    Ok(())
}
