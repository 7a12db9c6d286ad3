//! The durable engine of a data folder: it starts runs, drives them, fires schedules, and goes on after a crash.
//!
//! Decisions are pure ([`decide`], `step`, `due`); around them stands a thin shell of threads: workers that own
//! machines, a beat that knows what is due, a reactor that knows what events start, a writer that makes decisions durable. What is acknowledged is on disk.

mod agenda;
mod beat;
mod child;
mod control;
mod decide;
mod deploy;
mod due;
mod ends;
mod error;
mod event;
mod gates;
mod halt;
mod id;
mod inner;
mod live;
mod lock;
mod manual;
mod onto;
mod orphans;
mod pause;
mod perform;
mod reaction;
mod reactor;
mod resume;
mod retry;
mod run;
mod shared;
mod slots;
mod state;
mod step;
mod sweep;
mod timetable;
mod transition;
mod watch;
mod weight;
mod worker;

pub use control::{Cancelled, Retried, Word, answer, cancel, retry, start};
pub use decide::{Again, Surroundings, decide};
pub use deploy::{Deployed, deploy};
pub use due::{Calendar, Plan, catch_up};
pub use error::EngineError;
pub use event::EngineEvent;
pub use gates::{Cached, Gates, Rate};
pub use halt::{Halting, halt};
pub use id::{ImageHash, NotARunId, RunId, RunPrefix};
pub use inner::{Comes, Facts, Found, LogEntry, LogLevel, Moment, is_inner};
pub use manual::StartRun;
pub use onto::Onto;
pub(crate) use onto::rename;
pub use orphans::MARK;
pub use resume::{Resume, resume};
pub use retry::{NoRetry, OWN_CODE, Place, Retry, Said, Search, Verdict, is_unknown};
pub use run::{Ending, Open, Run, Wait};
pub use slots::Slots;
pub use state::{OccurrenceOutcome, RunState, Trigger};
pub use transition::{
    Act, Asked, Body, Cut, Decision, End, Input, LARGEST_OUTCOME, NEVER, NewRun, Next, Request, Row, RunFailure,
    Snapshot, TraceLine, Transition, WaitKey,
};

use crate::clock::{Clock, Micros, SystemClock};
use crate::history::{History, RunSummary};
use crate::secret::FolderKey;
use crate::store::{Ask, PAGE, Reader, Standing, Store, Version, Waits, Work, ask, image_hash, open_folder};
use crate::{Natives, Secrets, Settings};
use beat::Beat;
use bytecode::Image;
use ends::Ends;
pub(crate) use lock::{FolderLock, storage_error};
use manual::new_run;
use pause::Pause;
use schedule::Maintenance;
use shared::{BeatMessage, Message, ReactorMessage, Shared, Workers};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::broadcast;
use worker::Worker;

/// How an engine is opened.
#[derive(Clone)]
pub struct EngineOptions {
    /// The data folder; it is created where it does not exist.
    pub data_dir: PathBuf,
    /// The natives of the library.
    pub natives: Natives,
    /// Where the values of secrets are.
    pub secrets: Secrets,
    /// The values of settings.
    pub settings: Settings,
    /// Where relative paths of operations begin.
    pub base: PathBuf,
    /// The name of the project's zone, for `now()` and `today()`.
    pub zone: String,
    /// The times in which nothing that is due begins.
    pub maintenance: Vec<Maintenance>,
    /// Whether runs of earlier processes are held, and nothing begins by itself, until they are let go.
    pub paused: bool,
    /// Whether the folder is thrown away with the process, so that nothing needs to reach the disk.
    pub scratch: bool,
    /// How many threads drive machines.
    pub workers: usize,
    /// How long a `once` operation of a run that is being stopped may go on.
    pub settle_cap: Duration,
    /// Waits of at least this length leave the memory.
    pub park_after: Duration,
    /// How long a full disk is waited for before the engine stops.
    pub disk_patience: Duration,
    /// Where time and randomness come from.
    pub clock: Arc<dyn Clock>,
}

impl EngineOptions {
    /// Gives the usual options for a folder.
    pub fn new(data_dir: impl Into<PathBuf>, natives: Natives) -> Self {
        let workers = std::thread::available_parallelism().map_or(2, |number| number.get().clamp(1, 16));
        EngineOptions {
            data_dir: data_dir.into(),
            natives,
            secrets: Secrets::default(),
            settings: Settings::default(),
            base: PathBuf::from("."),
            zone: "UTC".to_owned(),
            maintenance: Vec::new(),
            paused: false,
            scratch: false,
            workers,
            settle_cap: Duration::from_secs(30),
            park_after: Duration::from_secs(10),
            disk_patience: Duration::from_secs(10),
            clock: Arc::new(SystemClock),
        }
    }
}

