//! `parallel { … }` and `for … parallel n`.

use super::{
    Checker,
    branch::BranchKind,
    local::Origin,
    loops::Walked,
    report::{Because, Want},
};
use crate::ir::{Binary, Branch, Expr, ExprKind, For, LocalId, Over, Pattern, Statement, Target, Type, TypeKind};
use diagnostics::{Code, Diagnostic, Span};
use grammar::tree::{self, ForBody, StatementKind};

impl<'t> Checker<'t> {
    /// Checks `parallel { … }`: each statement is a branch, and what its `let` names is there behind the block.
    pub(super) fn parallel(&mut self, block: &'t tree::Block) -> Statement {
        let mut branches = Vec::with_capacity(block.statements.len());
        let mut names = Vec::new();
        for statement in &block.statements {
            let span = statement.span;
            let (closure, type_, _) = self.branch(BranchKind::Block, None, span, |checker, _| match &statement.kind {
                StatementKind::Let { type_, value, .. } => checker.branch_value(type_.as_ref(), value),
                _ => checker.branch_statement(statement),
            });
            if let StatementKind::Let { mutable, name, .. } = &statement.kind {
                let origin = if *mutable { Origin::Var } else { Origin::Let };
                names.push((branches.len(), name, origin, type_));
            }
            branches.push(Branch { local: None, closure });
        }
        for (at, name, origin, type_) in names {
            let local = self.declare_local(name, type_, origin);
            match type_ {
                Type::ERROR => self.body.facts[local.0 as usize].used = true,
                Type::NEVER => {}
                _ => branches[at].local = Some((local, type_)),
            }
        }
        Statement::Parallel(branches)
    }

    fn branch_value(&mut self, written: Option<&'t tree::TypeExpr>, value: &'t tree::Expr) -> Expr {
        match written {
            Some(written) => {
                let type_ = self.resolve(written);
                let because = Because::Declared(self.place(written.span));
                self.check_expr(value, Want::Type(type_, because))
            }
            None => {
                let value = self.check_expr(value, Want::Any);
                self.settled(value)
            }
        }
    }

    fn branch_statement(&mut self, statement: &'t tree::Statement) -> Expr {
        let made = self.statement(statement);
        let span = statement.span;
        self.make(ExprKind::Block { statements: made.into_iter().collect(), value: None }, Type::NOTHING, span)
    }

    /// Checks `for … parallel n`.
    pub(super) fn for_parallel(&mut self, for_: &'t tree::For, width: &'t tree::Expr, span: Span, want: Want) -> Expr {
        self.touches("for … parallel", span);
        let mut statements = Vec::new();
        let width = self.width(width, &mut statements);
        let Some(walked) = self.walked(for_) else {
            self.branch(BranchKind::Item, None, span, |checker, _| {
                checker.unknown_names(for_);
                checker.item_body(for_, Want::Any)
            });
            return self.error(span);
        };
        let types = walked.types();
        let item = self.wanted_item(for_, want);
        let kind = match for_.body {
            ForBody::Block(_) => BranchKind::Item,
            ForBody::Yield(_) => BranchKind::Yield { leaves_out: false },
        };
        let (walked, map) = self.listed(walked, span, &mut statements);
        let (each, type_, kind) = self.branch(kind, Some(types[0]), span, |checker, parameter| {
            checker.turn(for_, &types, (parameter, map), item)
        });
        if type_ == Type::ERROR {
            return self.error(span);
        }
        let each = EachItem { each, width, kind, type_ };
        let value = match walked {
            Walked::Parts { path, from, part, .. } => self.parts_in_parallel((path, from, part), each, span),
            Walked::Items { list, .. } => self.list_in_parallel(list, each, span),
            Walked::Entries { .. } | Walked::Range { .. } => self.error(span),
        };
        let type_ = value.type_;
        self.make(ExprKind::Block { statements, value: Some(Box::new(value)) }, type_, span)
    }

    /// Checks how many items are worked on at once: at least one.
    fn width(&mut self, width: &'t tree::Expr, statements: &mut Vec<Statement>) -> Expr {
        let value = self.check_expr(width, Want::Type(Type::INT, Because::Nothing));
        if let ExprKind::Int(number) = value.kind {
            if number < 1 {
                let message = format!("at least one item is worked on at once, found {number}");
                self.report(Diagnostic::new(Code::OperandBounds, self.place(width.span), message));
            }
            return value;
        }
        let span = width.span;
        let local = self.hidden_local(Type::INT, span);
        statements.push(Statement::Let { local, value });
        let known = self.make(ExprKind::Local(local), Type::INT, span);
        let one = self.make(ExprKind::Int(1), Type::INT, span);
        let kind = ExprKind::Binary { operator: Binary::Less, left: Box::new(known.clone()), right: Box::new(one) };
        let condition = Box::new(self.make(kind, Type::BOOL, span));
        let text = "at least one item is worked on at once".to_owned();
        let message = Box::new(self.make(ExprKind::String(text), Type::STRING, span));
        let fail = ExprKind::Fail { kind: "invalid".to_owned(), retryable: false, message };
        let then = Box::new(self.make(fail, Type::NEVER, span));
        let kind = ExprKind::If { condition, then, otherwise: None };
        statements.push(Statement::Expr(self.make(kind, Type::NOTHING, span)));
        known
    }

