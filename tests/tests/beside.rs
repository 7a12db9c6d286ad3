//! `taskwright run` where another process serves the data folder: the run is that process's, and is followed from here.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::process::Stdio;
use std::time::Duration;
use tests::{Owner, Scratch, wait_until};

const SOURCE: &str = r#"
/// Counts over all its runs.
state runs: int = 0

/// Waits a moment, and says which run it is.
task count(step: int where it > 0 = 1) -> int
    timeout 1m
{
    runs += step
    log.info("counted", step: step)
    wait 300ms
    runs
}

/// Takes a while.
task slow() -> int
    timeout 1m
{
    wait 2s
    runs += 1
    runs
}

/// Fails.
task fails()
    timeout 1m
{
    fail not_found "there is nothing"
}
"#;

#[test]
fn a_run_beside_an_owner_is_the_owners() {
    let scratch = Scratch::new();
    scratch.write("count.task", SOURCE);
    assert_eq!(scratch.run(&["run", "count.task:count"]).expect_code(0).stdout.trim(), "1");
    let owner = Owner::serve(&scratch, &["count.task"]);
    let ran = scratch.run(&["run", "count.task:count", "step=4"]).expect_code(0);
    assert_eq!(ran.stdout.trim(), "5");
    assert!(ran.stderr.contains("counted step=4"), "{}", ran.stderr);
    let failed = scratch.run(&["run", "count.task:fails", "--json"]).expect_code(1).json();
    assert_eq!((&failed["state"], &failed["task"]), (&"failed".into(), &"fails".into()));
    let refused = scratch.run(&["run", "count.task:count", "step=0"]).expect_code(2);
    assert!(refused.stderr.contains("step"), "{}", refused.stderr);

    // What is run need not be what is served.
    scratch.write("other.task", "/// Says it.\ntask other() -> string\n    timeout 1m\n{\n    \"other\"\n}\n");
    assert_eq!(scratch.run(&["run", "other.task"]).expect_code(0).stdout.trim(), "other");
    drop(owner);
    assert_eq!(scratch.run(&["run", "count.task:count"]).expect_code(0).stdout.trim(), "6");
}

#[test]
fn a_run_that_is_asked_for_outlives_the_owner() {
    let scratch = Scratch::new();
    scratch.write("count.task", SOURCE);
    let owner = Owner::serve(&scratch, &["count.task"]);
    let asker =
        scratch.command(&["run", "count.task:slow"]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    wait_until("the run does not begin", || scratch.run(&["runs", "list", "--json"]).stdout.contains("slow"));
    drop(owner);
    let _next = Owner::serve(&scratch, &["count.task"]);
    let output = asker.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "1");
    let listed = scratch.run(&["runs", "list", "--json"]).stdout;
    assert_eq!(listed.matches("\"succeeded\"").count(), 1, "{listed}");
}

#[test]
fn an_owner_may_be_asked_before_it_has_a_database() {
    let scratch = Scratch::new();
    scratch.write("count.task", SOURCE);
    let lock = std::fs::File::create(scratch.write(".taskwright/lock", "1\n")).unwrap();
    lock.lock().unwrap();
    let asker = scratch.command(&["run", "count.task:count"]).stdout(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(Duration::from_secs(1));
    drop(lock);
    let _owner = Owner::serve(&scratch, &["count.task"]);
    let output = asker.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "1");
}
