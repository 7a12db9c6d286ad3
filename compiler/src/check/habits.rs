//! What authors of other languages write where a value stands: each is told once, with what is written here.

use super::{Checker, local::Origin, report::Want};
use crate::ir::{Expr, ExprKind, Type, TypeKind};
use diagnostics::{Code, Diagnostic, Edit, Fix, Span};
use grammar::tree::{self, BinaryOperator as Op, ExprKind as Tree, UnaryOperator};

impl<'t> Checker<'t> {
    /// `{name: 1}`: the key of a map is a value, so a name alone is a variable. Says whether it was told.
    pub(super) fn bare_key(&mut self, key: &'t tree::Expr) -> bool {
        let Tree::Name(name) = &*key.kind else { return false };
        let is_known = self.find_local(&name.text).is_some() || self.lookup(&name.text).is_some();
        if is_known || self.is_missing(&name.text) {
            return false;
        }
        let message = format!("there is nothing named `{}` here", name.text);
        let place = self.place(key.span);
        let ours = format!("\"{}\"", name.text);
        let diagnostic = Diagnostic::new(Code::UnknownName, place, message).label("the key of a map is a value");
        self.report(diagnostic.help("a key that is a text stands in quotes").safe_fix(
            format!("write `{ours}`"),
            place,
            ours,
        ));
        true
    }

    /// `items[1..3]`: an index is one number. Says whether it was told.
    pub(super) fn sliced(&mut self, value: &'t tree::Expr, index: &'t tree::Expr) -> bool {
        let Tree::Binary { operator: range @ (Op::Range | Op::RangeInclusive), left, right, .. } = &*index.kind else {
            return false;
        };
        let text = &self.current().text;
        let (from, to) = (left.span.text(text), right.span.text(text));
        let ours = match range {
            Op::RangeInclusive => format!(".slice({from}, {to} + 1)"),
            _ => format!(".slice({from}, {to})"),
        };
        let place = self.place(Span::new(value.span.end, index.span.end + 1));
        let message = "an index is one number: a part of a list or a text is taken with `slice`";
        let diagnostic = Diagnostic::new(Code::NotIndexable, self.place(index.span), message);
        self.report(diagnostic.label("a range stands here").fix(Fix {
            title: format!("write `{ours}`"),
            safe: false,
            edits: vec![Edit { place, text: ours }],
        }));
        self.check_expr(left, Want::Any);
        self.check_expr(right, Want::Any);
        true
    }

    /// `items[-1]`: an index begins at 0, so that one never is.
    pub(super) fn expect_index(&mut self, value: &Expr, index: &'t tree::Expr) {
        let Tree::Unary { operator: UnaryOperator::Negate, operand } = &*index.kind else { return };
        let Tree::Literal(tree::Literal::Int(back)) = &*operand.kind else { return };
        if *back == 0 {
            return;
        }
        let items = value.span.text(&self.current().text).to_owned();
        let message = format!("an index begins at 0, found `-{back}`, which fails with `out_of_range`");
        let diagnostic = Diagnostic::new(Code::ConditionBroken, self.place(index.span), message);
        self.report(if *back == 1 {
            diagnostic.help(format!("the last item is `{items}.last()`, `none` where there is none"))
        } else {
            diagnostic.help(format!("count from the end: `{items}[{items}.len() - {back}]`"))
        });
    }

    /// Says whether `and` or `or` is written with the sign of another language, which was told already.
    pub(super) fn is_foreign_sign(&self, left: Span, right: Span) -> bool {
        let between = Span::new(left.end.min(right.start), right.start).text(&self.current().text);
        between.contains("||") || between.contains("&&")
    }

    /// Checks a side of `and` or `or`. What the sign of another language was meant to join is told with the sign.
    pub(super) fn side_of_logical(&mut self, side: &'t tree::Expr, is_foreign: bool) -> Expr {
        if !is_foreign {
            return self.condition(side);
        }
        self.body.is_condition = true;
        let value = self.check_expr(side, Want::Any);
        if self.base(value.type_) == Type::BOOL { value } else { self.error(side.span) }
    }

