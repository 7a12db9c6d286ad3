//! `disasm`: an image as a listing beside its source.

use crate::Answer;
use crate::error::CliError;
use crate::project::Project;
use crate::terminal;
use bytecode::Image;
use std::fs;
use std::path::PathBuf;

/// What `disasm` takes.
#[derive(clap::Args)]
#[command(after_help = "Example: taskwright disasm backup.taskc")]
pub struct Arguments {
    /// An image, or a .task file, which is compiled first
    #[arg(value_name = "IMAGE")]
    path: PathBuf,
}

/// Runs it.
pub fn run(arguments: Arguments) -> Result<Answer, CliError> {
    let path = arguments.path;
    if !path.exists() {
        return Err(CliError::Missing { path });
    }
    let image = if path.is_dir() || path.extension().is_some_and(|extension| extension == "task") {
        match super::build(&Project::of(&path)?)? {
            Some(image) => image,
            None => return Ok(Answer::No),
        }
    } else {
        let bytes = fs::read(&path).map_err(|source| CliError::Read { path: path.clone(), source })?;
        Image::decode(&bytes).map_err(|error| CliError::Image { path, message: error.to_string() })?
    };
    terminal::line(bytecode::disassemble(&image).trim_end())?;
    Ok(Answer::Yes)
}
