//! Tasks that events start: which there are in some images, and what run an event is for one of them.

use super::child::{self, FUEL};
use super::error::EngineError;
use super::gates::{Entrant, Gates, gates_of};
use super::halt::Halts;
use super::id::{ImageHash, RunId};
use super::live::Loaded;
use super::shared::Shared;
use super::state::Trigger;
use super::transition::{NewRun, RunFailure};
use crate::clock::Micros;
use crate::store::{Applied, FAILURE_OF, KeptReaction, React, ReactionKey, Reader, SUCCESS_OF, Store, Work};
use crate::vm::{Stop, Vm, typed_value};
use crate::{Data, ErrorKind, Failure, Value};
use bytecode::inner::Inner;
use bytecode::{Cause, FunctionId, Image, Task, Trigger as Written, Type};
use std::sync::Arc;

/// A reaction in force: a task that an event starts.
pub(super) struct Reaction {
    /// Its row, and how far it has come.
    pub(super) kept: KeptReaction,
    /// What makes it the same one.
    pub(super) key: ReactionKey,
    /// The image that its runs begin with.
    pub(super) image: ImageHash,
    task: usize,
    trigger: usize,
}

/// An event that a reaction decides about.
pub(super) struct Happened {
    /// Its place among all events.
    pub(super) position: u64,
    /// Its record.
    pub(super) data: Data,
}

/// Puts the reactions of these images in force, and all others out of it.
pub(super) fn put_in_force(
    store: &Store,
    images: &[(ImageHash, Arc<Image>)],
    halts: &Halts,
) -> Result<Vec<Reaction>, EngineError> {
    let mut found = Vec::new();
    for (hash, image) in images {
        let tasks = image.tasks.iter().enumerate();
        for (number, task) in tasks.filter(|(_, task)| !halts.is_archived(&image.name, &task.name)) {
            for (trigger, written) in task.triggers.iter().enumerate() {
                let Some(event) = event_of(&written.cause) else { continue };
                let key = key(&image.name, task, (trigger, event));
                let kept = KeptReaction { id: 0, position: 0 };
                found.push(Reaction { kept, key, image: *hash, task: number, trigger });
            }
        }
    }
    let keys = found.iter().map(|reaction| reaction.key.clone()).collect();
    let Applied::KeptReactions(kept) = store.apply(Work::KeepReactions { keys })? else { return Ok(Vec::new()) };
    Ok(found.into_iter().zip(kept).map(|(reaction, kept)| Reaction { kept, ..reaction }).collect())
}

/// Gives the name of the event that is the cause of runs; `None` where it is no event.
fn event_of(cause: &Cause) -> Option<String> {
    match cause {
        Cause::Event(name) => Some(name.clone()),
        Cause::Success(task) => Some(format!("{SUCCESS_OF}{task}")),
        Cause::Failure(task) => Some(format!("{FAILURE_OF}{task}")),
        Cause::Webhook { .. } | Cause::File(_) => None,
    }
}

