//! `cache`: a run has the result of one before it, as long as that stands, and of several equal ones one finds it out.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use runtime::Data;
use runtime::engine::{Engine, EngineOptions, ImageHash, RunId, RunState, StartRun};
use runtime::history::RunSummary;
use std::path::Path;
use std::time::{Duration, Instant};

const PROGRAM: &str = r#"
event Go { }

state asked: int = 0

task price(of: string, asked_by: string = "somebody") -> int
    cache 1h by of
{
    asked += 1
    if of == "nothing" { fail not_found "nothing has no price" }
    asked
}

task brief() -> int
    cache 50ms
{
    asked += 1
    asked
}

task all(a: int, b: float = 1.5) -> int
    cache 1h
{
    asked += 1
    asked
}

task slow(of: string) -> int
    cache 1h
{
    asked += 1
    wait for Go within 30s
    asked
}

task both() -> list<int> {
    [call price(of: "a"), call price(of: "a")]
}

task go() {
    emit Go()
}
"#;

struct Shop {
    engine: Engine,
    image: ImageHash,
}

fn open(folder: &Path, program: &str) -> Shop {
    let options =
        EngineOptions { park_after: Duration::from_millis(10), ..EngineOptions::new(folder, stdlib::natives()) };
    let engine = Engine::open(options).unwrap();
    let image = engine.deploy(tests::compile(program)).unwrap();
    Shop { engine, image }
}

fn text(text: &str) -> Option<Data> {
    Some(Data::String(text.to_owned()))
}

impl Shop {
    fn start(&self, task: &str, arguments: Vec<Option<Data>>) -> RunId {
        self.engine.start(StartRun { image: self.image, task: task.to_owned(), arguments }).unwrap()
    }

    fn end(&self, run: RunId) -> RunSummary {
        self.engine.follow_for(run, Duration::from_secs(30)).unwrap().expect("the run does not end")
    }

    /// Runs a task to its end, and gives its result with the run that found it.
    fn result(&self, task: &str, arguments: Vec<Option<Data>>) -> (Data, Option<RunId>) {
        let run = self.start(task, arguments);
        let Some(Ok(result)) = self.end(run).outcome else { panic!("{:?}", self.end(run)) };
        (result, self.engine.history().unwrap().result_of(run).unwrap())
    }

    fn number(&self, task: &str, arguments: Vec<Option<Data>>) -> i64 {
        match self.result(task, arguments).0 {
            Data::Int(number) => number,
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn what_counts_of_the_arguments_says_by() {
    let folder = tempfile::tempdir().unwrap();
    let shop = open(folder.path(), PROGRAM);
    let first = shop.start("price", vec![text("a"), None]);
    assert_eq!(shop.end(first).state, RunState::Succeeded);
    assert_eq!(shop.result("price", vec![text("a"), text("ann")]), (Data::Int(1), Some(first)));
    assert_eq!(shop.result("price", vec![text("b"), None]), (Data::Int(2), None));
    // Whoever calls it has the result too, and one that was found in the same run.
    let (both, _) = shop.result("both", vec![]);
    assert_eq!(both, Data::List(vec![Data::Int(1), Data::Int(1)]));
    // A default counts as the value that it is.
    let half = Some(Data::Float(1.5));
    let all = shop.number("all", vec![Some(Data::Int(1)), None]);
    assert_eq!(shop.number("all", vec![Some(Data::Int(1)), half]), all);
    assert_ne!(shop.number("all", vec![Some(Data::Int(1)), Some(Data::Float(2.5))]), all);
}

#[test]
fn a_result_stands_for_its_time_across_a_crash_and_not_for_other_code() {
    let folder = tempfile::tempdir().unwrap();
    let shop = open(folder.path(), PROGRAM);
    assert_eq!(shop.number("price", vec![text("a"), None]), 1);
    let brief = shop.number("brief", vec![]);
    std::thread::sleep(Duration::from_millis(60));
    assert_ne!(shop.number("brief", vec![]), brief);
    drop(shop);
    let shop = open(folder.path(), PROGRAM);
    assert_eq!(shop.number("price", vec![text("a"), None]), 1);
    drop(shop);
    let shop = open(folder.path(), &PROGRAM.replace("asked += 1\n    if", "asked += 10\n    if"));
    assert_ne!(shop.number("price", vec![text("a"), None]), 1);
}

#[test]
fn a_failure_is_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let shop = open(folder.path(), PROGRAM);
    for _ in 0..2 {
        let run = shop.start("price", vec![text("nothing"), None]);
        assert_eq!(shop.end(run).state, RunState::Failed);
    }
    assert_eq!(shop.number("price", vec![text("a"), None]), 3);
}

#[test]
fn of_equal_runs_one_finds_out_and_the_others_wait_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let shop = open(folder.path(), PROGRAM);
    let runs: Vec<RunId> = (0..50).map(|_| shop.start("slow", vec![text("a")])).collect();
    let other = shop.start("slow", vec![text("b")]);
    let begun = Instant::now();
    let waiting = |run: RunId| shop.engine.history().unwrap().run(&run.into()).unwrap().state == RunState::Waiting;
    while !(waiting(runs[0]) && waiting(other)) {
        assert!(begun.elapsed() < Duration::from_secs(30));
        std::thread::sleep(Duration::from_millis(2));
    }
    shop.end(shop.start("go", vec![]));
    for run in runs {
        assert_eq!(shop.end(run).outcome, Some(Ok(Data::Int(2))));
    }
    assert_eq!(shop.number("brief", vec![]), 3, "two were asked");
}
