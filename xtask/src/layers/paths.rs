//! The paths that a Rust source names, with their lines.
//!
//! Comments and literals name nothing. A `use` with braces names each path it spells, so nothing hides in a group. Names
//! behind an `as` or made by a macro are not followed: this is a check of habits, not of an adversary.

/// A path as it is written, `std::fs::read`, and the line on which it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) parts: Vec<String>,
    pub(super) line: usize,
}

/// Gives every path of a source, single names among them, up to its module of unit tests.
pub(super) fn paths(source: &str) -> Vec<Named> {
    let tokens = tokens(source);
    let end = tests_begin(&tokens).unwrap_or(tokens.len());
    let mut found = Vec::new();
    let mut at = 0;
    while at < end {
        at = read_tree(&tokens[..end], at, &[], &mut found);
    }
    found
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Token {
    text: String,
    line: usize,
}

/// Finds `#[cfg(test)] mod`: by habit it stands last, and tests may know more.
fn tests_begin(tokens: &[Token]) -> Option<usize> {
    let wanted = ["#", "[", "cfg", "(", "test", ")", "]", "mod"];
    tokens.windows(wanted.len()).position(|window| window.iter().zip(wanted).all(|(token, text)| token.text == text))
}

/// Reads one path or group from `at`, with `before` standing in front of it, and gives where it ends.
fn read_tree(tokens: &[Token], mut at: usize, before: &[String], found: &mut Vec<Named>) -> usize {
    let line = tokens[at].line;
    let mut parts = before.to_vec();
    while let Some(token) = tokens.get(at).filter(|token| is_name(&token.text)) {
        parts.push(token.text.clone());
        at += 1;
        if tokens.get(at).is_none_or(|token| token.text != "::") {
            break;
        }
        at += 1;
        if tokens.get(at).is_some_and(|token| token.text == "{") {
            return read_group(tokens, at + 1, &parts, found);
        }
    }
    if parts.len() > before.len() {
        found.push(Named { parts, line });
        return at;
    }
    at + 1
}

fn read_group(tokens: &[Token], mut at: usize, before: &[String], found: &mut Vec<Named>) -> usize {
    while let Some(token) = tokens.get(at) {
        if token.text == "}" {
            return at + 1;
        }
        at = read_tree(tokens, at, before, found);
    }
    at
}

fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_alphabetic() || first == '_')
}

fn tokens(source: &str) -> Vec<Token> {
    let characters: Vec<char> = source.chars().collect();
    let mut tokens = Vec::new();
    let (mut at, mut line) = (0, 1);
    while at < characters.len() {
        let end = match &characters[at..] {
            ['/', '/', ..] => until(&characters, at, '\n'),
            ['/', '*', ..] => comment_end(&characters, at),
            ['r' | 'b' | 'c', ..] if raw_string_end(&characters, at).is_some() => {
                raw_string_end(&characters, at).unwrap_or(characters.len())
            }
            ['"', ..] => string_end(&characters, at),
            ['\'', '\\', ..] => until(&characters, at + 3, '\'') + 1,
            ['\'', _, '\'', ..] => at + 3,
            [first, ..] if first.is_alphabetic() || *first == '_' => {
                let end = name_end(&characters, at);
                tokens.push(Token { text: characters[at..end].iter().collect(), line });
                end
            }
            // A number with what belongs to it, so that `1e9` has no name in it.
            [first, ..] if first.is_ascii_digit() => name_end(&characters, at),
            [':', ':', ..] => {
                tokens.push(Token { text: "::".to_owned(), line });
                at + 2
            }
            [first, ..] if !first.is_whitespace() => {
                tokens.push(Token { text: first.to_string(), line });
                at + 1
            }
            _ => at + 1,
        };
        let end = end.clamp(at + 1, characters.len());
        line += characters[at..end].iter().filter(|character| **character == '\n').count();
        at = end;
    }
    tokens
}

fn until(characters: &[char], from: usize, wanted: char) -> usize {
    (from..characters.len()).find(|at| characters[*at] == wanted).unwrap_or(characters.len())
}

fn name_end(characters: &[char], from: usize) -> usize {
    let part = |at: &usize| !(characters[*at].is_alphanumeric() || characters[*at] == '_');
    (from..characters.len()).find(part).unwrap_or(characters.len())
}

fn comment_end(characters: &[char], from: usize) -> usize {
    let (mut at, mut depth) = (from, 0);
    while at < characters.len() {
        match &characters[at..] {
            ['/', '*', ..] => (depth, at) = (depth + 1, at + 2),
            ['*', '/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

fn string_end(characters: &[char], from: usize) -> usize {
    let mut at = from + 1;
    while at < characters.len() {
        match characters[at] {
            '\\' => at += 2,
            '"' => return at + 1,
            _ => at += 1,
        }
    }
    at
}

/// Gives where `r"…"`, `r#"…"#`, `br"…"` and the like end; `None` where no raw string begins.
fn raw_string_end(characters: &[char], from: usize) -> Option<usize> {
    let marker = characters[from..].iter().take_while(|character| matches!(character, 'r' | 'b' | 'c')).count();
    if marker > 2 || !characters[from..from + marker].contains(&'r') {
        return None;
    }
    let hashes = characters[from + marker..].iter().take_while(|character| **character == '#').count();
    let open = from + marker + hashes;
    if characters.get(open) != Some(&'"') {
        return None;
    }
    let closes = |at: &usize| {
        characters[*at] == '"' && characters[at + 1..].iter().take(hashes).filter(|one| **one == '#').count() == hashes
    };
    Some((open + 1..characters.len()).find(closes).map_or(characters.len(), |at| at + 1 + hashes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(source: &str) -> Vec<String> {
        paths(source).iter().map(|named| format!("{}@{}", named.parts.join("::"), named.line)).collect()
    }

    #[test]
    fn groups_are_spelled_out() {
        assert_eq!(
            named("use std::{fs, process::{self, Command}, net::*};"),
            ["use@1", "std::fs@1", "std::process::self@1", "std::process::Command@1", "std::net@1"]
        );
        assert_eq!(named("a::b();\n c::d"), ["a::b@1", "c::d@2"]);
    }

    #[test]
    fn comments_and_literals_name_nothing() {
        let source = "// a\n/* b /* c */ d */ \"e \\\" f\" r#\"g \" h\"# br\"i\" 'j' '\\'' b'k' 1e9 x";
        assert_eq!(named(source), ["b@2", "x@2"]);
        assert_eq!(named("fn f<'a>(a: &'a str)"), ["fn@1", "f@1", "a@1", "a@1", "a@1", "str@1"]);
    }

    #[test]
    fn unit_tests_are_left_out_and_unfinished_sources_end() {
        assert_eq!(named("a\n#[cfg(test)]\nmod tests { b }"), ["a@1"]);
        for broken in ["\"", "/*", "r#\"", "a::", "a::{", "'", "'\\", "::", "use a::{b, {"] {
            let _ = paths(broken);
        }
    }
}
