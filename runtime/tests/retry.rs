//! A person says what became of an operation of which nobody knows, and the run goes on; whatever crashes meanwhile.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod toy;

use runtime::Data;
use runtime::engine::{Engine, EngineError, NoRetry, Retry, RunId, RunState, Said};
use runtime::history::StepKind;
use toy::*;

fn say(engine: &Engine, run: RunId, said: Said) -> Result<(), EngineError> {
    engine.retry(run, Retry { said, by: "ann".to_owned() })
}

/// A run whose last operation was cut off by a crash.
fn interrupted(world: &World) -> (Engine, RunId) {
    let engine = world.open();
    let run = start(&engine, program(&[TOUCH, HANG_ONCE], 1, None, vec![]));
    until("the operation", || world.touched().len() == 2);
    drop(engine);
    let engine = world.open();
    assert_eq!(failure_kind(&follow(&engine, run)), "interrupted");
    (engine, run)
}

#[test]
fn what_happened_is_not_done_again() {
    let world = World::new();
    let (engine, run) = interrupted(&world);
    let refused = say(&engine, run, Said::Nothing);
    assert!(matches!(refused, Err(EngineError::NoRetry { why: NoRetry::Unknown, .. })), "{refused:?}");
    say(&engine, run, Said::Done(Data::None)).unwrap();
    let summary = follow(&engine, run);
    assert_eq!((summary.state, summary.outcome), (RunState::Succeeded, Some(Ok(Data::Int(1)))));
    assert_eq!(world.touched().len(), 2);
    let steps = engine.history().unwrap().steps(run, 0, 100).unwrap();
    let aside: Vec<bool> = steps.iter().map(|step| step.aside).collect();
    assert_eq!(aside, [false, false, true, false, false], "{steps:?}");
    assert!(matches!(&steps[3].what, StepKind::Resumed { by, .. } if by == "ann"));
    let refused = say(&engine, run, Said::NotDone);
    assert!(matches!(refused, Err(EngineError::NoRetry { why: NoRetry::NotFailed(_), .. })), "{refused:?}");
}

#[test]
fn what_did_not_happen_is_done_again_and_may_be_unknown_again() {
    let world = World::new();
    let (engine, run) = interrupted(&world);
    say(&engine, run, Said::NotDone).unwrap();
    until("the operation", || world.touched().len() == 3);
    drop(engine);
    let engine = world.open();
    assert_eq!(failure_kind(&follow(&engine, run)), "interrupted");
    say(&engine, run, Said::Done(Data::None)).unwrap();
    drop(engine);
    let engine = world.open();
    assert_eq!(follow(&engine, run).state, RunState::Succeeded);
    assert_eq!(world.touched().len(), 3, "nothing else was done again");
}

#[test]
fn a_run_of_which_an_operation_failed_fails_again_where_nothing_has_changed() {
    let world = World::new();
    let engine = world.open();
    let run = start(&engine, program(&[TOUCH_ONCE, FAIL], 1, None, vec![]));
    assert_eq!(failure_kind(&follow(&engine, run)), "not_found");
    for _ in 0..3 {
        let before = summary(&engine, run).ended_at;
        world.advance(1);
        say(&engine, run, Said::Nothing).unwrap();
        until("the end", || summary(&engine, run).state.is_final() && summary(&engine, run).ended_at != before);
        assert_eq!(failure_kind(&summary(&engine, run)), "not_found");
    }
    assert_eq!(world.touched().len(), 1);
}