    /// `"-" * 20` and `"a" + 1`: gives the diagnostic what is written here.
    pub(super) fn text_operator(
        &self,
        diagnostic: Diagnostic,
        operator: Op,
        left: &Expr,
        right: &Expr,
        span: Span,
    ) -> Diagnostic {
        let text = &self.current().text;
        let (first, second) = (left.span.text(text), right.span.text(text));
        let is_text = |value: &Expr| self.base(value.type_) == Type::STRING;
        let plain = |value: &Expr| {
            let written = value.span.text(text);
            let inner = written.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'))?;
            let is_one_line = !inner.starts_with('"') && !inner.contains('\n');
            (matches!(value.kind, ExprKind::String(_) | ExprKind::Text(_)) && is_one_line).then_some(inner)
        };
        let simple = |written: &str| written.len() <= 40 && !written.contains(['"', '\n', '{']);
        let (help, ours) = match operator {
            Op::Multiply if is_text(left) && self.base(right.type_) == Type::INT => {
                ("a text is repeated with `repeat`", Some(format!("{first}.repeat({second})")))
            }
            Op::Add => {
                let ours = match (plain(left), plain(right)) {
                    (Some(inner), None) if simple(second) => Some(format!("\"{inner}{{{second}}}\"")),
                    (None, Some(inner)) if simple(first) => Some(format!("\"{{{first}}}{inner}\"")),
                    (_, _) => None,
                };
                ("put values into a text: `\"{a}{b}\"`", ours)
            }
            _ => return diagnostic,
        };
        let diagnostic = diagnostic.help(help);
        match ours {
            Some(ours) => diagnostic.fix(Fix {
                title: format!("write `{ours}`"),
                safe: false,
                edits: vec![Edit { place: self.place(span), text: ours }],
            }),
            None => diagnostic,
        }
    }

    /// `catch e { … }`: says whether what stands there is the name of the error rather than a kind, and tells it.
    pub(super) fn caught_without_as(&mut self, catch: &'t tree::Catch) -> bool {
        let ([name], None) = (catch.kinds.as_slice(), &catch.binding) else { return false };
        let is_kind = self.error_kinds.contains_key(&name.text);
        let is_near = self.near(&name.text, self.error_kinds.keys().map(smol_str::SmolStr::as_str)).is_some();
        let is_usual = matches!(name.text.as_str(), "e" | "ex" | "err" | "error" | "exc" | "exception");
        if is_kind || is_near && !is_usual || !is_usual && name.text.len() > 3 {
            return false;
        }
        let message = format!("there is no kind of error `{}`: a caught error is named behind `as`", name.text);
        let ours = format!("as {}", name.text);
        let place = self.place(name.span);
        let diagnostic = Diagnostic::new(Code::UnknownErrorKind, place, message).label(format!("write `{ours}`"));
        self.report(diagnostic.safe_fix(format!("write `{ours}`"), place, ours));
        true
    }

    /// Adds how a text becomes a value of its refined type where it is made: `let file: Path = "…"`.
    pub(super) fn declared_refined(&self, diagnostic: Diagnostic, value: &Expr, name: &str) -> Diagnostic {
        let ExprKind::Local(local) = &value.kind else { return diagnostic };
        let at = local.0 as usize;
        let (Some(local), Some(facts)) = (self.body.locals.get(at), self.body.facts.get(at)) else { return diagnostic };
        let behind = self.current().text.get(local.span.end as usize..).unwrap_or("");
        // One with a type was declared so on purpose.
        if !matches!(facts.origin, Origin::Let | Origin::Var) || !behind.trim_start().starts_with('=') {
            return diagnostic;
        }
        let place = self.place(Span::at(local.span.end));
        let ours = format!("let {}: {name} = …", local.name);
        diagnostic.also(self.place(local.span), format!("declared as a text; write `{ours}`")).fix(Fix {
            title: format!("write `{ours}`"),
            safe: false,
            edits: vec![Edit { place, text: format!(": {name}") }],
        })
    }

    /// Gives why a name in a `for` may be one too many: `for i, item in items`.
    pub(super) fn counted(&self, items: &'t tree::Expr, walked: &str) -> String {
        let items = items.span.text(&self.current().text);
        let items = if items.len() > 40 || items.contains('\n') { walked } else { items };
        format!("count along: `for at in 0..{items}.len() {{`, then `{items}[at]`")
    }

    /// Says what stands for an empty literal whose type cannot be told.
    pub(super) fn example_of_open(&self, type_: Type) -> &'static str {
        match self.kind(type_) {
            TypeKind::Map(..) => "write the type: `let name: map<string, int> = {}`",
            TypeKind::Optional(_) => "write the type: `let name: string? = none`",
            _ => "write the type: `let name: list<string> = []`",
        }
    }
}
