//! `serve PATH` while its sources are edited: what checks is taken over without a restart, what does not is refused and told.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use tests::{Owner, Scratch, wait_until};

/// Gives a task that says a word.
fn says(task: &str, word: &str) -> String {
    format!("/// Says it.\ntask {task}() -> string\n    on every 1s catchup none\n    timeout 1m\n{{\n    {word}\n}}\n")
}

fn wait_for_result(scratch: &Scratch, task: &str, word: &str) {
    wait_until(&format!("{task} does not say {word}"), || {
        let listed = scratch.run(&["runs", "list", "--task", task, "--state", "succeeded"]).stdout;
        let run = listed.split_whitespace().next().unwrap_or_default().to_owned();
        scratch.run(&["runs", "show", &run]).stdout.contains(word)
    });
}

#[test]
fn an_edited_program_is_taken_over_and_a_wrong_one_is_refused() {
    let scratch = Scratch::new();
    scratch.write("taskwright.toml", "[project]\nname = \"app\"\n");
    scratch.write("beat.task", says("beat", "\"first\""));
    let owner = Owner::serve(&scratch, &["."]);
    wait_for_result(&scratch, "beat", "first");

    scratch.write("beat.task", says("beat", "\"second\" + 2"));
    owner.says("not taken over: what was in force stays");
    assert!(owner.said().contains("beat.task:6:"), "{}", owner.said());
    assert!(scratch.run(&["tasks", "list"]).stderr.contains("version 1 "));

    scratch.write("beat.task", says("beat", "\"second\""));
    owner.says("version 2");
    wait_for_result(&scratch, "beat", "second");

    // A file that comes, in a folder of its own, and one that goes.
    scratch.write("more/other.task", says("other", "\"third\""));
    owner.says("version 3");
    wait_for_result(&scratch, "other", "third");
    std::fs::remove_file(scratch.path("beat.task")).unwrap();
    owner.says("version 4");
    assert!(!scratch.run(&["tasks", "list"]).expect_code(0).stdout.contains("beat"));

    scratch.write("taskwright.toml", "[project]\nname = \"app\"\nzone = \"Europe/Berlin\"\n");
    owner.says("taken over at the next start");
    scratch.write("taskwright.toml", "[project]\nname = \"other\"\n");
    owner.says("the project is named `other` now");
}
