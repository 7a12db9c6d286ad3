//! Which data folder is meant, and how an engine of a project is opened.

use crate::error::CliError;
use crate::project::{PROJECT_FILE, Project};
use runtime::engine::{Engine, EngineError, EngineOptions, RunId, RunPrefix};
use runtime::history::History;
use std::path::{Path, PathBuf};

/// The name of the data folder in a project.
const FOLDER: &str = ".taskwright";

/// Where a command finds its data folder.
#[derive(clap::Args)]
pub struct DataFolder {
    /// The folder of runs and history; `.taskwright` in the project where it is not said
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

impl DataFolder {
    /// Gives the folder for a project.
    pub fn of(&self, project: &Project) -> PathBuf {
        self.data.clone().unwrap_or_else(|| project.root.join(FOLDER))
    }

    /// Gives the folder for where the command is typed: that of the project around, else the one here.
    pub fn here(&self) -> PathBuf {
        if let Some(data) = &self.data {
            return data.clone();
        }
        let here = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
        let root = here.ancestors().find(|folder| folder.join(PROJECT_FILE).is_file());
        match root {
            Some(root) if root != here => root.join(FOLDER),
            Some(_) | None => PathBuf::from(FOLDER),
        }
    }

    /// Opens the history of the folder for where the command is typed.
    pub fn history(&self) -> Result<History, CliError> {
        Ok(History::open(&self.here())?)
    }
}

/// What an engine is opened for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Everything goes on.
    Work,
    /// Nothing goes on until it is let go.
    Look,
    /// The folder is thrown away with the process.
    Scratch,
}

/// Opens the engine of a project.
pub fn open(project: &Project, folder: &Path, purpose: Purpose) -> Result<Engine, EngineError> {
    let (paused, scratch) = (purpose == Purpose::Look, purpose == Purpose::Scratch);
    let base = std::path::absolute(&project.root).unwrap_or_else(|_| project.root.clone());
    let zone = project.zone.clone().unwrap_or_else(|| "UTC".to_owned());
    let (secrets, settings, maintenance) =
        (project.secrets.clone(), project.settings.clone(), project.maintenance.clone());
    let options = EngineOptions::new(folder, stdlib::natives());
    Engine::open(EngineOptions { base, zone, secrets, settings, maintenance, paused, scratch, ..options })
}

/// Finds a run by the beginning of its id; `last` is the newest one.
pub fn find_run(history: &History, text: &str) -> Result<RunId, CliError> {
    if text == "last" {
        let newest = history.runs(None, 1)?.into_iter().next();
        return newest
            .map(|run| run.id)
            .ok_or_else(|| CliError::usage("there is no run yet", "`taskwright run FILE.task` starts one"));
    }
    let prefix: RunPrefix = text.parse().map_err(|_| {
        CliError::usage(
            format!("`{text}` is not the beginning of a run's id"),
            "`taskwright runs list` shows the ids; `last` is the newest run",
        )
    })?;
    Ok(history.run(&prefix)?.id)
}

impl From<EngineError> for CliError {
    fn from(error: EngineError) -> Self {
        let help = error.help().to_owned();
        CliError::Engine { message: error.to_string(), help: Some(help) }
    }
}
