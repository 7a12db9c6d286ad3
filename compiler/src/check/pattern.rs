//! Patterns: against the type of what is asked, binding locals.

use super::{
    Checker, Definition,
    local::Origin,
    report::{Because, Want},
};
use crate::ir::{Expr, ExprKind, LocalId, Pattern, Type, TypeKind};
use diagnostics::{Code, Diagnostic, Span};
use grammar::tree::{self, PatternKind};

impl<'t> Checker<'t> {
    /// Checks a pattern against a type.
    pub(super) fn pattern(&mut self, pattern: &'t tree::Pattern, type_: Type) -> Pattern {
        self.pattern_after(pattern, type_, &[])
    }

    /// Checks a pattern that is reached only by what patterns before it do not take: behind `none` a name is bound to what
    /// is not `none`.
    pub(super) fn pattern_after(&mut self, pattern: &'t tree::Pattern, type_: Type, before: &[&Pattern]) -> Pattern {
        if let Some(inner) = self.inside_optional(type_)
            && matches!(pattern.kind, PatternKind::Bind(_))
            && before.iter().any(|earlier| matches!(earlier, Pattern::None))
        {
            return Pattern::Some(Box::new(self.pattern(pattern, inner)), inner);
        }
        if let Some(inner) = self.inside_optional(type_)
            && asks_inside(pattern)
        {
            let before: Vec<&Pattern> = before.iter().filter_map(|earlier| inside(earlier)).collect();
            let inside = self.pattern_after(pattern, inner, &before);
            return Pattern::Some(Box::new(inside), inner);
        }
        match &pattern.kind {
            PatternKind::Any | PatternKind::Error => Pattern::Any,
            PatternKind::Bind(name) if name.text == "_" => Pattern::Any,
            PatternKind::Bind(name) => {
                self.tell_case_without_dot(name, type_);
                Pattern::Bind(self.declare_local(name, type_, Origin::Let))
            }
            PatternKind::Literal(tree::Literal::None) => self.none_pattern(type_, pattern.span),
            PatternKind::Literal(literal) => match self.literal_pattern(literal, type_, pattern.span) {
                Some(value) => Pattern::Value(Box::new(value)),
                None => Pattern::Any,
            },
            PatternKind::String(text) => {
                let value = self.make(ExprKind::String(text.text.clone()), Type::STRING, text.span);
                match self.fit_literal(value, type_, pattern.span) {
                    Some(value) => Pattern::Value(Box::new(value)),
                    None => Pattern::Any,
                }
            }
            PatternKind::Range { from, to, inclusive } => {
                let from = self.literal_pattern(from, type_, pattern.span);
                let to = self.literal_pattern(to, type_, pattern.span);
                match (from, to) {
                    (Some(from), Some(to)) => {
                        Pattern::Range { from: Box::new(from), to: Box::new(to), inclusive: *inclusive }
                    }
                    _ => Pattern::Any,
                }
            }
            PatternKind::Case { enum_, name, fields } => {
                let fields = fields.as_deref();
                self.case_pattern(enum_.as_ref(), name, fields, (type_, before), pattern.span)
            }
            PatternKind::Record { path, fields } => self.record_pattern(path, fields, (type_, before), pattern.span),
            PatternKind::Or(parts) => self.or_pattern(parts, type_, pattern.span),
        }
    }

    fn none_pattern(&mut self, type_: Type, span: Span) -> Pattern {
        if self.inside_optional(type_).is_none() && type_ != Type::JSON && type_ != Type::ERROR {
            let message = format!("`none` is asked of a `{}`, which is never `none`", self.name(type_));
            self.report(Diagnostic::new(Code::PatternType, self.place(span), message));
        }
        Pattern::None
    }

    fn literal_pattern(&mut self, literal: &tree::Literal, type_: Type, span: Span) -> Option<Expr> {
        let value = self.literal(literal, span, Want::Type(type_, Because::Nothing));
        self.fit_literal(value, type_, span)
    }