/// The engine. Dropping it without [`Engine::stop`] is like a crash: nothing recorded is lost, the next one goes on.
pub struct Engine {
    shared: Arc<Shared>,
    workers: Workers,
    beat: Sender<BeatMessage>,
    operations: Option<tokio::runtime::Runtime>,
    lock: Option<FolderLock>,
}

/// How many events a slow listener may be behind.
const EVENTS: usize = 4096;

/// How long one waits for an end before looking whether the engine still lives.
const FOLLOW_LOOK: Duration = Duration::from_millis(500);

/// The longest stack of a worker: values may be nested deeply.
const WORKER_STACK: usize = 16 << 20;

impl Engine {
    /// Opens a data folder, takes its lock, and lets the runs of earlier processes go on.
    pub fn open(options: EngineOptions) -> Result<Engine, EngineError> {
        let folder = options.data_dir.clone();
        if !schedule::zone_exists(&options.zone) {
            return Err(EngineError::NoZone(options.zone));
        }
        std::fs::create_dir_all(&folder).map_err(|error| storage_error(&folder, &error))?;
        let lock = FolderLock::take(&folder)?;
        let mark = orphans::mark(&folder);
        if lock.is_after_crash() {
            orphans::end(&mark);
        }
        let commit = if options.scratch { Waits::ForNothing } else { Waits::ForDisk };
        let (connection, epoch) = open_folder(&folder, commit)?;
        let operations = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(options.workers.clamp(1, 4))
            .thread_name("operations")
            .enable_all()
            .build()
            .map_err(|error| storage_error(&folder, &error))?;
        let reader = Reader::beside(&folder, commit)?;
        let store = Store::start(&folder, connection, epoch, options.disk_patience)?;
        let shared = Arc::new(Shared {
            lineage: reader.lineage()?,
            folder,
            mark,
            withheld: options.secrets.variables().into(),
            base: options.base,
            zone: options.zone,
            maintenance: options.maintenance,
            pause: Pause::new(&options.data_dir, &reader, options.paused)?,
            natives: options.natives,
            secrets: options.secrets,
            key: FolderKey::of(&options.data_dir),
            settings: options.settings,
            clock: options.clock,
            store,
            reader,
            events: broadcast::Sender::new(EVENTS),
            operations: operations.handle().clone(),
            settle_cap: options.settle_cap,
            park_after: options.park_after,
            ends: Ends::default(),
            between: Mutex::default(),
            waking: AtomicUsize::new(0),
            threads: Mutex::default(),
            workers: OnceLock::new(),
            reactor: OnceLock::new(),
            stopping: AtomicBool::new(false),
            broken: OnceLock::new(),
            dead: AtomicBool::new(false),
        });
        let (beat, beat_inbox) = mpsc::channel();
        let mut threads = Vec::new();
        let mut inboxes = Vec::new();
        for number in 0..options.workers.max(1) {
            let (inbox, messages) = mpsc::channel();
            inboxes.push(inbox.clone());
            let (shared, beat) = (Arc::clone(&shared), beat.clone());
            threads.push(thread(&shared.folder.clone(), format!("worker-{number}"), move || {
                Worker::new(shared, messages, inbox, beat).work();
            })?);
        }
        let workers = Workers { inboxes: inboxes.into() };
        let _ = shared.workers.set(workers.clone());
        if shared.pause.is_on() {
            drop_resumes(&shared)?;
        } else {
            workers.let_go_on(&shared.reader)?;
        }
        let (for_beat, in_force) = (Arc::clone(&shared), workers.clone());
        threads.push(thread(&shared.folder, "beat".to_owned(), move || {
            Beat::new(for_beat, in_force, beat_inbox).work();
        })?);
        shared.threads.lock().unwrap_or_else(PoisonError::into_inner).append(&mut threads);
        Ok(Engine { shared, workers, beat, operations: Some(operations), lock: Some(lock) })
    }

    /// Verifies and stores an image, and makes it the current one of its tasks.
    pub fn deploy(&self, image: Image) -> Result<ImageHash, EngineError> {
        image.verify().map_err(|error| EngineError::BadImage(error.to_string()))?;
        let (bytes, hash) = (image.encode().into(), image_hash(&image));
        let (image, at) = (Arc::new(image), self.shared.clock.now());
        self.shared.store.apply(Work::Deploy {
            image: Arc::clone(&image),
            bytes,
            hash,
            at,
            standing: Standing::Current,
        })?;
        self.shared.reader.keep(hash, &image);
        Ok(hash)
    }

