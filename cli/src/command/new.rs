//! `new`: a project with a first task.

use crate::Answer;
use crate::error::CliError;
use crate::project::PROJECT_FILE;
use crate::terminal;
use std::fs;
use std::path::{Path, PathBuf};

/// What `new` takes.
#[derive(clap::Args)]
#[command(after_help = "Example: taskwright new chores && taskwright run chores/hello.task")]
pub struct Arguments {
    /// The folder to make; its name is the project's
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

/// The files of a new project: path and text. `%PROJECT%` stands for the project's name.
const FILES: &[(&str, &str)] = &[
    (PROJECT_FILE, include_str!("new/taskwright.toml")),
    ("hello.task", include_str!("new/hello.task")),
    (".gitignore", ".taskwright/\n*.taskc\n"),
    (".vscode/extensions.json", include_str!("new/extensions.json")),
    (".github/workflows/taskwright.yml", include_str!("new/workflow.yml")),
];

/// Runs it. Nothing that is there is overwritten.
pub fn run(arguments: Arguments) -> Result<Answer, CliError> {
    let folder = &arguments.folder;
    let occupied = match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_some(),
        Err(_) => folder.exists(),
    };
    if occupied {
        return Err(CliError::usage(
            format!("`{}` is there already and is not an empty folder", folder.display()),
            "name a folder that does not exist yet",
        ));
    }
    let name = project_name(folder);
    for (path, text) in FILES {
        write(&folder.join(path), &text.replace("%PROJECT%", &name))?;
    }
    let shown = folder.display();
    terminal::talk(&format!(
        "made the project `{name}` in {shown}\n\n  taskwright check {shown}            every mistake, before anything runs\n  taskwright run {shown}/hello.task   runs the task once\n  taskwright serve {shown}            runs it on its schedule"
    ));
    Ok(Answer::Yes)
}

fn write(path: &Path, text: &str) -> Result<(), CliError> {
    let failed = |source| CliError::Write { path: path.to_owned(), source };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    fs::write(path, text).map_err(failed)
}

/// Gives a name from a folder's: letters, digits and underscores.
fn project_name(folder: &Path) -> String {
    let name = folder.file_name().map_or_else(String::new, |name| name.to_string_lossy().to_lowercase());
    let name: String = name.chars().map(|it| if it.is_alphanumeric() { it } else { '_' }).collect();
    if name.is_empty() { "project".to_owned() } else { name }
}