    fn fit_literal(&mut self, value: Expr, type_: Type, span: Span) -> Option<Expr> {
        if value.type_ == Type::ERROR || type_ == Type::ERROR {
            return None;
        }
        if type_ == Type::JSON {
            return Some(self.convert(value, type_, Because::Nothing));
        }
        if value.type_ != self.base(type_) {
            let message =
                format!("this pattern is for `{}`, the value is `{}`", self.name(value.type_), self.name(type_));
            self.report(Diagnostic::new(Code::PatternType, self.place(span), message));
            return None;
        }
        Some(Expr { type_, ..value })
    }

    fn case_pattern(
        &mut self,
        enum_: Option<&'t tree::Path>,
        name: &'t tree::Name,
        fields: Option<&'t [tree::Pattern]>,
        (type_, before): (Type, &[&Pattern]),
        span: Span,
    ) -> Pattern {
        let TypeKind::Enum(id, arguments) = self.kind(type_).clone() else {
            if type_ != Type::ERROR {
                let message =
                    format!("the case `.{}` is asked of a `{}`, which is no enum", name.text, self.name(type_));
                self.report(Diagnostic::new(Code::PatternType, self.place(span), message));
            }
            self.bind_all(fields.unwrap_or_default());
            return Pattern::Any;
        };
        if let Some(path) = enum_
            && let Some(last) = path.names.last()
        {
            match self.lookup(&last.text) {
                Some(Definition::Enum(named)) if named == id => self.note_use(last.span, Definition::Enum(id)),
                Some(_) | None if path.names.len() > 1 => {}
                Some(_) | None => {
                    let message = format!("`{}` is not the enum of the value, `{}`", last.text, self.name(type_));
                    self.report(Diagnostic::new(Code::PatternType, self.place(path.span), message));
                }
            }
        }
        let Some(tag) = self.case_number(id, name) else {
            self.bind_all(fields.unwrap_or_default());
            return Pattern::Any;
        };
        let types: Vec<Type> =
            self.program.enums[id.0 as usize].cases[tag as usize].fields.iter().map(|field| field.type_).collect();
        let Some(fields) = fields else { return Pattern::Case { tag, fields: Vec::new() } };
        if fields.len() != types.len() {
            let has = Self::count(types.len(), "value");
            let message = format!("the case `.{}` has {has}, the pattern takes {}", name.text, fields.len());
            self.report(Diagnostic::new(Code::PatternCount, self.place(span), message));
            self.bind_all(fields);
            return Pattern::Case { tag, fields: Vec::new() };
        }
        let mut made = Vec::with_capacity(fields.len());
        for (at, (field, type_)) in fields.iter().zip(types).enumerate() {
            let type_ = self.program.types.substitute(type_, &arguments);
            let before: Vec<&Pattern> = before.iter().filter_map(|earlier| data(earlier, tag, at)).collect();
            made.push((self.pattern_after(field, type_, &before), type_));
        }
        Pattern::Case { tag, fields: made }
    }

    /// Tells of a name that is a case's, but takes whatever comes.
    fn tell_case_without_dot(&mut self, name: &tree::Name, type_: Type) {
        let TypeKind::Enum(id, _) = *self.kind(type_) else { return };
        if self.program.enums[id.0 as usize].cases.iter().any(|case| case.name == name.text.as_str()) {
            let case = format!(".{}", name.text);
            let message = format!("`{}` is a new name for whatever comes; the case is `{case}`", name.text);
            let diagnostic = Diagnostic::new(Code::PatternType, self.place(name.span), message);
            let edits = vec![diagnostics::Edit { place: self.place(name.span), text: case.clone() }];
            self.report(diagnostic.fix(diagnostics::Fix { title: format!("write `{case}`"), safe: false, edits }));
        }
    }

