//! Entering functions: windows over the two stacks.
//!
//! While the loop runs, the stacks reach at least as far as the window of the frame that runs, and what is behind the
//! registers of that frame is `none`. They stay so long when it stops: a run stops at each operation, and goes on soon.

use super::fiber::{Activation, Fiber};
use super::program::{Body, Program};
use super::window::NARROW;
use super::{MAX_CALLS, MAX_REGISTERS};
use crate::{ErrorKind, Failure, Parts, Value};

/// Makes the stacks as long as the window of a frame; says whether they may be so long.
#[cold]
pub(super) fn reach(fiber: &mut Fiber, frame: Activation, body: &Body) -> bool {
    stretch(&mut fiber.words, frame.words as usize + usize::from(body.words).max(NARROW));
    stretch(&mut fiber.refs, frame.refs as usize + usize::from(body.refs).max(NARROW));
    frame.words.max(frame.refs) as usize <= MAX_REGISTERS
}

/// Says how many registers the frames have, of which the top one has stopped.
pub(super) fn stop(fiber: &mut Fiber, body: &Body) {
    fiber.held = (fiber.top.word(body.words), fiber.top.reference(body.refs));
}

/// By half as much again, so that a deep recursion does not lengthen it at each call.
fn stretch<T: Clone + Default>(stack: &mut Vec<T>, end: usize) {
    if stack.len() < end {
        stack.resize(end + stack.len() / 2, T::default());
    }
}

/// Begins a function whose parameters stand where its frame begins, unless calls nest too deep. The caller stands at its
/// call. Whoever runs the frame sees to it that the stacks reach so far.
#[inline(always)]
pub(super) fn enter(program: &Program, fiber: &mut Fiber, caller: (Activation, &Body), frame: Activation) -> bool {
    let body = program.body(frame.function);
    let (caller, calling) = caller;
    if fiber.callers.len() >= MAX_CALLS {
        return false;
    }
    // What the caller left above the parameters would keep values shared.
    let (parameters, end) = (frame.reference(body.parameters), caller.reference(calling.refs));
    if parameters < end
        && let Some(stale) = fiber.refs.get_mut(parameters..end)
    {
        clear(stale);
    }
    fiber.callers.push(caller);
    true
}

/// Makes registers `none`. Most are already: asking is cheaper than dropping nothing.
#[inline(always)]
pub(super) fn clear(registers: &mut [Value]) {
    for register in registers {
        if !register.is_none() {
            *register = Value::None;
        }
    }
}

/// Puts what a closure captured behind the parameters of its function, whose frame begins.
pub(super) fn capture(program: &Program, fiber: &mut Fiber, frame: Activation, captured: &Parts) {
    let parameters = frame.reference(program.body(frame.function).parameters);
    stretch(&mut fiber.refs, parameters + captured.len());
    for (slot, value) in fiber.refs.iter_mut().skip(parameters).zip(captured.iter()) {
        slot.clone_from(value);
    }
}

/// Says that a function is not called any more.
#[cold]
pub(super) fn too_deep(program: &Program, fiber: &Fiber, frame: Activation) -> Failure {
    let name = program.function(frame.function).map_or("", |function| &function.name);
    let message = format!("calls nest too deep: {} calls, in {name}", fiber.callers.len());
    Failure::new(ErrorKind::Limit, message)
}
