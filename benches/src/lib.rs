//! What the benchmarks share: medians, goals, and programs of any length.
//!
//! A time alone says nothing on a shared machine, so every benchmark prints a ratio of two figures of the same run.

mod goal;
mod programs;

pub use goal::Goal;
pub use programs::{program, project, python};

use std::path::PathBuf;
use std::process::Command;
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

/// Gives the median of times; zero where there is none.
pub fn median(mut taken: Vec<Duration>) -> Duration {
    taken.sort();
    taken.get(taken.len() / 2).copied().unwrap_or_default()
}

/// Builds the command, as it is released, and gives where it is; `TASKWRIGHT` names another one.
///
/// # Errors
/// Says that it could not be built.
pub fn taskwright() -> Result<PathBuf, String> {
    if let Some(given) = std::env::var_os("TASKWRIGHT") {
        return Ok(PathBuf::from(given));
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo).args(["build", "--quiet", "--release", "--package", "cli"]).status();
    if !built.is_ok_and(|status| status.success()) {
        return Err("the command could not be built: see what `cargo build --release --package cli` says".to_owned());
    }
    // A benchmark is `target/release/deps/NAME-…`; the command stands two folders above it.
    let own = std::env::current_exe().map_err(|error| format!("where this benchmark is: {error}"))?;
    let command = own.ancestors().nth(2).map(|folder| folder.join("taskwright"));
    command.filter(|path| path.exists()).ok_or_else(|| format!("no command beside {}", own.display()))
}
