//! `retry` and `limit` in heads: an operation that fails is tried again in place, at times that a restart does not change;
//! what may have happened is not; and a run that asks for too much fails.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use runtime::Data;
use runtime::engine::{Engine, EngineOptions, ImageHash, RunId, RunState, StartRun};
use runtime::history::RunSummary;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tests::{Page, Server};

const SHOP: &str = r#"
task fetch(url: Url) -> string
    needs net "127.0.0.1"
    retry 5 backoff 20ms..80ms
{
    http.get(url).text()
}

task patient(url: Url) -> string
    needs net "127.0.0.1"
    retry 6 backoff 150ms..150ms
{
    http.get(url).text()
}

task impatient(url: Url) -> string
    needs net "127.0.0.1"
    retry 9 backoff 1h..1h
    timeout 10m
{
    http.get(url).text()
}

task named(url: Url) -> string
    needs net "127.0.0.1"
    retry 5 backoff 5ms..5ms on not_found
{
    http.get(url).text()
}

task pay(url: Url) -> string
    needs net "127.0.0.1"
    retry 5 backoff 5ms..5ms
{
    http.post(url).text()
}

/// The step's tries are instead of those of the head, also in what it calls.
task inside(url: Url) -> string
    needs net "127.0.0.1"
    retry 5 backoff 5ms..5ms
{
    step once_more retry 1 backoff 5ms..5ms { read(url) }
}

fn read(url: Url) -> string {
    http.get(url).text()
}

task busy() -> int
    limit operations 4
{
    var sum = 0
    while true { sum += random.int(1, 6) }
    sum
}

task forgiving() -> string
    limit operations 2
{
    try { while true { random.int(1, 6) } } catch { return "went on" }
    "never"
}

task long(times: int) -> string
    limit output 1KiB
{
    "0123456789".repeat(times)
}
"#;

fn open(folder: &Path) -> (Engine, ImageHash) {
    let engine = Engine::open(EngineOptions {
        // A run that waits for its next try is not in memory.
        park_after: Duration::from_millis(10),
        ..EngineOptions::new(folder, stdlib::natives())
    });
    let engine = engine.unwrap();
    let image = engine.deploy(tests::compile(SHOP)).unwrap();
    (engine, image)
}

fn start((engine, image): &(Engine, ImageHash), task: &str, argument: Option<Data>) -> RunId {
    let arguments = argument.into_iter().map(Some).collect();
    engine.start(StartRun { image: *image, task: task.to_owned(), arguments }).unwrap()
}

fn end((engine, _): &(Engine, ImageHash), run: RunId) -> RunSummary {
    engine.follow_for(run, Duration::from_secs(30)).unwrap().expect("the run does not end")
}

fn fetch(shop: &(Engine, ImageHash), task: &str, url: &str) -> RunSummary {
    end(shop, start(shop, task, Some(Data::String(url.to_owned()))))
}

fn message(ended: RunSummary) -> String {
    match ended.outcome {
        Some(Err(failure)) => failure.failure.to_string(),
        other => panic!("{other:?}"),
    }
}

/// A page that answers with a status so many times, and then well.
fn after(failures: usize, status: u16) -> Server {
    let count = AtomicUsize::new(0);
    Server::answering(move |_| match count.fetch_add(1, Ordering::SeqCst) < failures {
        true => Page::Answer(status, "not now".to_owned()),
        false => Page::Answer(200, "well".to_owned()),
    })
}

#[test]
fn an_operation_is_tried_again_in_place_and_no_more_often_than_said() {
    let folder = tempfile::tempdir().unwrap();
    let shop = open(folder.path());
    let server = after(3, 500);
    let ended = fetch(&shop, "fetch", &server.url("/"));
    assert_eq!(ended.outcome, Some(Ok(Data::String("well".to_owned()))));
    assert_eq!((server.seen().len(), ended.operations), (4, 1), "one operation, tried four times");

    let server = after(100, 500);
    assert!(message(fetch(&shop, "fetch", &server.url("/"))).starts_with("unavailable: "));
    assert_eq!(server.seen().len(), 6);

    // What does not say that trying again may help is not tried, unless it is named; then nothing else is.
    let server = after(2, 404);
    assert!(message(fetch(&shop, "fetch", &server.url("/"))).starts_with("not_found: "));
    assert_eq!(server.seen().len(), 1);
    let server = after(2, 404);
    assert_eq!(fetch(&shop, "named", &server.url("/")).state, RunState::Succeeded);
    let server = after(2, 500);
    assert_eq!(fetch(&shop, "named", &server.url("/")).state, RunState::Failed);
    assert_eq!(server.seen().len(), 1);

    let server = after(100, 500);
    assert_eq!(fetch(&shop, "inside", &server.url("/")).state, RunState::Failed);
    assert_eq!(server.seen().len(), 2, "the step tries once more, and the head does not");
}

