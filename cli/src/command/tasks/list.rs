//! `tasks list`: the tasks of the version in force, when each is due next, and what its last run came to.

use crate::Answer;
use crate::data::DataFolder;
use crate::error::CliError;
use crate::project::Project;
use crate::{terminal, times};
use bytecode::Task;
use runtime::history::{Halt, History, InFlight, RunSummary};
use schedule::Rule;
use serde_json::json;
use std::path::PathBuf;

/// What `tasks list` takes.
#[derive(clap::Args)]
#[command(after_help = "Example: taskwright tasks list --data /var/lib/taskwright")]
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

/// A task in force.
struct Row {
    task: String,
    next: Option<i64>,
    halt: Option<Halt>,
    in_flight: u64,
    last: Option<RunSummary>,
}

/// Runs it. The answer is no if nothing is deployed.
pub fn run(arguments: Arguments) -> Result<Answer, CliError> {
    let project = Project::of(&arguments.path)?;
    let folder = arguments.data.of(&project);
    let history = History::open(&folder)?;
    let Some(version) = history.newest_version(&project.name)? else {
        terminal::talk(&format!("nothing of `{}` is deployed in {}", project.name, folder.display()));
        return Ok(Answer::No);
    };
    let (image, now) = (history.image(version.image)?, times::now());
    let in_flight = history.in_flight(now)?;
    let rows = image.tasks.iter().map(|task| row(&history, &project, task, &in_flight, now));
    let rows = rows.collect::<Result<Vec<_>, _>>()?;
    if arguments.json {
        let tasks: Vec<_> = rows.iter().map(to_json).collect();
        let shown = json!({"project": project.name, "version": version.number,
            "deployed_at": times::universal(version.deployed_at), "tasks": tasks});
        terminal::line(&shown.to_string())?;
        return Ok(Answer::Yes);
    }
    terminal::talk(&format!(
        "version {} of `{}`, deployed {}",
        version.number,
        project.name,
        times::here(version.deployed_at)
    ));
    let width = rows.iter().map(|row| row.task.chars().count()).max().unwrap_or(0);
    for row in &rows {
        terminal::line(&format!("{:width$}  {}", row.task, words(row)))?;
    }
    Ok(Answer::Yes)
}

fn row(history: &History, project: &Project, task: &Task, in_flight: &[InFlight], now: i64) -> Result<Row, CliError> {
    let rules = task.schedules.iter().filter_map(|written| Rule::new(&written.spec).ok());
    let mine = in_flight.iter().filter(|runs| runs.project == project.name && runs.task == task.name);
    let last = history.runs(Some(&task.name), 1)?.into_iter().find(|run| run.project == project.name);
    let halt = history.halt(&project.name, &task.name)?;
    let doors = project.doors(task);
    Ok(Row {
        task: task.name.clone(),
        next: rules.filter_map(|rule| doors.first(&rule, now)).min().filter(|_| halt.is_none()),
        halt,
        in_flight: mine.map(|runs| runs.queued + runs.running + runs.sleeping).sum(),
        last,
    })
}

fn words(row: &Row) -> String {
    let mut words = vec![match (&row.halt, row.next) {
        (Some(halt), _) => halt.words(),
        (None, Some(next)) => format!("next {}", times::here(next)),
        (None, None) => "on demand".to_owned(),
    }];
    if row.in_flight > 0 {
        words.push(format!("{} in flight", row.in_flight));
    }
    words.push(match &row.last {
        Some(run) => format!("last {} {}", run.state.name(), times::here(run.created_at)),
        None => "never ran".to_owned(),
    });
    words.join(", ")
}

fn to_json(row: &Row) -> serde_json::Value {
    let last = row.last.as_ref().map(|run| {
        json!({"run": run.id.to_string(), "state": run.state.name(), "created_at": times::universal(run.created_at)})
    });
    let halt = row.halt.as_ref().map(|halt| json!({"kind": halt.kind.name(), "by": halt.by, "why": halt.why}));
    json!({"task": row.task, "next": row.next.map(times::universal), "halt": halt, "in_flight": row.in_flight, "last": last})
}
