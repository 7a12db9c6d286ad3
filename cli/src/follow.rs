//! What a run logged, page by page as it stands in the history; and following one to its end, whoever drives it.

use crate::error::CliError;
use runtime::engine::RunId;
use runtime::history::{History, LogRow, RunSummary};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

/// How often the history of a run that goes on is looked at.
const LOOK: Duration = Duration::from_millis(50);

/// How many lines are read at a time.
const LINES: u32 = 1_000;

/// The lines of a run's log, of which some may be told already.
pub struct Log<'h> {
    history: &'h History,
    run: RunId,
    /// The operation that logged the last line that is told.
    told: Option<u64>,
}

impl<'h> Log<'h> {
    /// Makes the log of a run, of which nothing is told yet.
    pub fn of(history: &'h History, run: RunId) -> Self {
        Log { history, run, told: None }
    }

    /// Tells the lines that are there and not told yet, oldest first.
    pub fn tell(&mut self, tell: &mut impl FnMut(&LogRow) -> Result<(), CliError>) -> Result<(), CliError> {
        loop {
            let lines = self.history.logs_after(self.run, self.told, LINES)?;
            for line in &lines {
                tell(line)?;
                self.told = Some(line.operation);
            }
            if (lines.len() as u64) < u64::from(LINES) {
                return Ok(());
            }
        }
    }

    /// Tells the lines until the run ends, or a signal comes; gives how the run stands then.
    pub fn follow(
        mut self,
        signals: &Receiver<()>,
        mut tell: impl FnMut(&LogRow) -> Result<(), CliError>,
    ) -> Result<RunSummary, CliError> {
        loop {
            // First how it stands: what a run logged is there when its end is.
            let summary = self.history.run(&self.run.into())?;
            self.tell(&mut tell)?;
            if summary.state.is_final() {
                return Ok(summary);
            }
            match signals.recv_timeout(LOOK) {
                Err(RecvTimeoutError::Timeout) => {}
                Ok(()) | Err(RecvTimeoutError::Disconnected) => return Ok(self.history.run(&self.run.into())?),
            }
        }
    }
}
