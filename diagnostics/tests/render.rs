//! What the three forms look like, on ordinary sources and on awkward ones.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use diagnostics::render::{self, Ansi, NoColor};
use diagnostics::{Code, Diagnostic, Edit, FileId, Fix, SourceFile, Sources, Span};
use serde_json::json;

fn sources(texts: &[(&str, &str)]) -> Sources {
    let mut sources = Sources::new();
    for (name, text) in texts {
        sources.add(SourceFile::new(*name, *text));
    }
    sources
}

fn at(start: u32, end: u32, message: &str) -> Diagnostic {
    Diagnostic::new(Code::UnexpectedToken, Span::new(start, end).in_file(FileId(0)), message)
}

fn human(sources: &Sources, diagnostics: &[Diagnostic]) -> String {
    let mut out = NoColor::new(Vec::new());
    render::human(&mut out, sources, diagnostics).unwrap();
    String::from_utf8(out.into_inner()).unwrap()
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().map(str::trim_end).collect()
}

#[test]
fn a_person_sees_message_places_facts_actions_and_fixes() {
    let sources = sources(&[("a.task", "let total = 1\nlet total = 2\n")]);
    let first = Span::new(4, 9).in_file(FileId(0));
    let again = at(18, 23, "`total` is already a name here")
        .label("again")
        .also(first, "first")
        .note("a name means one thing in one function")
        .help("choose another name")
        .safe_fix("write `total_2`", Span::new(18, 23).in_file(FileId(0)), "total_2")
        .fix(Fix { title: "remove the line".into(), safe: false, edits: vec![] });
    assert_eq!(
        lines(&human(&sources, &[again])),
        [
            "error[E0101]: `total` is already a name here",
            "  ┌─ a.task:2:5",
            "  │",
            "1 │ let total = 1",
            "  │     ----- first",
            "2 │ let total = 2",
            "  │     ^^^^^ again",
            "  │",
            "  = note: a name means one thing in one function",
            "  = help: choose another name",
            "  = fix: write `total_2`",
            "  = possible fix: remove the line",
            "",
        ]
    );
}

#[test]
fn carets_stand_right_after_tabs_and_wide_characters_and_before_a_crlf() {
    let sources = sources(&[("a.task", "\tlet ü = \"日本\" + x\r\nnext\r\n")]);
    let start = sources.file(FileId(0)).text().find('x').unwrap() as u32;
    let shown = human(&sources, &[at(start, start + 3, "up to the end of the line").label("here")]);
    assert_eq!(
        lines(&shown),
        [
            "error[E0101]: up to the end of the line",
            "  ┌─ a.task:1:17",
            "  │",
            "1 │     let ü = \"日本\" + x",
            "  │                      ^ here",
            "",
        ]
    );
}

#[test]
fn any_place_in_any_text_is_shown() {
    for text in ["", "\n", "\r\n", "a", "a\n", "ü", "日本\n\n", "\t\t", "a\r\n\r\nb", "\u{1b}[2J\n"] {
        let sources = sources(&[("a.task", text)]);
        let end = text.len() as u32 + 3;
        for start in 0..=end {
            for end in 0..=end {
                let one = [at(start, end, "m").label("l").also(Span::new(end, start).in_file(FileId(0)), "s")];
                let shown = human(&sources, &one);
                assert!(shown.starts_with("error[E0101]: m\n"), "{text:?} {start}..{end}");
                assert!(!shown.contains('\u{1b}'), "{text:?} {start}..{end}");
                assert_eq!(render::short(&sources, &one).lines().count(), 1);
                assert_eq!(render::json(&sources, &one)["summary"]["errors"], 1);
            }
        }
    }
}

#[test]
fn the_end_of_a_file_has_a_caret_on_its_last_line() {
    let sources = sources(&[("a.task", "fn f() {\n")]);
    let shown = human(&sources, &[at(9, 9, "`}` is missing")]);
    assert!(shown.contains("┌─ a.task:2:1"), "{shown}");
    assert!(shown.contains("2 │ \n  │ ^"), "{shown}");
}

#[test]
fn labels_in_two_files_are_shown_under_both_names() {
    let sources = sources(&[("a.task", "use b"), ("b.task", "fn f() {}")]);
    let shown = human(&sources, &[at(4, 5, "m").also(Span::new(3, 4).in_file(FileId(1)), "declared here")]);
    assert!(shown.contains("┌─ a.task:1:5") && shown.contains("┌─ b.task:1:4"), "{shown}");
}

#[test]
fn colours_come_only_where_the_stream_has_them() {
    let sources = sources(&[("a.task", "x")]);
    let mut out = Ansi::new(Vec::new());
    render::human(&mut out, &sources, &[at(0, 1, "m")]).unwrap();
    assert!(out.into_inner().contains(&0x1b));
    assert!(!human(&sources, &[at(0, 1, "m")]).contains('\u{1b}'));
}

#[test]
fn the_short_form_is_a_line_each_in_the_order_of_the_text() {
    let sources = sources(&[("a b.task", "ü x\ny")]);
    let all = [at(5, 6, "second\nline"), at(3, 4, "first"), at(3, 4, "first")];
    assert_eq!(
        render::short(&sources, &all),
        "a b.task:1:3: error[E0101]: first\na b.task:2:1: error[E0101]: second line\n"
    );
}

#[test]
fn the_json_form_has_the_documented_shape() {
    let sources = sources(&[("a.task", "let ü = 1 = 2\n")]);
    let place = Span::new(11, 12).in_file(FileId(0));
    let one = at(11, 12, "found `=`")
        .label("here")
        .also(Span::new(0, 3).in_file(FileId(0)), "in this statement")
        .note("not part of the form")
        .help("compare with `==`")
        .fix(Fix { title: "write `==`".into(), safe: true, edits: vec![Edit { place, text: "==".into() }] });
    let range = json!({"start": {"line": 1, "column": 11}, "end": {"line": 1, "column": 12}});
    assert_eq!(
        render::json(&sources, &[one]),
        json!({
            "version": 1,
            "diagnostics": [{
                "code": "E0101",
                "severity": "error",
                "message": "found `=`",
                "file": "a.task",
                "range": range,
                "labels": [
                    {"message": "here", "file": "a.task", "range": range},
                    {"message": "in this statement", "file": "a.task",
                     "range": {"start": {"line": 1, "column": 1}, "end": {"line": 1, "column": 4}}},
                ],
                "help": ["compare with `==`"],
                "fixes": [{
                    "title": "write `==`", "safe": true,
                    "edits": [{"file": "a.task", "range": range, "text": "=="}],
                }],
                "url": "codes/E0101.html",
            }],
            "summary": {"errors": 1, "warnings": 0},
        })
    );
    assert_eq!(
        render::json(&sources, &[]),
        json!({"version": 1, "diagnostics": [], "summary": {"errors": 0, "warnings": 0}})
    );
}

#[test]
fn diagnostics_of_two_sets_of_sources_are_told_as_one() {
    let mut all = sources(&[("a.task", "a")]);
    let second = sources(&[("b.task", "b")]);
    let place = Span::new(0, 1).in_file(FileId(0));
    let other = at(0, 1, "m").also(place, "s").safe_fix("f", place, "x").moved_by(all.len());
    for (_, file) in second.iter() {
        all.add(file.clone());
    }
    assert_eq!(render::short(&all, std::slice::from_ref(&other)), "b.task:1:1: error[E0101]: m\n");
    assert_eq!(other.secondary[0].place.file, FileId(1));
    assert_eq!(other.fixes[0].edits[0].place.file, FileId(1));
}
