//! Words that several diagnostics share.

use super::{Checker, Definition};
use crate::ir::{Type, TypeKind};
use diagnostics::{Code, Diagnostic, Place, Span};

/// Why a type is expected where it is: the second label of a mismatch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Because {
    /// It is clear from the place itself.
    Nothing,
    /// A variable or constant is declared with it.
    Declared(Place),
    /// A parameter has it.
    Parameter(Place),
    /// The function's result has it.
    Result(Place),
    /// An earlier branch, item or operand has it.
    Earlier(Place),
}

impl Because {
    fn label(self) -> Option<(Place, &'static str)> {
        match self {
            Because::Nothing => None,
            Because::Declared(place) => Some((place, "declared with this type")),
            Because::Parameter(place) => Some((place, "the parameter is declared here")),
            Because::Result(place) => Some((place, "the result is declared here")),
            Because::Earlier(place) => Some((place, "expected because of this")),
        }
    }
}

/// What is wanted of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Want {
    /// A value of any type.
    Any,
    /// Nothing: its value is dropped.
    Dropped,
    /// A value of a type.
    Type(Type, Because),
}

/// Gives what a definition is, in words.
pub(super) fn definition(definition: Definition) -> &'static str {
    match definition {
        Definition::Function(_) => "a function",
        Definition::Task(_) => "a task",
        Definition::Record(_) => "a record",
        Definition::Enum(_) => "an enum",
        Definition::Refined(_) => "a type",
        Definition::Const(_) => "a constant",
        Definition::Module(_) => "a module",
        Definition::ErrorKind(_) => "a kind of error",
        Definition::Secret(..) => "a secret",
        Definition::State(_) => "a state",
        Definition::Calendar(_) => "a calendar",
        Definition::Setting(_) => "a setting",
        Definition::Connection(_) => "a connection",
        Definition::Agent(_) => "an agent",
    }
}

/// How many errors are told of a project, and how many warnings; what is behind them is mended later anyway.
const MOST_TOLD: u32 = 1_000;

/// For how many errors a near name is looked for.
const MOST_SUGGESTED: u32 = 100;

/// How many errors and warnings were found.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Found {
    errors: u32,
    warnings: u32,
}

impl Checker<'_> {
    /// Keeps a diagnostic, unless this part was checked before, or very many were told.
    pub(crate) fn report(&mut self, diagnostic: Diagnostic) {
        if self.muted > 0 {
            return;
        }
        let found = if diagnostic.is_error() { &mut self.found.errors } else { &mut self.found.warnings };
        *found += 1;
        match *found {
            ..MOST_TOLD => self.diagnostics.push(diagnostic),
            MOST_TOLD => self.diagnostics.push(diagnostic.note(format!("{MOST_TOLD} were told; there may be more"))),
            _ => {}
        }
    }

    /// Says whether so many errors were told that nothing more is looked at.
    pub(super) fn has_told_enough(&self) -> bool {
        self.found.errors >= MOST_TOLD
    }

    /// Gives the candidate that a wrong name was meant to be.
    pub(super) fn near<'n>(&self, name: &str, candidates: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
        if self.found.errors < MOST_SUGGESTED { diagnostics::nearest(name, candidates) } else { None }
    }

    /// Reports with the suggestion of a near name at the place of the wrong one.
    pub(super) fn report_near(&mut self, diagnostic: Diagnostic, span: Span, near: Option<String>) {
        let place = self.place(span);
        self.report(match near {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")).fix(diagnostics::Fix {
                title: format!("write `{near}`"),
                safe: false,
                edits: vec![diagnostics::Edit { place, text: near }],
            }),
            None => diagnostic,
        });
    }

    /// Tells that a value has another type than is expected.
    pub(super) fn mismatch(&mut self, span: Span, found: Type, wanted: Type, because: Because) {
        let (found_name, wanted_name) = (self.name(found), self.name(wanted));
        let message = format!("expected `{wanted_name}`, found `{found_name}`");
        let mut diagnostic = Diagnostic::new(Code::Mismatch, self.place(span), message);
        diagnostic = diagnostic.label(format!("this is `{found_name}`"));
        if let Some((place, words)) = because.label()
            && place != self.place(span)
        {
            diagnostic = diagnostic.also(place, words);
        }
        if let Some(help) = self.conversion_help(found, wanted) {
            diagnostic = diagnostic.help(help);
        }
        self.report(diagnostic);
    }

    fn conversion_help(&self, found: Type, wanted: Type) -> Option<String> {
        if self.inside_optional(found) == Some(wanted) {
            return Some("say what stands for `none` with `?? …`, or ask `!= none` before".to_owned());
        }
        if self.inside_optional(found).is_some() && wanted == Type::BOOL {
            return Some("ask whether there is a value: `!= none`".to_owned());
        }
        if let TypeKind::Refined(_) = self.kind(wanted)
            && self.base(found) == self.base(wanted)
        {
            let name = self.name(wanted);
            return Some(format!("have it checked: `{name}(…)` fails with `invalid` where the value is none"));
        }
        let (from, to) = (self.base(found), self.base(wanted));
        Some(match (from, to) {
            (Type::INT, Type::FLOAT) => "convert it with `.to_float()`".to_owned(),
            (Type::INT | Type::FLOAT, Type::DECIMAL) => "convert it with `.to_decimal()`".to_owned(),
            (Type::DECIMAL, Type::FLOAT) => "convert it with `.to_float()`".to_owned(),
            (Type::FLOAT | Type::DECIMAL, Type::INT) => "convert it with `.to_int()`".to_owned(),
            (Type::STRING, Type::DECIMAL) => "read it with `decimal.parse(…)`, which gives a `decimal?`".to_owned(),
            (Type::STRING, Type::BYTES) => "take its bytes with `.bytes()`".to_owned(),
            (Type::BYTES, Type::STRING) => "read them with `.text()`".to_owned(),
            (Type::STRING, Type::INT) => "read it with `int.parse(…)`, which gives an `int?`".to_owned(),
            (Type::JSON, _) => "read it with `.decode()`, which gives the expected type or fails".to_owned(),
            (
                Type::INT | Type::FLOAT | Type::DECIMAL | Type::BOOL | Type::DATE | Type::DATETIME | Type::DURATION,
                Type::STRING,
            ) => "put it into a text: `\"{…}\"`".to_owned(),
            (Type::INT, Type::DURATION) => "give it a unit: `30s`, or multiply: `n * 1s`".to_owned(),
            (from, to) => match (self.kind(from), self.kind(to)) {
                (TypeKind::List(from), TypeKind::Set(to)) if from == to => "make it one with `.to_set()`".to_owned(),
                (TypeKind::Set(from), TypeKind::List(to)) if from == to => "make it one with `.to_list()`".to_owned(),
                (TypeKind::List(item), TypeKind::List(refined))
                    if matches!(self.kind(*refined), TypeKind::Refined(_))
                        && self.base(*item) == self.base(*refined) =>
                {
                    format!("have each item checked: `.map(item => {}(item))`", self.name(*refined))
                }
                (_, _) => return None,
            },
        })
    }

    /// Tells that a construct is not run by this version.
    pub(super) fn not_yet(&mut self, span: Span, what: &str) {
        let message = format!("this version does not run {what} yet");
        self.report(Diagnostic::new(Code::NotYet, self.place(span), message));
    }

    /// Makes a count with its noun: `1 argument`, `2 arguments`.
    pub(super) fn count(count: usize, noun: &str) -> String {
        if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
    }
}
