//! Every due time has its row, whatever happens to the process.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod toy;

use bytecode::{Image, TaskSchedule};
use runtime::engine::{Engine, OccurrenceOutcome, RunState, Trigger};
use runtime::history::Occurrence;
use schedule::{Bound, Catchup, Form, Maintenance, Spec, Weekdays, WhenDue};
use toy::*;

fn every(seconds: i64, catchup: Catchup) -> Vec<TaskSchedule> {
    let form = Form::Every { period: seconds * SECOND, window: None, days: Weekdays::ALL };
    let spec = Spec { form, zone: None, jitter: None, except: vec![], starting: None, ending: None, catchup };
    vec![TaskSchedule { spec, arguments: vec![] }]
}

fn serve(engine: &Engine, image: Image) {
    let image = engine.deploy(image).unwrap();
    engine.put_in_force(&[image]).unwrap();
}

fn occurrences(engine: &Engine) -> Vec<Occurrence> {
    let mut found = engine.history().unwrap().occurrences(Some("tidy"), i64::MIN, 10_000).unwrap();
    found.reverse();
    found
}

fn outcomes(engine: &Engine) -> Vec<OccurrenceOutcome> {
    occurrences(engine).iter().map(|occurrence| occurrence.outcome).collect()
}

fn until_rows(engine: &Engine, rows: usize) {
    until(&format!("{rows} due times"), || occurrences(engine).len() == rows);
}

#[test]
fn a_due_time_starts_a_run() {
    let world = World::new();
    world.advance(1);
    let engine = world.open();
    serve(&engine, program(&[TOUCH], 1, None, every(60, Catchup::Latest)));
    for minute in 1..=3 {
        world.advance(if minute == 1 { 59 } else { 60 });
        until_rows(&engine, minute);
        until("the end of the run", || {
            let runs = engine.history().unwrap().runs(None, 10).unwrap();
            runs.len() == minute && runs.iter().all(|run| run.state == RunState::Succeeded)
        });
    }
    assert_eq!(world.touched().len(), 3);
    let rows = occurrences(&engine);
    assert!(rows.iter().all(|row| row.outcome == OccurrenceOutcome::Ran && row.run.is_some()), "{rows:?}");
    assert_eq!(rows[0].nominal, NEW_YEAR + 60 * SECOND);
    let runs = engine.history().unwrap().runs(None, 10).unwrap();
    assert_eq!(runs[2].trigger, Trigger::Schedule { due: rows[0].nominal });
}

#[test]
fn many_that_are_due_at_one_instant_have_a_row_each() {
    let world = World::new();
    world.advance(1);
    // More than are committed at once; what differs is since when they are in force.
    let schedules = (0..700).map(|number| {
        let mut once = every(1, Catchup::Latest).remove(0);
        once.spec.form = Form::At(NEW_YEAR + 60 * SECOND);
        once.spec.starting = Some(Bound::Instant(NEW_YEAR + number));
        once
    });
    let engine = world.open();
    serve(&engine, program(&[TOUCH], 1, None, schedules.collect()));
    world.advance(60);
    until_rows(&engine, 700);
    let rows = occurrences(&engine);
    let runs = engine.history().unwrap().runs(None, 1_000).unwrap().len();
    assert!(rows.iter().all(|row| row.nominal == NEW_YEAR + 60 * SECOND));
    assert_eq!(rows.iter().filter(|row| row.run.is_some()).count(), runs);
    assert!(rows.iter().all(|row| row.run.is_some() || row.outcome == OccurrenceOutcome::Skipped));
}

#[test]
fn a_row_keeps_the_rule_by_which_it_was_due() {
    let world = World::new();
    world.advance(1);
    let engine = world.open();
    serve(&engine, program(&[TOUCH], 1, None, every(60, Catchup::Latest)));
    world.advance(59);
    until_rows(&engine, 1);
    serve(&engine, program(&[TOUCH], 1, None, every(90, Catchup::Latest)));
    assert_eq!(occurrences(&engine)[0].rule, "every 1m");
    let schedules = engine.history().unwrap().schedules("tidy").unwrap();
    let [first, second] = schedules.as_slice() else { panic!("{schedules:?}") };
    assert_eq!((first.rule.as_str(), first.until), ("every 1m", Some(NEW_YEAR + 60 * SECOND)));
    assert_eq!((second.rule.as_str(), second.since, second.until), ("every 1m30s", NEW_YEAR + 60 * SECOND, None));
    let before = engine.history().unwrap().occurrences_in(Some("tidy"), i64::MIN..=NEW_YEAR, 10).unwrap();
    assert!(before.is_empty());
}

#[test]
fn a_due_time_is_skipped_while_the_previous_run_goes_on() {
    let world = World::new();
    world.advance(1);
    let engine = world.open();
    serve(&engine, program(&[HANG], 1, None, every(30, Catchup::Latest)));
    for due in 1..=3 {
        world.advance(30);
        until_rows(&engine, due);
    }
    let rows = occurrences(&engine);
    assert_eq!(rows[1].why.as_deref(), Some("previous still running"));
    assert_eq!(outcomes(&engine), [OccurrenceOutcome::Ran, OccurrenceOutcome::Skipped, OccurrenceOutcome::Skipped]);
}

