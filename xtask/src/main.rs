//! `cargo xtask`: the chores of the repository. Each is a function of the library; here they get their words.

// This is a command of the repository, not the product: it talks to whoever types it.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::process::ExitCode;
use xtask::{book, demo, layers, ready, tidy};

const USAGE: &str = "\
usage: cargo xtask CHORE

  demo     builds the command and shows a task firing on its schedule, with its history
  ready    everything that must hold before a change is merged: format, clippy, layers, tidy, tests, docs
  layers   which crate may know which, and what is kept apart
  book     the book with a page for every code, in target/book
  tidy     blanks at line ends, and files that have grown long
";

fn main() -> ExitCode {
    let chore = std::env::args().nth(1);
    let root = xtask::root();
    let done = match chore.as_deref() {
        Some("ready") => ready::run(&root, &mut |line| println!("{line}")),
        Some("book") => book::run(&root, &mut |line| println!("{line}")),
        Some("demo") => demo::run(&root, &mut |line| println!("{line}")),
        Some("layers") => layers::check(&root).map_err(|error| error.to_string()).and_then(report_layers),
        Some("tidy") => tidy::check(&root).map_err(|error| error.to_string()).and_then(report_tidy),
        Some("help" | "--help" | "-h") => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Some(_) | None => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn report_layers(violations: Vec<layers::Violation>) -> Result<(), String> {
    if violations.is_empty() {
        println!("the layers hold");
        return Ok(());
    }
    Err(layers::describe(&violations))
}

fn report_tidy(findings: tidy::Findings) -> Result<(), String> {
    for (path, lines) in &findings.long {
        println!("{}: {lines} lines; does it answer one question?", path.display());
    }
    if findings.blanks.is_empty() {
        println!("no blanks at line ends");
        return Ok(());
    }
    Err(tidy::describe(&findings))
}
