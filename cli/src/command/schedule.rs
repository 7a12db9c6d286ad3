//! `schedule`: when tasks are due, and what became of it.

mod why;

use super::pick;
use crate::Answer;
use crate::error::CliError;
use crate::project::Project;
use crate::{terminal, times};
use clap::Subcommand;
use jiff::tz::TimeZone;
use schedule::Rule;
use serde_json::json;

/// What `schedule` does.
#[derive(Subcommand)]
pub enum Command {
    /// Show the next times a task is due, in local and universal time
    Next(Next),
    /// Tell what became of a due time, and why
    Why(why::Why),
}

/// What `schedule next` takes.
#[derive(clap::Args)]
#[command(after_help = "Example: taskwright schedule next backup.task -n 5 --from '2026-03-28T00:00[Europe/Berlin]'")]
pub struct Next {
    /// A file or project, with the task's name behind a colon where there are several
    #[arg(value_name = "FILE[:TASK]")]
    target: String,
    /// How many
    #[arg(short, long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=100_000), value_name = "N")]
    number: u32,
    /// From when on; now where it is not said
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// A time at which a task is due.
struct Due {
    task: String,
    at: i64,
    local: jiff::Zoned,
    rule: String,
}

/// Runs one of its commands.
pub fn run(command: Command) -> Result<Answer, CliError> {
    match command {
        Command::Next(arguments) => next(arguments),
        Command::Why(arguments) => why::run(arguments),
    }
}

/// The answer is no if nothing will ever be due, or the sources have errors.
fn next(arguments: Next) -> Result<Answer, CliError> {
    let (path, name) = pick::split_target(&arguments.target);
    let project = Project::of(&path)?;
    let Some(image) = super::build(&project)? else { return Ok(Answer::No) };
    let zone = match &project.zone {
        Some(name) => TimeZone::get(name).unwrap_or(TimeZone::UTC),
        None => TimeZone::UTC,
    };
    let from = match &arguments.from {
        Some(text) => times::parse(text, &zone)?,
        None => times::now(),
    };
    let tasks: Vec<_> = match name {
        Some(_) => vec![pick::task(&image, &path, name.as_deref())?],
        None => (0..image.tasks.len()).collect(),
    };
    let mut due = Vec::new();
    for index in tasks {
        let task = &image.tasks[index];
        for schedule in &task.schedules {
            let rule = Rule::new(&schedule.spec).map_err(|error| CliError::Defect { message: error.to_string() })?;
            let words = schedule::describe(&schedule.spec);
            due.extend(rule.iter(from).take(arguments.number as usize).map(|at| Due {
                task: task.name.clone(),
                at,
                local: rule.local(at),
                rule: words.clone(),
            }));
        }
    }
    due.sort_by(|a, b| a.at.cmp(&b.at).then_with(|| a.task.cmp(&b.task)));
    // Equal instants of one task are one fire.
    due.dedup_by(|a, b| a.at == b.at && a.task == b.task);
    due.truncate(arguments.number as usize);
    if arguments.json {
        let rows: Vec<_> = due
            .iter()
            .map(|due| json!({"task": due.task, "at": times::universal(due.at), "local": due.local.to_string(), "rule": due.rule}))
            .collect();
        terminal::line(&serde_json::Value::from(rows).to_string())?;
    } else if due.is_empty() {
        terminal::talk("nothing is due from then on");
    } else {
        print(&due)?;
    }
    Ok(if due.is_empty() { Answer::No } else { Answer::Yes })
}

fn print(due: &[Due]) -> Result<(), CliError> {
    let local: Vec<_> = due.iter().map(|due| due.local.strftime("%a %F %T %:z %Q").to_string()).collect();
    let width = local.iter().map(String::len).max().unwrap_or(0);
    let task = due.iter().map(|due| due.task.chars().count()).max().unwrap_or(0);
    for (due, local) in due.iter().zip(&local) {
        terminal::line(&format!("{local:width$}  {}  {:task$}  {}", times::universal(due.at), due.task, due.rule))?;
    }
    Ok(())
}
