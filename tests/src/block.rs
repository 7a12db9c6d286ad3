//! Blocks of the manual and of the library's documentation: what they expect, and what comes of it.
//!
//! A block is a file, or statements. `value //= json` says what an expression gives, `value //! kind: message` how it
//! fails; each such line is run after the statements above it. A line `//  ^^^ E0301 message` stands under what is wrong.
//! What is expected and does not happen is told, and so is what happens and is not expected.

use crate::{Outcome, analyze, run};
use std::fmt::Write;

/// Compares a block with what it expects; gives each difference with its line in the block, and how many expectations
/// there were.
pub fn check_block(text: &str) -> (usize, Vec<(usize, String)>) {
    if text.lines().any(|line| line.starts_with("//") && line.contains('^')) {
        return (1, check_errors(text));
    }
    let (expected, found) = check_together(&[text]);
    (expected, found.into_iter().map(|(_, line, message)| (line, message)).collect())
}

/// Runs blocks of statements as one program, which is much faster than one by one; none of them may declare what another
/// declares. Gives how many expectations there were, and each difference with the number of its block and its line there.
pub fn check_together(texts: &[&str]) -> (usize, Vec<(usize, usize, String)>) {
    let mut wrong = Vec::new();
    let mut blocks = Vec::with_capacity(texts.len());
    for (number, text) in texts.iter().enumerate() {
        blocks.push(take_apart(text).unwrap_or_else(|message| {
            wrong.push((number, 0, message));
            Block::default()
        }));
    }
    wrong.extend(check_values(&blocks));
    (blocks.iter().map(|block| block.cases.len()).sum(), wrong)
}

/// What a block expects of one of its expressions.
struct Case {
    /// The statement, without its expectation.
    code: String,
    /// How many statements stand above it.
    before: usize,
    expected: Expected,
    line: usize,
}

enum Expected {
    Value(serde_json::Value),
    Failure(String),
}

/// A block, taken apart.
#[derive(Default)]
struct Block {
    items: String,
    statements: Vec<String>,
    cases: Vec<Case>,
}

const ITEMS: &[&str] = &[
    "fn ",
    "task ",
    "record ",
    "enum ",
    "type ",
    "const ",
    "error_kind ",
    "secret ",
    "setting ",
    "calendar ",
    "event ",
    "state ",
    "connection ",
    "///",
    "//!",
];

/// Lines that belong together: what begins at the margin and all that is indented or closes below it.
fn chunks(text: &str) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let goes_on = line.is_empty() || line.starts_with([' ', '{', '}', ')', ']', '.']);
        let documented =
            found.last().is_some_and(|(_, last)| last.trim_end().lines().all(|line| line.starts_with("///")));
        match found.last_mut() {
            Some((_, last)) if goes_on || documented => {
                last.push('\n');
                last.push_str(line);
            }
            _ => found.push((number, line.to_owned())),
        }
    }
    found
}

fn take_apart(text: &str) -> Result<Block, String> {
    let mut block = Block::default();
    for (line, chunk) in chunks(text) {
        let chunk = chunk.trim_end();
        let expectation = chunk.rfind("//= ").map(|at| (at, true)).or(chunk.rfind("//! ").map(|at| (at, false)));
        match expectation {
            Some((at, is_value)) if at > 0 => {
                let (code, expected) = (chunk[..at].trim_end().to_owned(), chunk[at + 4..].trim());
                let expected = if is_value {
                    let value = serde_json::from_str(expected);
                    Expected::Value(value.map_err(|error| format!("`{expected}` is not JSON: {error}"))?)
                } else {
                    Expected::Failure(expected.to_owned())
                };
                block.cases.push(Case { code, before: block.statements.len(), expected, line });
            }
            _ if ITEMS.iter().any(|item| chunk.starts_with(item)) => {
                block.items.push_str(chunk);
                block.items.push('\n');
            }
            _ if chunk.is_empty() || chunk.starts_with("//") => {}
            _ => block.statements.push(chunk.to_owned()),
        }
    }
    Ok(block)
}

