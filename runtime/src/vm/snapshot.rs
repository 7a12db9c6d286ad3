//! A machine as bytes, and back.
//!
//! A header (`TWVM`, version), a checksum, the hash of the image, then the state. Reading checks all that the loop
//! relies on: frames stand at instructions of functions, and the stacks are as long as their windows say.

use super::codec::{Reader, Writer};
use super::error::{RunError, SnapshotError};
use super::fiber::{Activation, Caught, Fiber, State};
use super::program::Program;
use super::{MAX_CALLS, MAX_REGISTERS, Vm};
use crate::{Failure, Value};
use bytecode::{FunctionId, Op, TypeId};
use std::rc::Rc;

const MAGIC: &[u8; 4] = b"TWVM";
const VERSION: u8 = 1;
/// How many bytes of the hash of the rest stand in the header.
const CHECKSUM: usize = 16;

const READY: u8 = 0;
const ASKING: u8 = 1;
const RAISING: u8 = 2;
const ENDED: u8 = 3;

impl Vm {
    /// Gives the whole state as bytes.
    pub fn save(&self) -> Vec<u8> {
        let mut out = Writer::default();
        out.bytes.extend_from_slice(self.program.hash());
        out.number(self.operations);
        out.number(self.result.map_or(0, |type_| u64::from(type_.0) + 1));
        write_fiber(&mut out, &self.fiber);
        let mut bytes = MAGIC.to_vec();
        bytes.push(VERSION);
        bytes.extend(blake3::hash(&out.bytes).as_bytes().iter().take(CHECKSUM));
        bytes.extend_from_slice(&out.bytes);
        bytes
    }

    /// Brings a machine back.
    ///
    /// # Errors
    /// Says why the bytes are not of a machine of this program.
    pub fn load(program: Rc<Program>, bytes: &[u8]) -> Result<Vm, SnapshotError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(SnapshotError::Unknown)?;
        let (version, rest) = rest.split_first().ok_or(SnapshotError::Damaged)?;
        if *version != VERSION {
            return Err(SnapshotError::Version { found: *version, known: VERSION });
        }
        let (checksum, body) = rest.split_at_checked(CHECKSUM).ok_or(SnapshotError::Damaged)?;
        if !blake3::hash(body).as_bytes().starts_with(checksum) {
            return Err(SnapshotError::Damaged);
        }
        let (hash, state) = body.split_at_checked(program.hash().len()).ok_or(SnapshotError::Damaged)?;
        if hash != program.hash() {
            return Err(SnapshotError::OtherImage);
        }
        read(program, state).ok_or(SnapshotError::Damaged)
    }
}

fn read(program: Rc<Program>, state: &[u8]) -> Option<Vm> {
    let mut reader = Reader::new(state);
    let operations = reader.number()?;
    let result = match reader.number()? {
        0 => None,
        number => Some(TypeId(u16::try_from(number - 1).ok()?)),
    };
    let fiber = read_fiber(&mut reader)?;
    (reader.is_at_end() && stands(&program, &fiber)).then_some(Vm { program, fiber, result, operations })
}

fn write_fiber(out: &mut Writer, fiber: &Fiber) {
    match &fiber.state {
        State::Ready => out.bytes.push(READY),
        State::Asking => out.bytes.push(ASKING),
        State::Raising(failure) => {
            out.bytes.push(RAISING);
            out.raw(failure.kind.as_bytes());
            out.raw(failure.message.as_bytes());
            out.number(u64::from(failure.retryable));
        }
        State::Ended => out.bytes.push(ENDED),
    }
    out.number(fiber.callers.len() as u64);
    for frame in fiber.callers.iter().chain([&fiber.top]) {
        out.number(u64::from(frame.function.0));
        out.number(frame.pc as u64);
        out.number(frame.words as u64);
        out.number(frame.refs as u64);
    }
    out.number(fiber.words.len() as u64);
    fiber.words.iter().for_each(|word| out.int(word.cast_signed()));
    out.number(fiber.refs.len() as u64);
    fiber.refs.iter().for_each(|value| out.value(value));
    out.number(fiber.caught.len() as u64);
    for caught in &fiber.caught {
        out.value(&caught.error);
        out.number(caught.trace.len() as u64);
        for (function, pc) in &caught.trace {
            out.number(u64::from(function.0));
            out.number(*pc as u64);
        }
    }
}

fn read_fiber(reader: &mut Reader<'_>) -> Option<Fiber> {
    let state = match reader.byte()? {
        READY => State::Ready,
        ASKING => State::Asking,
        RAISING => {
            let kind = str::from_utf8(reader.raw()?).ok()?.to_owned();
            let message = str::from_utf8(reader.raw()?).ok()?.to_owned();
            State::Raising(Failure { kind, message, retryable: reader.number()? != 0 })
        }
        ENDED => State::Ended,
        _ => return None,
    };
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
        let error = reader.value()?;
        let mut trace = Vec::new();
        for _ in 0..reader.count().filter(|count| *count <= RunError::MAX_TRACE)? {
            trace.push((read_function(reader)?, usize::try_from(reader.number()?).ok()?));
        }
        caught.push(Caught { error, trace });
    }
    Some(Fiber { words, refs, top, callers, caught, state })
}

fn read_function(reader: &mut Reader<'_>) -> Option<FunctionId> {
    Some(FunctionId(u16::try_from(reader.number()?).ok()?))
}

fn read_frame(reader: &mut Reader<'_>) -> Option<Activation> {
    let function = read_function(reader)?;
    let mut number = || usize::try_from(reader.number()?).ok().filter(|number| *number <= u32::MAX as usize);
    Some(Activation { function, pc: number()?, words: number()?, refs: number()? })
}

/// Says whether all that the loop relies on holds.
fn stands(program: &Program, fiber: &Fiber) -> bool {
    if matches!(fiber.state, State::Ended) {
        return true;
    }
    let at = |frame: &Activation| program.op(frame.function, frame.pc);
    // A caller stands at its call, and the window of the next frame begins where that call says.
    let frames: Vec<&Activation> = fiber.callers.iter().chain([&fiber.top]).collect();
    let joined = frames.iter().zip(frames.iter().skip(1)).all(|(caller, callee)| match at(caller) {
        Some(Op::Call { function, words, refs }) => {
            function == callee.function && starts(caller, callee, words.0, refs.0)
        }
        Some(Op::CallClosure { words, refs, .. }) => starts(caller, callee, words.0, refs.0),
        _ => false,
    });
    let Some(function) = program.function(fiber.top.function) else { return false };
    let bottom = frames.first().is_some_and(|frame| frame.words == 0 && frame.refs == 0);
    let lengths = fiber.words.len() == fiber.top.words + usize::from(function.words)
        && fiber.refs.len() == fiber.top.refs + usize::from(function.refs);
    let asks = match fiber.state {
        State::Asking | State::Raising(_) => matches!(at(&fiber.top), Some(Op::Perform { .. })),
        State::Ready | State::Ended => at(&fiber.top).is_some(),
    };
    bottom && joined && lengths && asks
}

fn starts(caller: &Activation, callee: &Activation, words: u16, refs: u16) -> bool {
    callee.words == caller.words + usize::from(words) && callee.refs == caller.refs + usize::from(refs)
}
