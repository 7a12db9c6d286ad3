//! The one writer: a thread that owns the connection and commits what has queued up in one transaction.
//!
//! A piece of work that fails alone is taken out and the others go on. A full disk or a busy database is waited for;
//! any other failure of a commit stops the writer for good, because then only the disk knows what is true.

use super::folder::Trouble;
use super::schema;
use super::work::{self, Applied, Work};
use crate::clock::{Clock, SystemClock};
use crate::engine::EngineError;
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread::JoinHandle;
use std::time::Duration;

/// The most pieces of work of one commit, and the most that may queue up.
const BATCH: usize = 1024;

/// The most bytes of one commit, roughly.
const BATCH_BYTES: usize = 1 << 20;

/// How often a full disk or a busy database is tried again.
const RETRY: Duration = Duration::from_millis(100);

/// What is called with the outcome, after the commit. It must not block.
type Reply = Box<dyn FnOnce(Result<Applied, EngineError>) + Send>;

enum Job {
    Apply(Box<Waiting>),
    Close,
}

struct Waiting {
    work: Work,
    reply: Reply,
}

/// The way to the writer. Clones lead to the same one.
#[derive(Clone)]
pub(crate) struct Store {
    queue: SyncSender<Job>,
    shared: Arc<Shared>,
}

struct Shared {
    folder: PathBuf,
    fatal: OnceLock<EngineError>,
    abandoned: AtomicBool,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Store {
    /// Starts the writer of a folder. A full disk is waited for no longer than `patience`.
    pub(crate) fn start(
        folder: &Path,
        connection: Connection,
        epoch: i64,
        patience: Duration,
    ) -> Result<Store, EngineError> {
        let (queue, jobs) = mpsc::sync_channel(BATCH);
        let shared = Arc::new(Shared {
            folder: folder.to_owned(),
            fatal: OnceLock::new(),
            abandoned: AtomicBool::new(false),
            thread: Mutex::new(None),
        });
        let mut writer = Writer { connection, epoch, patience, shared: Arc::clone(&shared) };
        let thread = std::thread::Builder::new().name("writer".to_owned()).spawn(move || writer.work_off(&jobs));
        let thread =
            thread.map_err(|error| EngineError::Storage { path: folder.to_owned(), what: error.to_string() })?;
        *shared.thread.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = Some(thread);
        Ok(Store { queue, shared })
    }

    /// Queues a piece of work; `reply` is called on the writer's thread after the commit. Waits while the queue is full.
    pub(crate) fn submit(&self, work: Work, reply: impl FnOnce(Result<Applied, EngineError>) + Send + 'static) {
        let job = Job::Apply(Box::new(Waiting { work, reply: Box::new(reply) }));
        if let Err(mpsc::SendError(Job::Apply(waiting))) = self.queue.send(job) {
            (waiting.reply)(Err(self.fatal().unwrap_or(EngineError::Stopped)));
        }
    }

    /// Applies a piece of work and waits for its commit.
    pub(crate) fn apply(&self, work: Work) -> Result<Applied, EngineError> {
        let (sender, receiver) = mpsc::channel();
        self.submit(work, move |applied| drop(sender.send(applied)));
        receiver.recv().unwrap_or_else(|_| Err(self.fatal().unwrap_or(EngineError::Stopped)))
    }

    /// Gives the failure that stopped the writer.
    pub(crate) fn fatal(&self) -> Option<EngineError> {
        self.shared.fatal.get().cloned()
    }

    /// Commits what is queued, and ends; whoever comes later gets `Stopped`.
    pub(crate) fn close(&self) {
        // A writer that has stopped by itself has closed its queue already.
        let _ = self.queue.send(Job::Close);
        let thread = self.shared.thread.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).take();
        if let Some(thread) = thread {
            // A writer that panicked has told everyone already by closing its queue.
            drop(thread.join());
        }
    }

    /// Makes the writer drop what is queued, as a process does that is killed.
    pub(crate) fn abandon(&self) {
        self.shared.abandoned.store(true, Ordering::SeqCst);
    }
}

struct Writer {
    connection: Connection,
    epoch: i64,
    patience: Duration,
    shared: Arc<Shared>,
}

