//! History goes when it is older than its task keeps it, and not before nobody needs it.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod toy;

use bytecode::{Image, TaskSchedule};
use runtime::engine::{Engine, RunId, RunState};
use schedule::{Catchup, Form, Spec, Weekdays};
use toy::*;

const DAY: u64 = 86_400;

/// A task that keeps its history for a day.
fn kept_a_day(natives: &[u16], rounds: i32, schedules: Vec<TaskSchedule>) -> Image {
    let mut image = program(natives, rounds, None, schedules);
    image.tasks[0].clauses.retain = Some(i64::try_from(DAY).unwrap() * SECOND);
    image
}

fn every_hour() -> Vec<TaskSchedule> {
    let form = Form::Every { period: 3_600 * SECOND, window: None, days: Weekdays::ALL };
    let catchup = Catchup::None;
    let spec = Spec { form, zone: None, jitter: None, except: vec![], starting: None, ending: None, catchup };
    vec![TaskSchedule { spec, arguments: vec![] }]
}

fn runs(engine: &Engine) -> Vec<RunId> {
    engine.history().unwrap().runs(None, 10_000).unwrap().into_iter().map(|run| run.id).collect()
}

#[test]
fn runs_go_a_day_after_their_end_and_the_newest_stays() {
    let world = World::new();
    let engine = world.open();
    let image = engine.deploy(kept_a_day(&[TOUCH, LOG], 3, vec![])).unwrap();
    let first: Vec<RunId> = (0..20).map(|_| start_again(&engine, image)).collect();
    for run in &first {
        assert_eq!(follow(&engine, *run).state, RunState::Succeeded);
    }
    world.advance(DAY / 2);
    let second = start_again(&engine, image);
    follow(&engine, second);
    engine.put_in_force(&[image]).unwrap();
    // Half a day later the first ones are old enough, to the microsecond not a moment earlier.
    world.advance(DAY / 2);
    std::thread::sleep(std::time::Duration::from_millis(600));
    assert_eq!(runs(&engine).len(), 21);
    world.advance(3_600);
    until("the end of old runs", || runs(&engine) == [second]);
    // The newest one stays however old it is: numbers of rows are never given twice.
    world.advance(10 * DAY);
    let third = start_again(&engine, image);
    follow(&engine, third);
    world.advance(3_600);
    until("the end of the second run", || runs(&engine) == [third]);
    let history = engine.history().unwrap();
    assert!(history.steps(third, 0, 100).unwrap().len() >= 6);
    assert!(history.run(&first[0].into()).is_err());
}

#[test]
fn a_run_that_goes_on_is_never_old() {
    let world = World::new();
    let engine = world.open();
    let image = engine.deploy(kept_a_day(&[WAIT], 1_000_000, vec![])).unwrap();
    let sleeper = start_again(&engine, image);
    until("a nap", || !engine.history().unwrap().steps(sleeper, 0, 10).unwrap().is_empty());
    engine.put_in_force(&[image]).unwrap();
    for _ in 0..5 {
        world.advance(DAY);
        std::thread::sleep(std::time::Duration::from_millis(300));
    }
    assert_eq!(summary(&engine, sleeper).state, RunState::Waiting);
    assert!(!engine.history().unwrap().steps(sleeper, 0, 10).unwrap().is_empty());
}

#[test]
fn the_ledger_goes_too_and_nothing_is_made_up_for() {
    let world = World::new();
    let engine = world.open();
    let image = engine.deploy(kept_a_day(&[TOUCH], 1, every_hour())).unwrap();
    engine.put_in_force(&[image]).unwrap();
    let occurrences = |engine: &Engine| engine.history().unwrap().occurrences(Some("tidy"), i64::MIN, 10_000).unwrap();
    for hour in 1..=60 {
        world.advance(3_600);
        let nominal = NEW_YEAR + hour * 3_600 * SECOND;
        until("a due time", || occurrences(&engine).first().is_some_and(|row| row.nominal == nominal));
    }
    until("the end of old rows", || {
        world.advance(60);
        occurrences(&engine).len() <= 27 && runs(&engine).len() <= 27
    });
    assert!(occurrences(&engine).len() >= 24);
    let newest = occurrences(&engine)[0].nominal;
    drop(engine);
    let engine = world.open();
    engine.put_in_force(&[image]).unwrap();
    assert!(
        occurrences(&engine).iter().all(|row| row.nominal >= newest - 27 * 3_600 * SECOND),
        "none is decided again"
    );
}

#[test]
fn long_histories_go_in_pieces_and_give_their_space_back() {
    let world = World::new();
    let engine = world.open();
    let image = engine.deploy(kept_a_day(&[TOUCH], 4_500, vec![])).unwrap();
    let long = start_again(&engine, image);
    follow(&engine, long);
    let short = engine.deploy(kept_a_day(&[TOUCH], 1, vec![])).unwrap();
    let size = || std::fs::metadata(world.folder.path().join("data/taskwright.db")).unwrap().len();
    drop(engine);
    let engine = world.open();
    let full = size();
    world.advance(2 * DAY);
    let last = start_again(&engine, short);
    follow(&engine, last);
    engine.put_in_force(&[short]).unwrap();
    until("the end of the long run", || runs(&engine) == [last]);
    drop(engine);
    drop(world.open());
    until("a smaller file", || size() < full);
}
