//! Whether the arms of a `match` take every value, and which arm no value reaches.
//!
//! A row of patterns is *useful* after others if some value reaches it (Maranget, "Warnings for pattern matching",
//! 2007). An arm that is not useful is unreachable; if a row of wildcards is useful after all arms, a value is missed,
//! and the search says which. Wide enums of plain cases are answered without the search, and the search has a budget, so
//! no `match` takes longer than its size allows.

use super::Checker;
use crate::ir::{Expr, ExprKind, Pattern, Type, TypeKind};
use diagnostics::{Code, Diagnostic, Span};
use grammar::tree;

/// How many steps the search may take for one `match`.
const BUDGET: u32 = 20_000;

/// A pattern as far as the search asks.
#[derive(Clone, Debug)]
enum Shape {
    /// Everything.
    Any,
    /// A constructor of the type, by number, with its parts.
    Make(u32, Vec<Shape>),
    /// Some values of a type with too many to count.
    Literal(String),
    /// One of several.
    Or(Vec<Shape>),
}

/// The constructors of a type.
enum Constructors {
    /// All of them: name and the types of the parts.
    Known(Vec<(String, Vec<Type>)>),
    /// Too many to count.
    Endless,
}

impl<'t> Checker<'t> {
    /// Tells of values that no arm takes, and of arms that no value reaches.
    pub(super) fn check_arms(
        &mut self,
        type_: Type,
        arms: &[(Pattern, Option<Expr>)],
        written: &'t [tree::Arm],
        subject: Span,
    ) {
        if type_ == Type::ERROR || type_ == Type::NEVER {
            return;
        }
        let mut budget = BUDGET;
        let mut rows: Vec<Vec<Shape>> = Vec::with_capacity(arms.len());
        let mut simple = SimpleCases::default();
        for ((pattern, guard), arm) in arms.iter().zip(written) {
            let shape = self.shape(pattern);
            let is_reached = match simple.reaches(&shape) {
                Some(reached) => reached,
                None => self.useful(&rows, std::slice::from_ref(&shape), &[type_], &mut budget).is_some(),
            };
            if !is_reached {
                let message = "no value reaches this arm: the ones before take all of its values".to_owned();
                self.report(Diagnostic::new(Code::UnreachableArm, self.place(arm.pattern.span), message));
            }
            if guard.is_none() {
                simple.add(&shape);
                rows.push(vec![shape]);
            }
        }
        let missing = self.missing(&rows, type_, &simple, &mut budget);
        if missing.is_empty() {
            return;
        }
        let shown: Vec<String> = missing.iter().take(8).map(|case| format!("`{case}`")).collect();
        let more = if missing.len() > 8 { format!(" and {} more", missing.len() - 8) } else { String::new() };
        let message = format!("this `match` does not take {}{more}", shown.join(", "));
        let help = format!("add an arm: `{} => …`", missing.first().map_or("_", String::as_str));
        let diagnostic = Diagnostic::new(Code::NotExhaustive, self.place(subject), message);
        self.report(diagnostic.label(format!("this is `{}`", self.name(type_))).help(help));
    }

    /// Lists the values that no row takes: each missing constructor of the type, or one example of what is missing.
    fn missing(&mut self, rows: &[Vec<Shape>], type_: Type, simple: &SimpleCases, budget: &mut u32) -> Vec<String> {
        if let (true, Constructors::Known(all)) = (simple.is_complete(), self.constructors(type_)) {
            if simple.takes_all {
                return Vec::new();
            }
            let missed = all.iter().enumerate().filter(|(at, _)| !simple.seen.contains(&(*at as u32)));
            return missed.map(|(_, (name, parts))| pattern_text(name, parts.len())).collect();
        }
        match self.constructors(type_) {
            Constructors::Known(all) => {
                let mut missing = Vec::new();
                for (at, (_, parts)) in all.iter().enumerate() {
                    let whole = Shape::Make(at as u32, parts.iter().map(|_| Shape::Any).collect());
                    if let Some(example) = self.useful(rows, &[whole], &[type_], budget) {
                        missing.extend(example.into_iter().next());
                    }
                }
                missing
            }
            Constructors::Endless => {
                let example = self.useful(rows, &[Shape::Any], &[type_], budget);
                example.and_then(|texts| texts.into_iter().next()).into_iter().collect()
            }
        }
    }

