//! `deploy`: puts a project into a data folder as its next version, whether or not a process serves the folder.

use crate::Answer;
use crate::data::DataFolder;
use crate::error::CliError;
use crate::project::Project;
use crate::{terminal, unheeded};
use runtime::engine::{Deployed, deploy};
use std::path::{Path, PathBuf};

/// What `deploy` takes.
#[derive(clap::Args)]
#[command(after_help = "Example: taskwright deploy . --data /var/lib/taskwright\n\n\
A process that serves the project in this folder takes the version over without a restart. Runs finish on the version \
that they began with.")]
pub struct Arguments {
    /// A file, or the folder of a project; the current folder where it is not said
    #[arg(value_name = "PATH", default_value = ".")]
    path: PathBuf,
    #[command(flatten)]
    data: DataFolder,
}

/// Runs it. The answer is no if the sources have errors.
pub fn run(arguments: Arguments) -> Result<Answer, CliError> {
    let project = Project::of(&arguments.path)?;
    let Some(image) = super::build(&project)? else { return Ok(Answer::No) };
    project.expect_settings(&image)?;
    unheeded::tell(&image.tasks);
    let folder = arguments.data.of(&project);
    tell(&project.name, &folder, deploy(&folder, image)?);
    Ok(Answer::Yes)
}

/// Says what became of it.
pub fn tell(name: &str, folder: &Path, deployed: Deployed) {
    let shown = folder.display();
    terminal::talk(&match deployed {
        Deployed::New(version) => format!("version {} of `{name}` is deployed in {shown}", version.number),
        Deployed::Same(version) => {
            format!("nothing has changed: version {} of `{name}` in {shown} is the same program", version.number)
        }
        Deployed::Asked => format!(
            "it is asked that `{name}` is deployed; the process that holds {shown} has not answered yet, and it or the next \
             one that serves the folder will"
        ),
    });
}
