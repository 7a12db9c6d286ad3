//! `stats`: how a task does, by the runs of it that the data folder still has.

mod json;
mod picture;
mod summary;

use super::tasks::find::Named;
use crate::Answer;
use crate::data::DataFolder;
use crate::error::CliError;
use crate::{terminal, times};
use jiff::tz::TimeZone;
use std::ops::ControlFlow;
use summary::Summary;

/// What `stats` takes.
#[derive(clap::Args)]
#[command(after_help = "Example: taskwright stats backup --since 30d")]
pub struct Arguments {
    #[command(flatten)]
    task: Named,
    /// Only runs that were asked for since then: `2h`, `7d`, or a time
    #[arg(long, value_name = "TIME", value_parser = times::since)]
    since: Option<i64>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    data: DataFolder,
}

/// How many runs are looked at, the newest: the lengths of all of them are in memory, which takes eight bytes each.
const MOST: u64 = 1_000_000;

/// A task with what its runs come to.
struct Stats {
    project: String,
    task: String,
    since: Option<i64>,
    summary: Summary,
    /// Whether there are older runs that were not looked at.
    is_cut: bool,
}

/// Runs it. The answer is no if the task has no run since then.
pub fn run(arguments: Arguments) -> Result<Answer, CliError> {
    let history = arguments.data.history()?;
    let project = arguments.task.project_of_runs(&history)?;
    let (task, since) = (arguments.task.task, arguments.since);
    let (mut summary, mut is_cut) = (Summary::of(TimeZone::system()), false);
    history.figures((&project, &task), since, |run| {
        is_cut = summary.runs == MOST;
        if is_cut {
            return ControlFlow::Break(());
        }
        summary.add(run);
        ControlFlow::Continue(())
    })?;
    let found = if summary.runs == 0 { Answer::No } else { Answer::Yes };
    let stats = Stats { project, task, since, summary: summary.sorted(), is_cut };
    if arguments.json {
        terminal::line(&json::of(&stats).to_string())?;
    } else {
        for line in picture::of(&stats, terminal::width().unwrap_or(80)) {
            terminal::line(&line)?;
        }
    }
    Ok(found)
}
