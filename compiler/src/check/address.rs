//! Interpolated literals where a `Url` or a `Path` is expected: values go in so that they stay one part of it.
//!
//! In a `Url` everything before its path is taken as it is, and each value behind is percent-encoded. In a `Path` a value
//! with `..` is refused, so that it cannot lead out of the folder that the literal names.

use super::{Checker, Definition};
use crate::constant::{Constant, evaluate};
use crate::ir::{Expr, ExprKind, FunctionId, RefinedId, Type, TypeKind};
use smol_str::SmolStr;

impl Checker<'_> {
    /// Gives an interpolated text as it is built for a refined type.
    pub(super) fn built(&mut self, value: Expr, id: RefinedId) -> Expr {
        let Expr { kind, type_, span } = value;
        let ExprKind::Text(parts) = kind else { return Expr { kind, type_, span } };
        let parts = if self.narrows(id, "Url") {
            self.url_parts(parts)
        } else if self.narrows(id, "Path") {
            self.path_parts(parts)
        } else {
            parts
        };
        Expr { kind: ExprKind::Text(parts), type_, span }
    }

    /// Says whether a refined type is one of the prelude, or narrows it further.
    fn narrows(&self, id: RefinedId, name: &str) -> bool {
        let Some(Definition::Refined(wanted)) = self.prelude.get(name).copied() else { return false };
        let mut at = id;
        for _ in 0..64 {
            if at == wanted {
                return true;
            }
            match self.kind(self.program.refined[at.0 as usize].base) {
                TypeKind::Refined(base) => at = *base,
                _ => return false,
            }
        }
        false
    }

    fn url_parts(&mut self, parts: Vec<Expr>) -> Vec<Expr> {
        let Some(encode) = self.library_function("url", "encode") else { return parts };
        // What stands before the path; `None` once that has begun.
        let mut before = Some(String::new());
        let mut made = Vec::with_capacity(parts.len());
        for part in parts {
            let is_literal = matches!(part.kind, ExprKind::String(_));
            let Some(mut text) = before.take() else {
                made.push(if is_literal { part } else { self.passed_through(encode, part) });
                continue;
            };
            match evaluate(&self.program, &part) {
                Some(Constant::String(known)) => text.push_str(&known),
                // A value that only the run knows is a host, or a base with nothing behind it yet.
                Some(_) | None => text.push(UNKNOWN),
            }
            before = (!path_has_begun(&text)).then_some(text);
            made.push(part);
        }
        made
    }

    fn path_parts(&mut self, parts: Vec<Expr>) -> Vec<Expr> {
        let Some(within) = self.library_function("path", "part") else { return parts };
        let checked = parts.into_iter().map(|part| match &part.kind {
            ExprKind::String(_) => part,
            _ => self.passed_through(within, part),
        });
        checked.collect()
    }

    /// Gives the text of a value passed through a function of the library.
    fn passed_through(&self, function: FunctionId, part: Expr) -> Expr {
        let span = part.span;
        let text = if part.type_ == Type::STRING {
            part
        } else {
            Expr { kind: ExprKind::Text(vec![part]), type_: Type::STRING, span }
        };
        let kind = ExprKind::Call { function, type_arguments: Vec::new(), arguments: vec![text] };
        Expr { kind, type_: Type::STRING, span }
    }

    /// Finds a function of the library by its module and name.
    pub(super) fn library_function(&self, module: &str, name: &str) -> Option<FunctionId> {
        let unit = *self.module_ids.get(module)?;
        let known = self.modules[unit as usize].names.get(&SmolStr::new(name))?;
        match known.0 {
            Definition::Function(id) if self.units[unit as usize].library => Some(id),
            _ => None,
        }
    }
}

/// Stands for a part of an address that only the run knows.
const UNKNOWN: char = '\0';

/// Says whether an address has come to its path, query or fragment.
fn path_has_begun(text: &str) -> bool {
    let behind = match text.split_once("://") {
        Some((_, authority)) => authority,
        None if text.starts_with(UNKNOWN) => text,
        None => return false,
    };
    behind.contains(['/', '?', '#'])
}

#[cfg(test)]
mod tests {
    use super::path_has_begun;

    #[test]
    fn a_path_begins_behind_the_host() {
        for begun in ["https://example.com/", "https://example.com?q=", "\0/orders/", "https://\0:80/"] {
            assert!(path_has_begun(begun), "{begun}");
        }
        for before in ["", "https://", "https://example.com", "https://\0", "\0"] {
            assert!(!path_has_begun(before), "{before}");
        }
    }
}
