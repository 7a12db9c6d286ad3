//! `for`, `while`, `break`, `continue` and `wait`.

use super::{
    Checker, Definition,
    local::Origin,
    report::{Because, Want},
};
use crate::ir::{Expr, ExprKind, For, Over, Type, TypeKind};
use diagnostics::{Code, Diagnostic, Span};
use grammar::tree::{self, BinaryOperator as Op, ExprKind as Tree, ForBody};

impl<'t> Checker<'t> {
    /// Checks `for`.
    pub(super) fn for_(&mut self, for_: &'t tree::For, span: Span, want: Want) -> Expr {
        if let Some(parallel) = &for_.parallel {
            self.not_yet(parallel.span, "`for … parallel`");
        }
        let scope = self.open_scope();
        let state = self.mark_narrowing();
        let over = self.over(for_);
        self.forget_variables();
        self.body.loops += 1;
        let (body, yields) = match &for_.body {
            ForBody::Block(block) => (self.block(block, Want::Dropped), false),
            ForBody::Yield(body) => {
                let item = match self.wanted_base(want).map(|type_| self.kind(type_)) {
                    Some(TypeKind::List(item)) => {
                        let item = *item;
                        let because = match want {
                            Want::Type(_, because) => because,
                            Want::Any | Want::Dropped => Because::Nothing,
                        };
                        Want::Type(item, because)
                    }
                    _ => Want::Any,
                };
                let value = self.body_of(body, item);
                (self.yielded(value, item), true)
            }
        };
        self.body.loops -= 1;
        self.forget_narrowing(state);
        self.close_scope(scope);
        let type_ = match (yields, body.type_) {
            (false, _) => Type::NOTHING,
            (true, Type::ERROR) => Type::ERROR,
            (true, item) => self.list_of(item),
        };
        let Some(over) = over else { return self.error(span) };
        self.make(ExprKind::For(Box::new(For { over, body, yields })), type_, span)
    }

    fn yielded(&mut self, value: Expr, item: Want) -> Expr {
        let value = match item {
            Want::Type(type_, because) if !self.has_hole(type_) => self.convert(value, type_, because),
            Want::Type(..) | Want::Any | Want::Dropped => self.expect_value(value),
        };
        self.settled(value)
    }

    fn over(&mut self, for_: &'t tree::For) -> Option<Over> {
        if let Some(type_) = &for_.type_ {
            self.not_yet(type_.span, "typed rows of a stream");
        }
        if let Tree::Binary { operator: range @ (Op::Range | Op::RangeInclusive), left, right, .. } = &*for_.items.kind
        {
            let because = Because::Nothing;
            let from = self.check_expr(left, Want::Type(Type::INT, because));
            let to = self.check_expr(right, Want::Type(Type::INT, because));
            let item = self.loop_names(for_, &[Type::INT]).pop()?;
            return Some(Over::Range { from, to, inclusive: *range == Op::RangeInclusive, item });
        }
        let items = self.check_expr(&for_.items, Want::Any);
        let items = self.settled(items);
        let items = match self.parts(for_, items) {
            Ok(parts) => return parts,
            Err(items) => items,
        };
        match self.kind(self.base(items.type_)).clone() {
            TypeKind::List(item) | TypeKind::Set(item) => {
                let list = self.as_base(items);
                let item = self.loop_names(for_, &[item]).pop()?;
                Some(Over::Items { list, item })
            }
            TypeKind::Map(key, value) => {
                let map = self.as_base(items);
                let mut names = self.loop_names(for_, &[key, value]);
                let value = names.pop()?;
                let key = names.pop()?;
                Some(Over::Entries { map, key, value })
            }
            kind => {
                if kind != TypeKind::Error {
                    let name = self.name(items.type_);
                    let message = format!("`for` walks a list, a map, a set or a range, found `{name}`");
                    let mut diagnostic = Diagnostic::new(Code::NotIterable, self.place(for_.items.span), message);
                    diagnostic = match kind {
                        TypeKind::Int => diagnostic.help("count with a range: `0..n`"),
                        TypeKind::String => {
                            diagnostic.help("walk its characters with `.chars()`, its lines with `.lines()`")
                        }
                        TypeKind::Optional(_) => diagnostic.help("say what stands for `none`: `?? []`"),
                        TypeKind::Json => diagnostic.help("read it first: `let items: list<json> = body.decode()`"),
                        _ => diagnostic,
                    };
                    self.report(diagnostic);
                }
                let types = vec![Type::ERROR; for_.names.len()];
                for (name, type_) in for_.names.iter().zip(types) {
                    let local = self.declare_local(name, type_, Origin::Let);
                    self.body.facts[local.0 as usize].used = true;
                }
                None
            }
        }
    }

