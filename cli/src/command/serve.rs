//! `serve`: the runtime. Schedules fire, runs go on, until ctrl-c or SIGTERM; paused, nothing goes on that is not let go.

mod watch;

use crate::Answer;
use crate::data::{self, DataFolder, Purpose};
use crate::error::CliError;
use crate::events::Talk;
use crate::project::Project;
use crate::{signals, terminal, times, unheeded};
use bytecode::Image;
use runtime::engine::Engine;
use runtime::history::InFlight;
use std::path::{Path, PathBuf};
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;
use watch::Watch;

/// What `serve` takes.
#[derive(clap::Args)]
#[command(after_help = "Example: taskwright serve . --data /var/lib/taskwright")]
pub struct Arguments {
    /// A file, or the folder of a project, which is deployed first and after each change; otherwise what is deployed here
    #[arg(value_name = "PATH")]
    path: Option<PathBuf>,
    #[command(flatten)]
    data: DataFolder,
    /// Let nothing go on: show what would, and wait for `taskwright runs resume`
    #[arg(long)]
    paused: bool,
    /// How long operations may go on after SIGTERM or ctrl-c, in seconds
    #[arg(long, default_value_t = 10, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(0..=86_400))]
    grace: u64,
}

/// How often it is looked whether the engine has stopped by itself, and whether sources have changed.
const LOOK: Duration = Duration::from_millis(500);

/// Runs it until it is asked to stop. The answer is no if the sources have errors.
pub fn run(arguments: Arguments) -> Result<Answer, CliError> {
    let project = Project::of(arguments.path.as_deref().unwrap_or(Path::new(".")))?;
    let folder = arguments.data.of(&project);
    let built = match &arguments.path {
        Some(_) => {
            let Some(image) = super::build(&project)? else { return Ok(Answer::No) };
            project.expect_settings(&image)?;
            Some(image)
        }
        None if folder.is_dir() => None,
        None => return Err(nothing_deployed(&project, &folder)),
    };
    let signals = signals::watch()?;
    let engine = data::open(&project, &folder, if arguments.paused { Purpose::Look } else { Purpose::Work })?;
    let version = match built {
        Some(image) => engine.deploy_version(image)?,
        None => {
            let found = engine.history()?.newest_version(&project.name)?;
            found.ok_or_else(|| nothing_deployed(&project, &folder))?
        }
    };
    let image = engine.history()?.image(version.image)?;
    project.expect_settings(&image)?;
    let schedules: usize = image.tasks.iter().map(|task| task.schedules.len()).sum();
    terminal::talk(&format!(
        "serving `{}`, version {}: {} with {}, history in {}; ctrl-c stops",
        project.name,
        version.number,
        count(image.tasks.len(), "task"),
        count(schedules, "schedule"),
        folder.display()
    ));
    introduce(&project, &image);
    for halt in engine.history()?.halts()?.iter().filter(|halt| halt.stands() && halt.project == project.name) {
        terminal::talk(&format!("`{}` is {}: nothing of it begins", halt.task, halt.words()));
    }
    let talk = Talk::all(engine.subscribe());
    if arguments.paused {
        show_held(&engine)?;
    }
    engine.put_in_force(&[version.image])?;
    let mut watch = arguments.path.map(|path| Watch::new(path, folder, project));
    while let Err(RecvTimeoutError::Timeout) = signals.recv_timeout(LOOK) {
        if let Some(error) = engine.failure() {
            return Err(error.into());
        }
        if let Some(watch) = &mut watch {
            watch.look();
        }
    }
    terminal::talk("stopping: operations in flight may end, the rest goes on at the next start");
    engine.stop(Duration::from_secs(arguments.grace))?;
    talk.end();
    terminal::talk("stopped");
    Ok(Answer::Yes)
}

/// Tells what of a program does not act, or will fail here.
fn introduce(project: &Project, image: &Image) {
    unheeded::tell(&image.tasks);
    for task in &image.tasks {
        for missing in project.secrets.missing(&task.needs) {
            terminal::talk(&format!("`{}` will fail: {missing}", task.name));
        }
    }
}

/// Complains that there is nothing to serve.
fn nothing_deployed(project: &Project, folder: &Path) -> CliError {
    CliError::usage(
        format!("nothing of `{}` is deployed in {}", project.name, folder.display()),
        "`taskwright deploy` puts it there; `taskwright serve .` does that and serves it",
    )
}

/// Shows what a paused engine holds.
fn show_held(engine: &Engine) -> Result<(), CliError> {
    let held = engine.history()?.in_flight(engine.now())?;
    terminal::talk("paused: no run goes on, and no schedule and no event starts one; due times are kept as skipped");
    if held.is_empty() {
        terminal::talk("no run waits to go on");
    }
    for tasks in &held {
        terminal::talk(&format!("  {}", words(tasks)));
    }
    terminal::talk("`taskwright runs resume RUN`, `--task NAME` or `--all` lets go on");
    Ok(())
}

/// Gives what would go on of a task: `backup: 2 in the middle, 3 asleep (1 late, next 2026-01-31 03:00:00)`.
fn words(runs: &InFlight) -> String {
    let mut asides = Vec::new();
    if runs.late > 0 {
        asides.push(format!("{} late", runs.late));
    }
    asides.extend(runs.wakes_at.map(|at| format!("first due {}", times::here(at))));
    let aside = if asides.is_empty() { String::new() } else { format!(" ({})", asides.join(", ")) };
    let kinds = [(runs.queued, "in line", ""), (runs.running, "in the middle", ""), (runs.sleeping, "asleep", &*aside)];
    let kinds = kinds.into_iter().filter(|(number, ..)| *number > 0);
    let kinds: Vec<String> = kinds.map(|(number, what, aside)| format!("{number} {what}{aside}")).collect();
    format!("{} of {}: {}", runs.task, runs.project, kinds.join(", "))
}

fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
