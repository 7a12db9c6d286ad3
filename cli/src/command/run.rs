//! `run`: a durable run here and now, followed to its end. Where another process serves the data folder, the run is its.

mod beside;

use super::pick;
use crate::Answer;
use crate::data::{self, DataFolder, Purpose};
use crate::error::CliError;
use crate::events::Talk;
use crate::project::Project;
use crate::{report, signals, terminal, unheeded};
use bytecode::{Image, Task};
use runtime::Data;
use runtime::arguments::{Given, decode};
use runtime::engine::{Engine, EngineError, RunState, StartRun};
use runtime::history::{History, RunSummary};
use std::path::{Path, PathBuf};
use std::sync::mpsc::Receiver;
use std::time::Duration;

/// What `run` takes.
#[derive(clap::Args)]
#[command(after_help = "Example: taskwright run backup.task keep=3 --json")]
pub struct Arguments {
    /// A file or project, with the task's name behind a colon where there are several
    #[arg(value_name = "FILE[:TASK]")]
    target: String,
    /// Arguments of the task: JSON, or plain text read by the parameter's type
    #[arg(value_name = "NAME=VALUE")]
    arguments: Vec<String>,
    /// A JSON object of arguments; those on the command line go before it
    #[arg(long, value_name = "FILE")]
    args: Option<PathBuf>,
    /// Print the run's end as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    data: DataFolder,
    /// Keep nothing: the run's history is gone when it ends
    #[arg(long, conflicts_with = "data")]
    ephemeral: bool,
}

/// How often a signal is looked for while a run is followed.
const LOOK: Duration = Duration::from_millis(100);
/// How long operations in flight may go on when a run is left.
const GRACE: Duration = Duration::from_secs(5);

/// Runs it. The answer is no if the sources have errors, or the run did not succeed.
pub fn run(arguments: Arguments) -> Result<Answer, CliError> {
    let (path, name) = pick::split_target(&arguments.target);
    let project = Project::of(&path)?;
    let scratch = if arguments.ephemeral { Some(tempfile::tempdir()?) } else { None };
    let (asked, engine) = match &scratch {
        // A folder that nobody sees is made ready while the program is read, right or wrong.
        Some(scratch) => std::thread::scope(|scope| {
            let opening = scope.spawn(|| data::open(&project, scratch.path(), Purpose::Scratch));
            let asked = ask(&arguments, &project, &path, name.as_deref());
            (asked, Some(opening.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))))
        }),
        None => (ask(&arguments, &project, &path, name.as_deref()), None),
    };
    let Some(Asked { image, position, values }) = asked? else { return Ok(Answer::No) };
    let task = &image.tasks[position];
    let signals = signals::watch()?;
    let left = if arguments.ephemeral { Left::Gone } else { Left::Waiting };
    // What starts a task does not matter where it is started by hand.
    unheeded::tell([&Task { triggers: Vec::new(), ..task.clone() }]);
    let folder = arguments.data.of(&project);
    if !arguments.ephemeral {
        expect_no_halt(&folder, &image.name, &task.name)?;
    }
    let engine = match engine.unwrap_or_else(|| data::open(&project, &folder, Purpose::Work)) {
        Err(EngineError::Held { .. }) => {
            let summary = beside::run(&folder, (&image, &task.name), values, &signals)?;
            print(&summary, &image, arguments.json, Left::Owned)?;
            return Ok(answer(&summary));
        }
        engine => engine?,
    };
    let start = StartRun { image: engine.deploy(image.clone())?, task: task.name.clone(), arguments: values };
    let talk = Talk::logs(engine.subscribe());
    let run = engine.start(start)?;
    let summary = match follow(&engine, run, &signals)? {
        Some(summary) => {
            // The result is on disk: whoever waits for it need not wait until the engine is put away.
            talk.hear_out(run);
            print(&summary, &image, arguments.json, left)?;
            engine.stop(GRACE)?;
            summary
        }
        None => {
            let summary = engine.history()?.run(&run.into())?;
            engine.stop(GRACE)?;
            print(&summary, &image, arguments.json, left)?;
            summary
        }
    };
    talk.end();
    Ok(answer(&summary))
}

fn answer(summary: &RunSummary) -> Answer {
    if summary.state == RunState::Succeeded { Answer::Yes } else { Answer::No }
}

/// What is to run.
struct Asked {
    image: Image,
    /// The place of the task.
    position: usize,
    /// Its arguments.
    values: Vec<Option<Data>>,
}

