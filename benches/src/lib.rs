//! What the benchmarks share: medians, and programs of any length.
//!
//! A time alone says nothing on a shared machine, so every benchmark prints a ratio of two figures of the same run.

mod programs;

pub use programs::{program, project, python};

use std::time::{Duration, Instant};

/// Times several kinds of work in turn, round after round, and gives the median of each.
pub fn medians<const N: usize>(rounds: usize, mut work: [&mut dyn FnMut(); N]) -> [Duration; N] {
    let mut taken = [(); N].map(|()| Vec::with_capacity(rounds));
    for _ in 0..rounds.max(1) {
        for (each, taken) in work.iter_mut().zip(&mut taken) {
            let started = Instant::now();
            each();
            taken.push(started.elapsed());
        }
    }
    taken.map(median)
}

fn median(mut taken: Vec<Duration>) -> Duration {
    taken.sort();
    taken[taken.len() / 2]
}
