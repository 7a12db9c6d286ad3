//! What can go wrong with a data folder, and what to do about it.

use super::id::RunId;
use super::retry::NoRetry;
use std::path::PathBuf;

/// Why the engine or the history cannot do what was asked. A failed run is not an error of the engine.
#[derive(Clone, Debug, thiserror::Error)]
pub enum EngineError {
    /// Another process owns the folder.
    #[error("the data folder {path} is held by process {pid}", path = .path.display())]
    Held {
        /// The folder.
        path: PathBuf,
        /// The process; 0 where it could not be read.
        pid: u32,
    },
    /// There is no data here.
    #[error("there is no data folder at {path}", path = .path.display())]
    Missing {
        /// The folder.
        path: PathBuf,
    },
    /// There is something where a backup or a restored folder was to be.
    #[error("there is something in {path} already", path = .path.display())]
    Occupied {
        /// The folder.
        path: PathBuf,
    },
    /// There is no backup here.
    #[error("there is no backup in {path}", path = .path.display())]
    NoBackup {
        /// The folder.
        path: PathBuf,
    },
    /// Nothing may be written here.
    #[error("the data folder {path} cannot be written", path = .path.display())]
    ReadOnly {
        /// The folder.
        path: PathBuf,
    },
    /// No room is left.
    #[error("the disk of the data folder {path} is full", path = .path.display())]
    DiskFull {
        /// The folder.
        path: PathBuf,
    },
    /// The database is not what was written.
    #[error("the database {path} is damaged: {what}", path = .path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What was found.
        what: String,
    },
    /// A newer version has written it.
    #[error("the data folder {path} has version {found}; this program knows versions up to {known}", path = .path.display())]
    Newer {
        /// The folder.
        path: PathBuf,
        /// The version of the folder.
        found: i64,
        /// The newest one that is known.
        known: i64,
    },
    /// Another process took the folder over.
    #[error("the data folder {path} now belongs to another process", path = .path.display())]
    Fenced {
        /// The folder.
        path: PathBuf,
    },
    /// The file system or the database failed otherwise.
    #[error("{path}: {what}", path = .path.display())]
    Storage {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        what: String,
    },
    /// The key of the folder is not there, or another one.
    #[error("the key {path} cannot be used: {what}", path = .path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// What was found.
        what: String,
    },
    /// No image of this hash is stored.
    #[error("no program {0} is stored here")]
    NoImage(String),
    /// The image cannot be run.
    #[error("the program cannot be run: {0}")]
    BadImage(String),
    /// The image has no such task.
    #[error("the program has no task `{0}`")]
    NoTask(String),
    /// A state is not the one that a change was made of.
    #[error("the state `{0}` was changed by somebody else")]
    StateMoved(String),
    /// The run asks nobody.
    #[error("the run {0} waits for no decision")]
    NoQuestion(RunId),
    /// No run has this id.
    #[error("no run begins with `{0}`")]
    NoRun(String),
    /// The owner of the folder was asked to start it, and has not.
    #[error("the process that serves the folder has not begun the run {0}")]
    NotBegun(RunId),
    /// The owner of the folder was asked to put it in force, and has not.
    #[error("the process that serves the folder has not put the new version of `{0}` in force")]
    NotDeployed(String),
    /// Several runs have ids that begin so.
    #[error("several runs begin with `{0}`")]
    ManyRuns(String),
    /// The run has ended already.
    #[error("run {0} has ended")]
    Ended(RunId),
    /// No process serves the folder.
    #[error("no process serves the data folder {path}", path = .path.display())]
    NotServed {
        /// The folder.
        path: PathBuf,
    },
    /// The process that serves the folder holds nothing.
    #[error("the process that serves the data folder {path} holds no runs", path = .path.display())]
    NotPaused {
        /// The folder.
        path: PathBuf,
    },
    /// The run has not begun.
    #[error("run {0} has not begun: it waits in line")]
    InLine(RunId),
    /// No run of the task has begun and not ended.
    #[error("no run of a task `{0}` has begun and not ended")]
    NothingHeld(String),
    /// A failed run cannot go on with the newest version.
    #[error("the run {run} cannot go on with the newest version: {why}")]
    NotOnto {
        /// The run.
        run: RunId,
        /// Why.
        why: String,
    },
    /// A failed run cannot go on where it was.
    #[error("the run {run} cannot go on: {why}")]
    NoRetry {
        /// The run.
        run: RunId,
        /// Why.
        why: NoRetry,
    },
    /// What is said to be the result of an operation is none.
    #[error("that is not what `{operation}` gives: {what}")]
    BadResult {
        /// The operation.
        operation: String,
        /// What was found.
        what: String,
    },
    /// A zone does not exist.
    #[error("there is no time zone `{0}`")]
    NoZone(String),
    /// A schedule cannot be understood.
    #[error("the schedule of task `{task}` cannot be used: {what}")]
    BadSchedule {
        /// The task.
        task: String,
        /// Why.
        what: String,
    },
    /// The key of a clause cannot be found out.
    #[error("the key behind `per` in the head of task `{task}` cannot be found out: {what}")]
    BadKey {
        /// The task.
        task: String,
        /// Why.
        what: String,
    },
    /// The engine has been stopped.
    #[error("the engine has been stopped")]
    Stopped,
}

