//! Ways out of a loop or function: what stands in a `finally` on the way is done first, and steps are left.

use super::errors::Guard;
use super::writer::{Exit, Writer};
use crate::ir::Expr;

impl<'p> Writer<'_, 'p> {
    /// Writes `continue` or `break` of the innermost loop.
    pub(super) fn leave_turn(&mut self, goes_on: bool) {
        let innermost = self.exits.iter().enumerate().rev().find_map(|(at, exit)| match exit {
            Exit::Loop { next, over } => Some((at, if goes_on { *next } else { *over })),
            Exit::Finally { .. } | Exit::Step { .. } => None,
        });
        if let Some((at, label)) = innermost {
            self.leave(at + 1);
            self.code.jump(label);
        }
    }

    /// Writes `return`.
    pub(super) fn return_value(&mut self, value: Option<&'p Expr>) {
        if let Some((label, result)) = self.ending {
            // In a register of its own: until it is made, the result may be what is given otherwise.
            let given = value.filter(|_| result.is_some()).map(|value| self.temporary(value));
            if let (None, Some(value)) = (given, value) {
                self.lower(value, None);
            }
            self.leave(0);
            if let (Some(given), Some(result)) = (given, result) {
                self.take(result, given);
            }
            self.code.jump(label);
            return;
        }
        let plain = self.exits.iter().all(|exit| matches!(exit, Exit::Loop { .. }));
        match value {
            Some(value) if plain => self.give_last(value),
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

    /// Writes each `finally` and the end of each step from the innermost down to a height of the exits. None of them,
    /// and nothing inside of them, takes errors of that code.
    fn leave(&mut self, down_to: usize) {
        let mut left = Vec::new();
        let mut paused = Vec::new();
        while self.exits.len() > down_to
            && let Some(exit) = self.exits.pop()
        {
            left.push(exit);
            match exit {
                Exit::Loop { .. } => {}
                Exit::Finally { code, guards } => {
                    paused.push(self.pause_above(guards));
                    self.lower(code, None);
                }
                Exit::Step { step, guards } => {
                    paused.push(self.pause_above(guards));
                    self.leave_step(step);
                }
            }
        }
        for inner in paused.into_iter().rev() {
            self.guards.extend(inner);
        }
        let lowest = left.iter().filter_map(|exit| match exit {
            Exit::Finally { guards, .. } | Exit::Step { guards, .. } => Some(*guards),
            Exit::Loop { .. } => None,
        });
        let lowest = lowest.min().unwrap_or(self.guards.len());
        let mut resumed = self.guards.split_off(lowest);
        resumed.iter_mut().for_each(|guard| self.resume(guard));
        self.guards.extend(resumed);
        self.exits.extend(left.into_iter().rev());
    }

    /// Takes the guards above a height away, so that they take no errors of what comes next.
    fn pause_above(&mut self, height: usize) -> Vec<Guard> {
        let mut inner = self.guards.split_off(height.min(self.guards.len()));
        inner.iter_mut().for_each(|guard| self.pause(guard));
        inner
    }
}
