//! The manual of the language as its test: every `task` block of `spec/*.md` is compiled and run, and does what it says.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fmt::Write;
use std::path::Path;
use tests::{check_block, examples};

#[test]
fn every_block_of_the_manual_does_what_it_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("spec");
    let mut pages: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    pages.sort();
    let (mut blocks, mut expectations, mut wrong) = (0, 0, String::new());
    for page in pages.iter().filter(|page| page.extension().is_some_and(|extension| extension == "md")) {
        let text = std::fs::read_to_string(page).unwrap();
        for example in examples(&text) {
            blocks += 1;
            let (expected, found) = check_block(&example.text);
            expectations += expected;
            let name = page.file_name().unwrap().to_string_lossy();
            for (line, message) in found {
                let _ = writeln!(wrong, "{name}:{}: {message}", example.line + line);
            }
        }
    }
    println!("{} pages, {blocks} blocks, {expectations} expectations", pages.len());
    assert!(expectations > 0, "there is nothing in the manual");
    assert!(wrong.is_empty(), "\n{wrong}");
}
