//! The watchdog finds what could go on and does not. Each test takes something out of the store that the engine never takes.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod toy;

use bytecode::{Clauses, Concurrency, Image, TaskSchedule, WhenFull};
use runtime::engine::{Engine, EngineEvent, OccurrenceOutcome, RunState};
use rusqlite::Connection;
use schedule::{Catchup, Form, Spec, Weekdays};
use tokio::sync::broadcast::Receiver;
use toy::*;

/// Does something to the tables behind the engine's back.
fn behind_its_back(world: &World, statement: &str) {
    let folder = world.options().data_dir;
    let database = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let database = database.into_iter().find(|path| path.extension().is_some_and(|ending| ending == "db")).unwrap();
    let connection = Connection::open(database).unwrap();
    connection.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
    assert!(connection.execute(statement, []).unwrap() > 0, "{statement}");
}

/// Lets minutes pass until the watchdog has told something.
fn found(world: &World, events: &mut Receiver<EngineEvent>) -> String {
    let mut told = None;
    until("what the watchdog tells", || {
        world.advance(20);
        while let Ok(event) = events.try_recv() {
            if let EngineEvent::Watchdog { found } = event {
                told = Some(found);
            }
        }
        told.is_some()
    });
    told.unwrap()
}

fn one_at_a_time(image: Image) -> Image {
    let mut image = image;
    let clause = Concurrency { at_once: 1, per: None, otherwise: WhenFull::Queue };
    image.tasks[0].clauses = Clauses { concurrency: Some(clause), ..Clauses::default() };
    image
}

#[test]
fn a_run_that_nobody_drives_goes_on() {
    let world = World::new();
    let engine = world.open();
    let mut events = engine.subscribe();
    let run = start(&engine, program(&[WAIT, TOUCH], 1, None, vec![]));
    until_state(&engine, run, RunState::Waiting);
    behind_its_back(&world, "DELETE FROM timers");
    let told = found(&world, &mut events);
    assert_eq!(told, format!("run {run} of `tidy` was driven by nobody: it goes on now"));
    until("its end", || {
        world.advance(5);
        summary(&engine, run).state == RunState::Succeeded
    });
}

#[test]
fn a_slot_that_is_free_is_given_out() {
    let world = World::new();
    let engine = world.open();
    let mut events = engine.subscribe();
    let first = start(&engine, one_at_a_time(program(&[HANG], 1, None, vec![])));
    let second = start_again(&engine, summary(&engine, first).image);
    until_state(&engine, first, RunState::Running);
    assert_eq!(summary(&engine, second).state, RunState::Queued);
    behind_its_back(&world, "DELETE FROM holds");
    assert!(found(&world, &mut events).starts_with("a slot of "));
    until_state(&engine, second, RunState::Running);
}

#[test]
fn a_due_time_without_a_row_is_told_and_gets_one() {
    let world = World::new();
    world.advance(1);
    let engine = world.open();
    let mut events = engine.subscribe();
    let form = Form::Every { period: 600 * SECOND, window: None, days: Weekdays::ALL };
    let catchup = Catchup::Latest;
    let spec = Spec { form, zone: None, jitter: None, except: vec![], starting: None, ending: None, catchup };
    let every = vec![TaskSchedule { spec, arguments: vec![] }];
    let image = engine.deploy(program(&[TOUCH], 1, None, every)).unwrap();
    engine.put_in_force(&[image]).unwrap();
    world.advance(600);
    let rows = || engine.history().unwrap().occurrences(Some("tidy"), i64::MIN, 10).unwrap();
    until("the due time", || rows().len() == 1);
    behind_its_back(&world, "DELETE FROM occurrences");
    let told = found(&world, &mut events);
    assert_eq!(told, "`tidy` was due at 2026-01-01T00:10:00Z and has no row: it is kept as missed");
    let row = rows().pop().unwrap();
    assert_eq!((row.nominal, row.outcome), (NEW_YEAR + 600 * SECOND, OccurrenceOutcome::Missed));
    assert_eq!(row.why.as_deref(), Some("overseen: a defect of the runtime"));
}

#[test]
fn nothing_is_found_where_all_is_right() {
    let world = World::new();
    let engine: Engine = world.open();
    let mut events = engine.subscribe();
    let first = start(&engine, one_at_a_time(program(&[HANG], 1, None, vec![])));
    let second = start_again(&engine, summary(&engine, first).image);
    until_state(&engine, first, RunState::Running);
    for _ in 0..200 {
        world.advance(10);
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    assert_eq!(summary(&engine, second).state, RunState::Queued);
    while let Ok(event) = events.try_recv() {
        assert!(!matches!(event, EngineEvent::Watchdog { .. }), "{event:?}");
    }
}
