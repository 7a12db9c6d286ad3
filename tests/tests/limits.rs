//! What heads say about how runs are treated, in the real engine: how many go on at once, and who begins first.
//! Whatever ends a run, it holds nothing afterwards.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use runtime::Data;
use runtime::engine::{Engine, EngineError, EngineOptions, ImageHash, RunId, RunPrefix, RunState, StartRun};
use runtime::history::RunSummary;
use std::path::Path;
use std::time::{Duration, Instant};

const SHOP: &str = r#"
event Go { name: string }

task queued(name: string = "x")
    concurrency 1
{
    wait for Go as go where go.name == name
}

task two(name: string)
    concurrency 2 else queue
{
    wait for Go as go where go.name == name
}

task by_region(name: string, region: string = "eu")
    concurrency 1 per (region.upper())
{
    wait for Go as go where go.name == name
}

task by_day(day: string = "{now()}")
    concurrency 1 per day
{
    wait for Go as go where go.name == day
}

task skips(name: string)
    concurrency 1 else skip
{
    wait for Go as go where go.name == name
}

task newest(name: string)
    concurrency 1 else cancel_oldest
{
    wait for Go as go where go.name == name
}

task picky(name: string)
    concurrency 1 else fail
{
    wait for Go as go where go.name == name
}

task fails(name: string)
    concurrency 1
{
    wait for Go as go where go.name == name within 50ms
    fail conflict "no {name}"
}

task slow(name: string)
    concurrency 1
    timeout 60ms
{
    wait for Go as go where go.name == name
}

task inner(deep: bool) -> int
    concurrency 3
{
    if deep { call outer(deep: true) } else { 7 }
}

task outer(deep: bool) -> int {
    call inner(deep: deep)
}

task recursive(left: int)
    concurrency 1
{
    if left > 0 { start recursive(left: left - 1) key "left {left}" }
}

task asks() -> string {
    try { call skips(name: "a") } catch conflict as e { return e.message }
    "done"
}

task many(n: int) -> int
    priority low
{
    n
}

task urgent() -> int
    priority high
{
    1
}

task go(name: string) {
    emit Go(name: name)
}
"#;

struct Shop {
    engine: Engine,
    image: ImageHash,
}

fn open(folder: &Path) -> Shop {
    let engine = Engine::open(EngineOptions {
        park_after: Duration::from_millis(10),
        ..EngineOptions::new(folder, stdlib::natives())
    });
    let engine = engine.unwrap();
    let image = engine.deploy(tests::compile(SHOP)).unwrap();
    Shop { engine, image }
}

fn text(text: &str) -> Option<Data> {
    Some(Data::String(text.to_owned()))
}

impl Shop {
    fn start(&self, task: &str, arguments: Vec<Option<Data>>) -> RunId {
        self.engine.start(StartRun { image: self.image, task: task.to_owned(), arguments }).unwrap()
    }

    fn named(&self, task: &str, name: &str) -> RunId {
        self.start(task, vec![text(name)])
    }

    fn go(&self, name: &str) {
        let run = self.named("go", name);
        assert_eq!(self.end(run).state, RunState::Succeeded);
    }

    fn end(&self, run: RunId) -> RunSummary {
        self.engine.follow_for(run, Duration::from_secs(30)).unwrap().expect("the run does not end")
    }

    fn message(&self, run: RunId) -> String {
        match self.end(run).outcome {
            Some(Err(failure)) => failure.failure.to_string(),
            other => panic!("{other:?}"),
        }
    }

    fn state(&self, run: RunId) -> RunState {
        self.engine.history().unwrap().run(&RunPrefix::from(run)).unwrap().state
    }

