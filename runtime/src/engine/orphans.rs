//! Programs that an earlier process of the same data folder started and could not end, because it was killed.
//!
//! Each program that an operation starts has a mark in its environment, and hands it on to what it starts itself. Whoever
//! owns the folder next ends what has the mark, before a run goes on: nothing works beside its own repetition. A program
//! that clears its environment, or is another user's, is not found; nor is any where the system has no `/proc`.

use rustix::process::{Pid, Signal, kill_process};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// The variable in the environment of a program that is started for a run; it names the data folder.
pub const MARK: &str = "TASKWRIGHT_OWNER";

/// How often what is left is looked for: what is being ended may have just started something.
const ROUNDS: usize = 100;

/// The pause between two looks.
const PAUSE: Duration = Duration::from_millis(10);

/// Gives the value of the mark for a folder, however it was named.
pub(super) fn mark(folder: &Path) -> Arc<str> {
    let whole = std::fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    whole.display().to_string().into()
}

/// Ends the programs with a mark. Whoever calls has the folder's lock, so nobody waits for them any more.
pub(super) fn end(mark: &str) {
    let wanted = format!("{MARK}={mark}");
    // Where this process itself was started by a run, its own ancestors have the mark.
    if is_marked("self", &wanted) {
        return;
    }
    for _ in 0..ROUNDS {
        let orphans = marked(&wanted);
        if orphans.is_empty() {
            return;
        }
        for orphan in orphans {
            tracing::warn!(process = orphan.as_raw_nonzero().get(), "ended a program of a process that was killed");
            // One that has just ended is as wanted.
            let _ = kill_process(orphan, Signal::KILL);
        }
        std::thread::sleep(PAUSE);
    }
}

fn marked(wanted: &str) -> Vec<Pid> {
    let Ok(processes) = std::fs::read_dir("/proc") else { return Vec::new() };
    let names = processes.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let found = names.filter(|name| name.bytes().all(|byte| byte.is_ascii_digit()) && is_marked(name, wanted));
    found.filter_map(|name| Pid::from_raw(name.parse().ok()?)).collect()
}

/// Says whether a process has the mark. What is another user's cannot be read, and one that has ended has none.
fn is_marked(process: &str, wanted: &str) -> bool {
    let environment = std::fs::read(Path::new("/proc").join(process).join("environ")).unwrap_or_default();
    environment.split(|byte| *byte == 0).any(|variable| variable == wanted.as_bytes())
}