impl EngineError {
    /// Says what a person can do about it.
    pub fn help(&self) -> &'static str {
        match self {
            EngineError::Held { .. } => "stop that process, or name another folder with `--data`",
            EngineError::Missing { .. } => "name the folder with `--data`, or start a run, which creates it",
            EngineError::Occupied { .. } => "name a folder that is new or empty; nothing was changed",
            EngineError::NoBackup { .. } => "name a folder that `taskwright backup` has made",
            EngineError::ReadOnly { .. } => {
                "give this user the right to write it, or name another folder with `--data`"
            }
            EngineError::DiskFull { .. } => {
                "make room and start again: what was recorded is safe, and runs go on from there"
            }
            EngineError::Corrupt { .. } => "restore the folder from a backup; keep the damaged one aside",
            EngineError::Newer { .. } => "use the version of taskwright that wrote it, or a newer one",
            EngineError::Fenced { .. } => "let only one process own a data folder; this one has stopped",
            EngineError::Storage { .. } => "look at the disk and the folder's permissions; what was recorded is safe",
            EngineError::Key { .. } => {
                "put back the key that was in use, in this file or in `TASKWRIGHT_DATA_KEY`; what was recorded is safe"
            }
            EngineError::NoImage(_) | EngineError::BadImage(_) => "compile and deploy the program again",
            EngineError::NoTask(_) => "name one of the program's tasks",
            EngineError::StateMoved(_) => "let only one process own a data folder",
            EngineError::NoQuestion(_) => "`taskwright runs show` shows what it waits for",
            EngineError::NoRun(_) => "`taskwright runs list` shows the runs of this folder",
            EngineError::NotBegun(_) => "what that process says on its terminal tells why; it may still begin it",
            EngineError::NotDeployed(_) => {
                "what that process says on its terminal tells why; the version before it stays in force"
            }
            EngineError::ManyRuns(_) => "give more letters of the id",
            EngineError::Ended(_) => "`taskwright runs show` shows how it ended",
            EngineError::NotServed { .. } => {
                "`taskwright serve` lets all runs go on, `taskwright serve --paused` none of them"
            }
            EngineError::NotPaused { .. } => "its runs go on already; only `taskwright serve --paused` holds them",
            EngineError::InLine(_) => {
                "`taskwright runs resume --all` lets go on what waits in line, and everything else"
            }
            EngineError::NothingHeld(_) => "`taskwright runs list` shows the runs of this folder with their tasks",
            EngineError::NotOnto { .. } => {
                "only what comes behind the place may differ: let it go on with its own version, or start a new run"
            }
            EngineError::NoRetry { why, .. } => why.help(),
            EngineError::BadResult { .. } => "give the result as JSON with `--result`; nothing was changed",
            EngineError::NoZone(_) => "use a name of the IANA time zone database, such as `Europe/Berlin`",
            EngineError::BadSchedule { .. } => "check the program again with `taskwright check`",
            EngineError::BadKey { .. } => "give other arguments, or change the expression behind `per`",
            EngineError::Stopped => "start it again",
        }
    }
}