impl Writer {
    fn work_off(&mut self, jobs: &Receiver<Job>) {
        while let Ok(Job::Apply(first)) = jobs.recv() {
            let (batch, closed) = gather(*first, jobs);
            if self.is_abandoned() {
                return;
            }
            if let Err(error) = self.commit(batch) {
                tracing::error!(%error, "the store has stopped");
                return;
            }
            if closed {
                return;
            }
        }
    }

    fn commit(&mut self, batch: Vec<Waiting>) -> Result<(), EngineError> {
        let begun = SystemClock.uptime();
        let outcome = loop {
            match self.try_commit(&batch) {
                Ok(applied) => break Ok(applied),
                Err(trouble)
                    if trouble.is_passing()
                        && SystemClock.uptime().saturating_sub(begun) < self.patience
                        && !self.is_abandoned() =>
                {
                    self.roll_back();
                    tracing::warn!(?trouble, "a commit waits for the disk");
                    std::thread::sleep(RETRY);
                }
                Err(trouble) => {
                    self.roll_back();
                    break Err(trouble.about(&self.shared.folder));
                }
            }
        };
        match outcome {
            Ok(applied) => {
                for (job, applied) in batch.into_iter().zip(applied) {
                    (job.reply)(applied);
                }
                Ok(())
            }
            Err(error) => {
                let _ = self.shared.fatal.set(error.clone());
                for job in batch {
                    (job.reply)(Err(error.clone()));
                }
                Err(error)
            }
        }
    }

    fn try_commit(&self, batch: &[Waiting]) -> Result<Vec<Result<Applied, EngineError>>, Trouble> {
        self.statement("BEGIN IMMEDIATE")?;
        if schema::epoch(&self.connection)? != self.epoch {
            return Err(Trouble::Fenced);
        }
        let mut outcomes = Vec::with_capacity(batch.len());
        for job in batch {
            outcomes.push(self.apply_alone(&job.work)?);
        }
        self.statement("COMMIT")?;
        Ok(outcomes)
    }

    /// Applies one piece of work; what concerns it alone is its own outcome, what concerns the database is an error.
    fn apply_alone(&self, work: &Work) -> Result<Result<Applied, EngineError>, Trouble> {
        self.statement("SAVEPOINT work")?;
        let outcome = match work::apply(&self.connection, work) {
            Ok(applied) => Ok(applied),
            Err(trouble) if concerns_work_alone(&trouble) => {
                self.statement("ROLLBACK TO work")?;
                Err(trouble.about(&self.shared.folder))
            }
            Err(trouble) => return Err(trouble),
        };
        self.statement("RELEASE work")?;
        Ok(outcome)
    }

    fn statement(&self, sql: &'static str) -> Result<(), Trouble> {
        self.connection.prepare_cached(sql)?.execute([])?;
        Ok(())
    }

    fn roll_back(&self) {
        if !self.connection.is_autocommit() {
            // Whatever fails here fails again at the next BEGIN, which tells it.
            drop(self.connection.execute_batch("ROLLBACK"));
        }
    }

    fn is_abandoned(&self) -> bool {
        self.shared.abandoned.load(Ordering::SeqCst)
    }
}

fn concerns_work_alone(trouble: &Trouble) -> bool {
    match trouble {
        Trouble::Refused(_) => true,
        Trouble::Sqlite(error) => error.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation),
        Trouble::Damaged(_) | Trouble::Newer { .. } | Trouble::Fenced => false,
    }
}

/// Takes what has queued up behind a job, and says whether the queue was closed.
fn gather(first: Waiting, jobs: &Receiver<Job>) -> (Vec<Waiting>, bool) {
    let mut bytes = first.work.weight();
    let mut batch = vec![first];
    while batch.len() < BATCH && bytes < BATCH_BYTES {
        match jobs.try_recv() {
            Ok(Job::Apply(waiting)) => {
                bytes += waiting.work.weight();
                batch.push(*waiting);
            }
            Ok(Job::Close) => return (batch, true),
            Err(_) => break,
        }
    }
    (batch, false)
}
