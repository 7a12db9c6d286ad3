//! Backups of data folders: made while their owner works, read back before they count, and made into folders again.
//!
//! A backup is a folder with a copy of the database and the private folders of runs. It never holds the key that seals
//! histories. Neither making one nor making a folder of one writes over anything.

use crate::engine::{EngineError, FolderLock, storage_error};
use crate::store::{self, GoesOn};
use std::fs::File;
use std::path::Path;

/// Where the private folders of runs are.
const RUNS: &str = "runs";

/// How deep private folders are copied.
const DEPTH: u32 = 64;

/// What a backup holds, or a folder that was made of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contents {
    /// How many bytes the database has.
    pub bytes: u64,
    /// Up to 1,000 of the runs that go on.
    pub going_on: Vec<GoesOn>,
}

/// Makes a backup of a data folder in a folder that is new or empty, whoever works with it.
pub fn backup(data: &Path, to: &Path) -> Result<Contents, EngineError> {
    std::fs::create_dir_all(to).map_err(|error| storage_error(to, &error))?;
    if std::fs::read_dir(to).map_err(|error| storage_error(to, &error))?.next().is_some() {
        return Err(EngineError::Occupied { path: to.to_owned() });
    }
    let partial = to.join(format!("{}.partial", store::COPY));
    let made = store::copy(data, &partial).map_err(|trouble| trouble.about(data)).and_then(|()| {
        let going_on = store::verify(&partial).map_err(|trouble| trouble.about_file(&partial))?;
        // Files of runs are copied behind the history, so that none is missing of which it speaks.
        copy_runs(data, to)?;
        let bytes = settle(&partial, &to.join(store::COPY))?;
        Ok(Contents { bytes, going_on })
    });
    if made.is_err() {
        // What is left of a failed one is told by its name.
        let _ = std::fs::remove_file(&partial);
    }
    made
}

/// Makes a data folder of a backup. A folder that has a database, or an owner, is left as it is.
pub fn restore(from: &Path, data: &Path) -> Result<Contents, EngineError> {
    let copy = from.join(store::COPY);
    if !copy.is_file() {
        return Err(EngineError::NoBackup { path: from.to_owned() });
    }
    // Read first, so that a damaged backup leaves nothing behind.
    let going_on = store::verify(&copy).map_err(|trouble| trouble.about_file(&copy))?;
    std::fs::create_dir_all(data).map_err(|error| storage_error(data, &error))?;
    let lock = FolderLock::take(data)?;
    let database = data.join(store::ORIGINAL);
    if database.exists() || data.join(RUNS).exists() {
        return Err(EngineError::Occupied { path: data.to_owned() });
    }
    let partial = data.join(format!("{}.partial", store::ORIGINAL));
    std::fs::copy(&copy, &partial).map_err(|error| storage_error(data, &error))?;
    store::found_anew(&partial).map_err(|trouble| trouble.about_file(&partial))?;
    copy_runs(from, data)?;
    let bytes = settle(&partial, &database)?;
    drop(lock);
    Ok(Contents { bytes, going_on })
}

/// Brings a file to the disk, then under its name; gives its size.
fn settle(partial: &Path, file: &Path) -> Result<u64, EngineError> {
    let settled = || {
        let written = File::options().read(true).write(true).open(partial)?;
        written.sync_all()?;
        std::fs::rename(partial, file)?;
        if let (true, Some(folder)) = (cfg!(unix), file.parent()) {
            File::open(folder)?.sync_all()?;
        }
        Ok(written.metadata()?.len())
    };
    settled().map_err(|error| storage_error(file, &error))
}

fn copy_runs(from: &Path, to: &Path) -> Result<(), EngineError> {
    let (from, to) = (from.join(RUNS), to.join(RUNS));
    if from.is_dir() { copy_folder(&from, &to, DEPTH).map_err(|error| storage_error(&to, &error)) } else { Ok(()) }
}

/// Copies files and folders; links are not followed, and what goes away meanwhile is left out.
fn copy_folder(from: &Path, to: &Path, depth: u32) -> std::io::Result<()> {
    if depth == 0 {
        return Err(std::io::Error::other(format!("{} is nested deeper than {DEPTH} folders", from.display())));
    }
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        let copied = entry.file_type().and_then(|kind| {
            if kind.is_dir() {
                copy_folder(&source, &target, depth - 1)
            } else if kind.is_file() {
                std::fs::copy(&source, &target)?;
                File::options().write(true).open(&target)?.sync_all()
            } else {
                Ok(())
            }
        });
        match copied {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && !source.exists() => {}
            other => other?,
        }
    }
    Ok(())
}
