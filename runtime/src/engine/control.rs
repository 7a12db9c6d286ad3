//! What is asked of a run from another process: that it stops, that it goes on.
//!
//! A request is a row in the database, not a message over a socket: it survives a crash of the owner between the asking
//! and the doing, it has no path that can be too long, and it works wherever the folder can be reached. The owner looks
//! four times a second, one index look-up. Where no owner lives, the asker becomes it for the moment it takes.

use super::error::EngineError;
use super::id::{RunId, RunPrefix};
use super::inner::is_inner;
use super::lock::FolderLock;
use super::onto::onto_latest;
use super::retry::{Retry, Said, Verdict};
use super::state::RunState;
use super::transition::{Act, Body, Decision, End, Row, Transition};
use crate::clock::{Clock, SystemClock};
use crate::history::History;
use crate::secret::holds_secret;
use crate::store::{Ask, Reader, StartAsked, Store, Waits, Work, ask, open_folder};
use crate::{Data, Natives};
use bytecode::{Image, Op, Takes};
use std::path::Path;
use std::time::Duration;

/// What became of asking a run to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cancelled {
    /// It is cancelled.
    Done(RunId),
    /// The owner of the folder has been asked; the run may still be ending an operation.
    Asked(RunId),
}

/// What a person says of the operation at which a run failed.
#[derive(Clone)]
pub struct Word<'j> {
    /// Whether it happened.
    pub verdict: Verdict,
    /// What it gave, where it happened and gives something.
    pub result: Option<&'j serde_json::Value>,
    /// Who says it.
    pub by: String,
    /// The natives of the library, where the run is to go on with the newest version of its program.
    pub on_latest: Option<Natives>,
}

/// What became of asking a failed run to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retried {
    /// It goes on.
    Now(RunId),
    /// It goes on once a process serves the folder.
    Later(RunId),
    /// The owner of the folder has been asked, and has not answered yet.
    Asked(RunId),
}

/// How long one waits for the owner.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);
/// How long one waits for an owner that may just have begun itself, on a machine that has much else to do.
const BEGINNING: Duration = Duration::from_secs(30);
const LOOK: Duration = Duration::from_millis(50);

/// Stops a run of a folder, whether or not a process serves it.
pub fn cancel(folder: &Path, prefix: &RunPrefix) -> Result<Cancelled, EngineError> {
    let history = History::open(folder)?;
    let run = history.run(prefix)?;
    if run.state.is_final() {
        return Err(EngineError::Ended(run.id));
    }
    let image = history.image(run.image)?;
    match FolderLock::take(folder) {
        Ok(lock) if run.state != RunState::Queued && tidies(&image) => {
            // Only its machine knows what is left to do; the next process that serves the folder lets it.
            drop(lock);
            ask(folder, run.id, &Ask::Cancel, SystemClock.now())?;
            Ok(Cancelled::Asked(run.id))
        }
        Ok(lock) => {
            let cancelled = cancel_alone(folder, &history, run.id);
            drop(lock);
            cancelled
        }
        Err(EngineError::Held { .. }) => {
            ask(folder, run.id, &Ask::Cancel, SystemClock.now())?;
            wait_for_owner(&history, run.id)
        }
        Err(error) => Err(error),
    }
}

/// Gives a decision to the oldest question of a run of a folder; the process that serves the folder acts on it.
pub fn answer(folder: &Path, prefix: &RunPrefix, decision: Decision) -> Result<RunId, EngineError> {
    let history = History::open(folder)?;
    let run = history.run(prefix)?;
    if run.state.is_final() {
        return Err(EngineError::Ended(run.id));
    }
    if history.questions(run.id)?.is_empty() {
        return Err(EngineError::NoQuestion(run.id));
    }
    ask(folder, run.id, &Ask::Decide(decision), SystemClock.now())?;
    Ok(run.id)
}

/// Lets a run of a folder go on that failed, with what is said of the operation at which it did.
pub fn retry(folder: &Path, prefix: &RunPrefix, word: Word<'_>) -> Result<Retried, EngineError> {
    let history = History::open(folder)?;
    let run = history.run(prefix)?;
    let said = said(&history, run.id, &word)?;
    let onto = match &word.on_latest {
        Some(natives) => onto_latest(folder, &Reader::open(folder)?, natives, (run.id, &said))?,
        None => None,
    };
    let retry = Retry { said, by: word.by };
    match FolderLock::take(folder) {
        Ok(lock) => {
            let (connection, epoch) = open_folder(folder, Waits::ForDisk)?;
            let store = Store::start(folder, connection, epoch, PATIENCE)?;
            let applied = store.apply(Work::Retry { run: run.id, retry, onto, at: SystemClock.now() });
            store.close();
            drop(lock);
            applied.map(|_| Retried::Later(run.id))
        }
        Err(EngineError::Held { .. }) => {
            let asked = match onto {
                Some(onto) => Ask::RetryOnto(retry, onto),
                None => Ask::Retry(retry),
            };
            ask(folder, run.id, &asked, SystemClock.now())?;
            let again = wait_until(PATIENCE, || Ok(history.run(&RunPrefix::from(run.id))?.ended_at != run.ended_at))?;
            Ok(if again { Retried::Now(run.id) } else { Retried::Asked(run.id) })
        }
        Err(error) => Err(error),
    }
}

