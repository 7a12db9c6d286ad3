//! Permissions in words.

use super::Use;
use crate::heads::{Head, Need};
use crate::ir::Task;
use bytecode::PermissionKind;
use diagnostics::{Code, Diagnostic, Edit, Fix, Place};

/// Tells that a task does something that its head does not permit.
pub(super) fn missing(task: &Task, head: &Head, used: &Use, way: &[(String, String, Place)]) -> Diagnostic {
    let verb = verb(used.kind);
    let suggestion = used.target.suggestion();
    let what = match &suggestion {
        Some(named) => format!("`{named}`"),
        None => format!("{} that only the run knows", noun(used.kind)),
    };
    let message = match used.kind {
        PermissionKind::Secret => {
            format!("the secret `{}` is used, and the head of `{}` does not permit it", used.operation, task.name)
        }
        PermissionKind::Net
        | PermissionKind::FilesRead
        | PermissionKind::FilesWrite
        | PermissionKind::Exec
        | PermissionKind::Connection
        | PermissionKind::Channel => {
            format!("`{}` {verb} {what}, and the head of `{}` does not permit it", used.operation, task.name)
        }
    };
    let mut diagnostic = Diagnostic::new(Code::MissingPermission, used.call, message);
    diagnostic = if used.call == used.place {
        diagnostic.label(format!("{verb} {what}"))
    } else {
        let mut diagnostic = diagnostic.label(format!("this call {verb} {what}"));
        for (caller, callee, place) in way {
            diagnostic = diagnostic.also(*place, format!("`{caller}` calls `{callee}`"));
        }
        diagnostic.also(used.place, "it is done here")
    };
    let words = used.kind.words();
    let Some(named) = suggestion else {
        return diagnostic.help(format!("add a clause that names what may be touched: `needs {words} \"…\"`"));
    };
    if let Some(help) = shell_words(used.kind, &named) {
        return diagnostic.help(help);
    }
    let clause = format!("needs {words} {}", operand(used.kind, &named));
    let place = head.next_need.span.in_file(head.file);
    let text = format!("\n    {clause}{}", head.next_need.after);
    diagnostic.help(format!("add `{clause}` to the head")).fix(Fix {
        title: format!("add `{clause}`"),
        // What a task may touch is decided by a person.
        safe: false,
        edits: vec![Edit { place, text }],
    })
}

/// Gives what to do where the name of a program is a whole line for a shell.
fn shell_words(kind: PermissionKind, named: &str) -> Option<String> {
    let is_line = named.contains([' ', '|', '>', '<', ';', '&', '$', '*']) && !named.starts_with('/');
    if kind != PermissionKind::Exec || !is_line {
        return None;
    }
    if named.contains(['|', '>', '<', ';', '&', '$', '*']) {
        let help = "no shell reads what is run: run each program by itself and give its output on, \
                    `exec.run(\"grep\", [\"x\"], input: listed.stdout)`; or run a shell, `exec.run(\"sh\", [\"-c\", …])`";
        return Some(help.to_owned());
    }
    let mut words = named.split_whitespace();
    let program = words.next().unwrap_or(named);
    let arguments: Vec<String> = words.map(|word| format!("\"{}\"", escaped(word))).collect();
    Some(format!(
        "no shell reads what is run: the arguments stand in a list, `exec.run(\"{program}\", [{}])`",
        arguments.join(", ")
    ))
}

/// Tells that nothing uses a permission.
pub(super) fn unused(head: &Head, need: &Need) -> Diagnostic {
    let permission = &need.permission;
    let clause = format!("{} {}", permission.kind.words(), operand(permission.kind, &permission.target));
    let message = format!("nothing in the task uses the permission `{clause}`");
    Diagnostic::new(Code::UnusedPermission, need.span.in_file(head.file), message)
        .label("never used")
        .help("remove it, so that the task can do what it has to and no more")
        .fix(Fix {
            title: "remove the permission".to_owned(),
            safe: false,
            edits: vec![Edit { place: need.removal.in_file(head.file), text: String::new() }],
        })
}

/// Tells that a permission is wider than what uses it.
pub(super) fn wide(head: &Head, need: &Need, enough: &[String]) -> Diagnostic {
    let permission = &need.permission;
    let kind = permission.kind;
    let clause = format!("{} {}", kind.words(), operand(kind, &permission.target));
    let enough: Vec<String> = enough.iter().map(|target| operand(kind, target)).collect();
    let enough = enough.join(", ");
    let message = format!("the permission `{clause}` is wider than needed: {enough} is all that is used");
    Diagnostic::new(Code::WidePermission, need.span.in_file(head.file), message)
        .label("wider than needed")
        .help(format!("write `needs {} {enough}`", kind.words()))
        .fix(Fix {
            title: format!("write {enough}"),
            // Somebody may have meant what is not written yet.
            safe: false,
            edits: vec![Edit { place: need.span.in_file(head.file), text: enough.clone() }],
        })
}

fn verb(kind: PermissionKind) -> &'static str {
    match kind {
        PermissionKind::Net => "talks to",
        PermissionKind::FilesRead => "reads",
        PermissionKind::FilesWrite => "writes",
        PermissionKind::Exec => "runs",
        PermissionKind::Secret | PermissionKind::Connection => "uses",
        PermissionKind::Channel => "writes to",
    }
}

fn noun(kind: PermissionKind) -> &'static str {
    match kind {
        PermissionKind::Net => "a host",
        PermissionKind::FilesRead | PermissionKind::FilesWrite => "a path",
        PermissionKind::Exec => "a program",
        PermissionKind::Secret => "a secret",
        PermissionKind::Connection => "a connection",
        PermissionKind::Channel => "a channel",
    }
}

/// Gives a target as a clause names it: what is declared by its name, all else in quotes.
fn operand(kind: PermissionKind, target: &str) -> String {
    match kind {
        PermissionKind::Secret | PermissionKind::Connection => target.to_owned(),
        PermissionKind::Net
        | PermissionKind::FilesRead
        | PermissionKind::FilesWrite
        | PermissionKind::Exec
        | PermissionKind::Channel => format!("\"{}\"", escaped(target)),
    }
}

fn escaped(target: &str) -> String {
    target.replace('\\', "\\\\").replace('"', "\\\"").replace('{', "\\{")
}
