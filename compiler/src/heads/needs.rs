//! `needs`: what a task may touch, operand by operand.
//!
//! Secrets and connections are named as they are declared; all else stands in quotes.

use super::{Need, Scope, rule, words};
use bytecode::{Permission, PermissionKind};
use diagnostics::{Code, Diagnostic, Span};
use grammar::tree::{Name, NeedOperand, Needs, StringText};

/// The kinds.
const KINDS: &[&str] = &["net", "files", "exec", "secret", "connection", "channel", "agent"];

/// Adds the permissions of a clause; says whether all of it was understood.
pub(super) fn check(scope: &mut dyn Scope<'_>, clause: Span, written: &Needs, needs: &mut Vec<Need>) -> bool {
    let Some(kind) = words::one_of(scope, &written.kind, KINDS, "a kind of permission") else { return false };
    let kind = match kind {
        0 => PermissionKind::Net,
        1 => match files_mode(scope, written) {
            Some(kind) => kind,
            None => return false,
        },
        2 => PermissionKind::Exec,
        3 => PermissionKind::Secret,
        4 => PermissionKind::Connection,
        5 => PermissionKind::Channel,
        _ => {
            let message = "this version does not run a task with `needs agent` yet";
            scope.report(Diagnostic::new(Code::NotYet, clause.in_file(scope.file()), message));
            return false;
        }
    };
    let mut understood = true;
    for (at, operand) in written.operands.iter().enumerate() {
        let (target, span) = match (kind, operand) {
            (PermissionKind::Secret | PermissionKind::Connection, NeedOperand::Name(name))
                if scope.declares(kind, name) =>
            {
                (name.text.to_string(), name.span)
            }
            (PermissionKind::Secret | PermissionKind::Connection, NeedOperand::Name(name)) => {
                tell_not_declared(scope, kind, name);
                understood = false;
                continue;
            }
            (PermissionKind::Secret | PermissionKind::Connection, NeedOperand::Text(text)) => {
                tell_text(scope, &written.kind, text);
                understood = false;
                continue;
            }
            (_, NeedOperand::Text(text)) => match checked(scope, kind, text) {
                Some(target) => (target, text.span),
                None => {
                    understood = false;
                    continue;
                }
            },
            (_, NeedOperand::Name(name)) => {
                tell_name(scope, name, &written.kind);
                understood = false;
                continue;
            }
        };
        let permission = Permission { kind, target };
        needs.push(Need { permission, span, removal: removal(scope, clause, &written.operands, at) });
    }
    understood
}

/// Gives a target in quotes, or tells why it cannot be read.
fn checked(scope: &mut dyn Scope<'_>, kind: PermissionKind, text: &StringText) -> Option<String> {
    let Some((reason, help)) = malformed(kind, &text.text) else { return Some(text.text.clone()) };
    let span = rule::inside(scope, text);
    let diagnostic = Diagnostic::new(Code::MalformedPermission, span.in_file(scope.file()), reason);
    scope.report(diagnostic.help(help));
    None
}

fn files_mode(scope: &mut dyn Scope<'_>, written: &Needs) -> Option<PermissionKind> {
    let Some(mode) = &written.mode else {
        let place = written.kind.span.in_file(scope.file());
        let diagnostic =
            Diagnostic::new(Code::MalformedPermission, place, "`needs files` does not say what is done to the files");
        scope.report(diagnostic.help("write `needs files read \"…\"` or `needs files write \"…\"`"));
        return None;
    };
    let mode = words::one_of(scope, mode, &["read", "write"], "what is done to files")?;
    Some(if mode == 0 { PermissionKind::FilesRead } else { PermissionKind::FilesWrite })
}

fn tell_name(scope: &mut dyn Scope<'_>, name: &Name, kind: &Name) {
    let place = name.span.in_file(scope.file());
    let message = format!("`needs {}` takes texts in quotes, found the name `{}`", kind.text, name.text);
    let help = format!("write it out: `\"{}\"`", name.text);
    scope.report(Diagnostic::new(Code::MalformedPermission, place, message).help(help));
}

fn tell_not_declared(scope: &mut dyn Scope<'_>, kind: PermissionKind, name: &Name) {
    let (what, example) = if kind == PermissionKind::Connection {
        ("connection", format!("connection {}: http(base: \"https://…\")", name.text))
    } else {
        ("secret", format!("secret {}", name.text))
    };
    let message = format!("there is no {what} `{}`", name.text);
    let diagnostic = Diagnostic::new(Code::UnknownName, name.span.in_file(scope.file()), message);
    scope.report(diagnostic.help(format!("declare it at the top of a file: `{example}`")));
}

fn tell_text(scope: &mut dyn Scope<'_>, kind: &Name, text: &StringText) {
    let place = text.span.in_file(scope.file());
    let message = format!("`needs {0}` takes the names of {0}s, found a text in quotes", kind.text);
    let diagnostic = Diagnostic::new(Code::MalformedPermission, place, message);
    scope.report(diagnostic.help(format!("write the name alone: `needs {} {}`", kind.text, text.text)));
}

