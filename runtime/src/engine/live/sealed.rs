//! Runs that hold secrets which only they know: what operations gave, and the machine itself, are on disk only sealed.

use super::Live;
use crate::Data;
use crate::engine::transition::{Body, Row, Snapshot, Transition};
use crate::secret::{RunKey, Unsealed};
use bytecode::secret::SEALED;

/// Where snapshots stand, so that none is taken for a row.
const SNAPSHOTS: u64 = 1 << 63;

impl Live {
    /// Seals what is on its way to the store, where the run has a key.
    pub(super) fn seal(&self, transition: &mut Transition) {
        let Some(key) = &self.key else { return };
        for row in &mut transition.rows {
            if let Body::Outcome { result: Ok(data), .. } = &mut row.body {
                // Data is written to memory, which does not fail.
                let bytes = postcard::to_stdvec(data).unwrap_or_default();
                *data = Data::Case(SEALED, vec![Data::Bytes(key.seal(row.seq, &bytes))]);
            }
        }
        if let Some(snapshot) = &mut transition.park {
            snapshot.bytes = key.seal(SNAPSHOTS | snapshot.seq, &snapshot.bytes);
        }
    }
}

/// Gives back a row as it was before it was sealed.
pub(super) fn unseal_row(key: &RunKey, row: &mut Row) -> Result<(), Unsealed> {
    let Body::Outcome { result: Ok(data), .. } = &mut row.body else { return Ok(()) };
    // What a person said of an operation is no secret, and is not sealed.
    let Data::Case(SEALED, parts) = data else { return Ok(()) };
    let Some(Data::Bytes(sealed)) = parts.first() else { return Err(Unsealed::Damaged) };
    let bytes = key.unseal(row.seq, sealed)?;
    *data = postcard::from_bytes(&bytes).map_err(|_| Unsealed::Damaged)?;
    Ok(())
}

/// Gives back a snapshot as it was before it was sealed.
pub(super) fn unseal_snapshot(key: &RunKey, snapshot: &mut Snapshot) -> Result<(), Unsealed> {
    snapshot.bytes = key.unseal(SNAPSHOTS | snapshot.seq, &snapshot.bytes)?;
    Ok(())
}
