//! How many durable steps there are in a second: many runs at once, and one after the other.

use crate::engine::process::Usage;
use crate::engine::program::{Bench, last_noted, options};
use crate::engine::raw::Raw;
use benches::{Goal, median};
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

/// How many runs go on at once.
const RUNS: usize = 256;

/// How many steps each of them makes.
const STEPS: usize = 10;

/// How often everything is measured, in turn.
const ROUNDS: usize = 15;

/// How many runs of `RUNS` follow each other in a round.
const WAVES: usize = 4;

/// How many steps one run makes in a row.
const IN_A_ROW: usize = 400;

/// What was measured of many runs at once.
#[derive(Default)]
struct Figures {
    synced: Vec<Duration>,
    raw: Vec<Duration>,
    steps: Vec<Duration>,
    once: Vec<Duration>,
    processor: Duration,
    processor_once: Duration,
}

/// Measures runs at once.
///
/// # Errors
/// The engine or the disk cannot.
pub fn at_once(folder: &Path) -> io::Result<Vec<Goal>> {
    let bench = Bench::open(options(&folder.join("steps")))?;
    let mut raw = Raw::open(folder)?;
    let mut found = Figures::default();
    waves(&bench, "steps")?;
    for _ in 0..ROUNDS {
        found.synced.push(raw.sync()?);
        found.raw.push(raw.commit(40, 100)?);
        let (taken, used) = waves(&bench, "steps")?;
        found.steps.push(taken);
        found.processor += used;
        let (taken, used) = waves(&bench, "once_steps")?;
        found.once.push(taken);
        found.processor_once += used;
    }
    let steps = (RUNS * STEPS * WAVES) as f64;
    let rate = |taken: Vec<Duration>, count: f64| count / median(taken).as_secs_f64();
    let synced = median(found.synced);
    let (raw, at_once, once) = (rate(found.raw, 4_000.0), rate(found.steps, steps), rate(found.once, steps));
    let each = |used: Duration| used.as_secs_f64() * 1e6 / (steps * ROUNDS as f64);
    println!("fdatasync {:.2} ms; raw SQLite, 100 rows a commit: {raw:.0} rows/s", synced.as_secs_f64() * 1e3);
    println!(
        "{RUNS} runs at once: {at_once:.0} steps/s, {:.1} us of processor each; once: {once:.0} steps/s, {:.1} us",
        each(found.processor),
        each(found.processor_once)
    );
    let goal = if synced < Duration::from_micros(500) { 50_000.0 } else { 25_000.0 };
    Ok(vec![
        Goal::at_least(format!("steps of {RUNS} runs at once"), at_once, goal, "/s"),
        Goal::at_most("processor time of a step", each(found.processor), 14.0, "us"),
        Goal::at_least("their share of raw SQLite in commits of 100", at_once / raw, 0.5, ""),
        Goal::at_least("steps that may not be repeated, of those that may", once / at_once, 0.8, ""),
    ])
}

fn waves(bench: &Bench, task: &str) -> io::Result<(Duration, Duration)> {
    let (begun, used) = (Instant::now(), Usage::own()?);
    for _ in 0..WAVES {
        let runs = bench.start(task, Some(STEPS as i64), RUNS)?;
        bench.finish(&runs)?;
    }
    Ok((begun.elapsed(), Usage::own()?.processor.saturating_sub(used.processor)))
}

/// Measures one run whose steps follow each other, and how soon a run begins.
///
/// # Errors
/// The engine or the disk cannot.
pub fn in_a_row(folder: &Path) -> io::Result<Vec<Goal>> {
    let bench = Bench::open(options(&folder.join("row")))?;
    let mut raw = Raw::open(folder)?;
    bench.run("steps", Some(10))?;
    let (mut commits, mut steps) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        commits.push(raw.commit(IN_A_ROW, 1)?);
        let begun = Instant::now();
        bench.run("steps", Some(IN_A_ROW as i64))?;
        steps.push(begun.elapsed());
    }
    let commit = median(commits) / IN_A_ROW as u32;
    let step = median(steps) / IN_A_ROW as u32;
    let mut firsts = Vec::new();
    for _ in 0..ROUNDS * 10 {
        let begun = Instant::now();
        bench.run("once_steps", Some(1))?;
        firsts.push(last_noted().map(|noted| noted.saturating_duration_since(begun)).unwrap_or_default());
    }
    let first = median(firsts);
    println!(
        "one run in a row: {:.0} steps/s, raw SQLite, a row a commit: {:.0} rows/s",
        1.0 / step.as_secs_f64(),
        1.0 / commit.as_secs_f64()
    );
    let in_commits = |time: Duration| time.as_secs_f64() / commit.as_secs_f64();
    println!("start to the first `once`, which needs two commits: {:.2} commits", in_commits(first));
    Ok(vec![
        Goal::at_least("steps in a row, of raw commits of one row", 1.0 / in_commits(step), 0.9, ""),
        Goal::at_most("start to the first instruction", in_commits(first) - 1.0, 1.5, "commits"),
    ])
}
