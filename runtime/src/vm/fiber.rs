//! The state of one line of execution: frames over two stacks of registers.
//!
//! Windows overlap: a callee's registers begin at those where its caller put the arguments. The stacks may reach further
//! than the registers of the top frame; what is there is kept for the next window, and is `none`.

use crate::Value;
use bytecode::{FunctionId, R, W};

/// A line of execution.
#[derive(Debug)]
pub(super) struct Fiber {
    /// The word registers of all frames.
    pub words: Vec<u64>,
    /// The reference registers of all frames.
    pub refs: Vec<Value>,
    /// How many words and references the frames have that stand, where the fiber does.
    pub held: (usize, usize),
    /// The frame that runs.
    pub top: Activation,
    /// The frames that wait for it, outermost first; each stands at its call.
    pub callers: Vec<Activation>,
    /// Errors that were caught and may be thrown again, with where they came from.
    pub caught: Vec<Caught>,
}

/// A call of a function that has not returned. It is small, because each call and each return copies one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Activation {
    /// The function.
    pub function: FunctionId,
    /// Its next instruction, or its call where another frame is above.
    pub pc: u32,
    /// Where its word registers begin.
    pub words: u32,
    /// Where its reference registers begin.
    pub refs: u32,
}

impl Activation {
    /// Gives the frame of a function that is called from here, whose windows begin at these registers.
    #[inline(always)]
    pub fn above(&self, function: FunctionId, words: W, refs: R) -> Activation {
        let (words, refs) = (self.words + u32::from(words.0), self.refs + u32::from(refs.0));
        Activation { function, pc: 0, words, refs }
    }

    /// Gives where a word register of the frame stands; the one behind the last says where it ends.
    #[inline(always)]
    pub fn word(&self, register: u16) -> usize {
        self.words as usize + usize::from(register)
    }

    /// As [`Activation::word`], of a reference register.
    #[inline(always)]
    pub fn reference(&self, register: u16) -> usize {
        self.refs as usize + usize::from(register)
    }
}

/// An error that was caught.
#[derive(Clone, Debug)]
pub(super) struct Caught {
    /// The record.
    pub error: Value,
    /// The functions and instructions it came through, innermost first.
    pub trace: Vec<(FunctionId, u32)>,
}

impl Fiber {
    /// Begins a function whose registers are filled.
    pub fn new(function: FunctionId, words: Vec<u64>, refs: Vec<Value>) -> Fiber {
        Fiber {
            held: (words.len(), refs.len()),
            words,
            refs,
            top: Activation { function, pc: 0, words: 0, refs: 0 },
            callers: Vec::new(),
            caught: Vec::new(),
        }
    }
}
