//! Images by their hash, and which image each task has now.

use super::codec::{decode_image, fixed};
use super::folder::Trouble;
use super::statements::statements;
use crate::clock::Micros;
use crate::engine::ImageHash;
use bytecode::Image;
use rusqlite::{Connection, OptionalExtension, params};

statements! {
    INSERT_IMAGE = "INSERT INTO images (hash, name, bytes, stored_at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (hash) DO NOTHING";
    FIND_IMAGE = "SELECT id FROM images WHERE hash = ?1";
    READ_IMAGE = "SELECT bytes FROM images WHERE hash = ?1";
    SET_TASK = "INSERT INTO tasks (project, task, image, position, deployed_at) VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT (project, task) DO UPDATE SET image = ?3, position = ?4, deployed_at = ?5 WHERE image <> ?3 OR position <> ?4";
    DROP_TASKS = "DELETE FROM tasks WHERE project = ?1 AND image <> ?2";
    ALL_TASKS = "SELECT project, task FROM tasks WHERE project > ''";
    CURRENT_IMAGE = "SELECT images.hash FROM tasks JOIN images ON images.id = tasks.image WHERE project = ?1 AND task = ?2";
}

/// Stores an image.
pub(super) fn keep(
    connection: &Connection,
    image: &Image,
    bytes: &[u8],
    hash: ImageHash,
    at: Micros,
) -> Result<(), Trouble> {
    connection.prepare_cached(INSERT_IMAGE)?.execute(params![&hash.0[..], image.name, bytes, at])?;
    Ok(())
}

/// Makes a stored image the current one of its tasks.
pub(super) fn put_in_force(connection: &Connection, image: &Image, hash: ImageHash, at: Micros) -> Result<(), Trouble> {
    let id = image_id(connection, hash)?;
    for (position, task) in image.tasks.iter().enumerate() {
        let position = i64::try_from(position).unwrap_or(i64::MAX);
        connection.prepare_cached(SET_TASK)?.execute(params![image.name, task.name, id, position, at])?;
    }
    Ok(())
}

/// Leaves a project the tasks of a stored image only.
pub(super) fn drop_other_tasks(connection: &Connection, project: &str, hash: ImageHash) -> Result<(), Trouble> {
    let id = image_id(connection, hash)?;
    connection.prepare_cached(DROP_TASKS)?.execute(params![project, id])?;
    Ok(())
}

/// Gives all tasks that have an image now, with their projects first.
pub(super) fn tasks(connection: &Connection) -> Result<Vec<(String, String)>, Trouble> {
    let mut statement = connection.prepare_cached(ALL_TASKS)?;
    Ok(statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?)
}

/// Finds the row of an image.
pub(super) fn image_id(connection: &Connection, hash: ImageHash) -> Result<Option<i64>, Trouble> {
    Ok(connection.prepare_cached(FIND_IMAGE)?.query_row([&hash.0[..]], |row| row.get(0)).optional()?)
}

/// Reads an image.
pub(super) fn read_image(connection: &Connection, hash: ImageHash) -> Result<Option<Image>, Trouble> {
    let bytes: Option<Vec<u8>> =
        connection.prepare_cached(READ_IMAGE)?.query_row([&hash.0[..]], |row| row.get(0)).optional()?;
    bytes.map(|bytes| decode_image(&bytes, hash)).transpose()
}

/// Gives the image that a task has now.
pub(super) fn current_image(connection: &Connection, project: &str, task: &str) -> Result<Option<ImageHash>, Trouble> {
    let hash: Option<Vec<u8>> =
        connection.prepare_cached(CURRENT_IMAGE)?.query_row([project, task], |row| row.get(0)).optional()?;
    hash.map(|hash| Ok(ImageHash(fixed(&hash, "the hash of a program")?))).transpose()
}
