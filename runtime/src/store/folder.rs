//! Opening a data folder, and our words for what SQLite says about it.

use super::schema;
use crate::engine::EngineError;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The name of the database in its folder.
pub(super) const DATABASE: &str = "taskwright.db";

/// The bytes that the write-ahead log keeps of the disk; beyond them it is cut when it begins again.
const LARGEST_LOG: i64 = 64 << 20;

/// Databases up to this size are checked page by page when they are opened; larger ones as they are read.
const CHECKED_BYTES: u64 = 32 << 20;

/// How long a statement waits for another process, which writes only single small requests.
const PATIENCE: Duration = Duration::from_secs(5);

/// What the database said, before it is known about which folder.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// The database itself.
    Sqlite(rusqlite::Error),
    /// Its contents are not what was written.
    Damaged(String),
    /// It is of a newer version.
    Newer { found: i64, known: i64 },
    /// Another process has taken the folder over.
    Fenced,
    /// A transition that does not fit what is stored; it alone is refused.
    Refused(EngineError),
}

impl From<rusqlite::Error> for Trouble {
    fn from(error: rusqlite::Error) -> Self {
        Trouble::Sqlite(error)
    }
}

impl Trouble {
    /// Says whether waiting may help.
    pub(super) fn is_passing(&self) -> bool {
        match self {
            Trouble::Sqlite(error) => matches!(
                error.sqlite_error_code(),
                Some(ErrorCode::DiskFull | ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
            ),
            Trouble::Damaged(_) | Trouble::Newer { .. } | Trouble::Fenced | Trouble::Refused(_) => false,
        }
    }

    /// Says it about a folder.
    pub(crate) fn about(self, folder: &Path) -> EngineError {
        let path = folder.to_owned();
        match self {
            Trouble::Sqlite(error) => about_sqlite(folder, &error),
            Trouble::Damaged(what) => EngineError::Corrupt { path: database(folder), what },
            Trouble::Newer { found, known } => EngineError::Newer { path, found, known },
            Trouble::Fenced => EngineError::Fenced { path },
            Trouble::Refused(error) => error,
        }
    }
}

impl Trouble {
    /// Says it about the file of a backup.
    pub(crate) fn about_file(self, file: &Path) -> EngineError {
        let path = file.to_owned();
        let corrupt = |what| EngineError::Corrupt { path: file.to_owned(), what };
        match self {
            Trouble::Sqlite(error) => match error.sqlite_error_code() {
                Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => corrupt(error.to_string()),
                Some(ErrorCode::DiskFull) => EngineError::DiskFull { path },
                Some(_) | None => EngineError::Storage { path, what: error.to_string() },
            },
            Trouble::Damaged(what) => corrupt(what),
            Trouble::Newer { found, known } => EngineError::Newer { path, found, known },
            Trouble::Fenced => EngineError::Fenced { path },
            Trouble::Refused(error) => error,
        }
    }
}

fn about_sqlite(folder: &Path, error: &rusqlite::Error) -> EngineError {
    let path = folder.to_owned();
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => EngineError::DiskFull { path },
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => EngineError::ReadOnly { path },
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            EngineError::Corrupt { path: database(folder), what: error.to_string() }
        }
        Some(ErrorCode::CannotOpen) if !database(folder).exists() => EngineError::ReadOnly { path },
        _ => EngineError::Storage { path: database(folder), what: error.to_string() },
    }
}

/// Gives the path of the database of a folder.
pub(super) fn database(folder: &Path) -> PathBuf {
    folder.join(DATABASE)
}

/// What a commit waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Waits {
    /// For the disk: what is committed is there after a loss of power.
    ForDisk,
    /// For nothing: the folder is thrown away with the process.
    ForNothing,
}

/// Opens the database of a folder for writing, creates or migrates it, and takes a new epoch. The caller has the lock.
pub(crate) fn open_folder(folder: &Path, commit: Waits) -> Result<(Connection, i64), EngineError> {
    open_to_own(folder, commit).map_err(|trouble| trouble.about(folder))
}

fn open_to_own(folder: &Path, commit: Waits) -> Result<(Connection, i64), Trouble> {
    let mut connection = Connection::open_with_flags(
        database(folder),
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    prepare(&connection)?;
    let synchronous = match commit {
        Waits::ForDisk => "FULL",
        Waits::ForNothing => "OFF",
    };
    connection.pragma_update(None, "synchronous", synchronous)?;
    if schema::version(&connection)? == 0 {
        // Only a database without tables learns to give pages back.
        connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    } else {
        check(&connection, folder)?;
    }
    let mode: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if mode != "wal" {
        return Err(Trouble::Damaged(format!("it keeps its journal as `{mode}`, not as a write-ahead log")));
    }
    connection.pragma_update(None, "journal_size_limit", LARGEST_LOG)?;
    schema::migrate(&mut connection)?;
    let epoch = schema::next_epoch(&connection)?;
    Ok((connection, epoch))
}

/// Opens a connection of a folder that another process may own, to write a request.
pub(super) fn open_shared(folder: &Path) -> Result<Connection, Trouble> {
    open_existing(folder, OpenFlags::SQLITE_OPEN_READ_WRITE)
}

/// Opens a connection for reading.
pub(super) fn open_reader(folder: &Path, commit: Waits) -> Result<Connection, Trouble> {
    let connection = open_to_read(folder)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, commit == Waits::ForNothing)?;
    Ok(connection)
}

fn open_to_read(folder: &Path) -> Result<Connection, Trouble> {
    match open_existing(folder, OpenFlags::SQLITE_OPEN_READ_WRITE) {
        // Reading a write-ahead log wants to write its index; a folder that nobody can write is read as it stands.
        Err(Trouble::Sqlite(_)) => open_existing(folder, OpenFlags::SQLITE_OPEN_READ_ONLY),
        other => other,
    }
}

fn open_existing(folder: &Path, access: OpenFlags) -> Result<Connection, Trouble> {
    let path = database(folder);
    if !path.exists() {
        return Err(Trouble::Refused(EngineError::Missing { path: folder.to_owned() }));
    }
    let connection = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    prepare(&connection)?;
    match schema::version(&connection)? {
        0 => Err(Trouble::Refused(EngineError::Missing { path: folder.to_owned() })),
        _ => Ok(connection),
    }
}

pub(super) fn prepare(connection: &Connection) -> Result<(), Trouble> {
    connection.busy_timeout(PATIENCE)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    // Else a statement is prepared anew whenever a parameter might let it use a partial index.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(128);
    Ok(())
}

fn check(connection: &Connection, folder: &Path) -> Result<(), Trouble> {
    let size = std::fs::metadata(database(folder)).map(|metadata| metadata.len()).unwrap_or(0);
    if size > CHECKED_BYTES {
        return Ok(());
    }
    found_whole(connection, "PRAGMA quick_check(1)")
}

/// Checks every page and every index of a database.
pub(super) fn check_whole(connection: &Connection) -> Result<(), Trouble> {
    found_whole(connection, "PRAGMA integrity_check(1)")
}

fn found_whole(connection: &Connection, check: &'static str) -> Result<(), Trouble> {
    let found: String = connection.query_row(check, [], |row| row.get(0))?;
    if found == "ok" { Ok(()) } else { Err(Trouble::Damaged(found)) }
}
