//! `compile`: from sources to an image file.

use crate::Answer;
use crate::error::CliError;
use crate::project::Project;
use crate::terminal;
use std::io::Write;
use std::path::PathBuf;

/// What `compile` takes.
#[derive(clap::Args)]
#[command(after_help = "Example: taskwright compile backup.task -o backup.taskc")]
pub struct Arguments {
    /// A file, or the folder of a project
    #[arg(value_name = "FILE")]
    path: PathBuf,
    /// Where the image goes; beside the source where it is not said
    #[arg(short, long, value_name = "IMAGE")]
    output: Option<PathBuf>,
}

/// Runs it. The answer is no if there are errors in the sources.
pub fn run(arguments: Arguments) -> Result<Answer, CliError> {
    let project = Project::of(&arguments.path)?;
    let Some(image) = super::build(&project)? else { return Ok(Answer::No) };
    let output = arguments.output.unwrap_or_else(|| {
        if arguments.path.is_dir() {
            arguments.path.join(format!("{}.taskc", project.name))
        } else {
            arguments.path.with_extension("taskc")
        }
    });
    let bytes = image.encode();
    let write = |source| CliError::Write { path: output.clone(), source };
    let folder = output.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut file = tempfile::NamedTempFile::new_in(folder.unwrap_or(".".as_ref())).map_err(write)?;
    file.write_all(&bytes).map_err(write)?;
    file.persist(&output).map_err(|error| write(error.error))?;
    terminal::talk(&format!("{}: {} bytes, image {}", output.display(), bytes.len(), image.hash()));
    Ok(Answer::Yes)
}
