//! Durable constructs in the real engine, whose process is gone again and again while they go on.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use runtime::Data;
use runtime::engine::{Decision, Engine, EngineOptions, ImageHash, RunId, RunState, StartRun};
use runtime::history::RunSummary;
use std::path::Path;
use std::time::Duration;

const SHOP: &str = r#"
event Paid { order: string, total: int }

/// What was done, in its order.
state ledger: list<string> = []
state tries: int = 0

fn note(text: string) {
    ledger.push(text)
}

task read() -> list<string> {
    ledger
}

task half(n: int) -> int {
    wait 15ms
    n / 2
}

/// Does everything, one after the other.
task everything() -> string
    needs files read "/**"
    needs files write "/**"
{
    let dir = run.dir
    files.write("{dir}/note.txt", "kept")
    note("begun")
    let slept = for n in [40, 5, 20] parallel 2 yield {
        wait 1ms * n
        "n{n}"
    }
    parallel {
        let five = call half(10)
        let text = step quick { "text" }
    }
    note("called")
    let job = start half(n: 8) key "eight"
    let four = wait for job
    let tried = step flaky retry 5 backoff 1ms..5ms {
        tries += 1
        if tries < 3 { fail network "try {tries}" }
        tries
    }
    note("tried {tried}")
    emit Paid(order: "other", total: 1)
    emit Paid(order: "mine", total: 30)
    let paid = wait for Paid as e where e.order == "mine"
    let late = wait for Paid as e where e.total > 1_000 within 25ms
    note("paid {paid.total}")
    let four_again = (start half(n: 8) key "eight").result()
    "{slept.join(",")} {five} {text} {four} {four_again} {late == none} {files.read("{dir}/note.txt")}"
}

task caller() -> int {
    call half(10)
}

task waiter() -> string {
    let paid = wait for Paid as e where e.total > 0
    paid.order
}

task emitter() {
    wait 15ms
    emit Paid(order: "mine", total: 30)
}

/// Fails behind two steps, which are undone.
task order() {
    let room = step book {
        wait 10ms
        note("book")
        "room 7"
    } undo room => {
        wait 10ms
        note("cancel {room}")
    }
    step pay {
        note("pay")
    } undo {
        note("refund")
    }
    wait 10ms
    fail conflict "sold out"
}

task ask() -> string {
    note("asked")
    match wait for approval "Pay 7?" by role "finance" within 1d {
        .approved(by, comment) => "{by}: {comment}"
        .rejected(by, _) => "{by} refused"
        .expired => "nobody decided"
    }
}
"#;

fn open(folder: &Path) -> (Engine, ImageHash) {
    let engine = Engine::open(EngineOptions {
        // Even short waits leave the memory, and come back from their snapshot.
        park_after: Duration::from_millis(10),
        ..EngineOptions::new(folder, stdlib::natives())
    });
    let engine = engine.unwrap();
    let image = engine.deploy(tests::compile(SHOP)).unwrap();
    (engine, image)
}

fn start(engine: &Engine, image: ImageHash, task: &str) -> RunId {
    engine.start(StartRun { image, task: task.to_owned(), arguments: Vec::new() }).unwrap()
}

fn ledger(engine: &Engine, image: ImageHash) -> Vec<String> {
    let read = engine.follow(start(engine, image, "read")).unwrap();
    let Some(Ok(Data::List(items))) = read.outcome else { panic!("{read:?}") };
    let text = |item| if let Data::String(text) = item { text } else { panic!("{item:?}") };
    items.into_iter().map(text).collect()
}

/// Runs a task to its end, while the process is gone every `pause`, and a little later each time.
fn through_crashes(folder: &Path, task: &str, pause: Duration) -> (RunSummary, u32) {
    let (engine, image) = open(folder);
    let run = start(&engine, image, task);
    let mut crashes = 0;
    let mut engine = engine;
    loop {
        // Each time a little longer, so that a slow machine comes to the end as well.
        if let Some(summary) = engine.follow_for(run, pause + pause * crashes / 8).unwrap() {
            return (summary, crashes);
        }
        crashes += 1;
        assert!(crashes < 400, "the run does not come to its end");
        drop(engine);
        engine = open(folder).0;
    }
}

#[test]
fn a_run_comes_to_the_same_end_through_any_number_of_crashes() {
    let mut all = 0;
    for pause in [23, 41, 67] {
        let folder = tempfile::tempdir().unwrap();
        let (summary, crashes) = through_crashes(folder.path(), "everything", Duration::from_millis(pause));
        all += crashes;
        let Some(Ok(Data::String(result))) = &summary.outcome else { panic!("{summary:?}") };
        assert_eq!(result, "n40,n5,n20 5 text 4 4 true kept");
        let (engine, image) = open(folder.path());
        assert_eq!(ledger(&engine, image), ["begun", "called", "tried 3", "paid 30"]);
        // Two were called or started with a key, however often it was asked for.
        assert_eq!(engine.history().unwrap().runs(Some("half"), 10).unwrap().len(), 2);
        engine.stop(Duration::from_secs(5)).unwrap();
    }
    assert!(all >= 6, "the process was gone {all} times only");
}

/// Whoever ends tells those who wait for it; where its process is gone before it has told them, the next one does.
#[test]
fn who_waits_for_a_run_or_an_event_finds_it_whenever_the_process_was_gone() {
    let folder = tempfile::tempdir().unwrap();
    let mut runs = Vec::new();
    for millis in 0..40 {
        let (engine, image) = open(folder.path());
        runs.push(start(&engine, image, "caller"));
        runs.push(start(&engine, image, "waiter"));
        runs.push(start(&engine, image, "emitter"));
        std::thread::sleep(Duration::from_millis(millis));
        drop(engine);
    }
    let (engine, _) = open(folder.path());
    for run in runs {
        let ended = engine.follow_for(run, Duration::from_secs(60)).unwrap();
        assert!(ended.is_some(), "{:?}", engine.history().unwrap().steps(run, 0, 100).unwrap());
    }
}

#[test]
fn what_was_done_is_undone_once_newest_first() {
    for pause in [5, 11, 23] {
        let folder = tempfile::tempdir().unwrap();
        let (summary, _) = through_crashes(folder.path(), "order", Duration::from_millis(pause));
        assert_eq!(summary.state, RunState::Failed);
        let Some(Err(failure)) = &summary.outcome else { panic!("{summary:?}") };
        assert_eq!(failure.failure.to_string(), "conflict: sold out");
        let (engine, image) = open(folder.path());
        assert_eq!(ledger(&engine, image), ["book", "pay", "refund", "cancel room 7"]);
    }
}

#[test]
fn a_question_outlives_its_process() {
    let folder = tempfile::tempdir().unwrap();
    let (engine, image) = open(folder.path());
    let run = start(&engine, image, "ask");
    while engine.history().unwrap().questions(run).unwrap().is_empty() {
        assert!(engine.follow_for(run, Duration::from_millis(5)).unwrap().is_none());
    }
    drop(engine);
    let (engine, image) = open(folder.path());
    let decision = Decision { approved: true, by: "ann".to_owned(), comment: "fine".to_owned() };
    engine.answer(run, decision).unwrap();
    let summary = engine.follow(run).unwrap();
    assert_eq!(summary.outcome, Some(Ok(Data::String("ann: fine".to_owned()))));
    assert_eq!(ledger(&engine, image), ["asked"]);
}
