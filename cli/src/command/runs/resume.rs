//! `runs resume`: lets go on what `serve --paused` holds.

use crate::Answer;
use crate::data::{DataFolder, find_run};
use crate::error::CliError;
use crate::terminal;
use runtime::engine::{Resume, resume};

/// What `runs resume` takes.
#[derive(clap::Args)]
#[command(after_help = "Example: taskwright runs resume --task backup\n\n\
A run goes on with the runs whose ends it waits for. Schedules, events and what waits in line go on with `--all`.")]
#[command(group = clap::ArgGroup::new("what").required(true))]
pub struct Arguments {
    /// The beginnings of the ids of runs, or `last`
    #[arg(value_name = "RUN", group = "what")]
    runs: Vec<String>,
    /// The runs of this task that have begun
    #[arg(long, value_name = "NAME", group = "what")]
    task: Option<String>,
    /// All runs, and what begins by itself
    #[arg(long, group = "what")]
    all: bool,
    #[command(flatten)]
    data: DataFolder,
}

/// Runs it.
pub fn run(arguments: Arguments) -> Result<Answer, CliError> {
    let folder = arguments.data.here();
    let let_go = |what: Resume, name: &str| -> Result<(), CliError> {
        terminal::talk(&if resume(&folder, what)? {
            format!("{name} is let go on")
        } else {
            format!("it is asked that {name} goes on; the process that serves the folder has not answered yet")
        });
        Ok(())
    };
    if arguments.all {
        let_go(Resume::All, "everything")?;
    }
    if let Some(task) = arguments.task {
        let name = format!("what has begun of `{task}`");
        let_go(Resume::Task(task), &name)?;
    }
    let history = arguments.data.history()?;
    let runs = arguments.runs.iter().map(|text| find_run(&history, text)).collect::<Result<Vec<_>, _>>()?;
    for run in runs {
        let_go(Resume::Run(run), &format!("run {run}"))?;
    }
    Ok(Answer::Yes)
}
