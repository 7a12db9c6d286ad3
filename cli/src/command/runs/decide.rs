//! `runs approve` and `runs reject`: decide what a run asks, whoever has its data folder.

use crate::Answer;
use crate::arguments::user;
use crate::data::{DataFolder, find_run};
use crate::error::CliError;
use crate::terminal;
use runtime::engine::{Decision, answer};

/// What `runs approve` and `runs reject` take.
#[derive(clap::Args)]
#[command(after_help = "Example: taskwright runs approve last --comment \"within the budget\"")]
pub struct Arguments {
    /// The beginning of the run's id, or `last`
    #[arg(value_name = "RUN")]
    run: String,
    /// What is said about it
    #[arg(long, value_name = "TEXT", default_value = "")]
    comment: String,
    /// Who decides; otherwise the user of this system
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    #[command(flatten)]
    data: DataFolder,
}

/// Runs `runs approve`.
pub fn approve(arguments: Arguments) -> Result<Answer, CliError> {
    let run = decide(arguments, true)?;
    terminal::talk(&format!("run {run} is approved; it goes on where its folder is served"));
    Ok(Answer::Yes)
}

/// Runs `runs reject`.
pub fn reject(arguments: Arguments) -> Result<Answer, CliError> {
    let run = decide(arguments, false)?;
    terminal::talk(&format!("run {run} is rejected; it goes on where its folder is served"));
    Ok(Answer::Yes)
}

fn decide(arguments: Arguments, approved: bool) -> Result<String, CliError> {
    let run = find_run(&arguments.data.history()?, &arguments.run)?;
    let decision = Decision { approved, by: user(arguments.by), comment: arguments.comment };
    Ok(answer(&arguments.data.here(), &run.into(), decision)?.to_string())
}
