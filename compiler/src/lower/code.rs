//! The code of one function while it is written: instructions, labels, registers, places and handlers.
//!
//! Registers of a bank are a stack: what is allocated last is released first. What is behind a jump that always goes is
//! not written at all, so the code has no unreachable instruction. Which instruction means what is left to others.

use bytecode::{Bank, Handler, Op, R, Takes, To, W};
use diagnostics::Place;

/// A register of either bank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reg {
    /// A word.
    Word(u16),
    /// A reference.
    Ref(u16),
}

/// A place in the code that is jumped to, before it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Label(u32);

/// How high the stacks of registers were.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    words: u16,
    refs: u16,
}

struct Pending {
    from: u32,
    to: u32,
    takes: Takes,
    into: u16,
    target: Label,
}

/// The code of one function.
#[derive(Default)]
pub(super) struct Code {
    ops: Vec<Op>,
    labels: Vec<LabelState>,
    handlers: Vec<Pending>,
    places: Vec<(u32, Place)>,
    place: Option<Place>,
    words: Bankful,
    refs: Bankful,
    unreachable: bool,
}

#[derive(Default)]
struct LabelState {
    at: u32,
    used: bool,
}

#[derive(Default)]
struct Bankful {
    top: u16,
    most: u16,
    overflowed: bool,
}

impl Bankful {
    fn allocate(&mut self) -> u16 {
        let register = self.top;
        self.reserve(register);
        register
    }

    fn reserve(&mut self, register: u16) {
        if register == u16::MAX {
            self.overflowed = true;
            return;
        }
        self.top = self.top.max(register + 1);
        self.most = self.most.max(self.top);
    }
}

/// What [`Code::finish`] gives.
pub(super) struct Finished {
    pub(super) ops: Vec<Op>,
    pub(super) handlers: Vec<Handler>,
    pub(super) places: Vec<(u32, Place)>,
    pub(super) words: u16,
    pub(super) refs: u16,
    /// Whether more registers were asked for than there are.
    pub(super) overflowed: bool,
}

impl Code {
    /// Sets the place that the next instructions mean, and gives the one before.
    pub(super) fn place(&mut self, place: Place) -> Option<Place> {
        self.place.replace(place)
    }

    /// Appends an instruction, unless nothing comes here.
    pub(super) fn emit(&mut self, op: Op) {
        if self.unreachable {
            return;
        }
        if let Some(place) = self.place
            && self.places.last().is_none_or(|(_, last)| *last != place)
        {
            self.places.push((self.ops.len() as u32, place));
        }
        self.ops.push(op);
        self.unreachable =
            matches!(op, Op::Jump { .. } | Op::Return {} | Op::ReturnW { .. } | Op::ReturnR { .. } | Op::Fail { .. });
    }

    /// Gives the number of the next instruction.
    pub(super) fn here(&self) -> u32 {
        self.ops.len() as u32
    }

    /// Says whether anything comes here.
    pub(super) fn is_reachable(&self) -> bool {
        !self.unreachable
    }

    /// Makes a label.
    pub(super) fn label(&mut self) -> Label {
        self.labels.push(LabelState::default());
        Label(self.labels.len() as u32 - 1)
    }

    /// Puts a label before the next instruction.
    pub(super) fn bind(&mut self, label: Label) {
        let here = self.here();
        let state = &mut self.labels[label.0 as usize];
        state.at = here;
        if state.used {
            self.unreachable = false;
        }
    }

    /// Puts a label before the next instruction, to which code that is not written yet will jump back.
    pub(super) fn force(&mut self, label: Label) {
        self.labels[label.0 as usize].used = true;
        self.bind(label);
    }

    /// Refers to a label from an instruction.
    pub(super) fn to(&mut self, label: Label) -> To {
        if !self.unreachable {
            self.labels[label.0 as usize].used = true;
        }
        To(label.0)
    }

    /// Goes on at a label.
    pub(super) fn jump(&mut self, label: Label) {
        let to = self.to(label);
        self.emit(Op::Jump { to });
    }

    /// Goes on at a label if a word is `when`.
    pub(super) fn jump_if(&mut self, condition: u16, when: bool, label: Label) {
        let (condition, to) = (W(condition), self.to(label));
        self.emit(if when { Op::JumpIf { condition, to } } else { Op::JumpIfNot { condition, to } });
    }

