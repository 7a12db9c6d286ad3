//! What nobody uses: values, variables, functions, names that `use` brings in; and names in the wrong case.

use super::{Checker, Definition, local::Origin};
use crate::ir::{Expr, ExprKind, Type};
use diagnostics::{Code, Diagnostic, Span};
use grammar::tree::{self, ItemKind};

/// How most names are written.
const SNAKE: &str = "snake_case";

impl<'t> Checker<'t> {
    /// Tells of a value that is dropped though nothing was done to get it.
    pub(super) fn dropped(&mut self, value: Expr, expr: &tree::Expr) -> Expr {
        let what = match &value.kind {
            _ if matches!(value.type_, Type::NOTHING | Type::NEVER | Type::ERROR) => return value,
            ExprKind::Unwrap(inner) | ExprKind::Retype(inner) if matches!(inner.kind, ExprKind::Inner { .. }) => {
                return value;
            }
            ExprKind::Call { function, .. } => {
                let signature = &self.signatures[function.0 as usize];
                if !signature.pure {
                    self.note_dropped(&value);
                    return value;
                }
                "the value of this call is not used, and the call does nothing else"
            }
            ExprKind::Inner { operation: bytecode::inner::Inner::WaitApproval, .. } => {
                let message = "the decision is asked for, and nothing depends on it";
                let diagnostic = Diagnostic::new(Code::IgnoredDecision, self.place(value.span), message);
                let help = "write `match wait for approval … { .approved(by, comment) => … }`";
                self.report(diagnostic.help(help));
                return value;
            }
            ExprKind::Change { .. }
            | ExprKind::Inner { .. }
            | ExprKind::Step(_)
            | ExprKind::ParallelEach { .. }
            | ExprKind::CallValue { .. }
            | ExprKind::Try(_)
            | ExprKind::CatchValue { .. }
            | ExprKind::Chain { .. }
            | ExprKind::If { .. }
            | ExprKind::Match { .. }
            | ExprKind::TryBlock { .. }
            | ExprKind::Block { .. }
            | ExprKind::While { .. }
            | ExprKind::For(_)
            | ExprKind::Decode(_)
            | ExprKind::Refine { .. } => return value,
            ExprKind::Otherwise(_, fallback) if fallback.type_ == Type::NEVER => return value,
            ExprKind::Binary { operator: crate::ir::Binary::Equal, .. } => {
                "this compares, and nobody uses the answer; `=` assigns"
            }
            _ => "this value is not used",
        };
        let diagnostic = Diagnostic::new(Code::UnusedValue, self.place(value.span), what);
        if let tree::ExprKind::Unary { operator: tree::UnaryOperator::Negate, .. } = &*expr.kind {
            let help = "a line ends an expression: to go on with the one above, put its `-` at the end of that line";
            self.report(diagnostic.label("a number of its own").help(help));
            return Expr { type_: Type::NOTHING, ..value };
        }
        self.report(diagnostic.help("give it a name with `let`, or remove it"));
        Expr { type_: Type::NOTHING, ..value }
    }

    /// Tells of locals of the body that are never read.
    pub(super) fn tell_unused_locals(&mut self) {
        let was_understood = !self.diagnostics[self.told_before..].iter().any(Diagnostic::is_error);
        if self.muted > 0 || self.current().library || !was_understood {
            return;
        }
        let mut found = Vec::new();
        let mut cased = Vec::new();
        for (local, facts) in self.body.locals.iter().zip(&self.body.facts) {
            if facts.origin != Origin::Implied && local.name.contains(char::is_uppercase) {
                cased.push((local.name.clone(), local.span, snake(&local.name)));
            }
            let code = match facts.origin {
                Origin::Let | Origin::Var => Code::UnusedVariable,
                Origin::Parameter => Code::UnusedParameter,
                Origin::Implied => continue,
            };
            if !facts.used && !local.name.is_empty() && !local.name.starts_with('_') {
                found.push((code, local.name.clone(), local.span));
            }
        }
        for (name, span, wanted) in cased {
            self.report_case(&name, span, SNAKE, &wanted);
        }
        for (code, name, span) in found {
            let what = if code == Code::UnusedParameter { "the parameter" } else { "the variable" };
            let message = format!("{what} `{name}` is not used");
            let diagnostic = Diagnostic::new(code, self.place(span), message);
            self.report(diagnostic.help(format!("remove it, or call it `_{name}`")));
        }
    }

