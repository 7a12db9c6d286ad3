//! Whether the arms of a `match` take every value, and which arm no value reaches.
//!
//! A row of patterns is *useful* after others if some value reaches it (Maranget, "Warnings for pattern matching",
//! 2007). An arm that is not useful is unreachable; if a row of wildcards is useful after all arms, a value is missed,
//! and the search says which.
//!
//! Rows are kept by the constructor that they begin with, so that an arm is compared only with those before it that it
//! may meet, and a `match` with a thousand cases takes a thousand steps. What takes very many steps all the same (the
//! question is NP-complete) is told, never taken for right.

use super::Checker;
use crate::ir::{Expr, ExprKind, Pattern, Type, TypeKind};
use diagnostics::{Code, Diagnostic, Span};
use grammar::tree;
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// How many rows the search may look at for one `match`.
const BUDGET: u32 = 2_000_000;

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

/// What a pattern begins with, once `or` is taken apart.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Begin<'s> {
    Make(u32),
    Literal(&'s str),
}

/// The constructors of a type.
#[derive(Clone)]
enum Constructors {
    /// All of them: name and the types of the parts.
    Known(Rc<[(String, Vec<Type>)]>),
    /// Too many to count.
    Endless,
}

/// The search gave up.
struct TooLong;

/// A value that is taken, as the texts of its parts.
type Example = Vec<String>;

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
        let shapes: Vec<Shape> = arms.iter().map(|(pattern, _)| self.shape(pattern)).collect();
        let mut search = Search { checker: self, known: FxHashMap::default(), budget: BUDGET };
        match search.arms(type_, arms, &shapes) {
            Ok((unreached, missing)) => {
                for at in unreached {
                    let message = "no value reaches this arm: the ones before take all of its values".to_owned();
                    let place = self.place(written[at].pattern.span);
                    self.report(Diagnostic::new(Code::UnreachableArm, place, message));
                }
                self.tell_missing_cases(&missing, type_, subject);
            }
            Err(TooLong) => {
                let message = "it would take too long to find out whether this `match` takes every value".to_owned();
                let diagnostic = Diagnostic::new(Code::NotExhaustive, self.place(subject), message);
                self.report(diagnostic.help("end it with an arm `_ => …`, or match one part after the other"));
            }
        }
    }

    fn tell_missing_cases(&mut self, missing: &[String], type_: Type, subject: Span) {
        if missing.is_empty() {
            return;
        }
        let shown: Vec<String> = missing.iter().take(8).map(|case| format!("`{case}`")).collect();
        let more = if missing.len() > 8 { format!(" and {} more", missing.len() - 8) } else { String::new() };
        let message = format!("this `match` does not take {}{more}", shown.join(", "));
        let help = match missing {
            [one] => format!("add an arm: `{one} => …`"),
            several => format!(
                "add arms: {}",
                several.iter().take(8).map(|case| format!("`{case} => …`")).collect::<Vec<_>>().join(", ")
            ),
        };
        let diagnostic = Diagnostic::new(Code::NotExhaustive, self.place(subject), message);
        self.report(diagnostic.label(format!("this is `{}`", self.name(type_))).help(help));
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
            TypeKind::Bool => {
                Constructors::Known(Rc::from([("false".into(), Vec::new()), ("true".into(), Vec::new())]))
            }
            TypeKind::Optional(inner) => {
                Constructors::Known(Rc::from([("none".into(), Vec::new()), (String::new(), vec![inner])]))
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
                Constructors::Known(Rc::from([(name, types)]))
            }
            _ => Constructors::Endless,
        }
    }
}

/// Parts of patterns, one for each type of a row of types.
type Row<'s> = Vec<&'s Shape>;

/// Rows by what they begin with.
#[derive(Default)]
struct Rows<'s> {
    /// The rows that begin with a constructor or literal: its parts, then the rest.
    by_begin: FxHashMap<Begin<'s>, Vec<Row<'s>>>,
    /// The rest of those that begin with everything.
    any: Vec<Row<'s>>,
}

