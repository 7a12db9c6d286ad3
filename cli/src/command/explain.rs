//! `explain`: the page of a code, or of something in the library.

use crate::Answer;
use crate::error::CliError;
use crate::{library, terminal};
use diagnostics::Code;

/// What `explain` takes.
#[derive(clap::Args)]
#[command(after_help = "Examples: taskwright explain E0301, taskwright explain files, taskwright explain list.sort_by")]
pub struct Arguments {
    /// A code, as diagnostics print it, a module of the library, or something in one; without it, the list of all codes
    /// and modules
    #[arg(value_name = "NAME")]
    name: Option<String>,
}

/// Runs it.
pub fn run(arguments: Arguments) -> Result<Answer, CliError> {
    let Some(name) = arguments.name else {
        for code in Code::ALL {
            terminal::line(&format!("{}  {}", code.number(), code.title()))?;
        }
        let modules: Vec<&str> = library::modules().collect();
        terminal::line(&format!("\nThe library: {}", modules.join(", ")))?;
        return Ok(Answer::Yes);
    };
    if let Some(code) = Code::from_number(&name) {
        terminal::line(code.page().trim_end())?;
        return Ok(Answer::Yes);
    }
    if let Some(page) = library::page(&name) {
        terminal::line(page.trim_end())?;
        return Ok(Answer::Yes);
    }
    let known = Code::ALL.iter().map(|code| code.number()).chain(library::modules());
    // Of `files.reed` the module may be right.
    let near = library::modules().find(|module| name.starts_with(&format!("{module}.")));
    let help = match near.or_else(|| diagnostics::nearest(&name, known)) {
        Some(near) => format!("did you mean {near}? `taskwright explain` lists all codes and modules"),
        None => "`taskwright explain` lists all codes and modules".to_owned(),
    };
    Err(CliError::usage(format!("there is no code and nothing in the library named `{name}`"), help))
}
