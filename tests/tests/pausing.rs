//! Tasks that a person pauses and archives: nothing of them begins, nothing that was asked for is lost, and every due time
//! has its row.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::process::Stdio;
use std::time::Duration;
use tests::{Owner, Scratch, wait_until};

const SOURCE: &str = r#"
event Order { number: int }

/// Is due all the time; what passes is made up for once.
task beat() -> string
    on every 1s catchup latest
    timeout 1m
{
    "beat"
}

/// Says which order came.
task ship(number: int) -> int
    on event Order as order with (number: order.number)
    concurrency 1 else queue
    timeout 1m
{
    number
}

/// Orders something.
task order(number: int)
    timeout 1m
{
    emit Order(number: number)
}

/// Has another task ship, and waits for it.
task calls() -> int
    timeout 1m
{
    call ship(number: 7)
}
"#;

fn project() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("taskwright.toml", "[project]\nname = \"shop\"\n");
    scratch.write("shop.task", SOURCE);
    scratch.run(&["deploy"]).expect_code(0);
    scratch
}

/// Gives the states of a task's runs, newest first.
fn states(scratch: &Scratch, task: &str) -> Vec<String> {
    let listed = scratch.run(&["runs", "list", "--task", task, "--json"]).json();
    listed.as_array().unwrap().iter().map(|run| run["state"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn runs_of_a_paused_task_wait_through_a_crash_and_begin_in_their_order() {
    let scratch = project();
    let owner = Owner::serve(&scratch, &[]);
    scratch.run(&["tasks", "pause", "ship", "--why", "the store is closed", "--by", "ann"]).expect_code(0);
    for number in ["number=1", "number=2"] {
        scratch.run(&["run", ".:order", number]).expect_code(0);
    }
    let caller = scratch.command(&["run", ".:calls"]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    wait_until("the runs are not there", || states(&scratch, "ship").len() == 3);

    let refused = scratch.run(&["run", ".:ship", "number=3"]).expect_code(1).stderr;
    assert!(refused.contains("paused by ann: the store is closed"), "{refused}");
    assert!(refused.contains("tasks resume ship"), "{refused}");
    let listed = scratch.run(&["tasks", "list"]).expect_code(0).stdout;
    assert!(listed.contains("ship   paused by ann: the store is closed, 3 in flight"), "{listed}");
    let shown = scratch.run(&["runs", "show", "last"]).expect_code(0).stdout;
    assert!(shown.contains("its task is paused by ann: the store is closed"), "{shown}");
    drop(owner);
    let _owner = Owner::serve(&scratch, &[]);
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(states(&scratch, "ship"), ["waiting"; 3]);

    scratch.run(&["tasks", "resume", "ship"]).expect_code(0);
    let called = caller.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&called.stdout).trim(), "7");
    wait_until("they do not go on", || states(&scratch, "ship") == ["succeeded"; 3]);
    scratch.run(&["tasks", "resume", "ship"]).expect_code(1);
}

#[test]
fn due_times_of_a_pause_are_told_and_made_up_for_by_the_catchup() {
    let scratch = project();
    let _owner = Owner::serve(&scratch, &[]);
    wait_until("it does not beat", || !states(&scratch, "beat").is_empty());
    scratch.run(&["tasks", "pause", "beat", "--why", "too loud", "--by", "ben"]).expect_code(0);
    let before = states(&scratch, "beat").len();
    let from = jiff::Timestamp::now();
    std::thread::sleep(Duration::from_secs(4));
    assert_eq!(states(&scratch, "beat").len(), before);
    let inside = (from + Duration::from_secs(2)).strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let why = scratch.run(&["schedule", "why", "beat", &inside]).expect_code(0).stdout;
    assert!(why.contains("is paused by ben: too loud"), "{why}");

    scratch.run(&["tasks", "resume", "beat"]).expect_code(0);
    wait_until("it does not beat again", || states(&scratch, "beat").len() > before + 1);
    let why = scratch.run(&["schedule", "why", "beat", &inside]).expect_code(0).stdout;
    assert!(why.contains("was skipped: paused by ben: too loud"), "{why}");
    // One run stands for all that passed: the first after the pause is the one that is late.
    let listed = scratch.run(&["runs", "list", "--task", "beat", "--json"]).expect_code(0).json();
    let dues = listed.as_array().unwrap().iter().filter_map(|run| run["due"].as_str()).map(|due| due.parse().unwrap());
    let mut after: Vec<jiff::Timestamp> = dues.filter(|due| *due > from + Duration::from_secs(1)).collect();
    after.sort();
    assert!(after[0] > from + Duration::from_secs(3), "{after:?}, paused at {from}");
}

#[test]
fn an_archived_task_starts_nothing_and_keeps_its_history() {
    let scratch = project();
    assert_eq!(scratch.run(&["run", ".:ship", "number=4"]).expect_code(0).stdout.trim(), "4");
    scratch.run(&["tasks", "archive", "ship", "--why", "sold", "--by", "eve"]).expect_code(0);
    scratch.run(&["run", ".:order", "number=5"]).expect_code(0);
    let failed = scratch.run(&["run", ".:calls", "--json"]).expect_code(1).json();
    let message = failed["error"]["message"].as_str().unwrap_or_default();
    assert!(message.contains("`ship` is archived by eve: sold"), "{failed}");
    let shown = scratch.run(&["tasks", "show", "ship", "--json"]).expect_code(0).json();
    assert_eq!(shown["halt"]["kind"], "archived");
    assert_eq!(shown["head"]["signature"], "(number: int) -> int");
    assert_eq!(shown["last_runs"].as_array().unwrap().len(), 2);

    scratch.run(&["tasks", "resume", "ship"]).expect_code(0);
    assert_eq!(scratch.run(&["run", ".:calls"]).expect_code(0).stdout.trim(), "7");
}

#[test]
fn what_is_not_there_and_what_has_no_reason_is_wrong_use() {
    let scratch = project();
    let unknown = scratch.run(&["tasks", "pause", "shop", "--why", "x"]).expect_code(2).stderr;
    assert!(unknown.contains("beat, calls, order, ship"), "{unknown}");
    scratch.run(&["tasks", "pause", "ship"]).expect_code(2);
    scratch.run(&["tasks", "pause", "ship", "--why", " "]).expect_code(2);
    scratch.run(&["tasks", "show", "ship"]).expect_code(0);
}
