//! Versions of a project in a data folder: runs finish on the one they began with, whatever is deployed and killed
//! meanwhile, and what begins takes the newest.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use runtime::Data;
use runtime::history::{History, RunSummary};
use tests::{Owner, Scratch, wait_until};

/// How many runs sleep while the program changes.
const PARKED: usize = 100;

/// A program that says which version it is, in runs that wait, of a schedule and of events.
const SOURCE: &str = r#"
event Go { number: int }

/// Waits, and says which version it is.
task parked() -> string
    timeout 1h
{
    let went = wait for Go as go
    "WORD {went.number}"
}

/// Has many wait.
task park(count: int)
    timeout 1m
{
    for n in 0..count {
        start parked() key "parked-{n}"
    }
}

/// Lets them go on.
task go()
    timeout 1m
{
    emit Go(number: 7)
}

/// Says which version it is, by itself.
task beat() -> string
    on every 1s catchup none
    timeout 1m
{
    "WORD"
}
"#;

/// What only the second version has.
const REACTION: &str = r#"
/// Says that it saw it.
task react(number: int) -> string
    on event Go as went with (number: went.number)
    timeout 1m
{
    "saw {number}"
}
"#;

fn runs(scratch: &Scratch, task: &str) -> Vec<RunSummary> {
    let history = History::open(&scratch.path(".taskwright")).unwrap();
    let mut all = history.runs(None, 100_000).unwrap();
    all.retain(|run| run.task == task);
    all
}

/// Gives the texts that the runs of a task came to.
fn results(scratch: &Scratch, task: &str) -> Vec<String> {
    let text = |run: RunSummary| match run.outcome {
        Some(Ok(Data::String(text))) => Some(text),
        Some(Ok(_) | Err(_)) => panic!("{task} came to {:?}", run.outcome),
        None => None,
    };
    runs(scratch, task).into_iter().filter_map(text).collect()
}

fn project(scratch: &Scratch, word: &str, more: &str) {
    scratch.write("taskwright.toml", "[project]\nname = \"app\"\n");
    scratch.write("app.task", SOURCE.replace("WORD", word) + more);
}

#[test]
fn runs_finish_on_their_version_while_new_ones_take_the_new_one() {
    let scratch = Scratch::new();
    project(&scratch, "first", "");
    scratch.run(&["deploy"]).expect_code(0);
    let owner = Owner::serve(&scratch, &[]);
    scratch.run(&["run", "app.task:park", &format!("count={PARKED}")]).expect_code(0);
    wait_until("not all are parked", || runs(&scratch, "parked").len() == PARKED);
    wait_until("the first version does not beat", || results(&scratch, "beat").contains(&"first".to_owned()));

    // The process that lives takes the second version over.
    project(&scratch, "second", REACTION);
    let deployed = scratch.run(&["deploy"]).expect_code(0);
    assert!(deployed.stderr.contains("version 2 of `app` is deployed"), "{}", deployed.stderr);
    wait_until("the second version is not in force", || results(&scratch, "beat").contains(&"second".to_owned()));
    let old = runs(&scratch, "parked");
    assert!(old.iter().all(|run| run.ended_at.is_none()), "a run did not stay asleep");

    drop(owner);
    let seen = results(&scratch, "beat");
    let _next = Owner::serve(&scratch, &[]);
    let beats = |word: &str, beats: &[String]| beats.iter().filter(|beat| *beat == word).count();
    wait_until("the next process does not beat", || {
        beats("second", &results(&scratch, "beat")) > beats("second", &seen)
    });
    assert_eq!(beats("first", &results(&scratch, "beat")), beats("first", &seen));

    scratch.run(&["run", "app.task:park", "count=103"]).expect_code(0);
    wait_until("the new ones do not begin", || runs(&scratch, "parked").len() == PARKED + 3);
    scratch.run(&["run", "app.task:go"]).expect_code(0);
    wait_until("not all go on", || results(&scratch, "parked").len() == PARKED + 3);
    let ended = results(&scratch, "parked");
    assert_eq!(beats("first 7", &ended), PARKED);
    assert_eq!(beats("second 7", &ended), 3);
    wait_until("the new reaction is not in force", || results(&scratch, "react") == ["saw 7"]);
}

#[test]
fn a_version_is_a_program_that_differs() {
    let scratch = Scratch::new();
    project(&scratch, "first", "");
    let nothing = scratch.run(&["serve"]).expect_code(2);
    assert!(nothing.stderr.contains("nothing of `app` is deployed"), "{}", nothing.stderr);
    let expect = |code, words: &str| {
        let told = scratch.run(&["deploy"]).expect_code(code).stderr;
        assert!(told.contains(words), "{told}");
    };
    expect(0, "version 1 of `app` is deployed");
    expect(0, "nothing has changed: version 1 of `app`");
    project(&scratch, "second", "");
    expect(0, "version 2 of `app` is deployed");
    project(&scratch, "third", "task wrong() { nonsense() }");
    expect(1, "nonsense");
    // What was deployed before is a version again, behind the one that came between.
    project(&scratch, "first", "");
    expect(0, "version 3 of `app` is deployed");

    let rollback = |more: &[&str], code| scratch.run(&[&["tasks", "rollback"], more].concat()).expect_code(code).stderr;
    assert!(rollback(&["--to", "9"], 2).contains("there is no version 9 of `app`: they are 1 to 3"));
    assert!(rollback(&["--to", "1"], 0).contains("nothing has changed: version 3"));
    assert!(rollback(&[], 0).contains("version 4 of `app` is deployed"));
    let history = History::open(&scratch.path(".taskwright")).unwrap();
    let version = |number| history.version("app", number).unwrap().unwrap();
    assert_eq!(version(4).image, version(2).image);

    // A run by hand is no version.
    scratch.write("app.task", SOURCE.replace("WORD", "by hand"));
    scratch.run(&["run", "app.task:beat"]).expect_code(0);
    assert_eq!(history.newest_version("app").unwrap().unwrap().number, 4);
}

#[test]
fn beside_an_owner_the_same_program_is_no_new_version() {
    let scratch = Scratch::new();
    project(&scratch, "first", "");
    scratch.run(&["deploy"]).expect_code(0);
    let _owner = Owner::serve(&scratch, &[]);
    let same = scratch.run(&["deploy"]).expect_code(0);
    assert!(same.stderr.contains("nothing has changed: version 1"), "{}", same.stderr);
}