#[test]
fn what_passed_while_down_has_rows_and_the_latest_runs() {
    let world = World::new();
    world.advance(1);
    let image = program(&[TOUCH], 1, None, every(60, Catchup::Latest));
    let engine = world.open();
    serve(&engine, image.clone());
    world.advance(60);
    until_rows(&engine, 1);
    // A run that still went on at the crash would hold the slot, and what is made up would be skipped.
    until("the end of the run", || {
        let runs = engine.history().unwrap().runs(None, 10).unwrap();
        runs.iter().all(|run| run.state == RunState::Succeeded)
    });
    drop(engine);
    world.advance(240);
    let engine = world.open();
    serve(&engine, image);
    until("the run that makes up", || world.touched().len() == 2);
    use OccurrenceOutcome::{Late, Missed, Ran};
    assert_eq!(outcomes(&engine), [Ran, Missed, Missed, Missed, Late]);
    assert_eq!(occurrences(&engine)[1].why.as_deref(), Some("was down"));
}

#[test]
fn all_that_passed_runs_one_after_the_other() {
    let world = World::new();
    world.advance(1);
    let image = program(&[TOUCH], 1, None, every(60, Catchup::All { limit: 3 }));
    let engine = world.open();
    serve(&engine, image.clone());
    drop(engine);
    world.advance(300);
    let engine = world.open();
    serve(&engine, image);
    until("three runs", || world.touched().len() == 3);
    use OccurrenceOutcome::{Late, Missed};
    assert_eq!(outcomes(&engine), [Missed, Missed, Late, Late, Late]);
    until("their ends", || {
        engine.history().unwrap().runs(None, 10).unwrap().iter().all(|run| run.state == RunState::Succeeded)
    });
}

#[test]
fn a_crash_between_due_times_never_fires_one_twice() {
    let world = World::new();
    world.advance(1);
    let image = program(&[TOUCH_ONCE], 1, None, every(60, Catchup::Latest));
    for minute in 1..=6 {
        let engine = world.open();
        serve(&engine, image.clone());
        world.advance(60);
        until_rows(&engine, minute);
        drop(engine);
    }
    let engine = world.open();
    let runs = engine.history().unwrap().runs(None, 100).unwrap();
    let fired = occurrences(&engine).iter().filter(|row| row.run.is_some()).count();
    assert_eq!(runs.len(), fired);
    for run in runs {
        follow(&engine, run.id);
    }
    assert!(world.touched().len() <= fired);
}

#[test]
fn a_new_schedule_and_an_edited_one_never_run_the_past() {
    let world = World::new();
    world.advance(86_400 + 1);
    let engine = world.open();
    serve(&engine, program(&[TOUCH], 1, None, every(3600, Catchup::All { limit: 100 })));
    drop(engine);
    world.advance(1800);
    let engine = world.open();
    serve(&engine, program(&[TOUCH], 1, None, every(60, Catchup::All { limit: 100 })));
    world.advance(60);
    until_rows(&engine, 1);
    assert_eq!(outcomes(&engine), [OccurrenceOutcome::Ran]);
}

#[test]
fn a_long_absence_of_a_frequent_schedule_is_one_row() {
    let world = World::new();
    world.clock.advance(std::time::Duration::from_millis(1500));
    let image = program(&[TOUCH], 1, None, every(1, Catchup::None));
    let engine = world.open();
    serve(&engine, image.clone());
    drop(engine);
    world.advance(100_000);
    let engine = world.open();
    serve(&engine, image);
    until_rows(&engine, 1);
    let row = occurrences(&engine).remove(0);
    assert_eq!(row.outcome, OccurrenceOutcome::Missed);
    assert_eq!(row.until, Some(NEW_YEAR + 100_001 * SECOND));
}

#[test]
fn a_paused_engine_starts_nothing_by_itself() {
    let world = World::new();
    world.advance(1);
    let engine = Engine::open(runtime::engine::EngineOptions { paused: true, ..world.options() }).unwrap();
    serve(&engine, program(&[TOUCH], 1, None, every(60, Catchup::Latest)));
    world.advance(60);
    until_rows(&engine, 1);
    assert_eq!(occurrences(&engine)[0].why.as_deref(), Some("paused"));
    assert_eq!(world.touched().len(), 0);
}

#[test]
fn windows_of_maintenance_skip_put_off_and_run_the_last() {
    use OccurrenceOutcome::{Coalesced, Ran, Skipped};
    // Due at 60, 120, … seconds; the window lies from 100 to 250.
    for (due, expected, at_its_end) in [
        (WhenDue::Skip, [Ran, Skipped, Skipped, Skipped, Ran], 1),
        (WhenDue::RunLast, [Ran, Coalesced, Coalesced, Ran, Ran], 2),
    ] {
        let world = World::new();
        world.advance(1);
        let window = (NEW_YEAR + 100 * SECOND, NEW_YEAR + 250 * SECOND);
        let mut options = world.options();
        options.maintenance = vec![Maintenance::once("move".to_owned(), window, due)];
        let engine = Engine::open(options).unwrap();
        serve(&engine, program(&[TOUCH], 1, None, every(60, Catchup::Latest)));
        let ended = |runs: usize| {
            until(&format!("{runs} runs"), || {
                let found = engine.history().unwrap().runs(None, 10).unwrap();
                found.iter().filter(|run| run.state == RunState::Succeeded).count() == runs
            });
        };
        for minute in 1..=4 {
            world.advance(if minute == 1 { 59 } else { 60 });
            until_rows(&engine, minute);
            ended(1);
        }
        world.advance(10);
        ended(at_its_end);
        world.advance(50);
        ended(at_its_end + 1);
        until_rows(&engine, 5);
        assert_eq!(outcomes(&engine), expected);
        let why = occurrences(&engine)[1].why.clone().unwrap();
        assert!(why.starts_with("maintenance `move`"), "{why}");
        if let Some(run) = occurrences(&engine)[3].run {
            let run = engine.history().unwrap().run(&run.into()).unwrap();
            assert!(run.started_at.unwrap() >= window.1, "{run:?}");
        }
    }
}
