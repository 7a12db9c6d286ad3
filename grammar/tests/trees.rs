//! What the trees look like: precedence, layout, literals, the roles of braces.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use diagnostics::Code;
use grammar::tree::{
    BinaryOperator, Body, Expr, ExprKind, Fail, FunctionBody, ItemKind, Literal, Statement, StatementKind, StringPart,
};
use support::parse;

/// Gives the statements of a function with this body.
fn statements(body: &str) -> Vec<Statement> {
    let text = format!("fn f() {{\n{body}\n}}\n");
    let parsed = parse(&text);
    assert!(parsed.diagnostics.is_empty(), "{body}: {:#?}", parsed.diagnostics);
    let ItemKind::Function(function) = parsed.file.items.into_iter().next().unwrap().kind else { panic!("a function") };
    let FunctionBody::Block(block) = function.body else { panic!("a block") };
    block.statements
}

/// Gives an expression with every operation in parentheses.
fn shown(body: &str) -> String {
    let lines: Vec<String> = statements(body).iter().map(statement).collect();
    lines.join("; ")
}

fn statement(statement: &Statement) -> String {
    match &statement.kind {
        StatementKind::Let { name, value, .. } => format!("let {} {}", name.text, show(value)),
        StatementKind::Assign { target, value, .. } => format!("{} := {}", show(target), show(value)),
        StatementKind::Expr(expr) => show(expr),
        other => format!("{other:?}").split(['(', ' ']).next().unwrap_or("").to_owned(),
    }
}

fn list(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(", ")
}

fn body(body: &Body) -> String {
    match body {
        Body::Block(block) => format!("{{{}}}", list(block.statements.iter().map(statement))),
        Body::Expr(expr) => show(expr),
    }
}

fn show(expr: &Expr) -> String {
    match &*expr.kind {
        ExprKind::Literal(Literal::Int(value)) => value.to_string(),
        ExprKind::Literal(literal) => format!("{literal:?}"),
        ExprKind::String(literal) => list(literal.parts.iter().map(|part| match part {
            StringPart::Text(text) => format!("{text:?}"),
            StringPart::Value(value) => show(value),
        })),
        ExprKind::Name(name) => name.text.to_string(),
        ExprKind::List(items) => format!("[{}]", list(items.iter().map(show))),
        ExprKind::Map(entries) => {
            format!("map({})", list(entries.iter().map(|(key, value)| format!("{}: {}", show(key), show(value)))))
        }
        ExprKind::EmptyBraces => "{}".to_owned(),
        ExprKind::Case { name, .. } => format!(".{}", name.text),
        ExprKind::Call { function, arguments } => {
            format!("{}({})", show(function), list(arguments.iter().map(|argument| show(&argument.value))))
        }
        ExprKind::With { value, .. } => format!("with({})", show(value)),
        ExprKind::Index { value, index } => format!("{}[{}]", show(value), show(index)),
        ExprKind::Field { value, name, optional } => {
            format!("{}{}{}", show(value), if *optional { "?." } else { "." }, name.text)
        }
        ExprKind::Unary { operator, operand } => format!("{operator:?}({})", show(operand)),
        ExprKind::Binary { operator, left, right, .. } => format!("({} {operator:?} {})", show(left), show(right)),
        ExprKind::Is { value, negated, .. } => format!("({} is{})", show(value), if *negated { " not" } else { "" }),
        ExprKind::Try(value) => format!("try({})", show(value)),
        ExprKind::CatchValue { value, fallback } => format!("catch({}, {})", show(value), show(fallback)),
        ExprKind::Lambda { parameters, body: value } => {
            format!("|{}| {}", list(parameters.iter().map(|parameter| parameter.name.text.to_string())), body(value))
        }
        ExprKind::If { condition, otherwise, .. } => {
            format!("if {} else {}", show(condition), otherwise.as_ref().map_or("-".to_owned(), body))
        }
        ExprKind::Match { arms, .. } => format!("match({})", list(arms.iter().map(|arm| body(&arm.body)))),
        ExprKind::Return(value) => format!("return({})", value.as_ref().map_or(String::new(), show)),
        ExprKind::Fail(Fail::Kind { kind, message }) => format!("fail({}, {})", kind.text, show(message)),
        ExprKind::Fail(Fail::Error(error)) => format!("fail({})", show(error)),
        ExprKind::Wait(value) => format!("wait({})", show(value)),
        ExprKind::WaitFor(wait) => format!(
            "wait_for({}, {}, {})",
            show(&wait.subject),
            wait.condition.as_ref().map_or("-".to_owned(), show),
            wait.within.as_ref().map_or("-".to_owned(), show)
        ),
        other => format!("{other:?}").split(['(', ' ']).next().unwrap_or("").to_owned(),
    }
}

