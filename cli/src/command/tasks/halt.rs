//! `tasks pause`, `tasks archive` and `tasks resume`: that nothing of a task begins, and that it is let go again.

use super::find::Named;
use crate::Answer;
use crate::data::DataFolder;
use crate::error::CliError;
use crate::{arguments, terminal, times};
use runtime::engine::{Halting, halt};
use runtime::history::{HaltKind, History};

/// What `tasks pause` and `tasks archive` take.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    task: Named,
    /// Why: whoever finds the task so reads it
    #[arg(long, value_name = "TEXT")]
    why: String,
    /// Who does it; the user of this system where it is not said
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    #[command(flatten)]
    data: DataFolder,
}

/// What the help of `tasks pause` ends with.
pub const PAUSE: &str = "Example: taskwright tasks pause import --why \"the supplier's server is down\"\n\n\
Runs that have begun go on; `taskwright runs cancel` ends one. Runs that are asked for wait, and due times that pass are made \
up for by `catchup`, both once `taskwright tasks resume` lets the task go.";

/// What the help of `tasks archive` ends with.
pub const ARCHIVE: &str = "Example: taskwright tasks archive import --why \"orders come by webhook now\"\n\n\
Runs that have begun go on, those that wait to begin are cancelled. Runs that are asked for fail, and nothing is due. \
`taskwright tasks resume` takes the task back; it never runs what passed meanwhile.";

/// What `tasks resume` takes.
#[derive(clap::Args)]
#[command(after_help = "Example: taskwright tasks resume import\n\n\
Runs of a paused task that were asked for begin, in their order. Due times that passed are made up for by `catchup`; of an \
archived task none are.")]
pub struct Resume {
    #[command(flatten)]
    task: Named,
    /// Who does it; the user of this system where it is not said
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    #[command(flatten)]
    data: DataFolder,
}

/// Pauses a task.
pub fn pause(arguments: Arguments) -> Result<Answer, CliError> {
    set(arguments, HaltKind::Paused)
}

/// Archives a task.
pub fn archive(arguments: Arguments) -> Result<Answer, CliError> {
    set(arguments, HaltKind::Archived)
}

fn set(arguments: Arguments, kind: HaltKind) -> Result<Answer, CliError> {
    let Arguments { task, why, by, data } = arguments;
    if why.trim().is_empty() {
        return Err(CliError::usage(
            "the reason is empty",
            "say in `--why` what whoever finds the task so has to know",
        ));
    }
    let history = data.history()?;
    let project = task.project(&history)?;
    let by = arguments::user(by);
    let halting = Halting { project: project.clone(), task: task.task.clone(), to: Some(kind), by, why };
    let done = halt(&data.here(), halting)?;
    tell(done, &format!("`{}` is {}", task.task, kind.name()));
    let begun = in_flight(&history, &project, &task.task)?;
    match begun {
        0 => {}
        1 => terminal::talk("1 run that had begun goes on"),
        begun => terminal::talk(&format!("{begun} runs that had begun go on")),
    }
    Ok(Answer::Yes)
}

/// Lets a task go again. The answer is no if it was neither paused nor archived.
pub fn resume(arguments: Resume) -> Result<Answer, CliError> {
    let Resume { task, by, data } = arguments;
    let history = data.history()?;
    let project = task.project(&history)?;
    if history.halt(&project, &task.task)?.is_none() {
        terminal::talk(&format!("`{}` is neither paused nor archived", task.task));
        return Ok(Answer::No);
    }
    let (name, by) = (task.task, arguments::user(by));
    let done = halt(&data.here(), Halting { project, task: name.clone(), to: None, by, why: String::new() })?;
    tell(done, &format!("`{name}` goes on"));
    Ok(Answer::Yes)
}

fn tell(done: bool, what: &str) {
    terminal::talk(&if done {
        what.to_owned()
    } else {
        format!("the process that serves the folder has been asked and has not answered yet: soon {what}")
    });
}

fn in_flight(history: &History, project: &str, task: &str) -> Result<u64, CliError> {
    let all = history.in_flight(times::now())?.into_iter();
    Ok(all.filter(|runs| runs.project == project && runs.task == task).map(|runs| runs.running + runs.sleeping).sum())
}
