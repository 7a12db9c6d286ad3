//! Events: records that can be emitted and waited for.

use super::{Checker, Definition, ItemRef, report::Want};
use crate::ir::{Event, RecordId, Statement, Type, TypeKind};
use bytecode::inner::Inner;
use diagnostics::{Code, Diagnostic, Span, nearest};
use grammar::tree::{self, ExprKind as Tree, ItemKind};

impl<'t> Checker<'t> {
    /// Takes a record in as an event. One of a name that another module has too goes by its module's name as well.
    pub(super) fn collect_event(&mut self, record: RecordId, name: &tree::Name, at: ItemRef) {
        let plain = name.text.to_string();
        let taken = self.program.events.iter().any(|event| event.name == plain);
        let name = if taken { format!("{}.{plain}", self.units[at.unit as usize].module) } else { plain };
        self.event_numbers.insert(record, self.program.events.len() as u32);
        self.program.events.push(Event { name, record });
    }

    /// Tells of events that could not be written down.
    pub(super) fn check_events(&mut self) {
        let units = self.units;
        for (at, unit) in units.iter().enumerate() {
            for item in &unit.tree.items {
                let ItemKind::Event(event) = &item.kind else { continue };
                let Some(Definition::Record(record)) = self.declared_at(at, &event.name) else { continue };
                let types: Vec<Type> =
                    self.program.records[record.0 as usize].fields.iter().map(|field| field.type_).collect();
                self.unit = at as u32;
                for (field, type_) in event.fields.iter().zip(types) {
                    if type_ != Type::ERROR && !self.has_json_form(type_) {
                        let message = format!("an event cannot carry a `{}`: it has no form outside", self.name(type_));
                        self.report(Diagnostic::new(Code::NoForm, self.place(field.type_.span), message));
                    }
                }
            }
        }
    }

    /// Gives the name that an event goes by outside.
    pub(super) fn event_name(&self, record: RecordId) -> String {
        let event = self.event_numbers.get(&record).and_then(|at| self.program.events.get(*at as usize));
        event.map_or_else(String::new, |event| event.name.clone())
    }

    /// Checks `emit Event(…)`.
    pub(super) fn emit(&mut self, value: &'t tree::Expr, span: Span) -> Option<Statement> {
        self.touches("emit", span);
        let told = self.diagnostics.len();
        let event = self.check_expr(value, Want::Any);
        let record = match self.kind(event.type_) {
            TypeKind::Record(record, _) if self.event_numbers.contains_key(record) => *record,
            _ => {
                if event.type_ != Type::ERROR && self.diagnostics.len() == told {
                    let message = format!("`emit` takes an event, found `{}`", self.name(event.type_));
                    let diagnostic = Diagnostic::new(Code::NotAnEvent, self.place(value.span), message);
                    self.report(diagnostic.help("declare it with `event` instead of `record`"));
                }
                return None;
            }
        };
        let name = self.text_value(&self.event_name(record), value.span);
        let emitted = self.inner(Inner::EventEmit, vec![name, event], Type::NOTHING, span);
        Some(Statement::Expr(emitted))
    }

    /// Gives the event that an expression names, if it names an item and no value.
    pub(super) fn event_of(&mut self, subject: &'t tree::Expr) -> Option<RecordId> {
        let definition = match &*subject.kind {
            Tree::Name(_) => {
                let (name, definition) = self.path_head(subject)?;
                self.note_use(name.span, definition);
                definition
            }
            Tree::Field { value, name, optional: false } => {
                let (head, Definition::Module(unit)) = self.path_head(value)? else { return None };
                let definition = self.modules[unit as usize].names.get(&name.text).map(|known| known.0)?;
                self.note_use(head.span, Definition::Module(unit));
                self.note_use(name.span, definition);
                definition
            }
            _ => return None,
        };
        match definition {
            Definition::Record(record) if self.event_numbers.contains_key(&record) => Some(record),
            _ => None,
        }
    }

    /// Finds the event of a path, or tells.
    pub(super) fn event_named(&mut self, path: &'t tree::Path) -> Option<RecordId> {
        let definition = self.definition_named(path)?;
        match definition {
            Definition::Record(record) if self.event_numbers.contains_key(&record) => Some(record),
            other => {
                let name = path.names.last().map_or("", |name| name.text.as_str());
                let what = super::report::definition(other);
                let message = format!("`{name}` is {what}, where an event is expected");
                let diagnostic = Diagnostic::new(Code::NotAnEvent, self.place(path.span), message);
                self.report(diagnostic.help(format!("declare it: `event {name} {{ … }}`")));
                None
            }
        }
    }

    /// Finds what a dotted name means, or tells.
    pub(super) fn definition_named(&mut self, path: &'t tree::Path) -> Option<Definition> {
        match path.names.as_slice() {
            [name] => match self.lookup(&name.text) {
                Some(definition) => {
                    self.note_use(name.span, definition);
                    Some(definition)
                }
                None => {
                    self.unknown_path(name);
                    None
                }
            },
            [module, name] => match self.lookup(&module.text) {
                Some(Definition::Module(unit)) => {
                    self.note_use(module.span, Definition::Module(unit));
                    let found = self.modules[unit as usize].names.get(&name.text).map(|known| known.0);
                    match found {
                        Some(definition) => self.note_use(name.span, definition),
                        None => self.unknown_item(name, unit),
                    }
                    found
                }
                Some(_) | None => {
                    let message = format!("there is no module `{}`", module.text);
                    self.report(Diagnostic::new(Code::UnknownModule, self.place(module.span), message));
                    None
                }
            },
            _ => {
                let message = "a name is at most a module and an item of it".to_owned();
                self.report(Diagnostic::new(Code::UnknownName, self.place(path.span), message));
                None
            }
        }
    }

    fn unknown_path(&mut self, name: &tree::Name) {
        let module = &self.modules[self.unit as usize];
        let known = module.names.keys().chain(module.imports.keys()).map(smol_str::SmolStr::as_str);
        let near = nearest(&name.text, known).map(str::to_owned);
        let message = format!("there is nothing named `{}` here", name.text);
        self.report_near(Diagnostic::new(Code::UnknownName, self.place(name.span), message), name.span, near);
    }
}
