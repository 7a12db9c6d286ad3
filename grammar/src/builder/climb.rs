//! The order of operators: a flat chain of links becomes a tree.
//!
//! Loosest first: `catch`, `try`, `??`, `or`, `and`, `not`, comparisons (which do not chain), ranges, `+ -`, `* / %`,
//! unary `-`. `return`, `fail` and `wait` take what stands to their right. The recursion is bounded by the chain's
//! length, which is bounded; a link where none can stand is told and left out, so that nothing here can fail.

use super::Builder;
use crate::tree::{BinaryOperator, Expr, ExprKind, Fail, Name, Pattern, UnaryOperator};
use diagnostics::{Code, Diagnostic, Edit, Fix, Span};
use std::collections::VecDeque;

/// A link of a chain.
pub(super) enum Link {
    /// An operand with all that hangs behind it; the span has its parentheses.
    Operand(Expr, Span),
    /// A word or sign before an operand.
    Prefix(Prefix, Span),
    /// A word or sign between two operands.
    Infix(Infix, Span),
    /// `is pattern`.
    Is { negated: bool, pattern: Pattern, span: Span },
    /// `where` of a `wait for`; its condition follows as an operand.
    Where(Span),
    /// `within …` of a `wait for`.
    Within(Expr, Span),
}

/// What stands before an operand.
pub(super) enum Prefix {
    Negate,
    Not,
    Try,
    Wait,
    WaitUntil,
    Fail,
    FailKind(Name),
    Return,
}

/// What stands between operands.
#[derive(Clone, Copy)]
pub(super) enum Infix {
    Catch,
    Operator(BinaryOperator),
}

/// How tightly something binds; a higher level binds tighter.
type Level = u8;

const ANY: Level = 0;
const CATCH: Level = 1;
const TRY: Level = 2;
const OTHERWISE: Level = 3;
const OR: Level = 4;
const AND: Level = 5;
const NOT: Level = 6;
const COMPARISON: Level = 7;
const RANGE: Level = 8;
const SUM: Level = 9;
const PRODUCT: Level = 10;
const NEGATE: Level = 11;

impl Infix {
    /// Gives the operator of a sign that the grammar took, a foreign one as ours.
    pub(super) fn of(sign: &str) -> Infix {
        let operator = match sign {
            "catch" => return Infix::Catch,
            "+" => BinaryOperator::Add,
            "-" => BinaryOperator::Subtract,
            "*" => BinaryOperator::Multiply,
            "/" => BinaryOperator::Divide,
            "%" => BinaryOperator::Remainder,
            "==" | "===" => BinaryOperator::Equal,
            "!=" | "!==" => BinaryOperator::NotEqual,
            "<" => BinaryOperator::Less,
            "<=" => BinaryOperator::LessEqual,
            ">" => BinaryOperator::Greater,
            ">=" => BinaryOperator::GreaterEqual,
            "in" => BinaryOperator::In,
            "and" | "&&" => BinaryOperator::And,
            "or" | "||" => BinaryOperator::Or,
            "??" => BinaryOperator::Otherwise,
            ".." => BinaryOperator::Range,
            "..=" => BinaryOperator::RangeInclusive,
            _ => BinaryOperator::NotIn,
        };
        Infix::Operator(operator)
    }

    fn level(self) -> Level {
        match self {
            Infix::Catch => CATCH,
            Infix::Operator(operator) => level(operator),
        }
    }
}

fn level(operator: BinaryOperator) -> Level {
    match operator {
        BinaryOperator::Otherwise => OTHERWISE,
        BinaryOperator::Or => OR,
        BinaryOperator::And => AND,
        BinaryOperator::Equal
        | BinaryOperator::NotEqual
        | BinaryOperator::Less
        | BinaryOperator::LessEqual
        | BinaryOperator::Greater
        | BinaryOperator::GreaterEqual
        | BinaryOperator::In
        | BinaryOperator::NotIn => COMPARISON,
        BinaryOperator::Range | BinaryOperator::RangeInclusive => RANGE,
        BinaryOperator::Add | BinaryOperator::Subtract => SUM,
        BinaryOperator::Multiply | BinaryOperator::Divide | BinaryOperator::Remainder => PRODUCT,
    }
}

