//! Every construct of the language parses without a word.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use diagnostics::FileId;
use std::fs;
use std::path::Path;

#[test]
fn the_programs_have_no_diagnostics() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs");
    let mut told = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let parsed = grammar::parse(FileId(0), &text);
        for diagnostic in parsed.diagnostics {
            let span = diagnostic.primary.place.span;
            let line = text[..span.start as usize].matches('\n').count() + 1;
            told += &format!(
                "{}:{line}: {} {}: {:?}\n",
                path.display(),
                diagnostic.code.number(),
                diagnostic.message,
                text.lines().nth(line - 1).unwrap_or("")
            );
        }
    }
    assert!(told.is_empty(), "{told}");
}
