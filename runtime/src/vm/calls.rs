//! Entering and leaving functions: windows over the two stacks.

use super::fiber::{Activation, Fiber};
use super::program::Program;
use super::{MAX_CALLS, MAX_REGISTERS};
use crate::{ErrorKind, Failure, Parts, Value};
use bytecode::{Bank, FunctionId};

/// Begins a function whose parameters stand at `words` and `refs`. The top frame stands at its call.
pub(super) fn enter(
    program: &Program,
    fiber: &mut Fiber,
    id: FunctionId,
    words: usize,
    refs: usize,
    captured: Option<&Parts>,
) -> Result<(), Failure> {
    let Some(function) = program.function(id) else {
        return Err(Failure::new(ErrorKind::Internal, "a function was called that does not exist"));
    };
    let captured: &[Value] = captured.map_or(&[], |captured| captured);
    if captured.len() != usize::from(function.captures) {
        return Err(Failure::new(ErrorKind::Internal, "a function was called without what it captured"));
    }
    let (words_end, refs_end) = (words + usize::from(function.words), refs + usize::from(function.refs));
    if fiber.callers.len() >= MAX_CALLS || words_end > MAX_REGISTERS || refs_end > MAX_REGISTERS {
        let message = format!("calls nest too deep: {} calls, in {}", fiber.callers.len(), function.name);
        return Err(Failure::new(ErrorKind::Limit, message));
    }
    // What the caller left above the parameters would keep values shared.
    let parameters = refs + function.parameters.iter().filter(|bank| **bank == Bank::Ref).count();
    fiber.refs.truncate(refs_end);
    if let Some(stale) = fiber.refs.get_mut(parameters..) {
        stale.fill(Value::None);
    }
    fiber.refs.resize(refs_end, Value::None);
    fiber.words.resize(words_end, 0);
    for (slot, value) in fiber.refs.iter_mut().skip(parameters).zip(captured) {
        slot.clone_from(value);
    }
    let caller = std::mem::replace(&mut fiber.top, Activation { function: id, pc: 0, words, refs });
    fiber.callers.push(caller);
    Ok(())
}

/// Ends the top function and gives its result to its caller, which goes on behind its call; gives the result back
/// where there is no caller.
pub(super) fn leave(program: &Program, fiber: &mut Fiber, value: Value, word: Option<u64>) -> Option<Value> {
    let Some(caller) = fiber.callers.pop() else { return Some(value) };
    let callee = std::mem::replace(&mut fiber.top, caller);
    fiber.top.pc += 1;
    let (words, refs) = program
        .function(caller.function)
        .map_or((0, 0), |function| (usize::from(function.words), usize::from(function.refs)));
    fiber.refs.truncate(callee.refs);
    let refs_end = caller.refs + refs;
    if fiber.refs.len() < refs_end {
        fiber.refs.push(value);
        fiber.refs.resize(refs_end, Value::None);
    }
    fiber.words.resize(caller.words + words, 0);
    if let (Some(word), Some(slot)) = (word, fiber.words.get_mut(callee.words)) {
        *slot = word;
    }
    None
}