    /// Goes on at a label if it is so `when` that a reference is `none`.
    pub(super) fn jump_if_none(&mut self, value: u16, when: bool, label: Label) {
        let (value, to) = (R(value), self.to(label));
        self.emit(if when { Op::JumpIfNone { value, to } } else { Op::JumpIfSome { value, to } });
    }

    /// Goes on at a label if a case is not the one with a number.
    pub(super) fn jump_if_not_case(&mut self, value: R, tag: u16, label: Label) {
        let to = self.to(label);
        self.emit(Op::JumpNotCase { value, tag, to });
    }

    /// Goes on at a label if an int is less than a literal.
    pub(super) fn jump_if_less(&mut self, left: W, value: i16, label: Label) {
        let to = self.to(label);
        self.emit(Op::JumpLtBy { left, value, to });
    }

    /// Ends a turn of a loop over the ints from `at` up to `last`, which does not belong to it.
    pub(super) fn next(&mut self, at: W, last: W, body: Label) {
        let to = self.to(body);
        self.emit(Op::Next { at, last, to });
    }

    /// As [`Code::next`], where `last` belongs to it.
    pub(super) fn next_through(&mut self, at: W, last: W, body: Label) {
        let to = self.to(body);
        self.emit(Op::NextThrough { at, last, to });
    }

    /// Sends the errors of ranges of instructions to a label. Inner handlers are added before outer ones.
    pub(super) fn handle(&mut self, ranges: &[(u32, u32)], takes: &Takes, into: u16, target: Label) {
        for (from, to) in ranges.iter().copied().filter(|(from, to)| from < to) {
            self.labels[target.0 as usize].used = true;
            self.handlers.push(Pending { from, to, takes: takes.clone(), into, target });
        }
    }

    /// Takes the next register of a bank.
    pub(super) fn allocate(&mut self, bank: Bank) -> Reg {
        match bank {
            Bank::Word => Reg::Word(self.word()),
            Bank::Ref => Reg::Ref(self.reference()),
        }
    }

    /// Takes the next word register.
    pub(super) fn word(&mut self) -> u16 {
        self.words.allocate()
    }

    /// Takes the next reference register.
    pub(super) fn reference(&mut self) -> u16 {
        self.refs.allocate()
    }

    /// Makes sure that a register is taken.
    pub(super) fn reserve(&mut self, register: Reg) {
        match register {
            Reg::Word(at) => self.words.reserve(at),
            Reg::Ref(at) => self.refs.reserve(at),
        }
    }

    /// Gives where the next window begins: the first free registers, or `result` if nothing stands above it.
    pub(super) fn window(&self, result: Option<Reg>) -> (u16, u16) {
        match result {
            Some(Reg::Word(at)) if self.words.top > 0 && at == self.words.top - 1 => (at, self.refs.top),
            Some(Reg::Ref(at)) if self.refs.top > 0 && at == self.refs.top - 1 => (self.words.top, at),
            Some(_) | None => (self.words.top, self.refs.top),
        }
    }

    /// Remembers how many registers are taken.
    pub(super) fn mark(&self) -> Mark {
        Mark { words: self.words.top, refs: self.refs.top }
    }

    /// Releases what was taken since.
    pub(super) fn release(&mut self, mark: Mark) {
        self.words.top = mark.words;
        self.refs.top = mark.refs;
    }

    /// Ends the function: labels become numbers of instructions.
    pub(super) fn finish(mut self) -> Finished {
        let labels = &self.labels;
        let resolve = |to: &mut To| to.0 = labels.get(to.0 as usize).map_or(0, |state| state.at);
        for op in &mut self.ops {
            if let Some(to) = op.target_mut() {
                resolve(to);
            }
        }
        let handler = |pending: Pending| {
            let mut target = To(pending.target.0);
            resolve(&mut target);
            let (from, to) = (To(pending.from), To(pending.to));
            Handler { from, to, takes: pending.takes, into: R(pending.into), target }
        };
        Finished {
            handlers: self.handlers.into_iter().map(handler).collect(),
            ops: self.ops,
            places: self.places,
            words: self.words.most,
            refs: self.refs.most,
            overflowed: self.words.overflowed || self.refs.overflowed,
        }
    }
}
