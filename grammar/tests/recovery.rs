//! What is said about broken text: where, with which words, and that the rest goes on.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use grammar::tree::{ExprKind, ItemKind, StatementKind};
use support::{fixed, parse, told};

/// Gives what is told about the statements of a function, in lines counted from its first statement.
fn in_function(body: &str) -> Vec<String> {
    told(&format!("fn f() {{\n{body}\n}}\n"))
}

#[track_caller]
fn says(body: &str, code: &str) {
    let lines = in_function(body);
    assert_eq!(lines.len(), 1, "{body}: {lines:#?}");
    assert!(lines[0].contains(code), "{body}: {lines:#?}");
}

#[test]
fn each_broken_statement_is_told_and_the_rest_goes_on() {
    let text = "fn f() {\n    let = 5\n    let a = 1\n    a + * 2\n    let b = f(a,\n        )\n    b b\n}\n\nfn g( {\n}\n\nfn h() {}\n";
    let parsed = parse(text);
    let lines = told(text);
    assert_eq!(lines.len(), 4, "{lines:#?}");
    assert!(lines[0].starts_with("2:9 E0101 found `=`, expected a name"), "{lines:#?}");
    assert!(lines[1].starts_with("4:9 E0101 found `*`, expected an expression"), "{lines:#?}");
    assert!(lines[2].starts_with("7:7 E0101 found `b`, expected the end of the line"), "{lines:#?}");
    assert!(lines[3].starts_with("10:5 E0102 this `(` has no `)`"), "{lines:#?}");
    let ItemKind::Function(f) = &parsed.file.items[0].kind else { panic!("a function") };
    assert_eq!(f.body_statements(), [true, false, true, false, true]);
    assert!(matches!(parsed.file.items[2].kind, ItemKind::Function(_)));
}

trait Statements {
    fn body_statements(&self) -> Vec<bool>;
}

impl Statements for grammar::tree::Function {
    fn body_statements(&self) -> Vec<bool> {
        match &self.body {
            grammar::tree::FunctionBody::Block(block) => {
                block.statements.iter().map(|statement| matches!(statement.kind, StatementKind::Error)).collect()
            }
            grammar::tree::FunctionBody::Extern { .. } => Vec::new(),
        }
    }
}

#[test]
fn an_open_brace_takes_nothing_from_the_next_item() {
    let text = "fn f() {\n    if a {\n        b()\n\n    c()\n}\n\nfn g() { d() }\n";
    let lines = told(text);
    assert_eq!(lines, ["2:10 E0102 this `{` has no `}`"]);
    let names: Vec<_> =
        parse(text).file.items.iter().filter_map(|item| item.name().map(|name| name.text.to_string())).collect();
    assert_eq!(names, ["f", "g"]);
    assert_eq!(told("fn f() {\n    a()\n    }\n}\n\nfn g() {}\n").len(), 1);
    assert_eq!(told("fn f() {\n    a()\n\nfn g() {}\n"), ["1:8 E0102 this `{` has no `}`"]);
}

#[test]
fn what_is_no_declaration_takes_nothing_from_the_one_above() {
    let text = "fn f() {\n    a()\n}\nclass Two {}\nfn g() {}\n";
    assert_eq!(told(text), ["4:1 E0101 found `class`, expected a declaration"]);
    assert_eq!(parse(text).file.items.iter().filter_map(|item| item.name()).count(), 2);
    assert_eq!(told("fn f(): int {\n    1\n}\n"), ["1:7 E0105 the type of a result stands behind `->`"]);
    assert_eq!(told("task t()\n    timeout: 1m\n{\n}\n"), ["2:12 E0105 no `:` stands behind `timeout`"]);
}

#[test]
fn a_misspelt_declaration_is_read_as_what_was_meant_and_takes_nothing_from_the_one_above() {
    for (text, line, names) in [
        ("record User { id: int }\nenm Change { a, b }\nfn f() {}\n", "2:1 E0101 found `enm`", ["User", "Change", "f"]),
        ("const A = 1\ncosnt B = 2\nfn f() {}\n", "2:1 E0101 found `cosnt`", ["A", "B", "f"]),
        ("enm A { a }\nrecrod B { id: int }\nfn f() {}\n", "1:1 E0101 found `enm`", ["A", "B", "f"]),
    ] {
        let lines = told(text);
        assert!(lines[0].starts_with(line), "{lines:#?}");
        let parsed = parse(text);
        let found: Vec<_> =
            parsed.file.items.iter().filter_map(|item| item.name()).map(|name| name.text.as_str()).collect();
        assert_eq!(found, names, "{lines:#?}");
    }
}

