//! `rate` and `only between` in heads, in the real engine behind a clock that is moved by hand: a run begins when it may,
//! whatever becomes of the process meanwhile.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use runtime::Data;
use runtime::clock::{Clock, FakeClock};
use runtime::engine::{Engine, EngineOptions, ImageHash, RunId, RunPrefix, RunState, StartRun};
use runtime::history::RunSummary;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Monday, 2026-03-02T12:00Z.
const NOON: i64 = 1_772_452_800_000_000;
const MINUTE: i64 = 60_000_000;
const HOUR: i64 = 60 * MINUTE;

const SHOP: &str = r#"
task paced(name: string = "x")
    rate 2 per 1m per name
{
    log.info(name)
}

task nightly()
    only between 22:00 and 06:00 on weekdays else delay
{
    log.info("night")
}

task office()
    only between 08:00 and 11:00 else skip
{
    log.info("morning")
}

task both()
    rate 1 per 1h
    only between 12:00 and 14:00 else delay
    concurrency 1
{
    log.info("noon")
}

task asks() -> string {
    try { call office() } catch conflict as e { return e.message }
    "done"
}
"#;

struct Shop {
    engine: Engine,
    image: ImageHash,
    clock: Arc<FakeClock>,
}

fn open(folder: &Path, clock: Arc<FakeClock>) -> Shop {
    let options =
        EngineOptions { clock: Arc::clone(&clock) as Arc<_>, ..EngineOptions::new(folder, stdlib::natives()) };
    let engine = Engine::open(options).unwrap();
    let image = engine.deploy(tests::compile(SHOP)).unwrap();
    Shop { engine, image, clock }
}

fn clock() -> Arc<FakeClock> {
    Arc::new(FakeClock::new(NOON, 7))
}

impl Shop {
    fn start(&self, task: &str, arguments: Vec<Option<Data>>) -> RunId {
        self.engine.start(StartRun { image: self.image, task: task.to_owned(), arguments }).unwrap()
    }

    /// The process is gone without a word, and there is another one.
    fn crash(self, folder: &Path) -> Shop {
        let clock = Arc::clone(&self.clock);
        drop(self.engine);
        open(folder, clock)
    }

    fn state(&self, run: RunId) -> RunState {
        self.engine.history().unwrap().run(&RunPrefix::from(run)).unwrap().state
    }

    /// Lets time pass, in steps, until a run has ended.
    fn end(&self, run: RunId, step: i64) -> RunSummary {
        let begun = Instant::now();
        loop {
            if let Some(ended) = self.engine.follow_for(run, Duration::from_millis(20)).unwrap() {
                return ended;
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "the run does not end");
            self.clock.advance(Duration::from_micros(step.unsigned_abs()));
        }
    }
}

#[test]
fn runs_beyond_the_rate_begin_when_the_one_so_many_before_them_is_so_long_ago() {
    let folder = tempfile::tempdir().unwrap();
    let mut shop = open(folder.path(), clock());
    let runs: Vec<RunId> = (0..7).map(|_| shop.start("paced", vec![])).collect();
    let other = shop.start("paced", vec![Some(Data::String("y".to_owned()))]);
    for run in [runs[0], runs[1], other] {
        assert!(shop.end(run, 0).started_at.unwrap() < NOON + MINUTE / 2);
    }
    assert_eq!(shop.state(runs[2]), RunState::Queued);
    // One that gives up does not let another one begin earlier than it may.
    shop.engine.cancel(runs[4]).unwrap();
    assert_eq!(shop.end(runs[4], 0).state, RunState::Cancelled);
    let mut began = Vec::new();
    for run in [2, 3, 5, 6] {
        shop = shop.crash(folder.path());
        let ended = shop.end(runs[run], 5_000_000);
        assert_eq!(ended.state, RunState::Succeeded);
        began.push(ended.started_at.unwrap());
    }
    began.insert(0, NOON);
    began.insert(0, NOON);
    assert!(began.windows(3).all(|three| three[2] - three[0] >= MINUTE), "{began:?}");
    assert!(began.last().unwrap() - NOON < 5 * MINUTE, "{began:?}");
}

#[test]
fn a_run_is_put_off_to_its_hours_or_skipped() {
    let folder = tempfile::tempdir().unwrap();
    let mut shop = open(folder.path(), clock());
    let night = shop.start("nightly", vec![]);
    let office = shop.start("office", vec![]);
    let ended = shop.end(office, 0);
    assert_eq!((ended.state, ended.started_at), (RunState::Cancelled, None));
    let asks = shop.start("asks", vec![]);
    let told = format!("{:?}", shop.end(asks, 0).outcome);
    assert!(told.contains("`office` begins only in the hours"), "{told}");
    assert_eq!(shop.state(night), RunState::Queued);
    shop.clock.set(NOON + 9 * HOUR);
    shop = shop.crash(folder.path());
    std::thread::sleep(Duration::from_millis(600));
    assert_eq!(shop.state(night), RunState::Queued);
    let began = shop.end(night, 10 * MINUTE).started_at.unwrap();
    assert!((NOON + 10 * HOUR..NOON + 11 * HOUR).contains(&began), "{began}");
    // In the night it begins at once, and in the morning the other does.
    let again = shop.start("nightly", vec![]);
    assert_eq!(shop.end(again, 0).state, RunState::Succeeded);
    shop.clock.set(NOON + 21 * HOUR);
    let office = shop.start("office", vec![]);
    assert_eq!(shop.end(office, 0).state, RunState::Succeeded);
}

#[test]
fn a_rate_is_kept_within_the_hours() {
    let folder = tempfile::tempdir().unwrap();
    let shop = open(folder.path(), clock());
    let runs: Vec<RunId> = (0..4).map(|_| shop.start("both", vec![])).collect();
    let began: Vec<i64> = runs.iter().map(|run| shop.end(*run, 5 * MINUTE).started_at.unwrap() - NOON).collect();
    // Two on this day, two on the next one.
    for (began, expected) in began.iter().zip([0, HOUR, 24 * HOUR, 25 * HOUR]) {
        assert!((expected..expected + 40 * MINUTE).contains(began), "{began} is not {expected}");
    }
    assert!(shop.clock.now() > NOON);
}
