//! The way into the store: work queues up, and whoever finds the connection free commits all that is queued.
//!
//! There is one connection behind one lock. A thread that is about to wait for its own work commits it itself
//! ([`Store::help`]), which saves two changes of threads for a run whose operations follow each other; whatever comes
//! while somebody commits is taken by a thread that does nothing else, so nobody is held up by the work of others.

use super::work::{Applied, Work};
use super::writer::Writer;
use crate::engine::EngineError;
use rusqlite::Connection;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError, TryLockError, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

/// The most pieces of work of one commit, and the most that may queue up.
const BATCH: usize = 1024;

/// The most bytes of one commit, roughly.
const BATCH_BYTES: usize = 1 << 20;

/// So much is worth a commit, whatever else whoever submits it still has to do.
const WORTH_A_COMMIT: usize = 256;

/// What is called with the outcome, after the commit. It must not block.
type Reply = Box<dyn FnOnce(Result<Applied, EngineError>) + Send>;

/// A piece of work in the queue.
struct Waiting {
    work: Work,
    reply: Reply,
}

/// The store of an engine. Dropping it commits what is queued, some time later.
pub(crate) struct Store {
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

struct Shared {
    folder: PathBuf,
    queue: Mutex<Queue>,
    /// Something was taken out of the queue.
    room: Condvar,
    /// The thread is wanted, or the queue is closed.
    called: Condvar,
    writer: Mutex<Writer>,
    fatal: OnceLock<EngineError>,
    abandoned: AtomicBool,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Waiting>,
    wanted: bool,
    closed: bool,
}

impl Store {
    /// Opens the queue of a folder. A full disk is waited for no longer than `patience`.
    pub(crate) fn start(
        folder: &Path,
        connection: Connection,
        epoch: i64,
        patience: Duration,
    ) -> Result<Store, EngineError> {
        let shared = Arc::new(Shared {
            folder: folder.to_owned(),
            queue: Mutex::default(),
            room: Condvar::new(),
            called: Condvar::new(),
            writer: Mutex::new(Writer::new(connection, epoch, patience)),
            fatal: OnceLock::new(),
            abandoned: AtomicBool::new(false),
        });
        let worked = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name("writer".to_owned()).spawn(move || worked.work_off());
        let thread =
            thread.map_err(|error| EngineError::Storage { path: folder.to_owned(), what: error.to_string() })?;
        Ok(Store { shared, thread: Mutex::new(Some(thread)) })
    }

    /// Queues a piece of work; `reply` is called after its commit, on whatever thread made it. Waits while the queue is
    /// full. Whoever submits calls [`Store::help`] before it waits for anything.
    pub(crate) fn submit(&self, work: Work, reply: impl FnOnce(Result<Applied, EngineError>) + Send + 'static) {
        let mut queue = self.shared.queue();
        while queue.waiting.len() >= BATCH && !queue.closed {
            self.shared.call(&mut queue);
            queue = self.shared.room.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
        if queue.closed {
            drop(queue);
            return reply(Err(self.fatal().unwrap_or(EngineError::Stopped)));
        }
        queue.waiting.push_back(Waiting { work, reply: Box::new(reply) });
        if queue.waiting.len() >= WORTH_A_COMMIT {
            self.shared.call(&mut queue);
        }
    }

    /// Commits what is queued, unless somebody is at it, who sees to the rest. Says whether there was anything.
    pub(crate) fn help(&self) -> bool {
        let mut writer = match self.shared.writer.try_lock() {
            Ok(writer) => writer,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return false,
        };
        let helped = self.shared.commit(&mut writer);
        // Whoever found the lock taken has queued before; so what it queued is seen behind the lock.
        drop(writer);
        let mut queue = self.shared.queue();
        if !queue.waiting.is_empty() {
            self.shared.call(&mut queue);
        }
        helped
    }

    /// Applies a piece of work and waits for its commit.
    pub(crate) fn apply(&self, work: Work) -> Result<Applied, EngineError> {
        let (sender, receiver) = mpsc::channel();
        self.submit(work, move |applied| drop(sender.send(applied)));
        self.help();
        receiver.recv().unwrap_or_else(|_| Err(self.fatal().unwrap_or(EngineError::Stopped)))
    }

    /// Gives the failure that stopped the store.
    pub(crate) fn fatal(&self) -> Option<EngineError> {
        self.shared.fatal.get().cloned()
    }

    /// Commits what is queued, and ends; whoever comes later gets `Stopped`.
    pub(crate) fn close(&self) {
        self.shared.close();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // A thread that panicked has told whoever waits by dropping what it had.
            drop(thread.join());
        }
    }

    /// Makes the store drop what is queued, as a process does that is killed.
    pub(crate) fn abandon(&self) {
        self.shared.abandoned.store(true, Ordering::SeqCst);
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.shared.close();
    }
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes the thread, which commits what is queued.
    fn call(&self, queue: &mut Queue) {
        if !queue.wanted {
            queue.wanted = true;
            self.called.notify_one();
        }
    }

    fn close(&self) {
        self.queue().closed = true;
        self.called.notify_one();
        self.room.notify_all();
    }

    /// Commits whatever nobody else does, until the queue is closed and empty.
    fn work_off(&self) {
        loop {
            let mut queue = self.queue();
            while !queue.wanted && !queue.closed {
                queue = self.called.wait(queue).unwrap_or_else(PoisonError::into_inner);
            }
            queue.wanted = false;
            let closed = queue.closed;
            drop(queue);
            while self.commit(&mut self.writer.lock().unwrap_or_else(PoisonError::into_inner)) {}
            if closed {
                return;
            }
        }
    }

    /// Commits one batch, and says whether there was any.
    fn commit(&self, writer: &mut Writer) -> bool {
        let batch = self.take_batch();
        if batch.is_empty() || self.abandoned.load(Ordering::SeqCst) {
            return false;
        }
        let (work, replies): (Vec<Work>, Vec<Reply>) = batch.into_iter().map(|job| (job.work, job.reply)).unzip();
        match writer.commit(&work, &self.abandoned) {
            Ok(applied) => {
                for (reply, applied) in replies.into_iter().zip(applied) {
                    reply(applied.map_err(|trouble| trouble.about(&self.folder)));
                }
                true
            }
            Err(trouble) => {
                self.stop(trouble.about(&self.folder), replies);
                false
            }
        }
    }

    fn take_batch(&self) -> Vec<Waiting> {
        let mut queue = self.queue();
        let (mut number, mut bytes) = (0, 0);
        for job in queue.waiting.iter().take(BATCH) {
            if bytes >= BATCH_BYTES {
                break;
            }
            bytes += job.work.weight();
            number += 1;
        }
        let batch = queue.waiting.drain(..number).collect();
        self.room.notify_all();
        batch
    }

    /// Only the disk knows now what is true: everybody is told so, and nothing is written any more.
    fn stop(&self, error: EngineError, replies: Vec<Reply>) {
        tracing::error!(%error, "the store has stopped");
        let _ = self.fatal.set(error.clone());
        let rest = {
            let mut queue = self.queue();
            queue.closed = true;
            std::mem::take(&mut queue.waiting)
        };
        self.called.notify_one();
        self.room.notify_all();
        for reply in replies.into_iter().chain(rest.into_iter().map(|job| job.reply)) {
            reply(Err(error.clone()));
        }
    }
}
