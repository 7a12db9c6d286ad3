//! `tasks show`: a task as it is in force, how it stands, and what its last runs came to.

use super::find::Named;
use crate::Answer;
use crate::data::DataFolder;
use crate::error::CliError;
use crate::events::short;
use crate::{heads, terminal, times};
use bytecode::{Image, Task};
use runtime::history::{Halt, History, InFlight, RunSummary, Version};
use schedule::Rule;
use serde_json::{Value, json};
use std::sync::Arc;

/// What `tasks show` takes.
#[derive(clap::Args)]
#[command(after_help = "Example: taskwright tasks show import")]
pub struct Arguments {
    #[command(flatten)]
    task: Named,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    data: DataFolder,
}

/// How many of the last runs are shown.
const LAST: usize = 5;

/// What is known of a task.
struct Shown {
    project: String,
    name: String,
    /// The version in force of its project, if that has it.
    version: Option<Version>,
    /// The image that it has now; nothing where it is gone from its project.
    image: Option<Arc<Image>>,
    halt: Option<Halt>,
    in_flight: Vec<InFlight>,
    last: Vec<RunSummary>,
}

/// Runs it.
pub fn run(arguments: Arguments) -> Result<Answer, CliError> {
    let history = arguments.data.history()?;
    let project = arguments.task.project(&history)?;
    let shown = find(&history, project, arguments.task.task)?;
    if arguments.json {
        terminal::line(&shown.to_json().to_string())?;
    } else {
        shown.show()?;
    }
    Ok(Answer::Yes)
}

fn find(history: &History, project: String, name: String) -> Result<Shown, CliError> {
    let hash = history.current_image(&project, &name)?;
    let mut in_flight = history.in_flight(times::now())?;
    in_flight.retain(|runs| runs.project == project && runs.task == name);
    let mut last = history.runs(Some(&name), LAST)?;
    last.retain(|run| run.project == project);
    Ok(Shown {
        version: history.newest_version(&project)?.filter(|version| Some(version.image) == hash),
        image: hash.map(|hash| history.image(hash)).transpose()?,
        halt: history.halt(&project, &name)?,
        in_flight,
        last,
        project,
        name,
    })
}

impl Shown {
    fn task(&self) -> Option<(&Image, &Task)> {
        let image = self.image.as_deref()?;
        image.tasks.iter().find(|task| task.name == self.name).map(|task| (image, task))
    }

    fn show(&self) -> Result<(), CliError> {
        let version = self
            .version
            .map(|version| format!(", version {}, deployed {}", version.number, times::here(version.deployed_at)));
        line("task", &format!("{} of {}{}", self.name, self.project, version.unwrap_or_default()))?;
        match self.task() {
            Some((image, task)) => show_head(image, task, self.halt.is_some())?,
            None => line("", "it is gone from its project; its history is here")?,
        }
        if let Some(halt) = &self.halt {
            line(halt.kind.name(), &format!("since {} by {}: {}", times::here(halt.at), halt.by, halt.why))?;
        }
        for runs in &self.in_flight {
            let InFlight { queued, running, sleeping, .. } = runs;
            line("in flight", &format!("{running} running, {sleeping} sleeping, {queued} waiting to begin"))?;
        }
        for (number, run) in self.last.iter().enumerate() {
            let took =
                run.started_at.zip(run.ended_at).map(|(from, to)| format!(" after {}", times::length(to - from)));
            let words = format!(
                "{}  {}  {}{}",
                times::here(run.created_at),
                short(run.id),
                run.state,
                took.unwrap_or_default()
            );
            line(if number == 0 { "last runs" } else { "" }, &words)?;
        }
        Ok(())
    }

    fn to_json(&self) -> Value {
        let head = self.task().map(|(image, task)| {
            json!({
                "signature": heads::signature(image, task),
                "schedules": task.schedules.iter().map(|written| json!({
                    "rule": heads::rule(written),
                    "next": Rule::new(&written.spec).ok().and_then(|rule| rule.next(times::now())).map(times::universal),
                })).collect::<Vec<_>>(),
                "on": task.triggers.iter().map(|trigger| heads::cause(&trigger.cause)).collect::<Vec<_>>(),
                "needs": task.needs.iter().map(heads::permission).collect::<Vec<_>>(),
                "timeout_us": task.timeout,
                "clauses": task.clauses.names(),
            })
        });
        let halt = self.halt.as_ref().map(|halt| {
            json!({"kind": halt.kind.name(), "since": times::universal(halt.at), "by": halt.by, "why": halt.why})
        });
        let in_flight = self.in_flight.first();
        let last = self.last.iter().map(|run| {
            json!({"run": run.id.to_string(), "state": run.state.name(), "created_at": times::universal(run.created_at)})
        });
        json!({
            "task": self.name,
            "project": self.project,
            "version": self.version.map(|version| version.number),
            "head": head,
            "halt": halt,
            "running": in_flight.map_or(0, |runs| runs.running),
            "sleeping": in_flight.map_or(0, |runs| runs.sleeping),
            "queued": in_flight.map_or(0, |runs| runs.queued),
            "last_runs": last.collect::<Vec<_>>(),
        })
    }
}

fn show_head(image: &Image, task: &Task, is_halted: bool) -> Result<(), CliError> {
    line("head", &format!("{}{}", task.name, heads::signature(image, task)))?;
    for written in &task.schedules {
        let next = match Rule::new(&written.spec).ok().and_then(|rule| rule.next(times::now())) {
            Some(next) => format!("{} {}", if is_halted { "would be due" } else { "next" }, times::here(next)),
            None => "never due again".to_owned(),
        };
        line("on", &format!("{} ({next})", heads::rule(written)))?;
    }
    for trigger in &task.triggers {
        line("on", &heads::cause(&trigger.cause))?;
    }
    for need in &task.needs {
        let need = heads::permission(need);
        line("needs", need.strip_prefix("needs ").unwrap_or(&need))?;
    }
    if let Some(timeout) = task.timeout {
        line("timeout", &times::length(timeout))?;
    }
    let clauses = task.clauses.names();
    if !clauses.is_empty() {
        line("also", &clauses.join(", "))?;
    }
    Ok(())
}

fn line(name: &str, words: &str) -> Result<(), CliError> {
    terminal::line(format!("{name:<10}{words}").trim_end())
}
