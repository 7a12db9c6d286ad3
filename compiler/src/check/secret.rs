//! Secrets: what is made of one is one, and where a plain value is expected there is none.
//!
//! A secret where a plain value belongs becomes [`ExprKind::Disclose`] and nothing is said here: `flow` tells of it once
//! the whole program is known, with the way that the secret took. So signatures are all that is known of a function.

use super::{Checker, purity::Pure, report::Want};
use crate::ir::{Expr, ExprKind, SecretId, Type, TypeKind};
use diagnostics::{Code, Diagnostic, Span};
use grammar::tree::{self, ItemKind};

impl<'t> Checker<'t> {
    /// Declares a secret.
    pub(super) fn new_secret(&mut self, name: &tree::Name) -> SecretId {
        let place = self.place(name.span);
        self.program.secrets.push(crate::ir::Secret { name: name.text.to_string(), place });
        SecretId(self.program.secrets.len() as u32 - 1)
    }

    /// Gives the value of a declared secret.
    pub(super) fn secret(&mut self, id: SecretId, span: Span) -> Expr {
        if let Some(pure) = self.body.pure.filter(|pure| *pure != Pure::Connection) {
            let place = pure.words();
            let name = &self.program.secrets[id.0 as usize].name;
            let message = format!("the secret `{name}` cannot be used in {place}: it has a value only in a run");
            self.report(Diagnostic::new(Code::Impure, self.place(span), message));
            return self.error(span);
        }
        let type_ = self.secret_of(Type::STRING);
        self.make(ExprKind::Secret(id), type_, span)
    }

    fn secret_of(&mut self, type_: Type) -> Type {
        self.program.types.intern(TypeKind::Secret(type_))
    }

    /// Says whether values of a type are or hold secrets.
    pub(super) fn holds_secret(&self, type_: Type) -> bool {
        self.program.holds_secret(type_)
    }

    /// Tells of what cannot be secret: only text and json, and bytes on the way to a text, are used where one may go.
    pub(super) fn expect_secret_form(&mut self, written: &tree::TypeExpr, inner: Type) -> bool {
        if matches!(inner, Type::STRING | Type::BYTES | Type::JSON | Type::ERROR)
            || matches!(self.kind(inner), TypeKind::Secret(_))
        {
            return inner != Type::ERROR;
        }
        let message = format!("`{}` cannot be secret: text, bytes and json can", self.name(inner));
        let diagnostic = Diagnostic::new(Code::SecretForm, self.place(written.span), message);
        let help = match self.kind(self.base(inner)) {
            TypeKind::Record(..) => "give the record fields of type `secret<string>`",
            TypeKind::List(_) | TypeKind::Set(_) | TypeKind::Map(..) => "make its items secret: `list<secret<string>>`",
            TypeKind::Optional(_) => "write `secret<string>?`",
            _ => "write `secret<string>`",
        };
        self.report(diagnostic.help(help));
        false
    }

    /// Tells of secrets where a value is kept or shown for everybody: `what` is the place, in words.
    pub(super) fn expect_no_secret(&mut self, type_: Type, span: Span, what: &str) {
        if self.holds_secret(type_) {
            let message = format!("{what} cannot be secret, and `{}` is", self.name(type_));
            let diagnostic = Diagnostic::new(Code::SecretForm, self.place(span), message);
            self.report(diagnostic.help("declare the secret with `secret NAME`, and use its name where it is needed"));
        }
    }

    /// Tells of secrets in events, which everybody sees.
    pub(super) fn check_events_for_secrets(&mut self) {
        for (number, unit) in self.units.iter().enumerate() {
            for item in &unit.tree.items {
                let ItemKind::Event(record) = &item.kind else { continue };
                let Some(super::Definition::Record(id)) = self.declared_at(number, &record.name) else { continue };
                self.unit = number as u32;
                for (at, field) in record.fields.iter().enumerate() {
                    let type_ = self.program.records[id.0 as usize].fields.get(at).map_or(Type::ERROR, |f| f.type_);
                    self.expect_no_secret(type_, field.type_.span, "the data of an event");
                }
            }
        }
    }

    /// Gives a type without the secrets in it; a record's fields stay as they are declared.
    pub(super) fn plain(&mut self, type_: Type) -> Type {
        let kind = match self.kind(type_).clone() {
            TypeKind::Secret(inner) => return inner,
            TypeKind::Optional(inner) => TypeKind::Optional(self.plain(inner)),
            TypeKind::List(item) => TypeKind::List(self.plain(item)),
            TypeKind::Set(item) => TypeKind::Set(self.plain(item)),
            TypeKind::Map(key, value) => TypeKind::Map(self.plain(key), self.plain(value)),
            _ => return type_,
        };
        self.program.types.intern(kind)
    }

    /// Takes a secret for a plain value, where something is to be done with it that a secret cannot.
    pub(super) fn seen(&mut self, value: Expr) -> Expr {
        match *self.kind(value.type_) {
            TypeKind::Secret(inner) => self.disclose(value, inner),
            _ => value,
        }
    }

    /// Takes a secret for what is wanted, if it would be that were it not secret.
    pub(super) fn disclosed(&mut self, value: Expr, wanted: Type) -> Result<Expr, Expr> {
        if !self.holds_secret(value.type_) {
            return Err(value);
        }
        let plain = self.plain(value.type_);
        let fits = self.converts(plain, wanted)
            || self.reaches(plain, wanted)
            || self.inside_optional(wanted).is_some_and(|inner| self.reaches(plain, inner))
            || (wanted == Type::JSON && self.has_json_form(plain));
        if fits { Ok(self.disclose(value, wanted)) } else { Err(value) }
    }