    /// Verifies and stores an image, and makes it the newest version of its project, where it is not already. It is in force
    /// once it is put there.
    pub fn deploy_version(&self, image: Image) -> Result<Version, EngineError> {
        image.verify().map_err(|error| EngineError::BadImage(error.to_string()))?;
        let project = image.name.clone();
        self.shared.store.apply(deploy::version(image, self.shared.clock.now()))?;
        self.shared.reader.newest_version(&project)?.ok_or(EngineError::NotDeployed(project))
    }

    /// Starts a run. When this returns, the run is on disk and goes on whatever happens.
    pub fn start(&self, start: StartRun) -> Result<RunId, EngineError> {
        self.check()?;
        let run = new_run(&self.shared, self.new_id(), start, &mut None)?;
        let id = run.id;
        let applied = self.shared.store.apply(Work::Start(Box::new(run)))?;
        self.shared.follow(applied);
        Ok(id)
    }

    /// Starts several runs. When this returns, all of them are on disk; where one cannot be started, those before it were.
    pub fn start_all(&self, starts: Vec<StartRun>) -> Result<Vec<RunId>, EngineError> {
        self.check()?;
        let mut linked = None;
        let runs = starts.into_iter().map(|start| new_run(&self.shared, self.new_id(), start, &mut linked));
        let runs = runs.collect::<Result<Vec<_>, _>>()?;
        let (sender, applied) = mpsc::channel();
        let mut ids = Vec::with_capacity(runs.len());
        for run in runs {
            let sender = sender.clone();
            ids.push(run.id);
            self.shared.store.submit(Work::Start(Box::new(run)), move |applied| drop(sender.send(applied)));
        }
        drop(sender);
        self.shared.store.help();
        let mut outcome = Ok(());
        for applied in applied {
            match applied {
                Ok(applied) => self.shared.follow(applied),
                Err(error) => outcome = outcome.and(Err(error)),
            }
        }
        outcome.map(|()| ids)
    }

    fn new_id(&self) -> RunId {
        let mut uid = [0; 16];
        self.shared.clock.fill(&mut uid);
        RunId(uid)
    }

    /// Puts the schedules of these deployed images and the tasks that events start in force, and all others out of it.
    /// Due times that passed while nobody was there are made up for as each schedule says; an event starts its tasks
    /// whenever it happened since they were first in force. History that is older than the tasks keep it begins to go.
    pub fn put_in_force(&self, images: &[ImageHash]) -> Result<(), EngineError> {
        self.check()?;
        let (reply, answer) = mpsc::channel();
        // Where nobody beats any more there is no answer either.
        let _ = self.beat.send(BeatMessage::InForce { images: images.to_vec(), reply });
        answer.recv().unwrap_or(Err(EngineError::Stopped))
    }

    /// Waits until a run has ended, and gives how. Blocks the thread.
    pub fn follow(&self, run: RunId) -> Result<RunSummary, EngineError> {
        loop {
            if let Some(summary) = self.follow_for(run, FOLLOW_LOOK)? {
                return Ok(summary);
            }
        }
    }

    /// Waits at most a while until a run has ended; `None` where it still goes on. Blocks the thread.
    pub fn follow_for(&self, run: RunId, longest: Duration) -> Result<Option<RunSummary>, EngineError> {
        let watch = self.shared.ends.watch(run);
        let begun = SystemClock.uptime();
        loop {
            let seen = watch.count();
            let found = self.shared.reader.run(run)?;
            if found.state.is_final() {
                return Ok(Some(RunSummary::from(found)));
            }
            self.check()?;
            let rest = longest.saturating_sub(SystemClock.uptime().saturating_sub(begun));
            if rest.is_zero() {
                return Ok(None);
            }
            watch.wait(seen, rest.min(FOLLOW_LOOK));
        }
    }

    /// Asks a run to stop. It stops at its next operation; a `once` in flight is awaited for a while.
    pub fn cancel(&self, run: RunId) -> Result<(), EngineError> {
        self.check()?;
        let summary = self.history()?.run(&RunPrefix::from(run))?;
        if summary.state.is_final() {
            return Err(EngineError::Ended(run));
        }
        self.workers.send(run, Message::Cancel { run });
        Ok(())
    }

    /// Lets a failed run go on from before the outcome at which it failed. When this returns, that is on disk.
    pub fn retry(&self, run: RunId, retry: Retry) -> Result<(), EngineError> {
        self.check()?;
        self.shared.store.apply(Work::Retry { run, retry, onto: None, at: self.shared.clock.now() })?;
        self.shared.let_go(run);
        self.workers.send(run, Message::Recover(run));
        Ok(())
    }

