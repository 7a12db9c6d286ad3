//! Many runs in worlds where everything goes wrong that can: operations fail or say nothing, the process is gone at any
//! moment, the clock is set, runs are cancelled and people answer. Whatever happens, no run is lost, nothing happens twice
//! that may not, and whatever waits has a way to wake.
//!
//! `HISTORIES` says how many runs are explored at least, `SEED` where the worlds begin; a failure names the seed of its
//! world. What a world does follows from its seed; where its threads stand at a crash does not. `named` has histories that
//! went wrong elsewhere; for one of them `WAITERS` says how many runs wait for the same event.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod history;
mod named;
mod program;
mod world;

use history::{Explored, World};
use std::time::{Duration, Instant};

/// How long the short run takes, where no number of histories is given.
const SHORT: Duration = Duration::from_secs(15);

#[test]
fn whatever_happens_nothing_is_lost_and_nothing_happens_twice() {
    let number = |name| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let wanted = number("HISTORIES");
    let first = number("SEED").unwrap_or_else(|| u64::from(std::process::id()) << 20);
    println!("SEED={first}");
    let image = program::image();
    let begun = Instant::now();
    let mut all = Explored::default();
    for seed in first.. {
        let Explored { histories, crashes } = World::new(&image, seed).live();
        all.histories += histories;
        all.crashes += crashes;
        if wanted.map_or(begun.elapsed() > SHORT, |wanted| all.histories >= wanted) {
            break;
        }
    }
    println!("{} histories, {} crashes, {:.0?}", all.histories, all.crashes, begun.elapsed());
}
