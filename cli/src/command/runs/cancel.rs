//! `runs cancel`: asks a run to stop, whoever has its data folder.

use crate::Answer;
use crate::data::{DataFolder, find_run};
use crate::error::CliError;
use crate::terminal;
use runtime::engine::{Cancelled, cancel};

/// What `runs cancel` takes.
#[derive(clap::Args)]
#[command(after_help = "Example: taskwright runs cancel last")]
pub struct Arguments {
    /// The beginning of the run's id, or `last`
    #[arg(value_name = "RUN")]
    run: String,
    #[command(flatten)]
    data: DataFolder,
}

/// Runs it.
pub fn run(arguments: Arguments) -> Result<Answer, CliError> {
    let run = find_run(&arguments.data.history()?, &arguments.run)?;
    terminal::talk(&match cancel(&arguments.data.here(), &run.into())? {
        Cancelled::Done(run) => format!("run {run} is cancelled"),
        Cancelled::Asked(run) => format!("run {run} is asked to stop; it does at its next operation"),
    });
    Ok(Answer::Yes)
}
