//! Stopping: cleanly, with all runs put away, or at once, as by a crash.

use super::Worker;
use crate::engine::shared::Message;
use crate::store::Work;
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;
use tokio::task::AbortHandle;

/// How often a worker that stops looks at what is still in flight.
const STOP_LOOK: Duration = Duration::from_millis(5);

impl Worker {
    /// Lets what is in flight end for a while, then puts all runs away.
    pub(super) fn stop(mut self, until: Duration) {
        loop {
            self.shared.store.help();
            match self.inbox.recv_timeout(STOP_LOOK) {
                Ok(Message::Die) => return self.drop_all(),
                Ok(message) => self.take(message),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            let busy = self.live.values().any(|live| !live.flights.is_empty() || live.uncommitted > 0);
            if !busy || self.shared.is_dead() || self.shared.clock.uptime() >= until {
                break;
            }
        }
        for (_, mut live) in std::mem::take(&mut self.live) {
            live.flights.values().for_each(AbortHandle::abort);
            if live.can_be_saved() && live.run.seq > live.snapshot_seq {
                live.put_away();
            }
            let rest = live.take_pending();
            if !rest.is_empty() {
                self.shared.store.submit(Work::Advance(rest), |_| {});
            }
        }
    }

    pub(super) fn drop_all(mut self) {
        for live in self.live.values_mut() {
            live.flights.values().for_each(AbortHandle::abort);
        }
    }
}
