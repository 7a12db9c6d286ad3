//! Runs go on after a crash, from their last recorded operation. Dropping an engine without stopping it is the crash.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod toy;

use runtime::Data;
use runtime::engine::{Engine, EngineError, EngineEvent, EngineOptions, RunId, RunState, StartRun};
use runtime::history::StepKind;
use std::time::Duration;
use toy::*;

#[test]
fn a_run_ends_with_its_result_and_its_history() {
    let world = World::new();
    let engine = world.open();
    let run = start(&engine, program(&[TOUCH_ONCE, NOW, LOG], 2, None, vec![]));
    let summary = follow(&engine, run);
    assert_eq!((summary.state, summary.outcome, summary.operations), (RunState::Succeeded, Some(Ok(Data::Int(2))), 6));
    let history = engine.history().unwrap();
    let steps = history.steps(run, 0, 100).unwrap();
    assert_eq!(steps.len(), 8, "an intent and an outcome for each once: {steps:?}");
    assert!(steps.iter().enumerate().all(|(place, step)| step.seq == u64::try_from(place).unwrap()));
    assert_eq!(history.logs(run, 10).unwrap().len(), 2);
    assert_eq!(world.touched(), ["Int(0)", "Int(1)"]);
}

#[test]
fn a_failure_is_the_end_of_its_run() {
    let world = World::new();
    let engine = world.open();
    let run = start(&engine, program(&[FAIL], 1, None, vec![]));
    let summary = follow(&engine, run);
    assert_eq!((summary.state, failure_kind(&summary)), (RunState::Failed, "not_found"));
}

#[test]
fn a_crash_at_every_row_repeats_and_loses_nothing() {
    // A crash in each round's wait; the touches before it are `once`.
    let world = World::new();
    let mut engine = world.open();
    let run = start(&engine, program(&[TOUCH_ONCE, TOUCH, NOW, LOG, WAIT], 5, None, vec![]));
    for _ in 0..5 {
        until_state(&engine, run, RunState::Waiting);
        drop(engine);
        engine = world.open();
        until_state(&engine, run, RunState::Waiting);
        let slept = world.touched().len();
        world.advance(60);
        until("the next round", || world.touched().len() > slept || summary(&engine, run).state.is_final());
    }
    let summary = follow(&engine, run);
    assert_eq!(summary.outcome, Some(Ok(Data::Int(5))));
    assert_eq!(world.touched().len(), 10);
    assert_eq!(engine.history().unwrap().logs(run, 100).unwrap().len(), 5);
}

#[test]
fn a_crash_at_any_moment_interrupts_a_once_or_leaves_it_done_once() {
    for pause in 0..12 {
        let world = World::new();
        let engine = world.open();
        let image = engine.deploy(program(&[TOUCH_ONCE], 20, None, vec![])).unwrap();
        let runs: Vec<RunId> = (0..8).map(|_| start_again(&engine, image)).collect();
        std::thread::sleep(Duration::from_millis(pause));
        drop(engine);
        let engine = world.open();
        let mut certain = 0;
        let mut doubtful = 0;
        for run in runs {
            let summary = follow(&engine, run);
            let steps = engine.history().unwrap().steps(run, 0, 100).unwrap();
            let done = steps.iter().filter(|step| matches!(&step.what, StepKind::Ended { result: Ok(_), .. })).count();
            certain += done;
            match summary.state {
                RunState::Succeeded => assert_eq!(done, 20),
                _ => {
                    assert_eq!(failure_kind(&summary), "interrupted");
                    doubtful += 1;
                }
            }
        }
        let touched = world.touched().len();
        assert!((certain..=certain + doubtful).contains(&touched), "{certain} + {doubtful}: {touched}");
    }
}

#[test]
fn a_once_in_flight_at_a_crash_is_interrupted_and_not_repeated() {
    let world = World::new();
    let engine = world.open();
    let run = start(&engine, program(&[HANG_ONCE], 1, None, vec![]));
    until("the operation", || world.touched().len() == 1);
    drop(engine);
    let engine = world.open();
    let summary = follow(&engine, run);
    assert_eq!((summary.state, failure_kind(&summary)), (RunState::Failed, "interrupted"));
    assert_eq!(world.touched().len(), 1);
}

#[test]
fn an_idempotent_in_flight_at_a_crash_is_repeated() {
    let world = World::new();
    let engine = world.open();
    let run = start(&engine, program(&[HANG], 1, None, vec![]));
    until("the operation", || world.touched().len() == 1);
    drop(engine);
    let engine = world.open();
    until("the repetition", || world.touched().len() == 2);
    engine.cancel(run).unwrap();
    assert_eq!(follow(&engine, run).state, RunState::Cancelled);
}

