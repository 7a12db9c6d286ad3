//! From a program that shows a difference to a smaller one that still does.

use crate::generate::Source;

/// How often a smaller program is tried.
const TRIES: usize = 600;

/// What may stand for an expression in parentheses or behind an `=`.
const SIMPLE: [&str; 9] = ["0", "1", "true", "false", "\"a\"", "[0]", "[]", "none", "1.5"];

/// Leaves out lines with the blocks they open, and replaces expressions by simple ones, as long as the program still
/// shows it.
pub fn shrunk(source: &Source, mut shows: impl FnMut(&Source) -> bool) -> Source {
    let mut smallest = source.clone();
    let mut tries = 0;
    loop {
        let before = smallest.text.len();
        for smaller in [without as fn(&str, usize) -> Vec<String>, simpler] {
            let mut at = 0;
            while at < smallest.text.len() && tries < TRIES {
                let candidates = smaller(&smallest.text, at);
                tries += candidates.len();
                let found = candidates.into_iter().find_map(|text| {
                    let candidate = Source { text, ..smallest.clone() };
                    (candidate.text.len() < smallest.text.len() && shows(&candidate)).then_some(candidate)
                });
                match found {
                    Some(found) => smallest = found,
                    None => at += 1,
                }
            }
        }
        if smallest.text.len() == before || tries >= TRIES {
            return smallest;
        }
    }
}

/// Leaves out the line at a number, and all up to where its brackets close.
fn without(text: &str, at: usize) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    if at >= lines.len() {
        return Vec::new();
    }
    let mut depth = 0_i32;
    let mut end = at;
    while end < lines.len() {
        depth += lines[end].matches('{').count() as i32 - lines[end].matches('}').count() as i32;
        end += 1;
        if depth <= 0 {
            break;
        }
    }
    let kept: Vec<&str> = lines[..at].iter().chain(&lines[end..]).copied().collect();
    vec![kept.join("\n") + "\n"]
}

/// Replaces what stands in the brackets at an offset, with or without what is done to it, by something simple or by a
/// part of it.
fn simpler(text: &str, at: usize) -> Vec<String> {
    if !text.is_char_boundary(at) || !text[at..].starts_with(['(', '[', '{']) {
        return Vec::new();
    }
    let Some(length) = closes(&text[at..]) else { return Vec::new() };
    let (before, inner, after) = (&text[..at], &text[at..at + length], &text[at + length..]);
    let mut candidates: Vec<String> = SIMPLE.iter().map(|simple| format!("{before}{simple}{after}")).collect();
    // `(if c { a } else { b })` becomes `(a)`, `f(x)` in it becomes `(x)`.
    let parts = inner.char_indices().skip(1).filter(|(_, glyph)| ['(', '[', '{'].contains(glyph)).take(12);
    for (open, _) in parts {
        if let Some(end) = closes(&inner[open..]) {
            candidates.push(format!("{before}({}){after}", &inner[open + 1..open + end - 1]));
        }
    }
    candidates
}

/// Gives how long a bracketed part is; strings are not looked into.
fn closes(text: &str) -> Option<usize> {
    let (mut depth, mut in_string, mut escaped) = (0, false, false);
    for (at, glyph) in text.char_indices() {
        match glyph {
            _ if escaped => escaped = false,
            '\\' => escaped = in_string,
            '"' => in_string = !in_string,
            '(' | '[' | '{' if !in_string => depth += 1,
            ')' | ']' | '}' if !in_string => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}
