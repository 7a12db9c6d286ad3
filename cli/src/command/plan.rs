//! `plan`: what a deployment would change, before it does.

mod changes;

use crate::Answer;
use crate::data::DataFolder;
use crate::error::CliError;
use crate::project::Project;
use crate::{terminal, times};
use anstyle::{AnsiColor, Style};
use changes::{Change, Changes, What, changes};
use runtime::engine::EngineError;
use runtime::history::{History, InFlight, Version};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// What `plan` takes.
#[derive(clap::Args)]
#[command(after_help = "Example: taskwright plan . --data /var/lib/taskwright\n\n\
Nothing is changed. Permissions that a task would gain are marked with `!`. Runs in flight finish on the version that they \
began with.")]
pub struct Arguments {
    /// A file, or the folder of a project; the current folder where it is not said
    #[arg(value_name = "PATH", default_value = ".")]
    path: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    data: DataFolder,
}

/// What is deployed in a folder.
#[derive(Default)]
struct Present {
    version: Option<Version>,
    image: Option<std::sync::Arc<bytecode::Image>>,
    in_flight: Vec<InFlight>,
}

/// Runs it. The answer is no if the sources have errors.
pub fn run(arguments: Arguments) -> Result<Answer, CliError> {
    let project = Project::of(&arguments.path)?;
    let Some(image) = super::build(&project)? else { return Ok(Answer::No) };
    project.expect_settings(&image)?;
    let now = times::now();
    let present = present(&arguments.data.of(&project), &project.name, now)?;
    let changes = changes(present.image.as_deref(), &image, now);
    if arguments.json {
        terminal::line(&to_json(&project.name, &present, &changes).to_string())?;
    } else {
        show(&project.name, &present, &changes)?;
    }
    Ok(Answer::Yes)
}

/// Reads what is deployed; in a folder that nobody has made yet that is nothing.
fn present(folder: &Path, project: &str, now: i64) -> Result<Present, CliError> {
    let history = match History::open(folder) {
        Ok(history) => history,
        Err(EngineError::Missing { .. }) => return Ok(Present::default()),
        Err(error) => return Err(error.into()),
    };
    let version = history.newest_version(project)?;
    let image = version.map(|version| history.image(version.image)).transpose()?;
    let mut in_flight = history.in_flight(now)?;
    in_flight.retain(|runs| runs.project == project);
    Ok(Present { version, image, in_flight })
}

fn show(project: &str, present: &Present, changes: &Changes) -> Result<(), CliError> {
    match present.version {
        None => terminal::line(&format!("`{project}` is not deployed here: it would be version 1"))?,
        Some(version) if changes.is_empty() => {
            return terminal::line(&format!(
                "nothing would change: version {} of `{project}` is the same",
                version.number
            ));
        }
        Some(version) => {
            let next = version.number.saturating_add(1);
            terminal::line(&format!("version {next} of `{project}` would change version {}", version.number))?;
        }
    }
    for task in &changes.tasks {
        let (sign, color) = match task.what {
            What::Added => ('+', AnsiColor::Green),
            What::Removed => ('-', AnsiColor::Red),
            What::Changed => ('~', AnsiColor::Yellow),
        };
        let style = Style::new().fg_color(Some(color.into()));
        terminal::line(&format!("{style}{sign} {}{style:#}", task.task))?;
        for change in &task.changes {
            show_change(change)?;
        }
    }
    for file in &changes.files {
        terminal::line(&format!("  {} {}", file.what.word(), file.name))?;
    }
    for runs in &present.in_flight {
        let count = runs.queued + runs.running + runs.sleeping;
        let (noun, stay, whose) = if count == 1 { ("run", "stays", "its") } else { ("runs", "stay", "their") };
        terminal::line(&format!("  {count} {noun} of {} {stay} on the version of {whose} start", runs.task))?;
    }
    Ok(())
}

fn show_change(change: &Change) -> Result<(), CliError> {
    let (mark, style) = match change {
        Change::Gained(_) => ('!', Style::new().fg_color(Some(AnsiColor::Red.into())).bold()),
        _ => (' ', Style::new()),
    };
    terminal::line(&format!("  {style}{mark} {}{style:#}", change.words()))
}

fn to_json(project: &str, present: &Present, changes: &Changes) -> Value {
    let tasks = changes.tasks.iter().map(|task| {
        let of = |wanted: fn(&Change) -> Option<Value>| task.changes.iter().filter_map(wanted).collect::<Vec<_>>();
        json!({
            "task": task.task,
            "what": task.what.word(),
            "signature": of(|change| match change {
                Change::Signature { before, after } => Some(json!({"before": before, "after": after})),
                _ => None,
            }),
            "schedules": of(|change| match change {
                Change::Schedule { what, rule, next } => {
                    Some(json!({"what": what.word(), "rule": rule, "next": next.map(times::universal)}))
                }
                _ => None,
            }),
            "permissions_gained": of(|change| if let Change::Gained(text) = change { Some(json!(text)) } else { None }),
            "permissions_lost": of(|change| if let Change::Lost(text) = change { Some(json!(text)) } else { None }),
            "clauses": of(|change| match change {
                Change::Clause { name, what } => Some(json!({"clause": name, "what": what.word()})),
                _ => None,
            }),
        })
    });
    let in_flight = present.in_flight.iter().map(
        |runs| json!({"task": runs.task, "queued": runs.queued, "running": runs.running, "sleeping": runs.sleeping}),
    );
    let files = changes.files.iter().map(|file| json!({"file": file.name, "what": file.what.word()}));
    json!({
        "project": project,
        "version": present.version.map(|version| version.number),
        "tasks": tasks.collect::<Vec<_>>(),
        "files": files.collect::<Vec<_>>(),
        "in_flight": in_flight.collect::<Vec<_>>(),
    })
}