/// Asks the owner of a folder to start a run, and waits until it is there. Its program need not be known there.
pub fn start(folder: &Path, image: &Image, task: &str, arguments: Vec<Option<Data>>) -> Result<RunId, EngineError> {
    let history = History::of(owned(folder)?);
    let mut uid = [0; 16];
    SystemClock.fill(&mut uid);
    let run = RunId(uid);
    let asked = StartAsked { image: image.encode(), task: task.to_owned(), arguments };
    ask(folder, run, &Ask::Start(Box::new(asked)), SystemClock.now())?;
    let begun = wait_until(BEGINNING, || match history.run(&run.into()) {
        Ok(_) => Ok(true),
        Err(EngineError::NoRun(_)) => Ok(false),
        Err(error) => Err(error),
    })?;
    if begun { Ok(run) } else { Err(EngineError::NotBegun(run)) }
}

/// Turns what a person says into what the operation gave, read by its type.
fn said(history: &History, run: RunId, word: &Word<'_>) -> Result<Said, EngineError> {
    let said = match word.verdict {
        Verdict::Nothing => Said::Nothing,
        Verdict::Done | Verdict::NotDone => Said::NotDone,
    };
    if word.verdict == Verdict::Nothing && word.on_latest.is_some() {
        // It may be its own code that failed.
        return Ok(said);
    }
    let (image, native) = history.failed_operation(run, &said)?;
    if word.verdict != Verdict::Done {
        return Ok(said);
    }
    let Some(native) = image.natives.get(usize::from(native.0)) else {
        return Err(EngineError::NoImage(image.name.clone()));
    };
    let wrong = |what| EngineError::BadResult { operation: native.name.clone(), what };
    if is_inner(&native.name) {
        return Err(wrong("the engine does it itself, and knows what it gives".to_owned()));
    }
    let value = crate::json::decode(&image.types, native.result, word.result.unwrap_or(&serde_json::Value::Null));
    let value = value.map_err(|problems| {
        let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
        wrong(problems.join("; "))
    })?;
    // What people say is kept as they say it.
    if holds_secret(&value) { Err(wrong("a secret cannot be said".to_owned())) } else { Ok(Said::Done(value)) }
}

/// Says whether a program could have something to tidy up or to undo when a run of it is cancelled.
fn tidies(image: &Image) -> bool {
    image.functions.iter().any(|function| {
        function.handlers.iter().any(|handler| handler.takes == Takes::All)
            || function.code.iter().any(|op| matches!(op, Op::PushUndo { .. }))
    })
}

/// Writes the end of a run that nobody drives. An operation that was in flight stays without outcome in its history.
fn cancel_alone(folder: &Path, history: &History, run: RunId) -> Result<Cancelled, EngineError> {
    let (connection, epoch) = open_folder(folder, Waits::ForDisk)?;
    let store = Store::start(folder, connection, epoch, PATIENCE)?;
    let (seq, latest, operations) = history.position(run)?;
    let at = SystemClock.now().max(latest);
    let mut transition = Transition::new(run, seq);
    transition.rows.push(Row { seq, at, body: Body::CancelAsked });
    transition.acts.push(Act::End(End { state: RunState::Cancelled, outcome: None, at, operations }));
    let applied = store.apply(Work::Advance(transition));
    store.close();
    applied.map(|_| Cancelled::Done(run))
}

fn wait_for_owner(history: &History, run: RunId) -> Result<Cancelled, EngineError> {
    let ended = wait_until(PATIENCE, || Ok(history.run(&RunPrefix::from(run))?.state.is_final()))?;
    Ok(if ended { Cancelled::Done(run) } else { Cancelled::Asked(run) })
}

/// Waits a while for what the owner was asked; says whether it came.
pub(super) fn wait_until(
    patience: Duration,
    reached: impl Fn() -> Result<bool, EngineError>,
) -> Result<bool, EngineError> {
    let asked = SystemClock.uptime();
    while SystemClock.uptime().saturating_sub(asked) < patience {
        if reached()? {
            return Ok(true);
        }
        std::thread::sleep(LOOK);
    }
    Ok(false)
}

/// Opens a folder that has an owner for reading; one that has just been taken has its database in a moment.
pub(super) fn owned(folder: &Path) -> Result<Reader, EngineError> {
    let asked = SystemClock.uptime();
    loop {
        match Reader::open(folder) {
            Err(EngineError::Missing { .. }) if SystemClock.uptime().saturating_sub(asked) < BEGINNING => {
                std::thread::sleep(LOOK);
            }
            opened => return opened,
        }
    }
}
