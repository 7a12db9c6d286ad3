//! What all threads of an engine have in common, and the messages between them.

use super::ends::Ends;
use super::error::EngineError;
use super::event::EngineEvent;
use super::id::{ImageHash, RunId};
use super::pause::Pause;
use super::reaction::Reaction;
use super::transition::{Decision, End, NewRun, WaitKey};
use crate::clock::{Clock, Micros, span_of};
use crate::secret::FolderKey;
use crate::store::{Advanced, Applied, Begun, Reader, Store, Work, prefix_of};
use crate::{Answer, Data, Natives, Secrets, Settings};
use schedule::Maintenance;
use std::collections::HashMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, OnceLock};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::broadcast;

/// What all threads of an engine have in common.
pub(super) struct Shared {
    pub(super) folder: PathBuf,
    /// What marks the programs that operations start.
    pub(super) mark: Arc<str>,
    /// What those programs do not inherit of the environment.
    pub(super) withheld: Arc<[OsString]>,
    /// What tells a folder that was made of a backup from its original.
    pub(super) lineage: Vec<u8>,
    pub(super) base: PathBuf,
    pub(super) zone: String,
    /// The times in which nothing that is due begins.
    pub(super) maintenance: Vec<Maintenance>,
    /// Which runs are held; while any are, nothing begins by itself.
    pub(super) pause: Pause,
    pub(super) natives: Natives,
    pub(super) secrets: Secrets,
    /// What seals histories that are not to be read by everybody.
    pub(super) key: FolderKey,
    pub(super) settings: Settings,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) store: Store,
    pub(super) reader: Reader,
    pub(super) events: broadcast::Sender<EngineEvent>,
    pub(super) operations: Handle,
    pub(super) settle_cap: Duration,
    pub(super) park_after: Duration,
    pub(super) ends: Ends,
    /// What runs share; whoever holds the lock decides, and hands over what it decided.
    pub(super) between: Mutex<Between>,
    /// How many parked runs were told that their time has come, and are not in memory yet.
    pub(super) waking: AtomicUsize,
    /// All threads, until they are awaited.
    pub(super) threads: Mutex<Vec<JoinHandle<()>>>,
    /// The workers, once they are there.
    pub(super) workers: OnceLock<Workers>,
    /// Where hints for the reactor go, once there is one.
    pub(super) reactor: OnceLock<Sender<ReactorMessage>>,
    /// Set once no new work may begin.
    pub(super) stopping: AtomicBool,
    /// Why it stopped by itself.
    pub(super) broken: OnceLock<EngineError>,
    /// Set once everything is to be dropped as by a crash.
    pub(super) dead: AtomicBool,
}

/// What runs share, ahead of the store by what is in its queue.
#[derive(Default)]
pub(super) struct Between {
    /// States that were changed, with their versions.
    pub(super) states: HashMap<(String, String), (u64, Data)>,
    /// Runs that begin with a key and are not in the store yet, with their arguments.
    pub(super) starting: HashMap<RunId, Vec<Option<Data>>>,
}

impl Shared {
    /// Sends a message to the worker of a run.
    pub(super) fn send(&self, run: RunId, message: Message) {
        if let Some(workers) = self.workers.get() {
            workers.send(run, message);
        }
    }

    /// Does what follows from a decision of the store about runs that are to begin.
    pub(super) fn follow(self: &Arc<Self>, applied: Applied) {
        match applied {
            Applied::Began(begun) => self.send(begun.run.id, Message::Begin(begun)),
            Applied::Claimed(begun) => {
                begun.into_iter().for_each(|begun| self.follow(begun));
            }
            Applied::Refused(refused) => self.has_ended(refused.run.id, Some(&refused.run), &refused.end),
            Applied::Advanced(Advanced { starts, freed }) => {
                starts.into_iter().for_each(|started| self.follow(started));
                if let Some(group) = freed {
                    self.claim(group);
                }
            }
            Applied::Done
            | Applied::Queued
            | Applied::Skipped(_)
            | Applied::Already
            | Applied::Kept(_)
            | Applied::KeptReactions(_)
            | Applied::Trimmed(_) => {}
        }
    }