/// Names a reaction by its task and its event. Its condition and arguments may be edited: what is past stays decided.
fn key(project: &str, task: &Task, (trigger, event): (usize, String)) -> ReactionKey {
    // Several reactions of a task to one event are told apart by their order.
    let earlier = task.triggers.iter().take(trigger).filter(|each| event_of(&each.cause).as_ref() == Some(&event));
    let ordinal = earlier.count() as u64;
    let mut hash = blake3::Hasher::new();
    for part in [project.as_bytes(), task.name.as_bytes(), event.as_bytes(), &ordinal.to_le_bytes()] {
        hash.update(&(part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    ReactionKey { identity: *hash.finalize().as_bytes(), project: project.to_owned(), task: task.name.clone(), event }
}

impl Reaction {
    /// Decides about an event: whether a run begins, and with what. A run that cannot begin has failed, so that
    /// somebody sees it.
    pub(super) fn decide(&self, loaded: &Loaded, shared: &Shared, happened: &Happened, now: Micros) -> React {
        let mut react = React { reaction: self.kept.id, position: happened.position, run: None, failure: None };
        let task = loaded.image.tasks.get(self.task);
        let Some((task, written)) = task.and_then(|task| Some((task, task.triggers.get(self.trigger)?))) else {
            return react;
        };
        let reader = &shared.reader;
        let wanted = Wanted { loaded, reader, task, written, happened };
        let (id, arguments) = match wanted.start() {
            Ok(None) => return react,
            Ok(Some((key, arguments))) => (key.map(|key| self.keyed(&key)), arguments),
            Err(failure) => {
                let message = format!("on {}: {}", self.key.event, failure.message);
                react.failure = Some(RunFailure::from(Failure { message, ..failure }));
                (None, vec![None; task.parameters.len()])
            }
        };
        let trigger = trigger(&written.cause, happened);
        let entrant = Entrant { project: &self.key.project, image: self.image, task, trigger, zone: &shared.zone };
        let gates = gates_of(entrant, |key| Vm::of_arguments(&loaded.program, key, self.task, &arguments));
        let gates = gates.unwrap_or_else(|failure| {
            react.failure.get_or_insert_with(|| RunFailure::from(failure));
            Gates::default()
        });
        let position = happened.position.to_le_bytes();
        react.run = Some(NewRun {
            id: id.unwrap_or_else(|| RunId::derived(&[b"reaction", &self.key.identity, &position])),
            project: self.key.project.clone(),
            task: self.key.task.clone(),
            image: self.image,
            position: u32::try_from(self.task).unwrap_or(u32::MAX),
            trigger,
            arguments,
            created_at: now,
            timeout: task.timeout,
            gates,
        });
        react
    }

    /// Gives the id of the one run of a key, which is the one that `start` with this key gives.
    fn keyed(&self, key: &str) -> RunId {
        RunId::derived(&[b"key", self.key.project.as_bytes(), self.key.task.as_bytes(), key.as_bytes()])
    }
}

/// Says what started a run.
fn trigger(cause: &Cause, happened: &Happened) -> Trigger {
    let run = match &happened.data {
        Data::Record(fields) => match fields.first() {
            Some(Data::String(id)) => id.parse().ok(),
            _ => None,
        },
        _ => None,
    };
    match (cause, run) {
        (Cause::Success(_), Some(run)) => Trigger::Success { run },
        (Cause::Failure(_), Some(run)) => Trigger::Failure { run },
        (_, _) => Trigger::Event { position: happened.position },
    }
}

/// The key, if there is one, and the arguments of a run.
type Start = (Option<String>, Vec<Option<Data>>);

/// A task, what starts it, and an event that may.
struct Wanted<'a> {
    loaded: &'a Loaded,
    reader: &'a Reader,
    task: &'a Task,
    written: &'a Written,
    happened: &'a Happened,
}

impl Wanted<'_> {
    /// Gives what the event starts; nothing where its condition does not hold.
    fn start(&self) -> Result<Option<Start>, Failure> {
        let Some(value) = self.value()? else { return Ok(None) };
        if let Some(condition) = self.written.condition
            && !is_true(&self.pure(condition, &value)?)
        {
            return Ok(None);
        }
        let key = match self.written.key.map(|key| self.pure(key, &value)).transpose()? {
            Some(Data::String(key)) => Some(key),
            Some(_) | None => None,
        };
        let arguments = match self.written.arguments {
            Some(function) => child::arguments(Some(&self.told(function, value)?))?,
            None => self.by_name()?,
        };
        child::check(self.loaded, self.task, &arguments)?;
        Ok(Some((key, arguments)))
    }

    /// Gives what the functions of the trigger take. An event that another version of the program emitted, with other
    /// fields, is not one that is wanted.
    fn value(&self) -> Result<Option<Value>, Failure> {
        let image = &self.loaded.image;
        let data = self.happened.data.clone();
        match &self.written.cause {
            Cause::Event(name) => {
                let event = image.events.iter().find(|event| event.name == *name);
                Ok(event.and_then(|event| typed_value(&image.types, event.type_, data).ok()))
            }
            Cause::Success(_) | Cause::Failure(_) => Value::from_data(data).map(Some),
            Cause::Webhook { .. } | Cause::File(_) => Ok(None),
        }
    }

    fn pure(&self, function: FunctionId, value: &Value) -> Result<Data, Failure> {
        Vm::pure(&self.loaded.program, function, vec![value.clone()], FUEL)
    }

    /// Calls a function that may ask how the run ended that is the cause.
    fn told(&self, function: FunctionId, value: Value) -> Result<Data, Failure> {
        let mut vm = Vm::call(std::rc::Rc::clone(&self.loaded.program), function, vec![value])?;
        loop {
            match vm.run(FUEL) {
                Stop::Done(data) => return Ok(data),
                Stop::Failed(error) => return Err(error.failure),
                Stop::OutOfFuel => return Err(Failure::new(ErrorKind::Limit, "its arguments take too long")),
                Stop::Operation(request) => {
                    let native = self.loaded.image.natives.get(usize::from(request.native.0));
                    let outcome = match native.and_then(|native| Inner::from_name(&native.name)) {
                        Some(inner @ (Inner::RunResult | Inner::RunError)) => {
                            child::ended(self.reader, inner, &request.arguments)
                        }
                        Some(_) | None => Err(forbidden()),
                    };
                    vm.resume(request.operation, outcome);
                }
                Stop::Cancel(_) | Stop::Waiting => return Err(forbidden()),
            }
        }
    }

    /// The fields of the event become arguments by their names.
    fn by_name(&self) -> Result<Vec<Option<Data>>, Failure> {
        let image = &self.loaded.image;
        let names: Vec<&str> = match &self.written.cause {
            Cause::Event(name) => {
                let event = image.events.iter().find(|event| event.name == *name);
                match event.and_then(|event| image.types.get(usize::from(event.type_.0))) {
                    Some(Type::Record(shape)) => shape.fields.iter().map(|field| field.name.as_str()).collect(),
                    Some(_) | None => Vec::new(),
                }
            }
            Cause::Success(_) | Cause::Failure(_) => vec!["id"],
            Cause::Webhook { .. } | Cause::File(_) => Vec::new(),
        };
        let Data::Record(values) = &self.happened.data else { return Ok(vec![None; self.task.parameters.len()]) };
        let argument = |name: &str| values.get(names.iter().position(|each| *each == name)?).cloned();
        let given = self.task.parameters.iter().map(|parameter| match argument(&parameter.name) {
            None if parameter.default.is_none() => {
                let message = format!("nothing gives a value for `{}`; add `with (…)` to the trigger", parameter.name);
                Err(Failure::new(ErrorKind::Invalid, message))
            }
            argument => Ok(argument),
        });
        given.collect()
    }
}

/// Says whether a function that gives a bool gave `true`: a word, whose type the machine does not know.
fn is_true(data: &Data) -> bool {
    matches!(data, Data::Bool(true) | Data::Int(1))
}

fn forbidden() -> Failure {
    Failure::new(ErrorKind::Forbidden, "arguments of a trigger may not touch the world")
}
