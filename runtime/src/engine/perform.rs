//! Operations in flight: natives of the world run as tasks, and their answers come back as messages. What is done at once
//! never becomes a task.
//!
//! Each operation is answered exactly once, also when its task is cut off or panics. Secrets are revealed here and nowhere
//! else: what comes back in an answer is taken out of it before anybody sees it.

use super::id::RunId;
use super::run::Run;
use super::shared::{Message, Shared};
use super::step::idempotency_key;
use super::transition::Request;
use crate::native::NativeFn;
use crate::secret::{Reveal, Used};
use crate::{Answer, EffectContext, ErrorKind, Failure};
use bytecode::Permission;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::task::{Context, Poll, Waker};
use tokio::task::AbortHandle;

/// Starts an operation; its answer goes to `inbox`. Without a handle it was answered at once.
pub(super) fn perform(
    shared: &Shared,
    (run, dir): (&Run, &str),
    permissions: Arc<[Permission]>,
    request: Request,
    inbox: Sender<Message>,
) -> Option<AbortHandle> {
    let (run_id, operation) = (run.id, request.asked.operation);
    let answered = |answer| {
        let _ = inbox.send(Message::Answered { run: run_id, operation, answer });
    };
    let Some(NativeFn::Effect(native)) = shared.natives.get(&request.name) else {
        let message = format!("this version has no operation `{}`", request.name);
        answered(Answer::NotDone(Failure::new(ErrorKind::Internal, message)));
        return None;
    };
    let idempotency_key = idempotency_key(&shared.lineage, run, &request);
    let mut reveal =
        Reveal { secrets: &shared.secrets, natives: &shared.natives, permissions: &permissions, used: Used::default() };
    let arguments = match reveal.arguments(request.arguments) {
        Ok(arguments) => arguments,
        Err(failure) => {
            answered(Answer::Done(Err(failure)));
            return None;
        }
    };
    let used = reveal.used;
    let context = EffectContext {
        permissions,
        idempotency_key,
        base: shared.base.clone(),
        dir: dir.into(),
        mark: Arc::clone(&shared.mark),
        withheld: Arc::clone(&shared.withheld),
    };
    let mut answering = Answering { run: run_id, operation, inbox: Some(inbox), used };
    // The native itself may panic too, before it gives its future.
    let begun = catch_unwind(AssertUnwindSafe(|| native(context, arguments)));
    let Ok(mut future) = begun else {
        answering.answer(wrong_state());
        return None;
    };
    // Most that is done at once is never handed to another thread.
    let within = shared.operations.enter();
    let first = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(&mut Context::from_waker(Waker::noop()))));
    drop(within);
    match first {
        Ok(Poll::Ready(answer)) => answering.answer(answer),
        Err(_panic) => answering.answer(wrong_state()),
        Ok(Poll::Pending) => {
            let task = shared.operations.spawn(async move {
                let answer = future.await;
                answering.answer(answer);
            });
            return Some(task.abort_handle());
        }
    }
    None
}

/// Who answers for an operation, exactly once: also where its task is cut off or panics.
struct Answering {
    run: RunId,
    operation: u64,
    inbox: Option<Sender<Message>>,
    used: Used,
}

impl Answering {
    fn answer(&mut self, answer: Answer) {
        if let Some(inbox) = self.inbox.take() {
            let (run, operation) = (self.run, self.operation);
            // A worker that has ended leaves the operation to the next start.
            let _ = inbox.send(Message::Answered { run, operation, answer: self.used.out_of(answer) });
        }
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        self.answer(if std::thread::panicking() {
            wrong_state()
        } else {
            Answer::Unknown(Failure::new(ErrorKind::Interrupted, "it was cut off"))
        });
    }
}

fn wrong_state() -> Answer {
    Answer::Unknown(Failure::new(ErrorKind::Internal, "the operation came to a wrong state"))
}
