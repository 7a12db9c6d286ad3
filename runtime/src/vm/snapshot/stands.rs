//! What must hold of fibers that were read, so that running them cannot go beyond their registers.

use crate::vm::fiber::{Activation, Fiber};
use crate::vm::fibers::{Fibers, Line, Role, State};
use crate::vm::program::Program;
use bytecode::Op;

/// Says whether all that the machine relies on holds.
pub(super) fn all_stand(program: &Program, fibers: &Fibers, operations: u64) -> bool {
    fibers.iter().all(|(number, line)| {
        fiber_stands(program, &line.fiber)
            && waits_at_its_instruction(program, line, operations)
            && belongs(fibers, number, line)
    })
}

/// Frames stand at instructions of functions, and the stacks are as long as their windows say.
fn fiber_stands(program: &Program, fiber: &Fiber) -> bool {
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
    let lengths =
        fiber.words.len() == fiber.top.word(function.words) && fiber.refs.len() == fiber.top.reference(function.refs);
    bottom && joined && lengths && at(&fiber.top).is_some()
}

fn starts(caller: &Activation, callee: &Activation, words: u16, refs: u16) -> bool {
    callee.word(0) == caller.word(words) && callee.reference(0) == caller.reference(refs)
}

/// What waits stands at the instruction that it waits for.
fn waits_at_its_instruction(program: &Program, line: &Line, operations: u64) -> bool {
    let op = program.op(line.fiber.top.function, line.fiber.top.pc);
    match &line.state {
        State::Ready | State::Raising(_) => true,
        State::Asking(operation) => *operation <= operations && matches!(op, Some(Op::Perform { .. })),
        State::Parallel(_) => matches!(op, Some(Op::Parallel { .. } | Op::ParallelEach { .. })),
    }
}

/// An item has a parent that waits for it, and begins after it.
fn belongs(fibers: &Fibers, number: u64, line: &Line) -> bool {
    match line.role {
        Role::Main | Role::Undo => true,
        Role::Item { parent, index } => match fibers.get(parent).map(|line| &line.state) {
            Some(State::Parallel(group)) => parent < number && group.members.contains(&number) && index < group.next,
            Some(State::Ready | State::Asking(_) | State::Raising(_)) | None => false,
        },
    }
}
