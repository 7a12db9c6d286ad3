//! `tasks`: the life of deployed tasks.

mod rollback;

use crate::Answer;
use crate::error::CliError;
use clap::Subcommand;

/// What `tasks` does.
#[derive(Subcommand)]
pub enum Command {
    /// Make an earlier version of a project the newest again, also while it is served
    Rollback(rollback::Arguments),
}

/// Runs one of its commands.
pub fn run(command: Command) -> Result<Answer, CliError> {
    match command {
        Command::Rollback(arguments) => rollback::run(arguments),
    }
}
