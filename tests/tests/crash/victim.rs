//! The process that is killed: `serve` of one file, at random moments of its start and of its work.

use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};
use tests::{Random, Scratch, taskwright};

/// How long a project may take to come to its end once nobody kills it any more.
const PATIENCE: Duration = Duration::from_secs(300);

/// How far away the due time is when the schedules are put in force.
const AHEAD: Duration = Duration::from_secs(10);

/// A project whose tasks are due soon, so that `serve` knows their schedules before.
pub struct Victim {
    scratch: Scratch,
    random: Random,
    due: Instant,
}

impl Victim {
    /// Makes a project of one file, which is written with the due time.
    pub fn new(source: impl FnOnce(&str) -> String) -> Victim {
        let seed = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(42_u64);
        println!("SEED={seed}");
        // Built first, so that only the start of `serve` lies between now and the due time.
        taskwright();
        let due = Instant::now() + AHEAD + Duration::from_millis(500);
        let at = jiff::Timestamp::now() + AHEAD;
        let scratch = Scratch::new();
        scratch.write("killed.task", source(&at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()));
        scratch.run(&["check", "killed.task"]).expect_code(0);
        Victim { scratch, random: Random::new(seed), due }
    }

    /// Gives the folder of the project.
    pub fn scratch(&self) -> &Scratch {
        &self.scratch
    }

    /// Kills as often as asked: every fifth kill falls into the start, the others into the work.
    pub fn kill(&mut self, times: usize) {
        let mut first = self.serve();
        wait_for_start(&mut first);
        sleep(self.due.saturating_duration_since(Instant::now()));
        end(first);
        for kill in 1..times {
            let mut owner = self.serve();
            let longest = if kill % 5 == 0 {
                200
            } else {
                wait_for_start(&mut owner);
                150
            };
            sleep(Duration::from_millis(self.random.below(longest)));
            assert!(owner.try_wait().unwrap().is_none(), "serve ended by itself: {:?}", owner.wait_with_output());
            end(owner);
        }
    }

    /// Lets the work come to its end.
    pub fn come_to_the_end(&self, ended: impl Fn(&[Value]) -> bool) {
        let owner = self.serve();
        let begun = Instant::now();
        loop {
            let runs = self.runs();
            if ended(&runs) && runs.iter().all(is_over) {
                break;
            }
            let open: Vec<_> = runs.iter().filter(|run| !is_over(run)).collect();
            assert!(begun.elapsed() < PATIENCE, "runs do not end: {open:?}");
            sleep(Duration::from_millis(200));
        }
        end(owner);
    }

    /// Gives all runs, as `runs list` does.
    pub fn runs(&self) -> Vec<Value> {
        let list = self.scratch.run(&["runs", "list", "--json", "-n", "100000"]).expect_code(0).json();
        list.as_array().unwrap().clone()
    }

    /// Gives all that is told of a run.
    pub fn show(&self, run: &Value) -> Value {
        self.scratch.run(&["runs", "show", run["run"].as_str().unwrap(), "--json"]).expect_code(0).json()
    }

    fn serve(&self) -> Child {
        let mut command = self.scratch.command(&["serve", "killed.task"]);
        command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
    }
}

/// Says whether a run has ended.
pub fn is_over(run: &Value) -> bool {
    run["finished_at"].is_string()
}

/// A start is known by its first line.
fn wait_for_start(owner: &mut Child) {
    let mut line = String::new();
    BufReader::new(owner.stderr.take().unwrap()).read_line(&mut line).unwrap();
    assert!(!line.is_empty(), "serve ended before it began");
}

fn end(mut owner: Child) {
    owner.kill().unwrap();
    owner.wait().unwrap();
}
