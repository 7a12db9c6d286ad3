//! What is to be undone, as bytes.

use super::lines::{read_caught, write_caught};
use crate::value::Extent;
use crate::vm::MAX_UNDOS;
use crate::vm::codec::{Reader, Writer};
use crate::vm::error::FailedUndo;
use crate::vm::undo::{Ending, Undo, Undos};
use bytecode::ConstantId;

/// Writes the stack of undos, and how far undoing has come.
pub(super) fn write(out: &mut Writer, undos: &Undos) {
    out.number(undos.stack.len() as u64);
    for undo in &undos.stack {
        out.number(u64::from(undo.name.0));
        out.value(&undo.closure);
    }
    out.number(u64::from(undos.ending.is_some()));
    if let Some(ending) = &undos.ending {
        write_caught(out, &ending.error);
        out.number(u64::from(ending.running.0));
        out.number(ending.failed.len() as u64);
        for failed in &ending.failed {
            out.raw(failed.step.as_bytes());
            out.failure(Some(&failed.failure));
        }
    }
}

/// Reads the stack of undos.
pub(super) fn read(reader: &mut Reader<'_>) -> Option<Undos> {
    let (mut stack, mut extent) = (Vec::new(), Extent::EMPTY);
    for _ in 0..reader.count().filter(|count| *count <= MAX_UNDOS)? {
        let undo = Undo { name: name(reader)?, closure: reader.value()? };
        extent.add(undo.closure.extent()).ok()?;
        stack.push(undo);
    }
    let ending = match reader.number()? {
        0 => None,
        _ => Some(read_ending(reader)?),
    };
    Some(Undos { stack, extent, ending })
}

fn read_ending(reader: &mut Reader<'_>) -> Option<Ending> {
    let (error, running) = (read_caught(reader)?, name(reader)?);
    let mut failed = Vec::new();
    for _ in 0..reader.count().filter(|count| *count <= MAX_UNDOS)? {
        let step = str::from_utf8(reader.raw()?).ok()?.to_owned();
        failed.push(FailedUndo { step, failure: reader.failure()?? });
    }
    Some(Ending { error, running, failed })
}

fn name(reader: &mut Reader<'_>) -> Option<ConstantId> {
    Some(ConstantId(u32::try_from(reader.number()?).ok()?))
}