#[test]
fn strings_that_do_not_end_cost_their_line() {
    assert_eq!(told("fn f() {\n    let a = \"x\n    let b = 1 1\n}\n").len(), 2);
    says("a(\"{b)\n", "E0108");
    assert_eq!(told("const A = \"\"\"\nfn f() {}\n"), ["1:11 E0103 a string begins here and does not end"]);
}

#[test]
fn foreign_words_have_fixes() {
    for (body, code) in [
        ("let a = b && c", "E0105"),
        ("let a = b || c", "E0105"),
        ("let a = !b", "E0105"),
        ("if a { b() } elif c { d() }", "E0105"),
        ("let a = null", "E0105"),
        ("let a = True", "E0105"),
        ("a() # b", "E0105"),
        ("let a = 'b'", "E0105"),
        ("let a = b === c", "E0105"),
        ("switch a {\n b => c\n}", "E0105"),
        ("throw a", "E0105"),
        ("let a = 5min", "E0106"),
        ("let a = 1.5h", "E0106"),
        ("let a = 10k", "E0106"),
        ("let a = 007", "E0106"),
        ("let a = 2026-1-31", "E0107"),
        ("let a = 9:30", "E0107"),
        ("let a = 2026/01/31", "E0107"),
        ("let a = 9:30am", "E0107"),
        ("let a = 9:30 pm", "E0107"),
        ("let a = 9pm", "E0107"),
        ("try { a() } catch (e) { b() }", "E0105"),
        ("let a = f (x)", "E0116"),
        ("let a = b [0]", "E0116"),
        ("let a = [1, 2 3]", "E0111"),
        ("let a = f(b c)", "E0111"),
        ("let a = {\"a\": 1 \"b\": 2}", "E0111"),
        ("let a = b == not c", "E0101"),
        ("let a = b ?? 0 + 1", "E0118"),
        ("let a = b ?? c > 3", "E0118"),
        ("match a {\n 1 = b\n _ => c\n}", "E0110"),
        ("match a {\n .b => c\n .d = e(f)\n}", "E0110"),
        ("match a {\n .b => c\n .d(x) = e\n}", "E0110"),
        ("let a = {10:30}", "E0107"),
        ("if a\n{\n b()\n}", "E0121"),
        ("let a = \"{}\"", "E0108"),
    ] {
        says(body, code);
        let text = format!("fn f() {{\n{body}\n}}\n");
        let fixed = fixed(&text);
        if code != "E0105" || !body.starts_with("throw") {
            let again = told(&fixed);
            assert!(again.is_empty(), "{fixed}: {again:#?}");
        }
    }
}

