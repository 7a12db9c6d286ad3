//! Fibers as bytes.

use crate::value::{Extent, MAX_BYTES};
use crate::vm::codec::{Reader, Writer};
use crate::vm::error::RunError;
use crate::vm::fiber::{Activation, Caught, Fiber};
use crate::vm::fibers::{Cancel, Line, Role, State};
use crate::vm::group::Group;
use crate::vm::place::Place;
use crate::vm::steps::{Step, Steps};
use crate::vm::{MAX_CALLS, MAX_FIBERS, MAX_REGISTERS, MAX_STEPS};
use crate::{Failure, Value};
use bytecode::{ConstantId, FunctionId};
use std::collections::BTreeSet;

const READY: u8 = 0;
const ASKING: u8 = 1;
const RAISING: u8 = 2;
const PARALLEL: u8 = 3;

const MAIN: u8 = 0;
const ITEM: u8 = 1;
const UNDO: u8 = 2;

const BEGUN: u8 = 1;
const SHIELDED: u8 = 2;
const WANTED: u8 = 4;
const RAISED: u8 = 8;

/// Writes a fiber with its place among the others.
pub(super) fn write(out: &mut Writer, line: &Line) {
    let cancel = match line.cancel {
        Cancel::No => 0,
        Cancel::Wanted => WANTED,
        Cancel::Raised => RAISED,
    };
    let flag = |holds: bool, bit: u8| if holds { bit } else { 0 };
    out.bytes.push(flag(line.begun, BEGUN) | flag(line.shielded, SHIELDED) | cancel);
    match line.role {
        Role::Main => out.bytes.push(MAIN),
        Role::Item { parent, index } => {
            out.bytes.push(ITEM);
            out.number(parent);
            out.number(index as u64);
        }
        Role::Undo => out.bytes.push(UNDO),
    }
    out.number(line.steps.inherited as u64);
    write_place(out, line.steps.place);
    out.number(line.steps.open.len() as u64);
    for step in &line.steps.open {
        out.number(u64::from(step.name.0));
        out.value(&step.deadline.map_or(Value::None, Value::Int));
        write_place(out, step.place);
        out.bytes.push(u8::from(step.retried));
    }
    match &line.state {
        State::Ready => out.bytes.push(READY),
        State::Asking(operation) => {
            out.bytes.push(ASKING);
            out.number(*operation);
        }
        State::Raising(failure) => {
            out.bytes.push(RAISING);
            out.failure(Some(failure));
        }
        State::Parallel(group) => {
            out.bytes.push(PARALLEL);
            write_group(out, group);
        }
    }
    out.number(line.registers as u64);
    out.number(line.weight);
    write_fiber(out, &line.fiber);
}

/// Reads a fiber with its place among the others.
pub(super) fn read(reader: &mut Reader<'_>) -> Option<Line> {
    let flags = reader.byte()?;
    let cancel = match flags & (WANTED | RAISED) {
        0 => Cancel::No,
        WANTED => Cancel::Wanted,
        RAISED => Cancel::Raised,
        _ => return None,
    };
    let role = match reader.byte()? {
        MAIN => Role::Main,
        ITEM => Role::Item { parent: reader.number()?, index: small(reader)? },
        UNDO => Role::Undo,
        _ => return None,
    };
    let inherited = small(reader)?;
    let place = read_place(reader)?;
    let mut open = Vec::new();
    for _ in 0..reader.count().filter(|count| *count <= MAX_STEPS && *count >= inherited)? {
        let name = ConstantId(u32::try_from(reader.number()?).ok()?);
        let deadline = match reader.value()? {
            Value::None => None,
            Value::Int(instant) => Some(instant),
            _ => return None,
        };
        let place = read_place(reader)?;
        open.push(Step { name, deadline, place, retried: reader.byte()? != 0 });
    }
    let state = match reader.byte()? {
        READY => State::Ready,
        ASKING => State::Asking(reader.number()?),
        RAISING => State::Raising(reader.failure()??),
        PARALLEL => State::Parallel(Box::new(read_group(reader)?)),
        _ => return None,
    };
    Some(Line {
        registers: small(reader)?,
        weight: reader.number().filter(|weight| *weight <= MAX_BYTES * MAX_REGISTERS as u64)?,
        fiber: read_fiber(reader)?,
        state,
        role,
        steps: Steps { open, inherited, place },
        cancel,
        shielded: flags & SHIELDED != 0,
        begun: flags & BEGUN != 0,
    })
}

fn write_place(out: &mut Writer, place: Place) {
    out.number(place.path);
    out.number(place.asked);
}

fn read_place(reader: &mut Reader<'_>) -> Option<Place> {
    Some(Place { path: reader.number()?, asked: reader.number()? })
}

fn write_group(out: &mut Writer, group: &Group) {
    out.number(group.at_most as u64);
    out.number(group.next as u64);
    out.number(group.depth as u64);
    out.number(group.members.len() as u64);
    group.members.iter().for_each(|member| out.number(*member));
    out.number(group.results.len() as u64);
    group.results.iter().for_each(|result| out.value(result));
    out.number(u64::from(group.cut));
    out.number(u64::from(group.failure.is_some()));
    if let Some(caught) = &group.failure {
        write_caught(out, caught);
    }
}

