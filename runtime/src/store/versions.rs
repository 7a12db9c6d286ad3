//! The versions of projects: which image was put into the folder when, and which one is the newest of each project.
//!
//! A version is never changed and never taken away. The same image again is the same version, as long as it is the newest.

use super::codec::fixed;
use super::folder::Trouble;
use super::images::image_id;
use super::statements::statements;
use crate::clock::Micros;
use crate::engine::ImageHash;
use rusqlite::{Connection, OptionalExtension, Row, params};

statements! {
    NEWEST_VERSION = "SELECT number, images.hash, versions.deployed_at FROM versions JOIN images ON images.id = versions.image
        WHERE versions.project = ?1 ORDER BY number DESC LIMIT 1";
    FIND_VERSION = "SELECT number, images.hash, versions.deployed_at FROM versions JOIN images ON images.id = versions.image
        WHERE versions.project = ?1 AND number = ?2";
    VERSION_OF_IMAGE = "SELECT number, images.hash, versions.deployed_at FROM versions JOIN images ON images.id = versions.image
        WHERE versions.project = ?1 AND images.hash = ?2 AND versions.deployed_at <= ?3 ORDER BY number DESC LIMIT 1";
    INSERT_VERSION = "INSERT INTO versions (project, number, image, deployed_at) VALUES (?1, ?2, ?3, ?4)";
}

/// An image that was put into a data folder to be in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version {
    /// Its number among those of the project, from 1.
    pub number: u32,
    /// The image.
    pub image: ImageHash,
    /// When.
    pub deployed_at: Micros,
}

/// Makes a stored image the newest version of a project, where it is not already.
pub(super) fn add(connection: &Connection, project: &str, hash: ImageHash, at: Micros) -> Result<(), Trouble> {
    let newest = newest(connection, project)?;
    if newest.is_some_and(|newest| newest.image == hash) {
        return Ok(());
    }
    let number = newest.map_or(1, |newest| newest.number.saturating_add(1));
    let image = image_id(connection, hash)?;
    connection.prepare_cached(INSERT_VERSION)?.execute(params![project, number, image, at])?;
    Ok(())
}

/// Gives the newest version of a project.
pub(super) fn newest(connection: &Connection, project: &str) -> Result<Option<Version>, Trouble> {
    let found = connection.prepare_cached(NEWEST_VERSION)?.query_row([project], stored).optional()?;
    found.map(version).transpose()
}

/// Gives a version of a project by its number.
pub(super) fn find(connection: &Connection, project: &str, number: u32) -> Result<Option<Version>, Trouble> {
    let found = connection.prepare_cached(FIND_VERSION)?.query_row(params![project, number], stored).optional()?;
    found.map(version).transpose()
}

/// Gives the newest version of a project that has an image and was deployed up to a time.
pub(super) fn of_image(
    connection: &Connection,
    project: &str,
    image: ImageHash,
    until: Micros,
) -> Result<Option<Version>, Trouble> {
    let given = params![project, &image.0[..], until];
    let found = connection.prepare_cached(VERSION_OF_IMAGE)?.query_row(given, stored).optional()?;
    found.map(version).transpose()
}

type Stored = (u32, Vec<u8>, Micros);

fn stored(row: &Row<'_>) -> rusqlite::Result<Stored> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
}

fn version((number, hash, deployed_at): Stored) -> Result<Version, Trouble> {
    Ok(Version { number, image: ImageHash(fixed(&hash, "the hash of a program")?), deployed_at })
}
