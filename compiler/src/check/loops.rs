//! `for`, `while`, `break` and `continue`.

use super::{
    Checker,
    local::Origin,
    report::{Because, Want},
};
use crate::ir::{Expr, ExprKind, For, LocalId, Over, Statement, Type, TypeKind};
use diagnostics::{Code, Diagnostic, Span};
use grammar::tree::{self, BinaryOperator as Op, ExprKind as Tree, ForBody};

/// What a loop walks, before its items have names.
pub(super) enum Walked {
    /// Ints.
    Range { from: Expr, to: Expr, inclusive: bool },
    /// The items of a list or set, with their type.
    Items { list: Expr, item: Type },
    /// The entries of a map, with their types.
    Entries { map: Expr, key: Type, value: Type },
    /// The items of a stream, part by part.
    Parts { path: (Expr, LocalId), from: (Expr, LocalId), part: Expr, item: Type },
}

impl Walked {
    /// Gives the types of the names of its loop.
    pub(super) fn types(&self) -> Vec<Type> {
        match self {
            Walked::Range { .. } => vec![Type::INT],
            Walked::Items { item, .. } | Walked::Parts { item, .. } => vec![*item],
            Walked::Entries { key, value, .. } => vec![*key, *value],
        }
    }
}

impl<'t> Checker<'t> {
    /// Checks `for`.
    pub(super) fn for_(&mut self, for_: &'t tree::For, span: Span, want: Want) -> Expr {
        if let Some(width) = &for_.parallel {
            return self.for_parallel(for_, width, span, want);
        }
        let scope = self.open_scope();
        let state = self.mark_narrowing();
        let (over, row) = self.over(for_);
        self.forget_changing(|assigned| match &for_.body {
            ForBody::Block(block) => assigned.block(block),
            ForBody::Yield(body) => assigned.body(body),
        });
        self.body.loops += 1;
        let (body, yields) = match &for_.body {
            ForBody::Block(block) => (self.block(block, Want::Dropped), false),
            ForBody::Yield(body) => {
                let item = self.wanted_item(for_, want);
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
        let body = self.with_row(row, body);
        self.make(ExprKind::For(Box::new(For { over, body, yields })), type_, span)
    }

    /// Gives what is wanted of the items that a loop yields.
    pub(super) fn wanted_item(&self, for_: &'t tree::For, want: Want) -> Want {
        let wanted = self.wanted_base(want).map(|type_| self.kind(type_));
        match (&for_.body, wanted, want) {
            (ForBody::Yield(_), Some(TypeKind::List(item)), Want::Type(_, because)) => Want::Type(*item, because),
            (ForBody::Yield(_) | ForBody::Block(_), _, _) => Want::Any,
        }
    }

    /// Checks the value of a `yield` against what is wanted.
    pub(super) fn yielded(&mut self, value: Expr, item: Want) -> Expr {
        let value = match item {
            Want::Type(type_, because) if !self.has_hole(type_) => self.convert(value, type_, because),
            Want::Type(..) | Want::Any | Want::Dropped => self.expect_value(value),
        };
        self.settled(value)
    }

    fn over(&mut self, for_: &'t tree::For) -> (Option<Over>, Option<Statement>) {
        let Some(walked) = self.walked(for_) else {
            self.unknown_names(for_);
            return (None, None);
        };
        let (names, row) = self.loop_names(for_, &walked.types());
        let over = match (walked, names.as_slice()) {
            (Walked::Range { from, to, inclusive }, [item]) => Over::Range { from, to, inclusive, item: *item },
            (Walked::Items { list, .. }, [item]) => Over::Items { list, item: *item },
            (Walked::Entries { map, .. }, [key, value]) => Over::Entries { map, key: *key, value: *value },
            (Walked::Parts { path, from, part, item: type_ }, [item]) => {
                Over::Parts { path, from, part, type_, item: *item }
            }
            (_, _) => return (None, row),
        };
        (Some(over), row)
    }

    /// Checks what a loop walks; `None` where something was told about it.
    pub(super) fn walked(&mut self, for_: &'t tree::For) -> Option<Walked> {
        if let Tree::Binary { operator: range @ (Op::Range | Op::RangeInclusive), left, right, .. } = &*for_.items.kind
        {
            let from = self.check_expr(left, Want::Any);
            if !matches!(self.base(from.type_), Type::INT | Type::ERROR | Type::NEVER) {
                let message = format!("a `for` counts through ints, and this range is of `{}`", self.name(from.type_));
                let diagnostic = Diagnostic::new(Code::Mismatch, self.place(for_.items.span), message);
                self.report(match self.base(from.type_) {
                    Type::DATE => {
                        diagnostic.help("count days: `for n in 0..first.until(last)`, then `first.plus(days: n)`")
                    }
                    _ => diagnostic.help("count with ints, and make of each what is meant"),
                });
                self.check_expr(right, Want::Any);
                return None;
            }
            let from = self.convert(from, Type::INT, Because::Nothing);
            let to = self.check_expr(right, Want::Type(Type::INT, Because::Nothing));
            return Some(Walked::Range { from, to, inclusive: *range == Op::RangeInclusive });
        }
        let items = self.check_expr(&for_.items, Want::Any);
        let items = self.settled(items);
        let items = match self.parts(items) {
            Ok(parts) => return Some(parts),
            Err(items) => items,
        };
        match self.kind(self.base(items.type_)).clone() {
            TypeKind::List(item) | TypeKind::Set(item) => {
                let list = self.as_base(items);
                Some(Walked::Items { list, item })
            }
            TypeKind::Map(key, value) => {
                let map = self.as_base(items);
                Some(Walked::Entries { map, key, value })
            }
            TypeKind::Error => None,
            kind => {
                self.not_iterable(&items, &kind, for_.items.span);
                None
            }
        }
    }

    fn not_iterable(&mut self, items: &Expr, kind: &TypeKind, span: Span) {
        let name = self.name(items.type_);
        let message = format!("`for` walks a list, a map, a set or a range, found `{name}`");
        let mut diagnostic = Diagnostic::new(Code::NotIterable, self.place(span), message);
        diagnostic = match kind {
            TypeKind::Int => diagnostic.help("count with a range: `0..n`"),
            TypeKind::String => diagnostic.help("walk its characters with `.chars()`, its lines with `.lines()`"),
            TypeKind::Optional(_) => diagnostic.help("say what stands for `none`: `?? []`"),
            TypeKind::Json => diagnostic.help("read it first: `let items: list<json> = body.decode()`"),
            _ => diagnostic,
        };
        self.report(diagnostic);
    }

    /// Declares the names of a loop over something that is not known.
    pub(super) fn unknown_names(&mut self, for_: &'t tree::For) {
        for name in &for_.names {
            let local = self.declare_local(name, Type::ERROR, Origin::Let);
            self.body.facts[local.0 as usize].used = true;
        }
    }

    /// Says whether a type is a list.
    pub(super) fn is_list(&self, type_: Type) -> bool {
        matches!(self.kind(self.base(type_)), TypeKind::List(_))
    }

    /// Walks `files.lines(path)` part by part; gives anything else back.
    fn parts(&mut self, items: Expr) -> Result<Walked, Expr> {
        // Arguments that are written in another order are evaluated before the call.
        let (before, call) = match &items.kind {
            ExprKind::Block { statements, value: Some(call) } => (statements.clone(), &**call),
            _ => (Vec::new(), &items),
        };
        let ExprKind::Call { function, arguments, .. } = &call.kind else { return Err(items) };
        let function = *function;
        let declared = &self.program.functions[function.0 as usize];
        let ([path, from], "files.lines") = (arguments.as_slice(), declared.name.as_str()) else { return Err(items) };
        let (mut path, from, span) = (path.clone(), from.clone(), items.span);
        if !before.is_empty() {
            let type_ = path.type_;
            path = self.make(ExprKind::Block { statements: before, value: Some(Box::new(path)) }, type_, span);
        }
        let path_local = self.hidden_local(path.type_, span);
        let from_local = self.hidden_local(Type::INT, span);
        let arguments = vec![
            self.make(ExprKind::Local(path_local), path.type_, span),
            self.make(ExprKind::Local(from_local), Type::INT, span),
        ];
        let kind = ExprKind::Call { function, type_arguments: Vec::new(), arguments };
        let part = self.make(kind, items.type_, span);
        Ok(Walked::Parts { path: (path, path_local), from: (from, from_local), part, item: Type::STRING })
    }

    fn as_base(&mut self, value: Expr) -> Expr {
        let base = self.base(value.type_);
        self.convert_quietly(value, base)
    }

    /// Declares the names of a loop over items of some types. A name with a type of its own is declared by the statement
    /// that is given too, which reads it from the item.
    pub(super) fn loop_names(&mut self, for_: &'t tree::For, types: &[Type]) -> (Vec<LocalId>, Option<Statement>) {
        if for_.names.len() != types.len() {
            let span = for_.names.iter().map(|name| name.span).reduce(Span::to).unwrap_or(for_.items.span);
            let place = self.place(span);
            self.report(if types.len() == 1 {
                let message = "one name is expected here: what is walked has no keys";
                Diagnostic::new(Code::NotIterable, place, message).help(self.counted(&for_.items, "items"))
            } else {
                Diagnostic::new(Code::NotIterable, place, "two names are expected here: `for key, value in …`")
            });
        }
        if let (Some(written), [name], [item]) = (&for_.type_, for_.names.as_slice(), types) {
            return self.typed_row(written, name, *item);
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
        (locals, None)
    }

    /// `for row: Sale in …`: json is read as the type, anything else must be of it.
    fn typed_row(
        &mut self,
        written: &'t tree::TypeExpr,
        name: &'t tree::Name,
        item: Type,
    ) -> (Vec<LocalId>, Option<Statement>) {
        let type_ = self.resolve(written);
        let raw = self.hidden_local(item, name.span);
        let given = self.make(ExprKind::Local(raw), item, name.span);
        let value = if item == Type::JSON && type_ != Type::JSON {
            self.decode(given, written.span, Want::Type(type_, Because::Nothing))
        } else {
            let because = Because::Declared(self.place(written.span));
            self.convert(given, type_, because)
        };
        let local = self.declare_local(name, type_, Origin::Let);
        (vec![raw], Some(Statement::Let { local, value }))
    }

    /// Puts the statement that declares a typed name before a body.
    pub(super) fn with_row(&self, row: Option<Statement>, body: Expr) -> Expr {
        let Some(row) = row else { return body };
        let (type_, span) = (body.type_, body.span);
        Expr { kind: ExprKind::Block { statements: vec![row], value: Some(Box::new(body)) }, type_, span }
    }

    /// Checks `while`.
    pub(super) fn while_(&mut self, condition: &'t tree::Expr, body: &'t tree::Block, span: Span) -> Expr {
        let scope = self.open_scope();
        let state = self.mark_narrowing();
        self.forget_changing(|assigned| {
            assigned.expr(condition);
            assigned.block(body);
        });
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
        if let (Some(branch), 0) = (self.body.branch, self.body.loops) {
            return self.leave_branch(branch, word, span);
        }
        if self.body.loops > 0 && self.body.finally == Some(self.body.loops) {
            return self.leave_finally(word, span);
        }
        self.leave_kept_step(word, Some(self.body.loops), span);
        if self.body.loops == 0 {
            let message = format!("`{word}` stands outside of a loop");
            self.report(Diagnostic::new(Code::OutsideLoop, self.place(span), message));
        }
        self.make(kind, Type::NEVER, span)
    }
}
