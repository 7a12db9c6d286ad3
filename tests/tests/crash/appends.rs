//! Runs that append to files: each line is there once, or its run says that it does not know.

use crate::victim::{Victim, is_over};
use std::fmt::Write;

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
    let mut victim = Victim::new(|due| {
        let tasks = (0..RUNS).map(|number| task(number, due));
        ["//! Writers that are killed.\n".to_owned()].into_iter().chain(tasks).collect()
    });
    std::fs::create_dir(victim.scratch().path("out")).unwrap();
    victim.kill(KILLS);
    let finished_under_fire = victim.runs().iter().filter(|run| is_over(run)).count();
    victim.come_to_the_end(|runs| runs.len() >= RUNS);

    let runs = victim.runs();
    assert_eq!(runs.len(), RUNS, "each due time made one run");
    let (mut exact, mut undecided, mut wrong) = (0, 0, String::new());
    for run in &runs {
        let task = run["task"].as_str().unwrap();
        let shown = victim.show(run);
        if shown["state"] != "succeeded" {
            writeln!(wrong, "{task}: {shown}").unwrap();
            continue;
        }
        let reported: Vec<_> = shown["result"].as_array().unwrap().iter().map(|it| it.as_u64().unwrap()).collect();
        let text = victim.scratch().read(&format!("out/{}.txt", task.strip_prefix("writer_").unwrap()));
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
        "{KILLS} kills: {exact} appends exactly once, {undecided} reported as interrupted, {finished_under_fire} runs finished before the last start"
    );
    assert!(undecided > 0, "no kill fell into an append, so nothing was shown");
}
