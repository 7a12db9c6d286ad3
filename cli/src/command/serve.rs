//! `serve`: the runtime. Schedules fire, runs go on, until ctrl-c or SIGTERM.

use crate::Answer;
use crate::data::{self, DataFolder};
use crate::error::CliError;
use crate::events::Talk;
use crate::project::Project;
use crate::{signals, terminal, unheeded};
use std::path::PathBuf;
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

/// What `serve` takes.
#[derive(clap::Args)]
#[command(after_help = "Example: taskwright serve . --data /var/lib/taskwright")]
pub struct Arguments {
    /// A file, or the folder of a project; the current folder where it is not said
    #[arg(value_name = "PATH", default_value = ".")]
    path: PathBuf,
    #[command(flatten)]
    data: DataFolder,
    /// How long operations may go on after SIGTERM or ctrl-c, in seconds
    #[arg(long, default_value_t = 10, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(0..=86_400))]
    grace: u64,
}

/// How often it is looked whether the engine has stopped by itself.
const LOOK: Duration = Duration::from_millis(500);

/// Runs it until it is asked to stop. The answer is no if the sources have errors.
pub fn run(arguments: Arguments) -> Result<Answer, CliError> {
    let project = Project::of(&arguments.path)?;
    let Some(image) = super::build(&project)? else { return Ok(Answer::No) };
    project.expect_settings(&image)?;
    let folder = arguments.data.of(&project);
    let signals = signals::watch()?;
    let engine = data::open(&project, &folder, false)?;
    let schedules: usize = image.tasks.iter().map(|task| task.schedules.len()).sum();
    terminal::talk(&format!(
        "serving `{}`: {} with {}, history in {}; ctrl-c stops",
        project.name,
        count(image.tasks.len(), "task"),
        count(schedules, "schedule"),
        folder.display()
    ));
    unheeded::tell(&image.tasks);
    for task in &image.tasks {
        for missing in project.secrets.missing(&task.needs) {
            terminal::talk(&format!("`{}` will fail: {missing}", task.name));
        }
    }
    let talk = Talk::all(engine.subscribe());
    let image = engine.deploy(image)?;
    engine.put_in_force(&[image])?;
    while let Err(RecvTimeoutError::Timeout) = signals.recv_timeout(LOOK) {
        if let Some(error) = engine.failure() {
            return Err(error.into());
        }
    }
    terminal::talk("stopping: operations in flight may end, the rest goes on at the next start");
    engine.stop(Duration::from_secs(arguments.grace))?;
    talk.end();
    terminal::talk("stopped");
    Ok(Answer::Yes)
}

fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
