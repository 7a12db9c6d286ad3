//! Expressions, but for the order of operators.

use super::Builder;
use super::climb::{Infix, Link, Prefix};
use super::pattern::constant;
use crate::parser::{Node, Rule};
use crate::tree::{
    Argument, Arm, BinaryOperator, Block, Body, Catch, Expr, ExprKind, For, ForBody, LambdaParameter, Literal,
};
use crate::words;
use diagnostics::{Code, Diagnostic, Span};

impl Builder<'_> {
    /// Builds any node that is an expression.
    pub(super) fn expr(&mut self, node: Node<'_>) -> Expr {
        let span = self.span(&node);
        match node.as_rule() {
            Rule::chain => self.chain(node),
            Rule::simple => self.simple(node),
            Rule::lambda => self.lambda(node),
            Rule::for_ => {
                let kind = self.for_(node, span);
                Expr { kind: Box::new(kind), span }
            }
            Rule::return_for => {
                let value = self.only_expr(node);
                Expr { kind: Box::new(ExprKind::Return(value)), span }
            }
            _ => self.primary(node),
        }
    }

    /// Builds an operand without what hangs behind it.
    pub(super) fn primary(&mut self, node: Node<'_>) -> Expr {
        let span = self.span(&node);
        let kind = match node.as_rule() {
            Rule::name => self.name_or_foreign(&node),
            Rule::number => return self.number_expr(node),
            Rule::string => ExprKind::String(self.string(node)),
            Rule::constant => ExprKind::Literal(constant(node.as_str())),
            Rule::simple_path => return self.simple_path(node),
            Rule::group => return self.only_expr(node).unwrap_or_else(|| self.error_expr(span)),
            Rule::list => ExprKind::List(node.into_inner().map(|item| self.expr(item)).collect()),
            Rule::map => self.map(node),
            Rule::case => self.case(node, span),
            Rule::if_ => return self.if_(node),
            Rule::match_ => self.match_(node, span),
            Rule::while_ => self.while_(node, span),
            Rule::try_block => self.try_block(node, span),
            Rule::break_ => ExprKind::Break,
            Rule::continue_ => ExprKind::Continue,
            Rule::return_ => ExprKind::Return(None),
            Rule::wait_any => self.wait_any(node),
            Rule::wait_approval => self.wait_approval(node, span),
            Rule::wait_for => self.wait_for(node, span),
            Rule::step => self.step(node, span),
            Rule::call_task | Rule::start_task | Rule::ask => self.task_form(node, span),
            _ => ExprKind::Error,
        };
        Expr { kind: Box::new(kind), span }
    }

    fn name_or_foreign(&mut self, node: &Node<'_>) -> ExprKind {
        let name = self.name(node);
        match words::foreign(&name.text) {
            Some(ours @ ("none" | "true" | "false")) => {
                self.foreign(name.span, ours);
                ExprKind::Literal(constant(ours))
            }
            _ => ExprKind::Name(name),
        }
    }

    fn simple_path(&mut self, node: Node<'_>) -> Expr {
        let span = self.span(&node);
        let mut expr: Option<Expr> = None;
        for word in node.into_inner() {
            let name = self.name(&word);
            expr = Some(match expr {
                None => {
                    let kind = self.name_or_foreign(&word);
                    Expr { kind: Box::new(kind), span: name.span }
                }
                Some(value) => {
                    let span = value.span.to(name.span);
                    Expr { kind: Box::new(ExprKind::Field { value, name, optional: false }), span }
                }
            });
        }
        expr.unwrap_or_else(|| self.error_expr(span))
    }

    fn map(&mut self, node: Node<'_>) -> ExprKind {
        let mut entries = Vec::new();
        for entry in node.into_inner() {
            let mut inner = entry.into_inner();
            if let (Some(key), Some(value)) = (inner.next(), inner.next()) {
                entries.push((self.expr(key), self.expr(value)));
            }
        }
        if entries.is_empty() { ExprKind::EmptyBraces } else { ExprKind::Map(entries) }
    }

    fn case(&mut self, node: Node<'_>, span: Span) -> ExprKind {
        let mut name = self.no_name(span);
        let mut arguments = None;
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::word => name = self.name(&child),
                _ => arguments = Some(self.arguments(child)),
            }
        }
        ExprKind::Case { name, arguments }
    }

    /// Builds a chain: its links in order, folded by precedence. A chain longer than the limit is told and left out,
    /// because trees are walked by recursion.
    pub(super) fn chain(&mut self, node: Node<'_>) -> Expr {
        let span = self.span(&node);
        let count = node.clone().into_inner().take(crate::MAX_CHAIN as usize + 1).count() as u32;
        if count == 1
            && let Some(only) = node.clone().into_inner().next()
            && !matches!(only.as_rule(), Rule::wait_for | Rule::wait_approval)
        {
            return self.primary(only);
        }
        if self.depth + count > crate::MAX_CHAIN {
            let place = self.place(Span::new(span.start, span.start + 1));
            self.tell(
                Diagnostic::new(
                    Code::NestingTooDeep,
                    place,
                    format!("this has more than {} operators", crate::MAX_CHAIN),
                )
                .label("begins here")
                .help("give a part of it a name with `let`, or put the values into a list"),
            );
            return self.error_expr(span);
        }
        self.depth += count;
        let links = self.links(node);
        let expr = self.fold(links, span);
        self.depth -= count;
        expr
    }

    fn links(&mut self, node: Node<'_>) -> Vec<Link> {
        let mut links: Vec<Link> = Vec::new();
        for child in node.into_inner() {
            let span = self.span(&child);
            let link = match child.as_rule() {
                Rule::arguments | Rule::index | Rule::field => {
                    if let Some(Link::Operand(value, outer)) = links.pop() {
                        let (value, outer) = self.postfix(value, outer, child);
                        Link::Operand(value, outer)
                    } else {
                        continue;
                    }
                }
                Rule::negate => {
                    if let Some(Link::Infix(Infix::Operator(BinaryOperator::Subtract), minus)) = links.last()
                        && minus.end == span.start
                    {
                        self.doubled_minus(minus.to(span));
                    }
                    Link::Prefix(Prefix::Negate, span)
                }
                Rule::negation => Link::Prefix(Prefix::Not, span),
                Rule::bang => {
                    self.foreign(span, "not");
                    Link::Prefix(Prefix::Not, span)
                }
                Rule::try_operator => Link::Prefix(Prefix::Try, span),
                Rule::wait_operator => Link::Prefix(Prefix::Wait, span),
                Rule::wait_until => Link::Prefix(Prefix::WaitUntil, span),
                Rule::fail_operator => Link::Prefix(Prefix::Fail, span),
                Rule::return_operator => Link::Prefix(Prefix::Return, span),
                Rule::fail_kind => match child.into_inner().next() {
                    Some(kind) => Link::Prefix(Prefix::FailKind(self.name(&kind)), span),
                    None => continue,
                },
                Rule::infix => {
                    let sign = child.as_str();
                    if let Some(ours) = words::foreign(sign) {
                        self.foreign(span, ours);
                    }
                    Link::Infix(Infix::of(sign), span)
                }
                Rule::is_test => self.is_test(child, span),
                Rule::where_operator => Link::Where(span),
                Rule::within => match self.only_expr(child) {
                    Some(limit) => Link::Within(limit, span),
                    None => continue,
                },
                Rule::number if self.source(span) == "9223372036854775808" => match links.pop() {
                    Some(Link::Prefix(Prefix::Negate, minus)) => {
                        let outer = minus.to(span);
                        Link::Operand(
                            Expr { kind: Box::new(ExprKind::Literal(Literal::Int(i64::MIN))), span: outer },
                            outer,
                        )
                    }
                    other => {
                        links.extend(other);
                        Link::Operand(self.number_expr(child), span)
                    }
                },
                _ => Link::Operand(self.primary(child), span),
            };
            links.push(link);
        }
        links
    }

    fn is_test(&mut self, node: Node<'_>, span: Span) -> Link {
        let mut negated = false;
        let mut pattern = None;
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::negation => negated = true,
                _ => pattern = Some(self.pattern(child)),
            }
        }
        let pattern = pattern.unwrap_or(crate::tree::Pattern { kind: crate::tree::PatternKind::Error, span });
        Link::Is { negated, pattern, span }
    }

    /// Adds a call, an index or a field. Spans with and without enclosing parentheses go along.
    pub(super) fn postfix(&mut self, value: Expr, outer: Span, node: Node<'_>) -> (Expr, Span) {
        let span = outer.to(self.span(&node));
        let kind = match node.as_rule() {
            Rule::arguments => {
                let arguments = self.arguments(node);
                return (call(value, arguments, span), span);
            }
            Rule::index => {
                let index = self.only_expr(node).unwrap_or_else(|| self.error_expr(span));
                ExprKind::Index { value, index }
            }
            _ => {
                let mut optional = false;
                let mut name = self.no_name(span);
                for child in node.into_inner() {
                    match child.as_rule() {
                        Rule::dot => optional = child.as_str() == "?.",
                        _ => name = self.name(&child),
                    }
                }
                ExprKind::Field { value, name, optional }
            }
        };
        (Expr { kind: Box::new(kind), span }, span)
    }

    pub(super) fn arguments(&mut self, node: Node<'_>) -> Vec<Argument> {
        node.into_inner().map(|argument| self.argument(argument)).collect()
    }

    /// Tells of `x--`, which would be `x - -…`.
    fn doubled_minus(&mut self, signs: Span) {
        let place = self.place(signs);
        self.tell(
            Diagnostic::new(Code::ForeignWord, place, "there is no `--`")
                .label("write `-= 1` behind the variable")
                .help("to subtract something negative, put a blank between the signs"),
        );
    }

    fn argument(&mut self, node: Node<'_>) -> Argument {
        let span = self.span(&node);
        let mut argument = Argument { name: None, value: self.error_expr(span) };
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::label => argument.name = Some(self.name(&child)),
                Rule::ratio => argument.value = self.ratio(argument.value, child),
                _ => argument.value = self.expr(child),
            }
        }
        argument
    }

    /// Builds `5 per 1s` of a connection's `rate:` as a call `per(5, 1s)`.
    fn ratio(&mut self, count: Expr, node: Node<'_>) -> Expr {
        let word = self.span(&node);
        let span = count.span.to(word);
        let name = crate::tree::Name { text: "per".into(), span: Span::new(word.start, word.start + 3) };
        let function = Expr { span: name.span, kind: Box::new(ExprKind::Name(name)) };
        let period = self.only_expr(node).unwrap_or_else(|| self.error_expr(word));
        let arguments = vec![Argument { name: None, value: count }, Argument { name: None, value: period }];
        Expr { kind: Box::new(ExprKind::Call { function, arguments }), span }
    }

    fn lambda(&mut self, node: Node<'_>) -> Expr {
        let span = self.span(&node);
        let mut heads = Vec::new();
        let mut body = None;
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::lambda_head => {
                    let start = self.span(&child).start;
                    let parameters = child.into_inner().map(|parameter| self.lambda_parameter(parameter)).collect();
                    heads.push((start, parameters));
                }
                _ => body = Some(self.body(child)),
            }
        }
        let Some(mut body) = body else { return self.error_expr(span) };
        while let Some((start, parameters)) = heads.pop() {
            let span = Span::new(start, span.end);
            let lambda = Expr { kind: Box::new(ExprKind::Lambda { parameters, body }), span };
            if heads.is_empty() {
                return lambda;
            }
            body = Body::Expr(lambda);
        }
        self.error_expr(span)
    }

    fn lambda_parameter(&mut self, node: Node<'_>) -> LambdaParameter {
        let span = self.span(&node);
        if node.as_rule() == Rule::name {
            return LambdaParameter { name: self.new_name(&node), type_: None };
        }
        let mut parameter = LambdaParameter { name: self.no_name(span), type_: None };
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::word => parameter.name = self.new_name(&child),
                _ => parameter.type_ = Some(self.type_expr(child)),
            }
        }
        parameter
    }

    fn body(&mut self, node: Node<'_>) -> Body {
        if node.as_rule() == Rule::block { Body::Block(self.block(node)) } else { Body::Expr(self.expr(node)) }
    }

    /// Builds `if` with its `else if`s from the last to the first.
    fn if_(&mut self, node: Node<'_>) -> Expr {
        let span = self.span(&node);
        let mut branches = vec![(span.start, Vec::new())];
        let mut otherwise = None;
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::else_if => {
                    let whole = self.span(&child);
                    let start = whole.start + self.source(whole).find("if").unwrap_or(0) as u32;
                    branches.push((start, child.into_inner().collect()));
                }
                Rule::else_ => {
                    otherwise = child.into_inner().next().map(|body| match body.as_rule() {
                        Rule::block => Body::Block(self.block(body)),
                        _ => Body::Expr(self.expr(body)),
                    });
                }
                _ => {
                    if let Some((_, parts)) = branches.first_mut() {
                        parts.push(child);
                    }
                }
            }
        }
        if self.depth + branches.len() as u32 > crate::MAX_CHAIN {
            let place = self.place(Span::new(span.start, span.start + 2));
            self.tell(
                Diagnostic::new(
                    Code::NestingTooDeep,
                    place,
                    format!("this `if` has more than {} branches", crate::MAX_CHAIN),
                )
                .label("begins here")
                .help("use `match`, or a map"),
            );
            return self.error_expr(span);
        }
        let count = branches.len() as u32;
        self.depth += count;
        let mut built = Vec::with_capacity(branches.len());
        for (start, parts) in branches {
            built.push((start, self.branch(parts, span)));
        }
        self.depth -= count;
        while let Some((start, (condition, then))) = built.pop() {
            let span = Span::new(start, span.end);
            let branch = Expr { kind: Box::new(ExprKind::If { condition, then, otherwise }), span };
            if built.is_empty() {
                return branch;
            }
            otherwise = Some(Body::Expr(branch));
        }
        self.error_expr(span)
    }

    fn branch(&mut self, parts: Vec<Node<'_>>, span: Span) -> (Expr, Block) {
        let mut condition = self.error_expr(span);
        let mut then = Block { statements: Vec::new(), span };
        for child in parts {
            match child.as_rule() {
                Rule::elif => {
                    let span = self.span(&child);
                    self.foreign(span, "else if");
                }
                Rule::block => then = self.block(child),
                _ => condition = self.expr(child),
            }
        }
        (condition, then)
    }

    fn match_(&mut self, node: Node<'_>, span: Span) -> ExprKind {
        let mut value = self.error_expr(span);
        let mut arms = Vec::new();
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::arm => arms.extend(self.arm(child)),
                Rule::bad_arm => {
                    let span = self.span(&child);
                    self.broken(Rule::arm_entry, span);
                    // An arm that takes what it cannot read, so that nobody misses a case.
                    let pattern = crate::tree::Pattern { kind: crate::tree::PatternKind::Error, span };
                    arms.push(Arm { pattern, guard: None, body: Body::Expr(self.error_expr(span)), span });
                }
                _ => value = self.expr(child),
            }
        }
        ExprKind::Match { value, arms }
    }

    fn arm(&mut self, node: Node<'_>) -> Option<Arm> {
        let span = self.span(&node);
        let mut pattern = None;
        let mut guard = None;
        let mut body = None;
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::pattern => pattern = Some(self.pattern(child)),
                Rule::guard => guard = self.only_expr(child),
                _ => body = Some(self.arm_body(child)),
            }
        }
        Some(Arm { pattern: pattern?, guard, body: body?, span })
    }

    fn while_(&mut self, node: Node<'_>, span: Span) -> ExprKind {
        let (condition, body) = self.branch(node.into_inner().collect(), span);
        ExprKind::While { condition, body }
    }

    fn try_block(&mut self, node: Node<'_>, span: Span) -> ExprKind {
        let mut body = Block { statements: Vec::new(), span };
        let mut catches = Vec::new();
        let mut finally = None;
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::catch_ => catches.push(self.catch(child)),
                Rule::finally => finally = child.into_inner().next().map(|block| self.block(block)),
                _ => body = self.block(child),
            }
        }
        ExprKind::TryBlock { body, catches, finally }
    }

    fn catch(&mut self, node: Node<'_>) -> Catch {
        let span = self.span(&node);
        let mut catch = Catch { kinds: Vec::new(), binding: None, body: Block { statements: Vec::new(), span }, span };
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::words => catch.kinds = self.words(child),
                Rule::alias => catch.binding = child.into_inner().next().map(|word| self.new_name(&word)),
                _ => catch.body = self.block(child),
            }
        }
        catch
    }

    fn for_(&mut self, node: Node<'_>, span: Span) -> ExprKind {
        let mut names = Vec::with_capacity(2);
        let mut type_ = None;
        let mut items = self.error_expr(span);
        let mut parallel = None;
        let mut body = ForBody::Block(Block { statements: Vec::new(), span });
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::word => names.push(self.new_name(&child)),
                Rule::type_ => type_ = Some(self.type_expr(child)),
                Rule::width => parallel = self.only_expr(child),
                Rule::block => body = ForBody::Block(self.block(child)),
                Rule::yield_ => {
                    if let Some(value) = child.into_inner().next() {
                        body = ForBody::Yield(self.body(value));
                    }
                }
                _ => items = self.expr(child),
            }
        }
        ExprKind::For(Box::new(For { names, type_, items, parallel, body }))
    }
}

/// Makes a call; `value.with(…)` is the copy of a record.
fn call(function: Expr, arguments: Vec<Argument>, span: Span) -> Expr {
    let kind = match *function.kind {
        ExprKind::Field { value, name, optional: false } if name.text == "with" => {
            ExprKind::With { value, changes: arguments }
        }
        other => ExprKind::Call { function: Expr { kind: Box::new(other), span: function.span }, arguments },
    };
    Expr { kind: Box::new(kind), span }
}
