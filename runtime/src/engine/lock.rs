//! Who owns a data folder: an advisory lock on a file in it, which the system releases however the owner ends.
//!
//! The lock keeps honest processes apart; the epoch in the database fences one that lost it all the same. Whoever owns the
//! folder has its number in the file, and takes it out when it has put everything away: a number that is found there says
//! that the last owner came to a sudden end.

use super::error::EngineError;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

/// The lock, held until it is dropped.
#[derive(Debug)]
pub struct FolderLock {
    file: File,
    after_crash: bool,
}

const NAME: &str = "lock";

impl FolderLock {
    /// Takes the lock of a folder that exists, or says who holds it.
    pub fn take(folder: &Path) -> Result<FolderLock, EngineError> {
        let path = folder.join(NAME);
        let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let mut file = opened.map_err(|error| storage_error(folder, &error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(EngineError::Held { path: folder.to_owned(), pid: read_pid(&mut file) });
            }
            Err(TryLockError::Error(error)) => return Err(storage_error(folder, &error)),
        }
        let before = file.metadata().map_err(|error| storage_error(folder, &error))?.len();
        // Who owns it is for people; the lock alone decides.
        let written = file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id()));
        written.map_err(|error| storage_error(folder, &error))?;
        Ok(FolderLock { file, after_crash: before > 0 })
    }

    /// Says whether the owner before this one came to a sudden end.
    pub fn is_after_crash(&self) -> bool {
        self.after_crash
    }

    /// Gives the folder back with everything put away.
    pub fn release(self) {
        // Where it cannot be said, the next owner takes a needless look at what might be left.
        let _ = self.file.set_len(0);
    }
}

fn read_pid(file: &mut File) -> u32 {
    let mut text = String::new();
    let read = file.seek(SeekFrom::Start(0)).and_then(|_| file.take(32).read_to_string(&mut text));
    read.ok().and_then(|_| text.trim().parse().ok()).unwrap_or(0)
}

/// Turns what the file system said about a folder into our words.
pub fn storage_error(folder: &Path, error: &std::io::Error) -> EngineError {
    use std::io::ErrorKind;
    let path = folder.to_owned();
    match error.kind() {
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => EngineError::ReadOnly { path },
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => EngineError::DiskFull { path },
        ErrorKind::NotFound => EngineError::Missing { path },
        _ => EngineError::Storage { path, what: error.to_string() },
    }
}
