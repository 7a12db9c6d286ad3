//! Patterns.

use super::Builder;
use crate::parser::{Node, Rule};
use crate::tree::{Literal, Name, Path, Pattern, PatternKind};
use diagnostics::{Code, Diagnostic, Span};

impl Builder<'_> {
    /// Builds a whole pattern: parts joined by `|`.
    pub(super) fn pattern(&mut self, node: Node<'_>) -> Pattern {
        let span = self.span(&node);
        let mut parts: Vec<Pattern> = node.into_inner().map(|part| self.pattern_part(part)).collect();
        match parts.pop() {
            Some(only) if parts.is_empty() => only,
            Some(last) => {
                parts.push(last);
                Pattern { kind: PatternKind::Or(parts), span }
            }
            None => Pattern { kind: PatternKind::Error, span },
        }
    }

    pub(super) fn pattern_part(&mut self, node: Node<'_>) -> Pattern {
        let span = self.span(&node);
        let kind = match node.as_rule() {
            Rule::constant => PatternKind::Literal(constant(node.as_str())),
            Rule::string => PatternKind::String(self.plain_text(node)),
            Rule::pattern_range => self.pattern_range(node),
            Rule::pattern_case => self.pattern_case(node, span),
            Rule::pattern_path => self.pattern_path(node),
            _ => PatternKind::Error,
        };
        Pattern { kind, span }
    }

    fn pattern_range(&mut self, node: Node<'_>) -> PatternKind {
        let mut ends = Vec::with_capacity(2);
        let mut inclusive = false;
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::range => inclusive = child.as_str() == "..=",
                _ => ends.push(self.pattern_number(child)),
            }
        }
        let mut ends = ends.into_iter();
        match (ends.next(), ends.next()) {
            (Some(Some(from)), Some(Some(to))) => PatternKind::Range { from, to, inclusive },
            (Some(Some(only)), None) => PatternKind::Literal(only),
            _ => PatternKind::Error,
        }
    }

    fn pattern_number(&mut self, node: Node<'_>) -> Option<Literal> {
        let span = self.span(&node);
        let mut negative = false;
        let mut number = None;
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::minus => negative = true,
                _ => number = Some(self.span(&child)),
            }
        }
        if negative { self.number(span, true) } else { self.number(number?, false) }
    }

    fn pattern_case(&mut self, node: Node<'_>, span: Span) -> PatternKind {
        let mut name = self.no_name(span);
        let mut fields = None;
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::word => name = self.name(&child),
                _ => fields = Some(self.case_fields(child)),
            }
        }
        PatternKind::Case { enum_: None, name, fields }
    }

    /// Decides by the form: `Enum.case` has a dot and a small letter behind it, `Record(…)` has neither; a word alone
    /// binds.
    fn pattern_path(&mut self, node: Node<'_>) -> PatternKind {
        let mut path = None;
        let mut fields = None;
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::path => path = Some(self.path(child)),
                _ => fields = Some(child),
            }
        }
        let Some(Path { mut names, span }) = path else { return PatternKind::Error };
        let is_case = names.len() > 1
            && names.last().is_some_and(|name| !name.text.starts_with(|first: char| first.is_ascii_uppercase()));
        if is_case {
            let Some(name) = names.pop() else { return PatternKind::Error };
            let span = Span::new(span.start, names.last().map_or(span.end, |last| last.span.end));
            let fields = fields.map(|fields| self.case_fields(fields));
            return PatternKind::Case { enum_: Some(Path { names, span }), name, fields };
        }
        match fields {
            Some(fields) => {
                let fields = self.record_fields(fields);
                PatternKind::Record { path: Path { names, span }, fields }
            }
            None if names.len() > 1 => PatternKind::Record { path: Path { names, span }, fields: Vec::new() },
            None => match names.pop() {
                Some(name) if name.text == "_" => PatternKind::Any,
                Some(name) => PatternKind::Bind(name),
                None => PatternKind::Error,
            },
        }
    }

    fn case_fields(&mut self, node: Node<'_>) -> Vec<Pattern> {
        let mut fields = Vec::new();
        for field in node.into_inner() {
            let (label, pattern) = self.pattern_field(field);
            if let Some(label) = label {
                self.tell(
                    Diagnostic::new(Code::UnexpectedToken, self.place(label.span), "found a name, expected a pattern")
                        .label("the data of a case is matched by position")
                        .help(format!("leave out `{}:`", label.text)),
                );
            }
            fields.push(pattern);
        }
        fields
    }

    fn record_fields(&mut self, node: Node<'_>) -> Vec<(Name, Option<Pattern>)> {
        let mut fields = Vec::new();
        for field in node.into_inner() {
            match self.pattern_field(field) {
                (Some(label), pattern) => fields.push((label, Some(pattern))),
                (None, Pattern { kind: PatternKind::Bind(name), .. }) => fields.push((name, None)),
                (None, Pattern { kind: PatternKind::Error, .. }) => {}
                (None, pattern) => self.tell(
                    Diagnostic::new(
                        Code::UnexpectedToken,
                        self.place(pattern.span),
                        "found a pattern, expected a field",
                    )
                    .label("a record is matched by name")
                    .help("write `field: pattern`"),
                ),
            }
        }
        fields
    }

    fn pattern_field(&mut self, node: Node<'_>) -> (Option<Name>, Pattern) {
        let span = self.span(&node);
        let mut label = None;
        let mut pattern = Pattern { kind: PatternKind::Error, span };
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::label => label = Some(self.name(&child)),
                _ => pattern = self.pattern(child),
            }
        }
        (label, pattern)
    }
}

/// Gives the literal of `true`, `false` or `none`.
pub(super) fn constant(word: &str) -> Literal {
    match word {
        "true" => Literal::Bool(true),
        "false" => Literal::Bool(false),
        _ => Literal::None,
    }
}
