//! Trying an operation again in place: `retry` in the head of a task.
//!
//! A try that failed is a row with the time of the next one, so a restart changes neither how often nor when. The operation
//! keeps its number, and so the key by which the other side knows a repetition.

use super::Decision;
use crate::Failure;
use crate::clock::{Micros, span_micros};
use crate::engine::inner::pause_of;
use crate::engine::run::Wait;
use crate::engine::transition::{Asked, Body, Next};
use crate::native::Answer;
use bytecode::{Class, Retry};

/// The longest pause that the other side may ask for.
const LONGEST_ASKED: Micros = 24 * 3_600_000_000;

/// How an operation is tried again.
#[derive(Clone, Copy, Debug)]
pub struct Again<'a> {
    /// The clause.
    pub retry: &'a Retry,
    /// When the operation or the run must be done.
    pub deadline: Option<Micros>,
}

/// Gives the pause that an answer asks for, which may be none, where it proves that nothing happened.
pub(super) fn pause_asked_for(answer: &Answer) -> Option<Micros> {
    match answer {
        Answer::NotDone(_) => Some(0),
        Answer::NotNow { pause, .. } => Some(span_micros(*pause).clamp(0, LONGEST_ASKED)),
        Answer::Done(_) | Answer::Unknown(_) => None,
    }
}

impl Again<'_> {
    /// Gives the wait before the next try, if there is one. A pause that would pass the deadline is none: the failure is
    /// told now.
    pub(super) fn after(
        self,
        decision: &Decision<'_>,
        asked: Asked,
        failure: &Failure,
        nothing_happened: Option<Micros>,
    ) -> Option<Wait> {
        let tries = decision.run.tries(asked.operation).saturating_add(1);
        let named = self.retry.kinds.contains(&failure.kind);
        // What may not be repeated is tried again only on proof that nothing happened, or by who names the error.
        let may_repeat = asked.class != Class::Once || nothing_happened.is_some();
        let wanted = if self.retry.kinds.is_empty() { failure.retryable && may_repeat } else { named };
        if !wanted || u32::from(tries) > self.retry.more || decision.run.ending.is_some() {
            return None;
        }
        let pauses = self.retry.backoff.unwrap_or(Retry::PAUSES);
        let pause = pause_of(i64::from(tries), pauses, draw(decision, asked, tries));
        let until = decision.now.saturating_add(pause.max(nothing_happened.unwrap_or(0)));
        let in_time = self.deadline.is_none_or(|deadline| until < deadline);
        in_time.then_some(Wait::Again { until, tries })
    }
}

/// Draws for a pause, so that runs that failed together do not try again together.
fn draw(decision: &Decision<'_>, asked: Asked, tries: u16) -> u64 {
    let mut hash = blake3::Hasher::new();
    hash.update(&decision.run.id.0);
    hash.update(&asked.operation.to_le_bytes());
    hash.update(&tries.to_le_bytes());
    hash.finalize().as_bytes().first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

/// A try has failed, and the next one has its time.
pub(super) fn wait(decision: &mut Decision<'_>, asked: Asked, wait: Wait) {
    let steps = decision.run.open.get(&asked.operation).map(|open| open.steps.clone()).unwrap_or_default();
    decision.row(Body::Wait { asked, steps, wait });
    decision.transition.next = Next::Await { operation: asked.operation };
}

/// The time of the next try has come.
pub(super) fn perform(decision: &mut Decision<'_>, operation: u64) {
    let Some(open) = decision.run.open.get(&operation) else { return };
    let (asked, steps) = (open.asked, open.steps.clone());
    // A row of any class: it ends the wait, and with it the sleep of the run.
    decision.row(Body::Intent { asked, steps: steps.clone() });
    decision.transition.next = Next::Perform { asked, steps };
}