    /// Walks `files.lines(path)` part by part; gives anything else back.
    fn parts(&mut self, for_: &'t tree::For, items: Expr) -> Result<Option<Over>, Expr> {
        let ExprKind::Call { function, arguments, .. } = &items.kind else { return Err(items) };
        let function = *function;
        let declared = &self.program.functions[function.0 as usize];
        let ([path, from], "files.lines") = (arguments.as_slice(), declared.name.as_str()) else { return Err(items) };
        let (path, from, span) = (path.clone(), from.clone(), items.span);
        let path_local = self.hidden_local(path.type_, span);
        let from_local = self.hidden_local(Type::INT, span);
        let arguments = vec![
            self.make(ExprKind::Local(path_local), path.type_, span),
            self.make(ExprKind::Local(from_local), Type::INT, span),
        ];
        let kind = ExprKind::Call { function, type_arguments: Vec::new(), arguments };
        let part = self.make(kind, items.type_, span);
        let type_ = Type::STRING;
        let Some(item) = self.loop_names(for_, &[type_]).pop() else { return Ok(None) };
        Ok(Some(Over::Parts { path: (path, path_local), from: (from, from_local), part, type_, item }))
    }

    fn as_base(&mut self, value: Expr) -> Expr {
        let base = self.base(value.type_);
        self.convert_quietly(value, base)
    }

    fn loop_names(&mut self, for_: &'t tree::For, types: &[Type]) -> Vec<crate::ir::LocalId> {
        if for_.names.len() != types.len() {
            let span = for_.names.iter().map(|name| name.span).reduce(Span::to).unwrap_or(for_.items.span);
            let message = match types.len() {
                1 => "one name is expected here: what is walked has no keys".to_owned(),
                _ => "two names are expected here: `for key, value in …`".to_owned(),
            };
            self.report(Diagnostic::new(Code::NotIterable, self.place(span), message));
        }
        let mut locals = Vec::with_capacity(types.len());
        for (at, type_) in types.iter().enumerate() {
            locals.push(match for_.names.get(at) {
                Some(name) => self.declare_local(name, *type_, Origin::Let),
                None => self.hidden_local(*type_, for_.items.span),
            });
        }
        for name in for_.names.iter().skip(types.len()) {
            let local = self.declare_local(name, Type::ERROR, Origin::Let);
            self.body.facts[local.0 as usize].used = true;
        }
        locals
    }

    /// Checks `while`.
    pub(super) fn while_(&mut self, condition: &'t tree::Expr, body: &'t tree::Block, span: Span) -> Expr {
        let scope = self.open_scope();
        let state = self.mark_narrowing();
        self.forget_variables();
        let condition = self.condition(condition);
        self.assume(&condition, true);
        self.body.loops += 1;
        let body = self.block(body, Want::Dropped);
        self.body.loops -= 1;
        self.forget_narrowing(state);
        self.close_scope(scope);
        let (condition, body) = (Box::new(condition), Box::new(body));
        self.make(ExprKind::While { condition, body }, Type::NOTHING, span)
    }

    /// Checks `break` and `continue`.
    pub(super) fn leave_loop(&mut self, kind: ExprKind, word: &str, span: Span) -> Expr {
        if self.body.loops == 0 {
            let message = format!("`{word}` stands outside of a loop");
            self.report(Diagnostic::new(Code::OutsideLoop, self.place(span), message));
        }
        self.make(kind, Type::NEVER, span)
    }

    /// Checks `wait 10m`: a call of `timer.sleep`.
    pub(super) fn wait(&mut self, duration: &'t tree::Expr, span: Span) -> Expr {
        let duration = self.check_expr(duration, Want::Type(Type::DURATION, Because::Nothing));
        self.expect_pure(false, "wait", span);
        let module = self.module_ids.get("timer").map(|unit| &self.modules[*unit as usize]);
        match module.and_then(|module| module.names.get("sleep")).map(|known| known.0) {
            Some(Definition::Function(function)) => {
                let kind = ExprKind::Call { function, type_arguments: Vec::new(), arguments: vec![duration] };
                self.make(kind, Type::NOTHING, span)
            }
            Some(_) | None => {
                self.not_yet(span, "`wait` without its library");
                self.error(span)
            }
        }
    }
}