    /// Gives what is walked as a list. A map is walked by its keys, and kept in a local.
    fn listed(
        &mut self,
        walked: Walked,
        span: Span,
        statements: &mut Vec<Statement>,
    ) -> (Walked, Option<(LocalId, Type)>) {
        let (over, item, type_, map) = match walked {
            Walked::Items { list, item } if self.is_list(list.type_) => return (Walked::Items { list, item }, None),
            Walked::Parts { .. } => return (walked, None),
            Walked::Items { list, item: type_ } => {
                let item = self.hidden_local(type_, span);
                (Over::Items { list, item }, item, type_, None)
            }
            Walked::Range { from, to, inclusive } => {
                let item = self.hidden_local(Type::INT, span);
                (Over::Range { from, to, inclusive, item }, item, Type::INT, None)
            }
            Walked::Entries { map, key: key_type, value: value_type } => {
                let held = self.hidden_local(map.type_, span);
                let whole = self.make(ExprKind::Local(held), map.type_, span);
                statements.push(Statement::Let { local: held, value: map });
                let (key, value) = (self.hidden_local(key_type, span), self.hidden_local(value_type, span));
                (Over::Entries { map: whole, key, value }, key, key_type, Some((held, value_type)))
            }
        };
        let list = self.list_of(type_);
        let body = self.make(ExprKind::Local(item), type_, span);
        let list = self.make(ExprKind::For(Box::new(For { over, body, yields: true })), list, span);
        (Walked::Items { list, item: type_ }, map)
    }

    /// Checks the turn of one item: its names, then what is done.
    fn turn(
        &mut self,
        for_: &'t tree::For,
        types: &[Type],
        given: (Option<LocalId>, Option<(LocalId, Type)>),
        item: Want,
    ) -> Expr {
        let span = for_.items.span;
        let (Some(parameter), map) = given else { return self.error(span) };
        let (names, row) = self.loop_names(for_, types);
        let mut statements = Vec::with_capacity(2);
        let boxed = self.local_type(parameter);
        let boxed = self.make(ExprKind::Local(parameter), boxed, span);
        let first = self.opened(boxed, types[0]);
        if let Some(local) = names.first() {
            statements.push(Statement::Let { local: *local, value: first });
        }
        if let (Some(key), Some(value), Some((map, value_type))) = (names.first(), names.get(1), map)
            && let Some(map) = self.capture_hidden(map)
        {
            let key = self.make(ExprKind::Local(*key), types[0], span);
            let kind = ExprKind::Index { value: Box::new(map), index: Box::new(key) };
            let found = self.make(kind, value_type, span);
            statements.push(Statement::Let { local: *value, value: found });
        }
        statements.extend(row);
        let value = self.item_body(for_, item);
        let (type_, span) = (value.type_, value.span);
        self.make(ExprKind::Block { statements, value: Some(Box::new(value)) }, type_, span)
    }

    fn item_body(&mut self, for_: &'t tree::For, item: Want) -> Expr {
        match &for_.body {
            ForBody::Block(block) => self.block(block, Want::Dropped),
            ForBody::Yield(body) => {
                let value = self.body_of(body, item);
                self.yielded(value, item)
            }
        }
    }