    /// Lets those begin that wait for a slot of a group, once it is committed that they do.
    fn claim(self: &Arc<Self>, group: String) {
        if self.pause.is_on() {
            return;
        }
        let shared = Arc::clone(self);
        let at = self.clock.now();
        self.store.submit(Work::Claim { group, at }, move |applied| {
            // Where nothing can be written any more, the next start claims what is free.
            if let Ok(applied) = applied {
                shared.follow(applied);
            }
        });
    }

    /// Tells everybody that a run has ended.
    pub(super) fn has_ended(&self, run: RunId, begun: Option<&NewRun>, end: &End) {
        let task = begun.map(|begun| begun.task.clone()).unwrap_or_default();
        let failure = end.outcome.as_ref().and_then(|outcome| outcome.as_ref().err().cloned());
        self.tell(EngineEvent::Finished { run, task, state: end.state, failure });
        self.ends.tell(run);
        self.hint("", &WaitKey::Run(run));
        if let (Some(begun), Some(prefix)) = (begun, prefix_of(end.state)) {
            self.may_have_happened(&begun.project, format!("{prefix}{}", begun.task));
        }
    }

    /// Sends a message to the reactor.
    pub(super) fn tell_reactor(&self, message: ReactorMessage) {
        if let Some(reactor) = self.reactor.get() {
            // One that has ended finds what there is at the next start.
            let _ = reactor.send(message);
        }
    }

    /// Tells those who wait for something that it may have happened.
    pub(super) fn hint(&self, project: &str, key: &WaitKey) {
        // Whoever is not told finds it at the next start; a folder that cannot be read stops the engine elsewhere.
        for run in self.reader.waiting(project, key).unwrap_or_default() {
            self.send(run, Message::Look { run });
        }
        if let WaitKey::Event(event) = key {
            self.may_have_happened(project, event.clone());
        }
    }

    /// Tells the reactor where to look.
    pub(super) fn may_have_happened(&self, project: &str, event: String) {
        if let Some(reactor) = self.reactor.get() {
            // One that has ended finds it at the next start.
            let _ = reactor.send(ReactorMessage::Look { project: project.to_owned(), event });
        }
    }

    /// Lets a run go on of which somebody wants something, if it is held.
    pub(super) fn let_go(&self, run: RunId) {
        if self.pause.is_on()
            && let Ok(found) = self.reader.run(run)
        {
            self.pause.let_go(found.row);
        }
    }

    /// Says whether a run is held.
    pub(super) fn is_held(&self, run: RunId) -> bool {
        self.pause.is_on() && self.reader.run(run).is_ok_and(|found| self.pause.holds(found.row))
    }

    /// Tells those who listen, if anybody does.
    pub(super) fn tell_with(&self, event: impl FnOnce() -> EngineEvent) {
        if self.events.receiver_count() > 0 {
            self.tell(event());
        }
    }

    /// Tells those who listen.
    pub(super) fn tell(&self, event: EngineEvent) {
        // Nobody listening is fine.
        let _ = self.events.send(event);
    }

    /// Gives the private folder of a run.
    pub(super) fn dir_of(&self, run: RunId) -> String {
        self.folder.join("runs").join(run.to_string()).display().to_string()
    }

    /// Gives the uptime at which a wall time comes, if nobody sets the clock.
    pub(super) fn uptime_at(&self, at: Micros) -> Duration {
        self.clock.uptime().saturating_add(span_of(at.saturating_sub(self.clock.now())))
    }

    /// Says whether no new work may begin.
    pub(super) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }

    /// Says whether everything is to be dropped.
    pub(super) fn is_dead(&self) -> bool {
        self.dead.load(Ordering::SeqCst)
    }

    /// Stops all work because the store failed; the first reason is told.
    pub(super) fn break_down(&self, error: EngineError) {
        if !self.dead.swap(true, Ordering::SeqCst) {
            self.stopping.store(true, Ordering::SeqCst);
            tracing::error!(%error, "the engine has stopped");
            let _ = self.broken.set(error.clone());
            self.tell(EngineEvent::Broken(error));
        }
        self.ends.tell_all();
    }
}

