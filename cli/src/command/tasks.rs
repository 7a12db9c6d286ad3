//! `tasks`: the life of deployed tasks.

pub(super) mod find;
mod halt;
mod list;
mod rollback;
mod show;

use crate::Answer;
use crate::error::CliError;
use clap::Subcommand;

/// What `tasks` does.
#[derive(Subcommand)]
pub enum Command {
    /// List the tasks in force, when each is due next, and what its last run came to
    List(list::Arguments),
    /// Show a task: what starts it, what it may touch, how it stands
    Show(show::Arguments),
    /// Let nothing of a task begin for a while, with the reason
    #[command(after_help = halt::PAUSE)]
    Pause(halt::Arguments),
    /// Let a task go again that was paused or archived
    Resume(halt::Resume),
    /// Put a task away for good: its history stays
    #[command(after_help = halt::ARCHIVE)]
    Archive(halt::Arguments),
    /// Make an earlier version of a project the newest again, also while it is served
    Rollback(rollback::Arguments),
}

/// Runs one of its commands.
pub fn run(command: Command) -> Result<Answer, CliError> {
    match command {
        Command::List(arguments) => list::run(arguments),
        Command::Show(arguments) => show::run(arguments),
        Command::Pause(arguments) => halt::pause(arguments),
        Command::Resume(arguments) => halt::resume(arguments),
        Command::Archive(arguments) => halt::archive(arguments),
        Command::Rollback(arguments) => rollback::run(arguments),
    }
}
