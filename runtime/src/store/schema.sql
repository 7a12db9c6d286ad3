-- The tables of a new data folder. One that is older gets them by the migrations in `schema.rs`; a test holds the two
-- against each other.

CREATE TABLE owner (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    epoch INTEGER NOT NULL,
    lineage BLOB NOT NULL DEFAULT x''
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

-- What was deployed of each project, in order; the newest is in force.
CREATE TABLE versions (
    project TEXT NOT NULL,
    number INTEGER NOT NULL CHECK (number > 0),
    image INTEGER NOT NULL,
    deployed_at INTEGER NOT NULL,
    PRIMARY KEY (project, number)
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
    events_from INTEGER NOT NULL,
    generation INTEGER NOT NULL DEFAULT 0,
    slots TEXT
) STRICT;
CREATE INDEX runs_active ON runs (project, task, trigger, state) WHERE ended_at IS NULL;

CREATE TABLE journal (
    run INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    body BLOB NOT NULL,
    aside INTEGER CHECK (aside = 1),
    PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE snapshots (
    run INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    bytes BLOB NOT NULL
) STRICT;

-- The runs that are parked, and when each is to be woken at the latest.
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

-- What sleeping runs wait for.
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
    retired_at INTEGER,
    rule TEXT NOT NULL DEFAULT ''
) STRICT;

-- What became of each due time, or of a row of them up to `until`.
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

-- What `cache` of a task lets runs have of each other: the result of a run stands until a time, and one that has it says
-- whose it is.
CREATE TABLE caches (
    run INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    keep INTEGER NOT NULL,
    until INTEGER,
    source INTEGER
) STRICT;
CREATE INDEX caches_name ON caches (name, until) WHERE until IS NOT NULL;

-- What other processes ask of the owner.
CREATE TABLE requests (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('cancel', 'decide', 'retry', 'start', 'resume', 'deploy', 'halt')),
    run BLOB NOT NULL CHECK (length(run) = 16),
    asked_at INTEGER NOT NULL,
    body BLOB NOT NULL,
    UNIQUE (run, kind)
) STRICT;

-- The tasks that events start, and how far each has come.
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

-- Runs that go on and hold a slot, by the group of their slots.
CREATE TABLE holds (
    run INTEGER PRIMARY KEY,
    slots TEXT NOT NULL,
    leaving INTEGER NOT NULL DEFAULT 0 CHECK (leaving IN (0, 1))
) STRICT;
CREATE INDEX holds_slots ON holds (slots, run);

-- Runs that wait for a slot.
CREATE TABLE queue (
    run INTEGER PRIMARY KEY,
    slots TEXT NOT NULL,
    at_once INTEGER NOT NULL CHECK (at_once > 0)
) STRICT;
CREATE INDEX queue_slots ON queue (slots, run);

-- What paces the starts of runs: the last ones of each key of `rate`.
CREATE TABLE starts (
    id INTEGER PRIMARY KEY,
    pace TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX starts_pace ON starts (pace, at);

-- Runs that may not begin before a time.
CREATE TABLE delays (
    run INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    slots BLOB NOT NULL
) STRICT;
CREATE INDEX delays_at ON delays (at, run);

-- Tasks of which nothing begins, by a person; the last halt of each, with when it ended.
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

-- Runs of paused tasks, with the gates that they have still to pass.
CREATE TABLE held_back (
    run INTEGER PRIMARY KEY,
    gates BLOB NOT NULL
) STRICT;
