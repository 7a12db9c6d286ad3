//! Programs that outlive the process that started them, until the next one comes.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};
use tests::Scratch;

const SOURCE: &str = r#"//! A program that does not end.

/// Starts it, with another one below it that has left its group.
task endless()
    on every 1s
    concurrency 1 else skip
    needs exec "sh"
    timeout 1h
{
    exec.run("sh", ["-c", "setsid sh -c 'echo $$ > second; sleep 1000' & echo $$ > first; sleep 1000"])
}
"#;

fn serve(scratch: &Scratch) -> Child {
    let mut command = scratch.command(&["serve", "endless.task"]);
    let mut owner = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(owner.stderr.take().unwrap()).read_line(&mut line).unwrap();
    owner
}

fn until(what: &str, reached: impl Fn() -> bool) {
    let begun = Instant::now();
    while !reached() {
        assert!(begun.elapsed() < Duration::from_secs(60), "waited too long: {what}");
        sleep(Duration::from_millis(20));
    }
}

/// Gives the process that wrote its number into a file.
fn process(scratch: &Scratch, file: &str) -> Option<String> {
    let number = std::fs::read_to_string(scratch.path(file)).ok()?;
    number.ends_with('\n').then(|| number.trim().to_owned())
}

/// One that has ended and that nobody has asked about has no command line.
fn lives(process: &str) -> bool {
    std::fs::read(Path::new("/proc").join(process).join("cmdline")).is_ok_and(|line| !line.is_empty())
}

#[test]
#[cfg(target_os = "linux")]
fn what_a_killed_process_left_behind_is_ended_before_runs_go_on() {
    let scratch = Scratch::new();
    scratch.write("endless.task", SOURCE);
    let mut owner = serve(&scratch);
    until("both programs", || process(&scratch, "first").is_some() && process(&scratch, "second").is_some());
    let programs = ["first", "second"].map(|file| process(&scratch, file).unwrap());
    owner.kill().unwrap();
    owner.wait().unwrap();
    assert!(programs.iter().all(|program| lives(program)), "nobody could end them");

    let mut owner = serve(&scratch);
    assert!(!programs.iter().any(|program| lives(program)), "they are ended before anything is told");
    let unknown = || {
        let runs = scratch.run(&["runs", "list", "--json"]).expect_code(0).json();
        runs.as_array().unwrap().iter().any(|run| run["outcome_unknown"] == true)
    };
    until("the end of the run that started them", unknown);
    owner.kill().unwrap();
    owner.wait().unwrap();
}
