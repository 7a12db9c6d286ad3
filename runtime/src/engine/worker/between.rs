//! What runs do with each other: finding out what they ask about, and looking for what they wait for.
//!
//! A state is changed and a key is taken while the lock of all of them is held, until the decision is in the queue of the
//! store: so the order of decisions is that of their commits. Everything else is looked up again whenever something
//! hints that it may have happened, so a hint too many, or one that a crash has lost, does no harm.

use super::Worker;
use crate::engine::child::{self, FUEL};
use crate::engine::gates::{Entrant, gates_of};
use crate::engine::id::RunId;
use crate::engine::inner::Found;
use crate::engine::live::Live;
use crate::engine::run::Wait;
use crate::engine::shared::{Between, Message};
use crate::engine::state::Trigger;
use crate::engine::transition::Request;
use crate::engine::transition::{Cut, Decision, Input, NewRun};
use crate::vm::{Vm, typed_value};
use crate::{Data, ErrorKind, Failure, Value};
use bytecode::inner::Inner;
use std::sync::{Arc, PoisonError};

/// The largest state, in bytes.
const LARGEST_STATE: usize = 1 << 20;

/// How many events of a name are read at once.
const EVENTS: u32 = 256;

/// How many events a run may pick out by conditions, before it has taken all that came before them.
const MOST_TAKEN: usize = 100_000;

impl Worker {
    /// Decides a request, with what was found between runs where it asks about that.
    pub(super) fn decide_request(&mut self, live: &mut Live, request: Request, draw: u64) {
        let shared = Arc::clone(&self.shared);
        match Inner::from_name(&request.name) {
            Some(inner @ (Inner::StateRead | Inner::StateChange | Inner::TaskStart)) => {
                let mut between = shared.between.lock().unwrap_or_else(PoisonError::into_inner);
                let found = match inner {
                    Inner::TaskStart => self.start(live, &request, &mut between),
                    _ => self.state(live, &request, &mut between),
                };
                let found = found.unwrap_or_else(Found::Failed);
                self.decide_and_follow(live, Input::Asked { request, draw, found });
                self.flush(live);
            }
            Some(Inner::TaskCall) => {
                let found = self.child(live, &request, None).map(|run| Found::Start(Box::new(run)));
                let found = found.unwrap_or_else(Found::Failed);
                self.decide_and_follow(live, Input::Asked { request, draw, found });
            }
            Some(inner @ (Inner::RunResult | Inner::RunError)) => {
                let found = child::ended(&self.shared.reader, inner, &request.arguments)
                    .map_or_else(Found::Failed, Found::Value);
                self.decide_and_follow(live, Input::Asked { request, draw, found });
            }
            Some(Inner::SettingRead) => {
                let found = self.setting(live, &request).map_or_else(Found::Failed, Found::Value);
                self.decide_and_follow(live, Input::Asked { request, draw, found });
            }
            Some(Inner::RunDir) => {
                let found = match std::fs::create_dir_all(&live.facts.dir) {
                    Ok(()) => Found::Nothing,
                    Err(error) => Found::Failed(Failure::new(
                        ErrorKind::Io,
                        format!("the run's folder {} cannot be made: {error}", live.facts.dir),
                    )),
                };
                self.decide_and_follow(live, Input::Asked { request, draw, found });
            }
            Some(_) | None => self.decide_and_follow(live, Input::Asked { request, draw, found: Found::Nothing }),
        }
    }

    /// Gives the value of a setting.
    fn setting(&self, live: &Live, request: &Request) -> Result<Data, Failure> {
        let name = text(request.arguments.first(), "the name of a setting")?;
        let Some(setting) = live.loaded.image.settings.iter().find(|setting| setting.name == name) else {
            return Err(Failure::new(ErrorKind::Internal, format!("the program has no setting `{name}`")));
        };
        let value = self.shared.settings.value(&live.loaded.program, setting);
        value.map_err(|problems| Failure::new(ErrorKind::Invalid, problems.join("; ")))
    }

