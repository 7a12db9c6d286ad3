//! Schedules in a runtime: in force, at rest, in a steady stream, all at once.

use crate::process::Usage;
use ::runtime::engine::{Engine, EngineOptions, RunState, Trigger};
use ::runtime::history::RunSummary;
use ::schedule::{Bound, Catchup, Form, Spec, Weekdays};
use benches::Goal;
use bytecode::{Image, TaskSchedule};
use compiler::{Input, InputFile};
use std::collections::HashSet;
use std::fmt::Write;
use std::io;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How many schedules are in force.
const SCHEDULES: usize = 100_000;

/// How many tasks have them, and how many are due at one instant.
const TASKS: usize = 10_000;

/// How many are due in each second of a steady stream, and for how long.
const RATE: usize = 1_000;
const STREAM: Duration = Duration::from_secs(10);

const SECOND: i64 = 1_000_000;

/// Measures how long it takes to put schedules in force, anew and again, and what they use while none is due.
///
/// # Errors
/// The engine cannot.
pub fn load(folder: &Path) -> io::Result<Vec<Goal>> {
    let mut image = image(TASKS)?;
    for (number, task) in image.tasks.iter_mut().enumerate() {
        let first = number * (SCHEDULES / TASKS);
        let times = (first..first + SCHEDULES / TASKS).map(|time| time as i64 * 864_000);
        // New year's day is not when somebody measures.
        task.schedules = times.map(|time| written(Form::Yearly { dates: vec![(1, 1)], times: vec![time] })).collect();
    }
    let first = in_force(folder, image.clone())?.1;
    let (engine, again) = in_force(folder, image)?;
    sleep(Duration::from_secs(2));
    let span = Duration::from_secs(5);
    let before = Usage::own()?;
    sleep(span);
    let after = Usage::own()?;
    let used = (after.processor - before.processor).as_secs_f64() / span.as_secs_f64() * 100.0;
    let memory = after.memory as f64 / f64::from(1 << 20);
    println!("{SCHEDULES} schedules: new in {first:.2?}, known in {again:.2?}, {memory:.0} MB resident");
    println!("at rest: {used:.2} % of a processor");
    drop(engine);
    Ok(vec![
        Goal::time(format!("load of {SCHEDULES} known schedules"), again, Duration::from_secs(2)),
        Goal::at_most("processor time while none is due", used, 0.5, "%"),
    ])
}

/// Measures how late runs start that are due one after the other.
///
/// # Errors
/// The engine cannot, or a due time was lost.
pub fn steady(folder: &Path) -> io::Result<Vec<Goal>> {
    let engine = Engine::open(options(folder)).map_err(io::Error::other)?;
    let mut image = image(RATE)?;
    let begin = (engine.now() / SECOND + 4) * SECOND;
    for (number, task) in image.tasks.iter_mut().enumerate() {
        let mut every = written(Form::Every { period: SECOND, window: None, days: Weekdays::ALL });
        every.spec.starting = Some(Bound::Instant(begin + number as i64 * SECOND / RATE as i64));
        task.schedules = vec![every];
    }
    serve(&engine, image)?;
    sleep(Duration::from_secs(5) + STREAM);
    let wanted = RATE * STREAM.as_secs() as usize;
    let runs = engine.history().and_then(|history| history.runs(None, wanted)).map_err(io::Error::other)?;
    let mut late: Vec<Duration> = runs.iter().filter_map(lateness).collect();
    late.sort();
    let at = |percent: usize| late.get(late.len() * percent / 100).copied().unwrap_or(Duration::MAX);
    println!("{RATE} a second: {} runs, p50 {:.1?} late, p99 {:.1?}", late.len(), at(50), at(99));
    if late.len() < wanted * 9 / 10 {
        return Err(io::Error::other(format!("only {} of {wanted} runs began", late.len())));
    }
    Ok(vec![Goal::time(format!("lateness p99 at {RATE} a second"), at(99), Duration::from_millis(50))])
}

/// Measures how long it takes until all have started that are due at one instant.
///
/// # Errors
/// The engine cannot, or a due time was lost or fired twice.
pub fn burst(folder: &Path) -> io::Result<Vec<Goal>> {
    let engine = Engine::open(options(folder)).map_err(io::Error::other)?;
    let mut image = image(TASKS)?;
    let due = (engine.now() / SECOND + 10) * SECOND;
    image.tasks.iter_mut().for_each(|task| task.schedules = vec![written(Form::At(due))]);
    serve(&engine, image)?;
    let begun = Instant::now();
    let runs = loop {
        sleep(Duration::from_millis(200));
        let history = engine.history().map_err(io::Error::other)?;
        let runs = history.runs(None, 2 * TASKS).map_err(io::Error::other)?;
        if runs.len() >= TASKS && runs.iter().all(|run| run.state == RunState::Succeeded) {
            break runs;
        }
        if begun.elapsed() > Duration::from_secs(120) {
            return Err(io::Error::other(format!("only {} of {TASKS} due times fired", runs.len())));
        }
    };
    let tasks: HashSet<&str> = runs.iter().map(|run| run.task.as_str()).collect();
    if (runs.len(), tasks.len()) != (TASKS, TASKS) {
        return Err(io::Error::other(format!("{} runs of {} tasks, of {TASKS} due times", runs.len(), tasks.len())));
    }
    let latest = runs.iter().filter_map(lateness).max().unwrap_or(Duration::MAX);
    println!("{TASKS} at one instant: the last started {latest:.2?} later, none lost, none twice");
    Ok(vec![Goal::time(format!("{TASKS} due at one instant, all started"), latest, Duration::from_secs(5))])
}

fn lateness(run: &RunSummary) -> Option<Duration> {
    match (run.trigger, run.started_at) {
        (Trigger::Schedule { due }, Some(started)) => Some(Duration::from_micros(u64::try_from(started - due).ok()?)),
        _ => None,
    }
}

fn in_force(folder: &Path, image: Image) -> io::Result<(Engine, Duration)> {
    let engine = Engine::open(options(folder)).map_err(io::Error::other)?;
    let begun = Instant::now();
    serve(&engine, image)?;
    Ok((engine, begun.elapsed()))
}

fn serve(engine: &Engine, image: Image) -> io::Result<()> {
    let image = engine.deploy(image).map_err(io::Error::other)?;
    engine.put_in_force(&[image]).map_err(io::Error::other)
}

fn options(folder: &Path) -> EngineOptions {
    EngineOptions::new(folder, stdlib::natives())
}

fn written(form: Form) -> TaskSchedule {
    let zone = Some("Europe/Berlin".to_owned());
    let spec =
        Spec { form, zone, jitter: None, except: vec![], starting: None, ending: None, catchup: Catchup::Latest };
    TaskSchedule { spec, arguments: Vec::new() }
}

/// Compiles so many tasks that come to nothing.
fn image(tasks: usize) -> io::Result<Image> {
    let mut text = String::new();
    for number in 0..tasks {
        // Writing to a string does not fail.
        let _ = writeln!(text, "task task_{number}() {{\n    let nothing = {number}\n}}");
    }
    let library = stdlib::SOURCES.iter().map(|(module, text)| ((*module).to_owned(), (*text).to_owned())).collect();
    let files = vec![InputFile { name: "bench.task".to_owned(), module: "main".to_owned(), text }];
    let analysis = compiler::analyze(Input { name: "bench".to_owned(), files, library, ..Input::default() });
    compiler::compile(&analysis).map_err(|told| {
        let first = told.first().map_or_else(String::new, |each| each.message.clone());
        io::Error::other(format!("the benchmark's program is wrong: {first}"))
    })
}
