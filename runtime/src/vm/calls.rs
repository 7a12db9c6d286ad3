//! Entering and leaving functions: windows over the two stacks.
//!
//! While the loop runs, the stacks reach at least as far as the window of the top frame, and what is behind the registers
//! of that frame is `none`. When it stops they end where the registers of the top frame end.

use super::fiber::{Activation, Fiber};
use super::program::{Layout, Program};
use super::window::NARROW;
use super::{MAX_CALLS, MAX_REGISTERS};
use crate::{ErrorKind, Failure, Parts, Value};
use bytecode::FunctionId;

/// Makes the stacks as long as the window of the top frame.
pub(super) fn reach(fiber: &mut Fiber, layout: &Layout) {
    let (words, refs) = (layout.words.max(NARROW), layout.refs.max(NARROW));
    stretch(&mut fiber.words, fiber.top.words + words);
    stretch(&mut fiber.refs, fiber.top.refs + refs);
}

/// Ends the stacks where the registers of the top frame end.
pub(super) fn trim(fiber: &mut Fiber, layout: &Layout) {
    fiber.words.truncate(fiber.top.words + layout.words);
    fiber.refs.truncate(fiber.top.refs + layout.refs);
}

#[inline]
fn stretch<T: Clone + Default>(stack: &mut Vec<T>, end: usize) {
    if stack.len() < end {
        lengthen(stack, end);
    }
}

/// By half as much again, so that a deep recursion does not lengthen it at each call.
#[cold]
fn lengthen<T: Clone + Default>(stack: &mut Vec<T>, end: usize) {
    stack.resize(end + stack.len() / 2, T::default());
}

/// Begins a function whose parameters stand at `words` and `refs`. The top frame, of the layout `caller`, stands at its
/// call.
#[inline]
pub(super) fn enter(
    program: &Program,
    fiber: &mut Fiber,
    caller: &Layout,
    callee: (FunctionId, usize, usize),
    captured: Option<&Parts>,
) -> Result<(), Failure> {
    let (id, words, refs) = callee;
    let Some(layout) = program.layouts.get(usize::from(id.0)) else {
        return Err(lost("a function was called that does not exist"));
    };
    let captured: &[Value] = captured.map_or(&[], |captured| captured);
    if captured.len() != layout.captures {
        return Err(lost("a function was called without what it captured"));
    }
    if fiber.callers.len() >= MAX_CALLS || words + layout.words.max(layout.refs) > MAX_REGISTERS || refs > MAX_REGISTERS
    {
        return Err(too_deep(program, fiber, id));
    }
    // What the caller left above the parameters would keep values shared.
    let parameters = refs + layout.parameters;
    if let Some(stale) = fiber.refs.get_mut(parameters..fiber.top.refs + caller.refs) {
        stale.fill(Value::None);
    }
    let caller = std::mem::replace(&mut fiber.top, Activation { function: id, pc: 0, words, refs });
    fiber.callers.push(caller);
    reach(fiber, layout);
    for (slot, value) in fiber.refs.iter_mut().skip(parameters).zip(captured) {
        slot.clone_from(value);
    }
    Ok(())
}

/// Lets go of the references of the top frame, which is left.
#[inline]
pub(super) fn forget(fiber: &mut Fiber, layout: &Layout) {
    let refs = fiber.top.refs;
    if let Some(left) = fiber.refs.get_mut(refs..refs + layout.refs) {
        left.fill(Value::None);
    }
}

#[cold]
fn lost(message: &str) -> Failure {
    Failure::new(ErrorKind::Internal, message)
}

#[cold]
fn too_deep(program: &Program, fiber: &Fiber, id: FunctionId) -> Failure {
    let name = program.function(id).map_or("", |function| &function.name);
    let message = format!("calls nest too deep: {} calls, in {name}", fiber.callers.len());
    Failure::new(ErrorKind::Limit, message)
}
