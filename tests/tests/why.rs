//! `schedule why` tells what became of a due time, whatever became of it.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::thread::sleep;
use std::time::{Duration, Instant};
use tests::Scratch;

const BEAT: &str = "
/// Beats.
task beat()
    on every 1s catchup none
    timeout 10s
{
    log.info(\"beat\")
}
";

/// Serves until something is in the ledger.
fn serve(scratch: &Scratch) -> serde_json::Value {
    let mut serving = scratch.command(&["serve", "beat.task"]).spawn().unwrap();
    let begun = Instant::now();
    let run = loop {
        assert!(begun.elapsed() < Duration::from_secs(60), "nothing fired");
        sleep(Duration::from_millis(200));
        let listed = scratch.run(&["runs", "list", "--json"]);
        let runs = listed.code.eq(&0).then(|| listed.json()[0].clone());
        if let Some(run) = runs.filter(|run| run["state"] == "succeeded") {
            break run;
        }
    };
    serving.kill().unwrap();
    serving.wait().unwrap();
    run
}

#[test]
fn a_due_time_is_told_in_a_sentence() {
    let scratch = Scratch::new();
    scratch.write("beat.task", BEAT);
    let run = serve(&scratch);
    let due = run["due"].as_str().unwrap();
    let told = scratch.run(&["schedule", "why", "beat", due]).expect_code(0).stdout;
    assert!(
        told.starts_with("`beat` was due on ") && told.contains(" by `every 1s catchup none` and started "),
        "{told}"
    );
    assert!(told.contains("and succeeded after"), "{told}");
    let found = scratch.run(&["schedule", "why", "beat", due, "--json"]).expect_code(0).json();
    assert_eq!((&found[0]["due"], &found[0]["run"]), (&run["due"], &run["run"]));
    assert!(["ran", "late"].contains(&found[0]["outcome"].as_str().unwrap()), "{found}");

    let later = scratch.run(&["schedule", "why", "beat", "2100-01-01T00:00:07Z"]).expect_code(0).stdout;
    assert_eq!(later, "`beat` will be due on Fri 2100-01-01 00:00:07 by `every 1s catchup none`.\n");
    let before = scratch.run(&["schedule", "why", "beat", "2020-01-01T00:00:07Z"]).expect_code(0).stdout;
    assert!(before.contains("is in force only since"), "{before}");
    let never = scratch.run(&["schedule", "why", "beat", "2100-01-01T00:00:07.5Z"]).expect_code(1).stdout;
    let expected = "`beat` is not due on Fri 2100-01-01 00:00:07.5, but before that on Fri 2100-01-01 00:00:07 and after it on \
                    Fri 2100-01-01 00:00:08.\n";
    assert_eq!(never, expected);
    let unknown = scratch.run(&["schedule", "why", "beet", due]).expect_code(2).stderr;
    assert!(unknown.contains("no schedule of a task `beet` was ever in force here"), "{unknown}");
}
