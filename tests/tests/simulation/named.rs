//! Histories that went wrong elsewhere, each by its name.

use crate::program;
use crate::world::{self, Fate};
use bytecode::Image;
use runtime::Data;
use runtime::clock::FakeClock;
use runtime::engine::{Engine, EngineOptions, ImageHash, RunId, RunPrefix, RunState, StartRun};
use runtime::history::RunSummary;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// 2026-01-01T00:00Z.
const NEW_YEAR: i64 = 1_767_225_600_000_000;

const HOUR: Duration = Duration::from_secs(3_600);

/// How many runs wait for one event where `WAITERS` does not say.
const WAITERS: usize = 1_000;

/// How long something may take that is waited for.
const PATIENCE: Duration = Duration::from_secs(300);

const PROGRAM: &str = r#"
event Rang { bell: int }

task pair(id: string) -> int {
    parallel {
        let left = sim.again("{id} left")
        let right = sim.again("{id} right")
    }
    wait 1h
    left + right + sim.again("{id} behind")
}

task pay(id: string) -> int {
    step pay retry 5 backoff 1s..1m { sim.once("{id} pay") }
}

task ring(bell: int) {
    emit Rang(bell: bell)
}

task late() -> int {
    wait 1h
    let rang = wait for Rang within 1h
    if rang == none { 0 } else { rang.bell }
}

task patient() -> bool {
    wait 1h
    let rang = wait for Rang as rang where rang.bell == 9 within 1h
    rang == none
}

task waiter(number: int) -> int {
    let rang = wait for Rang
    rang.bell
}
"#;

/// A world in which everything goes as a test says.
struct Named {
    image: Image,
    folder: tempfile::TempDir,
    clock: Arc<FakeClock>,
}

impl Named {
    fn new(fates: impl IntoIterator<Item = Fate>) -> Named {
        let folder = tempfile::tempdir().unwrap();
        world::make(folder.path(), 1);
        world::decide(folder.path(), fates);
        Named { image: program::compile(PROGRAM), folder, clock: Arc::new(FakeClock::new(NEW_YEAR, 1)) }
    }

    fn open(&self) -> (Engine, ImageHash) {
        let engine = Engine::open(EngineOptions {
            base: self.folder.path().to_owned(),
            clock: Arc::clone(&self.clock) as Arc<_>,
            // What the process has written is there after its end, though not after a loss of power.
            scratch: true,
            workers: 2,
            ..EngineOptions::new(self.folder.path().join("data"), world::natives())
        });
        let engine = engine.unwrap();
        let image = engine.deploy(self.image.clone()).unwrap();
        (engine, image)
    }

    fn counts(&self, label: &str) -> (u32, u32) {
        world::look(self.folder.path(), |ledger| {
            let count = |counts: &std::collections::BTreeMap<String, u32>| counts.get(label).copied().unwrap_or(0);
            (count(&ledger.once), count(&ledger.again))
        })
    }
}

impl Drop for Named {
    fn drop(&mut self) {
        world::end(self.folder.path());
    }
}

fn ask(image: ImageHash, task: &str, argument: Option<Data>) -> StartRun {
    StartRun { image, task: task.to_owned(), arguments: argument.map(Some).into_iter().collect() }
}

fn text(text: &str) -> Option<Data> {
    Some(Data::String(text.to_owned()))
}

