//! Ways out of a loop or function: what stands in a `finally` on the way is done first.

use super::writer::{Exit, Writer};
use crate::ir::Expr;

impl<'p> Writer<'_, 'p> {
    /// Writes `continue` or `break` of the innermost loop.
    pub(super) fn leave_turn(&mut self, goes_on: bool) {
        let innermost = self.exits.iter().enumerate().rev().find_map(|(at, exit)| match exit {
            Exit::Loop { next, over } => Some((at, if goes_on { *next } else { *over })),
            Exit::Finally { .. } => None,
        });
        if let Some((at, label)) = innermost {
            self.leave(at + 1);
            self.code.jump(label);
        }
    }

    /// Writes `return`.
    pub(super) fn return_value(&mut self, value: Option<&'p Expr>) {
        let finally = self.exits.iter().any(|exit| matches!(exit, Exit::Finally { .. }));
        match value {
            Some(value) if !finally => self.give_last(value),
            Some(value) if self.bank(value.type_).is_some() => {
                // In a register of its own: a `finally` may change the variable that is returned.
                let register = self.temporary(value);
                self.leave(0);
                self.give(Some(register));
            }
            Some(value) => {
                self.lower(value, None);
                self.leave(0);
                self.give(None);
            }
            None => {
                self.leave(0);
                self.give(None);
            }
        }
    }

    /// Writes each `finally` from the innermost down to a height of the exits. None of them, and nothing inside of them,
    /// takes errors of that code.
    fn leave(&mut self, down_to: usize) {
        let mut left = Vec::new();
        let mut paused = Vec::new();
        while self.exits.len() > down_to
            && let Some(exit) = self.exits.pop()
        {
            left.push(exit);
            if let Exit::Finally { code, guards } = exit {
                let mut inner = self.guards.split_off(guards.min(self.guards.len()));
                inner.iter_mut().for_each(|guard| self.pause(guard));
                paused.push(inner);
                self.lower(code, None);
            }
        }
        for inner in paused.into_iter().rev() {
            self.guards.extend(inner);
        }
        let lowest = left.iter().filter_map(|exit| match exit {
            Exit::Finally { guards, .. } => Some(*guards),
            Exit::Loop { .. } => None,
        });
        let lowest = lowest.min().unwrap_or(self.guards.len());
        let mut resumed = self.guards.split_off(lowest);
        resumed.iter_mut().for_each(|guard| self.resume(guard));
        self.guards.extend(resumed);
        self.exits.extend(left.into_iter().rev());
    }
}