#[test]
fn operators_bind_in_their_order() {
    for (text, tree) in [
        ("a + b * c - d", "((a Add (b Multiply c)) Subtract d)"),
        ("a or b and not c == d", "(a Or (b And Not((c Equal d))))"),
        ("a ?? b ?? c", "(a Otherwise (b Otherwise c))"),
        ("a < 1 ?? b", "((a Less 1) Otherwise b)"),
        ("try a ?? b catch c", "catch(try((a Otherwise b)), c)"),
        ("a catch b catch c", "catch(catch(a, b), c)"),
        ("-a.b() * c", "(Negate(a.b()) Multiply c)"),
        ("-1", "Negate(1)"),
        ("1..n + 1", "(1 Range (n Add 1))"),
        ("a in 1..=5", "(a In (1 RangeInclusive 5))"),
        ("a not in b and c", "((a NotIn b) And c)"),
        ("a is .b or c is not none", "((a is) Or (c is not))"),
        ("(a + b) * c", "((a Add b) Multiply c)"),
        ("n-2026-01-31", "(n Subtract Date(\"2026-01-31\"))"),
        ("a ?? fail not_found \"x\"", "(a Otherwise fail(not_found, \"x\"))"),
        ("a catch return", "catch(a, return())"),
        ("wait (90 - n) * 1ms", "wait(((90 Subtract n) Multiply Duration(1000)))"),
        (
            "wait for E as e where e.a == b and c within 2d",
            "wait_for(E, ((e.a Equal b) And c), Duration(172800000000))",
        ),
        ("wait for job within 1h ?? none", "(wait_for(job, -, Duration(3600000000)) Otherwise None)"),
        ("x => y => x + y", "|x| |y| (x Add y)"),
        ("a?.b.c[0](d)", "a?.b.c[0](d)"),
        ("a.with(b: 1).c", "with(a).c"),
    ] {
        assert_eq!(shown(text), tree, "{text}");
    }
}

#[test]
fn spans_of_operations_hold_their_parentheses() {
    let text = "a ?? (b + (c))";
    let StatementKind::Expr(expr) = &statements(text)[0].kind else { panic!("an expression") };
    let ExprKind::Binary { operator: BinaryOperator::Otherwise, .. } = &*expr.kind else { panic!("a `??`") };
    assert_eq!(expr.span.len() as usize, text.len());
}

#[test]
fn line_ends_end_statements_where_they_should() {
    for (text, tree) in [
        ("a\n.b()\n// comment\n.c()", "a.b().c()"),
        ("a\n\n?? b\ncatch c", "catch((a Otherwise b), c)"),
        ("a +\n\n b", "(a Add b)"),
        ("f(\na,\n\nb\n)", "f(a, b)"),
        ("f(x => {\nlet a = b\n[1].len()\n})", "f(|x| {let a b, [1].len()})"),
        ("a\n-b", "a; Negate(b)"),
        ("let a = b; c", "let a b; c"),
        ("if a { b }\nelse { c }", "if a else {c}"),
        ("return\na", "return(); a"),
        (
            "match v {\n .a => archive(m)\n .b(x) if x > 1 => g\n .c => h\n   .filter(y)\n}",
            "match(archive(m), g, h.filter(y))",
        ),
        ("match v { 1 => a, 2 => b; _ => {} }", "match(a, b, {})"),
        ("a // b\n\n// c\nd", "a; d"),
    ] {
        assert_eq!(shown(text), tree, "{text}");
    }
}