    /// Makes a secret of a value that is plain, or json of secrets.
    pub(super) fn as_secret(&mut self, value: Expr, inner: Type, wanted: Type) -> Result<Expr, Expr> {
        let value =
            if inner == Type::JSON && self.is_secret_json(value.type_) { value } else { self.converted(value, inner)? };
        let span = value.span;
        Ok(Expr { kind: ExprKind::Retype(Box::new(value)), type_: wanted, span })
    }

    /// Says whether values of a type are json as they are, with secrets in it.
    fn is_secret_json(&self, type_: Type) -> bool {
        match self.kind(type_) {
            TypeKind::Secret(Type::STRING | Type::JSON) => true,
            TypeKind::List(inner) | TypeKind::Optional(inner) => self.is_secret_json(*inner),
            TypeKind::Map(Type::STRING, value) => self.is_secret_json(*value),
            _ => false,
        }
    }

    /// Says whether `+` joins a secret with a text.
    pub(super) fn joins_secret(&self, left: Type, right: Type) -> bool {
        let is_text = |type_: Type| match self.kind(type_) {
            TypeKind::Secret(inner) => *inner == Type::STRING,
            _ => self.base(type_) == Type::STRING,
        };
        let is_secret = |type_: Type| matches!(self.kind(type_), TypeKind::Secret(_));
        is_text(left) && is_text(right) && (is_secret(left) || is_secret(right))
    }

    /// Puts a text together: a secret one if a part is.
    pub(super) fn put_together(&mut self, parts: Vec<Expr>, span: Span) -> Expr {
        let mut type_ = Type::STRING;
        let mut made = Vec::with_capacity(parts.len());
        for part in parts {
            if matches!(self.kind(part.type_), TypeKind::Secret(Type::STRING)) {
                type_ = part.type_;
                made.push(part);
            } else if self.holds_secret(part.type_) {
                made.push(self.disclose(part, Type::STRING));
            } else {
                made.push(part);
            }
        }
        self.make(ExprKind::Text(made), type_, span)
    }

    /// Puts off a call of a pure native that is given secrets until the secret that it makes is used. One that makes neither
    /// text nor bytes stays as it is, and is a mistake where its parameters are plain.
    pub(super) fn deferred(&mut self, call: Expr, pure: bool) -> Expr {
        let ExprKind::Call { function, arguments, .. } = &call.kind else { return call };
        let takes_secret = arguments.iter().any(|argument| {
            matches!(argument.kind, ExprKind::Disclose(_)) || matches!(self.kind(argument.type_), TypeKind::Secret(_))
        });
        let made = self.base(call.type_);
        if !pure || !takes_secret || !matches!(made, Type::STRING | Type::BYTES) {
            return call;
        }
        let function = *function;
        let Expr { kind: ExprKind::Call { arguments, .. }, span, .. } = call else { return call };
        let arguments = arguments.into_iter().map(|argument| match argument.kind {
            ExprKind::Disclose(inner) => *inner,
            _ => argument,
        });
        let type_ = self.secret_of(made);
        Expr { kind: ExprKind::Deferred { function, arguments: arguments.collect() }, type_, span }
    }

    /// Checks `secret(value)`: a text, bytes or json that only the run knows is secret from here on.
    pub(super) fn secret_of_value(&mut self, given: &'t [tree::Argument], span: Span) -> Expr {
        let [argument] = given else {
            let message = format!("`secret` takes 1 argument, found {}", given.len());
            self.report(Diagnostic::new(Code::TooManyArguments, self.place(span), message));
            self.check_arguments_alone(given);
            return self.error(span);
        };
        if let Some(name) = &argument.name {
            let message = "what `secret` takes has no name".to_owned();
            self.report(Diagnostic::new(Code::UnknownArgument, self.place(name.span), message));
        }
        if self.body.pure.is_some() {
            let message = "a value is made secret in a run, and this is known before there is one".to_owned();
            self.report(Diagnostic::new(Code::Impure, self.place(span), message));
        }
        let value = self.check_expr(&argument.value, Want::Any);
        let value = self.settled(value);
        let plain = self.base(value.type_);
        match self.kind(plain) {
            TypeKind::Error => return self.error(span),
            // Once is enough, and twice does no harm.
            TypeKind::Secret(_) => return value,
            _ => {}
        }
        if !matches!(plain, Type::STRING | Type::BYTES | Type::JSON) {
            let message = format!("`{}` cannot be secret: text, bytes and json can", self.name(value.type_));
            let diagnostic = Diagnostic::new(Code::SecretForm, self.place(value.span), message);
            self.report(diagnostic.help("make a text of it: `secret(\"{…}\")`"));
            return self.error(span);
        }
        let type_ = self.secret_of(plain);
        self.make(ExprKind::Held(Box::new(value)), type_, span)
    }

    /// Takes a secret for a plain value, which `flow` tells.
    pub(super) fn disclose(&mut self, value: Expr, type_: Type) -> Expr {
        self.discloses = true;
        let Expr { kind, type_: secret, span } = value;
        let kind = match kind {
            // The value stands at the end of the block.
            ExprKind::Block { statements, value: Some(last) } => {
                ExprKind::Block { statements, value: Some(Box::new(self.disclose(*last, type_))) }
            }
            kind => ExprKind::Disclose(Box::new(Expr { kind, type_: secret, span })),
        };
        Expr { kind, type_, span }
    }
}