    fn until(&self, run: RunId, state: RunState) {
        let begun = Instant::now();
        while self.state(run) != state {
            assert!(begun.elapsed() < Duration::from_secs(30), "{:?}, not {state:?}", self.state(run));
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

#[test]
fn one_more_waits_in_the_order_of_coming() {
    let folder = tempfile::tempdir().unwrap();
    let shop = open(folder.path());
    let [a, b, c] = ["a", "b", "c"].map(|name| shop.named("queued", name));
    shop.until(a, RunState::Waiting);
    assert_eq!([shop.state(b), shop.state(c)], [RunState::Queued; 2]);
    shop.go("c");
    shop.go("a");
    assert_eq!(shop.end(a).state, RunState::Succeeded);
    shop.until(b, RunState::Waiting);
    assert_eq!(shop.state(c), RunState::Queued);
    shop.go("b");
    // What happened while it waited for its slot is not its business.
    shop.until(c, RunState::Waiting);
    shop.go("c");
    assert_eq!(shop.end(c).state, RunState::Succeeded);
}

#[test]
fn equal_keys_share_slots_and_defaults_count() {
    let folder = tempfile::tempdir().unwrap();
    let shop = open(folder.path());
    let eu = shop.start("by_region", vec![text("a"), None]);
    let same = shop.start("by_region", vec![text("b"), text("Eu")]);
    let us = shop.start("by_region", vec![text("c"), text("us")]);
    shop.until(eu, RunState::Waiting);
    shop.until(us, RunState::Waiting);
    assert_eq!(shop.state(same), RunState::Queued);
    let day = shop.start("by_day", vec![text("monday")]);
    shop.until(day, RunState::Waiting);
    let unknown = shop.engine.start(StartRun { image: shop.image, task: "by_day".to_owned(), arguments: vec![None] });
    assert!(matches!(unknown, Err(EngineError::BadKey { .. })), "{unknown:?}");
}

#[test]
fn one_more_is_skipped_fails_or_takes_the_place_of_the_oldest() {
    let folder = tempfile::tempdir().unwrap();
    let shop = open(folder.path());
    let first = shop.named("skips", "a");
    let second = shop.named("skips", "b");
    assert_eq!(shop.end(second).state, RunState::Cancelled);
    assert_eq!(
        shop.message(second),
        "conflict: 1 run of `skips` goes on, the most that `concurrency 1 else skip` lets"
    );
    let asks = shop.start("asks", vec![]);
    let Some(Ok(Data::String(told))) = shop.end(asks).outcome else { panic!() };
    assert!(told.starts_with("1 run of `skips` goes on"), "{told}");
    shop.until(first, RunState::Waiting);

    let first = shop.named("picky", "a");
    let second = shop.named("picky", "b");
    assert_eq!((shop.end(second).state, shop.state(first).is_final()), (RunState::Failed, false));

    let runs: Vec<RunId> = (0..6).map(|n| shop.named("newest", &n.to_string())).collect();
    for run in &runs[..5] {
        assert_eq!(shop.end(*run).state, RunState::Cancelled);
    }
    shop.until(runs[5], RunState::Waiting);
    shop.go("5");
    assert_eq!(shop.end(runs[5]).state, RunState::Succeeded);
}

#[test]
fn a_call_into_a_group_that_a_caller_holds_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let shop = open(folder.path());
    let fine = shop.start("inner", vec![Some(Data::Bool(false))]);
    assert_eq!(shop.end(fine).state, RunState::Succeeded);
    let deep = shop.start("inner", vec![Some(Data::Bool(true))]);
    let message = shop.message(deep);
    assert!(message.starts_with("conflict: `inner` is called by a run that holds a slot"), "{message}");
    // One that is only started waits until the other has ended.
    shop.start("recursive", vec![Some(Data::Int(5))]);
    let begun = Instant::now();
    let ended = || {
        let runs = shop.engine.history().unwrap().runs(Some("recursive"), 10).unwrap();
        runs.iter().filter(|run| run.state == RunState::Succeeded).count()
    };
    while ended() < 6 {
        assert!(begun.elapsed() < Duration::from_secs(30));
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn whatever_ends_a_run_its_slot_is_free() {
    let folder = tempfile::tempdir().unwrap();
    let mut shop = open(folder.path());
    let mut last = None;
    for round in 0..4 {
        // Succeeded, failed, timed out, cancelled, cancelled while it waited; and the process goes in between.
        let good = shop.named("queued", &format!("good {round}"));
        let bad = shop.named("fails", "bad");
        let slow = shop.named("slow", "slow");
        let stopped = shop.named("two", "stopped");
        let waits = shop.named("queued", "never");
        shop.until(good, RunState::Waiting);
        assert_eq!(shop.state(waits), RunState::Queued);
        if round % 2 == 1 {
            drop(shop);
            shop = open(folder.path());
        }
        shop.engine.cancel(waits).unwrap();
        assert_eq!(shop.end(waits).state, RunState::Cancelled);
        shop.engine.cancel(stopped).unwrap();
        shop.go(&format!("good {round}"));
        assert_eq!(shop.end(good).state, RunState::Succeeded);
        assert_eq!(shop.end(bad).state, RunState::Failed);
        assert_eq!(shop.end(slow).state, RunState::TimedOut);
        assert_eq!(shop.end(stopped).state, RunState::Cancelled);
        let held = shop.engine.history().unwrap().holds().unwrap();
        assert_eq!(held, [], "round {round}");
        last = Some(good);
    }
    // A crash between the end of one and the beginning of the next loses nobody.
    let a = shop.named("queued", "a");
    let rest: Vec<RunId> = (0..20).map(|n| shop.named("queued", &format!("b{n}"))).collect();
    shop.until(a, RunState::Waiting);
    shop.go("a");
    for (number, run) in rest.iter().enumerate() {
        drop(shop);
        shop = open(folder.path());
        shop.until(*run, RunState::Waiting);
        let history = shop.engine.history().unwrap();
        assert_eq!(history.holds().unwrap().iter().map(|(run, _)| *run).collect::<Vec<_>>(), [*run]);
        shop.go(&format!("b{number}"));
    }
    assert!(last.is_some());
}

#[test]
fn ten_thousand_runs_of_one_task_do_not_keep_another_waiting() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::open(EngineOptions {
        workers: 1,
        scratch: true,
        ..EngineOptions::new(folder.path(), stdlib::natives())
    });
    let engine = engine.unwrap();
    let image = engine.deploy(tests::compile(SHOP)).unwrap();
    let shop = Shop { engine, image };
    let start = |n| StartRun { image, task: "many".to_owned(), arguments: vec![Some(Data::Int(n))] };
    let many = shop.engine.start_all((0..10_000).map(start).collect()).unwrap();
    let urgent = shop.start("urgent", vec![]);
    let end = shop.end(urgent).ended_at.unwrap();
    let last = shop.end(*many.last().unwrap()).ended_at.unwrap();
    let behind = many.iter().filter(|run| shop.end(**run).ended_at.unwrap() > end).count();
    assert!(last > end && behind > 0, "{behind} of {} ended after it", many.len());
}
