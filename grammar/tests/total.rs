//! Any text gives a tree: no panic, no overflow of a 2 MB stack, time that grows with the length.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use proptest::prelude::*;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};
use support::parse;

/// Runs in a thread of 2 MB, as a worker of the language server has.
fn in_small_stack(work: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(2 << 20).spawn(work).unwrap().join().unwrap();
}

/// The programs, each with the distance of the places at which it is cut: the sample at every one.
fn programs() -> Vec<(String, usize)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs");
    let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    vec![(read("first_look.task"), 1), (read("items.task"), 17), (read("heads.task"), 23), (read("body.task"), 37)]
}

#[test]
fn every_prefix_of_a_program_gives_a_tree() {
    for (program, distance) in programs() {
        for end in (0..program.len()).step_by(distance).filter(|end| program.is_char_boundary(*end)) {
            parse(&program[..end]);
        }
    }
}

#[test]
fn every_deletion_of_a_word_or_sign_gives_a_tree() {
    for (program, distance) in programs() {
        let bytes = program.as_bytes();
        let mut start = 0;
        let mut count = 0;
        while start < bytes.len() {
            let word = bytes[start..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
            let mut end = start + word.max(1);
            while !program.is_char_boundary(end) {
                end += 1;
            }
            count += 1;
            if count % distance.div_ceil(3) == 0 && !bytes[start].is_ascii_whitespace() {
                parse(&format!("{}{}", &program[..start], &program[end..]));
            }
            start = end;
        }
    }
}

#[test]
fn odd_files_give_a_tree() {
    for text in [
        "",
        "\n",
        "\0",
        "\0\0\0task",
        "\u{feff}fn f() {}",
        "\u{1}\u{2}\u{7}",
        "fn",
        "task x",
        "\"",
        "\"\"\"",
        "r\"",
        "{",
        "}",
    ] {
        parse(text);
    }
    assert!(parse("").diagnostics.is_empty());
    assert!(parse("\u{feff}fn f() {}\r\n").diagnostics.is_empty());
}

#[test]
fn nesting_is_refused_once_and_quickly() {
    in_small_stack(|| {
        for opener in [
            "(",
            "[",
            "{",
            "f(",
            "\"{",
            "f(x => {",
            "x => ",
            "return ",
            "not ",
            "- ",
            "wait for ",
            "for a in b yield ",
            "a.b(",
            "if a { ",
            "list<",
        ] {
            let text = format!("fn f() {{\n    let a: int = {}\n}}\nfn g() {{}}\n", opener.repeat(10_000));
            let parsed = parse(&text);
            assert!(!parsed.diagnostics.is_empty(), "{opener}");
            assert!(parsed.diagnostics.len() < 10, "{opener}: {}", parsed.diagnostics.len());
        }
        let types = format!("fn f(a: {}int{}) {{}}", "list<".repeat(10_000), ">".repeat(10_000));
        assert_eq!(parse(&types).diagnostics.len(), 1);
        let functions = format!("fn f(a: {}int) {{}}", "fn() -> ".repeat(10_000));
        assert_eq!(parse(&functions).diagnostics.len(), 1);
        let branches = format!("fn f() {{ if a {{}} {} }}", "else if b {} ".repeat(10_000));
        assert_eq!(parse(&branches).diagnostics.len(), 1);
        let sum = format!("fn f() {{ a {} }}", "+ b ".repeat(10_000));
        assert_eq!(parse(&sum).diagnostics.len(), 1);
    });
}

#[test]
fn the_deepest_allowed_nesting_fits_a_small_stack() {
    in_small_stack(|| {
        for (open, close) in
            [("(", ")"), ("[", "]"), ("f(", ")"), ("f(x => {", "})"), ("if a { ", " }"), ("{\"a\": ", "}")]
        {
            let depth = if open.contains("=>") { 30 } else { 97 };
            let text = format!("fn f() {{\n    let a = {}1{}\n}}\n", open.repeat(depth), close.repeat(depth));
            let parsed = parse(&text);
            assert!(parsed.diagnostics.is_empty(), "{open}: {:?}", parsed.diagnostics);
        }
        let sum = format!("fn f() {{ a {} }}", "+ b ".repeat(120));
        assert!(parse(&sum).diagnostics.is_empty());
    });
}

/// One error inside nested code must not cost more with each level: two ways into the same text would double it.
#[test]
fn deep_errors_take_time_that_grows_with_the_depth_only() {
    in_small_stack(|| {
        for open in [
            "f(x => {",
            "wait f(x => {",
            "g(",
            "[",
            "{\"a\": ",
            "if a { ",
            "match a { b => {",
            "try { ",
            "return f(",
            "wait for E where g(",
            "for a in f(",
            "(a, b, (",
            "fail f(",
        ] {
            let levels = 90 / open.matches(['(', '[', '{', '>']).count().max(1);
            let text = format!("fn f() {{\n    {} let = 5 )\n}}\n", open.repeat(levels));
            let closed = format!(
                "fn f() {{\n    {} a b {}\n}}\n",
                open.repeat(levels),
                open.chars()
                    .rev()
                    .filter_map(|sign| "([{".find(sign).and_then(|at| ")]}".chars().nth(at)))
                    .collect::<String>()
                    .repeat(levels)
            );
            for text in [text, closed] {
                let started = Instant::now();
                parse(&text);
                assert!(started.elapsed() < Duration::from_secs(2), "{open}: {:?}", started.elapsed());
            }
        }
    });
}

#[test]
fn long_texts_take_time_that_grows_with_the_length() {
    let started = Instant::now();
    parse(&format!("const A = \"{}\"\n", "x".repeat(10 << 20)));
    parse(&"(".repeat(100_000));
    parse(&")".repeat(100_000));
    parse(&"\"\"\"{\n".repeat(20_000));
    parse(&"\"{".repeat(50_000));
    parse(&"\u{0}a".repeat(50_000));
    parse(&format!("fn f() {{ {} }}", "a b;".repeat(20_000)));
    assert!(started.elapsed() < Duration::from_secs(60), "{:?}", started.elapsed());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn any_text_gives_a_tree(text in "\\PC{0,200}") {
        parse(&text);
    }

    #[test]
    fn any_row_of_words_and_signs_gives_a_tree(words in proptest::collection::vec(proptest::sample::select(WORDS), 0..60)) {
        let text = words.join(" ");
        let parsed = parse(&text);
        for diagnostic in &parsed.diagnostics {
            let span = diagnostic.primary.place.span;
            prop_assert!(span.start <= span.end && span.end as usize <= text.len());
        }
        parse(&words.concat());
    }
}

/// The words and signs of generated texts.
const WORDS: &[&str] = &[
    "\nfn f() {",
    "\ntask t()",
    "}",
    "{",
    "(",
    ")",
    "[",
    "]",
    "\n",
    "let",
    "a",
    "=",
    "=>",
    "==",
    "1",
    "1h",
    "09:30",
    "\"",
    "\"{",
    "\"\"\"",
    "r\"",
    "//",
    "///",
    ".",
    ".a",
    "?.",
    "??",
    "catch",
    "try",
    "match",
    "if",
    "else",
    "for",
    "in",
    "yield",
    "return",
    "wait",
    "wait for",
    "where",
    "within",
    "is",
    "not",
    "and",
    ",",
    ":",
    ";",
    "<",
    ">",
    "->",
    "step",
    "undo",
    "emit",
    "on",
    "daily",
    "at",
    "needs",
    "net",
    "record R",
    "enum E",
    "é",
    "#",
    "'",
    "\\",
    "&&",
    "!",
    "2026-01-31T09:30Z",
    "none",
    "with",
    "as",
    "e",
];
