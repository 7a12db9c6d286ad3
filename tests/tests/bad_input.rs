//! Bad input gets a clear error and the exit code of the manual; nothing panics, hangs or is lost.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::process::Stdio;
use std::time::Duration;
use tests::{Scratch, repository};

const GOOD: &str = "/// Gives a number.\ntask good() -> int\n    timeout 1m\n{\n    1\n}\n";

#[test]
fn several_syntax_and_type_errors_of_one_file_are_told_in_one_run() {
    let scratch = Scratch::new();
    let broken = repository().join("tests/broken");
    let found = scratch.run(&["check", broken.to_str().unwrap(), "--format", "json"]).expect_code(1).json();
    let codes: Vec<_> =
        found["diagnostics"].as_array().unwrap().iter().map(|it| it["code"].as_str().unwrap()).collect();
    assert!(codes.iter().filter(|code| code.starts_with("E01")).count() >= 3, "{codes:?}");
    assert!(codes.iter().filter(|code| code.starts_with("E03")).count() >= 3, "{codes:?}");
    assert_eq!(found["version"], 1);
}

#[test]
fn an_empty_file_is_a_project_without_tasks() {
    let scratch = Scratch::new();
    scratch.write("empty.task", "");
    scratch.run(&["check", "empty.task"]).expect_code(0);
    let run = scratch.run(&["run", "empty.task"]).expect_code(2);
    assert!(run.stderr.contains("there is no task in it"), "{}", run.stderr);
}

#[test]
fn safe_fixes_are_written_into_the_file_until_nothing_is_left_to_mend() {
    let scratch = Scratch::new();
    let head = "/// Says.\ntask says(a: bool, b: bool) -> bool\n    timeout 1m\n{\n";
    scratch.write(
        "says.task",
        format!("use files\n\n{head}    if a && not b {{ return True }} # done\n    b || !a\n}}\n"),
    );
    let shown = scratch.run(&["check", "says.task"]).expect_code(1);
    assert!(shown.stderr.contains("5 of them can be mended by `taskwright check --fix`"), "{}", shown.stderr);
    let mended = scratch.run(&["check", "says.task", "--fix"]).expect_code(0);
    assert!(mended.stderr.contains("fixed says.task:7:10: write `and`"), "{}", mended.stderr);
    let text = fs::read_to_string(scratch.path("says.task")).unwrap();
    assert_eq!(text, format!("\n{head}    if a and not b {{ return true }} // done\n    b or not a\n}}\n"));
    scratch.run(&["check", "says.task", "--fix"]).expect_code(0);

    // What needs a look of a person stays, and so does a file of which not all is text.
    let unsure = format!("{head}    let c = new b\n    a\n}}\n");
    scratch.write("says.task", &unsure);
    scratch.run(&["check", "says.task", "--fix"]).expect_code(1);
    assert_eq!(fs::read_to_string(scratch.path("says.task")).unwrap(), unsure);
    let bytes = [b"const A = True // ".as_slice(), &[0xff], b"\n"].concat();
    scratch.write("bytes.task", &bytes);
    scratch.run(&["check", "bytes.task", "--fix"]);
    assert_eq!(fs::read(scratch.path("bytes.task")).unwrap(), bytes);
}

#[test]
fn bytes_that_are_no_text_are_a_finding_with_the_first_bad_byte() {
    let scratch = Scratch::new();
    scratch.write("binary.task", [0x7f, b'E', b'L', b'F', 0xff, 0, 1, 2]);
    let found = scratch.run(&["check", "binary.task", "--format", "short"]).expect_code(1);
    assert!(found.stdout.contains("byte 4 is not UTF-8 text"), "{}", found.stdout);
    scratch.write("wide.task", [0xff, 0xfe, b't', 0, b'a', 0]);
    let found = scratch.run(&["check", "wide.task", "--format", "short"]).expect_code(1);
    assert!(found.stdout.contains("UTF-16"), "{}", found.stdout);
}