    /// Gives a decision to the oldest question that a run asks. When this returns, it is on its way.
    pub fn answer(&self, run: RunId, decision: Decision) -> Result<(), EngineError> {
        self.check()?;
        let history = self.history()?;
        if history.run(&RunPrefix::from(run))?.state.is_final() {
            return Err(EngineError::Ended(run));
        }
        if history.questions(run)?.is_empty() {
            return Err(EngineError::NoQuestion(run));
        }
        if self.shared.is_held(run) {
            // It is kept beside what other processes ask until the run goes on.
            return ask(&self.shared.folder, run, &Ask::Decide(decision), self.now());
        }
        self.workers.send(run, Message::Decide { run, decision });
        Ok(())
    }

    /// Listens to what happens from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<EngineEvent> {
        self.shared.events.subscribe()
    }

    /// Opens the history of the folder.
    pub fn history(&self) -> Result<History, EngineError> {
        Ok(History::of(self.shared.reader.clone()))
    }

    /// Gives the present of the engine's clock, in microseconds since 1970.
    pub fn now(&self) -> Micros {
        self.shared.clock.now()
    }

    /// Says why the engine has stopped by itself, if it has.
    pub fn failure(&self) -> Option<EngineError> {
        self.shared.store.fatal()
    }

    /// Stops cleanly: nothing new begins, operations in flight may go on for `grace`, all runs are put away. The next
    /// start goes on with them.
    pub fn stop(mut self, grace: Duration) -> Result<(), EngineError> {
        self.shared.stopping.store(true, Ordering::SeqCst);
        let until = self.shared.clock.uptime().saturating_add(grace);
        self.workers.send_all(|| Message::Stop { until });
        self.end_threads();
        self.shared.pause.unmark();
        self.shut(true);
        match self.shared.store.fatal() {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    fn check(&self) -> Result<(), EngineError> {
        match self.shared.store.fatal().or_else(|| self.shared.broken.get().cloned()) {
            Some(error) => Err(error),
            None if self.shared.is_dead() => Err(EngineError::Stopped),
            None => Ok(()),
        }
    }

    fn end_threads(&mut self) {
        let _ = self.beat.send(BeatMessage::Stop);
        loop {
            // The beat may have started the reactor while it was told to stop.
            self.shared.tell_reactor(ReactorMessage::Stop);
            let threads = std::mem::take(&mut *self.shared.threads.lock().unwrap_or_else(PoisonError::into_inner));
            if threads.is_empty() {
                return;
            }
            for thread in threads {
                // A thread that panicked has ended too; its runs go on at the next start.
                drop(thread.join());
            }
        }
    }

    fn shut(&mut self, commit: bool) {
        if !commit {
            self.shared.store.abandon();
        }
        self.shared.store.close();
        let mut in_flight = 0;
        if let Some(operations) = self.operations.take() {
            in_flight = operations.metrics().num_alive_tasks();
            // Operations that were cut off drop what they hold; waiting for them here could block an async caller.
            operations.shutdown_background();
        }
        match self.lock.take() {
            // What was cut off may leave programs behind.
            Some(lock) if commit && in_flight == 0 => lock.release(),
            Some(_) | None => {}
        }
        self.shared.ends.tell_all();
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if self.operations.is_some() {
            self.shared.dead.store(true, Ordering::SeqCst);
            self.shared.stopping.store(true, Ordering::SeqCst);
            self.shared.store.abandon();
            self.workers.send_all(|| Message::Die);
            self.end_threads();
            self.shut(false);
        }
    }
}

/// Drops what an earlier process was asked to let go on: a safe start holds everything anew.
fn drop_resumes(shared: &Shared) -> Result<(), EngineError> {
    let mut behind = 0;
    loop {
        let page = shared.reader.requests(behind)?;
        for request in &page {
            behind = request.id;
            if matches!(request.ask, Ask::Resume(_)) {
                shared.store.apply(Work::Answered { request: request.id })?;
            }
        }
        if page.len() < PAGE {
            return Ok(());
        }
    }
}

fn thread(
    folder: &std::path::Path,
    name: String,
    work: impl FnOnce() + Send + 'static,
) -> Result<JoinHandle<()>, EngineError> {
    let builder = std::thread::Builder::new().name(name).stack_size(WORKER_STACK);
    builder.spawn(work).map_err(|error| storage_error(folder, &error))
}
