//! The tables: as they are made in a new folder (`schema.sql`), and the migrations that bring an older one there, which are
//! only ever added to. A new migration is written into both.
//!
//! Times are microseconds since 1970, states and outcomes are words that a CHECK knows. A run's row changes when it
//! starts and when it ends; that it is parked is said by its row in `timers`.

use super::folder::Trouble;
use rusqlite::Connection;

/// All tables of the newest version. Making them is quicker than making old ones and changing them.
const WHOLE: &str = include_str!("schema.sql");

/// The migrations, in order; the version of a folder is how many were applied.
const MIGRATIONS: &[&str] =
    &[FIRST, REACTIONS, SLOTS, RULES, OPERATING, DELAYS, LINEAGE, ASKING, CACHES, VERSIONS, HALTS];

/// The first version of a folder that has versions of projects.
pub(super) const WITH_VERSIONS: i64 = 10;

/// The first version of a folder in which tasks can be paused.
pub(super) const WITH_HALTS: i64 = 11;

/// Says that a database is ours: `Task` in ASCII.
const APPLICATION: i64 = 0x5461_736B;

const FIRST: &str = "
CREATE TABLE owner (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    epoch INTEGER NOT NULL
) STRICT;
INSERT INTO owner (one, epoch) VALUES (1, 0);

CREATE TABLE images (
    id INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
    name TEXT NOT NULL,
    bytes BLOB NOT NULL,
    stored_at INTEGER NOT NULL
) STRICT;

CREATE TABLE tasks (
    project TEXT NOT NULL,
    task TEXT NOT NULL,
    image INTEGER NOT NULL,
    position INTEGER NOT NULL,
    deployed_at INTEGER NOT NULL,
    PRIMARY KEY (project, task)
) STRICT, WITHOUT ROWID;

CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    uid BLOB NOT NULL UNIQUE CHECK (length(uid) = 16),
    project TEXT NOT NULL,
    task TEXT NOT NULL,
    image INTEGER NOT NULL,
    position INTEGER NOT NULL,
    trigger TEXT NOT NULL CHECK (trigger IN ('manual', 'schedule', 'task', 'event', 'success', 'failure')),
    due INTEGER CHECK ((due IS NOT NULL) = (trigger = 'schedule')),
    origin BLOB CHECK ((origin IS NULL) = (trigger IN ('manual', 'schedule'))),
    arguments BLOB NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled', 'timed_out')),
    created_at INTEGER NOT NULL,
    timeout INTEGER,
    started_at INTEGER CHECK (started_at IS NOT NULL OR state IN ('queued', 'cancelled')),
    deadline INTEGER,
    ended_at INTEGER CHECK ((ended_at IS NULL) = (state IN ('queued', 'running'))),
    outcome BLOB,
    operations INTEGER NOT NULL DEFAULT 0,
    events_from INTEGER NOT NULL
) STRICT;
CREATE INDEX runs_active ON runs (project, task, trigger, state) WHERE ended_at IS NULL;

