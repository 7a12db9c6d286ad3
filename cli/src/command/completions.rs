//! `completions`: the completions of a shell, from the same definition as the help.

use crate::Answer;
use crate::error::CliError;
use clap::CommandFactory;
use clap_complete::Shell;

/// What `completions` takes.
#[derive(clap::Args)]
#[command(after_help = "Example: taskwright completions bash > ~/.local/share/bash-completion/completions/taskwright")]
pub struct Arguments {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Runs it.
pub fn run(arguments: Arguments) -> Result<Answer, CliError> {
    let mut text = Vec::new();
    clap_complete::generate(arguments.shell, &mut crate::arguments::Arguments::command(), "taskwright", &mut text);
    crate::terminal::line(String::from_utf8_lossy(&text).trim_end())?;
    Ok(Answer::Yes)
}