/// An expression with the span of its parentheses.
struct Built {
    expr: Expr,
    outer: Span,
}

impl Builder<'_> {
    /// Folds the links of a chain that stands at `span`.
    pub(super) fn fold(&mut self, links: Vec<Link>, span: Span) -> Expr {
        let mut climber = Climber { builder: self, links: links.into(), chain: span };
        climber.climb(ANY).expr
    }
}

struct Climber<'b, 't> {
    builder: &'b mut Builder<'t>,
    links: VecDeque<Link>,
    chain: Span,
}

impl Climber<'_, '_> {
    /// Builds an operand and all operators behind it that bind at least as tightly as `least`.
    fn climb(&mut self, least: Level) -> Built {
        let mut left = self.operand(least);
        loop {
            match self.links.front() {
                Some(Link::Infix(infix, _)) if infix.level() < least => return left,
                Some(Link::Is { .. }) if COMPARISON < least => return left,
                Some(Link::Where(_) | Link::Within(_, _)) if least > ANY => return left,
                _ => {}
            }
            match self.links.pop_front() {
                Some(Link::Infix(Infix::Catch, span)) => left = self.catch(left, span),
                Some(Link::Infix(Infix::Operator(operator), span)) => left = self.binary(left, operator, span),
                Some(Link::Is { negated, pattern, span }) => {
                    let outer = left.outer.to(span);
                    let kind = ExprKind::Is { value: left.expr, negated, pattern };
                    left = self.no_more_comparisons(built(kind, outer));
                }
                Some(Link::Where(span)) => {
                    self.climb(OR);
                    self.misplaced(span, "where");
                }
                Some(Link::Within(_, span)) => self.misplaced(span, "within"),
                Some(Link::Operand(_, _) | Link::Prefix(_, _)) => {}
                None => return left,
            }
        }
    }

    fn operand(&mut self, least: Level) -> Built {
        match self.links.pop_front() {
            Some(Link::Operand(expr, outer)) => self.with_wait_parts(Built { expr, outer }),
            Some(Link::Prefix(prefix, span)) => self.prefixed(prefix, span, least),
            Some(Link::Infix(_, _) | Link::Is { .. } | Link::Where(_) | Link::Within(_, _)) | None => {
                let span = Span::at(self.chain.end);
                Built { expr: self.builder.error_expr(span), outer: span }
            }
        }
    }

    fn prefixed(&mut self, prefix: Prefix, span: Span, least: Level) -> Built {
        match prefix {
            Prefix::Negate => {
                let operand = self.climb(NEGATE);
                let outer = span.to(operand.outer);
                built(ExprKind::Unary { operator: UnaryOperator::Negate, operand: operand.expr }, outer)
            }
            Prefix::Not => {
                let operand = self.climb(NOT);
                let outer = span.to(operand.outer);
                if self.too_loose(NOT, least, span, outer) {
                    return built(ExprKind::Error, outer);
                }
                built(ExprKind::Unary { operator: UnaryOperator::Not, operand: operand.expr }, outer)
            }
            Prefix::Try => {
                let operand = self.climb(OTHERWISE);
                let outer = span.to(operand.outer);
                if self.too_loose(TRY, least, span, outer) {
                    return built(ExprKind::Error, outer);
                }
                built(ExprKind::Try(operand.expr), outer)
            }
            Prefix::Wait => {
                let operand = self.climb(OTHERWISE);
                let outer = span.to(operand.outer);
                built(ExprKind::Wait(operand.expr), outer)
            }
            Prefix::WaitUntil => {
                let operand = self.climb(OTHERWISE);
                let outer = span.to(operand.outer);
                built(ExprKind::WaitUntil(operand.expr), outer)
            }
            Prefix::Return => {
                let operand = self.climb(ANY);
                let outer = span.to(operand.outer);
                built(ExprKind::Return(Some(operand.expr)), outer)
            }
            Prefix::FailKind(kind) => {
                let message = self.climb(ANY);
                let outer = span.to(message.outer);
                built(ExprKind::Fail(Fail::Kind { kind, message: message.expr }), outer)
            }
            Prefix::Fail => self.fail(span),
        }
    }

