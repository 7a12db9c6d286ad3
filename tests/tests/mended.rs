//! `runs retry --on-latest`: a failed run goes on with a mended version, where that asks for the same up to the place.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use tests::Scratch;

/// What was done is in a state; NEXT is what comes behind it.
const SOURCE: &str = r#"
/// What was done, in its order.
state done: list<string> = []

/// Does something, and then something that may fail.
task work(file: Path) -> string
    timeout 1h
    needs files read "/**"
    needs files write "/**"
{
    done.push("began")
    FIRST
    NEXT
}

/// Tells what was done.
task told() -> list<string>
    timeout 1m
{
    done
}
"#;

fn deploy(scratch: &Scratch, first: &str, next: &str) {
    scratch.write("taskwright.toml", "[project]\nname = \"app\"\n");
    scratch.write("app.task", SOURCE.replace("FIRST", first).replace("NEXT", next));
    scratch.run(&["deploy"]).expect_code(0);
}

/// Begins a project, and lets its run fail.
fn failed(first: &str, next: &str) -> Scratch {
    let scratch = Scratch::new();
    deploy(&scratch, first, next);
    let file = format!("file={}", scratch.path("there").display());
    scratch.run(&["run", ".:work", &file]).expect_code(1);
    scratch
}

/// Lets the failed run go on, and gives how it ended.
fn go_on(scratch: &Scratch) -> serde_json::Value {
    let failed = scratch.run(&["runs", "list", "--task", "work", "--json"]).json();
    let run = failed[0]["run"].as_str().unwrap().to_owned();
    scratch.run(&["runs", "retry", &run, "--on-latest", "--by", "ann"]).expect_code(0);
    // Whoever owns the folder lets all runs of it go on.
    let told = scratch.run(&["run", ".:told"]).expect_code(0);
    assert!(told.stdout.contains("began"));
    let shown = || scratch.run(&["runs", "show", &run, "--json"]).json();
    let begun = std::time::Instant::now();
    while shown()["state"] == "running" || shown()["state"] == "waiting" {
        scratch.run(&["run", ".:told"]).expect_code(0);
        assert!(begun.elapsed() < std::time::Duration::from_secs(60), "{}", shown());
    }
    shown()
}

fn told(scratch: &Scratch) -> Vec<String> {
    serde_json::from_str(&scratch.run(&["run", ".:told"]).expect_code(0).stdout).unwrap()
}

fn refused(scratch: &Scratch) -> String {
    scratch
        .run(&["runs", "retry", "last", "--on-latest"])
        .expect_code(1)
        .stderr
        .replace('│', "")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn what_failed_in_its_own_code_goes_on_in_mended_code() {
    let scratch = failed("let rate = [1, 2]", "\"{rate[2]}\"");
    let early = refused(&scratch);
    assert!(early.contains("its own code") && early.contains("--on-latest"), "{early}");
    // The code between the operations may differ, and natives may have other numbers.
    deploy(
        &scratch,
        "let rate = [1, 2, 3]",
        "let sure = files.exists(file)\n    done.push(\"{sure}\")\n    \"{rate[2]}\"",
    );
    let shown = go_on(&scratch);
    assert_eq!((&shown["state"], &shown["result"]), (&"succeeded".into(), &"3".into()), "{shown}");
    assert_eq!(told(&scratch), ["began", "false"]);
    let history = shown["history"].as_array().unwrap();
    assert!(history.iter().any(|line| line["moved_to"].is_string()), "{shown}");
    assert!(history.iter().any(|line| line["resumed_by"] == "ann"), "{shown}");
}

#[test]
fn an_operation_that_failed_is_asked_for_as_the_new_version_asks() {
    let scratch = failed("", "files.read(file)");
    scratch.write("there.new", "found");
    deploy(&scratch, "", "files.read(\"{file}.new\")");
    let shown = go_on(&scratch);
    assert_eq!((&shown["state"], &shown["result"]), (&"succeeded".into(), &"found".into()), "{shown}");
    assert_eq!(told(&scratch), ["began"]);
}

#[test]
fn before_an_operation_that_certainly_failed_another_one_may_come() {
    let next = "files.move(file, \"{file}.d/moved\")\n    \"moved\"";
    let scratch = failed("", next);
    scratch.write("there", "content");
    let again = scratch.run(&["run", ".:work", &format!("file={}", scratch.path("there").display())]).expect_code(1);
    assert!(again.stderr.contains("files.make_dir"), "{}", again.stderr);
    deploy(&scratch, "", &format!("files.make_dir(\"{{file}}.d\")\n    {next}"));
    let shown = go_on(&scratch);
    assert_eq!((&shown["state"], &shown["result"]), (&"succeeded".into(), &"moved".into()), "{shown}");
    assert_eq!(scratch.read("there.d/moved"), "content");
}

#[test]
fn a_version_that_asks_for_something_else_before_the_place_is_refused() {
    let scratch = failed("", "files.read(file)");
    let same = scratch.run(&["runs", "retry", "last", "--on-latest"]).expect_code(0).stderr;
    assert!(same.contains("goes on where it failed"), "{same}");
    scratch.run(&["run", ".:told"]).expect_code(0);

    let scratch = failed("", "files.read(file)");
    let source = SOURCE
        .replace("done.push(\"began\")", "let there = files.exists(file)\n    done.push(\"{there}\")")
        .replace("FIRST", "")
        .replace("NEXT", "files.read(file)");
    scratch.write("app.task", &source);
    scratch.run(&["deploy"]).expect_code(0);
    let why = refused(&scratch);
    assert!(why.contains("version 2 of `app` is another before the place"), "{why}");

    scratch.write("app.task", source.replace("file: Path", "file: Path, more: int = 1"));
    scratch.run(&["deploy"]).expect_code(0);
    let why = refused(&scratch);
    assert!(why.contains("version 3 of `app` has other parameters"), "{why}");

    scratch.write("app.task", source.replace("task work", "task other"));
    scratch.run(&["deploy"]).expect_code(0);
    let why = refused(&scratch);
    assert!(why.contains("version 4 of `app` has no task `work`"), "{why}");
    assert_eq!(scratch.run(&["runs", "show", "last", "--json"]).json()["state"], "failed");
}