    /// Writes the walk of a list.
    fn list_in_parallel(&mut self, list: Expr, each: EachItem, span: Span) -> Expr {
        let EachItem { each, width, kind, type_ } = each;
        let parts =
            |list: Expr| ExprKind::ParallelEach { list: Box::new(list), each: Box::new(each), width: Box::new(width) };
        let item = match kind {
            BranchKind::Block | BranchKind::Item => return self.make(parts(list), Type::NOTHING, span),
            BranchKind::Yield { leaves_out: true } => {
                let list = self.list_of(type_);
                self.optional(list)
            }
            BranchKind::Yield { leaves_out: false } => self.optional(type_),
        };
        let results = self.list_of(item);
        let results = self.make(parts(list), results, span);
        let local = self.hidden_local(item, span);
        let over = Over::Items { list: results, item: local };
        let result = self.list_of(type_);
        if kind == (BranchKind::Yield { leaves_out: false }) {
            let given = self.make(ExprKind::Local(local), item, span);
            let body = self.opened(given, type_);
            return self.make(ExprKind::For(Box::new(For { over, body, yields: true })), result, span);
        }
        let made = self.hidden_local(result, span);
        let empty = self.make(ExprKind::List(Vec::new()), result, span);
        let one = self.make(ExprKind::Local(local), item, span);
        let asked = ExprKind::Is { value: Box::new(one.clone()), pattern: Pattern::None };
        let asked = self.make(asked, Type::BOOL, span);
        let is_there = self.make(ExprKind::Not(Box::new(asked)), Type::BOOL, span);
        let more = self.opened(one, result);
        let add = self.add_to((made, result), more, span);
        let then = self.make(ExprKind::Block { statements: vec![add], value: None }, Type::NOTHING, span);
        let kind = ExprKind::If { condition: Box::new(is_there), then: Box::new(then), otherwise: None };
        let body = self.make(kind, Type::NOTHING, span);
        let walk = self.make(ExprKind::For(Box::new(For { over, body, yields: false })), Type::NOTHING, span);
        let statements = vec![Statement::Let { local: made, value: empty }, Statement::Expr(walk)];
        let value = Some(Box::new(self.make(ExprKind::Local(made), result, span)));
        self.make(ExprKind::Block { statements, value }, result, span)
    }

    fn add_to(&self, (local, type_): (LocalId, Type), value: Expr, span: Span) -> Statement {
        let target = Target { local, path: Vec::new(), type_, span };
        Statement::Assign { target, operator: Some(Binary::Add), value, span }
    }

    /// Writes the walk of a stream: the items of one part at once, then those of the next.
    fn parts_in_parallel(&mut self, (path, from, part): Parts, each: EachItem, span: Span) -> Expr {
        let TypeKind::Record(id, _) = self.kind(part.type_) else { return self.error(span) };
        let [items, next] = self.program.records[id.0 as usize].fields.as_slice() else { return self.error(span) };
        let (items, next) = (items.type_, next.type_);
        let (from_local, held) = (from.1, self.hidden_local(part.type_, span));
        let field = |checker: &Self, field: u32, type_: Type| {
            let record = checker.make(ExprKind::Local(held), part.type_, span);
            checker.make(ExprKind::Field { value: Box::new(record), field }, type_, span)
        };
        let list = field(self, 0, items);
        let done = self.list_in_parallel(list, each, span);
        let result = done.type_;
        let made = self.hidden_local(result, span);
        let keeps = result != Type::NOTHING;
        let step = if keeps { self.add_to((made, result), done, span) } else { Statement::Expr(done) };
        let following = self.hidden_local(next, span);
        let known = self.make(ExprKind::Local(following), next, span);
        let over = ExprKind::Is { value: Box::new(known.clone()), pattern: Pattern::None };
        let over = Box::new(self.make(over, Type::BOOL, span));
        let stop = Box::new(self.make(ExprKind::Break, Type::NEVER, span));
        let stop = ExprKind::If { condition: over, then: stop, otherwise: None };
        let stop = self.make(stop, Type::NOTHING, span);
        let target = Target { local: from_local, path: Vec::new(), type_: Type::INT, span };
        let value = self.opened(known, Type::INT);
        let statements = vec![
            Statement::Let { local: held, value: part.clone() },
            step,
            Statement::Let { local: following, value: field(self, 1, next) },
            Statement::Expr(stop),
            Statement::Assign { target, operator: None, value, span },
        ];
        let body = Box::new(self.make(ExprKind::Block { statements, value: None }, Type::NOTHING, span));
        let always = Box::new(self.make(ExprKind::Bool(true), Type::BOOL, span));
        let walk = self.make(ExprKind::While { condition: always, body }, Type::NOTHING, span);
        let mut statements =
            vec![Statement::Let { local: path.1, value: path.0 }, Statement::Let { local: from_local, value: from.0 }];
        if !keeps {
            statements.push(Statement::Expr(walk));
            return self.make(ExprKind::Block { statements, value: None }, Type::NOTHING, span);
        }
        let empty = self.make(ExprKind::List(Vec::new()), result, span);
        statements.extend([Statement::Let { local: made, value: empty }, Statement::Expr(walk)]);
        let value = Some(Box::new(self.make(ExprKind::Local(made), result, span)));
        self.make(ExprKind::Block { statements, value }, result, span)
    }
}

/// What is done with each item.
struct EachItem {
    each: Expr,
    width: Expr,
    kind: BranchKind,
    type_: Type,
}

/// A stream: what is walked, where its first part begins, and what asks for a part.
type Parts = ((Expr, LocalId), (Expr, LocalId), Expr);
