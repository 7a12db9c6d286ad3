//! Constant regular expressions that cannot be read: told where they stand, not when a run comes to them.

use crate::constant::evaluate;
use crate::ir::{Body, Expr, ExprKind, Program};
use crate::walk::parts;
use diagnostics::{Code, Diagnostic, FileId, Place};
use rustc_hash::FxHashMap;

/// What takes a regular expression, behind the text that it is asked of.
const TAKING: &[&str] = &["string.matches", "string.captures", "string.find_all", "string.replace_all"];

/// Looks at a body, and at the lambdas in it.
pub(super) fn check(program: &Program, body: &Body, found: &mut Vec<Diagnostic>) {
    let mut read = FxHashMap::default();
    look(program, body.file, &body.value, &mut read, found);
}

fn look(
    program: &Program,
    file: FileId,
    expr: &Expr,
    read: &mut FxHashMap<String, Option<String>>,
    found: &mut Vec<Diagnostic>,
) {
    if let ExprKind::Call { function, arguments, .. } = &expr.kind {
        let called = &program.functions[function.0 as usize];
        if TAKING.contains(&called.name.as_str())
            && let Some(argument) = arguments.get(1)
            && let Some(problem) = problem(program, argument, read)
        {
            found.push(told(argument.span.in_file(file), &problem));
        }
    }
    match &expr.kind {
        ExprKind::Lambda { body, .. } => look(program, body.file, &body.value, read, found),
        _ => parts(expr, &mut |part| look(program, file, part, read, found)),
    }
}

/// Gives why an argument is no regular expression, if it is known while compiling.
fn problem(program: &Program, argument: &Expr, read: &mut FxHashMap<String, Option<String>>) -> Option<String> {
    let text = evaluate(program, argument)?.as_text()?.to_owned();
    let known = read.entry(text).or_insert_with_key(|text| {
        let error = regex_syntax::Parser::new().parse(text).err()?.to_string();
        Some(error.lines().last().unwrap_or(&error).trim_start_matches("error: ").to_owned())
    });
    known.clone()
}

fn told(place: Place, problem: &str) -> Diagnostic {
    Diagnostic::new(Code::BadLiteral, place, format!("this is no regular expression: {problem}"))
        .label("cannot be read")
        .help("a sign that is meant as text has a `\\` before it; patterns are best written raw: `r\"\\d+\"`")
}