#[test]
fn what_may_have_happened_once_is_not_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let shop = open(folder.path());
    // 503 says that nothing happened; 500 does not.
    let server = after(2, 503);
    assert_eq!(fetch(&shop, "pay", &server.url("/")).state, RunState::Succeeded);
    assert_eq!(server.seen().len(), 3);
    let server = after(2, 500);
    assert!(message(fetch(&shop, "pay", &server.url("/"))).starts_with("unavailable: "));
    assert_eq!(server.seen().len(), 1);
    let server = Server::start([("/", Page::Broken)]);
    assert!(message(fetch(&shop, "pay", &server.url("/"))).starts_with("interrupted: "));
    assert_eq!(server.seen().len(), 1);
}

#[test]
fn the_other_side_says_how_long_the_pause_is_and_the_timeout_cuts_it() {
    let folder = tempfile::tempdir().unwrap();
    let shop = open(folder.path());
    let count = AtomicUsize::new(0);
    let server = Server::answering(move |_| match count.fetch_add(1, Ordering::SeqCst) {
        0 => Page::Later(429, 1),
        _ => Page::Answer(200, "well".to_owned()),
    });
    let begun = Instant::now();
    assert_eq!(fetch(&shop, "fetch", &server.url("/")).state, RunState::Succeeded);
    assert!(begun.elapsed() >= Duration::from_secs(1), "{:?}", begun.elapsed());

    let server = after(2, 503);
    let ended = fetch(&shop, "impatient", &server.url("/"));
    assert_eq!((ended.state, server.seen().len()), (RunState::Failed, 1));
}

#[test]
fn a_restart_changes_neither_how_often_nor_when() {
    let folder = tempfile::tempdir().unwrap();
    let mut shop = open(folder.path());
    let server = after(100, 500);
    let begun = Instant::now();
    let run = start(&shop, "patient", Some(Data::String(server.url("/"))));
    let mut restarts = 0;
    // A process that is gone before it has looked at its timers wakes nobody, so each one lives a little longer.
    while shop.0.follow_for(run, Duration::from_millis(100 + 60 * restarts)).unwrap().is_none() {
        drop(shop);
        shop = open(folder.path());
        restarts += 1;
        assert!(begun.elapsed() < Duration::from_secs(60));
    }
    let ended = end(&shop, run);
    assert!(message(ended).starts_with("unavailable: "));
    // A restart while one is in flight repeats that try, and counts it once.
    let seen = server.seen().len() as u64;
    assert!(restarts > 2 && (7..=7 + restarts).contains(&seen), "{restarts} restarts, {seen} tries");
    // Six pauses, of which a draw takes up to half.
    assert!(begun.elapsed() >= Duration::from_millis(6 * 75));
}

#[test]
fn a_run_that_asks_for_too_much_fails() {
    let folder = tempfile::tempdir().unwrap();
    let shop = open(folder.path());
    let busy = end(&shop, start(&shop, "busy", None));
    assert_eq!(message(busy), "limit: the run has begun 4 operations, as many as `limit operations` lets it");
    assert!(message(end(&shop, start(&shop, "forgiving", None))).starts_with("limit: "));
    let fits = end(&shop, start(&shop, "long", Some(Data::Int(90))));
    assert_eq!(fits.state, RunState::Succeeded);
    let long = end(&shop, start(&shop, "long", Some(Data::Int(200))));
    assert_eq!(message(long), "limit: the result is larger than 1024 bytes, as `limit output` lets it be");
}
