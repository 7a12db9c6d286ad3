//! Data folders that earlier releases left when they were killed: everything in them goes on.
//!
//! `tests/upgrade/N` has what release N left, in every state in which a run can be; `tests/upgrade/make` made it. A folder is
//! never made anew: that later releases read it is what is shown here.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use serde_json::Value;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};
use tests::{Scratch, repository};

struct Owner(Child);

impl Drop for Owner {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// Gives what `runs list` says of the runs of a task, oldest first.
fn runs(scratch: &Scratch, task: &str) -> Vec<Value> {
    let all = scratch.run(&["runs", "list", "--json"]).expect_code(0).json();
    let mut found: Vec<Value> = all.as_array().unwrap().iter().filter(|run| run["task"] == task).cloned().collect();
    found.reverse();
    found
}

/// Waits for the ends of all runs of a task, and gives what `runs show` says of them.
fn ends(scratch: &Scratch, task: &str) -> Vec<Value> {
    let begun = Instant::now();
    loop {
        let found = runs(scratch, task);
        if found.iter().all(|run| ["succeeded", "failed"].iter().any(|state| run["state"] == *state)) {
            let show = |run: &Value| scratch.run(&["runs", "show", run["run"].as_str().unwrap(), "--json"]).json();
            return found.iter().map(show).collect();
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{found:?}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn results(scratch: &Scratch, task: &str) -> Vec<Value> {
    ends(scratch, task).iter().map(|run| run["result"].clone()).collect()
}

fn goes_on(release: &str) {
    let folder = repository().join("tests/upgrade").join(release);
    let scratch = Scratch::new();
    for entry in std::fs::read_dir(folder.join("data")).unwrap().map(Result::unwrap) {
        scratch.write(&format!(".taskwright/{}", entry.file_name().display()), std::fs::read(entry.path()).unwrap());
    }
    scratch.copy(&format!("tests/upgrade/{release}/shop.task"));
    assert_eq!(results(&scratch, "done"), [42]);

    let mut owner = scratch.command(&["serve", "shop.task"]);
    let owner = Owner(owner.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
    // Values before and behind a wait, in branches; then those that stood in line, one after the other.
    let hello = |names: &[&str]| names.iter().map(|name| format!("hello {name}")).collect::<Value>();
    assert_eq!(results(&scratch, "sleeps"), [hello(&["Ann", "Ben"]), hello(&["Cid"]), hello(&["Dan"])]);
    assert_eq!(results(&scratch, "calls"), [1]);
    // Nobody knows what became of what was in flight, until somebody says it.
    let once = ends(&scratch, "once").remove(0);
    assert_eq!((&once["state"], &once["outcome_unknown"]), (&"failed".into(), &true.into()));
    let slept = r#"{"code": 0, "stdout": "", "stderr": ""}"#;
    let retry = ["runs", "retry", once["run"].as_str().unwrap(), "--as", "done", "--result", slept];
    scratch.run(&retry).expect_code(0);
    assert_eq!(results(&scratch, "once"), ["slept"]);
    let failed = ends(&scratch, "broken");
    assert_eq!((&failed[0]["state"], &failed[0]["error"]["kind"]), (&"failed".into(), &"not_found".into()));

    let asks = runs(&scratch, "asks")[0]["run"].as_str().unwrap().to_owned();
    scratch.run(&["runs", "approve", &asks, "--by", "ann"]).expect_code(0);
    assert_eq!(results(&scratch, "asks"), ["approved by ann"]);
    scratch.run(&["run", "shop.task:pay", "order=7"]).expect_code(0);
    assert_eq!(results(&scratch, "waits"), ["paid 7"]);

    // The state is the old one, changed by what went on; what was done once is not done again.
    let done = scratch.run(&["run", "shop.task:done", "n=100", "--json"]).expect_code(0).json();
    assert_eq!(done["result"], 200);
    drop(owner);
}

#[test]
fn the_first_release_goes_on() {
    goes_on("1");
}
