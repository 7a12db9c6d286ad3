//! `connection`: what each kind is opened with. The arguments are constants, secrets and settings.

use super::{
    Checker, Definition,
    purity::Pure,
    report::{Because, Want},
};
use crate::ir::{Type, TypeKind};
use diagnostics::{Code, Diagnostic, Span};
use grammar::tree::{self, Argument, ExprKind, ItemKind};
use std::rc::Rc;

/// What an argument of a connection is.
#[derive(Clone, Copy, Debug)]
enum Form {
    /// A value of a type of the prelude.
    Prelude(&'static str),
    /// A value of a built-in type.
    Plain(Type),
    /// A text that is secret, or may be.
    Secret,
    /// `bearer(TOKEN)` or `basic(user, PASSWORD)`.
    Auth,
    /// `5 per 1s`.
    Rate,
}

/// An argument that a kind takes: its name, what it is, whether it may be missing.
struct Field(&'static str, Form, Presence);

/// Whether an argument may be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Presence {
    Required,
    Optional,
}

use Presence::{Optional, Required};

/// The kinds of connections with their arguments.
const KINDS: &[(&str, &[Field])] = &[
    (
        "http",
        &[
            Field("base", Form::Prelude("Url"), Required),
            Field("auth", Form::Auth, Optional),
            Field("rate", Form::Rate, Optional),
            Field("timeout", Form::Plain(Type::DURATION), Optional),
            Field("idempotent", Form::Plain(Type::BOOL), Optional),
        ],
    ),
    ("postgres", &[Field("url", Form::Secret, Required)]),
    ("sqlite", &[Field("path", Form::Prelude("Path"), Required)]),
    (
        "smtp",
        &[
            Field("host", Form::Plain(Type::STRING), Required),
            Field("port", Form::Prelude("Port"), Optional),
            Field("user", Form::Plain(Type::STRING), Optional),
            Field("password", Form::Secret, Optional),
        ],
    ),
];

impl<'t> Checker<'t> {
    /// Checks the declarations of all connections.
    pub(super) fn check_connections(&mut self) {
        let units = self.units;
        for (unit, tree) in units.iter().enumerate() {
            for item in &tree.tree.items {
                if let ItemKind::Connection { name, driver, arguments } = &item.kind {
                    self.begin(unit as u32, Rc::from([]));
                    self.body.pure = Some(Pure::Connection);
                    self.check_connection(name, driver, arguments);
                }
            }
        }
    }

    fn check_connection(&mut self, name: &tree::Name, driver: &tree::Name, given: &'t [Argument]) {
        let Some((kind, fields)) = KINDS.iter().find(|(kind, _)| *kind == driver.text) else {
            let near = self.near(&driver.text, KINDS.iter().map(|(kind, _)| *kind)).map(str::to_owned);
            let message = format!("there is no kind of connection `{}`", driver.text);
            let kinds: Vec<String> = KINDS.iter().map(|(kind, _)| format!("`{kind}`")).collect();
            let diagnostic = Diagnostic::new(Code::UnknownConnection, self.place(driver.span), message)
                .note(format!("the kinds are {}", kinds.join(", ")));
            self.report_near(diagnostic, driver.span, near);
            return;
        };
        let mut seen: Vec<&str> = Vec::new();
        let mut unknown = 0;
        for argument in given {
            let Some(label) = &argument.name else {
                let message = format!("an argument of a connection is given by its name: `{kind}(name: value)`");
                self.report(Diagnostic::new(Code::PositionalField, self.place(argument.value.span), message));
                continue;
            };
            let Some(Field(field, form, _)) = fields.iter().find(|Field(field, ..)| *field == label.text) else {
                let near = self.near(&label.text, fields.iter().map(|field| field.0)).map(str::to_owned);
                let message = format!("a connection of the kind `{kind}` has nothing named `{}`", label.text);
                let known: Vec<String> = fields.iter().map(|field| format!("`{}`", field.0)).collect();
                let diagnostic = Diagnostic::new(Code::UnknownArgument, self.place(label.span), message)
                    .note(format!("it has {}", known.join(", ")));
                let meant = fields.iter().find(|field| near.as_deref() == Some(field.0));
                self.report_near(diagnostic, label.span, near);
                if let Some(Field(field, form, _)) = meant
                    && !seen.contains(field)
                {
                    seen.push(field);
                    self.check_form(*form, &argument.value);
                } else {
                    unknown += 1;
                }
                continue;
            };
            if seen.contains(field) {
                let message = format!("`{field}` is given twice");
                self.report(Diagnostic::new(Code::DuplicateArgument, self.place(label.span), message));
                continue;
            }
            seen.push(field);
            self.check_form(*form, &argument.value);
        }
        let missing = fields.iter().filter(|field| field.2 == Required && !seen.contains(&field.0));
        let missing: Vec<String> = missing.map(|field| format!("`{}`", field.0)).collect();
        if missing.len() > unknown {
            let message = format!("the connection `{}` needs {}, which is not given", name.text, missing.join(", "));
            self.report(Diagnostic::new(Code::MissingArgument, self.place(driver.span), message));
        }
    }

    fn check_form(&mut self, form: Form, value: &'t tree::Expr) {
        match form {
            Form::Plain(type_) => self.check_as(value, type_),
            Form::Prelude(name) => {
                let type_ = match self.prelude.get(name) {
                    Some(Definition::Refined(id)) => self.program.types.intern(TypeKind::Refined(*id)),
                    Some(_) | None => Type::STRING,
                };
                self.check_as(value, type_);
            }
            Form::Secret => {
                let type_ = self.program.types.intern(TypeKind::Secret(Type::STRING));
                self.check_as(value, type_);
            }
            Form::Auth => match called(value) {
                Some(("bearer", [token])) => self.check_form(Form::Secret, &token.value),
                Some(("basic", [user, password])) => {
                    self.check_as(&user.value, Type::STRING);
                    self.check_form(Form::Secret, &password.value);
                }
                Some(_) | None => {
                    let help = "write `auth: bearer(TOKEN)` or `auth: basic(\"user\", PASSWORD)`";
                    self.tell_form(value.span, "this says no way to authenticate", help);
                }
            },
            Form::Rate => match called(value) {
                Some(("per", [count, period])) => {
                    self.check_as(&count.value, Type::INT);
                    self.check_as(&period.value, Type::DURATION);
                }
                Some(_) | None => self.tell_form(value.span, "this is no rate", "write `rate: 5 per 1s`"),
            },
        }
    }

    fn check_as(&mut self, value: &'t tree::Expr, type_: Type) {
        self.check_expr(value, Want::Type(type_, Because::Nothing));
    }

    fn tell_form(&mut self, span: Span, message: &str, help: &str) {
        self.report(Diagnostic::new(Code::Mismatch, self.place(span), message).help(help));
    }
}

/// Gives the name and the arguments of a call of a plain name.
fn called(value: &tree::Expr) -> Option<(&str, &[Argument])> {
    match &*value.kind {
        ExprKind::Call { function, arguments } => match &*function.kind {
            ExprKind::Name(name) => Some((name.text.as_str(), arguments)),
            _ => None,
        },
        _ => None,
    }
}
