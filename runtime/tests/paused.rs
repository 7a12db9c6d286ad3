//! A safe start holds the runs of earlier processes until they are let go, and the next one holds them anew.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod toy;

use runtime::engine::{Engine, EngineError, EngineOptions, Resume, RunId, RunState, resume};
use std::path::PathBuf;
use std::time::Duration;
use toy::*;

fn open_paused(world: &World) -> Engine {
    Engine::open(EngineOptions { paused: true, ..world.options() }).unwrap()
}

fn data(world: &World) -> PathBuf {
    world.options().data_dir
}

/// Starts two runs that touch something, sleep for a minute and end; then the process is killed.
fn two_sleepers(world: &World) -> [RunId; 2] {
    let engine = world.open();
    let runs = [(), ()].map(|()| start(&engine, program(&[TOUCH_ONCE, WAIT], 1, None, vec![])));
    for run in runs {
        until_state(&engine, run, RunState::Waiting);
    }
    drop(engine);
    runs
}

/// The same, and the minute passes.
fn two_late_sleepers(world: &World) -> [RunId; 2] {
    let runs = two_sleepers(world);
    world.advance(61);
    runs
}

/// Lets whatever could happen by itself do so.
fn settle(world: &World) {
    for _ in 0..20 {
        world.advance(5);
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn what_is_held_is_shown_and_does_not_move() {
    let world = World::new();
    let runs = two_late_sleepers(&world);
    let engine = open_paused(&world);
    let held = engine.history().unwrap().in_flight(engine.now()).unwrap();
    assert_eq!((held.len(), held[0].sleeping, held[0].late, held[0].queued), (1, 2, 2, 0));
    settle(&world);
    for run in runs {
        assert_eq!(summary(&engine, run).state, RunState::Waiting);
    }
}

#[test]
fn a_run_is_let_go_alone_and_the_next_safe_start_holds_anew() {
    let world = World::new();
    let [first, second] = two_late_sleepers(&world);
    let engine = open_paused(&world);
    assert!(resume(&data(&world), Resume::Run(first)).unwrap());
    assert_eq!(follow(&engine, first).state, RunState::Succeeded);
    settle(&world);
    assert_eq!(summary(&engine, second).state, RunState::Waiting);
    assert!(matches!(resume(&data(&world), Resume::Run(first)), Err(EngineError::Ended(_))));
    drop(engine);
    let engine = open_paused(&world);
    settle(&world);
    assert_eq!(summary(&engine, second).state, RunState::Waiting);
    drop(engine);
    let engine = world.open();
    assert_eq!(follow(&engine, second).state, RunState::Succeeded);
    assert_eq!(world.touched().len(), 2);
}

#[test]
fn a_task_or_everything_is_let_go_and_then_nothing_is_held() {
    for what in [Resume::Task("tidy".to_owned()), Resume::All] {
        let world = World::new();
        let runs = two_late_sleepers(&world);
        let engine = open_paused(&world);
        assert!(resume(&data(&world), what.clone()).unwrap());
        for run in runs {
            assert_eq!(follow(&engine, run).state, RunState::Succeeded);
        }
        if what == Resume::All {
            assert!(matches!(resume(&data(&world), Resume::All), Err(EngineError::NotPaused { .. })));
        }
    }
}

#[test]
fn a_run_in_the_middle_is_held_until_it_is_let_go() {
    let world = World::new();
    let engine = world.open();
    let run = start(&engine, program(&[TOUCH, NOW, TOUCH_ONCE], 200, None, vec![]));
    until("it is at work", || world.touched().len() > 3);
    drop(engine);
    let engine = open_paused(&world);
    let (state, touched) = (summary(&engine, run).state, world.touched().len());
    settle(&world);
    assert_eq!((summary(&engine, run).state, world.touched().len()), (state, touched));
    if !state.is_final() {
        assert!(resume(&data(&world), Resume::Run(run)).unwrap());
    }
    assert!(follow(&engine, run).state.is_final());
}

#[test]
fn a_cancel_lets_its_run_go_and_new_runs_are_not_held() {
    let world = World::new();
    let [first, second] = two_sleepers(&world);
    let engine = open_paused(&world);
    engine.cancel(first).unwrap();
    assert_eq!(follow(&engine, first).state, RunState::Cancelled);
    let new = start(&engine, program(&[TOUCH], 1, None, vec![]));
    assert_eq!(follow(&engine, new).state, RunState::Succeeded);
    assert_eq!(summary(&engine, second).state, RunState::Waiting);
}

#[test]
fn without_a_paused_owner_there_is_nothing_to_let_go() {
    let world = World::new();
    let [first, _] = two_late_sleepers(&world);
    assert!(matches!(resume(&data(&world), Resume::All), Err(EngineError::NotServed { .. })));
    let paused = open_paused(&world);
    assert!(matches!(resume(&data(&world), Resume::Task("none".to_owned())), Err(EngineError::NothingHeld(_))));
    drop(paused);
    let engine = world.open();
    assert_eq!(follow(&engine, first).state, RunState::Succeeded);
    assert!(matches!(resume(&data(&world), Resume::All), Err(EngineError::NotPaused { .. })));
}