fn read_group(reader: &mut Reader<'_>) -> Option<Group> {
    let (at_most, next, depth) = (usize::try_from(reader.number()?).ok()?, small(reader)?, small(reader)?);
    let mut members = BTreeSet::new();
    for _ in 0..reader.count().filter(|count| *count <= MAX_FIBERS)? {
        members.insert(reader.number()?);
    }
    let (mut results, mut extent) = (Vec::new(), Extent::EMPTY);
    for _ in 0..reader.count().filter(|count| *count <= next)? {
        let result = reader.value()?;
        extent.add(result.extent()).ok()?;
        results.push(result);
    }
    let cut = reader.number()? != 0;
    let failure = match reader.number()? {
        0 => None,
        _ => Some(read_caught(reader)?),
    };
    Some(Group { at_most, next, members, results, extent, failure, cut, depth })
}

fn write_fiber(out: &mut Writer, fiber: &Fiber) {
    out.number(fiber.callers.len() as u64);
    for frame in fiber.callers.iter().chain([&fiber.top]) {
        out.number(u64::from(frame.function.0));
        out.number(u64::from(frame.pc));
        out.number(u64::from(frame.words));
        out.number(u64::from(frame.refs));
    }
    let (words, refs) = fiber.held;
    out.number(words as u64);
    fiber.words.iter().take(words).for_each(|word| out.int(word.cast_signed()));
    out.number(refs as u64);
    fiber.refs.iter().take(refs).for_each(|value| out.value(value));
    out.number(fiber.caught.len() as u64);
    fiber.caught.iter().for_each(|caught| write_caught(out, caught));
}

fn read_fiber(reader: &mut Reader<'_>) -> Option<Fiber> {
    let mut callers = Vec::new();
    for _ in 0..reader.count().filter(|count| *count <= MAX_CALLS)? {
        callers.push(read_frame(reader)?);
    }
    let top = read_frame(reader)?;
    let mut words = Vec::new();
    for _ in 0..reader.count().filter(|count| *count <= MAX_REGISTERS)? {
        words.push(reader.int()?.cast_unsigned());
    }
    let mut refs: Vec<Value> = Vec::new();
    for _ in 0..reader.count().filter(|count| *count <= MAX_REGISTERS)? {
        refs.push(reader.value()?);
    }
    let mut caught = Vec::new();
    for _ in 0..reader.count()? {
        caught.push(read_caught(reader)?);
    }
    Some(Fiber { held: (words.len(), refs.len()), words, refs, top, callers, caught })
}

/// Writes an error with its way.
pub(super) fn write_caught(out: &mut Writer, caught: &Caught) {
    out.value(&caught.error);
    out.number(caught.trace.len() as u64);
    for (function, pc) in &caught.trace {
        out.number(u64::from(function.0));
        out.number(u64::from(*pc));
    }
}

/// Reads an error with its way.
pub(super) fn read_caught(reader: &mut Reader<'_>) -> Option<Caught> {
    let error = reader.value()?;
    let mut trace = Vec::new();
    for _ in 0..reader.count().filter(|count| *count <= RunError::MAX_TRACE)? {
        trace.push((read_function(reader)?, place(reader)?));
    }
    Some(Caught { error, trace })
}

fn read_function(reader: &mut Reader<'_>) -> Option<FunctionId> {
    Some(FunctionId(u16::try_from(reader.number()?).ok()?))
}

fn read_frame(reader: &mut Reader<'_>) -> Option<Activation> {
    let function = read_function(reader)?;
    Some(Activation { function, pc: place(reader)?, words: place(reader)?, refs: place(reader)? })
}

/// Reads a number of something that the machine holds.
fn small(reader: &mut Reader<'_>) -> Option<usize> {
    usize::try_from(place(reader)?).ok()
}

/// Reads where something stands: an instruction in its function, a register on its stack.
fn place(reader: &mut Reader<'_>) -> Option<u32> {
    u32::try_from(reader.number()?).ok()
}

impl Writer {
    /// Writes a failure, or that there is none.
    pub(super) fn failure(&mut self, failure: Option<&Failure>) {
        self.number(u64::from(failure.is_some()));
        if let Some(failure) = failure {
            self.raw(failure.kind.as_bytes());
            self.raw(failure.message.as_bytes());
            self.number(u64::from(failure.retryable));
        }
    }
}

impl Reader<'_> {
    /// Reads a failure, or that there is none.
    pub(super) fn failure(&mut self) -> Option<Option<Failure>> {
        if self.number()? == 0 {
            return Some(None);
        }
        let kind = str::from_utf8(self.raw()?).ok()?.to_owned();
        let message = str::from_utf8(self.raw()?).ok()?.to_owned();
        Some(Some(Failure { kind, message, retryable: self.number()? != 0 }))
    }
}
