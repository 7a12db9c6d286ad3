//! A run in a data folder that another process serves: that process is asked to do it, and followed from here.

use crate::error::CliError;
use crate::events::log;
use crate::terminal;
use bytecode::Image;
use runtime::Data;
use runtime::engine::{self, RunId};
use runtime::history::{History, RunSummary};
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

/// How often the history is looked at.
const LOOK: Duration = Duration::from_millis(50);

/// How many lines are written at a time.
const LINES: u32 = 1_000;

/// Has a task of an image run, and follows it to its end; whoever leaves it gets how it stands.
pub fn run(
    folder: &Path,
    (image, task): (&Image, &str),
    values: Vec<Option<Data>>,
    signals: &Receiver<()>,
) -> Result<RunSummary, CliError> {
    let run = engine::start(folder, image, task, values)?;
    let history = History::open(folder)?;
    let mut told = None;
    loop {
        let summary = history.run(&run.into())?;
        told = tell(&history, run, told)?;
        if summary.state.is_final() {
            return Ok(summary);
        }
        match signals.recv_timeout(LOOK) {
            Err(RecvTimeoutError::Timeout) => {}
            Ok(()) | Err(RecvTimeoutError::Disconnected) => return Ok(history.run(&run.into())?),
        }
    }
}

/// Writes what the run logged since the last time, and gives the operation that logged last.
fn tell(history: &History, run: RunId, mut told: Option<u64>) -> Result<Option<u64>, CliError> {
    loop {
        let lines = history.logs_after(run, told, LINES)?;
        for line in &lines {
            terminal::talk(&log(&line.entry));
        }
        told = lines.last().map(|line| line.operation).or(told);
        if (lines.len() as u64) < u64::from(LINES) {
            return Ok(told);
        }
    }
}
