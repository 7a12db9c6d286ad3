//! `plan` says what `deploy` would change, and `tasks list` what is in force.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use tests::Scratch;

const FIRST: &str = r#"
/// Backs a folder up.
task backup(folder: string = "data")
    on daily at 02:30 in "UTC"
    needs exec "tar"
    timeout 10m
{
    exec.run("tar", ["-cf", "backup.tar", folder])
}

/// Says hello.
task hello() -> string
    timeout 1m
{
    "hello"
}
"#;

const SECOND: &str = r#"
/// Backs a folder up.
task backup(folder: string = "data", keep: int = 7) -> int
    on daily at 03:30 in "UTC"
    needs exec "tar"
    needs net "backup.example.com"
    timeout 20m
    retain 30d
{
    exec.run("tar", ["-cf", "backup.tar", folder])
    http.put("https://backup.example.com/{folder}", files.read("backup.tar"))
    keep
}

/// Tidies up.
task tidy()
    on weekly on mon at 04:00 in "UTC"
    timeout 1m
{
    log.info("tidy")
}
"#;

#[test]
fn a_plan_says_what_a_deployment_changes_and_changes_nothing() {
    let scratch = Scratch::new();
    scratch.write("office.task", FIRST);
    let new = scratch.run(&["plan", "office.task"]).expect_code(0).stdout;
    assert!(new.starts_with("`office` is not deployed here: it would be version 1\n+ backup\n"), "{new}");
    assert!(new.contains("! gains needs exec \"tar\""), "{new}");
    assert!(!scratch.path(".taskwright").exists(), "nothing is made");

    scratch.run(&["deploy", "office.task"]).expect_code(0);
    let same = scratch.run(&["plan", "office.task"]).expect_code(0).stdout;
    assert_eq!(same, "nothing would change: version 1 of `office` is the same\n");

    scratch.write("office.task", SECOND.replace("needs net", "needs files read \"backup.tar\"\n    needs net"));
    let plan = scratch.run(&["plan", "office.task"]).expect_code(0).stdout;
    for line in [
        "version 2 of `office` would change version 1",
        "~ backup",
        "(folder: string = \"data\")  becomes  (folder: string = \"data\", keep: int = 7) -> int",
        "removed: daily at 02:30 in UTC (next ",
        "added: daily at 03:30 in UTC (next ",
        "! gains needs net \"backup.example.com\"",
        "changed: timeout",
        "added: retain",
        "+ tidy",
        "- hello",
        "changed office.task",
    ] {
        assert!(plan.contains(line), "{line}\n{plan}");
    }
    assert!(!plan.contains("exec \"tar\""), "what it might before is not gained: {plan}");
    let json = scratch.run(&["plan", "office.task", "--json"]).expect_code(0).json();
    assert_eq!((&json["version"], &json["tasks"][0]["what"]), (&1.into(), &"changed".into()));
    assert_eq!(json["tasks"][0]["permissions_gained"].as_array().unwrap().len(), 2, "{json}");

    // It is still the first version.
    let tasks = scratch.run(&["tasks", "list", "office.task", "--json"]).expect_code(0).json();
    assert_eq!((&tasks["version"], &tasks["tasks"][1]["task"]), (&1.into(), &"hello".into()));
}

#[test]
fn runs_in_flight_stay_on_their_version() {
    let scratch = Scratch::new();
    let waits = "/// Waits.\ntask waits()\n    timeout 400d\n{\n    wait 300d\n}\n";
    scratch.write("office.task", waits);
    scratch.run(&["deploy", "office.task"]).expect_code(0);
    let mut run = scratch.command(&["run", "office.task"]).spawn().unwrap();
    let waiting = || scratch.run(&["runs", "list", "--json"]).stdout.contains("\"waiting\"");
    while !waiting() {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    run.kill().unwrap();
    run.wait().unwrap();
    scratch.write("office.task", waits.replace("300d", "200d"));
    let plan = scratch.run(&["plan", "office.task"]).expect_code(0).stdout;
    assert!(plan.contains("1 run of waits stays on the version of its start"), "{plan}");
    let listed = scratch.run(&["tasks", "list", "office.task"]).expect_code(0).stdout;
    assert!(listed.starts_with("waits  on demand, 1 in flight, last waiting "), "{listed}");
}
