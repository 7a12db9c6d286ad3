//! The sources against the list of what is kept apart.

use super::Violation;
use super::paths::{self, Named};
use super::table::{KEPT_APART, KeptApart, LAYERS};
use crate::files;
use std::io;
use std::path::{Component, Path};

/// Scans the sources of every crate.
pub(super) fn violations(root: &Path) -> io::Result<Vec<Violation>> {
    let mut found = Vec::new();
    for layer in LAYERS {
        for path in files::with_endings(&root.join(layer.name), &["rs"])? {
            let shown = path.strip_prefix(root).unwrap_or(&path);
            if !is_test(shown) {
                let name: Vec<_> = shown.iter().map(|part| part.to_string_lossy()).collect();
                found.extend(scan(&name.join("/"), &std::fs::read_to_string(&path)?));
            }
        }
    }
    Ok(found)
}

/// Finds what one source names that is kept elsewhere. `file` is its path from the root, with `/`.
pub fn scan(file: &str, source: &str) -> Vec<Violation> {
    let forbidden: Vec<&KeptApart> =
        KEPT_APART.iter().filter(|apart| !apart.only_in.iter().any(|place| stands_in(file, place))).collect();
    let mut found = Vec::new();
    for named in paths::paths(source) {
        if let Some(apart) = forbidden.iter().find(|apart| apart.paths.iter().any(|path| is_named(&named, path))) {
            found.push(Violation::Names {
                file: file.to_owned(),
                line: named.line,
                named: named.parts.join("::"),
                what: apart.what,
                allowed: apart.only_in,
            });
        }
    }
    found
}

/// Says whether `file` is the module `place` or lies in it.
fn stands_in(file: &str, place: &str) -> bool {
    file.strip_prefix(place).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
}

/// Says whether the parts of `wanted` follow each other in the path. A single lower-case name is a crate: it counts only
/// at the head of a longer path or of a `use`, so that a variable may bear it.
fn is_named(named: &Named, wanted: &str) -> bool {
    let wanted: Vec<&str> = wanted.split("::").collect();
    if let [name] = wanted[..]
        && name.starts_with(char::is_lowercase)
    {
        return named.parts.len() > 1 && named.parts[0] == name;
    }
    named.parts.windows(wanted.len()).any(|window| window.iter().zip(&wanted).all(|(part, name)| part == name))
}

/// Says whether a file below a crate is no part of the product: tests, benches, examples.
fn is_test(path: &Path) -> bool {
    let beside = |part: Component<'_>| {
        let Component::Normal(name) = part else { return false };
        ["tests", "tests.rs", "benches", "examples"].iter().any(|one| name == *one)
    };
    path.components().skip(1).any(beside)
}