/// A message to a worker. A run causes at most one for its operation, one for its commit and one for each timer, so the
/// queue is bounded by the runs.
pub(super) enum Message {
    /// A run has begun.
    Begin(Box<Begun>),
    /// A run of an earlier process goes on.
    Recover(RunId),
    /// An operation has ended.
    Answered { run: RunId, operation: u64, answer: Answer },
    /// A transition is durable, or has failed.
    Committed { run: RunId, then: Then, applied: Result<Applied, EngineError> },
    /// A time has come.
    Due { run: RunId, timer: Timer },
    /// A run was about to do something for a while; it goes on where nobody drives it.
    Watch(RunId),
    /// Somebody asks a run to stop.
    Cancel { run: RunId },
    /// Something may have happened that a run waits for.
    Look { run: RunId },
    /// Somebody has decided what a run asks.
    Decide { run: RunId, decision: Decision },
    /// A run that has computed for a while goes on.
    Continue(RunId),
    /// The engine stops cleanly; what is in flight may go on until this uptime.
    Stop { until: Duration },
    /// The engine is dropped.
    Die,
}

/// What follows once a transition is durable.
pub(super) enum Then {
    /// What is in it.
    After(After),
    /// The same; then the run leaves the memory, until its time comes by the clock that does not jump.
    Leave { after: After, alarm: Option<Alarm> },
    /// The same; then the run, which has ended, is forgotten.
    Forget { after: After, end: Box<End> },
}

/// When a run is to wake.
#[derive(Clone, Copy)]
pub(super) struct Alarm {
    /// The time that the store has.
    pub(super) at: Micros,
    /// When that is by the clock that does not jump.
    pub(super) uptime: Duration,
}

/// What follows once the rows before it are durable.
#[derive(Default)]
pub(super) struct After {
    /// Operations that leave the process.
    pub(super) perform: Vec<u64>,
    /// Operations that wait for something between runs, which may have happened already.
    pub(super) look: Vec<u64>,
    /// Runs that were started.
    pub(super) started: Vec<RunId>,
    /// What others may wait for.
    pub(super) hints: Vec<WaitKey>,
}

impl After {
    /// Says whether nothing follows.
    pub(super) fn is_empty(&self) -> bool {
        self.perform.is_empty() && self.look.is_empty() && self.started.is_empty() && self.hints.is_empty()
    }
}

/// What a timer is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Timer {
    /// A wait of a run in memory is over.
    Wait { operation: u64 },
    /// The time of the step is over to which an operation of a run in memory belongs.
    Step { operation: u64 },
    /// A run in memory has taken too long.
    Deadline,
    /// A `once` operation of a run that stops has had its time.
    Settle { operation: u64 },
    /// A parked run is to be loaded, if it still sleeps until then.
    Parked { at: Micros },
}

/// A message to the beat.
pub(super) enum BeatMessage {
    /// A timer, by the clock that does not jump.
    Arm { run: RunId, uptime: Duration, timer: Timer },
    /// These stored images are in force; the answer comes when what their schedules missed is decided.
    InForce { images: Vec<ImageHash>, reply: Sender<Result<(), EngineError>> },
    /// No more.
    Stop,
}

/// A message to the reactor.
pub(super) enum ReactorMessage {
    /// These reactions are in force.
    InForce(Vec<Reaction>),
    /// Anything may have happened.
    LookAtAll,
    /// An event of this name may have happened.
    Look { project: String, event: String },
    /// No more.
    Stop,
}

/// The worker threads: each run belongs to one.
#[derive(Clone)]
pub(super) struct Workers {
    pub(super) inboxes: Arc<[Sender<Message>]>,
}

impl Workers {
    /// Sends a message to the worker of a run.
    pub(super) fn send(&self, run: RunId, message: Message) {
        let number = usize::from(run.0[15]) % self.inboxes.len().max(1);
        if let Some(inbox) = self.inboxes.get(number) {
            // A worker that has ended has nothing more to do for the run.
            let _ = inbox.send(message);
        }
    }

    /// Lets the runs of earlier processes go on.
    pub(super) fn let_go_on(&self, reader: &Reader) -> Result<(), EngineError> {
        for run in reader.running()? {
            self.send(run, Message::Recover(run));
        }
        // Those that sleep are told again what an earlier process may not have come to tell them.
        for run in reader.may_go_on()? {
            self.send(run, Message::Look { run });
        }
        Ok(())
    }

    /// Sends a message to every worker.
    pub(super) fn send_all(&self, message: impl Fn() -> Message) {
        for inbox in self.inboxes.iter() {
            let _ = inbox.send(message());
        }
    }
}