#[test]
fn known_mistakes_have_their_words() {
    for (body, code) in [
        ("let a = 2026-01-31T09:30", "E0107"),
        ("let a = \"{{ name }}\"", "E0108"),
        ("let a = \"{x:05}\"", "E0108"),
        ("let a = \"{\"a\": 1}\"", "E0108"),
        ("let a = \"\\q\"", "E0109"),
        ("match a { .b => 1 .c => 2 }", "E0111"),
        ("let a = 1 let b = 2", "E0111"),
        ("let match = 5", "E0113"),
        ("let a = b < c < d", "E0114"),
        ("let a = b == c == d", "E0114"),
        ("let a = f<T>(x)", "E0115"),
        ("let a = f<T>()", "E0115"),
        ("let a = set<string>[]", "E0115"),
        ("let a = decode<list<int>>(x)", "E0115"),
        ("let a = b() catch e { 0 }", "E0117"),
        ("let a = b() catch { 0 }", "E0117"),
        ("let a = f\"b\"", "E0105"),
        ("let a = b ? c : d", "E0105"),
        ("a++", "E0105"),
        ("let a = b ** 2", "E0105"),
        ("let a = b <> c", "E0105"),
        ("/* a */", "E0105"),
        ("let a = `b ${c}`", "E0105"),
        ("let a = “b”", "E0105"),
        ("let a = b[1:3]", "E0105"),
        ("let a = b[c:d]", "E0105"),
        ("let a = b[1:]", "E0105"),
        ("let a = b[:-1]", "E0105"),
        ("let a = b!", "E0105"),
        ("let a = b!.c", "E0105"),
        ("let a = B { c: 1 }", "E0105"),
        ("let a = B {\n c: 1\n}", "E0105"),
        ("let a = B(c = 1)", "E0105"),
        ("let a = b(1, c=2)", "E0105"),
        ("let a = B::c", "E0105"),
        ("if let a = b {\n}", "E0105"),
        ("let a = [...b, 1]", "E0105"),
        ("let a = [*b, 1]", "E0105"),
        ("let a = B(..c, d: 1)", "E0105"),
        ("let a = b as int", "E0105"),
        ("sleep 2s", "E0105"),
        ("let a = b() catch e => 0", "E0117"),
        ("let a = b // 2", "W0101"),
        ("let a = \"${b}\"", "N0101"),
        ("a := 1", "E0105"),
        ("let a = (b) -> c", "E0105"),
        ("let a = |b| c", "E0105"),
        ("let a = 3 hours", "E0105"),
        ("let a = 1h 30m", "E0105"),
        ("let mut a = 1", "E0105"),
        ("let a = await b()", "E0105"),
        ("let a = new B(c: 1)", "E0105"),
        ("int a = 1", "E0105"),
        ("for (a in b) {\n}", "E0105"),
        ("for a of b {\n}", "E0105"),
        ("loop {\n}", "E0105"),
        ("let a = b() catch timeout 0", "E0117"),
        ("let a = try { b() } catch c", "E0117"),
        ("let a = 100000000000000000000000000000", "E0119"),
        ("let a = 100000000000w", "E0119"),
        ("let a = b $ c", "E0120"),
        ("let café = 1", "E0120"),
        ("fail \"text\"", "E0123"),
        ("f() = 3", "E0124"),
        (".spam", "E0101"),
        ("a\n+ b", "E0101"),
        ("let a = wait for E\nwithin 3s", "E0101"),
        ("let a = ", "E0101"),
        ("if { 2 }", "E0101"),
        ("for in b { }", "E0101"),
        ("let a = b ?? within", "E0101"),
        ("while true", "E0101"),
        ("    const A = 3", "E0101 found `const`, expected a statement"),
    ] {
        says(body, code);
    }
}

#[test]
fn comments_of_other_languages_are_taken_whole() {
    let text = "/* one\n * two\n */\nfn f() {\n    a() /* b */\n    c()\n}\n";
    assert_eq!(told(text).len(), 2, "{:#?}", told(text));
    assert!(fixed(text).starts_with("// one\n// two\nfn f()"), "{}", fixed(text));
    assert_eq!(told("fn f() {\n    a() /* b\n    c()\n}\n").len(), 1);
    assert!(told("const A = 1  // 2 of them\nconst B = 1 // two\nconst C = 1  // 2\n").is_empty());
}

#[test]
fn heads_and_uses_of_other_languages_have_their_words() {
    for (text, code) in [
        ("use a.{ B }\n", "E0105"),
        ("use a.{B, C}\n", "E0105"),
        ("use a.*\n", "E0105"),
        ("fn f(*a) {}\n", "E0105"),
        ("fn f(**a) {}\n", "E0105"),
        ("fn f(a?: string) {}\n", "E0105"),
        ("record A { b?: string }\n", "E0105"),
        ("task t()\n    retry 3 times\n{\n}\n", "E0105"),
        ("task t()\n    on monday\n{\n}\n", "E0101"),
    ] {
        let lines = told(text);
        assert_eq!(lines.len(), 1, "{text}: {lines:#?}");
        assert!(lines[0].contains(code), "{text}: {lines:#?}");
    }
}

#[test]
fn broken_parts_of_a_head_leave_the_task() {
    let text = "task t(a: int, b, c: list<) -> Report\n    on dayly at 09:00\n    timeout 5m retry 3\n    needs net\n    needs net \"x\"\n{\n    a\n}\n";
    let lines = told(text);
    assert_eq!(lines.len(), 5, "{lines:#?}");
    assert!(lines[3].contains("E0112"), "{lines:#?}");
    let ItemKind::Task(task) = &parse(text).file.items[0].kind else { panic!("a task") };
    assert_eq!(task.parameters.len(), 3);
    assert_eq!(task.clauses.len(), 4);
    assert_eq!(task.body.statements.len(), 1);
}

