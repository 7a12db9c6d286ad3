//! Operations in flight: natives of the world run as tasks, and their answers come back as messages.
//!
//! Each operation is answered exactly once, also when its task is cut off or panics. Secrets are revealed here and nowhere
//! else: what comes back in an answer is taken out of it before anybody sees it.

use super::run::Run;
use super::shared::{Message, Shared};
use super::step::idempotency_key;
use super::transition::Request;
use crate::native::NativeFn;
use crate::secret::{Reveal, Used};
use crate::{Answer, EffectContext, ErrorKind, Failure};
use bytecode::Permission;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use tokio::task::AbortHandle;

/// Starts an operation; its answer goes to `inbox`. Without a handle it was answered at once.
pub(super) fn perform(
    shared: &Shared,
    run: &Run,
    permissions: Arc<[Permission]>,
    request: Request,
    inbox: Sender<Message>,
) -> Option<AbortHandle> {
    let (run_id, operation) = (run.id, request.asked.operation);
    let answered = move |answer| {
        // A worker that has ended leaves the operation to the next start.
        let _ = inbox.send(Message::Answered { run: run_id, operation, answer });
    };
    let Some(NativeFn::Effect(native)) = shared.natives.get(&request.name) else {
        let message = format!("this version has no operation `{}`", request.name);
        answered(Answer::NotDone(Failure::new(ErrorKind::Internal, message)));
        return None;
    };
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
    let context =
        EffectContext { permissions, idempotency_key: idempotency_key(run, request.asked), base: shared.base.clone() };
    let native = Arc::clone(native);
    // The native is called inside the task, so that one that panics before its first await is caught too.
    let task = shared.operations.spawn(async move { native(context, arguments).await });
    let abort = task.abort_handle();
    shared.operations.spawn(async move {
        let answer = match task.await {
            Ok(answer) => answer,
            Err(error) if error.is_cancelled() => {
                Answer::Unknown(Failure::new(ErrorKind::Interrupted, "it was cut off"))
            }
            Err(_panic) => Answer::Unknown(Failure::new(ErrorKind::Internal, "the operation came to a wrong state")),
        };
        answered(used.out_of(answer));
    });
    Some(abort)
}