/// Finds out what is to run, and whether it can; `None` if the sources have errors, which are told.
fn ask(arguments: &Arguments, project: &Project, path: &Path, name: Option<&str>) -> Result<Option<Asked>, CliError> {
    let Some(image) = super::build(project)? else { return Ok(None) };
    let position = pick::task(&image, path, name)?;
    let task = &image.tasks[position];
    let missing = project.secrets.missing(&task.needs);
    if !missing.is_empty() {
        return Err(CliError::Secrets { task: task.name.clone(), missing });
    }
    project.expect_settings(&image)?;
    let given = given(arguments)?;
    let values = decode(&image, task, &given, &stdlib::natives()).map_err(|problems| CliError::Arguments {
        task: task.name.clone(),
        problems: problems.iter().map(|problem| format!("  {problem}")).collect(),
        parameters: parameters(task),
    })?;
    Ok(Some(Asked { image, position, values }))
}

/// Expects that nobody has paused or archived a task: a person who starts it wants it now, not once it is let go.
fn expect_no_halt(folder: &Path, project: &str, task: &str) -> Result<(), CliError> {
    let halt = match History::open(folder) {
        Ok(history) => history.halt(project, task)?,
        // Nobody has ever done anything there.
        Err(EngineError::Missing { .. }) => None,
        Err(error) => return Err(error.into()),
    };
    match halt {
        Some(halt) => Err(CliError::Halted { task: task.to_owned(), halt: halt.words() }),
        None => Ok(()),
    }
}

/// Follows a run to its end; `None` where the person who started it leaves it.
fn follow(
    engine: &Engine,
    run: runtime::engine::RunId,
    signals: &Receiver<()>,
) -> Result<Option<RunSummary>, CliError> {
    loop {
        if let Some(summary) = engine.follow_for(run, LOOK)? {
            return Ok(Some(summary));
        }
        if signals.try_recv().is_ok() {
            return Ok(None);
        }
    }
}

/// What becomes of a run that is left before its end.
#[derive(Clone, Copy)]
enum Left {
    /// It goes on when its folder is served.
    Waiting,
    /// It goes on in the process that serves its folder.
    Owned,
    /// Nothing of it is kept.
    Gone,
}

fn print(summary: &RunSummary, image: &Image, as_json: bool, left: Left) -> Result<(), CliError> {
    if as_json {
        terminal::line(&report::to_json(summary, image).to_string())?;
    }
    match &summary.outcome {
        Some(Ok(value)) if !as_json => {
            let value = report::result(summary, image, value);
            match value {
                serde_json::Value::Null => {}
                serde_json::Value::String(text) => terminal::line(&text)?,
                value => terminal::line(&format!("{value:#}"))?,
            }
        }
        Some(Err(failure)) => report::show_failure(failure, image),
        Some(Ok(_)) | None => {}
    }
    if !as_json && summary.state != RunState::Succeeded && summary.outcome.is_none() {
        terminal::talk(&match summary.state {
            RunState::TimedOut => format!("run {} took longer than its timeout and was ended", summary.id),
            RunState::Cancelled => format!("run {} was cancelled", summary.id),
            state => {
                let id = summary.id;
                let cancel = format!("`taskwright runs cancel {id}` ends it");
                match left {
                    Left::Waiting => {
                        format!("run {id} is {state} and is left; it goes on under `taskwright serve`, and {cancel}")
                    }
                    Left::Owned => {
                        format!("run {id} is {state} and is left to the process that serves the folder; {cancel}")
                    }
                    Left::Gone => format!("run {id} was {state} when it was left, and nothing of it is kept"),
                }
            }
        });
    }
    Ok(())
}

/// Gives the arguments as they were given, those of the command line first.
fn given(arguments: &Arguments) -> Result<Vec<(String, Given)>, CliError> {
    let mut given = Vec::new();
    for argument in &arguments.arguments {
        let Some((name, value)) = argument.split_once('=') else {
            return Err(CliError::usage(
                format!("`{argument}` is not an argument"),
                "write NAME=VALUE, as in keep=3 or 'names=[\"a\", \"b\"]'",
            ));
        };
        if given.iter().any(|(known, _)| known == name) {
            return Err(CliError::usage(format!("`{name}` is given twice"), "give each argument once"));
        }
        given.push((name.to_owned(), Given::Text(value.to_owned())));
    }
    if let Some(path) = &arguments.args {
        let text = std::fs::read_to_string(path).map_err(|source| CliError::Read { path: path.clone(), source })?;
        let object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&text).map_err(|error| {
            CliError::usage(
                format!("`{}` is not a JSON object: {error}", path.display()),
                "write it as {\"name\": value}",
            )
        })?;
        for (name, value) in object {
            if given.iter().all(|(known, _)| *known != name) {
                given.push((name, Given::Json(value)));
            }
        }
    }
    Ok(given)
}

/// Gives the parameters of a task in short: `source = …, keep = 7`.
fn parameters(task: &Task) -> String {
    if task.parameters.is_empty() {
        return "none".to_owned();
    }
    let one = |parameter: &bytecode::TaskParameter| match &parameter.default {
        Some(default) => format!("{} = {default}", parameter.name),
        None => parameter.name.clone(),
    };
    task.parameters.iter().map(one).collect::<Vec<_>>().join(", ")
}
