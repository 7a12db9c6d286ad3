//! `taskwright`: the one command. Reads the command line, runs one command, and turns its end into an exit code.
//!
//! Data goes to standard output, talk to standard error. Exit codes: 0 done, 1 the answer is no, 2 wrong use,
//! 3 a defect of ours.

mod arguments;
mod command;
mod data;
mod error;
mod events;
mod follow;
mod heads;
mod library;
mod numbers;
mod project;
mod report;
mod signals;
mod terminal;
mod times;
mod unheeded;

use arguments::Arguments;
use clap::Parser;
use error::CliError;
use std::process::ExitCode;

/// What a command that did its work says.
enum Answer {
    /// Done, or yes.
    Yes,
    /// Findings, a failed run, nothing found.
    No,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    terminal::set_up(arguments.color);
    // A panic is a defect of ours: say so, and how to tell us, without a wall of addresses.
    std::panic::set_hook(Box::new(terminal::report_defect));
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| command::run(arguments.command)));
    match outcome {
        Ok(Ok(Answer::Yes)) => ExitCode::SUCCESS,
        Ok(Ok(Answer::No)) => ExitCode::from(1),
        // Whoever reads our output has seen enough: `taskwright … | head`.
        Ok(Err(CliError::Output(error))) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Ok(Err(error)) => {
            let code = error.exit_code();
            terminal::report(&error);
            ExitCode::from(code)
        }
        Err(_) => ExitCode::from(3),
    }
}
