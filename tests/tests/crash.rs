//! `serve` is killed again and again while runs go on; every run ends, and nothing is silently done twice or lost.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use serde_json::Value;
use std::fmt::Write;
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};
use tests::{Scratch, taskwright};

const RUNS: usize = 50;
const APPENDS: usize = 20;
const KILLS: usize = 100;

/// A task that appends to its own file; an append that nobody knows the outcome of is part of its result.
fn task(number: usize, due: &str) -> String {
    format!(
        r#"
/// Appends {APPENDS} lines.
task writer_{number}() -> list<int>
    on at {due}
    needs files write "out/*"
    timeout 30m
{{
    var undecided: list<int> = []
    for line in 0..{APPENDS} {{
        try {{
            files.append("out/{number}.txt", "{{line}}\n")
        }} catch interrupted {{
            undecided.push(line)
        }}
        wait 1500ms
    }}
    undecided
}}
"#
    )
}

#[test]
fn no_append_is_lost_or_silently_made_twice_over_a_hundred_kills() {
    let seed = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(42_u64);
    println!("SEED={seed}");
    let mut random = seed;
    let mut below = |limit: u64| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) % limit
    };

    let scratch = Scratch::new();
    // Built first, so that only the start of `serve` lies between now and the due time.
    taskwright();
    let begun = Instant::now() + Duration::from_millis(10_500);
    let due = jiff::Timestamp::now() + Duration::from_secs(10);
    let due = due.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let mut source = String::from("//! Writers that are killed.\n");
    for number in 0..RUNS {
        source.push_str(&task(number, &due));
    }
    scratch.write("writers.task", source);
    std::fs::create_dir(scratch.path("out")).unwrap();
    scratch.run(&["check", "writers.task"]).expect_code(0);

    let serve = || {
        let mut command = scratch.command(&["serve", "writers.task"]);
        command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
    };
    // Each start is known by its first line. The schedules must be known before they are due.
    let wait_for_start = |owner: &mut Child| {
        let mut line = String::new();
        BufReader::new(owner.stderr.take().unwrap()).read_line(&mut line).unwrap();
        assert!(!line.is_empty(), "serve ended before it began");
    };
    let mut first = serve();
    wait_for_start(&mut first);
    sleep(begun.saturating_duration_since(Instant::now()));
    first.kill().unwrap();
    first.wait().unwrap();
    let mut kills = 1;
    while kills < KILLS {
        let mut owner = serve();
        // Every fifth kill falls into the start, the others into the work.
        if kills % 5 == 0 {
            sleep(Duration::from_millis(below(200)));
        } else {
            wait_for_start(&mut owner);
            sleep(Duration::from_millis(below(150)));
        }
        assert!(owner.try_wait().unwrap().is_none(), "serve ended by itself: {:?}", owner.wait_with_output());
        owner.kill().unwrap();
        owner.wait().unwrap();
        kills += 1;
    }
    let runs = || scratch.run(&["runs", "list", "--json", "-n", "1000"]).expect_code(0).json();
    let finished = |runs: &Value| runs.as_array().unwrap().iter().filter(|run| run["finished_at"].is_string()).count();
    let finished_under_fire = finished(&runs());

    let mut owner = serve();
    let patience = Instant::now() + Duration::from_secs(180);
    while finished(&runs()) < RUNS {
        assert!(Instant::now() < patience, "runs do not end: {}", runs());
        sleep(Duration::from_millis(200));
    }
    owner.kill().unwrap();
    owner.wait().unwrap();

    let runs = runs();
    assert_eq!(runs.as_array().unwrap().len(), RUNS, "each due time made one run");
    let (mut exact, mut undecided, mut wrong) = (0, 0, String::new());
    for run in runs.as_array().unwrap() {
        let task = run["task"].as_str().unwrap();
        let shown = scratch.run(&["runs", "show", run["run"].as_str().unwrap(), "--json"]).expect_code(0).json();
        if shown["state"] != "succeeded" {
            writeln!(wrong, "{task}: {shown}").unwrap();
            continue;
        }
        let reported: Vec<_> = shown["result"].as_array().unwrap().iter().map(|it| it.as_u64().unwrap()).collect();
        let text = scratch.read(&format!("out/{}.txt", task.strip_prefix("writer_").unwrap()));
        for line in 0..APPENDS as u64 {
            let made = text.lines().filter(|found| **found == line.to_string()).count();
            match (made, reported.contains(&line)) {
                (1, false) => exact += 1,
                (0 | 1, true) => undecided += 1,
                (made, reported) => writeln!(wrong, "{task}: line {line} {made} times, reported {reported}").unwrap(),
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    println!(
        "{kills} kills: {exact} appends exactly once, {undecided} reported as interrupted, {finished_under_fire} runs finished before the last start"
    );
    assert!(undecided > 0, "no kill fell into an append, so nothing was shown");
}
