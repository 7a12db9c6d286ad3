//! The reactor: one thread that starts the tasks that events start, each event once.
//!
//! How far each reaction has come is in the store, and moves with the start of the run. A hint only says where to look:
//! one too many does no harm, and what a crash has left is found when the reactions are put in force again.

use super::error::EngineError;
use super::id::ImageHash;
use super::live::Loaded;
use super::reaction::{Happened, Reaction};
use super::shared::{ReactorMessage, Shared};
use super::thread;
use crate::store::Work;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, PoisonError};

/// Starts the reactor, where there is none: only an engine has one whose tasks are started by events.
pub(super) fn begin(shared: &Arc<Shared>) -> Result<(), EngineError> {
    let mut threads = shared.threads.lock().unwrap_or_else(PoisonError::into_inner);
    if shared.reactor.get().is_some() {
        return Ok(());
    }
    let (sender, inbox) = mpsc::channel();
    let for_reactor = Arc::clone(shared);
    threads.push(thread(&shared.folder, "reactor".to_owned(), move || Reactor::new(for_reactor, inbox).work())?);
    let _ = shared.reactor.set(sender);
    Ok(())
}

/// How many events are read at once.
const PAGE: u32 = 256;

/// The thread's state.
pub(super) struct Reactor {
    shared: Arc<Shared>,
    inbox: Receiver<ReactorMessage>,
    reactions: Vec<Reaction>,
    programs: HashMap<ImageHash, Rc<Loaded>>,
}

impl Reactor {
    /// Makes the reactor, on its own thread.
    fn new(shared: Arc<Shared>, inbox: Receiver<ReactorMessage>) -> Self {
        Reactor { shared, inbox, reactions: Vec::new(), programs: HashMap::new() }
    }

    /// Reacts until the engine stops or the store fails.
    fn work(mut self) {
        while let Ok(message) = self.inbox.recv() {
            let outcome = match message {
                ReactorMessage::Stop => return,
                ReactorMessage::InForce(reactions) => {
                    self.reactions = reactions;
                    self.programs.clear();
                    self.look(|_| true)
                }
                ReactorMessage::LookAtAll => self.look(|_| true),
                ReactorMessage::Look { project, event } => {
                    self.look(|reaction| reaction.key.event == event && reaction.key.project == project)
                }
            };
            if let Err(error) = outcome {
                return self.shared.break_down(self.shared.store.fatal().unwrap_or(error));
            }
        }
    }

    /// Lets some reactions decide about all that has happened.
    fn look(&mut self, concerns: impl Fn(&Reaction) -> bool) -> Result<(), EngineError> {
        if self.shared.pause.is_on() {
            return Ok(());
        }
        let mut reactions = std::mem::take(&mut self.reactions);
        let mut outcome = Ok(());
        for reaction in reactions.iter_mut().filter(|reaction| concerns(reaction)) {
            outcome = outcome.and_then(|()| self.catch_up(reaction));
        }
        self.reactions = reactions;
        outcome
    }

    fn catch_up(&mut self, reaction: &mut Reaction) -> Result<(), EngineError> {
        loop {
            let event = (reaction.key.project.as_str(), reaction.key.event.as_str());
            let page = self.shared.reader.events_behind(event, reaction.kept.position, PAGE)?;
            let last = page.len() < PAGE as usize;
            for stored in page {
                if self.shared.is_stopping() {
                    return Ok(());
                }
                let happened = Happened { position: stored.position, data: stored.data };
                self.react(reaction, &happened)?;
                reaction.kept.position = happened.position;
            }
            if last {
                return Ok(());
            }
        }
    }

    fn react(&mut self, reaction: &Reaction, happened: &Happened) -> Result<(), EngineError> {
        let loaded = self.program(reaction.image)?;
        let at = self.shared.clock.now();
        let react = reaction.decide(&loaded, &self.shared, happened, at);
        let applied = self.shared.store.apply(Work::React { react: Box::new(react), at })?;
        self.shared.follow(applied);
        Ok(())
    }

    fn program(&mut self, hash: ImageHash) -> Result<Rc<Loaded>, EngineError> {
        if let Some(loaded) = self.programs.get(&hash) {
            return Ok(Rc::clone(loaded));
        }
        let loaded = Rc::new(Loaded::new(self.shared.reader.image(hash)?, &self.shared.natives)?);
        self.programs.insert(hash, Rc::clone(&loaded));
        Ok(loaded)
    }
}
