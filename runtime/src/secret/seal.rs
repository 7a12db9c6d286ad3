//! The key of a data folder, and what is sealed with it: the histories of runs that hold secrets which only they know.
//!
//! The key is in the environment or in a file of the folder that only its owner may read; the file is made when it is
//! first needed. Each run has keys of its own that are derived from it. The cipher is AES-256-GCM, and its nonce is a keyed
//! hash of the text and its place, as in RFC 5297: no two texts share one, and the same text at the same place is sealed
//! to the same bytes, whenever that is. What is sealed is bound to its run and to its place there.

use crate::clock::unpredictable;
use crate::engine::{EngineError, RunId};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The variable of the environment that may hold the key.
pub(super) const VARIABLE: &str = "TASKWRIGHT_DATA_KEY";

/// The file of a data folder that holds the key where the environment does not.
const FILE: &str = "secret.key";

/// How long a key is, in bytes.
const KEY: usize = 32;

/// The version of what is sealed.
const VERSION: u8 = 1;

/// How many bytes tell which key was used.
const MARK: usize = 8;

/// The key of a folder, read when it is first needed.
pub(crate) struct FolderKey {
    folder: PathBuf,
    key: OnceLock<[u8; KEY]>,
}

/// The keys of a run.
pub(crate) struct RunKey {
    body: LessSafeKey,
    nonce: [u8; KEY],
    mark: [u8; MARK],
}

/// Why something cannot be unsealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unsealed {
    /// It was sealed with another key.
    OtherKey,
    /// It is not what was sealed, or not at its place.
    Damaged,
}

impl FolderKey {
    /// Makes the key of a folder; nothing is read yet.
    pub(crate) fn of(folder: &Path) -> FolderKey {
        FolderKey { folder: folder.to_owned(), key: OnceLock::new() }
    }

    /// Gives the key of a run.
    pub(crate) fn of_run(&self, run: RunId) -> Result<RunKey, EngineError> {
        let key = match self.key.get() {
            Some(key) => key,
            None => {
                let read = self.read()?;
                self.key.get_or_init(|| read)
            }
        };
        let of_run = blake3::keyed_hash(key, &run.0);
        let derived = |what: &[u8]| blake3::keyed_hash(of_run.as_bytes(), what);
        let body = UnboundKey::new(&AES_256_GCM, derived(b"body").as_bytes());
        let body = body.map_err(|_| self.wrong("the cipher refuses it"))?;
        Ok(RunKey {
            body: LessSafeKey::new(body),
            nonce: *derived(b"nonce").as_bytes(),
            mark: first(derived(b"mark").as_bytes()),
        })
    }

    /// Says that something of the folder cannot be read with its key.
    pub(crate) fn refused(&self, why: Unsealed) -> EngineError {
        match why {
            Unsealed::OtherKey => self.wrong("a run was sealed with another key"),
            Unsealed::Damaged => EngineError::Corrupt {
                path: self.folder.clone(),
                what: "what a run has sealed is not what was written".to_owned(),
            },
        }
    }

    fn read(&self) -> Result<[u8; KEY], EngineError> {
        if let Some(text) = std::env::var_os(VARIABLE) {
            let key = text.to_str().and_then(from_hex);
            return key.ok_or_else(|| self.wrong(&format!("`{VARIABLE}` has no {} hex digits", 2 * KEY)));
        }
        let path = self.folder.join(FILE);
        match std::fs::read_to_string(&path) {
            Ok(text) => from_hex(text.trim()).ok_or_else(|| self.wrong(&format!("it has no {} hex digits", 2 * KEY))),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                self.make(&path).map_err(|error| self.wrong(&error.to_string()))
            }
            Err(error) => Err(self.wrong(&error.to_string())),
        }
    }

    /// Makes the file, whole or not at all: a key that is half there would be lost with what was sealed by it.
    fn make(&self, path: &Path) -> std::io::Result<[u8; KEY]> {
        let mut key = [0; KEY];
        unpredictable(&mut key)?;
        let draft = path.with_extension("new");
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&draft)?;
        writeln!(file, "{}", to_hex(&key))?;
        file.sync_all()?;
        std::fs::rename(&draft, path)?;
        #[cfg(unix)]
        File::open(&self.folder)?.sync_all()?;
        Ok(key)
    }

    fn wrong(&self, what: &str) -> EngineError {
        EngineError::Key { path: self.folder.join(FILE), what: what.to_owned() }
    }
}

