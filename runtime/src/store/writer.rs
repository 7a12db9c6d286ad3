//! The one writer: it applies pieces of work and commits them in one transaction.
//!
//! A piece of work that fails alone is taken out and the others go on. A full disk or a busy database is waited for;
//! any other failure of a commit is told, and nothing may be written after it, because then only the disk knows what is
//! true.

use super::folder::Trouble;
use super::schema;
use super::work::{self, Applied, Work};
use crate::clock::{Clock, SystemClock};
use rusqlite::Connection;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How often a full disk or a busy database is tried again.
const RETRY: Duration = Duration::from_millis(100);

/// The connection that writes.
pub(super) struct Writer {
    connection: Connection,
    epoch: i64,
    patience: Duration,
}

/// What each piece of work of a batch came to.
type Outcomes = Vec<Result<Applied, Trouble>>;

/// How the pieces of a batch are kept apart.
#[derive(Clone, Copy)]
enum Apart {
    /// Not at all: the first that fails alone ends the attempt.
    Together,
    /// Each can be taken back for itself.
    EachForItself,
}

impl Writer {
    /// Takes the connection. A full disk is waited for no longer than `patience`.
    pub(super) fn new(connection: Connection, epoch: i64, patience: Duration) -> Writer {
        Writer { connection, epoch, patience }
    }

    /// Commits a batch. Waiting for the disk ends early once the work is abandoned.
    pub(super) fn commit(&mut self, batch: &[Work], abandoned: &AtomicBool) -> Result<Outcomes, Trouble> {
        let begun = SystemClock.uptime();
        loop {
            match self.try_commit(batch) {
                Err(trouble)
                    if trouble.is_passing()
                        && SystemClock.uptime().saturating_sub(begun) < self.patience
                        && !abandoned.load(Ordering::SeqCst) =>
                {
                    tracing::warn!(?trouble, "a commit waits for the disk");
                    std::thread::sleep(RETRY);
                }
                outcome => return outcome,
            }
        }
    }

    /// Hardly any work fails alone, so keeping each apart is paid for only where one does.
    fn try_commit(&self, batch: &[Work]) -> Result<Outcomes, Trouble> {
        match self.transact(batch, Apart::Together) {
            Err(trouble) if concerns_work_alone(&trouble) => self.transact(batch, Apart::EachForItself),
            outcome => outcome,
        }
    }

    fn transact(&self, batch: &[Work], apart: Apart) -> Result<Outcomes, Trouble> {
        let outcome = self.apply_and_commit(batch, apart);
        if outcome.is_err() {
            self.roll_back();
        }
        outcome
    }

    fn apply_and_commit(&self, batch: &[Work], apart: Apart) -> Result<Outcomes, Trouble> {
        self.statement("BEGIN IMMEDIATE")?;
        if schema::epoch(&self.connection)? != self.epoch {
            return Err(Trouble::Fenced);
        }
        let mut outcomes = Vec::with_capacity(batch.len());
        for work in batch {
            outcomes.push(match apart {
                Apart::Together => Ok(work::apply(&self.connection, work)?),
                Apart::EachForItself => self.apply_alone(work)?,
            });
        }
        self.statement("COMMIT")?;
        Ok(outcomes)
    }

    /// Applies one piece of work; what concerns it alone is its own outcome, what concerns the database is an error.
    fn apply_alone(&self, work: &Work) -> Result<Result<Applied, Trouble>, Trouble> {
        self.statement("SAVEPOINT work")?;
        let outcome = match work::apply(&self.connection, work) {
            Ok(applied) => Ok(applied),
            Err(trouble) if concerns_work_alone(&trouble) => {
                self.statement("ROLLBACK TO work")?;
                Err(trouble)
            }
            Err(trouble) => return Err(trouble),
        };
        self.statement("RELEASE work")?;
        Ok(outcome)
    }

    fn statement(&self, sql: &'static str) -> Result<(), Trouble> {
        self.connection.prepare_cached(sql)?.execute([])?;
        Ok(())
    }

    fn roll_back(&self) {
        if !self.connection.is_autocommit() {
            // Whatever fails here fails again at the next BEGIN, which tells it.
            drop(self.connection.execute_batch("ROLLBACK"));
        }
    }
}

fn concerns_work_alone(trouble: &Trouble) -> bool {
    match trouble {
        Trouble::Refused(_) => true,
        Trouble::Sqlite(error) => error.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation),
        Trouble::Damaged(_) | Trouble::Newer { .. } | Trouble::Fenced => false,
    }
}
