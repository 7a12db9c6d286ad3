//! `simulate`: every start of all schedules in a span of time, before any of them runs.

mod chart;
mod heat;
mod json;
mod picture;

use crate::Answer;
use crate::data::DataFolder;
use crate::error::CliError;
use crate::numbers::percentile;
use crate::project::Project;
use crate::{terminal, times};
use bytecode::Image;
use jiff::tz::TimeZone;
use runtime::engine::RunState;
use runtime::history::History;
use schedule::forecast::{Forecast, ForecastError, Scheduled, forecast};
use schedule::{ClockEffect, Rule};
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

/// How many of the newest runs tell how long runs last.
const RUNS: usize = 2_000;

/// How long a span is where its end is not said.
const WEEK: i64 = 7 * 86_400_000_000;

/// What `simulate` takes.
#[derive(clap::Args)]
#[command(after_help = "Example: taskwright simulate --from 2026-01-01 --to 2027-01-01 --svg year.svg")]
pub struct Arguments {
    /// Files and projects; the current folder where none is named
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// From when on; now where it is not said
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Until when; a week later where it is not said
    #[arg(long, value_name = "TIME")]
    to: Option<String>,
    /// Draw the same into a file
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    data: DataFolder,
}

/// What was found out.
struct Simulation {
    from: i64,
    to: i64,
    /// The zone whose hours are shown.
    zone: TimeZone,
    tasks: Vec<Scheduled>,
    /// The words of each task's schedules.
    words: Vec<Vec<String>>,
    forecast: Forecast,
    changes: Vec<Changed>,
}

/// What a change of the clock does to some tasks.
struct Changed {
    at: i64,
    zone: TimeZone,
    effect: ClockEffect,
    tasks: Vec<String>,
}

/// Runs it. The answer is no if nothing starts, or the sources have errors.
pub fn run(arguments: Arguments) -> Result<Answer, CliError> {
    let projects = Project::find(&arguments.paths)?;
    let (mut tasks, mut words) = (Vec::new(), Vec::new());
    for project in &projects {
        let Some(image) = super::build(project)? else { return Ok(Answer::No) };
        gather((project, &image), &lengths(&arguments.data.of(project))?, &mut tasks, &mut words)?;
    }
    let zone = projects.iter().find_map(|project| TimeZone::get(project.zone.as_ref()?).ok());
    let zone = zone.unwrap_or_else(|| usual_zone(&tasks));
    let from = arguments.from.as_ref().map_or_else(|| Ok(times::now()), |text| times::parse(text, &zone))?;
    let to = arguments.to.as_ref().map_or(Ok(from.saturating_add(WEEK)), |text| times::parse(text, &zone))?;
    let forecast = forecast(&tasks, from, to, &zone).map_err(refused)?;
    let changes = changes(&tasks, from, to);
    let simulation = Simulation { from, to, zone, tasks, words, forecast, changes };
    if let Some(path) = &arguments.svg {
        write(path, &chart::draw(&simulation))?;
    }
    if arguments.json {
        terminal::line(&json::of(&simulation).to_string())?;
    } else if simulation.tasks.is_empty() {
        terminal::talk("no task has a schedule");
    } else {
        terminal::line(picture::draw(&simulation).trim_end())?;
    }
    Ok(if simulation.forecast.starts == 0 { Answer::No } else { Answer::Yes })
}

fn gather(
    (project, image): (&Project, &Image),
    lengths: &HashMap<String, i64>,
    tasks: &mut Vec<Scheduled>,
    words: &mut Vec<Vec<String>>,
) -> Result<(), CliError> {
    for task in image.tasks.iter().filter(|task| !task.schedules.is_empty()) {
        let mut rules = Vec::new();
        for schedule in &task.schedules {
            let rule = Rule::new(&schedule.spec).map_err(|error| CliError::Defect { message: error.to_string() })?;
            rules.push((rule, schedule.spec.jitter));
        }
        words.push(task.schedules.iter().map(|schedule| schedule::describe(&schedule.spec)).collect());
        let (lasts, doors) = (lengths.get(&task.name).copied(), project.doors(task));
        tasks.push(Scheduled { task: task.name.clone(), rules, lasts, doors });
    }
    Ok(())
}

/// Gives the zone in which most schedules are read.
fn usual_zone(tasks: &[Scheduled]) -> TimeZone {
    let mut zones: BTreeMap<&str, (usize, &TimeZone)> = BTreeMap::new();
    for (rule, _) in tasks.iter().flat_map(|task| &task.rules) {
        zones.entry(zone_name(rule.zone())).or_insert((0, rule.zone())).0 += 1;
    }
    zones.into_values().max_by_key(|(schedules, _)| *schedules).map_or(TimeZone::UTC, |(_, zone)| zone.clone())
}

/// Gives how long the runs of tasks last that succeeded lately: nineteen of twenty are shorter.
fn lengths(data: &Path) -> Result<HashMap<String, i64>, CliError> {
    if !data.is_dir() {
        return Ok(HashMap::new());
    }
    let mut lasted: HashMap<String, Vec<i64>> = HashMap::new();
    for run in History::open(data)?.runs(None, RUNS)? {
        if let (RunState::Succeeded, Some(from), Some(to)) = (run.state, run.started_at, run.ended_at) {
            lasted.entry(run.task).or_default().push(to - from);
        }
    }
    let typical = lasted.into_iter().filter_map(|(task, mut lengths)| {
        lengths.sort_unstable();
        percentile(&lengths, 95).map(|length| (task, length))
    });
    Ok(typical.collect())
}

fn refused(error: ForecastError) -> CliError {
    let help = match error {
        ForecastError::Empty => "say `--from` before `--to`",
        ForecastError::TooLong => "ten years are the most; take a part of it",
        ForecastError::TooMany => "take a shorter time, or name fewer files",
    };
    CliError::usage(error.to_string(), help)
}

/// Gives what changes of the clock do, the tasks to which they do the same together.
fn changes(tasks: &[Scheduled], from: i64, to: i64) -> Vec<Changed> {
    let mut found: BTreeMap<(i64, String), Changed> = BTreeMap::new();
    for task in tasks {
        for (rule, _) in &task.rules {
            for change in rule.clock_changes(from, to) {
                let same = (change.at, format!("{:?} {}", change.effect, zone_name(rule.zone())));
                let zone = rule.zone().clone();
                let new = || Changed { at: change.at, zone, effect: change.effect, tasks: Vec::new() };
                let changed = found.entry(same).or_insert_with(new);
                if changed.tasks.last() != Some(&task.task) {
                    changed.tasks.push(task.task.clone());
                }
            }
        }
    }
    found.into_values().collect()
}

fn zone_name(zone: &TimeZone) -> &str {
    zone.iana_name().unwrap_or("UTC")
}

fn write(path: &Path, text: &str) -> Result<(), CliError> {
    std::fs::write(path, text).map_err(|source| CliError::Write { path: path.to_owned(), source })
}

impl Simulation {
    /// Gives an instant as the clock of the project shows it: `Sun 2026-03-29 02:30`.
    fn local(&self, at: i64) -> String {
        jiff::Timestamp::from_microsecond(at).map_or_else(
            |_| "out of range".to_owned(),
            |at| at.to_zoned(self.zone.clone()).strftime("%a %F %H:%M").to_string(),
        )
    }

    fn name(&self, task: usize) -> &str {
        self.tasks.get(task).map_or("?", |task| &task.task)
    }
}
