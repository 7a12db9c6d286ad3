//! How fast the durable engine is on this machine: `cargo bench --bench engine`.
//!
//! Every figure of a rate stands beside what the disk and SQLite alone do in the same minute, measured in turn. Names of
//! parts choose some of them; `--full` takes the full sizes: 100,000 queued and 1,000,000 sleeping runs.

#![allow(clippy::print_stdout, reason = "a benchmark prints what it found")]

mod engine {
    pub mod idle;
    pub mod killed;
    pub mod process;
    pub mod program;
    pub mod queue;
    pub mod raw;
    pub mod sleepers;
    pub mod steps;
}

use benches::Goal;
use engine::{idle, killed, queue, sleepers, steps};
use std::io;
use std::path::Path;
use std::process::ExitCode;

/// How much is measured.
struct Sizes {
    queued: usize,
    sleeping: usize,
    in_flight: usize,
}

const USUAL: Sizes = Sizes { queued: 40_000, sleeping: 50_000, in_flight: 10_000 };
const FULL: Sizes = Sizes { queued: 100_000, sleeping: 1_000_000, in_flight: 10_000 };

type Part = (&'static str, fn(&Path, &Sizes) -> io::Result<Vec<Goal>>);

const PARTS: &[Part] = &[
    ("steps", |folder, _| steps::at_once(folder)),
    ("row", |folder, _| steps::in_a_row(folder)),
    ("queue", |folder, sizes| queue::queued(folder, sizes.queued)),
    ("sleepers", |folder, sizes| sleepers::sleeping(folder, sizes.sleeping)),
    ("killed", |folder, sizes| killed::in_flight(folder, sizes.in_flight)),
    ("idle", |folder, _| idle::serve(folder)),
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
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, folder, count] = arguments.as_slice()
        && flag == killed::VICTIM
    {
        return killed::until_killed(Path::new(folder), count.parse().map_err(io::Error::other)?);
    }
    let sizes = if arguments.iter().any(|argument| argument == "--full") { FULL } else { USUAL };
    let wanted: Vec<&String> = arguments.iter().filter(|argument| !argument.starts_with('-')).collect();
    let own = std::env::current_exe()?;
    let mut goals = Vec::new();
    for (name, part) in PARTS.iter().filter(|(name, _)| wanted.is_empty() || wanted.iter().any(|each| each == name)) {
        // Beside this program, and not in a folder that only lies in memory.
        let folder = tempfile::tempdir_in(own.parent().unwrap_or(&own))?;
        println!("{name}:");
        goals.extend(part(folder.path(), &sizes)?);
    }
    println!();
    for goal in goals {
        println!("{goal}");
    }
    Ok(())
}
