//! `schedule`: when tasks are due, and what became of it.

mod why;

use super::pick;
use crate::Answer;
use crate::error::CliError;
use crate::project::Project;
use crate::{terminal, times};
use clap::Subcommand;
use jiff::tz::TimeZone;
use schedule::{Becomes, Rule};
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
    becomes: Becomes,
}

impl Due {
    /// Says what becomes of it, where it does not start as it is due.
    fn words(&self) -> String {
        match &self.becomes {
            Becomes::Starts => String::new(),
            Becomes::Delayed { to, why } => {
                format!("  (put off to {} by {why})", self.at_its_place(*to))
            }
            Becomes::Skipped { why } => format!("  (skipped by {why})"),
            Becomes::Coalesced { why } => format!("  (a later one stands for it by {why})"),
        }
    }

    fn at_its_place(&self, at: i64) -> String {
        let zone = self.local.time_zone().clone();
        jiff::Timestamp::from_microsecond(at)
            .map_or_else(|_| "out of range".to_owned(), |at| at.to_zoned(zone).strftime("%a %F %T").to_string())
    }

    fn to_json(&self) -> serde_json::Value {
        let (becomes, starts, why) = match &self.becomes {
            Becomes::Starts => ("starts", Some(self.at), None),
            Becomes::Delayed { to, why } => ("delayed", Some(*to), Some(why)),
            Becomes::Skipped { why } => ("skipped", None, Some(why)),
            Becomes::Coalesced { why } => ("coalesced", None, Some(why)),
        };
        json!({
            "task": self.task,
            "at": times::universal(self.at),
            "local": self.local.to_string(),
            "rule": self.rule,
            "becomes": becomes,
            "starts": starts.map(times::universal),
            "why": why,
        })
    }
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
        let doors = project.doors(task);
        for schedule in &task.schedules {
            let rule = Rule::new(&schedule.spec).map_err(|error| CliError::Defect { message: error.to_string() })?;
            let words = schedule::describe(&schedule.spec);
            due.extend(rule.iter(from).take(arguments.number as usize).map(|at| Due {
                task: task.name.clone(),
                at,
                local: rule.local(at),
                rule: words.clone(),
                becomes: doors.pass(at, &|| rule.next(at.saturating_add(1))),
            }));
        }
    }
    due.sort_by(|a, b| a.at.cmp(&b.at).then_with(|| a.task.cmp(&b.task)));
    // Equal instants of one task are one fire.
    due.dedup_by(|a, b| a.at == b.at && a.task == b.task);
    due.truncate(arguments.number as usize);
    if arguments.json {
        let rows: Vec<_> = due.iter().map(Due::to_json).collect();
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
        let (at, name, rule, becomes) = (times::universal(due.at), &due.task, &due.rule, due.words());
        terminal::line(&format!("{local:width$}  {at}  {name:task$}  {rule}{becomes}"))?;
    }
    Ok(())
}
