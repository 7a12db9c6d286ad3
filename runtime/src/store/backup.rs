//! A copy of a database, made while its owner writes, and a database made of such a copy.
//!
//! A copy is one moment of the database, whatever is committed meanwhile: SQLite writes it out from within one read
//! transaction, packed and without a write-ahead log. It counts only once it has been read back whole.

use super::codec::fixed;
use super::folder::{DATABASE, Trouble, Waits, check_whole, open_reader, prepare};
use super::schema;
use super::statements::statements;
use crate::engine::RunId;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;

statements! {
    GOING_ON = "SELECT uid, project, task FROM runs INDEXED BY runs_active WHERE ended_at IS NULL LIMIT 1000";
    NEW_LINEAGE = "UPDATE owner SET lineage = randomblob(16) WHERE one = 1";
}

/// The name of a copy in the folder of a backup: another one, so that nobody serves it by mistake.
pub(crate) const COPY: &str = "backup.db";

/// The name of the database in a data folder.
pub(crate) const ORIGINAL: &str = DATABASE;

/// A run that goes on, or waits to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoesOn {
    /// Its id.
    pub run: RunId,
    /// Its program.
    pub project: String,
    /// Its task.
    pub task: String,
}

/// Writes a copy of the database of a folder to a file that does not exist.
pub(crate) fn copy(folder: &Path, file: &Path) -> Result<(), Trouble> {
    let Some(name) = file.to_str() else {
        return Err(Trouble::Damaged(format!("{} is no path in UTF-8", file.display())));
    };
    open_reader(folder, Waits::ForDisk)?.execute("VACUUM INTO ?1", [name])?;
    Ok(())
}

/// Reads a copy whole, and gives up to 1,000 of the runs in it that go on.
pub(crate) fn verify(file: &Path) -> Result<Vec<GoesOn>, Trouble> {
    going_on(&open(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?)
}

/// Makes a copy fit to be a folder's database: of the newest version, and a lineage of its own, so that nothing that is
/// done from now on is taken for what the original has done since.
pub(crate) fn found_anew(file: &Path) -> Result<(), Trouble> {
    let mut connection = open(file, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    schema::migrate(&mut connection)?;
    connection.execute(NEW_LINEAGE, [])?;
    Ok(())
}

fn open(file: &Path, access: OpenFlags) -> Result<Connection, Trouble> {
    let connection = Connection::open_with_flags(file, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    prepare(&connection)?;
    if schema::version(&connection)? == 0 {
        return Err(Trouble::Damaged("it is empty".to_owned()));
    }
    check_whole(&connection)?;
    Ok(connection)
}

fn going_on(connection: &Connection) -> Result<Vec<GoesOn>, Trouble> {
    let mut statement = connection.prepare(GOING_ON)?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let uid: Vec<u8> = row.get(0)?;
        found.push(GoesOn { run: RunId(fixed(&uid, "a run's id")?), project: row.get(1)?, task: row.get(2)? });
    }
    Ok(found)
}
