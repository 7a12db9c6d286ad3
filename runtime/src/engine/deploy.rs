//! Putting a version of a project into a data folder, whether or not a process serves it.
//!
//! A version is one transaction: there is all of it or nothing. Where an owner lives it is asked, and puts the version in
//! force without a restart; otherwise the next process that serves the folder does. Runs keep the image they began with.

use super::control::{PATIENCE, owned, wait_until};
use super::error::EngineError;
use super::lock::{FolderLock, storage_error};
use super::resume::request;
use crate::clock::{Clock, Micros, SystemClock};
use crate::store::{Ask, Reader, Standing, Store, Version, Waits, Work, ask, image_hash, open_folder};
use bytecode::Image;
use std::path::Path;
use std::sync::Arc;

/// What became of deploying an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deployed {
    /// It is a new version.
    New(Version),
    /// It was the newest version already.
    Same(Version),
    /// The owner of the folder has been asked, and has not answered yet.
    Asked,
}

/// Makes an image the newest version of its project in a folder, which is made where there is none.
pub fn deploy(folder: &Path, image: Image) -> Result<Deployed, EngineError> {
    image.verify().map_err(|error| EngineError::BadImage(error.to_string()))?;
    std::fs::create_dir_all(folder).map_err(|error| storage_error(folder, &error))?;
    match FolderLock::take(folder) {
        Ok(lock) => {
            let deployed = deploy_alone(folder, image);
            // What a crash has left behind is for the next owner, who looks for it where the last one did not give back.
            if !lock.is_after_crash() {
                lock.release();
            }
            deployed
        }
        Err(EngineError::Held { .. }) => deploy_beside(folder, &image),
        Err(error) => Err(error),
    }
}

fn deploy_alone(folder: &Path, image: Image) -> Result<Deployed, EngineError> {
    let (connection, epoch) = open_folder(folder, Waits::ForDisk)?;
    let reader = Reader::open(folder)?;
    let project = image.name.clone();
    let before = reader.newest_version(&project)?;
    let store = Store::start(folder, connection, epoch, PATIENCE)?;
    let applied = store.apply(version(image, SystemClock.now()));
    store.close();
    applied?;
    after(&project, before, reader.newest_version(&project)?)
}

fn deploy_beside(folder: &Path, image: &Image) -> Result<Deployed, EngineError> {
    let (reader, hash) = (owned(folder)?, image_hash(image));
    let before = reader.newest_version(&image.name)?;
    let id = request();
    ask(folder, id, &Ask::Deploy(image.encode()), SystemClock.now())?;
    if !wait_until(PATIENCE, || Ok(!reader.is_asked(id)?))? {
        return Ok(Deployed::Asked);
    }
    let found = reader.newest_version(&image.name)?.filter(|version| version.image == hash);
    after(&image.name, before, found)
}

fn after(project: &str, before: Option<Version>, found: Option<Version>) -> Result<Deployed, EngineError> {
    let found = found.ok_or_else(|| EngineError::NotDeployed(project.to_owned()))?;
    Ok(if before == Some(found) { Deployed::Same(found) } else { Deployed::New(found) })
}

/// Gives the work that makes a verified image the newest version of its project.
pub(super) fn version(image: Image, at: Micros) -> Work {
    let (bytes, hash) = (image.encode().into(), image_hash(&image));
    Work::Deploy { image: Arc::new(image), bytes, hash, at, standing: Standing::Version }
}