    /// Reads or changes a state.
    fn state(&self, live: &Live, request: &Request, between: &mut Between) -> Result<Found, Failure> {
        let name = text(request.arguments.first(), "the name of a state")?;
        let image = &live.loaded.image;
        let Some(state) = image.states.iter().find(|state| state.name == name) else {
            return Err(Failure::new(ErrorKind::Internal, format!("the program has no state `{name}`")));
        };
        let key = (live.begun.project.clone(), name.to_owned());
        let (version, value) = match between.states.get(&key) {
            Some(known) => known.clone(),
            None => match self.shared.reader.state(&key.0, name).map_err(child::unreadable)? {
                Some(stored) => stored,
                None => (0, Vm::pure(&live.loaded.program, state.initial, Vec::new(), FUEL)?),
            },
        };
        let Some(change) = request.arguments.get(1) else { return Ok(Found::Value(value)) };
        let old = typed_value(&image.types, state.type_, value)?;
        let change = Value::from_data(change.clone())?;
        let (value, gives) = match Vm::pure_closure(&live.loaded.program, &change, vec![old], FUEL)? {
            Data::Record(parts) => match <[Data; 2]>::try_from(parts) {
                Ok([value, gives]) => (value, gives),
                Err(_) => return Err(Failure::new(ErrorKind::Internal, "a change of a state gave no two values")),
            },
            _ => return Err(Failure::new(ErrorKind::Internal, "a change of a state gave no record")),
        };
        if value.weight(LARGEST_STATE) > LARGEST_STATE {
            let message = format!("the state `{name}` is larger than 1 MiB, the most that is kept; keep it in a file");
            return Err(Failure::new(ErrorKind::Limit, message));
        }
        let version = version + 1;
        between.states.insert(key, (version, value.clone()));
        Ok(Found::Changed { version, value, gives })
    }

    /// Makes a run that is started and left alone. With a key there is one run of it, whose id comes from the key.
    fn start(&self, live: &Live, request: &Request, between: &mut Between) -> Result<Found, Failure> {
        let Some(Data::String(key)) = request.arguments.get(2) else {
            return self.child(live, request, None).map(|run| Found::Start(Box::new(run)));
        };
        let run = self.child(live, request, Some(key))?;
        let begun = match between.starting.get(&run.id) {
            Some(begun) => Some(begun.clone()),
            None => match child::stored(&self.shared.reader, run.id)? {
                Some(row) => Some(row.begun.arguments),
                None => None,
            },
        };
        match begun {
            None => {
                between.starting.insert(run.id, run.arguments.clone());
                Ok(Found::Start(Box::new(run)))
            }
            Some(arguments) if arguments == run.arguments => {
                Ok(Found::Value(Data::Record(vec![Data::String(run.id.to_string())])))
            }
            Some(_) => {
                let message = format!("`{}` was started with the key \"{key}\" and other arguments", run.task);
                Err(Failure::new(ErrorKind::Conflict, message))
            }
        }
    }

    /// Makes the run that an operation calls or starts. Its id comes from the operation, so it begins once.
    fn child(&self, live: &Live, request: &Request, key: Option<&str>) -> Result<NewRun, Failure> {
        let name = text(request.arguments.first(), "the name of a task")?;
        let image = &live.loaded.image;
        let Some((position, task)) = image.tasks.iter().enumerate().find(|(_, task)| task.name == name) else {
            return Err(Failure::new(ErrorKind::NotFound, format!("the program has no task `{name}`")));
        };
        let arguments = child::arguments(request.arguments.get(1))?;
        child::check(&live.loaded, task, &arguments)?;
        let id = match key {
            Some(key) => RunId::derived(&[b"key", live.begun.project.as_bytes(), name.as_bytes(), key.as_bytes()]),
            None => {
                let number = live.run.number_of(request.asked.operation);
                RunId::derived(&[b"operation", &live.run.id.0, &number.to_le_bytes()])
            }
        };
        let trigger = Trigger::Task { run: live.run.id };
        let entrant =
            Entrant { project: &live.begun.project, image: live.begun.image, task, trigger, zone: &self.shared.zone };
        let gates = gates_of(entrant, |key| Vm::of_arguments(&live.loaded.program, key, position, &arguments))?;
        Ok(NewRun {
            id,
            project: live.begun.project.clone(),
            task: name.to_owned(),
            image: live.begun.image,
            position: u32::try_from(position).unwrap_or(u32::MAX),
            trigger,
            arguments,
            created_at: self.shared.clock.now().max(live.run.latest),
            timeout: task.timeout,
            gates,
        })
    }

    /// Looks whether an operation has got what it waits for between runs.
    pub(super) fn look(&self, live: &mut Live, operation: u64) -> Option<Input> {
        match live.run.open.get(&operation)?.wait.as_ref()? {
            Wait::Until(_) | Wait::Approval { .. } | Wait::Again { .. } => None,
            Wait::Run { run, .. } => {
                let row = child::stored(&self.shared.reader, *run).ok().flatten().filter(|row| row.state.is_final())?;
                Some(match live.giving_up.remove(&operation) {
                    Some(cut) => Input::Gone { operation, cut },
                    None => Input::Ended { operation, result: child::outcome(row) },
                })
            }
            Wait::Event { .. } => {
                let request = live.requests.get(&operation)?.clone();
                let found = self.find_event(live, &request);
                found.unwrap_or_else(|failure| Some(Input::Unfound { operation, failure }))
            }
        }
    }

