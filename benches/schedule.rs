//! How fast schedules are on this machine: `cargo bench --bench schedule`.
//!
//! A year of a thousand schedules in virtual time, and a runtime with a hundred thousand of them: how long it takes to have them
//! in force, what they use while none is due, how late runs start at a thousand a second, and ten thousand at one instant.
//! Names of parts choose some of them.

#![allow(clippy::print_stdout, reason = "a benchmark prints what it found")]

#[path = "engine/process.rs"]
mod process;

mod schedule {
    pub mod forecast;
    pub mod runtime;
}

use benches::Goal;
use schedule::{forecast, runtime};
use std::io;
use std::path::Path;
use std::process::ExitCode;

type Part = (&'static str, fn(&Path) -> io::Result<Vec<Goal>>);

const PARTS: &[Part] = &[
    ("forecast", |_| forecast::year()),
    ("load", runtime::load),
    ("steady", runtime::steady),
    ("burst", runtime::burst),
];

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> io::Result<()> {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let own = std::env::current_exe()?;
    let mut goals = Vec::new();
    for (name, part) in PARTS.iter().filter(|(name, _)| wanted.is_empty() || wanted.iter().any(|each| each == name)) {
        // Beside this program, and not in a folder that only lies in memory.
        let folder = tempfile::tempdir_in(own.parent().unwrap_or(&own))?;
        println!("{name}:");
        goals.extend(part(folder.path())?);
    }
    println!();
    for goal in goals {
        println!("{goal}");
    }
    Ok(())
}
