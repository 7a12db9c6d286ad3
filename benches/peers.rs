//! The same work in Taskwright, Lua 5.4 and CPython, in turn: `cargo bench --bench peers`.
//!
//! Each program stands in `peers/` once per language and prints one line; a line that differs ends the benchmark. What
//! is timed is the whole process, `taskwright run` with all that makes it durable. The turns are interleaved, so that a
//! busy moment of the machine meets all three. Memory is asked for in a turn of its own.

#![allow(clippy::print_stdout, reason = "a benchmark prints what it found")]

mod peers {
    pub mod process;
    pub mod table;
}

use benches::taskwright;
use peers::process::{Finished, Language, measure, peak_memory};
use peers::table;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The five that the goals are about, then others, so that nobody tunes to five.
const PROGRAMS: &[&str] = &[
    "fib", "loop", "sieve", "records", "strings", "bodies", "closures", "counts", "grid", "matrix", "nodes", "queens",
    "sort", "spectral", "trees", "words",
];

/// How often each program runs in each language.
const ROUNDS: usize = 7;

/// What a program took in a language.
pub struct Measured {
    /// Milliseconds of each round, ascending.
    pub times_ms: Vec<f64>,
    /// The most memory it had, in KiB.
    pub memory_kib: Option<u64>,
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            println!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let languages = languages()?;
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    println!("{}", table::head(&languages));
    let mut rows = Vec::new();
    for program in PROGRAMS.iter().filter(|name| wanted.is_empty() || wanted.iter().any(|each| each == *name)) {
        let row = program_row(program, &languages)?;
        println!("{}", table::row(program, &row));
        rows.push(row);
    }
    println!("{}", table::foot(&rows, &languages));
    Ok(())
}

/// Runs a program in all languages, in turn.
fn program_row(program: &str, languages: &[Language]) -> Result<Vec<Measured>, String> {
    let mut times = vec![Vec::with_capacity(ROUNDS); languages.len()];
    let mut expected: Option<String> = None;
    for _ in 0..ROUNDS {
        for (language, times) in languages.iter().zip(&mut times) {
            let Finished { printed, taken } = measure(language, &source(program, language))?;
            times.push(taken.as_secs_f64() * 1e3);
            let line = expected.get_or_insert_with(|| printed.clone());
            if *line != printed {
                return Err(format!("{program} in {}: expected `{line}`, found `{printed}`", language.name));
            }
        }
    }
    let mut row = Vec::with_capacity(languages.len());
    for (language, mut times_ms) in languages.iter().zip(times) {
        times_ms.sort_by(f64::total_cmp);
        row.push(Measured { times_ms, memory_kib: peak_memory(language, &source(program, language))? });
    }
    Ok(row)
}

fn source(program: &str, language: &Language) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers").join(language.folder);
    folder.join(program).with_extension(language.extension)
}

/// Gives ours first, then the peers that are installed; one that is missing is told.
fn languages() -> Result<Vec<Language>, String> {
    let ours = taskwright()?;
    let mut languages = vec![Language::new("taskwright", ours, &["run", "--ephemeral"], ("task", "task"))];
    let peers = [
        Language::new("lua 5.4", PathBuf::from("lua5.4"), &[], ("lua", "lua")),
        Language::new("cpython", PathBuf::from("python3"), &[], ("python", "py")),
    ];
    for peer in peers {
        match measure(&peer, &source("fib", &peer)) {
            Ok(_) => languages.push(peer),
            Err(why) => println!("{} is left out: {why}", peer.name),
        }
    }
    Ok(languages)
}