    fn fail(&mut self, span: Span) -> Built {
        let operand = self.climb(ANY);
        let outer = span.to(operand.outer);
        if matches!(*operand.expr.kind, ExprKind::String(_)) {
            let place = self.builder.place(operand.expr.span);
            self.builder.tell(
                Diagnostic::new(Code::FailForm, place, "a `fail` with a text needs a kind")
                    .label("no kind before it")
                    .help("write `fail invalid \"…\"`, or another kind that callers can catch"),
            );
            return built(ExprKind::Error, outer);
        }
        built(ExprKind::Fail(Fail::Error(operand.expr)), outer)
    }

    /// Adds `where` and `within` to a `wait for`, and `within` to an approval.
    fn with_wait_parts(&mut self, mut wait: Built) -> Built {
        loop {
            let takes_where = matches!(&*wait.expr.kind, ExprKind::WaitFor(wait) if wait.condition.is_none());
            let takes_within = match &*wait.expr.kind {
                ExprKind::WaitFor(wait) => wait.within.is_none(),
                ExprKind::WaitApproval(wait) => wait.within.is_none(),
                _ => false,
            };
            match self.links.pop_front() {
                Some(Link::Where(_)) if takes_where => {
                    let condition = self.climb(OR);
                    wait.outer = wait.outer.to(condition.outer);
                    if let ExprKind::WaitFor(parts) = &mut *wait.expr.kind {
                        parts.condition = Some(condition.expr);
                    }
                }
                Some(Link::Within(limit, span)) if takes_within => {
                    wait.outer = wait.outer.to(span);
                    match &mut *wait.expr.kind {
                        ExprKind::WaitFor(parts) => parts.within = Some(limit),
                        ExprKind::WaitApproval(parts) => parts.within = Some(limit),
                        _ => {}
                    }
                }
                Some(other) => {
                    self.links.push_front(other);
                    break;
                }
                None => break,
            }
            wait.expr.span = wait.outer;
        }
        wait
    }

    fn catch(&mut self, left: Built, span: Span) -> Built {
        let right = self.climb(TRY);
        let outer = left.outer.to(right.outer);
        // In parentheses it is a value like any other.
        if matches!(*left.expr.kind, ExprKind::TryBlock { .. }) && left.outer == left.expr.span {
            let place = self.builder.place(span);
            self.builder.tell(
                Diagnostic::new(Code::CatchForm, place, "behind a `try` block a `catch` has a block")
                    .label("a value follows")
                    .help("write `catch { … }`"),
            );
            return built(ExprKind::Error, outer);
        }
        built(ExprKind::CatchValue { value: left.expr, fallback: right.expr }, outer)
    }

    fn binary(&mut self, left: Built, operator: BinaryOperator, span: Span) -> Built {
        let own = level(operator);
        let before = self.links.len();
        // `??` goes to the right: in `a ?? b ?? c` all but the last may be missing.
        let right = self.climb(if operator == BinaryOperator::Otherwise { own } else { own + 1 });
        let links = before - self.links.len();
        if operator == BinaryOperator::Otherwise && links > 1 {
            self.bare_operand(&left, &right);
        }
        let outer = left.outer.to(right.outer);
        let kind = ExprKind::Binary { operator, operator_span: span, left: left.expr, right: right.expr };
        let result = built(kind, outer);
        if own == COMPARISON { self.no_more_comparisons(result) } else { result }
    }