    fn shape(&self, pattern: &Pattern) -> Shape {
        match pattern {
            Pattern::Any | Pattern::Bind(_) => Shape::Any,
            Pattern::None => Shape::Make(0, Vec::new()),
            Pattern::Some(inner, _) => Shape::Make(1, vec![self.shape(inner)]),
            Pattern::Case { tag, fields } => {
                Shape::Make(*tag, fields.iter().map(|(field, _)| self.shape(field)).collect())
            }
            Pattern::Value(value) => match &value.kind {
                ExprKind::Bool(value) => Shape::Make(u32::from(*value), Vec::new()),
                kind => Shape::Literal(format!("{kind:?}")),
            },
            Pattern::Range { from, to, inclusive } => {
                Shape::Literal(format!("{:?}..{inclusive}{:?}", from.kind, to.kind))
            }
            Pattern::Record(fields) => {
                let count = fields.iter().map(|(field, ..)| *field + 1).max().unwrap_or(0);
                let mut parts = vec![Shape::Any; count as usize];
                for (field, pattern, _) in fields {
                    parts[*field as usize] = self.shape(pattern);
                }
                Shape::Make(0, parts)
            }
            Pattern::Or(parts) => Shape::Or(parts.iter().map(|part| self.shape(part)).collect()),
        }
    }

    fn constructors(&mut self, type_: Type) -> Constructors {
        match self.kind(type_).clone() {
            TypeKind::Bool => Constructors::Known(vec![("false".into(), Vec::new()), ("true".into(), Vec::new())]),
            TypeKind::Optional(inner) => {
                Constructors::Known(vec![("none".into(), Vec::new()), (String::new(), vec![inner])])
            }
            TypeKind::Enum(id, arguments) => {
                let shape = &self.program.enums[id.0 as usize];
                let cases: Vec<(String, Vec<Type>)> = shape
                    .cases
                    .iter()
                    .map(|case| (format!(".{}", case.name), case.fields.iter().map(|field| field.type_).collect()))
                    .collect();
                let substituted = cases.into_iter().map(|(name, types)| {
                    let types = types.into_iter().map(|each| self.program.types.substitute(each, &arguments));
                    (name, types.collect())
                });
                Constructors::Known(substituted.collect())
            }
            TypeKind::Record(id, arguments) => {
                let record = &self.program.records[id.0 as usize];
                let (name, types): (String, Vec<Type>) =
                    (record.name.clone(), record.fields.iter().map(|field| field.type_).collect());
                let types = types.into_iter().map(|each| self.program.types.substitute(each, &arguments)).collect();
                Constructors::Known(vec![(name, types)])
            }
            _ => Constructors::Endless,
        }
    }

    /// Gives the text of a value that the last row takes and no row before does; `None` where there is none.
    fn useful(&mut self, rows: &[Vec<Shape>], row: &[Shape], types: &[Type], budget: &mut u32) -> Option<Vec<String>> {
        let (Some(first), Some(type_)) = (row.first(), types.first().copied()) else {
            return rows.is_empty().then(Vec::new);
        };
        if *budget == 0 {
            // Out of budget: nothing is claimed, neither that an arm is dead nor that a value is missed.
            return None;
        }
        *budget -= 1;
        match first {
            Shape::Or(parts) => parts.iter().find_map(|part| {
                let mut row = row.to_vec();
                row[0] = part.clone();
                self.useful(rows, &row, types, budget)
            }),
            Shape::Literal(text) => {
                let rows = literal_rows(rows, text);
                let rest = self.useful(&rows, &row[1..], &types[1..], budget)?;
                Some(prepend("_".to_owned(), rest))
            }
            Shape::Make(at, parts) => match self.constructors(type_) {
                Constructors::Known(all) => {
                    let (name, part_types) = all.get(*at as usize)?;
                    self.useful_make(rows, (*at, parts, name, part_types), &row[1..], &types[1..], budget)
                }
                Constructors::Endless => None,
            },
            Shape::Any => self.useful_any(rows, row, types, budget),
        }
    }

    fn useful_make(
        &mut self,
        rows: &[Vec<Shape>],
        (at, parts, name, part_types): (u32, &[Shape], &str, &[Type]),
        rest: &[Shape],
        rest_types: &[Type],
        budget: &mut u32,
    ) -> Option<Vec<String>> {
        let count = part_types.len();
        let specialised = specialise(rows, at, count);
        let mut row: Vec<Shape> = (0..count).map(|part| parts.get(part).cloned().unwrap_or(Shape::Any)).collect();
        row.extend_from_slice(rest);
        let mut types = part_types.to_vec();
        types.extend_from_slice(rest_types);
        let mut found = self.useful(&specialised, &row, &types, budget)?;
        let rest = found.split_off(count.min(found.len()));
        let text = if name.is_empty() {
            found.into_iter().next().filter(|text| text != "_").unwrap_or_else(|| "value".to_owned())
        } else if count == 0 {
            name.to_owned()
        } else {
            format!("{name}({})", found.join(", "))
        };
        Some(prepend(text, rest))
    }

