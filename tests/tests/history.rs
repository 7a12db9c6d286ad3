//! What a data folder tells of runs: what they logged, how a task does, and where the time of a run went.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use serde_json::{Value, json};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tests::Scratch;

const LOGS: &str = r#"
/// Logs at all levels.
task talks()
    timeout 1m
{
    log.debug("looking")
    log.info("found", name: "Ann", at: [1, 2])
    log.error("lost")
}

/// Logs, then waits for long, then logs.
task slow(wait_for: duration, fails: bool = false)
    timeout 10m
{
    log.info("before")
    wait wait_for
    log.warn("after")
    if fails { fail not_found "nothing" }
}

/// Logs nothing.
task silent()
    timeout 1m
{
    wait 1ms
}
"#;

/// Reads a line of JSON each.
fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
}

/// Runs a task beside the test, and waits until it has logged.
fn begin(scratch: &Scratch, arguments: &[&str]) -> Child {
    let mut command = scratch.command(&[&["run", "logs.task:slow"], arguments].concat());
    let process = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let begun = Instant::now();
    while !scratch.run(&["runs", "logs", "last"]).stdout.contains("before") {
        assert!(begun.elapsed() < Duration::from_secs(90), "the run logs nothing");
        std::thread::sleep(Duration::from_millis(50));
    }
    process
}

#[test]
fn the_log_of_a_run_is_shown_and_followed_to_its_end() {
    let scratch = Scratch::new();
    scratch.write("logs.task", LOGS);
    scratch.run(&["run", "logs.task:talks"]).expect_code(0);
    let shown = scratch.run(&["runs", "logs", "last"]).expect_code(0);
    let words: Vec<_> = shown.stdout.lines().map(|line| line.split_once("  ").unwrap().1).collect();
    assert_eq!(words, ["debug: looking", "found name=Ann at=[1,2]", "error: lost"]);
    let told = lines(&scratch.run(&["runs", "logs", "last", "--json"]).expect_code(0).stdout);
    assert_eq!(told.len(), 3);
    assert_eq!((&told[1]["level"], &told[1]["message"]), (&json!("info"), &json!("found")));
    assert_eq!(told[1]["fields"], json!({"name": "Ann", "at": [1, 2]}));
    assert!(told[1]["at"].as_str().unwrap().ends_with('Z'));

    let mut process = begin(&scratch, &["wait_for=3s"]);
    assert_eq!(lines(&scratch.run(&["runs", "logs", "last", "--json"]).expect_code(0).stdout).len(), 1);
    let followed = scratch.run(&["runs", "logs", "last", "--follow", "--json"]).expect_code(0);
    let messages: Vec<_> = lines(&followed.stdout).iter().map(|line| line["message"].clone()).collect();
    assert_eq!(messages, ["before", "after"]);
    assert!(followed.stderr.contains("succeeded"), "{}", followed.stderr);
    process.wait().unwrap();
}

#[test]
fn what_follows_a_run_says_how_it_ended_and_can_be_left() {
    let scratch = Scratch::new();
    scratch.write("logs.task", LOGS);
    scratch.run(&["run", "logs.task:slow", "wait_for=1ms", "fails=true"]).expect_code(1);
    scratch.run(&["runs", "logs", "last"]).expect_code(0);
    let followed = scratch.run(&["runs", "logs", "last", "--follow"]).expect_code(1);
    assert!(followed.stderr.contains("failed") && followed.stdout.contains("warn: after"), "{}", followed.stderr);

    scratch.run(&["run", "logs.task:silent"]).expect_code(0);
    assert_eq!(scratch.run(&["runs", "logs", "last", "-f"]).expect_code(0).stdout, "");

    let mut process = begin(&scratch, &["wait_for=5m"]);
    let mut command = scratch.command(&["runs", "logs", "last", "--follow"]);
    let follower = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(Duration::from_secs(2));
    Command::new("kill").args(["-INT", &follower.id().to_string()]).status().unwrap();
    let left = follower.wait_with_output().unwrap();
    let (stdout, stderr) = (String::from_utf8_lossy(&left.stdout), String::from_utf8_lossy(&left.stderr));
    assert_eq!(left.status.code(), Some(1), "{stdout}{stderr}");
    assert!(stdout.contains("before") && stderr.contains("is waiting and is left"), "{stdout}{stderr}");
    process.kill().unwrap();
    process.wait().unwrap();

    let wrong = scratch.run(&["runs", "logs", "zzzz"]).expect_code(1);
    assert!(wrong.stderr.contains("runs list"), "{}", wrong.stderr);
}