#[test]
fn ten_thousand_open_brackets_are_one_error() {
    let scratch = Scratch::new();
    for bracket in ["(", "[", "{"] {
        scratch.write("deep.task", format!("fn f() -> int {{\n    let a = {}\n    a\n}}\n", bracket.repeat(10_000)));
        let found = scratch.run(&["check", "deep.task", "--format", "json"]).expect_code(1).json();
        let count = found["diagnostics"].as_array().unwrap().len();
        assert!((1..=3).contains(&count), "{count} diagnostics for {bracket}");
    }
}

#[test]
fn what_is_not_there_is_wrong_use() {
    let scratch = Scratch::new();
    fs::create_dir(scratch.path("empty")).unwrap();
    let missing = scratch.run(&["check", "nowhere.task"]).expect_code(2);
    assert!(missing.stderr.contains("there is no file or folder `nowhere.task`"), "{}", missing.stderr);
    let empty = scratch.run(&["check", "empty"]).expect_code(2);
    assert!(empty.stderr.contains("no .task file in `empty`"), "{}", empty.stderr);
    scratch.run(&["frobnicate"]).expect_code(2);
    scratch.run(&["explain", "E9999"]).expect_code(2);
    scratch.write("good.task", GOOD);
    let task = scratch.run(&["run", "good.task:goood"]).expect_code(2);
    assert!(task.stderr.contains("did you mean `good`?"), "{}", task.stderr);
}

#[test]
fn all_wrong_arguments_are_told_at_once() {
    let scratch = Scratch::new();
    scratch.write(
        "many.task",
        "/// Takes three.\ntask many(count: int where it > 0, names: list<string>, when: date) -> int\n    timeout 1m\n{\n    count + names.len() + when.year()\n}\n",
    );
    let run = scratch.run(&["run", "many.task", "count=0", "names=[1]", "wehn=2026-01-31"]).expect_code(2);
    for part in ["count", "names[0]", "wehn", "when"] {
        assert!(run.stderr.contains(part), "{part} is missing in\n{}", run.stderr);
    }
}

#[test]
fn an_image_that_is_cut_or_flipped_at_any_byte_is_refused() {
    let scratch = Scratch::new();
    scratch.write("good.task", GOOD);
    scratch.run(&["compile", "good.task", "-o", "good.taskc"]).expect_code(0);
    scratch.run(&["disasm", "good.taskc"]).expect_code(0);
    let image = fs::read(scratch.path("good.taskc")).unwrap();
    // Every byte through the decoder; a few through the command.
    for at in 0..image.len() {
        assert!(bytecode::Image::decode(&image[..at]).is_err(), "cut at {at}");
        let mut flipped = image.clone();
        flipped[at] ^= 0x10;
        assert!(bytecode::Image::decode(&flipped).is_err(), "flipped at {at}");
    }
    for at in [0, 5, image.len() / 2, image.len() - 1] {
        scratch.write("bad.taskc", &image[..at]);
        let found = scratch.run(&["disasm", "bad.taskc"]).expect_code(1);
        assert!(found.stderr.contains("is not a usable image"), "{}", found.stderr);
    }
}

#[test]
fn a_data_folder_that_another_process_holds_is_named_with_its_owner() {
    let scratch = Scratch::new();
    scratch.write("good.task", GOOD);
    let mut owner =
        scratch.command(&["serve", "good.task"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let lock = scratch.path(".taskwright/lock");
    while !lock.exists() {
        std::thread::sleep(Duration::from_millis(10));
    }
    std::thread::sleep(Duration::from_millis(300));
    let second = scratch.run(&["serve", "good.task"]);
    owner.kill().unwrap();
    owner.wait().unwrap();
    let second = second.expect_code(1);
    assert!(second.stderr.contains(&owner.id().to_string()), "{}", second.stderr);
}

#[test]
fn a_corrupt_database_is_said_and_left_as_it_is() {
    let scratch = Scratch::new();
    scratch.write("good.task", GOOD);
    scratch.run(&["run", "good.task"]).expect_code(0);
    let database = scratch.path(".taskwright/taskwright.db");
    let garbage = vec![0x5a_u8; 8192];
    fs::write(&database, &garbage).unwrap();
    let run = scratch.run(&["run", "good.task"]).expect_code(1);
    assert!(run.stderr.contains("taskwright.db"), "{}", run.stderr);
    assert_eq!(fs::read(&database).unwrap(), garbage, "what is there is not touched");
}
