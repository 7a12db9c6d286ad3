//! What the runs of a task took.

use super::{History, PAGE};
use crate::clock::Micros;
use crate::engine::EngineError;
use crate::store::RunFigures;
use std::ops::ControlFlow;

impl History {
    /// Gives what the runs of a task took, newest first, until told to stop; `since` is when they were asked for at the
    /// earliest. A page of them is in memory at a time.
    pub fn figures(
        &self,
        (project, task): (&str, &str),
        since: Option<Micros>,
        mut each: impl FnMut(&RunFigures) -> ControlFlow<()>,
    ) -> Result<(), EngineError> {
        let is_late = |at: Micros| since.is_none_or(|since| at >= since);
        let mut before = Some(i64::MAX);
        while let Some(row) = before {
            let page = self.reader.figures((project, task), row, PAGE)?;
            for run in page.wanted.iter().filter(|run| is_late(run.created_at)) {
                if each(run).is_break() {
                    return Ok(());
                }
            }
            // As in `runs_since`: one that is too early does not end it, a page of them does.
            before = page.before.filter(|_| is_late(page.latest));
        }
        Ok(())
    }
}