#[test]
fn a_clean_stop_puts_runs_away_and_the_next_start_goes_on() {
    let world = World::new();
    let engine = world.open();
    let image = engine.deploy(program(&[TOUCH_ONCE, HANG], 1, None, vec![])).unwrap();
    let run = start_again(&engine, image);
    until("the operations", || world.touched().len() == 2);
    engine.stop(Duration::ZERO).unwrap();
    let engine = world.open();
    let mut events = engine.subscribe();
    until("the repetition", || world.touched().len() == 3);
    engine.cancel(run).unwrap();
    assert_eq!(follow(&engine, run).state, RunState::Cancelled);
    assert!(matches!(engine.cancel(run), Err(EngineError::Ended(_))));
    let finished = std::iter::from_fn(|| events.try_recv().ok());
    assert!(finished.into_iter().any(|event| matches!(event, EngineEvent::Finished { .. })));
}

#[test]
fn long_histories_are_cut_short_by_snapshots() {
    let world = World::new();
    let engine = world.open();
    let run = start(&engine, program(&[NOW, TOUCH], 1000, None, vec![]));
    until("some rounds", || world.touched().len() > 600);
    drop(engine);
    let engine = world.open();
    let summary = follow(&engine, run);
    assert_eq!((summary.outcome, summary.operations), (Some(Ok(Data::Int(1000))), 2000));
    // The one operation that was in flight at the crash may have been repeated.
    assert!((1000..=1001).contains(&world.touched().len()));
}

