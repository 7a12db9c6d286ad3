//! The locals of a body: declaring, finding, capturing, and the end of their scope.

use super::{Checker, body::LocalFacts};
use crate::index::Target;
use crate::ir::{ExprKind, Local, LocalId, Type};
use diagnostics::{Code, Diagnostic, Span};
use grammar::tree;
use smol_str::SmolStr;

/// How a local came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// `let`, and everything that binds: patterns, `for`, `catch … as`.
    Let,
    /// `var`.
    Var,
    /// A parameter.
    Parameter,
    /// Made by the checker, or taken into a lambda.
    Implied,
}

/// The state of the scopes to come back to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ScopeMark(usize);

impl Checker<'_> {
    /// Begins a scope.
    pub(super) fn open_scope(&mut self) -> ScopeMark {
        ScopeMark(self.body.scope_log.len())
    }

    /// Ends a scope: its names mean again what they meant before.
    pub(super) fn close_scope(&mut self, mark: ScopeMark) {
        while self.body.scope_log.len() > mark.0 {
            if let Some((name, before)) = self.body.scope_log.pop() {
                match before {
                    Some(local) => self.body.names.insert(name, local),
                    None => self.body.names.remove(&name),
                };
            }
        }
    }

    /// Makes a local without a name.
    pub(super) fn hidden_local(&mut self, type_: Type, span: Span) -> LocalId {
        self.push_local(SmolStr::default(), type_, span, Origin::Implied)
    }

    /// Declares a local and brings its name into scope; a name that is taken is told.
    pub(super) fn declare_local(&mut self, name: &tree::Name, type_: Type, origin: Origin) -> LocalId {
        let id = self.push_local(name.text.clone(), type_, name.span, origin);
        if name.text != "_" {
            self.tell_shadowing(name);
            self.bring_into_scope(name.text.clone(), id);
            if self.muted == 0 && !self.current().library {
                self.index.add(self.place(name.span), Target::Local(name.span, type_));
            }
        }
        id
    }

    /// Makes a local whose name is not in scope yet.
    pub(super) fn push_local(&mut self, name: SmolStr, type_: Type, span: Span, origin: Origin) -> LocalId {
        let id = LocalId(self.body.locals.len() as u32);
        let span = self.override_span.unwrap_or(span);
        self.body.locals.push(Local { name: name.to_string(), type_, span });
        self.body.facts.push(LocalFacts { origin, used: false, captured: None });
        id
    }

    /// Makes a name mean a local.
    pub(super) fn bring_into_scope(&mut self, name: SmolStr, id: LocalId) {
        let before = self.body.names.insert(name.clone(), id);
        self.body.scope_log.push((name, before));
    }

    fn tell_shadowing(&mut self, name: &tree::Name) {
        let known = self.body.names.get(&name.text).map(|local| self.body.locals[local.0 as usize].span);
        let known = known.or_else(|| {
            self.outer.iter().rev().find_map(|body| {
                let local = body.names.get(&name.text)?;
                Some(body.locals[local.0 as usize].span)
            })
        });
        if let Some(first) = known {
            let message = format!("`{}` is the name of another variable here", name.text);
            let first = self.place(first);
            let diagnostic = Diagnostic::new(Code::Shadowing, self.place(name.span), message);
            self.report(diagnostic.also(first, "declared here").help("give it another name"));
        }
    }

    /// Finds a local by its name; one of an enclosing body is taken into the lambda.
    pub(super) fn find_local(&mut self, name: &str) -> Option<LocalId> {
        if let Some(local) = self.body.names.get(name) {
            return Some(*local);
        }
        let level = self.outer.iter().rposition(|body| body.names.contains_key(name))?;
        let mut source = *self.outer[level].names.get(name)?;
        for at in level..self.outer.len() {
            let is_last = at + 1 == self.outer.len();
            let local = self.outer[at].locals[source.0 as usize].clone();
            let narrowed = self.outer[at].narrowed_fields(source);
            self.outer[at].facts[source.0 as usize].used = true;
            let inner = if is_last { &mut self.body } else { &mut self.outer[at + 1] };
            source = inner.take_captured(SmolStr::new(name), local, source, narrowed);
        }
        Some(source)
    }

    /// Gives a local as an expression, and notes its use.
    pub(super) fn use_local(&mut self, local: LocalId, span: Span) -> crate::ir::Expr {
        self.body.facts[local.0 as usize].used = true;
        let declared = &self.body.locals[local.0 as usize];
        let (type_, declared_at) = (declared.type_, declared.span);
        if self.muted == 0 && !self.current().library {
            self.index.add(self.place(span), Target::Local(declared_at, type_));
        }
        self.make(ExprKind::Local(local), type_, span)
    }
}
