//! Which task of a data folder is meant.

use crate::error::CliError;
use runtime::history::{History, RunSummary};
use std::collections::BTreeSet;

/// A task of a data folder.
#[derive(clap::Args)]
pub struct Named {
    /// The task
    #[arg(value_name = "TASK")]
    pub task: String,
    /// Its project, where tasks of several projects have the name
    #[arg(long, value_name = "NAME")]
    project: Option<String>,
}

impl Named {
    /// Gives the project of the task, of which only runs may be left.
    pub fn project_of_runs(&self, history: &History) -> Result<String, CliError> {
        self.project(history).or_else(|unknown| {
            let is_its = |run: &RunSummary| {
                run.task == self.task && self.project.as_ref().is_none_or(|wanted| *wanted == run.project)
            };
            history.runs_since(None, 1, is_its)?.pop().map(|run| run.project).ok_or(unknown)
        })
    }

    /// Gives the project of the task, which has an image now or is paused or archived.
    pub fn project(&self, history: &History) -> Result<String, CliError> {
        let mut known: BTreeSet<(String, String)> = history.tasks()?.into_iter().collect();
        known.extend(history.halts()?.into_iter().map(|halt| (halt.project, halt.task)));
        let wanted = |project: &str| self.project.as_ref().is_none_or(|wanted| wanted == project);
        let found: Vec<&str> = known
            .iter()
            .filter(|(project, task)| *task == self.task && wanted(project))
            .map(|(project, _)| project.as_str())
            .collect();
        match found[..] {
            [project] => Ok(project.to_owned()),
            [] => {
                let tasks: BTreeSet<&str> =
                    known.iter().filter(|(project, _)| wanted(project)).map(|(_, task)| task.as_str()).collect();
                let there = match tasks.len() {
                    0 => "no task was ever deployed or run there".to_owned(),
                    _ => format!("there are {}", tasks.into_iter().collect::<Vec<_>>().join(", ")),
                };
                Err(CliError::usage(format!("there is no task `{}` in the data folder", self.task), there))
            }
            _ => Err(CliError::usage(
                format!("tasks of several projects are named `{}`", self.task),
                format!("say which with `--project`: {}", found.join(", ")),
            )),
        }
    }
}