/// Runs what blocks expect. All their cases are tasks of one file, whose head are the items of all blocks.
fn check_values(blocks: &[Block]) -> Vec<(usize, usize, String)> {
    let mut file: String = blocks.iter().map(|block| block.items.as_str()).collect();
    let in_items = file.lines().count();
    let cases: Vec<(usize, &Block, &Case)> = blocks
        .iter()
        .enumerate()
        .flat_map(|(number, block)| block.cases.iter().map(move |case| (number, block, case)))
        .collect();
    let mut lines = Vec::new();
    for (number, (_, block, case)) in cases.iter().enumerate() {
        let before: String = block.statements[..case.before]
            .iter()
            .fold(String::new(), |text, statement| text + "    " + statement + "\n");
        let head = format!("task case_{number}() -> json {{\n{before}");
        let first = file.lines().count() + head.lines().count() + 1;
        lines.push(first..=first + case.code.lines().count());
        let _ = writeln!(file, "{head}    let given = {}\n    given\n}}", case.code);
    }
    let analysis = analyze(&file);
    let image = match compiler::compile(&analysis) {
        Ok(image) => image,
        Err(told) => {
            let said = told.iter().map(|each| {
                let at = analysis.sources.start(each.primary.place);
                let text = analysis.sources.file(each.primary.place.file).line(at.line as usize - 1).unwrap_or("");
                let of = lines.iter().position(|range| *range.end() >= at.line as usize).map_or(0, |at| cases[at].0);
                (of, 0, format!("does not compile: {} {} in `{}`", each.code.number(), each.message, text.trim()))
            });
            return said.collect();
        }
    };
    let mut wrong = Vec::new();
    for (number, (of, _, case)) in cases.iter().enumerate() {
        let found = run(&image, &format!("case_{number}"));
        let code = &case.code;
        match (&case.expected, found) {
            (Expected::Value(expected), Outcome::Value(found)) if *expected == found => {}
            (Expected::Value(expected), found) => {
                wrong.push((*of, case.line, format!("`{code}`: expected {expected}, found {found:?}")));
            }
            (Expected::Failure(expected), Outcome::Failure { text, place }) if text.contains(expected) => {
                let at = place.map(|place| analysis.sources.start(place).line as usize);
                // A failure inside of a function that the block or the library declares has its place there.
                if !at.is_some_and(|at| lines[number].contains(&at) || at <= in_items)
                    && place.is_some_and(|place| place.file.0 == 0)
                {
                    wrong.push((*of, case.line, format!("`{code}`: fails in line {at:?} of\n{file}")));
                }
            }
            (Expected::Failure(expected), found) => {
                wrong.push((*of, case.line, format!("`{code}`: expected `{expected}`, found {found:?}")));
            }
        }
    }
    wrong
}

/// Compares the errors of a block that is a file or statements with the carets in it.
fn check_errors(text: &str) -> Vec<(usize, String)> {
    let is_file = text.lines().any(|line| ITEMS.iter().any(|item| line.starts_with(item)));
    let (before, after, shift) = if is_file { ("", "", 0) } else { ("fn block() {\n", "}\n", 1) };
    let mut code_line = 0;
    let mut expected = Vec::new();
    for (number, line) in text.lines().enumerate() {
        match line.find('^') {
            Some(start) if line.starts_with("//") => {
                let rest = line[start..].trim_start_matches('^').trim();
                expected.push((code_line, start, rest.to_owned()));
            }
            _ => code_line = number,
        }
    }
    let analysis = analyze(&format!("{before}{text}{after}"));
    let mut wrong = Vec::new();
    for diagnostic in analysis.diagnostics.iter().filter(|each| each.is_error()) {
        let at = analysis.sources.start(diagnostic.primary.place);
        let line = (at.line as usize - 1).wrapping_sub(shift);
        let column = at.column as usize - 1;
        let said = format!("{} {}", diagnostic.code.number(), diagnostic.message);
        let known = expected.iter().position(|(wanted_line, wanted_column, text)| {
            *wanted_line == line && *wanted_column == column && said.starts_with(text.as_str())
        });
        match known {
            Some(known) => drop(expected.remove(known)),
            None => wrong.push((line, format!("column {column}: `{said}` is not expected"))),
        }
    }
    wrong.extend(
        expected
            .into_iter()
            .map(|(line, column, text)| (line, format!("column {column}: `{text}` is expected and not told"))),
    );
    wrong
}
