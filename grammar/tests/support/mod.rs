//! What the tests of this crate share: diagnostics as short lines.
#![allow(dead_code)]

use diagnostics::{Diagnostic, FileId};

/// Parses a text as the one file.
pub fn parse(text: &str) -> grammar::Parsed {
    grammar::parse(FileId(0), text)
}

/// Gives each diagnostic as `line:column code message`.
pub fn told(text: &str) -> Vec<String> {
    parse(text).diagnostics.iter().map(|diagnostic| line(text, diagnostic)).collect()
}

fn line(text: &str, diagnostic: &Diagnostic) -> String {
    let start = diagnostic.primary.place.span.start as usize;
    let before = &text[..start];
    let line = before.matches('\n').count() + 1;
    let column = start - before.rfind('\n').map_or(0, |at| at + 1) + 1;
    format!("{line}:{column} {} {}", diagnostic.code.number(), diagnostic.message)
}

/// Gives the text after the first fix of each diagnostic has been applied.
pub fn fixed(text: &str) -> String {
    let mut edits: Vec<_> = parse(text)
        .diagnostics
        .into_iter()
        .filter_map(|diagnostic| diagnostic.fixes.into_iter().next())
        .flat_map(|fix| fix.edits)
        .collect();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.place.span.start));
    let mut text = text.to_owned();
    for edit in edits {
        text.replace_range(edit.place.span.start as usize..edit.place.span.end as usize, &edit.text);
    }
    text
}