    /// Finds the oldest event that an operation waits for and that the run has not taken.
    fn find_event(&self, live: &mut Live, request: &Request) -> Result<Option<Input>, Failure> {
        let operation = request.asked.operation;
        let [Data::List(names), Data::List(predicates), ..] = request.arguments.as_slice() else { return Ok(None) };
        let names: Vec<&str> = names.iter().filter_map(|name| text(Some(name), "").ok()).collect();
        loop {
            let behind = live.seen.get(&operation).copied().unwrap_or(0);
            let (mut found, mut all_to) = (Vec::new(), u64::MAX);
            let mut read = Vec::new();
            for name in &names {
                if read.contains(name) {
                    continue;
                }
                read.push(*name);
                let floor = live.run.floors.get(*name).copied().unwrap_or(0).max(behind);
                let page = self.shared.reader.events(live.run.id, (&live.begun.project, name), floor, EVENTS);
                let page = page.map_err(child::unreadable)?;
                if page.len() >= EVENTS as usize {
                    all_to = all_to.min(page.last().map_or(0, |event| event.position));
                }
                found.extend(page.into_iter().map(|event| (*name, event)));
            }
            found.sort_by_key(|(_, event)| event.position);
            for (name, event) in found.into_iter().filter(|(_, event)| event.position <= all_to) {
                if live.run.taken.contains(&event.position) {
                    continue;
                }
                for (arm, predicate) in predicates.iter().enumerate().filter(|(arm, _)| names.get(*arm) == Some(&name))
                {
                    if holds(live, name, predicate, &event.data)? {
                        // Without a condition the oldest that was left is taken, so none before it is.
                        let all = *predicate == Data::None;
                        if !all && live.run.taken.len() >= MOST_TAKEN {
                            let message = format!("the run has picked out {MOST_TAKEN} events; start another for more");
                            return Err(Failure::new(ErrorKind::Limit, message));
                        }
                        let (name, arm) = (name.to_owned(), u16::try_from(arm).unwrap_or(u16::MAX));
                        let (position, data) = (event.position, event.data);
                        return Ok(Some(Input::Event { operation, arm, name, position, all, data }));
                    }
                }
                live.seen.insert(operation, event.position);
            }
            if all_to == u64::MAX {
                return Ok(None);
            }
            live.seen.insert(operation, all_to);
        }
    }

    /// Cancels a run that belongs to this one; its end is awaited.
    pub(super) fn cancel_run(&self, live: &mut Live, operation: u64, run: RunId, cut: Cut) {
        live.giving_up.insert(operation, cut);
        live.looks.insert(operation);
        self.shared.send(run, Message::Cancel { run });
    }

    /// Looks at all that a run waits for, which is brought into memory.
    pub(super) fn look_at(&mut self, run: RunId) {
        if self.bring(run) {
            self.with(run, |worker, live| {
                let waits = live
                    .run
                    .open
                    .iter()
                    .filter(|(_, open)| matches!(open.wait, Some(Wait::Event { .. } | Wait::Run { .. })));
                live.looks.extend(waits.map(|(operation, _)| *operation));
                worker.go_on(live);
            });
        }
    }

    /// Gives a decision to the oldest question of a run.
    pub(super) fn decided(&mut self, run: RunId, decision: Decision) {
        if self.bring(run) {
            self.with(run, |worker, live| {
                let asks = live.run.open.iter().find(|(_, open)| matches!(open.wait, Some(Wait::Approval { .. })));
                if let Some(operation) = asks.map(|(operation, _)| *operation) {
                    worker.happened(live, Input::Decided { operation, decision });
                }
            });
        }
    }

    /// Brings a run into memory; says whether it is there.
    fn bring(&mut self, run: RunId) -> bool {
        if !self.is_in_memory(run)
            && let Some(live) = self.fetch(run)
        {
            self.live.insert(run, Box::new(live));
        }
        self.live.contains_key(&run)
    }
}

/// Says whether an event is one that is waited for.
fn holds(live: &Live, name: &str, predicate: &Data, data: &Data) -> Result<bool, Failure> {
    if *predicate == Data::None {
        return Ok(true);
    }
    let image = &live.loaded.image;
    let Some(event) = image.events.iter().find(|event| event.name == name) else { return Ok(false) };
    // One that another version of the program emitted, with other fields, is not what is waited for.
    let Ok(value) = typed_value(&image.types, event.type_, data.clone()) else { return Ok(false) };
    let predicate = Value::from_data(predicate.clone())?;
    Ok(Vm::pure_closure(&live.loaded.program, &predicate, vec![value], FUEL)? == Data::Bool(true))
}

fn text<'d>(data: Option<&'d Data>, what: &str) -> Result<&'d str, Failure> {
    match data {
        Some(Data::String(text)) => Ok(text),
        Some(_) | None => Err(Failure::new(ErrorKind::Internal, format!("{what} was expected"))),
    }
}
