//! Every piece of a right program is read and checked without a panic: what stands before each byte, and each program
//! with one token left out or written twice.
//!
//! In a debug build only some of the pieces are taken, spread evenly; `cargo test --release -p tests --test pieces` takes
//! all of them.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use diagnostics::FileId;
use std::fs;
use std::path::Path;
use tests::{analyze, examples, repository};

/// Of so many pieces one is read.
const READ: usize = if cfg!(debug_assertions) { 29 } else { 1 };

/// Of so many pieces one is checked with the library.
const CHECKED: usize = if cfg!(debug_assertions) { 2_003 } else { 41 };

/// Gives the programs: the examples, and the blocks of the manual.
fn programs() -> Vec<String> {
    let mut found = Vec::new();
    let files = |folder: &Path, kind: &str| {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let mut paths: Vec<_> = entries.filter(|path| path.extension().is_some_and(|found| found == kind)).collect();
        paths.sort();
        paths.iter().map(|path| fs::read_to_string(path).unwrap()).collect::<Vec<_>>()
    };
    found.extend(files(&repository().join("examples"), "task"));
    for page in files(&repository().join("tests/spec"), "md") {
        found.extend(examples(&page).into_iter().map(|example| example.text));
    }
    found
}

/// Reads some of the pieces and checks some of them; gives how many it read.
fn take(pieces: impl Iterator<Item = String>) -> usize {
    let mut count = 0;
    for (number, piece) in pieces.enumerate() {
        if number % READ == 0 {
            let parsed = grammar::parse(FileId(0), &piece);
            for told in &parsed.diagnostics {
                let span = told.primary.place.span;
                assert!(span.start <= span.end && span.end as usize <= piece.len(), "{piece}\n{told:?}");
            }
            count += 1;
        }
        if number % CHECKED == 0 {
            analyze(&piece);
        }
    }
    count
}

#[test]
fn every_beginning_of_a_program_is_read() {
    let programs = programs();
    let ends = |program: &String| {
        let program = program.clone();
        (0..program.len()).filter_map(move |end| program.get(..end).map(str::to_owned))
    };
    let count = take(programs.iter().flat_map(ends));
    println!("{count} beginnings of {} programs", programs.len());
}

#[test]
fn every_program_with_a_token_less_or_twice_is_read() {
    let programs = programs();
    let changed = |program: &String| {
        let program = program.clone();
        tokens(&program).into_iter().flat_map(move |(start, end)| {
            let less = format!("{}{}", &program[..start], &program[end..]);
            let twice = format!("{}{}", &program[..end], &program[start..]);
            [less, twice]
        })
    };
    let count = take(programs.iter().flat_map(changed));
    println!("{count} programs with a token less or twice, of {}", programs.len());
}

/// Gives where words, numbers and single signs stand: as finely as a mistake can be.
fn tokens(text: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut word: Option<usize> = None;
    for (at, each) in text.char_indices() {
        let in_word = each.is_alphanumeric() || each == '_';
        if let (Some(start), false) = (word, in_word) {
            found.push((start, at));
            word = None;
        }
        if in_word {
            word.get_or_insert(at);
        } else if !each.is_whitespace() || each == '\n' {
            found.push((at, at + each.len_utf8()));
        }
    }
    found.extend(word.map(|start| (start, text.len())));
    found
}

/// Every byte of a file belongs to an item of its tree, to documentation or a comment, or has a diagnostic.
#[test]
fn every_byte_is_in_the_tree_or_told() {
    let broken = ["fn f() {\n    let = 5\n}\n", "class A {}\nfn f() {}\n", "} fn", "\"x", "let a = 1\n\nuse b\n$\n"];
    for text in programs().iter().map(String::as_str).chain(broken) {
        let parsed = grammar::parse(FileId(0), text);
        let mut owned = vec![false; text.len()];
        let items = parsed.file.items.iter().map(|item| item.span);
        let told = parsed.diagnostics.iter().map(|told| told.primary.place.span);
        for span in items.chain(told) {
            owned[span.start as usize..span.end as usize].fill(true);
        }
        for (start, line) in text.split_inclusive('\n').scan(0, |at, line| {
            *at += line.len();
            Some((*at - line.len(), line))
        }) {
            let code = line.split("//").next().unwrap();
            let lost = code.bytes().enumerate().find(|(at, byte)| !byte.is_ascii_whitespace() && !owned[start + at]);
            assert!(lost.is_none(), "{text}\nnothing holds the byte {} of {line:?}", lost.unwrap().0);
        }
    }
}
