//! `runs`: what ran, what became of it, and an end to what should not go on.

mod cancel;
mod decide;
mod list;
mod logs;
mod resume;
mod retry;
mod show;

use crate::Answer;
use crate::error::CliError;
use clap::Subcommand;

/// What `runs` does.
#[derive(Subcommand)]
pub enum Command {
    /// List runs, newest first
    List(list::Arguments),
    /// Show a run with its operations
    Show(show::Arguments),
    /// Show what a run logged, and with --follow what it goes on to log
    Logs(logs::Arguments),
    /// Ask a run to stop
    Cancel(cancel::Arguments),
    /// Let a failed run go on where it failed
    Retry(retry::Arguments),
    /// Let go on what `serve --paused` holds
    Resume(resume::Arguments),
    /// Say yes to what a run asks
    Approve(decide::Arguments),
    /// Say no to what a run asks
    Reject(decide::Arguments),
}

/// Runs one of its commands.
pub fn run(command: Command) -> Result<Answer, CliError> {
    match command {
        Command::List(arguments) => list::run(arguments),
        Command::Show(arguments) => show::run(arguments),
        Command::Logs(arguments) => logs::run(arguments),
        Command::Cancel(arguments) => cancel::run(arguments),
        Command::Retry(arguments) => retry::run(arguments),
        Command::Resume(arguments) => resume::run(arguments),
        Command::Approve(arguments) => decide::approve(arguments),
        Command::Reject(arguments) => decide::reject(arguments),
    }
}
