//! `tasks rollback`: deploys an earlier version of a project again, from the data folder and not from its sources.

use crate::Answer;
use crate::command::deploy::tell;
use crate::data::DataFolder;
use crate::error::CliError;
use crate::project::Project;
use runtime::engine::deploy;
use runtime::history::{History, Version};
use std::path::PathBuf;

/// What `tasks rollback` takes.
#[derive(clap::Args)]
#[command(after_help = "Example: taskwright tasks rollback --to 3\n\n\
The program of that version is deployed again, as the next one. Runs finish on the version that they began with.")]
pub struct Arguments {
    /// A file, or the folder of a project; the current folder where it is not said
    #[arg(value_name = "PATH", default_value = ".")]
    path: PathBuf,
    /// The number of the version; the one before the newest where it is not said
    #[arg(long, value_name = "N")]
    to: Option<u32>,
    #[command(flatten)]
    data: DataFolder,
}

/// Runs it.
pub fn run(arguments: Arguments) -> Result<Answer, CliError> {
    let project = Project::of(&arguments.path)?;
    let folder = arguments.data.of(&project);
    let history = History::open(&folder)?;
    let version = find(&history, &project.name, arguments.to)?;
    let image = history.image(version.image)?;
    tell(&project.name, &folder, deploy(&folder, (*image).clone())?);
    Ok(Answer::Yes)
}

fn find(history: &History, project: &str, to: Option<u32>) -> Result<Version, CliError> {
    let newest = history.newest_version(project)?.map_or(0, |newest| newest.number);
    let wanted = to.unwrap_or_else(|| newest.saturating_sub(1));
    history.version(project, wanted)?.ok_or_else(|| {
        let found = match newest {
            0 => format!("nothing of `{project}` is deployed"),
            1 => format!("version 1 is the only one of `{project}`"),
            newest => format!("there is no version {wanted} of `{project}`: they are 1 to {newest}"),
        };
        CliError::usage(found, "`taskwright deploy` makes a new version of the sources")
    })
}
