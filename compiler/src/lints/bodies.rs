//! Bodies that hide errors or never end.

use super::waits::Waits;
use crate::constant::{Constant, evaluate};
use crate::ir::{Body, Expr, ExprKind, Program};
use crate::walk::parts;
use diagnostics::{Code, Diagnostic, FileId, Place};

pub(super) fn check(program: &Program, waits: &Waits, body: &Body, found: &mut Vec<Diagnostic>) {
    look(program, waits, body.file, &body.value, found);
}

fn look(program: &Program, waits: &Waits, file: FileId, expr: &Expr, found: &mut Vec<Diagnostic>) {
    match &expr.kind {
        ExprKind::TryBlock { catches, .. } => {
            let swallowing = catches.iter().filter(|catch| catch.kinds.is_empty() && is_empty(&catch.body));
            for catch in swallowing {
                found.push(swallowed(catch.body.span.in_file(file)).help(
                    "log it, `catch as error { log.warn(error.message) }`, or name the kinds that do not matter",
                ));
            }
        }
        ExprKind::CatchValue { fallback, .. } if is_empty(fallback) => {
            found.push(swallowed(fallback.span.in_file(file)).help(
                "name the kinds that do not matter: `try { … } catch not_found { }`, or log: `catch { log.warn(\"…\") }`",
            ));
        }
        ExprKind::While { condition, body } => {
            let endless = evaluate(program, condition) == Some(Constant::Bool(true));
            if endless && !leaves(body) && !breaks(body) && !waits.within(body) {
                let message = "this loop never ends and never waits";
                found.push(
                    Diagnostic::new(Code::EndlessLoop, condition.span.in_file(file), message)
                        .label("always true")
                        .help("leave it with `break` or `return`, or wait in it: `wait 10s`"),
                );
            }
        }
        ExprKind::Lambda { body, .. } => check(program, waits, body, found),
        _ => {}
    }
    parts(expr, &mut |part| look(program, waits, file, part, found));
}

fn swallowed(place: Place) -> Diagnostic {
    let message = "every error is caught here and nothing is done about it";
    Diagnostic::new(Code::SwallowedError, place, message).label("the error is lost")
}

fn is_empty(body: &Expr) -> bool {
    match &body.kind {
        ExprKind::Nothing => true,
        ExprKind::Block { statements, value } => statements.is_empty() && value.as_deref().is_none_or(is_empty),
        _ => false,
    }
}

/// Says whether anything in an expression leaves the body around it.
fn leaves(expr: &Expr) -> bool {
    let mut found = matches!(expr.kind, ExprKind::Return(_) | ExprKind::Fail { .. } | ExprKind::Rethrow(_));
    parts(expr, &mut |part| found = found || leaves(part));
    found
}

/// Says whether anything in the body of a loop ends that loop; a `break` of a loop inside does not.
fn breaks(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Break => true,
        ExprKind::While { .. } | ExprKind::For(_) => false,
        _ => {
            let mut found = false;
            parts(expr, &mut |part| found = found || breaks(part));
            found
        }
    }
}
