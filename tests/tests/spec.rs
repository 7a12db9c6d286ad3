//! The manual of the language as its test: every `task` block of `spec/*.md` is compiled and run, and so are those of the
//! book, the README and the page of the library. What blocks may expect is said in `src/block.rs`.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::{Path, PathBuf};
use tests::{Manual, repository};

/// The pages of a folder, in their order.
fn pages(folder: &Path) -> Vec<PathBuf> {
    let mut pages: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    pages.retain(|page| page.extension().is_some_and(|extension| extension == "md"));
    pages.sort();
    pages
}

fn check(what: &str, pages: &[PathBuf]) -> Manual {
    let mut manual = Manual::default();
    for page in pages {
        manual.check_page(page);
    }
    println!("{what}: {} pages, {} blocks, {} expectations", manual.pages, manual.blocks, manual.expectations);
    assert!(manual.wrong.is_empty(), "\n{}", manual.wrong);
    manual
}

#[test]
fn every_block_of_the_manual_does_what_it_says() {
    let manual = check("manual", &pages(&Path::new(env!("CARGO_MANIFEST_DIR")).join("spec")));
    assert!(manual.expectations > 400, "there is little in the manual: {}", manual.expectations);
}

#[test]
fn every_block_of_the_book_and_the_readme_does_what_it_says() {
    let mut all = pages(&repository().join("docs/book/src"));
    all.push(repository().join("README.md"));
    check("book", &all);
}
