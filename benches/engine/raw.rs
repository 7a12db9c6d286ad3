//! What the machine can do: how long the disk takes to keep a page, and how many small rows SQLite alone can commit.

use rusqlite::{Connection, params};
use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::{Duration, Instant};

/// A row is about as large as the outcome of a small operation.
const ROW: [u8; 40] = [7; 40];

/// A table like a history, in a database of its own. Its rows come in the order of their keys, which is the fastest.
pub struct Raw {
    connection: Connection,
    page: File,
    next: i64,
}

impl Raw {
    /// Makes a database in a folder, with the same care for the disk as the engine's.
    ///
    /// # Errors
    /// The folder cannot be used.
    pub fn open(folder: &Path) -> io::Result<Raw> {
        let connection = Connection::open(folder.join("raw.db")).map_err(io::Error::other)?;
        connection
            .execute_batch(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
                 CREATE TABLE journal (run INTEGER, seq INTEGER, at INTEGER, body BLOB, PRIMARY KEY (run, seq))
                 STRICT, WITHOUT ROWID;",
            )
            .map_err(io::Error::other)?;
        Ok(Raw { connection, page: File::create(folder.join("page"))?, next: 0 })
    }

    /// Commits `commits` times `rows` rows, and gives how long that took.
    ///
    /// # Errors
    /// The database cannot.
    pub fn commit(&mut self, commits: usize, rows: usize) -> io::Result<Duration> {
        let begun = Instant::now();
        for _ in 0..commits {
            self.commit_rows(rows).map_err(io::Error::other)?;
        }
        Ok(begun.elapsed())
    }

    fn commit_rows(&mut self, rows: usize) -> rusqlite::Result<()> {
        self.connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        let mut insert = self.connection.prepare_cached("INSERT INTO journal VALUES (?1, ?2, ?3, ?4)")?;
        for _ in 0..rows {
            self.next += 1;
            insert.execute(params![self.next / 10, self.next % 10, self.next, &ROW[..]])?;
        }
        drop(insert);
        self.connection.prepare_cached("COMMIT")?.execute([])?;
        Ok(())
    }

    /// Writes a page and waits for the disk; gives how long the wait was.
    ///
    /// # Errors
    /// The disk cannot.
    pub fn sync(&mut self) -> io::Result<Duration> {
        self.page.seek(SeekFrom::Start(0))?;
        self.page.write_all(&[1; 4096])?;
        let begun = Instant::now();
        self.page.sync_data()?;
        Ok(begun.elapsed())
    }
}
