//! Which tasks start in the same minute.
//!
//! For each minute only the number of its tasks is kept, and a sum of numbers that stand for them; minutes with the same
//! sum have the same tasks. Who they are is asked of the rules, for the few that are told.

use super::Scheduled;
use crate::jitter_of;
use std::collections::HashMap;

const MINUTE: i64 = 60_000_000;

/// How many sets of tasks are told.
const MOST: usize = 10;

/// Tasks that start in the same minute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Together {
    /// The numbers of the tasks.
    pub tasks: Vec<usize>,
    /// In how many minutes just these start.
    pub minutes: u64,
    /// The first of the minutes.
    pub first: i64,
}

/// The minutes of a span.
pub(super) struct Minutes {
    first: i64,
    /// How many tasks start, and the sum of what stands for them.
    tasks: Vec<(u32, u64)>,
    /// The task that was counted last, and its minute.
    latest: Option<(usize, i64)>,
}

impl Minutes {
    pub(super) fn new(from: i64, to: i64) -> Minutes {
        let first = from.div_euclid(MINUTE);
        let length = usize::try_from((to - 1).div_euclid(MINUTE) - first + 1).unwrap_or(0);
        Minutes { first, tasks: vec![(0, 0); length], latest: None }
    }

    /// Counts a start; those of one task come one after the other, rising.
    pub(super) fn add(&mut self, task: usize, at: i64) {
        let minute = at.div_euclid(MINUTE);
        if self.latest.replace((task, minute)) == Some((task, minute)) {
            return;
        }
        if let Some((count, sum)) = usize::try_from(minute - self.first).ok().and_then(|at| self.tasks.get_mut(at)) {
            *count += 1;
            *sum = sum.wrapping_add(sign(task));
        }
    }

    /// Gives the sets of tasks that start together, the largest and then the most frequent first.
    pub(super) fn together(&self, tasks: &[Scheduled]) -> Vec<Together> {
        let mut sets: HashMap<(u32, u64), (u64, usize)> = HashMap::new();
        for (at, set) in self.tasks.iter().enumerate().filter(|(_, (count, _))| *count > 1) {
            sets.entry(*set).or_insert((0, at)).0 += 1;
        }
        let mut sets: Vec<_> = sets.into_iter().map(|((count, _), (minutes, at))| (count, minutes, at)).collect();
        sets.sort_unstable_by_key(|&(count, minutes, at)| (std::cmp::Reverse((count, minutes)), at));
        let told = sets.into_iter().take(MOST).map(|(_, minutes, at)| {
            let first = (self.first + i64::try_from(at).unwrap_or(0)) * MINUTE;
            Together { tasks: starting(tasks, first), minutes, first }
        });
        told.collect()
    }
}

/// Gives a number that stands for a task: the rounds of SplitMix64, so that sums of different tasks differ.
fn sign(task: usize) -> u64 {
    let mut bits = (task as u64).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ bits >> 31
}

fn starting(tasks: &[Scheduled], minute: i64) -> Vec<usize> {
    let starts = |task: &Scheduled| {
        task.rules.iter().enumerate().any(|(number, (rule, jitter))| {
            let delay = jitter.map_or(0, |widest| jitter_of(&task.task, number, widest));
            rule.next(minute - delay).is_some_and(|due| due + delay < minute + MINUTE)
        })
    };
    (0..).zip(tasks).filter(|(_, task)| starts(task)).map(|(number, _)| number).collect()
}