#[test]
fn a_broken_arm_or_field_stands_for_itself() {
    let lines = told(
        "record R {\n    a: int\n    b int\n    c: string\n}\n\nenum E { a, 1, c }\n\nfn f() {\n    match a {\n        .b => 1\n        + => 2\n        .c => )\n        _ => 3\n    }\n}\n",
    );
    assert_eq!(lines.len(), 4, "{lines:#?}");
}

#[test]
fn words_that_nobody_knows_are_told_with_what_is_expected() {
    assert_eq!(told("fn f(day date) {}\n"), ["1:10 E0101 found `date`, expected `:`"]);
    let parsed = parse("task t()\n    timout 5m\n{}\n");
    assert_eq!(parsed.diagnostics.len(), 1);
    assert_eq!(parsed.diagnostics[0].help, ["did you mean `timeout`?"]);
}

#[test]
fn what_is_no_item_is_told_once() {
    assert_eq!(told("let a = 1\nlet b = 2\n\nfn f() {}\n").len(), 1);
    assert_eq!(told("def f() {}\n"), ["1:1 E0105 `def` is written `fn` here"]);
    assert_eq!(told("fn f()\n{\n}\n"), ["2:1 E0121 this `{` belongs on the line of its head"]);
    assert_eq!(
        told("task t()\n    needs net \"{HOST}\"\n{\n}\n"),
        ["2:16 E0122 an interpolation stands where only plain text may"]
    );
}

#[test]
fn a_repaired_word_leaves_its_item() {
    let parsed = parse("fn f() {\n    let a = b && null\n}\n");
    assert_eq!(parsed.diagnostics.len(), 2);
    let ItemKind::Function(function) = &parsed.file.items[0].kind else { panic!("a function") };
    let grammar::tree::FunctionBody::Block(block) = &function.body else { panic!("a block") };
    let StatementKind::Let { value, .. } = &block.statements[0].kind else { panic!("a let") };
    assert!(matches!(*value.kind, ExprKind::Binary { .. }));
}

#[test]
fn constructs_of_other_languages_have_their_words() {
    for (body, expected) in [
        ("let a = [x * 2 for x in b]", "a list is made with `for … yield`, not with `for` in brackets"),
        ("let (a, b) = c()", "there are no tuples: a variable has one name"),
        ("let a = (1, 2)", "there are no tuples"),
        ("a--\nb()", "there is no `--`"),
        ("a++", "there is no `++`"),
        ("let a = b << 2", "there is no operator that shifts bits"),
    ] {
        let first = told(&format!("fn f() {{\n{body}\n}}\n")).into_iter().next().unwrap_or_default();
        assert!(first.ends_with(expected), "{body}: {first}");
    }
}

#[test]
fn heads_of_other_systems_have_their_words() {
    for (clause, expected) in [
        ("every 5m", "found `every`, expected a clause"),
        ("schedule \"0 9 * * *\"", "found `schedule`, expected a clause"),
        ("on schedule daily at 09:00", "found `schedule`, expected what starts the task"),
        ("on \"0 9 * * *\"", "found a string, expected what starts the task"),
        ("on mondays at 09:00", "found `mondays`, expected what starts the task"),
        ("on weekly mon at 09:00", "`on` is missing behind `weekly`, found `mon`"),
        ("on monthly 1 at 09:00", "`on` is missing behind `monthly`, found `1`"),
        ("on daily 09:00", "`at` is missing behind `daily`, found `09:00`"),
        ("on every day at 09:00", "`every` takes a length of time, found `day`"),
        ("retries 3", "found `retries`, expected a clause"),
    ] {
        let first = told(&format!("task t()\n    {clause}\n{{\n}}\n")).into_iter().next().unwrap_or_default();
        assert!(first.ends_with(expected), "{clause}: {first}");
    }
    assert_eq!(told("task t {\n}\n"), ["1:8 E0101 the parameters of `t` are missing"]);
}
