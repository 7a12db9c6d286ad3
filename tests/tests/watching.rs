//! `serve PATH` while its sources are edited: what checks is taken over without a restart, what does not is refused and told.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tests::Scratch;

/// Serves the project until it is dropped, and keeps what it says.
struct Owner {
    process: Child,
    said: Arc<Mutex<String>>,
}

impl Owner {
    fn serve(scratch: &Scratch) -> Owner {
        let mut process =
            scratch.command(&["serve", "."]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let said = Arc::new(Mutex::new(String::new()));
        let (lines, heard) = (BufReader::new(process.stderr.take().unwrap()), Arc::clone(&said));
        std::thread::spawn(move || {
            for line in lines.lines().map_while(Result::ok) {
                heard.lock().unwrap().push_str(&(line + "\n"));
            }
        });
        let owner = Owner { process, said };
        owner.says("serving `app`, version 1");
        owner
    }

    /// Waits until it has said something.
    #[track_caller]
    fn says(&self, words: &str) {
        let begun = Instant::now();
        while !self.said.lock().unwrap().contains(words) {
            assert!(begun.elapsed() < Duration::from_secs(90), "{words:?} in\n{}", self.said.lock().unwrap());
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

/// Gives a task that says a word.
fn says(task: &str, word: &str) -> String {
    format!("/// Says it.\ntask {task}() -> string\n    on every 1s catchup none\n    timeout 1m\n{{\n    {word}\n}}\n")
}

fn wait_for_result(scratch: &Scratch, task: &str, word: &str) {
    let begun = Instant::now();
    let last = || {
        let listed = scratch.run(&["runs", "list", "--task", task, "--state", "succeeded"]).stdout;
        let run = listed.split_whitespace().next().unwrap_or_default().to_owned();
        scratch.run(&["runs", "show", &run]).stdout
    };
    while !last().contains(word) {
        assert!(begun.elapsed() < Duration::from_secs(90), "{task} does not say {word}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn an_edited_program_is_taken_over_and_a_wrong_one_is_refused() {
    let scratch = Scratch::new();
    scratch.write("taskwright.toml", "[project]\nname = \"app\"\n");
    scratch.write("beat.task", says("beat", "\"first\""));
    let owner = Owner::serve(&scratch);
    wait_for_result(&scratch, "beat", "first");

    scratch.write("beat.task", says("beat", "\"second\" + 2"));
    owner.says("not taken over: what was in force stays");
    assert!(owner.said.lock().unwrap().contains("beat.task:6:"), "{}", owner.said.lock().unwrap());
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