CREATE TABLE journal (
    run INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE snapshots (
    run INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    bytes BLOB NOT NULL
) STRICT;

CREATE TABLE timers (
    run INTEGER PRIMARY KEY,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX timers_at ON timers (at);

CREATE TABLE logs (
    run INTEGER NOT NULL,
    operation INTEGER NOT NULL,
    at INTEGER NOT NULL,
    level TEXT NOT NULL CHECK (level IN ('debug', 'info', 'warn', 'error')),
    message TEXT NOT NULL,
    fields BLOB NOT NULL,
    PRIMARY KEY (run, operation)
) STRICT, WITHOUT ROWID;

CREATE TABLE waits (
    run INTEGER NOT NULL,
    operation INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('event', 'run')),
    key TEXT NOT NULL,
    PRIMARY KEY (run, operation, kind, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX waits_key ON waits (kind, key);

CREATE TABLE events (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    project TEXT NOT NULL,
    name TEXT NOT NULL,
    at INTEGER NOT NULL,
    run INTEGER NOT NULL,
    operation INTEGER NOT NULL,
    data BLOB NOT NULL,
    UNIQUE (run, operation)
) STRICT;
CREATE INDEX events_name ON events (project, name, position);

CREATE TABLE states (
    project TEXT NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    value BLOB NOT NULL,
    PRIMARY KEY (project, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE schedules (
    id INTEGER PRIMARY KEY,
    identity BLOB NOT NULL UNIQUE CHECK (length(identity) = 32),
    project TEXT NOT NULL,
    task TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    known_since INTEGER NOT NULL,
    retired_at INTEGER
) STRICT;

CREATE TABLE occurrences (
    schedule INTEGER NOT NULL,
    nominal INTEGER NOT NULL,
    until INTEGER CHECK (until >= nominal),
    effective INTEGER NOT NULL,
    decided_at INTEGER NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('ran', 'late', 'skipped', 'missed', 'coalesced')),
    why TEXT CHECK ((why IS NULL) = (outcome IN ('ran', 'late'))),
    run INTEGER CHECK ((run IS NOT NULL) = (outcome IN ('ran', 'late'))),
    PRIMARY KEY (schedule, nominal)
) STRICT, WITHOUT ROWID;

CREATE TABLE requests (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('cancel', 'decide')),
    run BLOB NOT NULL CHECK (length(run) = 16),
    asked_at INTEGER NOT NULL,
    decision BLOB CHECK ((decision IS NOT NULL) = (kind = 'decide')),
    UNIQUE (run, kind)
) STRICT;
";

const REACTIONS: &str = "
CREATE TABLE reactions (
    id INTEGER PRIMARY KEY,
    identity BLOB NOT NULL UNIQUE CHECK (length(identity) = 32),
    project TEXT NOT NULL,
    task TEXT NOT NULL,
    event TEXT NOT NULL,
    position INTEGER NOT NULL,
    retired INTEGER NOT NULL DEFAULT 0 CHECK (retired IN (0, 1))
) STRICT;
CREATE INDEX reactions_event ON reactions (project, event) WHERE retired = 0;
";

/// Runs of schedules held a slot before without a row for it.
const SLOTS: &str = "
CREATE TABLE holds (
    run INTEGER PRIMARY KEY,
    slots TEXT NOT NULL,
    leaving INTEGER NOT NULL DEFAULT 0 CHECK (leaving IN (0, 1))
) STRICT;
CREATE INDEX holds_slots ON holds (slots, run);
CREATE TABLE queue (
    run INTEGER PRIMARY KEY,
    slots TEXT NOT NULL,
    at_once INTEGER NOT NULL CHECK (at_once > 0)
) STRICT;
CREATE INDEX queue_slots ON queue (slots, run);
INSERT INTO holds (run, slots) SELECT id, project || '/' || task || '/schedule' FROM runs
    WHERE trigger = 'schedule' AND state = 'running' AND ended_at IS NULL;
INSERT INTO queue (run, slots, at_once) SELECT id, project || '/' || task || '/schedule', 1 FROM runs
    WHERE state = 'queued' AND ended_at IS NULL;
";

/// The words of a schedule's rule, for whoever asks what became of a due time; schedules of before get them when they are
/// put in force again.
const RULES: &str = "
ALTER TABLE schedules ADD COLUMN rule TEXT NOT NULL DEFAULT '';
";

/// Runs that go on after a failure, with rows that are set aside; more that other processes may ask.
const OPERATING: &str = "
ALTER TABLE runs ADD COLUMN generation INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN slots TEXT;
ALTER TABLE journal ADD COLUMN aside INTEGER CHECK (aside = 1);

CREATE TABLE asked (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('cancel', 'decide', 'retry')),
    run BLOB NOT NULL CHECK (length(run) = 16),
    asked_at INTEGER NOT NULL,
    body BLOB NOT NULL,
    UNIQUE (run, kind)
) STRICT;
INSERT INTO asked (id, kind, run, asked_at, body) SELECT id, kind, run, asked_at,
    CASE kind WHEN 'cancel' THEN x'0200' ELSE CAST(x'0201' || substr(decision, 2) AS BLOB) END FROM requests;
DROP TABLE requests;
ALTER TABLE asked RENAME TO requests;
";

/// Runs that may not begin yet, and what paces them.
const DELAYS: &str = "
CREATE TABLE starts (
    id INTEGER PRIMARY KEY,
    pace TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX starts_pace ON starts (pace, at);
CREATE TABLE delays (
    run INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    slots BLOB NOT NULL
) STRICT;
CREATE INDEX delays_at ON delays (at, run);
";

/// What tells a folder that was made of a backup from its original.
const LINEAGE: &str = "
ALTER TABLE owner ADD COLUMN lineage BLOB NOT NULL DEFAULT x'';
";

/// Other processes may ask for runs to begin, and to go on.
const ASKING: &str = "
CREATE TABLE asked (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('cancel', 'decide', 'retry', 'start', 'resume')),
    run BLOB NOT NULL CHECK (length(run) = 16),
    asked_at INTEGER NOT NULL,
    body BLOB NOT NULL,
    UNIQUE (run, kind)
) STRICT;
INSERT INTO asked (id, kind, run, asked_at, body) SELECT id, kind, run, asked_at, body FROM requests;
DROP TABLE requests;
ALTER TABLE asked RENAME TO requests;
";

/// Runs may have each other's results.
const CACHES: &str = "
CREATE TABLE caches (
    run INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    keep INTEGER NOT NULL,
    until INTEGER,
    source INTEGER
) STRICT;
CREATE INDEX caches_name ON caches (name, until) WHERE until IS NOT NULL;
";

/// What was deployed, in order; other processes may ask for more of it.
const VERSIONS: &str = "
CREATE TABLE versions (
    project TEXT NOT NULL,
    number INTEGER NOT NULL CHECK (number > 0),
    image INTEGER NOT NULL,
    deployed_at INTEGER NOT NULL,
    PRIMARY KEY (project, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE asked (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('cancel', 'decide', 'retry', 'start', 'resume', 'deploy')),
    run BLOB NOT NULL CHECK (length(run) = 16),
    asked_at INTEGER NOT NULL,
    body BLOB NOT NULL,
    UNIQUE (run, kind)
) STRICT;
INSERT INTO asked (id, kind, run, asked_at, body) SELECT id, kind, run, asked_at, body FROM requests;
DROP TABLE requests;
ALTER TABLE asked RENAME TO requests;
";

/// Tasks of which nothing begins, and their runs that are held back.
const HALTS: &str = "
CREATE TABLE halts (
    project TEXT NOT NULL,
    task TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('paused', 'archived')),
    at INTEGER NOT NULL,
    by TEXT NOT NULL,
    why TEXT NOT NULL,
    ended_at INTEGER,
    PRIMARY KEY (project, task)
) STRICT, WITHOUT ROWID;
CREATE TABLE held_back (
    run INTEGER PRIMARY KEY,
    gates BLOB NOT NULL
) STRICT;
CREATE TABLE asked (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('cancel', 'decide', 'retry', 'start', 'resume', 'deploy', 'halt')),
    run BLOB NOT NULL CHECK (length(run) = 16),
    asked_at INTEGER NOT NULL,
    body BLOB NOT NULL,
    UNIQUE (run, kind)
) STRICT;
INSERT INTO asked (id, kind, run, asked_at, body) SELECT id, kind, run, asked_at, body FROM requests;
DROP TABLE requests;
ALTER TABLE asked RENAME TO requests;
";

/// The newest version that is known.
pub(super) fn newest() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

/// Gives the version of a database, or says that it is not ours.
pub(super) fn version(connection: &Connection) -> Result<i64, Trouble> {
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let application: i64 = connection.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    // The tables are counted only where it matters: for that, SQLite reads and parses the whole schema.
    if application != APPLICATION && (version != 0 || has_tables(connection)?) {
        return Err(Trouble::Damaged("it is a database of another program".to_owned()));
    }
    if version > newest() {
        return Err(Trouble::Newer { found: version, known: newest() });
    }
    if version < 0 {
        return Err(Trouble::Damaged(format!("its version is {version}")));
    }
    Ok(version)
}

fn has_tables(connection: &Connection) -> Result<bool, Trouble> {
    Ok(connection.query_row("SELECT count(*) > 0 FROM sqlite_schema", [], |row| row.get(0))?)
}

/// Brings a database to the newest version, in one transaction.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), Trouble> {
    let version = version(connection)?;
    let missing = MIGRATIONS.get(usize::try_from(version).unwrap_or(0)..).unwrap_or(&[]);
    if missing.is_empty() {
        return Ok(());
    }
    let steps = if version == 0 { &[WHOLE] } else { missing };
    let transaction = connection.transaction()?;
    for step in steps {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", newest())?;
    transaction.commit()?;
    Ok(())
}

/// Takes the next epoch: whoever had the one before is fenced from now on.
pub(super) fn next_epoch(connection: &Connection) -> Result<i64, Trouble> {
    Ok(connection
        .query_row("UPDATE owner SET epoch = epoch + 1 WHERE one = 1 RETURNING epoch", [], |row| row.get(0))?)
}

/// Reads the epoch.
pub(super) fn epoch(connection: &Connection) -> rusqlite::Result<i64> {
    connection.prepare_cached("SELECT epoch FROM owner WHERE one = 1")?.query_row([], |row| row.get(0))
}

/// Reads what tells a folder that was made of a backup from its original; nothing where it is no such folder.
pub(super) fn lineage(connection: &Connection) -> rusqlite::Result<Vec<u8>> {
    connection.query_row("SELECT lineage FROM owner WHERE one = 1", [], |row| row.get(0))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use super::*;

    /// Gives every table and index: its name, its columns, and the parts of its definition, sorted.
    fn tables(connection: &Connection) -> Vec<(String, Vec<String>, Vec<String>)> {
        let mut names =
            connection.prepare("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name").unwrap();
        let rows = names.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))).unwrap();
        let described = rows.map(|row| {
            let (name, sql) = row.unwrap();
            let mut columns = connection
                .prepare("SELECT name, type, \"notnull\", dflt_value, pk FROM pragma_table_xinfo(?1)")
                .unwrap();
            let columns = columns.query_map([&name], |row| {
                let (column, kind): (String, String) = (row.get(0)?, row.get(1)?);
                let (filled, default, key): (bool, Option<String>, i64) = (row.get(2)?, row.get(3)?, row.get(4)?);
                Ok(format!("{column} {kind} {filled} {default:?} {key}"))
            });
            let mut columns: Vec<String> = columns.unwrap().map(Result::unwrap).collect();
            columns.sort();
            (name, columns, parts(&sql))
        });
        described.collect()
    }

    /// Cuts a definition at its outermost commas.
    fn parts(sql: &str) -> Vec<String> {
        let words = sql.replace('"', "").split_whitespace().collect::<Vec<_>>().join(" ");
        let (mut parts, mut depth) = (vec![String::new()], 0);
        for character in words.chars() {
            depth += i32::from(character == '(') - i32::from(character == ')');
            match (character, depth) {
                (',', 1) | ('(', 1) | (')', 0) => parts.push(String::new()),
                _ => parts.last_mut().unwrap().push(character),
            }
        }
        let mut parts: Vec<String> = parts.iter().map(|part| part.trim().to_owned()).collect();
        parts.sort();
        parts
    }

    #[test]
    fn a_new_folder_has_the_tables_of_one_that_was_migrated() {
        let mut fresh = Connection::open_in_memory().unwrap();
        migrate(&mut fresh).unwrap();
        let migrated = Connection::open_in_memory().unwrap();
        MIGRATIONS.iter().for_each(|migration| migrated.execute_batch(migration).unwrap());
        let (fresh, migrated) = (tables(&fresh), tables(&migrated));
        assert!(fresh.len() > 20);
        for (fresh, migrated) in fresh.iter().zip(&migrated) {
            assert_eq!(fresh, migrated, "the new migration is to be written into `schema.sql` too");
        }
        assert_eq!(fresh.len(), migrated.len());
    }
}