    fn useful_any(
        &mut self,
        rows: &[Vec<Shape>],
        row: &[Shape],
        types: &[Type],
        budget: &mut u32,
    ) -> Option<Vec<String>> {
        let mut used = Vec::new();
        for each in rows {
            constructors_in(&each[0], &mut used);
        }
        let constructors = if used.is_empty() { Constructors::Endless } else { self.constructors(types[0]) };
        if let Constructors::Known(all) = constructors {
            for (at, (name, part_types)) in all.iter().enumerate() {
                let parts: Vec<Shape> = part_types.iter().map(|_| Shape::Any).collect();
                let made = (at as u32, parts.as_slice(), name.as_str(), part_types.as_slice());
                let found = self.useful_make(rows, made, &row[1..], &types[1..], budget);
                if found.is_some() {
                    return found;
                }
            }
            return None;
        }
        let others: Vec<Vec<Shape>> = rows.iter().flat_map(|each| any_rows(each)).collect();
        let rest = self.useful(&others, &row[1..], &types[1..], budget)?;
        Some(prepend("_".to_owned(), rest))
    }
}

/// Arms that only name cases: the usual `match`, answered in linear time.
#[derive(Debug)]
struct SimpleCases {
    seen: rustc_hash::FxHashSet<u32>,
    takes_all: bool,
    is_simple: bool,
}

impl Default for SimpleCases {
    fn default() -> Self {
        SimpleCases { seen: rustc_hash::FxHashSet::default(), takes_all: false, is_simple: true }
    }
}

impl SimpleCases {
    fn is_complete(&self) -> bool {
        self.is_simple
    }

    /// Says whether a shape is reached, where that needs no search.
    fn reaches(&self, shape: &Shape) -> Option<bool> {
        if !self.is_simple {
            return None;
        }
        match shape {
            Shape::Make(at, _) => Some(!self.takes_all && !self.seen.contains(at)),
            Shape::Any if self.takes_all => Some(false),
            Shape::Any | Shape::Literal(_) | Shape::Or(_) => None,
        }
    }

    fn add(&mut self, shape: &Shape) {
        match shape {
            Shape::Any => self.takes_all = true,
            Shape::Make(at, parts) if parts.iter().all(|part| matches!(part, Shape::Any)) => {
                self.seen.insert(*at);
            }
            Shape::Make(..) | Shape::Literal(_) | Shape::Or(_) => self.is_simple = false,
        }
    }
}

fn pattern_text(name: &str, parts: usize) -> String {
    match (name, parts) {
        ("", _) => "value".to_owned(),
        (name, 0) => name.to_owned(),
        (name, parts) => format!("{name}({})", vec!["_"; parts].join(", ")),
    }
}

fn prepend(text: String, rest: Vec<String>) -> Vec<String> {
    let mut all = vec![text];
    all.extend(rest);
    all
}

fn constructors_in(shape: &Shape, used: &mut Vec<u32>) {
    match shape {
        Shape::Make(at, _) => used.push(*at),
        Shape::Or(parts) => parts.iter().for_each(|part| constructors_in(part, used)),
        Shape::Any | Shape::Literal(_) => {}
    }
}

fn specialise(rows: &[Vec<Shape>], at: u32, count: usize) -> Vec<Vec<Shape>> {
    let mut made = Vec::new();
    for row in rows {
        specialise_row(&row[0], &row[1..], at, count, &mut made);
    }
    made
}

fn specialise_row(first: &Shape, rest: &[Shape], at: u32, count: usize, made: &mut Vec<Vec<Shape>>) {
    match first {
        Shape::Any => {
            let mut row = vec![Shape::Any; count];
            row.extend_from_slice(rest);
            made.push(row);
        }
        Shape::Make(found, parts) if *found == at => {
            let mut row: Vec<Shape> = (0..count).map(|part| parts.get(part).cloned().unwrap_or(Shape::Any)).collect();
            row.extend_from_slice(rest);
            made.push(row);
        }
        Shape::Make(..) | Shape::Literal(_) => {}
        Shape::Or(parts) => parts.iter().for_each(|part| specialise_row(part, rest, at, count, made)),
    }
}

fn literal_rows(rows: &[Vec<Shape>], text: &str) -> Vec<Vec<Shape>> {
    rows.iter().filter(|row| takes_literal(&row[0], text)).map(|row| row[1..].to_vec()).collect()
}

fn takes_literal(shape: &Shape, text: &str) -> bool {
    match shape {
        Shape::Any => true,
        Shape::Literal(known) => known == text,
        Shape::Make(..) => false,
        Shape::Or(parts) => parts.iter().any(|part| takes_literal(part, text)),
    }
}

fn any_rows(row: &[Shape]) -> Vec<Vec<Shape>> {
    let takes_all = match &row[0] {
        Shape::Any => true,
        Shape::Or(parts) => parts.iter().any(|part| matches!(part, Shape::Any)),
        Shape::Make(..) | Shape::Literal(_) => false,
    };
    if takes_all { vec![row[1..].to_vec()] } else { Vec::new() }
}