    /// Tells of functions and imports that nobody uses, and of names in the wrong case.
    pub(super) fn report_unused(&mut self) {
        let units = self.units;
        let is_alone = units.iter().filter(|unit| !unit.library).count() == 1;
        for (at, unit) in units.iter().enumerate() {
            if unit.library {
                continue;
            }
            self.unit = at as u32;
            let has_tasks = unit.tree.items.iter().any(|item| matches!(item.kind, ItemKind::Task(_)));
            for item in &unit.tree.items {
                // A function of a file with tasks is there for them; a file without tasks is a library of the project.
                if is_alone && has_tasks {
                    self.tell_unused_item(item);
                }
                self.tell_case(item);
                self.tell_case_of_members(item);
            }
            let mut unused: Vec<(String, Span)> = self.modules[at]
                .imports
                .iter()
                .filter(|(_, import)| !import.used)
                .map(|(name, import)| (name.to_string(), import.span))
                .collect();
            unused.sort_by_key(|(_, span)| *span);
            for (name, span) in unused {
                let message = format!("`{name}` is brought in and not used");
                let diagnostic = Diagnostic::new(Code::UnusedImport, self.place(span), message);
                self.report(match lone_use(&unit.tree.items, &unit.text, span) {
                    Some(line) => diagnostic.safe_fix("remove it", self.place(line), ""),
                    None => diagnostic,
                });
            }
        }
    }

    fn tell_unused_item(&mut self, item: &'t tree::Item) {
        let ItemKind::Function(function) = &item.kind else { return };
        if function.name.text.starts_with('_') {
            return;
        }
        if let Some(definition @ Definition::Function(_)) = self.declared_at(self.unit as usize, &function.name)
            && !self.used.contains(&definition)
        {
            let message = format!("the function `{}` is not used", function.name.text);
            self.report(Diagnostic::new(Code::UnusedFunction, self.place(function.name.span), message));
        }
    }

    fn tell_case(&mut self, item: &'t tree::Item) {
        let Some(name) = item.name() else { return };
        let (wanted, style) = match &item.kind {
            ItemKind::Function(_) | ItemKind::Task(_) | ItemKind::ErrorKind { .. } | ItemKind::Calendar(_) => {
                (snake(&name.text), SNAKE)
            }
            ItemKind::Record(_) | ItemKind::Event(_) | ItemKind::Enum(_) | ItemKind::Refined(_) => {
                (pascal(&name.text), "PascalCase")
            }
            ItemKind::Const(_) | ItemKind::Setting(_) | ItemKind::Secret(_) => {
                (snake(&name.text).to_uppercase(), "SCREAMING_CASE")
            }
            ItemKind::Use(_)
            | ItemKind::State(_)
            | ItemKind::Connection { .. }
            | ItemKind::Agent { .. }
            | ItemKind::Extend(_)
            | ItemKind::Test { .. }
            | ItemKind::Error => return,
        };
        if wanted != name.text.as_str() {
            self.report_case(&name.text, name.span, style, &wanted);
        }
    }

    /// Tells of fields and cases; their JSON may have any name.
    fn tell_case_of_members(&mut self, item: &'t tree::Item) {
        let members: Vec<&'t tree::Name> = match &item.kind {
            ItemKind::Record(record) => record.fields.iter().map(|field| &field.name).collect(),
            ItemKind::Event(record) => record.fields.iter().map(|field| &field.name).collect(),
            ItemKind::Enum(declared) => declared.cases.iter().map(|case| &case.name).collect(),
            _ => return,
        };
        for name in members {
            if name.text.contains(char::is_uppercase) {
                let wanted = snake(&name.text);
                let message = format!("`{}` is written in another case than its kin", name.text);
                let diagnostic = Diagnostic::new(Code::NameCase, self.place(name.span), message);
                let help =
                    format!("{SNAKE} is usual here; where JSON has this name: `{wanted} … as \"{}\"`", name.text);
                self.report(diagnostic.help(help));
            }
        }
    }

    fn report_case(&mut self, name: &str, span: Span, style: &str, wanted: &str) {
        let message = format!("`{name}` is written in another case than its kin");
        let diagnostic = Diagnostic::new(Code::NameCase, self.place(span), message);
        self.report(diagnostic.help(format!("{style} is usual here: `{wanted}`")));
    }
}

fn snake(name: &str) -> String {
    let mut made = String::new();
    let mut before_lower = false;
    for letter in name.chars() {
        if letter.is_uppercase() && before_lower {
            made.push('_');
        }
        before_lower = letter.is_lowercase() || letter.is_ascii_digit();
        made.extend(letter.to_lowercase());
    }
    made
}

fn pascal(name: &str) -> String {
    let mut made = String::new();
    let mut upper = true;
    for letter in name.chars() {
        if letter == '_' {
            upper = true;
        } else if upper {
            made.extend(letter.to_uppercase());
            upper = false;
        } else {
            made.push(letter);
        }
    }
    made
}

/// Gives the lines of the `use` that brings in a name and no other.
fn lone_use(items: &[tree::Item], text: &str, name: Span) -> Option<Span> {
    let item = items.iter().find(|item| item.span.start <= name.start && name.end <= item.span.end)?;
    let ItemKind::Use(used) = &item.kind else { return None };
    let behind = text.get(item.span.end as usize..)?;
    let line_end = if behind.starts_with("\r\n") { 2 } else { u32::from(behind.starts_with('\n')) };
    let is_alone = used.names.as_ref().is_none_or(|names| names.len() == 1);
    is_alone.then(|| Span::new(item.span.start, item.span.end + line_end))
}
