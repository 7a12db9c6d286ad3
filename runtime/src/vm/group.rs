//! Fibers that one fiber has begun and waits for: `parallel`.
//!
//! The items stay in the registers of the fiber that waits; an item becomes a fiber when there is room for it, so ten
//! thousand items, eight at once, are eight fibers. The first failure cancels the others; all are awaited.

use super::MAX_GROUPS;
use super::collections as on;
use super::fiber::{Caught, Fiber};
use super::fibers::{Cancel, Fibers, Line, Role, State};
use super::program::Program;
use super::raise::{self, Raised};
use crate::value::Extent;
use crate::{ErrorKind, Failure, List, Parts, Value};
use bytecode::{Bank, FunctionId, Op};
use std::collections::BTreeSet;

/// What a fiber waits for that does several things at once.
#[derive(Debug)]
pub(super) struct Group {
    /// How many may run at once; 0 is all.
    pub at_most: usize,
    /// The next item to begin.
    pub next: usize,
    /// The fibers that run.
    pub members: BTreeSet<u64>,
    /// The results so far; items that have not ended have none.
    pub results: Vec<Value>,
    /// How heavy they are.
    pub extent: Extent,
    /// The first failure.
    pub failure: Option<Caught>,
    /// Whether a member was cancelled with the fiber that waits, so that there will be no results.
    pub cut: bool,
    /// In how many groups this one stands.
    pub depth: usize,
}

/// Where the work of a group stands.
#[derive(Clone, Copy)]
struct Work {
    /// The register of the closure, or of the list of closures.
    from: usize,
    /// Whether one closure is called for each item.
    each: bool,
}

/// Begins what a fiber wants to do in parallel. It stands at the instruction.
pub(super) fn begin(program: &Program, fibers: &mut Fibers, number: u64, at_most: u64) -> Result<(), Failure> {
    let Some(line) = fibers.get_mut(number) else { return Ok(()) };
    count(program, line)?;
    line.steps.count();
    let role = line.role;
    let depth = match role {
        Role::Item { parent, .. } => match fibers.get(parent).map(|line| &line.state) {
            Some(State::Parallel(group)) => group.depth + 1,
            Some(State::Ready | State::Asking(_) | State::Raising(_)) | None => 1,
        },
        Role::Main | Role::Undo => 1,
    };
    if depth > MAX_GROUPS {
        let message = format!("more than {MAX_GROUPS} `parallel` stand in each other");
        return Err(Failure::new(ErrorKind::Limit, message));
    }
    let at_most = usize::try_from(at_most).unwrap_or(usize::MAX);
    let (members, extent) = (BTreeSet::new(), Extent::EMPTY);
    let group = Group { at_most, next: 0, members, results: Vec::new(), extent, failure: None, cut: false, depth };
    fibers.set(number, State::Parallel(Box::new(group)));
    Ok(())
}

/// Begins as many items as there is room for, and lets a fiber go on that waits for none any more. Gives a failure that
/// the fiber has no handler for: then it is to end.
pub(super) fn fill(program: &Program, fibers: &mut Fibers, number: u64) -> Option<Caught> {
    loop {
        match next_item(program, fibers, number) {
            Ok(Some((fiber, index))) => {
                let line = fibers.get(number)?;
                let steps = line.steps.inherit(index);
                let shielded = line.shielded || line.cancel == Cancel::Raised;
                match fibers.begin(fiber, Role::Item { parent: number, index }, steps, shielded) {
                    Ok(member) => {
                        if let Some(group) = group_of(fibers, number) {
                            group.next = index + 1;
                            group.members.insert(member);
                        }
                    }
                    Err(failure) => fail(fibers, number, raise::caught(failure)),
                }
            }
            Ok(None) => return settle(program, fibers, number),
            Err(failure) => fail(fibers, number, raise::caught(failure)),
        }
    }
}

/// Takes a fiber out that has ended, and goes on with whoever waited for it. Gives what became of the main fiber or an
/// undo, if that was the end of it.
pub(super) fn end(
    program: &Program,
    fibers: &mut Fibers,
    mut number: u64,
    mut outcome: Result<Value, Caught>,
) -> Option<(Role, Result<Value, Caught>)> {
    loop {
        let line = fibers.remove(number)?;
        let Role::Item { parent, index } = line.role else { return Some((line.role, outcome)) };
        if let Some(group) = group_of(fibers, parent) {
            group.members.remove(&number);
            match outcome {
                Ok(value) => {
                    let weighed = value.clone();
                    match group.keep(index, value) {
                        Ok(()) => fibers.give(parent, &weighed),
                        Err(failure) => fail(fibers, parent, raise::caught(failure)),
                    }
                }
                // What a cancelled fiber ends with is no failure of its own.
                Err(_) if line.cancel != Cancel::No => group.cut = true,
                Err(caught) => fail(fibers, parent, caught),
            }
        }
        // Where the parent has no handler either, it ends next.
        (number, outcome) = (parent, Err(fill(program, fibers, parent)?));
    }
}

