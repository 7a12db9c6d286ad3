//! One step of a machine, as the engine sees it; and how a machine is put away and brought back.
//!
//! A machine that panics is a defect of ours; it fails its own run and no other.

use super::run::Run;
use super::transition::{Asked, Request, RunFailure, Snapshot, TraceLine};
use crate::vm::{Program, RunError, Stop, Vm};
use crate::{Data, ErrorKind, Failure};
use bytecode::Image;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

/// Where a machine stands after a step.
#[derive(Debug)]
pub enum Stepped {
    /// It asks for an operation, and may have more to do.
    Asks(Request),
    /// It has no use any more for an operation that it asked for.
    Withdraws(u64),
    /// It waits for the outcomes of operations.
    Waits,
    /// It computes and has used its fuel.
    Yields,
    /// It is done.
    Ends(Result<Data, RunFailure>),
}

/// Lets a machine go on.
pub fn step(vm: &mut Vm, image: &Image, fuel: u64) -> Stepped {
    match catch_unwind(AssertUnwindSafe(|| vm.run(fuel))) {
        Ok(Stop::Done(value)) => Stepped::Ends(Ok(value)),
        Ok(Stop::OutOfFuel) => Stepped::Yields,
        Ok(Stop::Waiting) => Stepped::Waits,
        Ok(Stop::Cancel(operation)) => Stepped::Withdraws(operation),
        Ok(Stop::Failed(error)) => {
            let RunError { failure, place, trace, failed_undos } = *error;
            let lines = trace.into_iter().map(|frame| TraceLine { function: frame.function, place: frame.place });
            Stepped::Ends(Err(RunFailure { failure, place, trace: lines.collect(), failed_undos }))
        }
        Ok(Stop::Operation(asked)) => {
            let Some(native) = image.natives.get(usize::from(asked.native.0)) else {
                return Stepped::Ends(Err(internal("the program asks for a native that it does not name")));
            };
            let request = request_hash(&native.name, &asked.arguments);
            Stepped::Asks(Request {
                asked: Asked { operation: asked.operation, native: asked.native, class: native.class, request },
                name: native.name.clone(),
                arguments: asked.arguments,
                steps: asked.steps,
                path: asked.path,
                deadline: asked.deadline,
                shielded: asked.shielded,
                retried: asked.retried,
                fiber: asked.fiber,
            })
        }
        Err(_panic) => Stepped::Ends(Err(internal("the machine came to a state that should not exist"))),
    }
}

/// Makes a failure that is a defect of ours.
pub fn internal(message: &str) -> RunFailure {
    Failure::new(ErrorKind::Internal, message).into()
}

/// Gives the first eight bytes of the hash of a request.
fn request_hash(name: &str, arguments: &[Data]) -> u64 {
    let mut hash = blake3::Hasher::new();
    hash.update(name.as_bytes());
    hash.update(&[0]);
    // Data always has a form in postcard; without one, requests of the same name would merely look alike.
    hash.update(&postcard::to_stdvec(arguments).unwrap_or_default());
    hash.finalize().as_bytes().first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

/// Gives the key by which the other side of a `keyed` operation knows a repetition: also one of another attempt of its step.
/// The lineage is that of the folder: what one does that was made of a backup is no repetition of what its original did.
pub fn idempotency_key(lineage: &[u8], run: &Run, request: &Request) -> String {
    let mut hash = blake3::Hasher::new();
    hash.update(lineage);
    hash.update(&run.id.0);
    hash.update(&request.path.to_le_bytes());
    hash.update(&run.renewed.get(&request.path).copied().unwrap_or(0).to_le_bytes());
    hash.update(&request.asked.request.to_le_bytes());
    hash.finalize().to_hex().to_string()
}

/// The first bytes of a snapshot, with its version.
const MAGIC: &[u8; 4] = b"TWS\x03";

/// Puts away a machine that waits, with its bookkeeping.
pub fn save(run: &Run, vm: &Vm) -> Option<Snapshot> {
    let body = catch_unwind(AssertUnwindSafe(|| postcard::to_stdvec(&(run, vm.save())))).ok()?.ok()?;
    let mut bytes = MAGIC.to_vec();
    bytes.extend_from_slice(blake3::hash(&body).as_bytes());
    bytes.extend_from_slice(&body);
    Some(Snapshot { seq: run.seq, bytes })
}

/// Brings back what was put away; a sentence says why it cannot be.
pub fn restore(snapshot: &Snapshot, program: &Rc<Program>) -> Result<(Run, Vm), String> {
    let Some((head, body)) = snapshot.bytes.split_at_checked(MAGIC.len() + blake3::OUT_LEN) else {
        return Err("its snapshot is cut short".to_owned());
    };
    if !head.starts_with(MAGIC) {
        return Err("its snapshot is of an unknown version".to_owned());
    }
    if head.get(MAGIC.len()..) != Some(blake3::hash(body).as_bytes().as_slice()) {
        return Err("its snapshot is damaged".to_owned());
    }
    let (run, vm): (Run, Vec<u8>) =
        postcard::from_bytes(body).map_err(|error| format!("its snapshot cannot be read: {error}"))?;
    let loaded = catch_unwind(AssertUnwindSafe(|| Vm::load(Rc::clone(program), &vm)));
    match loaded {
        Ok(Ok(vm)) => Ok((run, vm)),
        Ok(Err(error)) => Err(format!("its machine cannot be loaded: {error}")),
        Err(_panic) => Err("its machine cannot be loaded".to_owned()),
    }
}