impl<'s> Rows<'s> {
    fn add(&mut self, row: &[&'s Shape], constructors: &Constructors) {
        let Some((first, rest)) = row.split_first() else { return };
        match first {
            Shape::Any => self.any.push(rest.to_vec()),
            Shape::Make(at, parts) => {
                let row = with_parts(parts, constructors.parts(*at).len(), rest);
                self.by_begin.entry(Begin::Make(*at)).or_default().push(row);
            }
            Shape::Literal(text) => self.by_begin.entry(Begin::Literal(text)).or_default().push(rest.to_vec()),
            Shape::Or(parts) => {
                for part in parts {
                    let row: Row<'s> = std::iter::once(part).chain(rest.iter().copied()).collect();
                    self.add(&row, constructors);
                }
            }
        }
    }

    /// Gives the rows that take values which begin so, with `count` parts in the place of the first.
    fn meeting(&self, begin: &Begin<'s>, count: usize) -> Vec<Row<'s>> {
        let own = self.by_begin.get(begin).into_iter().flatten().cloned();
        own.chain(self.any.iter().map(|rest| with_parts(&[], count, rest))).collect()
    }
}

/// Puts the parts of a constructor before the rest of a row; what a pattern leaves out takes everything.
fn with_parts<'s>(parts: &'s [Shape], count: usize, rest: &[&'s Shape]) -> Row<'s> {
    (0..count).map(|at| parts.get(at).unwrap_or(&Shape::Any)).chain(rest.iter().copied()).collect()
}

impl Constructors {
    /// Gives the types of the parts of a constructor.
    fn parts(&self, at: u32) -> &[Type] {
        match self {
            Constructors::Known(all) => all.get(at as usize).map_or(&[], |(_, types)| types),
            Constructors::Endless => &[],
        }
    }
}

/// The search of one `match`.
struct Search<'c, 't> {
    checker: &'c mut Checker<'t>,
    known: FxHashMap<Type, Constructors>,
    budget: u32,
}

impl Search<'_, '_> {
    /// Gives the arms that nothing reaches, and what no arm takes: each missing constructor, or one example.
    fn arms(
        &mut self,
        type_: Type,
        arms: &[(Pattern, Option<Expr>)],
        shapes: &[Shape],
    ) -> Result<(Vec<usize>, Vec<String>), TooLong> {
        let constructors = self.constructors(type_);
        let mut rows = Rows::default();
        let mut unreached = Vec::new();
        for (at, (shape, (_, guard))) in shapes.iter().zip(arms).enumerate() {
            if self.useful_among(&rows, &[shape], &[type_])?.is_none() {
                unreached.push(at);
            }
            if guard.is_none() {
                rows.add(&[shape], &constructors);
            }
        }
        let mut missing = Vec::new();
        match constructors {
            Constructors::Known(all) => {
                for at in 0..all.len() as u32 {
                    missing.extend(self.useful_make(&rows, (at, &[]), &[], &[type_])?.into_iter().flatten().next());
                }
            }
            Constructors::Endless => {
                let example = self.useful_among(&rows, &[&Shape::Any], &[type_])?;
                missing.extend(example.into_iter().flatten().next());
            }
        }
        Ok((unreached, missing))
    }

    fn constructors(&mut self, type_: Type) -> Constructors {
        if let Some(known) = self.known.get(&type_) {
            return known.clone();
        }
        let found = self.checker.constructors(type_);
        self.known.insert(type_, found.clone());
        found
    }

    fn spend(&mut self, steps: usize) -> Result<(), TooLong> {
        let steps = u32::try_from(steps).map_err(|_| TooLong)?;
        self.budget = self.budget.checked_sub(steps).ok_or(TooLong)?;
        Ok(())
    }

    /// Gives a value that the last row takes and no row before does; `None` where there is none.
    fn useful(&mut self, rows: &[Row<'_>], row: &[&Shape], types: &[Type]) -> Result<Option<Example>, TooLong> {
        // Columns in which everything is taken say nothing.
        let open = |at: &usize| [row].into_iter().chain(rows.iter().map(Vec::as_slice)).all(|row| is_any(row, *at));
        let skipped = (0..row.len()).take_while(open).count();
        self.spend((rows.len() + 1) * (row.len() + 1))?;
        let (row, types) = (&row[skipped..], &types[skipped..]);
        let Some(type_) = types.first().copied() else {
            return Ok(rows.is_empty().then(|| vec!["_".to_owned(); skipped]));
        };
        let constructors = self.constructors(type_);
        let mut grouped = Rows::default();
        rows.iter().for_each(|each| grouped.add(&each[skipped..], &constructors));
        let found = self.useful_among(&grouped, row, types)?;
        Ok(found.map(|rest| [vec!["_".to_owned(); skipped], rest].concat()))
    }

    fn useful_among(&mut self, rows: &Rows<'_>, row: &[&Shape], types: &[Type]) -> Result<Option<Example>, TooLong> {
        let (Some((first, rest)), Some(type_)) = (row.split_first(), types.first().copied()) else { return Ok(None) };
        match first {
            Shape::Or(parts) => {
                for part in parts {
                    let row: Row<'_> = std::iter::once(part).chain(rest.iter().copied()).collect();
                    if let Some(found) = self.useful_among(rows, &row, types)? {
                        return Ok(Some(found));
                    }
                }
                Ok(None)
            }
            Shape::Literal(text) => {
                let meeting = rows.meeting(&Begin::Literal(text), 0);
                Ok(self.useful(&meeting, rest, &types[1..])?.map(|rest| prepend("_".to_owned(), rest)))
            }
            Shape::Make(at, parts) => self.useful_make(rows, (*at, parts), rest, types),
            Shape::Any => match self.constructors(type_) {
                Constructors::Known(all) if !rows.by_begin.is_empty() => {
                    for at in 0..all.len() as u32 {
                        if let Some(found) = self.useful_make(rows, (at, &[]), rest, types)? {
                            return Ok(Some(found));
                        }
                    }
                    Ok(None)
                }
                Constructors::Known(_) | Constructors::Endless => {
                    Ok(self.useful(&rows.any, rest, &types[1..])?.map(|rest| prepend("_".to_owned(), rest)))
                }
            },
        }
    }

    /// The same for a row that begins with a constructor; parts that are not given take everything.
    fn useful_make(
        &mut self,
        rows: &Rows<'_>,
        (at, parts): (u32, &[Shape]),
        rest: &[&Shape],
        types: &[Type],
    ) -> Result<Option<Example>, TooLong> {
        let Constructors::Known(all) = self.constructors(types[0]) else { return Ok(None) };
        let Some((name, part_types)) = all.get(at as usize) else { return Ok(None) };
        let count = part_types.len();
        let meeting = rows.meeting(&Begin::Make(at), count);
        let types = [part_types, &types[1..]].concat();
        let Some(mut found) = self.useful(&meeting, &with_parts(parts, count, rest), &types)? else { return Ok(None) };
        let rest = found.split_off(count.min(found.len()));
        let text = if name.is_empty() {
            found.into_iter().next().filter(|text| text != "_").unwrap_or_else(|| "value".to_owned())
        } else if count == 0 {
            name.clone()
        } else {
            format!("{name}({})", found.join(", "))
        };
        Ok(Some(prepend(text, rest)))
    }
}

fn is_any(row: &[&Shape], at: usize) -> bool {
    matches!(row.get(at), Some(Shape::Any))
}

fn prepend(text: String, mut rest: Example) -> Example {
    rest.insert(0, text);
    rest
}
