//! The repository's own files: what a person wrote, not what a tool made.

use std::io;
use std::path::{Path, PathBuf};

/// The folders that hold no sources.
const SKIPPED: &[&str] = &["target", "node_modules"];

/// Gives all files below `folder` with one of the endings, sorted; hidden folders are left out, except `.ci`.
pub fn with_endings(folder: &Path, endings: &[&str]) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            let path = entry.path();
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let hidden = name.starts_with('.') && name != ".ci";
            if entry.file_type()?.is_dir() {
                if !hidden && !SKIPPED.contains(&name.as_ref()) {
                    open.push(path);
                }
            } else if path.extension().is_some_and(|ending| endings.iter().any(|one| ending == *one)) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}