fn until(what: &str, mut reached: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !reached() {
        assert!(begun.elapsed() < PATIENCE, "waited too long: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn until_waiting(engine: &Engine, runs: &[RunId]) {
    let history = engine.history().unwrap();
    for run in runs {
        until("a run to wait", || history.run(&RunPrefix::from(*run)).unwrap().state == RunState::Waiting);
    }
}

fn end(engine: &Engine, run: RunId) -> RunSummary {
    engine.follow_for(run, PATIENCE).unwrap().expect("the run ends")
}

fn result(engine: &Engine, run: RunId) -> i64 {
    match end(engine, run).outcome {
        Some(Ok(Data::Int(result))) => result,
        other => panic!("{other:?}"),
    }
}

#[test]
fn two_completions_in_one_batch_are_both_there_after_a_reload() {
    let named = Named::new(std::iter::repeat_n(Fate::Done, 200));
    let (engine, image) = named.open();
    let names: Vec<String> = (0..30).map(|number| format!("pair {number}")).collect();
    let runs = engine.start_all(names.iter().map(|name| ask(image, "pair", text(name))).collect()).unwrap();
    until_waiting(&engine, &runs);
    drop(engine);
    let (engine, _) = named.open();
    named.clock.advance(HOUR);
    for (run, name) in runs.into_iter().zip(names) {
        assert_eq!(result(&engine, run), 3);
        for operation in ["left", "right", "behind"] {
            assert_eq!(named.counts(&format!("{name} {operation}")), (0, 1), "{name} {operation}");
        }
    }
}

#[test]
fn a_once_whose_answer_was_lost_is_not_tried_again_by_its_step() {
    let named = Named::new([Fate::LostBehind, Fate::Done]);
    let (engine, image) = named.open();
    let run = engine.start(ask(image, "pay", text("lost"))).unwrap();
    let ended = end(&engine, run);
    assert!(matches!(&ended.outcome, Some(Err(failure)) if failure.failure.kind == "interrupted"), "{ended:?}");
    assert_eq!(named.counts("lost pay"), (1, 0));
}

#[test]
fn a_once_that_certainly_did_not_happen_is_tried_again_by_its_step() {
    let named = Named::new([Fate::NotDone, Fate::NotDone, Fate::Done]);
    let (engine, image) = named.open();
    let run = engine.start(ask(image, "pay", text("refused"))).unwrap();
    let begun = Instant::now();
    while engine.follow_for(run, Duration::from_millis(5)).unwrap().is_none() {
        assert!(begun.elapsed() < PATIENCE, "the run does not end");
        named.clock.advance(Duration::from_secs(60));
    }
    assert_eq!(result(&engine, run), 1);
    assert_eq!(named.counts("refused pay"), (1, 0));
}

#[test]
fn an_event_before_the_wait_is_seen_and_one_before_the_run_is_not() {
    for crash in [false, true] {
        let named = Named::new([]);
        let (mut engine, image) = named.open();
        let ring = |engine: &Engine, bell| {
            let run = engine.start(ask(image, "ring", Some(Data::Int(bell)))).unwrap();
            assert_eq!(end(engine, run).state, RunState::Succeeded);
        };
        ring(&engine, 1);
        let before = engine.start(ask(image, "late", None)).unwrap();
        until_waiting(&engine, &[before]);
        ring(&engine, 2);
        let behind = engine.start(ask(image, "late", None)).unwrap();
        until_waiting(&engine, &[behind]);
        if crash {
            drop(engine);
            engine = named.open().0;
        }
        named.clock.advance(HOUR);
        assert_eq!(result(&engine, before), 2);
        until("the wait for the bell", || engine.history().unwrap().steps(behind, 0, 9).unwrap().len() > 2);
        named.clock.advance(HOUR);
        assert_eq!(result(&engine, behind), 0);
    }
}

/// A run that has seen 2036 and sleeps in 2026 is looked at for each event of the name it waits for.
#[test]
fn looking_at_a_sleeper_behind_a_clock_that_was_set_back_does_not_put_off_its_end() {
    let named = Named::new([]);
    named.clock.set(NEW_YEAR + 10 * 365 * 24 * 3_600_000_000);
    let (engine, image) = named.open();
    let history = engine.history().unwrap();
    let patient = engine.start(ask(image, "patient", None)).unwrap();
    until_waiting(&engine, &[patient]);
    named.clock.set(NEW_YEAR);
    named.clock.advance(HOUR);
    until("the wait for the bell", || history.steps(patient, 0, 9).unwrap().len() > 2);
    until_waiting(&engine, &[patient]);
    for minutes in [20, 20, 19] {
        named.clock.advance(Duration::from_secs(60 * minutes));
        let ring = engine.start(ask(image, "ring", Some(Data::Int(1)))).unwrap();
        assert_eq!(end(&engine, ring).state, RunState::Succeeded);
        assert_eq!(engine.follow_for(patient, Duration::from_millis(100)).unwrap(), None);
    }
    named.clock.advance(Duration::from_secs(60));
    let ended = engine.follow_for(patient, Duration::from_secs(30)).unwrap();
    assert_eq!(ended.and_then(|ended| ended.outcome), Some(Ok(Data::Bool(true))));
}

/// A machine may start with a clock that is years behind, and have it set right while runs are looked at.
#[test]
fn a_sleeper_that_was_looked_at_behind_a_wrong_clock_wakes_when_the_clock_is_right_again() {
    let named = Named::new([]);
    let (engine, image) = named.open();
    let patient = engine.start(ask(image, "patient", None)).unwrap();
    let history = engine.history().unwrap();
    until_waiting(&engine, &[patient]);
    named.clock.advance(HOUR);
    until("the wait for the bell", || history.steps(patient, 0, 9).unwrap().len() > 2);
    until_waiting(&engine, &[patient]);
    drop(engine);
    named.clock.set(NEW_YEAR - 10 * 365 * 24 * 3_600_000_000);
    let (engine, image) = named.open();
    let ring = engine.start(ask(image, "ring", Some(Data::Int(1)))).unwrap();
    assert_eq!(end(&engine, ring).state, RunState::Succeeded);
    assert_eq!(engine.follow_for(patient, Duration::from_millis(100)).unwrap(), None);
    named.clock.set(NEW_YEAR + 24 * 3_600_000_000);
    let ended = engine.follow_for(patient, Duration::from_secs(30)).unwrap();
    assert_eq!(ended.and_then(|ended| ended.outcome), Some(Ok(Data::Bool(true))));
}

#[test]
fn one_event_reaches_all_that_wait_for_it_also_where_the_process_goes_meanwhile() {
    let waiters = std::env::var("WAITERS").ok().and_then(|text| text.parse().ok()).unwrap_or(WAITERS);
    let named = Named::new([]);
    let (engine, image) = named.open();
    let begun = Instant::now();
    let starts = (0..waiters).map(|number| ask(image, "waiter", Some(Data::Int(number as i64))));
    let runs = engine.start_all(starts.collect()).unwrap();
    until_waiting(&engine, &runs);
    let asleep = begun.elapsed();
    let begun = Instant::now();
    let ring = engine.start(ask(image, "ring", Some(Data::Int(7)))).unwrap();
    assert_eq!(end(&engine, ring).state, RunState::Succeeded);
    drop(engine);
    let (engine, _) = named.open();
    for run in runs {
        assert_eq!(result(&engine, run), 7);
    }
    println!("{waiters} waiters: asleep after {asleep:.1?}, woken {:.1?} after the bell", begun.elapsed());
}