/// Changes the stored bytes of one column.
fn change(world: &World, table: &str, column: &str, change: impl FnOnce(&mut Vec<u8>)) {
    let database = rusqlite::Connection::open(world.options().data_dir.join("taskwright.db")).unwrap();
    let query = format!("SELECT rowid, {column} FROM {table}");
    let (row, mut bytes): (i64, Vec<u8>) =
        database.query_row(&query, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    change(&mut bytes);
    database.execute(&format!("UPDATE {table} SET {column} = ?1 WHERE rowid = ?2"), (bytes, row)).unwrap();
}

#[test]
fn a_snapshot_of_another_version_or_a_damaged_one_is_done_without() {
    // The place of the version, and one in the checksum.
    for at in [3, 9] {
        let world = World::new();
        let engine = world.open();
        let run = start(&engine, program(&[TOUCH_ONCE, NOW, WAIT], 2, None, vec![]));
        until_state(&engine, run, RunState::Waiting);
        engine.stop(Duration::from_secs(5)).unwrap();
        change(&world, "snapshots", "bytes", |bytes| bytes[at] ^= 0x55);
        let engine = world.open();
        until("it ends", || {
            world.advance(60);
            summary(&engine, run).state.is_final()
        });
        assert_eq!(follow(&engine, run).outcome, Some(Ok(Data::Int(2))));
        assert_eq!(world.touched().len(), 2);
    }
}

#[test]
fn a_run_whose_program_this_version_cannot_run_is_left_as_it_is() {
    let world = World::new();
    let engine = world.open();
    let run = start(&engine, program(&[TOUCH_ONCE, WAIT], 1, None, vec![]));
    until_state(&engine, run, RunState::Waiting);
    engine.stop(Duration::from_secs(5)).unwrap();
    // The version of the image stands behind its five letters.
    change(&world, "images", "bytes", |bytes| bytes[5] += 1);
    let engine = world.open();
    let mut events = engine.subscribe();
    world.advance(60);
    until(
        "it is told",
        || matches!(events.try_recv(), Ok(EngineEvent::Stranded { run: left, why: EngineError::BadImage(_), .. }) if left == run),
    );
    assert!(!summary(&engine, run).state.is_final());
    drop(engine);
    change(&world, "images", "bytes", |bytes| bytes[5] -= 1);
    let engine = world.open();
    assert_eq!(follow(&engine, run).outcome, Some(Ok(Data::Int(1))));
}

#[test]
fn a_timeout_is_kept_across_restarts() {
    let world = World::new();
    let engine = world.open();
    let sleeping = start(&engine, program(&[WAIT], 100, Some(90 * SECOND), vec![]));
    let hanging = start(&engine, program(&[HANG], 1, Some(90 * SECOND), vec![]));
    until("the operation", || world.touched().len() == 1);
    until_state(&engine, sleeping, RunState::Waiting);
    world.advance(60);
    until("the second wait", || engine.history().unwrap().steps(sleeping, 0, 9).unwrap().len() == 3);
    drop(engine);
    let engine = world.open();
    until("the repetition", || world.touched().len() == 2);
    world.advance(29);
    assert_eq!(engine.follow_for(hanging, Duration::from_millis(50)).unwrap(), None);
    world.advance(1);
    assert_eq!(follow(&engine, hanging).state, RunState::TimedOut);
    assert_eq!(follow(&engine, sleeping).state, RunState::TimedOut);
}

#[test]
fn a_wait_is_due_at_its_time_though_the_process_was_gone() {
    let world = World::new();
    let engine = world.open();
    let run = start(&engine, program(&[WAIT], 1, None, vec![]));
    until_state(&engine, run, RunState::Waiting);
    engine.stop(Duration::ZERO).unwrap();
    world.advance(3600);
    let engine = world.open();
    assert_eq!(follow(&engine, run).state, RunState::Succeeded);
}

#[test]
fn more_than_a_page_of_runs_wake_at_the_same_time() {
    const RUNS: usize = 4_200;
    let world = World::new();
    let open = || Engine::open(EngineOptions { scratch: true, ..world.options() }).unwrap();
    let engine = open();
    let image = engine.deploy(program(&[WAIT], 2, None, vec![])).unwrap();
    let sleep = StartRun { image, task: "tidy".to_owned(), arguments: vec![] };
    let runs = engine.start_all(vec![sleep; RUNS]).unwrap();
    let history = engine.history().unwrap();
    for run in &runs {
        until("a run to sleep", || history.run(&(*run).into()).unwrap().state == RunState::Waiting);
    }
    // Those that slept when the process went and those that fall asleep in it, all at one instant.
    engine.stop(Duration::from_secs(5)).unwrap();
    let engine = open();
    world.advance(60);
    for run in &runs {
        until("a run to sleep again", || history.steps(*run, 2, 9).unwrap().len() == 1);
    }
    world.advance(60);
    for run in runs {
        assert_eq!(follow(&engine, run).state, RunState::Succeeded);
    }
}

#[test]
fn a_once_in_flight_is_awaited_by_cancel_but_not_for_ever() {
    let world = World::new();
    let engine = world.open();
    let run = start(&engine, program(&[HANG_ONCE], 1, None, vec![]));
    until("the operation", || world.touched().len() == 1);
    engine.cancel(run).unwrap();
    assert_eq!(engine.follow_for(run, Duration::from_millis(50)).unwrap(), None);
    until("the request", || engine.history().unwrap().steps(run, 0, 9).unwrap().len() == 2);
    world.advance(31);
    let summary = follow(&engine, run);
    assert_eq!(summary.state, RunState::Cancelled);
    let steps = engine.history().unwrap().steps(run, 0, 9).unwrap();
    assert!(matches!(&steps[2].what, StepKind::Ended { result: Err(failure), .. } if failure.kind == "interrupted"));
}

#[test]
fn a_wall_clock_that_is_set_back_does_not_hold_waits() {
    let world = World::new();
    let engine = world.open();
    let run = start(&engine, program(&[NOW, WAIT, NOW], 1, None, vec![]));
    until_state(&engine, run, RunState::Waiting);
    world.clock.set(NEW_YEAR - 3600 * SECOND);
    world.advance(60);
    assert_eq!(follow(&engine, run).state, RunState::Succeeded);
    let steps = engine.history().unwrap().steps(run, 0, 9).unwrap();
    assert!(steps.windows(2).all(|pair| pair[0].at <= pair[1].at), "a run's time never goes back");
}

#[test]
fn a_wait_that_begins_behind_a_clock_that_was_set_back_is_as_long_as_it_says() {
    for crash in [false, true] {
        let world = World::new();
        world.clock.set(NEW_YEAR + 10 * 365 * 86_400 * SECOND);
        let mut engine = world.open();
        let run = start(&engine, program(&[WAIT], 2, None, vec![]));
        until_state(&engine, run, RunState::Waiting);
        world.clock.set(NEW_YEAR);
        world.advance(60);
        // The run has seen 2036 and goes on from there.
        until("the second wait", || engine.history().unwrap().steps(run, 0, 9).unwrap().len() == 3);
        until_state(&engine, run, RunState::Waiting);
        if crash {
            drop(engine);
            engine = world.open();
        }
        world.advance(59);
        assert_eq!(engine.follow_for(run, Duration::from_millis(50)).unwrap(), None);
        world.advance(1);
        assert_eq!(follow(&engine, run).state, RunState::Succeeded);
    }
}
