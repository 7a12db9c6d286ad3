//! `tasks`: the life of deployed tasks.

mod list;
mod rollback;

use crate::Answer;
use crate::error::CliError;
use clap::Subcommand;

/// What `tasks` does.
#[derive(Subcommand)]
pub enum Command {
    /// List the tasks in force, when each is due next, and what its last run came to
    List(list::Arguments),
    /// Make an earlier version of a project the newest again, also while it is served
    Rollback(rollback::Arguments),
}

/// Runs one of its commands.
pub fn run(command: Command) -> Result<Answer, CliError> {
    match command {
        Command::List(arguments) => list::run(arguments),
        Command::Rollback(arguments) => rollback::run(arguments),
    }
}
