//! A process that serves a data folder beside a test.

use crate::Scratch;
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Serves a folder until it is dropped, which kills it as by `SIGKILL`.
pub struct Owner {
    process: Child,
    said: Arc<Mutex<String>>,
}

/// How long is waited for what must come, on a machine that has much else to do.
const PATIENCE: Duration = Duration::from_secs(90);

impl Owner {
    /// Starts `serve` with arguments, and waits until it has the folder.
    #[track_caller]
    pub fn serve(scratch: &Scratch, arguments: &[&str]) -> Owner {
        let mut owner = Owner::spawn(scratch, arguments);
        let holder = || std::fs::read_to_string(scratch.path(".taskwright/lock")).unwrap_or_default();
        wait_until("the folder is not served", || {
            // Somebody else may have had the folder for a moment.
            if owner.process.try_wait().expect("a process can be looked at").is_some() {
                owner = Owner::spawn(scratch, arguments);
            }
            holder().trim() == owner.process.id().to_string()
        });
        owner
    }

    fn spawn(scratch: &Scratch, arguments: &[&str]) -> Owner {
        let mut command = scratch.command(&[&["serve"], arguments].concat());
        let mut process = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the command starts");
        let said = Arc::new(Mutex::new(String::new()));
        let (lines, heard) = (process.stderr.take().expect("it is piped"), Arc::clone(&said));
        std::thread::spawn(move || {
            for line in BufReader::new(lines).lines().map_while(Result::ok) {
                heard.lock().expect("nobody panics with it").push_str(&(line + "\n"));
            }
        });
        Owner { process, said }
    }

    /// Gives what it has said so far.
    pub fn said(&self) -> String {
        self.said.lock().expect("nobody panics with it").clone()
    }

    /// Waits until it has said something.
    #[track_caller]
    pub fn says(&self, words: &str) {
        let begun = Instant::now();
        while !self.said().contains(words) {
            assert!(begun.elapsed() < PATIENCE, "{words:?} in\n{}", self.said());
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        // One that has ended by itself needs no more.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Waits until something is reached that others bring about.
#[track_caller]
pub fn wait_until(otherwise: &str, mut reached: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !reached() {
        assert!(begun.elapsed() < PATIENCE, "{otherwise}");
        std::thread::sleep(Duration::from_millis(50));
    }
}