#[test]
fn braces_are_maps_or_blocks() {
    for (text, tree) in [
        ("f(x => {\"path\": x})", "f(|x| map(\"path\": x))"),
        ("f(x => { x })", "f(|x| {x})"),
        ("f(x => {})", "f(|x| {})"),
        ("{\"a\": 1}", "map(\"a\": 1)"),
        ("if m == {a: 1} { b }", "if (m Equal map(a: 1)) else -"),
        ("let a = if b { 1 } else { 2 }", "let a if b else {2}"),
        ("f() catch {}", "catch(f(), {})"),
        ("({\"{a}\": 1})", "map(a: 1)"),
    ] {
        assert_eq!(shown(text), tree, "{text}");
    }
}

#[test]
fn literals_have_their_values() {
    for (text, value) in [
        ("10KB", Literal::Int(10_000)),
        ("5MiB", Literal::Int(5 << 20)),
        ("1_000", Literal::Int(1_000)),
        ("0x1d", Literal::Int(29)),
        ("-9223372036854775808", Literal::Int(i64::MIN)),
        ("1h30m", Literal::Duration(5_400_000_000)),
        ("250ms", Literal::Duration(250_000)),
        ("1e9", Literal::Float("1e9".into())),
        ("1_0.50", Literal::Float("10.50".into())),
        ("09:30", Literal::Time("09:30".into())),
        ("2026-01-31T09:30[Europe/Berlin]", Literal::DateTime("2026-01-31T09:30[Europe/Berlin]".into())),
        ("2026-01-31T09:30+01:00[Europe/Berlin]", Literal::DateTime("2026-01-31T09:30+01:00[Europe/Berlin]".into())),
    ] {
        let StatementKind::Let { value: built, .. } = &statements(&format!("let a = {text}"))[0].kind else {
            panic!("a let")
        };
        assert!(matches!(&*built.kind, ExprKind::Literal(literal) if *literal == value), "{text}: {built:?}");
    }
}

#[test]
fn strings_have_their_text() {
    for (text, tree) in [
        (r#""a\n\u{41}\{b}""#, r#""a\nA{b}""#),
        (r#""{a}b{c.d("e")}""#, r#"a, "b", c.d("e")"#),
        (r#"r"\d{2}""#, r#""\\d{2}""#),
        ("\"\"\"\n    a\n      b \"q\"\n    {c}\n    \"\"\"", r#""a\n  b \"q\"\n", c, "\n""#),
        ("\"\"", ""),
        ("\"lone }\"", "\"lone }\""),
    ] {
        assert_eq!(shown(text), tree, "{text}");
    }
}

#[test]
fn documentation_belongs_to_what_follows() {
    let text = "//! The file.\n//! More.\n\n/// A task.\ntask t(\n    /// A day.\n    day: date,\n) {}\n\n/// A record.\nrecord R {\n    /// A field.\n    a: int\n}\n\nenum E {\n    /// A case.\n    a\n}\n";
    let file = parse(text).file;
    assert_eq!(file.doc.as_deref(), Some("The file.\nMore."));
    assert_eq!(file.items[0].doc.as_deref(), Some("A task."));
    let ItemKind::Task(task) = &file.items[0].kind else { panic!("a task") };
    assert_eq!(task.parameters[0].doc.as_deref(), Some("A day."));
    let ItemKind::Record(record) = &file.items[1].kind else { panic!("a record") };
    assert_eq!(record.fields[0].doc.as_deref(), Some("A field."));
    let ItemKind::Enum(declared) = &file.items[2].kind else { panic!("an enum") };
    assert_eq!(declared.cases[0].doc.as_deref(), Some("A case."));
}

#[test]
fn the_pages_of_the_codes_raise_what_they_say() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../diagnostics/explain");
    // What can be allowed is known where the lints are.
    let of_syntax = |code: &&Code| code.number().starts_with("E01") && **code != Code::AllowForm;
    for code in Code::ALL.iter().filter(of_syntax) {
        let page = std::fs::read_to_string(folder.join(format!("{}.md", code.number()))).unwrap();
        let block = |fence: &str| {
            let (_, rest) = page.split_once(&format!("```{fence}\n")).unwrap();
            rest.split_once("```").unwrap().0.to_owned()
        };
        let wrong: Vec<_> = parse(&block("task fails")).diagnostics.iter().map(|told| told.code).collect();
        assert_eq!(wrong, [*code], "{}", code.number());
        let right = parse(&block("task")).diagnostics;
        assert!(right.is_empty(), "{}: {right:#?}", code.number());
    }
}
