//! Data folders that are held, damaged, foreign, newer, missing or read-only are told apart, and nothing panics.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod toy;

use runtime::engine::{Cancelled, Engine, EngineError, RunPrefix, RunState, cancel};
use runtime::history::History;
use std::path::PathBuf;
use std::time::Duration;
use toy::*;

fn data(world: &World) -> PathBuf {
    world.options().data_dir
}

fn open_error(world: &World) -> EngineError {
    match Engine::open(world.options()) {
        Ok(_) => panic!("the folder was opened"),
        Err(error) => error,
    }
}

#[test]
fn a_folder_has_one_owner() {
    let world = World::new();
    let engine = world.open();
    match open_error(&world) {
        EngineError::Held { pid, .. } => assert_eq!(pid, std::process::id()),
        other => panic!("{other}"),
    }
    engine.stop(Duration::ZERO).unwrap();
    world.open();
}

#[test]
fn the_history_is_read_beside_a_live_engine_and_without_one() {
    let world = World::new();
    assert!(matches!(History::open(&data(&world)), Err(EngineError::Missing { .. })));
    let engine = world.open();
    let run = start(&engine, program(&[TOUCH], 2, None, vec![]));
    follow(&engine, run);
    assert_eq!(History::open(&data(&world)).unwrap().runs(Some("tidy"), 10).unwrap().len(), 1);
    engine.stop(Duration::ZERO).unwrap();
    let history = History::open(&data(&world)).unwrap();
    assert_eq!(history.steps(run, 0, 10).unwrap().len(), 2);
    assert_eq!(history.runs(Some("other"), 10).unwrap(), []);
}

#[test]
fn a_run_is_found_by_the_beginning_of_its_id() {
    let world = World::new();
    let engine = world.open();
    let image = engine.deploy(program(&[TOUCH], 1, None, vec![])).unwrap();
    let runs: Vec<_> = (0..40).map(|_| start_again(&engine, image)).collect();
    let history = engine.history().unwrap();
    let prefix: RunPrefix = runs[7].to_string()[..12].parse().unwrap();
    assert_eq!(history.run(&prefix).unwrap().id, runs[7]);
    // Of 40 ids, two begin with the same letter.
    let ambiguous = "abcdefghijklmnopqrstuvwxyz234567"
        .chars()
        .any(|letter| matches!(history.run(&letter.to_string().parse().unwrap()), Err(EngineError::ManyRuns(_))));
    assert!(ambiguous);
    let unknown = "aaaaaaaaaaaaaaaaaaaaaaaaaa".parse().unwrap();
    assert!(matches!(history.run(&unknown), Err(EngineError::NoRun(_))));
}

#[test]
fn another_process_stops_a_run_through_the_owner() {
    let world = World::new();
    let engine = world.open();
    let run = start(&engine, program(&[HANG], 1, None, vec![]));
    until("the operation", || world.touched().len() == 1);
    assert_eq!(cancel(&data(&world), &RunPrefix::from(run)).unwrap(), Cancelled::Done(run));
    assert_eq!(follow(&engine, run).state, RunState::Cancelled);
}

#[test]
fn a_run_is_stopped_where_no_owner_lives() {
    let world = World::new();
    let engine = world.open();
    let run = start(&engine, program(&[TOUCH, WAIT], 2, None, vec![]));
    until_state(&engine, run, RunState::Waiting);
    drop(engine);
    assert_eq!(cancel(&data(&world), &RunPrefix::from(run)).unwrap(), Cancelled::Done(run));
    assert!(matches!(cancel(&data(&world), &RunPrefix::from(run)), Err(EngineError::Ended(_))));
    let engine = world.open();
    assert_eq!(follow(&engine, run).state, RunState::Cancelled);
}

#[test]
fn a_damaged_database_is_told_and_kept() {
    let world = World::new();
    let engine = world.open();
    let run = start(&engine, program(&[TOUCH], 50, None, vec![]));
    follow(&engine, run);
    engine.stop(Duration::ZERO).unwrap();
    let path = data(&world).join("taskwright.db");
    let whole = std::fs::read(&path).unwrap();
    for at in (0..whole.len()).step_by(whole.len() / 60 + 1) {
        let mut damaged = whole.clone();
        damaged[at..(at + 64).min(whole.len())].fill(0xA5);
        std::fs::write(&path, &damaged).unwrap();
        // Damage in a page that nobody uses may pass; what is told must be told as damage.
        match Engine::open(world.options()) {
            Ok(engine) => drop(engine),
            Err(EngineError::Corrupt { path: named, .. }) => assert_eq!(named, path),
            Err(EngineError::Newer { .. } | EngineError::ReadOnly { .. } | EngineError::Storage { .. }) => {}
            Err(other) => panic!("at {at}: {other:?}"),
        }
        for suffix in ["-wal", "-shm"] {
            let _ = std::fs::remove_file(data(&world).join(format!("taskwright.db{suffix}")));
        }
    }
    for length in [0, 10, 100, whole.len() / 2] {
        std::fs::write(&path, &whole[..length]).unwrap();
        if let Err(error) = Engine::open(world.options()) {
            assert!(matches!(error, EngineError::Corrupt { .. }), "cut at {length}: {error:?}");
        }
        for suffix in ["-wal", "-shm"] {
            let _ = std::fs::remove_file(data(&world).join(format!("taskwright.db{suffix}")));
        }
    }
    std::fs::write(&path, "not a database at all, but long enough to have a header".repeat(40)).unwrap();
    assert!(matches!(open_error(&world), EngineError::Corrupt { .. }));
}

#[test]
fn a_folder_that_cannot_be_made_is_told() {
    let world = World::new();
    std::fs::write(data(&world), "a file where a folder should be").unwrap();
    let error = open_error(&world);
    assert!(matches!(error, EngineError::Storage { .. }), "{error:?}");
    assert!(error.to_string().contains("data") && !error.help().is_empty());
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_is_told() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::new();
    std::fs::create_dir(data(&world)).unwrap();
    std::fs::set_permissions(data(&world), std::fs::Permissions::from_mode(0o555)).unwrap();
    // The superuser may write everywhere.
    if std::fs::write(data(&world).join("probe"), "").is_err() {
        assert!(matches!(open_error(&world), EngineError::ReadOnly { .. }));
    }
    std::fs::set_permissions(data(&world), std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_zone_that_does_not_exist_is_told() {
    let world = World::new();
    let options = runtime::engine::EngineOptions { zone: "Mars/Olympus".to_owned(), ..world.options() };
    assert!(matches!(Engine::open(options), Err(EngineError::NoZone(_))));
}