impl Group {
    fn keep(&mut self, index: usize, value: Value) -> Result<(), Failure> {
        self.extent.add(value.extent())?;
        if self.results.len() <= index {
            self.results.resize(index + 1, Value::None);
        }
        if let Some(place) = self.results.get_mut(index) {
            *place = value;
        }
        Ok(())
    }
}

fn group_of(fibers: &mut Fibers, number: u64) -> Option<&mut Group> {
    match &mut fibers.get_mut(number)?.state {
        State::Parallel(group) => Some(group),
        State::Ready | State::Asking(_) | State::Raising(_) => None,
    }
}

/// Keeps the first failure of a group and cancels the others.
fn fail(fibers: &mut Fibers, number: u64, caught: Caught) {
    let Some(group) = group_of(fibers, number) else { return };
    if group.failure.is_none() {
        group.failure = Some(caught);
        let members: Vec<u64> = group.members.iter().copied().collect();
        fibers.cancel(members);
    }
}

fn work(program: &Program, line: &Line) -> Option<Work> {
    let top = &line.fiber.top;
    match program.op(top.function, top.pc)? {
        Op::Parallel { from, .. } => Some(Work { from: top.reference(from.0), each: false }),
        Op::ParallelEach { from, .. } => Some(Work { from: top.reference(from.0), each: true }),
        _ => None,
    }
}

/// Gives how many items there are.
fn count(program: &Program, line: &Line) -> Result<usize, Failure> {
    let work = work(program, line).ok_or_else(lost)?;
    let items = line.fiber.refs.get(work.from + usize::from(work.each)).ok_or_else(lost)?;
    on::list(items).map(List::len)
}

/// Gives the fiber of the next item, if there is one and room for it.
fn next_item(program: &Program, fibers: &Fibers, number: u64) -> Result<Option<(Fiber, usize)>, Failure> {
    let Some(line) = fibers.get(number) else { return Ok(None) };
    let State::Parallel(group) = &line.state else { return Ok(None) };
    let full = group.at_most != 0 && group.members.len() >= group.at_most;
    if full || group.failure.is_some() || line.cancel == Cancel::Wanted || group.next >= count(program, line)? {
        return Ok(None);
    }
    let work = work(program, line).ok_or_else(lost)?;
    let register = |at: usize| line.fiber.refs.get(at).ok_or_else(lost);
    let index = i64::try_from(group.next).unwrap_or(i64::MAX);
    let fiber = if work.each {
        let item = on::get(register(work.from + 1)?, index)?;
        prepare(program, register(work.from)?, Some(item))?
    } else {
        prepare(program, &on::get(register(work.from)?, index)?, None)?
    };
    Ok(Some((fiber, group.next)))
}

/// Makes the fiber that calls a closure with at most one boxed argument.
pub(super) fn prepare(program: &Program, closure: &Value, argument: Option<Value>) -> Result<Fiber, Failure> {
    let closure = on::closure(closure)?;
    let id = FunctionId(closure.function);
    let function = program.function(id).ok_or_else(lost)?;
    let expected: &[Bank] = if argument.is_some() { &[Bank::Ref] } else { &[] };
    if function.parameters != expected
        || function.result == Some(Bank::Word)
        || usize::from(function.captures) != closure.captured.len()
    {
        let message = format!("function {} is no function for a fiber", function.name);
        return Err(Failure::new(ErrorKind::Internal, message));
    }
    let mut refs: Vec<Value> = argument.into_iter().chain(closure.captured.iter().cloned()).collect();
    refs.resize(usize::from(function.refs).max(refs.len()), Value::None);
    Ok(Fiber::new(id, vec![0; usize::from(function.words)], refs))
}

/// Lets the fiber of a group go on whose members have all ended.
fn settle(program: &Program, fibers: &mut Fibers, number: u64) -> Option<Caught> {
    let line = fibers.get_mut(number)?;
    let State::Parallel(group) = &mut line.state else { return None };
    if !group.members.is_empty() {
        return None;
    }
    if let Some(caught) = group.failure.take() {
        return fibers.raise(program, number, Raised::Passed(caught));
    }
    let (results, next, cut) = (std::mem::take(&mut group.results), group.next, group.cut);
    let placed = count(program, line).and_then(|count| {
        // A cancelled fiber whose items have not all run stays at its instruction, where the cancellation is raised.
        if cut || next < count { Ok(()) } else { place(program, line, results, count) }
    });
    match placed {
        Ok(()) => {
            fibers.set(number, State::Ready);
            None
        }
        Err(failure) => fibers.raise(program, number, Raised::Failure(failure)),
    }
}

/// Puts the results behind the work, and goes on behind the instruction.
fn place(program: &Program, line: &mut Line, mut results: Vec<Value>, count: usize) -> Result<(), Failure> {
    let work = work(program, line).ok_or_else(lost)?;
    results.resize(count, Value::None);
    let results = Value::list(Parts::new(results)?);
    let slot = line.fiber.refs.get_mut(work.from + 1 + usize::from(work.each)).ok_or_else(lost)?;
    *slot = results;
    line.fiber.top.pc += 1;
    Ok(())
}

fn lost() -> Failure {
    Failure::new(ErrorKind::Internal, "a fiber lost what it does in parallel")
}