    /// Binds the names of patterns that cannot be checked, so that their uses say nothing more.
    fn bind_all(&mut self, patterns: &'t [tree::Pattern]) {
        for pattern in patterns {
            let first = self.body.locals.len();
            self.pattern(pattern, Type::ERROR);
            for facts in &mut self.body.facts[first..] {
                facts.used = true;
            }
        }
    }

    fn record_pattern(
        &mut self,
        path: &'t tree::Path,
        fields: &'t [(tree::Name, Option<tree::Pattern>)],
        (type_, before): (Type, &[&Pattern]),
        span: Span,
    ) -> Pattern {
        let is_record = matches!(self.kind(type_), TypeKind::Record(..));
        let last = path.names.last();
        let named = match (last, self.kind(type_)) {
            (Some(name), TypeKind::Record(id, _)) => self.program.records[id.0 as usize].name == name.text.as_str(),
            _ => false,
        };
        if !is_record || !named {
            if type_ != Type::ERROR {
                let found = last.map_or("", |name| name.text.as_str());
                let message = format!("this pattern is for a `{found}`, the value is `{}`", self.name(type_));
                self.report(Diagnostic::new(Code::PatternType, self.place(span), message));
            }
        } else if let (Some(name), TypeKind::Record(id, _)) = (last, self.kind(type_)) {
            let definition = Definition::Record(*id);
            self.note_use(name.span, definition);
        }
        let mut made = Vec::with_capacity(fields.len());
        for (name, inner) in fields {
            let found = if is_record && named { self.find_field(type_, name) } else { None };
            let (number, field_type) = found.unwrap_or((0, Type::ERROR));
            let inside = match inner {
                Some(inner) => {
                    let before: Vec<&Pattern> = before.iter().filter_map(|earlier| field_of(earlier, number)).collect();
                    self.pattern_after(inner, field_type, &before)
                }
                None => Pattern::Bind(self.declare_local(name, field_type, Origin::Let)),
            };
            made.push((number, inside, field_type));
        }
        if is_record && named { Pattern::Record(made) } else { Pattern::Any }
    }

    /// Checks `a | b`: all parts bind the same names with the same types.
    fn or_pattern(&mut self, parts: &'t [tree::Pattern], type_: Type, span: Span) -> Pattern {
        let mut made = Vec::with_capacity(parts.len());
        let mut first: Option<Vec<(smol_str::SmolStr, LocalId)>> = None;
        for part in parts {
            let from = self.body.scope_log.len();
            // The names of the first part are declared anew in each other one.
            for (name, _) in first.iter().flatten() {
                self.body.names.remove(name);
            }
            let mut checked = self.pattern(part, type_);
            let names: Vec<smol_str::SmolStr> =
                self.body.scope_log[from..].iter().map(|(name, _)| name.clone()).collect();
            let bound: Vec<(smol_str::SmolStr, LocalId)> = names
                .into_iter()
                .filter_map(|name| self.body.names.get(&name).copied().map(|local| (name, local)))
                .collect();
            match &first {
                None => first = Some(bound),
                Some(known) => {
                    self.check_or_names(known, &bound, part.span, span);
                    let mut new: Vec<LocalId> = (0..self.body.locals.len() as u32).map(LocalId).collect();
                    for (name, local) in &bound {
                        if let Some((_, same)) = known.iter().find(|(other, _)| other == name) {
                            new[local.0 as usize] = *same;
                            self.body.facts[local.0 as usize].used = true;
                        }
                    }
                    rename(&mut checked, &new);
                    for (name, local) in known {
                        self.body.names.insert(name.clone(), *local);
                    }
                }
            }
            made.push(checked);
        }
        Pattern::Or(made)
    }

