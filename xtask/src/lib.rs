//! The chores of the repository as functions, so that tests can run them too.
//!
//! Nothing here is part of the product, and no crate of the product may use it.

pub mod book;
pub mod demo;
pub mod files;
pub mod layers;
pub mod ready;
pub mod tidy;

use std::path::{Path, PathBuf};

/// Gives the root of the repository.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}
