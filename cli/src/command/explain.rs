//! `explain`: the page of a code.

use crate::Answer;
use crate::error::CliError;
use crate::terminal;
use diagnostics::Code;

/// What `explain` takes.
#[derive(clap::Args)]
#[command(after_help = "Example: taskwright explain E0301")]
pub struct Arguments {
    /// The code, as diagnostics print it; without one, the list of all
    #[arg(value_name = "CODE")]
    code: Option<String>,
}

/// Runs it.
pub fn run(arguments: Arguments) -> Result<Answer, CliError> {
    let Some(number) = arguments.code else {
        for code in Code::ALL {
            terminal::line(&format!("{}  {}", code.number(), code.title()))?;
        }
        return Ok(Answer::Yes);
    };
    if let Some(code) = Code::from_number(&number) {
        terminal::line(code.page().trim_end())?;
        return Ok(Answer::Yes);
    }
    let known = Code::ALL.iter().map(|code| code.number());
    let help = match diagnostics::nearest(&number, known) {
        Some(near) => format!("did you mean {near}? `taskwright explain` lists all codes"),
        None => "`taskwright explain` lists all codes".to_owned(),
    };
    Err(CliError::usage(format!("there is no code `{number}`"), help))
}
