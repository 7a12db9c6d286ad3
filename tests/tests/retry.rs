//! Failed runs go on where they failed: in the engine, and by `taskwright runs retry`, whoever has the data folder.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use runtime::Data;
use runtime::engine::{
    Engine, EngineError, EngineOptions, ImageHash, NoRetry, Retry, RunId, RunPrefix, RunState, Said, StartRun,
};
use runtime::history::RunSummary;
use std::path::Path;
use std::time::Duration;
use tests::Scratch;

const SHOP: &str = r#"
event Packed { order: string }

/// What was done, in its order.
state ledger: list<string> = []

fn note(text: string) {
    ledger.push(text)
}

task read() -> list<string> {
    ledger
}

task part(file: Path) -> string
    needs files read "/**"
{
    wait 20ms
    files.read(file)
}

/// Fails until there is a file; what it did before is not done again.
task order(file: Path) -> string
    timeout 1h
    needs files read "/**"
{
    note("begun")
    parallel {
        let first = step read timeout 5m {
            try {
                wait 5ms
                files.read(file)
            } finally {
                log.info("tidy")
                emit Packed(order: file)
            }
        }
        let second = call part(file: file)
    }
    note("ended")
    let packed = wait for Packed as e where e.order == file within 1m
    let again = wait for Packed as e where e.order == file within 1m
    "{first} {second} {packed != none} {again != none}"
}

task undone(file: Path) -> string
    needs files read "/**"
{
    step book { note("book") } undo { note("cancel") }
    files.read(file)
}

task alone(file: Path)
    needs files read "/**"
    concurrency 1
{
    if file == "/" { wait 1h }
    files.read(file)
}

task own() {
    note("own")
    fail invalid "always"
}
"#;

fn open(folder: &Path) -> (Engine, ImageHash) {
    let options =
        EngineOptions { park_after: Duration::from_millis(10), ..EngineOptions::new(folder, stdlib::natives()) };
    let engine = Engine::open(options).unwrap();
    let image = engine.deploy(tests::compile(SHOP)).unwrap();
    (engine, image)
}

fn start(engine: &Engine, image: ImageHash, task: &str, file: &Path) -> RunId {
    let argument = Some(Data::String(file.display().to_string()));
    let arguments = if task == "own" || task == "read" { Vec::new() } else { vec![argument] };
    engine.start(StartRun { image, task: task.to_owned(), arguments }).unwrap()
}

fn end(engine: &Engine, run: RunId) -> RunSummary {
    engine.follow_for(run, Duration::from_secs(20)).unwrap().expect("the run ends")
}

fn ledger(engine: &Engine, image: ImageHash) -> Vec<Data> {
    match end(engine, start(engine, image, "read", Path::new("/"))).outcome {
        Some(Ok(Data::List(items))) => items,
        other => panic!("{other:?}"),
    }
}

fn retry(engine: &Engine, run: RunId) -> Result<(), EngineError> {
    engine.retry(run, Retry { said: Said::Nothing, by: "ann".to_owned() })
}

#[test]
fn a_failed_run_goes_on_before_its_failure_with_all_that_came_before() {
    for crash in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("order.txt");
        let data = folder.path().join("data");
        let (mut engine, mut image) = open(&data);
        let run = start(&engine, image, "order", &file);
        let failed = end(&engine, run);
        assert_eq!(failed.state, RunState::Failed, "{failed:?}");
        std::fs::write(&file, "here").unwrap();
        retry(&engine, run).unwrap();
        if crash {
            drop(engine);
            (engine, image) = open(&data);
        }
        let ended = end(&engine, run);
        let expected = Some(Ok(Data::String("here here true true".to_owned())));
        assert_eq!(ended.outcome, expected, "{:?}", engine.history().unwrap().steps(run, 0, 100).unwrap());
        let notes: Vec<Data> = ["begun", "ended"].map(|text| Data::String(text.to_owned())).into();
        assert_eq!(ledger(&engine, image), notes);
        assert_eq!(
            engine.history().unwrap().logs(run, 10).unwrap().len(),
            2,
            "each time it was tidied up has its line"
        );
    }
}

#[test]
fn what_was_undone_or_failed_by_itself_is_started_anew() {
    let folder = tempfile::tempdir().unwrap();
    let (engine, image) = open(folder.path());
    let file = folder.path().join("missing.txt");
    for (task, expected) in [("undone", NoRetry::Undone), ("own", NoRetry::OwnCode)] {
        let run = start(&engine, image, task, &file);
        assert_eq!(end(&engine, run).state, RunState::Failed);
        let refused = retry(&engine, run);
        assert!(matches!(refused, Err(EngineError::NoRetry { why, .. }) if why == expected), "{task}: {refused:?}");
        assert_eq!(engine.history().unwrap().run(&RunPrefix::from(run)).unwrap().state, RunState::Failed);
    }
}

#[test]
fn a_run_that_goes_on_holds_its_slot_again() {
    let folder = tempfile::tempdir().unwrap();
    let (engine, image) = open(folder.path());
    let file = folder.path().join("order.txt");
    let failed = start(&engine, image, "alone", &file);
    assert_eq!(end(&engine, failed).state, RunState::Failed);
    let other = start(&engine, image, "alone", Path::new("/"));
    std::fs::write(&file, "here").unwrap();
    let refused = retry(&engine, failed);
    assert!(matches!(refused, Err(EngineError::NoRetry { why: NoRetry::Busy, .. })), "{refused:?}");
    engine.cancel(other).unwrap();
    assert_eq!(end(&engine, other).state, RunState::Cancelled);
    retry(&engine, failed).unwrap();
    assert_eq!(end(&engine, failed).state, RunState::Succeeded);
    assert_eq!(engine.history().unwrap().holds().unwrap(), []);
}

#[test]
fn the_command_lets_a_run_go_on_with_and_without_an_owner() {
    let scratch = Scratch::new();
    scratch.write(
        "read.task",
        r#"
/// Reads a file.
task read() -> string
    needs files read "*.txt"
{
    files.read("order.txt")
}
"#,
    );
    scratch.run(&["run", "read.task"]).expect_code(1);
    scratch.write("order.txt", "here");
    let said = scratch.run(&["runs", "retry", "last", "--by", "ann"]).expect_code(0);
    assert!(said.stderr.contains("once its folder is served"), "{}", said.stderr);
    let shown = scratch.run(&["runs", "show", "last"]).expect_code(0);
    assert!(shown.stdout.contains("ann lets it go on"), "{}", shown.stdout);
    assert!(shown.stdout.contains("(set aside)"), "{}", shown.stdout);

    let mut serve = scratch.command(&["serve", "read.task"]).spawn().unwrap();
    let state = |expected: &str| {
        let begun = std::time::Instant::now();
        loop {
            let shown = scratch.run(&["runs", "show", "last", "--json"]).json();
            if shown["state"] == expected {
                return shown;
            }
            assert!(begun.elapsed() < Duration::from_secs(20), "{shown}");
            std::thread::sleep(Duration::from_millis(50));
        }
    };
    assert_eq!(state("succeeded")["result"], "here");
    let refused = scratch.run(&["runs", "retry", "last"]).expect_code(1);
    assert!(refused.stderr.contains("its state is `succeeded`"), "{}", refused.stderr);
    serve.kill().unwrap();
    serve.wait().unwrap();
}