    fn check_or_names(
        &mut self,
        known: &[(smol_str::SmolStr, LocalId)],
        bound: &[(smol_str::SmolStr, LocalId)],
        part: Span,
        whole: Span,
    ) {
        let same = known.len() == bound.len()
            && known.iter().all(|(name, local)| {
                bound.iter().any(|(other, found)| other == name && self.local_type(*local) == self.local_type(*found))
            });
        if !same {
            let in_other = |name: &smol_str::SmolStr, other: &[(smol_str::SmolStr, LocalId)]| {
                other.iter().any(|(known, _)| known == name)
            };
            let missing = known.iter().find(|(name, _)| !in_other(name, bound)).map(|(name, _)| (name, "not bound"));
            let more = bound.iter().find(|(name, _)| !in_other(name, known)).map(|(name, _)| (name, "bound only"));
            let message = match missing.or(more) {
                Some((name, how)) => format!("`{name}` is {how} in this part, and all parts with `|` bind the same"),
                None => "the parts of a pattern with `|` must bind the same names of the same types".to_owned(),
            };
            let diagnostic = Diagnostic::new(Code::OrBindings, self.place(part), message);
            let whole = self.place(whole);
            self.report(diagnostic.also(whole, "in this pattern"));
        }
    }

    /// Checks `x is .case` and `x is not none`.
    pub(super) fn is(&mut self, value: &'t tree::Expr, negated: bool, pattern: &'t tree::Pattern, span: Span) -> Expr {
        let value = self.check_expr(value, Want::Any);
        let pattern = self.pattern(pattern, value.type_);
        if value.type_ == Type::ERROR {
            return self.make(ExprKind::Nothing, Type::ERROR, span);
        }
        let is = self.make(ExprKind::Is { value: Box::new(value), pattern }, Type::BOOL, span);
        if negated { self.make(ExprKind::Not(Box::new(is)), Type::BOOL, span) } else { is }
    }
}

/// Says whether a pattern, asked of an optional, is about the value inside.
fn asks_inside(pattern: &tree::Pattern) -> bool {
    match &pattern.kind {
        PatternKind::Any | PatternKind::Bind(_) | PatternKind::Error | PatternKind::Or(_) => false,
        PatternKind::Literal(literal) => *literal != tree::Literal::None,
        PatternKind::String(_) | PatternKind::Range { .. } | PatternKind::Case { .. } | PatternKind::Record { .. } => {
            true
        }
    }
}

/// Gives what a pattern of an optional asks of the value inside.
fn inside(pattern: &Pattern) -> Option<&Pattern> {
    match pattern {
        Pattern::Some(inner, _) => Some(inner),
        _ => None,
    }
}

/// Gives what a pattern asks of one value of a case, where that alone decides whether it takes the case.
fn data(pattern: &Pattern, case: u32, at: usize) -> Option<&Pattern> {
    let Pattern::Case { tag, fields } = pattern else { return None };
    let mut others = fields.iter().enumerate().filter(|(number, _)| *number != at);
    let decides = *tag == case && others.all(|(_, (field, _))| takes_all(field));
    fields.get(at).filter(|_| decides).map(|(field, _)| field)
}

/// Gives what a pattern asks of one field of a record, where that alone decides whether it takes the record.
fn field_of(pattern: &Pattern, at: u32) -> Option<&Pattern> {
    let Pattern::Record(fields) = pattern else { return None };
    let decides = fields.iter().all(|(number, field, _)| *number == at || takes_all(field));
    fields.iter().find(|(number, ..)| *number == at && decides).map(|(_, field, _)| field)
}

fn takes_all(pattern: &Pattern) -> bool {
    matches!(pattern, Pattern::Any | Pattern::Bind(_))
}

fn rename(pattern: &mut Pattern, new: &[LocalId]) {
    match pattern {
        Pattern::Any | Pattern::Value(_) | Pattern::Range { .. } | Pattern::None => {}
        Pattern::Bind(local) => *local = new[local.0 as usize],
        Pattern::Some(inner, _) => rename(inner, new),
        Pattern::Case { fields, .. } => fields.iter_mut().for_each(|(field, _)| rename(field, new)),
        Pattern::Record(fields) => fields.iter_mut().for_each(|(_, field, _)| rename(field, new)),
        Pattern::Or(parts) => parts.iter_mut().for_each(|part| rename(part, new)),
    }
}
