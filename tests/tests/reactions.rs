//! Tasks that events start: each event once, whatever stops the engine in between.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use runtime::Data;
use runtime::engine::{Engine, EngineOptions, ImageHash, RunState, StartRun, Trigger};
use runtime::history::RunSummary;
use std::path::Path;
use std::time::{Duration, Instant};

const SHOP: &str = r#"
event OrderPaid { id: string, total: int }

/// Emits events whose totals count up.
task pay(count: int) -> int {
    for total in 0..count {
        emit OrderPaid(id: "o{total}", total: total)
    }
    count
}

task book(id: string, total: int) -> string
    on event OrderPaid
{
    "{id}: {total}"
}

task large(id: string) -> string
    on event OrderPaid as paid where paid.total >= 3 with (id: paid.id)
{
    id
}

task greet(first: string) -> string
    on event OrderPaid as paid with (first: paid.id) key "only one"
{
    first
}

task picky(total: int where it < 4)
    on event OrderPaid as paid with (total: paid.total)
{
    log.info("{total}")
}

task mourn(id: string, why: string) -> string
    on failure of picky as run with (id: run.id, why: run.error()?.message ?? "")
{
    why
}

task sum_up(paid: int) -> int
    on success of pay as run with (paid: run.result())
{
    paid
}
"#;

fn open(folder: &Path, paused: bool) -> Engine {
    let options = EngineOptions::new(folder, stdlib::natives());
    Engine::open(EngineOptions { paused, ..options }).unwrap()
}

fn serve(engine: &Engine, source: &str) -> ImageHash {
    let image = engine.deploy(tests::compile(source)).unwrap();
    engine.put_in_force(&[image]).unwrap();
    image
}

fn pay(engine: &Engine, image: ImageHash, count: i64) {
    let arguments = vec![Some(Data::Int(count))];
    engine.start(StartRun { image, task: "pay".to_owned(), arguments }).unwrap();
}

/// Waits until so many runs of a task have ended, and gives them, oldest first.
fn ended(engine: &Engine, task: &str, count: usize) -> Vec<RunSummary> {
    let begun = Instant::now();
    loop {
        let mut runs = engine.history().unwrap().runs(Some(task), 10_000).unwrap();
        runs.retain(|run| run.state.is_final());
        if runs.len() >= count {
            runs.reverse();
            return runs;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{} of {count} runs of `{task}` have ended", runs.len());
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn results(runs: &[RunSummary]) -> Vec<String> {
    let result = |run: &RunSummary| match &run.outcome {
        Some(Ok(Data::String(text))) => text.clone(),
        Some(Ok(other)) => format!("{other:?}"),
        Some(Err(failure)) => failure.failure.to_string(),
        None => "nothing".to_owned(),
    };
    runs.iter().map(result).collect()
}

#[test]
fn an_event_starts_each_task_that_wants_it() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(folder.path(), false);
    let image = serve(&engine, SHOP);
    pay(&engine, image, 5);
    let booked = ended(&engine, "book", 5);
    assert_eq!(results(&booked), ["o0: 0", "o1: 1", "o2: 2", "o3: 3", "o4: 4"], "fields are arguments by name");
    assert!(matches!(booked[0].trigger, Trigger::Event { .. }), "{:?}", booked[0].trigger);
    assert_eq!(results(&ended(&engine, "large", 2)), ["o3", "o4"], "the condition chooses");
    assert_eq!(results(&ended(&engine, "sum_up", 1)), ["Int(5)"], "a run that succeeded gives its result");
    let picky = ended(&engine, "picky", 5);
    assert_eq!(picky.iter().filter(|run| run.state == RunState::Failed).count(), 1, "{:?}", results(&picky));
    let mourned = ended(&engine, "mourn", 1);
    let [why] = <[String; 1]>::try_from(results(&mourned)).unwrap();
    assert_eq!(why, "on OrderPaid: found 4 for `total`: `it < 4` must hold");
    assert!(matches!(mourned[0].trigger, Trigger::Failure { run } if picky.iter().any(|each| each.id == run)));
    engine.stop(Duration::from_secs(5)).unwrap();
    // Only the end shows that nothing more has begun.
    let engine = open(folder.path(), true);
    assert_eq!(results(&ended(&engine, "greet", 1)), ["o0"], "a key has one run");
    for (task, count) in [("book", 5), ("large", 2), ("picky", 5), ("mourn", 1), ("sum_up", 1)] {
        assert_eq!(ended(&engine, task, count).len(), count, "{task}");
    }
}

#[test]
fn a_crash_loses_no_event_and_repeats_none() {
    const ROUNDS: u64 = 12;
    const EACH: i64 = 20;
    let folder = tempfile::tempdir().unwrap();
    for round in 0..ROUNDS {
        let engine = open(folder.path(), false);
        let image = serve(&engine, SHOP);
        pay(&engine, image, EACH);
        std::thread::sleep(Duration::from_millis(4 * round));
        // Without `stop` this is a crash: what is not committed is gone.
        drop(engine);
    }
    let engine = open(folder.path(), false);
    serve(&engine, SHOP);
    let rounds = ROUNDS as usize;
    let events = rounds * EACH as usize;
    ended(&engine, "pay", rounds);
    ended(&engine, "book", events);
    ended(&engine, "sum_up", rounds);
    engine.stop(Duration::from_secs(5)).unwrap();
    let engine = open(folder.path(), true);
    assert_eq!(ended(&engine, "book", events).len(), events);
    assert_eq!(ended(&engine, "large", events - 3 * rounds).len(), events - 3 * rounds);
    assert_eq!(ended(&engine, "sum_up", rounds).len(), rounds);
    assert_eq!(ended(&engine, "greet", 1).len(), 1);
}

#[test]
fn what_happens_while_paused_is_made_up_for_and_what_was_before_is_not() {
    const PAY_ALONE: &str = r#"
event OrderPaid { id: string, total: int }

task pay(count: int) -> int {
    for total in 0..count {
        emit OrderPaid(id: "o{total}", total: total)
    }
    count
}
"#;
    let folder = tempfile::tempdir().unwrap();
    let engine = open(folder.path(), false);
    let image = serve(&engine, PAY_ALONE);
    pay(&engine, image, 3);
    ended(&engine, "pay", 1);
    engine.stop(Duration::from_secs(5)).unwrap();

    let engine = open(folder.path(), true);
    let image = serve(&engine, SHOP);
    pay(&engine, image, 2);
    ended(&engine, "pay", 2);
    assert_eq!(engine.history().unwrap().runs(Some("book"), 10).unwrap().len(), 0, "nothing starts by itself");
    engine.stop(Duration::from_secs(5)).unwrap();

    let engine = open(folder.path(), false);
    serve(&engine, SHOP);
    assert_eq!(results(&ended(&engine, "book", 2)), ["o0: 0", "o1: 1"], "the three events before are nobody's");
}