impl RunKey {
    /// Seals bytes that stand at a place of the run.
    pub(crate) fn seal(&self, place: u64, bytes: &[u8]) -> Vec<u8> {
        let place = place.to_le_bytes();
        let hash = blake3::Hasher::new_keyed(&self.nonce).update(&place).update(bytes).finalize();
        let nonce: [u8; NONCE_LEN] = first(hash.as_bytes());
        let mut body = bytes.to_vec();
        let tag =
            self.body.seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(place), &mut body);
        // The cipher takes texts up to 64 GiB, and what a run gives is far below.
        let Ok(tag) = tag else { return Vec::new() };
        let mut sealed = Vec::with_capacity(1 + MARK + NONCE_LEN + body.len() + tag.as_ref().len());
        sealed.push(VERSION);
        sealed.extend_from_slice(&self.mark);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&body);
        sealed.extend_from_slice(tag.as_ref());
        sealed
    }

    /// Gives back what was sealed at a place of the run.
    pub(crate) fn unseal(&self, place: u64, sealed: &[u8]) -> Result<Vec<u8>, Unsealed> {
        let (version, rest) = sealed.split_first().ok_or(Unsealed::Damaged)?;
        let (mark, rest) = rest.split_first_chunk::<MARK>().ok_or(Unsealed::Damaged)?;
        let (nonce, body) = rest.split_first_chunk::<NONCE_LEN>().ok_or(Unsealed::Damaged)?;
        if *version != VERSION {
            return Err(Unsealed::Damaged);
        }
        if *mark != self.mark {
            return Err(Unsealed::OtherKey);
        }
        let mut body = body.to_vec();
        let bound = Aad::from(place.to_le_bytes());
        let opened = self.body.open_in_place(Nonce::assume_unique_for_key(*nonce), bound, &mut body);
        Ok(opened.map_err(|_| Unsealed::Damaged)?.to_vec())
    }
}

/// Gives the first bytes of a hash, which has more.
fn first<const N: usize>(hash: &[u8; blake3::OUT_LEN]) -> [u8; N] {
    std::array::from_fn(|at| hash.get(at).copied().unwrap_or(0))
}

fn to_hex(key: &[u8; KEY]) -> String {
    key.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(text: &str) -> Option<[u8; KEY]> {
    let mut key = [0; KEY];
    if text.len() != 2 * KEY || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    for (at, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_is_sealed_is_read_by_its_run_at_its_place_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (run, other) = (RunId([1; 16]), RunId([2; 16]));
        let sealed = FolderKey::of(folder.path()).of_run(run).unwrap().seal(7, b"token");
        assert!(!sealed.windows(5).any(|part| part == b"token"));
        // The key is there again for another process.
        let again = FolderKey::of(folder.path());
        let key = again.of_run(run).unwrap();
        assert_eq!(key.unseal(7, &sealed).unwrap(), b"token");
        assert_eq!(key.unseal(8, &sealed), Err(Unsealed::Damaged));
        assert_eq!(again.of_run(other).unwrap().unseal(7, &sealed), Err(Unsealed::OtherKey));
        for length in 0..sealed.len() {
            assert_eq!(key.unseal(7, &sealed[..length]), Err(Unsealed::Damaged));
        }
        for at in [0, 1 + MARK, sealed.len() - 1] {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(key.unseal(7, &changed), Err(Unsealed::Damaged));
        }
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_may_read_the_key() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        FolderKey::of(folder.path()).of_run(RunId([1; 16])).unwrap();
        let mode = std::fs::metadata(folder.path().join(FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_key_that_is_none_is_told_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        std::fs::write(&path, "tea").unwrap();
        let error = FolderKey::of(folder.path()).of_run(RunId([1; 16])).err().unwrap();
        assert!(error.to_string().contains("64 hex digits"), "{error}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "tea");
    }
}
