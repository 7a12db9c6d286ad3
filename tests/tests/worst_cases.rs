//! The worst that somebody can write: each is answered, with a limit and a clear error or in time that grows with the
//! length, and nothing overflows a stack.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use compiler::InputFile;
use std::fmt::Write;
use std::time::{Duration, Instant};
use tests::analyze;

/// Writes one line for each number.
fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).fold(String::new(), |mut text, number| {
        let _ = writeln!(text, "{}", line(number));
        text
    })
}

/// Writes a list with commas.
fn list(count: usize, item: impl Fn(usize) -> String) -> String {
    (0..count).map(item).collect::<Vec<_>>().join(", ")
}

fn function(signature: &str, body: &str) -> String {
    format!("fn {signature} {{\n{body}\n}}\n")
}

/// Checks a text as often as noise needs, and gives the shortest time.
fn taken(text: &str) -> Duration {
    let once = || {
        let started = Instant::now();
        analyze(text);
        started.elapsed()
    };
    once().min(once())
}

/// A form of program, by its name, with a size and how a program of a size is written.
type Form = (&'static str, usize, fn(usize) -> String);

/// Forms that have a program of any size.
const FORMS: &[Form] = &[
    ("functions", 500, |n| lines(n, |i| format!("fn f{i}(a: int) -> int {{ a + {i} }}"))),
    ("calls of each other", 500, |n| lines(n, |i| format!("fn f{i}(a: int) -> int {{ f{}(a) }}", i.saturating_sub(1)))),
    ("records", 500, |n| lines(n, |i| format!("record R{i} {{ a: int, b: R{}? }}", i.saturating_sub(1)))),
    ("statements", 1_000, |n| function("f()", &lines(n, |i| format!("    let _a{i} = {i}")))),
    ("variables that follow", 1_000, |n| {
        function(
            "f()",
            &lines(n, |i| if i == 0 { "let _a0 = 1".into() } else { format!("let _a{i} = _a{} + 1", i - 1) }),
        )
    }),
    ("items of a list", 2_000, |n| function("f() -> list<int>", &format!("[{}]", list(n, |i| i.to_string())))),
    ("entries of a map", 1_000, |n| {
        function("f() -> map<string, int>", &format!("{{{}}}", list(n, |i| format!("\"a{i}\": {i}"))))
    }),
    ("fields by name", 500, |n| {
        let record = format!("record R {{ {} }}\n", list(n, |i| format!("a{i}: int")));
        record + &function("f() -> R", &format!("R({})", list(n, |i| format!("a{i}: {i}"))))
    }),
    ("cases with data", 200, |n| {
        let declared = format!("enum E {{ {} }}\n", list(n, |i| format!("c{i}(a: int)")));
        let arms = lines(n, |i| format!("        .c{i}(0) => {i}\n        .c{i}(_) => 1"));
        declared + &function("f(e: E) -> int", &format!("    match e {{\n{arms}    }}"))
    }),
    ("texts to match", 500, |n| {
        let arms = lines(n, |i| format!("        \"c{i}\" => {i}"));
        function("f(e: string) -> int", &format!("    match e {{\n{arms}        _ => 0\n    }}"))
    }),
    ("values in a text", 1_000, |n| function("f(a: int) -> string", &format!("\"{}\"", "{a}".repeat(n)))),
    ("constants", 300, |n| {
        lines(n, |i| if i == 0 { "const A0 = 1".into() } else { format!("const A{i} = A{} + 1", i - 1) })
    }),
    ("names that nobody knows", 300, |n| function("f()", &lines(n, |i| format!("    zz{i}()")))),
    ("types that nobody knows", 300, |n| lines(n, |i| format!("fn f{i}(a: Foo{i}) {{}}"))),
    ("statements that cannot be read", 300, |n| function("f()", &lines(n, |i| format!("    let = {i}")))),
    ("open blocks", 300, |n| lines(n, |_| "fn f() {".into())),
    ("brackets too many", 1_000, |n| function("f()", &"}\n".repeat(n))),
    ("brackets that do not fit", 1_000, |n| function("f()", &"(]}".repeat(n))),
    ("cases", 250, |n| {
        let arms = lines(n, |i| format!("        .c{i} => {i}"));
        format!("enum E {{ {} }}\n", list(n, |i| format!("c{i}")))
            + &function("f(e: E) -> int", &format!("    match e {{\n{arms}    }}"))
    }),
    ("choices of a pattern", 1_000, |n| {
        let arm = (0..n).map(|i| i.to_string()).collect::<Vec<_>>().join(" | ");
        function("f(e: int) -> int", &format!("    match e {{\n        {arm} => 1\n        _ => 0\n    }}"))
    }),
    ("parameters", 500, |n| function(&format!("f({})", list(n, |i| format!("_a{i}: int"))), "")),
    ("one line", 5_000, |n| format!("const A = [{}]\n", "1, ".repeat(n))),
    ("statements on one line", 500, |n| format!("fn f() {{ {}}}\n", "log.info(\"a\"); ".repeat(n))),
    ("a long text", 50_000, |n| format!("const A = \"{}\"\n", "a".repeat(n))),
    ("a text without end", 50_000, |n| format!("const A = \"{}\n", "a".repeat(n))),
    ("a name that is very long", 20_000, |n| format!("fn {}() {{ {}() }}\n", "a".repeat(n), "b".repeat(n))),
    ("digits", 20_000, |n| format!("const A = {0}\nconst B: decimal = 1.{0}\n", "9".repeat(n))),
    ("bytes that are no text", 20_000, |n| String::from_utf8_lossy(&vec![0xFF; n]).into_owned()),
    ("zeros", 20_000, |n| "\0".repeat(n)),
    ("marks of the order of bytes", 20_000, |n| "\u{feff}".repeat(n)),
    ("lines as on Windows", 500, |n| lines(n, |i| format!("fn f{i}(a: int) -> int {{\r\n    a + {i}\r\n}}\r"))),
    ("calls in a circle", 500, |n| lines(n, |i| format!("fn f{i}() {{ f{}() }}", (i + 1) % n))),
    ("secrets that go on", 300, |n| {
        let body = lines(n, |i| if i == 0 { "let a0 = S".into() } else { format!("let a{i} = \"{{a{}}}\"", i - 1) });
        "secret S\n".to_owned() + &function("f() -> string", &format!("{body}a{}", n - 1))
    }),
    ("comments", 2_000, |n| lines(n, |i| format!("// {i} and words and words and words and words"))),
];

#[test]
fn time_grows_with_the_length_of_what_is_checked() {
    let library = taken("");
    for (name, size, write) in FORMS {
        let (short, long) = (write(*size), write(size * 8));
        // Eight times the text would take sixty-four times as long if each part looked at each other one. What reading
        // the library takes is no part of it; noise is forgiven generously, and a busy moment by measuring again.
        let mut seen = Vec::new();
        let grows_with_it = (0..4).any(|_| {
            let (first, found) = (taken(&short), taken(&long));
            seen.push((first, found));
            found <= (first.saturating_sub(library) * 24).max(Duration::from_secs(2)) + library * 2
        });
        assert!(grows_with_it, "{name}: {size} and {} took {seen:?}", size * 8);
    }
}

/// Gives the codes of the errors of a text, each once.
fn codes(text: &str) -> Vec<String> {
    let told = analyze(text).diagnostics;
    let mut codes: Vec<String> =
        told.iter().filter(|told| told.is_error()).map(|told| told.code.number().to_string()).collect();
    codes.sort();
    codes.dedup();
    codes
}

#[test]
fn limits_are_told() {
    let cases = [
        ("brackets", function("f()", &format!("    let _a = {}1{}", "(".repeat(10_000), ")".repeat(10_000))), "E0104"),
        ("operators", function("f() -> int", &format!("    {}1", "1 + ".repeat(30_000))), "E0104"),
        ("calls", function("f() -> int", &format!("    1{}", ".abs()".repeat(30_000))), "E0104"),
        ("branches", function("f()", &format!("    if true {{}}{}", " else if true {}".repeat(10_000))), "E0104"),
        ("a type of itself", "type T = T where it > 0\n".to_owned(), "E0210"),
        ("a record of itself", "record R { inner: R }\n".to_owned(), "E0210"),
        ("a constant of itself", "const A = B\nconst B = A\n".to_owned(), "E0210"),
        ("joined values", function("f(a: int) -> int", &format!("    a{}", " + a".repeat(100_000))), "E0104"),
        ("fallbacks", function("f(a: int?) -> int", &format!("    {}1", "a ?? ".repeat(30_000))), "E0104"),
        ("what is not", function("f(a: bool) -> bool", &format!("    {}a", "not ".repeat(30_000))), "E0104"),
        ("lists of lists", format!("fn f(_a: {}int{}) {{}}\n", "list<".repeat(1_000), ">".repeat(1_000)), "E0104"),
        (
            "lists in lists",
            function(
                "f()",
                &lines(300, |i| if i == 0 { "let _a0 = 1".into() } else { format!("let _a{i} = [_a{}]", i - 1) }),
            ),
            "E0104",
        ),
        (
            "pairs of pairs",
            "fn pair<T>(a: T) -> Pair<T, T> { Pair(first: a, second: a) }\n".to_owned()
                + &function(
                    "f()",
                    &lines(
                        60,
                        |i| if i == 0 { "let _a0 = 1".into() } else { format!("let _a{i} = pair(_a{})", i - 1) },
                    ),
                ),
            "E0104",
        ),
        (
            "types on types",
            lines(2_000, |i| {
                if i == 0 { "type T0 = int".into() } else { format!("type T{i} = T{} where it > {i}", i - 1) }
            }),
            "E0104",
        ),
    ];
    for (name, text, code) in cases {
        assert_eq!(codes(&text), [code], "{name}");
    }
}

/// The forms that can stand in each other, by what opens and what closes them.
const OPEN: &[(&str, &str)] = &[
    ("(", ")"),
    ("[", "]"),
    ("{\"a\": ", "}"),
    ("g(", ")"),
    ("\"{", "}\""),
    ("if true { ", " } else { 1 }"),
    ("match 1 { _ => ", " }"),
    ("try { ", " } catch { 1 }"),
    ("[1].map(x => ", ")"),
    ("(x => ", ")"),
    ("(for x in [1] yield ", ")"),
    ("Pair(first: 1, second: ", ")"),
];

#[test]
fn what_is_nested_too_deep_is_told_once_and_right_or_broken_it_ends() {
    for (open, close) in OPEN {
        let (opened, closed) = (open.repeat(160), close.repeat(160));
        let body = |inner: &str| "fn g(a: int) -> int { a }\n".to_owned() + &function("f()", inner);
        let right = analyze(&body(&format!("    let _a = {opened}1{closed}"))).diagnostics;
        let told = right.iter().filter(|told| told.is_error()).map(|told| told.code.number().to_string());
        assert_eq!(told.collect::<Vec<_>>(), ["E0104"], "{open}");
        let half = close.repeat(80);
        for broken in [opened.clone(), closed.clone(), format!("{opened}1{half}"), format!("{closed}1{opened}")] {
            assert!(!codes(&body(&format!("    let _a = {broken}"))).is_empty(), "{open}");
        }
    }
}

#[test]
fn files_that_use_each_other_in_a_circle_are_fine_unless_a_constant_needs_itself() {
    let file = |name: &str, text: &str| InputFile {
        name: format!("{name}.task"),
        module: name.to_owned(),
        text: text.to_owned(),
    };
    let errors = |files: Vec<InputFile>| -> Vec<String> {
        let told = tests::analyze_files(files).diagnostics;
        told.iter().filter(|told| told.is_error()).map(|told| told.code.number().to_string()).collect()
    };
    let two = vec![file("a", "use b\nfn f() { b.f() }\n"), file("b", "use a\nfn f() { a.f() }\n")];
    assert_eq!(errors(two), [""; 0]);
    let three = ["b", "c", "a"].iter().zip(["a", "b", "c"]);
    let three = three.map(|(next, own)| file(own, &format!("use {next}\nconst A = {next}.A\n"))).collect();
    assert_eq!(errors(three), ["E0210"]);
    assert_eq!(errors(vec![file("a", "use a\nconst A = a.A\n")]), ["E0210"]);
}

#[test]
fn a_match_that_takes_too_long_to_understand_is_told_and_not_taken_for_right() {
    // Whether arms of three fields each take every value is the question of 3-SAT, which has no short answer.
    let (fields, arms) = (40, 150);
    let record = format!("record P {{ {} }}\n", list(fields, |i| format!("a{i}: bool")));
    let mut state = 1_u64;
    let mut next = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut body = String::from("    match p {\n");
    for arm in 0..arms {
        let first = next(14);
        let taken: Vec<String> = (0..3).map(|part| format!("a{}: {}", first + part * 13 % 40, next(2) == 0)).collect();
        let _ = writeln!(body, "        P({}) => {arm}", taken.join(", "));
    }
    body.push_str("    }");
    let told = codes(&(record + &function("f(p: P) -> int", &body)));
    assert!(told.contains(&"E0401".to_owned()), "{told:?}");
}

#[test]
fn a_thousand_errors_are_told_and_no_more() {
    let told = analyze(&lines(3_000, |i| format!("fn f{i}() {{ zz{i}() }}"))).diagnostics;
    assert_eq!(told.len(), 1_000);
    assert!(told.last().unwrap().notes.iter().any(|note| note.contains("1000 were told")));
}