    /// Refuses `a ?? b + c` and `a ?? b > c`, which read as if `??` came first.
    fn bare_operand(&mut self, left: &Built, right: &Built) {
        let ExprKind::Binary { operator, left: inner, .. } = &*right.expr.kind else { return };
        if level(*operator) < COMPARISON {
            return;
        }
        let file = self.builder.file;
        let insert = |offset: u32, text: &str| Edit { place: Span::at(offset).in_file(file), text: text.into() };
        let around = |title: &str, start: u32, end: u32| Fix {
            title: title.into(),
            safe: false,
            edits: vec![insert(start, "("), insert(end, ")")],
        };
        let diagnostic = Diagnostic::new(
            Code::BareOperand,
            self.builder.place(right.outer),
            "an operation to the right of `??` needs parentheses",
        )
        .label("`??` binds looser than this")
        .fix(around("put parentheses around the `??`", left.outer.start, inner.span.end))
        .fix(around("put parentheses around the operation", right.outer.start, right.outer.end));
        self.builder.tell(diagnostic);
    }

    /// Refuses a comparison of a comparison: a chain, or type arguments that were written at a call.
    fn no_more_comparisons(&mut self, compared: Built) -> Built {
        let next = match self.links.front() {
            Some(Link::Infix(infix, span)) if infix.level() == COMPARISON => *span,
            Some(Link::Is { span, .. }) => *span,
            _ => return compared,
        };
        let is_call = matches!(&*compared.expr.kind, ExprKind::Binary { operator: BinaryOperator::Less, .. })
            && self.builder.source(next) == ">"
            && matches!(self.links.get(1), Some(Link::Operand(expr, outer)) if outer.start == next.end || expr.span.start == next.end);
        let rest = self.climb_rest();
        let outer = compared.outer.to(rest);
        let place = self.builder.place(next);
        let diagnostic = if is_call {
            Diagnostic::new(Code::TypeArguments, self.builder.place(outer), "type arguments are not written at a call")
                .label("read as comparisons")
                .help("give the type where the value goes: `let x: T = …`")
        } else {
            Diagnostic::new(Code::ChainedComparison, place, "comparisons do not chain")
                .label("the left side is a comparison already")
                .help("write `a < b and b < c`")
        };
        self.builder.tell(diagnostic);
        built(ExprKind::Error, outer)
    }

    /// Takes the comparisons that follow, and gives the span of the last one.
    fn climb_rest(&mut self) -> Span {
        let mut end = self.chain;
        loop {
            match self.links.front() {
                Some(Link::Infix(infix, _)) if infix.level() == COMPARISON => {
                    self.links.pop_front();
                    end = self.climb(RANGE).outer;
                }
                Some(Link::Is { span, .. }) => {
                    end = *span;
                    self.links.pop_front();
                }
                _ => return end,
            }
        }
    }

    /// Refuses `a == not b` and `a + try b`; says whether it did.
    fn too_loose(&mut self, own: Level, least: Level, word: Span, outer: Span) -> bool {
        if least <= own {
            return false;
        }
        let text = self.builder.source(word);
        let place = self.builder.place(word);
        let file = self.builder.file;
        let insert = |offset: u32, text: &str| Edit { place: Span::at(offset).in_file(file), text: text.into() };
        let fix = Fix {
            title: "put parentheses around it".into(),
            safe: true,
            edits: vec![insert(outer.start, "("), insert(outer.end, ")")],
        };
        self.builder.tell(
            Diagnostic::new(Code::UnexpectedToken, place, format!("found `{text}`, expected an operand"))
                .label("binds looser than the operator before it")
                .fix(fix),
        );
        true
    }

    fn misplaced(&mut self, span: Span, word: &str) {
        let place = self.builder.place(span);
        let told =
            Diagnostic::new(Code::UnexpectedToken, place, format!("found `{word}`, which belongs to a `wait for`"))
                .label("no `wait for` before it on this line");
        self.builder.tell(match word {
            "where" => told.help("a condition stands behind the type, before a default: `n: int where it > 0 = 8`"),
            _ => told,
        });
    }
}

fn built(kind: ExprKind, outer: Span) -> Built {
    Built { expr: Expr { kind: Box::new(kind), span: outer }, outer }
}
