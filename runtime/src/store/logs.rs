//! Lines that runs have logged.

use super::codec::{count, decode, encode, integer};
use super::folder::Trouble;
use super::statements::statements;
use crate::Data;
use crate::clock::Micros;
use crate::engine::{LogEntry, LogLevel};
use rusqlite::{Connection, params};

statements! {
    INSERT_LOG = "INSERT INTO logs (run, operation, at, level, message, fields) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT (run, operation) DO NOTHING";
    READ_LOGS = "SELECT operation, at, level, message, fields FROM logs WHERE run = ?1 AND operation > ?2 ORDER BY operation LIMIT ?3";
}

/// A line of a run's log.
#[derive(Clone, Debug, PartialEq)]
pub struct LogRow {
    /// The operation that logged it.
    pub operation: u64,
    /// When.
    pub at: Micros,
    /// What.
    pub entry: LogEntry,
}

/// Writes a line.
pub(super) fn insert(
    connection: &Connection,
    run: i64,
    operation: u64,
    at: Micros,
    entry: &LogEntry,
) -> Result<(), Trouble> {
    let fields = encode(&entry.fields)?;
    let row = params![run, integer(operation), at, entry.level.name(), entry.message, fields];
    connection.prepare_cached(INSERT_LOG)?.execute(row)?;
    Ok(())
}

/// Reads up to `limit` lines of a run behind an operation (-1 for all), oldest first.
pub(super) fn read(connection: &Connection, run: i64, behind: i64, limit: u32) -> Result<Vec<LogRow>, Trouble> {
    let mut statement = connection.prepare_cached(READ_LOGS)?;
    let mut rows = statement.query(params![run, behind, limit])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let level: String = row.get(2)?;
        let fields: Vec<u8> = row.get(4)?;
        let fields: Vec<(String, Data)> = decode(&fields, "the fields of a log line")?;
        found.push(LogRow {
            operation: count(row.get(0)?),
            at: row.get(1)?,
            entry: LogEntry {
                level: LogLevel::from_name(&level).unwrap_or(LogLevel::Info),
                message: row.get(3)?,
                fields,
            },
        });
    }
    Ok(found)
}
