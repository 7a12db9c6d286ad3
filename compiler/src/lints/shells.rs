//! Programs for a shell that are put together of values: a value can end the quotation that it stands in.

use crate::constant::evaluate;
use crate::ir::{Body, Expr, ExprKind, Program};
use crate::walk::parts;
use diagnostics::{Code, Diagnostic, FileId};

/// What runs a program.
const RUN: &str = "exec.run";

/// Programs that take a program as text, by the last part of their path.
const SHELLS: &[&str] = &[
    "sh",
    "bash",
    "zsh",
    "dash",
    "ksh",
    "fish",
    "cmd",
    "cmd.exe",
    "powershell",
    "powershell.exe",
    "pwsh",
    "python",
    "python3",
    "perl",
    "ruby",
    "node",
    "psql",
    "sqlite3",
];

/// What stands before such a text.
const BEFORE: &[&str] = &["-c", "-lc", "-ec", "-e", "/c", "/C", "-Command", "-command", "--command"];

/// Looks at a body, and at the lambdas in it.
pub(super) fn check(program: &Program, body: &Body, found: &mut Vec<Diagnostic>) {
    look(program, body.file, &body.value, found);
}

fn look(program: &Program, file: FileId, expr: &Expr, found: &mut Vec<Diagnostic>) {
    match &expr.kind {
        ExprKind::Call { function, arguments, .. } if program.functions[function.0 as usize].name == RUN => {
            found.extend(text_of_values(program, arguments).map(|text| {
                let message = "this program text is made of values, and a value can become a part of the program";
                Diagnostic::new(Code::ShellText, text.span.in_file(file), message)
                    .label("the shell reads what the values say")
                    .help("give the values as arguments: `[\"-c\", \"tar -czf \\\"$1\\\" data\", \"sh\", name]`")
            }));
        }
        ExprKind::Lambda { body, .. } => check(program, body, found),
        _ => {}
    }
    parts(expr, &mut |part| look(program, file, part, found));
}

/// Finds the text that a shell is given and that is not known while compiling.
fn text_of_values<'p>(program: &Program, arguments: &'p [Expr]) -> Option<&'p Expr> {
    let [shell, list, ..] = arguments else { return None };
    let shell = evaluate(program, shell)?;
    let shell = shell.as_text()?.rsplit(['/', '\\']).next()?;
    let ExprKind::List(items) = &list.kind else { return None };
    let before = items.iter().position(|item| {
        evaluate(program, item).is_some_and(|word| word.as_text().is_some_and(|word| BEFORE.contains(&word)))
    })?;
    let text = items.get(before + 1)?;
    (SHELLS.contains(&shell) && evaluate(program, text).is_none()).then_some(text)
}