/// Gives why a target cannot be read, and what to do.
fn malformed(kind: PermissionKind, target: &str) -> Option<(String, String)> {
    if target.is_empty() {
        return Some(("an empty text permits nothing".to_owned(), "name what is touched".to_owned()));
    }
    match kind {
        PermissionKind::Net => malformed_host(target),
        PermissionKind::FilesRead | PermissionKind::FilesWrite => malformed_glob(target),
        PermissionKind::Exec => malformed_program(target),
        PermissionKind::Secret | PermissionKind::Connection | PermissionKind::Channel => None,
    }
}

fn malformed_host(target: &str) -> Option<(String, String)> {
    let without_scheme = target.split_once("://").map_or(target, |(_, rest)| rest);
    let host = without_scheme.split(['/', '?', '#']).next().unwrap_or(without_scheme);
    if host != target {
        let reason = format!("`{target}` is an address, and `needs net` names hosts");
        return Some((reason, format!("write `\"{host}\"`")));
    }
    let (name, port) = split_port(target);
    if let Some(port) = port
        && !port.parse::<u16>().is_ok_and(|port| port > 0)
    {
        let reason = format!("`{port}` is not a port, which is a number from 1 to 65535");
        return Some((reason, format!("write `\"{name}\"` for the usual ports, or `\"{name}:8080\"`")));
    }
    if name == "*" {
        let help = "name the hosts, `\"api.example.com\"`, or all below one, `\"*.example.com\"`; several by commas";
        return Some(("`needs net` names hosts, and `*` is none".to_owned(), help.to_owned()));
    }
    let plain = name.strip_prefix("*.").unwrap_or(name);
    let is_address = plain.starts_with('[') && plain.ends_with(']');
    let part =
        |part: &str| !part.is_empty() && part.chars().all(|each| each.is_alphanumeric() || each == '-' || each == '_');
    if is_address || plain.split('.').all(part) {
        return None;
    }
    let help = "write a host, `\"api.example.com\"`, with a port, `\"localhost:8080\"`, or all hosts below one, `\"*.example.com\"`";
    Some((format!("`{target}` is not the name of a host"), help.to_owned()))
}

/// Parts a host from its port; the colons of an address in brackets belong to it.
fn split_port(target: &str) -> (&str, Option<&str>) {
    match target.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => (name, Some(port)),
        _ => (target, None),
    }
}

fn malformed_glob(target: &str) -> Option<(String, String)> {
    let mut open: Vec<char> = Vec::new();
    let mut escaped = false;
    for each in target.chars() {
        match each {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '[' | '{' if open.last() != Some(&'[') => open.push(each),
            ']' if open.last() == Some(&'[') => {
                open.pop();
            }
            '}' if open.last() == Some(&'{') => {
                open.pop();
            }
            _ => {}
        }
    }
    let bracket = open.last()?;
    let reason = format!("the `{bracket}` of this pattern is never closed");
    Some((reason, format!("close it, or write `[{bracket}]` for the character itself")))
}

fn malformed_program(target: &str) -> Option<(String, String)> {
    if target.contains('/') {
        return None;
    }
    let program = target.split_whitespace().next().unwrap_or("");
    if program == target {
        return None;
    }
    let reason = "`needs exec` names a program, without arguments".to_owned();
    Some((reason, format!("write `\"{program}\"`")))
}

/// Finds what to take away so that operand `at` is gone: the line of the clause if it is its only one, else the operand
/// with its comma.
fn removal(scope: &dyn Scope<'_>, clause: Span, operands: &[NeedOperand], at: usize) -> Span {
    let span = |operand: &NeedOperand| match operand {
        NeedOperand::Text(StringText { span, .. }) => *span,
        NeedOperand::Name(name) => name.span,
    };
    if let Some(next) = operands.get(at + 1) {
        return Span::new(span(&operands[at]).start, span(next).start);
    }
    if let Some(before) = at.checked_sub(1) {
        return Span::new(span(&operands[before]).end, span(&operands[at]).end);
    }
    let before = scope.source().get(..clause.start as usize).unwrap_or("");
    let indented = before.trim_end_matches([' ', '\t']);
    match indented.strip_suffix('\n') {
        Some(line_above) => Span::new(line_above.len() as u32, clause.end),
        None => clause,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_names_with_a_port_or_a_star_before_them() {
        for right in ["example.com", "*.example.com", "localhost:8080", "127.0.0.1", "[::1]:80", "a_b-c.d"] {
            assert_eq!(malformed_host(right), None, "{right}");
        }
        for wrong in
            ["https://example.com/x", "example.com/", "exa mple", "a..b", "a.*.b", "host:0", "host:99999", "host:"]
        {
            assert!(malformed_host(wrong).is_some(), "{wrong}");
        }
        let (_, help) = malformed_host("https://example.com:8080/x").unwrap_or_default();
        assert_eq!(help, "write `\"example.com:8080\"`");
    }

    #[test]
    fn globs_close_their_brackets_and_programs_have_no_arguments() {
        assert_eq!(malformed_glob("data/[ab]{c,d}/**"), None);
        assert!(malformed_glob("data/[ab").is_some());
        assert!(malformed_glob("data/{a,b").is_some());
        assert_eq!(malformed_program("tar"), None);
        assert_eq!(malformed_program("/opt/my tools/run"), None);
        assert!(malformed_program("tar -czf").is_some());
    }
}