#[test]
fn how_a_task_does_is_told_of_its_runs() {
    let scratch = Scratch::new();
    scratch.write("logs.task", LOGS);
    scratch.run(&["run", "logs.task:silent"]).expect_code(0);
    for wait in ["200ms", "1ms", "100ms"] {
        scratch.run(&["run", "logs.task:slow", &format!("wait_for={wait}")]).expect_code(0);
    }
    scratch.run(&["run", "logs.task:slow", "wait_for=1s", "fails=true"]).expect_code(1);
    let told = scratch.run(&["stats", "slow", "--json"]).expect_code(0).json();
    assert_eq!((&told["task"], &told["runs"], &told["complete"]), (&json!("slow"), &json!(4), &json!(true)));
    assert_eq!((&told["states"]["succeeded"], &told["states"]["failed"]), (&json!(3), &json!(1)));
    assert_eq!((&told["success_rate"], &told["operations"]), (&json!(0.75), &json!(12)));
    let took = |of: &str| told["duration_us"][of].as_i64().unwrap();
    assert!((100_000..200_000).contains(&took("p50")), "{told}");
    assert!(took("p99") >= 200_000 && took("longest") == took("p95"), "{told}");
    let days = told["days"].as_array().unwrap();
    assert_eq!(days.iter().map(|day| day["failed"].as_u64().unwrap()).sum::<u64>(), 1);

    let shown = scratch.run(&["stats", "slow", "--since", "2h"]).expect_code(0).stdout;
    assert!(shown.contains("3 succeeded, 1 failed\n") && shown.contains("success   75.0 %\n"), "{shown}");
    assert!(shown.contains("Runs by day") && shown.contains('█') && shown.contains('▒'), "{shown}");
    let none = scratch.run(&["stats", "slow", "--since", "2999-01-01"]).expect_code(1);
    assert!(none.stdout.contains("runs      0 since 2999-01-01"), "{}", none.stdout);

    let unknown = scratch.run(&["stats", "sloow"]).expect_code(2);
    assert!(unknown.stderr.contains("no task `sloow`"), "{}", unknown.stderr);
    assert!(unknown.stderr.contains("silent, slow, talks"), "{}", unknown.stderr);

    // A task that is gone from its project has its runs still.
    scratch.write("logs.task", "/// Nothing.\ntask other()\n    timeout 1m\n{\n}\n");
    scratch.run(&["run", "logs.task"]).expect_code(0);
    assert_eq!(scratch.run(&["stats", "slow", "--json"]).expect_code(0).json()["runs"], 4);
}

const STEPS: &str = r#"
/// Does one thing after another, then two side by side.
task steps()
    timeout 10m
{
    step fetch { wait 100ms }
    for n in [1, 2] {
        step again { wait 50ms }
    }
    parallel {
        step left { wait 300ms }
        step right { wait 100ms }
    }
}

/// Has another one do it.
task calls()
    timeout 10m
{
    call steps()
}
"#;

/// Gives the bar before some words: where it begins, and how many marks it has.
fn bar(shown: &str, words: &str) -> (usize, usize) {
    let line = shown.lines().find(|line| line.ends_with(words)).expect(words);
    let marks: Vec<usize> =
        line.chars().enumerate().filter(|(_, mark)| "█░─".contains(*mark)).map(|(column, _)| column).collect();
    (marks[0], marks.len())
}

#[test]
fn a_run_is_shown_with_bars_of_its_time_its_version_and_what_started_it() {
    let scratch = Scratch::new();
    scratch.write("steps.task", STEPS);
    scratch.run(&["deploy", "."]).expect_code(0);
    scratch.run(&["run", "steps.task:calls"]).expect_code(0);
    let of = |task: &str| {
        let listed = scratch.run(&["runs", "list", "--task", task, "--json"]).expect_code(0).json();
        listed[0]["run"].as_str().unwrap().to_owned()
    };
    let (called, caller) = (of("steps"), of("calls"));
    let shown = scratch.run(&["runs", "show", &called]).expect_code(0).stdout;
    assert!(
        shown.contains(", version 1\n") && shown.contains(&format!("trigger   run {caller} of calls\n")),
        "{shown}"
    );
    let (fetch, left, right) = (bar(&shown, "step fetch"), bar(&shown, "step left"), bar(&shown, "step right"));
    assert!(fetch.0 < left.0 && left.0.abs_diff(right.0) <= 1 && left.1 > right.1, "{shown}");
    // Each time that a step is done has a bar of its own.
    let again = shown.lines().filter(|line| line.ends_with("step again")).collect::<Vec<_>>();
    assert!(again.len() == 2 && again[0] != again[1], "{shown}");
    assert!(bar(&again[0..1].join(""), "step again").1 < left.1, "{shown}");
    assert!(shown.lines().all(|line| line.chars().count() < 100), "{shown}");

    let told = scratch.run(&["runs", "show", &called, "--json"]).expect_code(0).json();
    assert_eq!(told["started_by"], json!({"run": caller}));
    assert!(told["history"].as_array().unwrap().iter().any(|line| line["attempt"] == 1), "{told}");
    assert!(!told.to_string().contains('░'));
}
