//! A machine as bytes, and back.
//!
//! A header (`TWVM`, version), a checksum, the hash of the image, then the state. Reading checks all that the loop
//! relies on: see `stands`. `lines` writes fibers, `undos` what is to be undone.

mod lines;
mod stands;
mod undos;

use super::codec::{Reader, Writer};
use super::error::SnapshotError;
use super::fibers::Fibers;
use super::memory::Memory;
use super::program::Program;
use super::{MAX_FIBERS, Vm};
use bytecode::TypeId;
use std::rc::Rc;

const MAGIC: &[u8; 4] = b"TWVM";
const VERSION: u8 = 5;
/// How many bytes of the hash of the rest stand in the header.
const CHECKSUM: usize = 16;

impl Vm {
    /// Gives the whole state as bytes.
    pub fn save(&self) -> Vec<u8> {
        let mut out = Writer::default();
        out.bytes.extend_from_slice(self.program.hash());
        out.number(self.operations);
        out.number(self.result.map_or(0, |type_| u64::from(type_.0) + 1));
        out.failure(self.cancelled.as_ref());
        out.number(self.memory.most);
        out.number(u64::from(self.memory.declared));
        out.number(self.memory.ceiling);
        undos::write(&mut out, &self.undos);
        out.number(self.fibers.begun);
        out.number(self.fibers.iter().count() as u64);
        for (number, line) in self.fibers.iter() {
            out.number(number);
            lines::write(&mut out, line);
        }
        let mut bytes = MAGIC.to_vec();
        bytes.push(VERSION);
        bytes.extend(blake3::hash(&out.bytes).as_bytes().iter().take(CHECKSUM));
        bytes.extend_from_slice(&out.bytes);
        bytes
    }

    /// Brings a machine back.
    ///
    /// # Errors
    /// Says why the bytes are not of a machine of this program.
    pub fn load(program: Rc<Program>, bytes: &[u8]) -> Result<Vm, SnapshotError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(SnapshotError::Unknown)?;
        let (version, rest) = rest.split_first().ok_or(SnapshotError::Damaged)?;
        if *version != VERSION {
            return Err(SnapshotError::Version { found: *version, known: VERSION });
        }
        let (checksum, body) = rest.split_at_checked(CHECKSUM).ok_or(SnapshotError::Damaged)?;
        if !blake3::hash(body).as_bytes().starts_with(checksum) {
            return Err(SnapshotError::Damaged);
        }
        let (hash, state) = body.split_at_checked(program.hash().len()).ok_or(SnapshotError::Damaged)?;
        if hash != program.hash() {
            return Err(SnapshotError::OtherImage);
        }
        read(program, state).ok_or(SnapshotError::Damaged)
    }
}

fn read(program: Rc<Program>, state: &[u8]) -> Option<Vm> {
    let mut reader = Reader::new(state);
    let operations = reader.number()?;
    let result = match reader.number()? {
        0 => None,
        number => Some(TypeId(u16::try_from(number - 1).ok()?)),
    };
    let cancelled = reader.failure()?;
    let (most, declared, ceiling) = (reader.number()?, reader.number()? != 0, reader.number()?);
    let memory = Memory { declared, ceiling, ..Memory::new(Some(most)) };
    let undos = undos::read(&mut reader)?;
    let mut fibers = Fibers::default();
    fibers.begun = reader.number()?;
    for _ in 0..reader.count().filter(|count| *count <= MAX_FIBERS)? {
        let number = reader.number().filter(|number| *number < fibers.begun)?;
        fibers.add(number, lines::read(&mut reader)?);
    }
    // Operations are given again in the order in which they were asked for, not of the fibers that asked.
    fibers.tell_again();
    let stands = reader.is_at_end() && stands::all_stand(&program, &fibers, operations);
    stands.then_some(Vm { program, fibers, undos, cancelled, result, operations, memory })
}
