//! The items of all files: each name gets its number before any type is looked at, so order does not matter.

use super::{Checker, ParameterInfo, constants::ConstState, foreign, setting::SettingItem, state::StateItem};
use crate::index::Target;
use crate::ir::{Enum, EnumId, FunctionId, Record, RecordId, Refined, RefinedId, SecretId, Type};
use diagnostics::{Code, Diagnostic, Place, Span};
use grammar::tree::{self, ItemKind};
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

/// An item of a unit, by numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ItemRef {
    /// The unit.
    pub unit: u32,
    /// The item's number in its file.
    pub item: u32,
}

/// What a top-level name means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Definition {
    /// A function.
    Function(FunctionId),
    /// A task, by its number.
    Task(u32),
    /// A record.
    Record(RecordId),
    /// An enum.
    Enum(EnumId),
    /// A refined type.
    Refined(RefinedId),
    /// A constant, by its number.
    Const(u32),
    /// A module, by the number of its unit.
    Module(u32),
    /// An error kind.
    ErrorKind(ItemRef),
    /// A secret.
    Secret(SecretId, ItemRef),
    /// A state, by its number.
    State(u32),
    /// A calendar.
    Calendar(ItemRef),
    /// A setting, by its number.
    Setting(u32),
    /// A connection.
    Connection(ItemRef),
    /// An agent.
    Agent(ItemRef),
}

/// The names of one unit.
#[derive(Debug, Default)]
pub(crate) struct Module {
    /// What the file declares.
    pub names: FxHashMap<SmolStr, (Definition, Place)>,
    /// What `use` brings in, with where it says so, and whether anything uses it.
    pub imports: FxHashMap<SmolStr, Import>,
    /// What `use` was to bring in and could not: told there, and not again where it is used.
    pub missing: FxHashSet<SmolStr>,
}

/// A name that `use` brings in.
#[derive(Debug)]
pub(crate) struct Import {
    /// What it means.
    pub definition: Definition,
    /// Where it is brought in.
    pub span: Span,
    /// Whether anything uses it.
    pub used: bool,
}

/// A function's declaration, before its types are known.
#[derive(Clone, Copy, Debug)]
pub(super) struct FunctionItem<'t> {
    pub item: ItemRef,
    pub function: &'t tree::Function,
    pub extend: Option<&'t tree::Extend>,
}

/// Library modules whose items are in scope everywhere without a name before them.
const PRELUDE: &[&str] = &["prelude", "clock"];

/// The kinds of errors that are built in, and whether trying again may help.
pub(super) const ERROR_KINDS: &[(&str, bool)] = &[
    ("invalid", false),
    ("denied", false),
    ("not_found", false),
    ("conflict", false),
    ("timeout", true),
    ("network", true),
    ("unavailable", true),
    ("rate_limited", true),
    ("io", false),
    ("parse", false),
    ("exec", false),
    ("arithmetic", false),
    ("out_of_range", false),
    ("forbidden", false),
    ("limit", false),
    ("interrupted", false),
    ("assertion", false),
    ("internal", false),
];

/// The numbers that collecting hands to declaring.
#[derive(Debug, Default)]
pub(crate) struct Collected<'t> {
    pub(super) functions: Vec<FunctionItem<'t>>,
    pub(super) records: Vec<(ItemRef, &'t tree::Record)>,
    pub(super) enums: Vec<(ItemRef, &'t tree::Enum)>,
    pub(super) refined: Vec<(ItemRef, &'t tree::Refined)>,
}

impl<'t> Checker<'t> {
    /// Numbers all items and resolves `use`.
    pub(super) fn collect(&mut self) {
        for (kind, retryable) in ERROR_KINDS {
            self.error_kinds.insert(SmolStr::new_static(kind), *retryable);
        }
        self.program.records.push(Record { name: "Error".to_owned(), generics: 0, fields: Vec::new() });
        self.program.enums.push(Enum { name: "Result".to_owned(), generics: 1, cases: Vec::new() });
        for (at, unit) in self.units.iter().enumerate() {
            self.modules.push(Module::default());
            // A project's module may have the name of one of the library: `use` means the project's.
            let ids = if unit.library { &mut self.module_ids } else { &mut self.own_module_ids };
            ids.insert(unit.module.clone(), at as u32);
        }
        let mut collected = Collected::default();
        let units = self.units;
        for (at, unit) in units.iter().enumerate() {
            self.unit = at as u32;
            for (number, item) in unit.tree.items.iter().enumerate() {
                self.collect_item(item, ItemRef { unit: at as u32, item: number as u32 }, &mut collected);
            }
        }
        self.tell_equal_tasks();
        self.fill_prelude();
        for at in 0..units.len() {
            self.unit = at as u32;
            self.resolve_uses();
        }
        self.declare_types(collected);
        self.index_imports();
    }

    fn collect_item(&mut self, item: &'t tree::Item, at: ItemRef, collected: &mut Collected<'t>) {
        let definition = match &item.kind {
            ItemKind::Use(_) | ItemKind::Test { .. } | ItemKind::Error => return,
            ItemKind::Extend(extend) => {
                for method in &extend.methods {
                    if let ItemKind::Function(function) = &method.kind {
                        collected.functions.push(FunctionItem { item: at, function, extend: Some(extend) });
                    }
                }
                return;
            }
            ItemKind::Function(function) => {
                collected.functions.push(FunctionItem { item: at, function, extend: None });
                Definition::Function(FunctionId(collected.functions.len() as u32 - 1))
            }
            ItemKind::Task(_) => {
                self.task_items.push(at);
                Definition::Task(self.task_items.len() as u32 - 1)
            }
            ItemKind::Record(record) => {
                collected.records.push((at, record));
                Definition::Record(self.new_record(record))
            }
            ItemKind::Event(record) => {
                collected.records.push((at, record));
                let id = self.new_record(record);
                self.collect_event(id, &record.name, at);
                Definition::Record(id)
            }
            ItemKind::Enum(declared) => {
                collected.enums.push((at, declared));
                Definition::Enum(self.new_enum(declared))
            }
            ItemKind::Refined(refined) => {
                collected.refined.push((at, refined));
                let name = refined.name.text.to_string();
                self.program.refined.push(Refined { name, base: Type::ERROR, condition: None });
                self.refined_items.push(at);
                Definition::Refined(RefinedId(self.program.refined.len() as u32 - 1))
            }
            ItemKind::Const(binding) => {
                self.consts.push(ConstState::new(at, binding));
                Definition::Const(self.consts.len() as u32 - 1)
            }
            ItemKind::ErrorKind { name, retryable } => {
                self.tell_known_kind(name);
                self.error_kinds.insert(name.text.clone(), *retryable);
                Definition::ErrorKind(at)
            }
            ItemKind::Setting(binding) => {
                self.setting_items.push(SettingItem { item: at, binding });
                Definition::Setting(self.setting_items.len() as u32 - 1)
            }
            ItemKind::State(binding) => {
                self.state_items.push(StateItem { item: at, binding });
                Definition::State(self.state_items.len() as u32 - 1)
            }
            ItemKind::Secret(name) => Definition::Secret(self.new_secret(name), at),
            ItemKind::Calendar(_) => Definition::Calendar(at),
            ItemKind::Connection { .. } => Definition::Connection(at),
            ItemKind::Agent { name, .. } => {
                self.not_yet(name.span, "agents");
                Definition::Agent(at)
            }
        };
        if let Some(name) = item.name() {
            self.define(name, definition);
        }
    }

    fn is_builtin(&self, name: &str) -> bool {
        self.current().library && (name == "Error" || name == "Result")
    }

    fn new_record(&mut self, record: &tree::Record) -> RecordId {
        let made =
            Record { name: record.name.text.to_string(), generics: record.generics.len() as u32, fields: Vec::new() };
        if self.is_builtin(&record.name.text) {
            return RecordId(0);
        }
        self.program.records.push(made);
        RecordId(self.program.records.len() as u32 - 1)
    }

    fn new_enum(&mut self, declared: &tree::Enum) -> EnumId {
        if self.is_builtin(&declared.name.text) {
            return EnumId(0);
        }
        let generics = declared.generics.len() as u32;
        self.program.enums.push(Enum { name: declared.name.text.to_string(), generics, cases: Vec::new() });
        EnumId(self.program.enums.len() as u32 - 1)
    }

    fn define(&mut self, name: &tree::Name, definition: Definition) {
        let place = self.place(name.span);
        let module = &mut self.modules[self.unit as usize];
        if let Some((_, first)) = module.names.get(&name.text) {
            let first = *first;
            let message = format!("`{}` is declared twice in this file", name.text);
            self.report(Diagnostic::new(Code::DuplicateName, place, message).also(first, "first declared here"));
            return;
        }
        module.names.insert(name.text.clone(), (definition, place));
    }

    /// Gives what a name declares at its own place: nothing where it is declared for the second time.
    pub(super) fn declared_at(&self, unit: usize, name: &tree::Name) -> Option<Definition> {
        let (definition, place) = *self.modules.get(unit)?.names.get(&name.text)?;
        (place.span == name.span).then_some(definition)
    }

    /// Tells of tasks of several files that have one name: histories and commands know a task by its name alone.
    fn tell_equal_tasks(&mut self) {
        let mut first: FxHashMap<&str, Place> = FxHashMap::default();
        for at in self.task_items.clone() {
            let Some(name) = self.item(at).name() else { continue };
            let place = name.span.in_file(self.units[at.unit as usize].file);
            let known = *first.entry(&name.text).or_insert(place);
            // Within one file any two equal names are told.
            if known.file != place.file {
                let message = format!("another task of this project is named `{}`", name.text);
                let diagnostic = Diagnostic::new(Code::DuplicateName, place, message).also(known, "the other one");
                self.report(
                    diagnostic.help("give it a name of its own: runs and commands know a task by its name alone"),
                );
            }
        }
    }

    fn fill_prelude(&mut self) {
        self.prelude.insert(SmolStr::new_static("Error"), Definition::Record(RecordId(0)));
        self.prelude.insert(SmolStr::new_static("Result"), Definition::Enum(EnumId(0)));
        for name in PRELUDE {
            let Some(unit) = self.module_ids.get(*name).copied() else { continue };
            let names = self.modules[unit as usize].names.iter();
            self.prelude.extend(names.map(|(name, (definition, _))| (name.clone(), *definition)));
        }
    }

    fn resolve_uses(&mut self) {
        for item in &self.current().tree.items {
            if let ItemKind::Use(use_) = &item.kind {
                self.resolve_use(use_);
            }
        }
    }

    fn resolve_use(&mut self, use_: &'t tree::Use) {
        let path: Vec<&str> = use_.module.names.iter().map(|name| name.text.as_str()).collect();
        let path = path.join(".");
        let known = self.own_module_ids.get(path.as_str()).or_else(|| self.module_ids.get(path.as_str()));
        let Some(target) = known.copied() else {
            self.unknown_module(&path, use_.module.span);
            let names = use_.names.iter().flatten().map(tree::UseName::here).chain(&use_.alias);
            let last = use_.module.names.last().filter(|_| use_.names.is_none() && use_.alias.is_none());
            let missing = names.chain(last).map(|name| name.text.clone());
            return self.modules[self.unit as usize].missing.extend(missing);
        };
        self.index.add(self.place(use_.module.span), Target::Module(target));
        match (&use_.names, &use_.alias) {
            (Some(names), _) => {
                for each in names {
                    let name = &each.name;
                    match self.modules[target as usize].names.get(&name.text).map(|known| known.0) {
                        Some(definition) => {
                            self.import(each.here(), definition);
                            if let (Some(_), Some(target)) = (&each.alias, self.target_of(definition)) {
                                self.index.add(self.place(name.span), target);
                            }
                        }
                        None => {
                            self.unknown_item(name, target);
                            self.modules[self.unit as usize].missing.insert(each.here().text.clone());
                        }
                    }
                }
            }
            (None, Some(alias)) => self.import(alias, Definition::Module(target)),
            (None, None) => {
                if let Some(last) = use_.module.names.last() {
                    self.import(last, Definition::Module(target));
                }
            }
        }
    }

    /// Tells that there is no module of a path: a folder, an item behind its module, or a name written wrongly.
    fn unknown_module(&mut self, path: &str, span: Span) {
        let message = format!("there is no module `{path}`");
        let diagnostic = Diagnostic::new(Code::UnknownModule, self.place(span), message);
        let below = |module: &&SmolStr| module.strip_prefix(path).is_some_and(|rest| rest.starts_with('.'));
        if let Some(first) = self.own_module_ids.keys().filter(below).min() {
            let help = format!("`{path}` is a folder; name a file in it, such as `{first}`");
            return self.report(diagnostic.help(help));
        }
        if let Some((module, name)) = path.rsplit_once('.')
            && let Some(unit) = self.own_module_ids.get(module)
            && self.modules[*unit as usize].names.contains_key(name)
        {
            let written = format!("{module} {{ {name} }}");
            let place = self.place(span);
            let title = format!("write `use {written}`");
            return self
                .report(diagnostic.label(format!("`{name}` stands in `{module}`")).safe_fix(title, place, written));
        }
        let modules = self.own_module_ids.keys().chain(self.module_ids.keys());
        let near = self.near(path, modules.map(SmolStr::as_str)).map(str::to_owned);
        self.report_near(diagnostic, span, near);
    }

    fn import(&mut self, name: &tree::Name, definition: Definition) {
        let place = self.place(name.span);
        let module = &mut self.modules[self.unit as usize];
        let known = module.names.get(&name.text).map(|(_, first)| *first);
        let known = known.or_else(|| module.imports.get(&name.text).map(|first| first.span.in_file(place.file)));
        if let Some(first) = known {
            let message = format!("`{}` is declared twice in this file", name.text);
            let diagnostic = Diagnostic::new(Code::DuplicateName, place, message).also(first, "first declared here");
            return self.report(diagnostic.help("give it another name with `as`"));
        }
        module.imports.insert(name.text.clone(), Import { definition, span: name.span, used: false });
        self.used.insert(definition);
    }

    /// Lets editors ask what the names in a `use` are.
    fn index_imports(&mut self) {
        for (at, unit) in self.units.iter().enumerate() {
            for import in self.modules[at].imports.values() {
                if let Some(target) = self.target_of(import.definition) {
                    self.index.add(import.span.in_file(unit.file), target);
                }
            }
        }
    }

    /// Says whether a `use` of the current unit was to bring in a name and could not.
    pub(super) fn is_missing(&self, name: &str) -> bool {
        self.modules[self.unit as usize].missing.contains(name)
    }

    /// Tells that a module has no item of a name.
    pub(super) fn unknown_item(&mut self, name: &tree::Name, module: u32) {
        let unit = &self.units[module as usize];
        let names: Vec<&str> = self.modules[module as usize].names.keys().map(SmolStr::as_str).collect();
        let foreign = foreign::names(&name.text).iter().copied().find(|ours| names.contains(ours));
        let near = foreign.or_else(|| self.near(&name.text, names.iter().copied())).map(str::to_owned);
        let message = format!("the module `{}` has nothing named `{}`", unit.module, name.text);
        let mut diagnostic = Diagnostic::new(Code::UnknownName, self.place(name.span), message);
        if near.is_none()
            && let Some(list) = foreign::listed(names)
        {
            diagnostic = diagnostic.note(list);
        }
        self.report_near(diagnostic, name.span, near);
    }

    /// Finds what a top-level name means in the current unit.
    pub(super) fn lookup(&mut self, name: &str) -> Option<Definition> {
        let module = &mut self.modules[self.unit as usize];
        if let Some((definition, _)) = module.names.get(name) {
            return Some(*definition);
        }
        if let Some(import) = module.imports.get_mut(name) {
            import.used = true;
            return Some(import.definition);
        }
        if let Some(definition) = self.prelude.get(name) {
            return Some(*definition);
        }
        self.module_ids.get(name).map(|unit| Definition::Module(*unit))
    }

    /// Notes that a top-level name was used at a span of the current unit.
    pub(super) fn note_use(&mut self, span: Span, definition: Definition) {
        if self.muted > 0 || self.current().library {
            return;
        }
        self.used.insert(definition);
        if let Some(target) = self.target_of(definition) {
            self.index.add(self.place(span), target);
        }
    }

    /// Gives what the index keeps about a definition.
    pub(super) fn target_of(&self, definition: Definition) -> Option<Target> {
        Some(match definition {
            Definition::Function(id) => Target::Item(self.signatures.get(id.0 as usize)?.parameters.item),
            Definition::Task(number) => Target::Item(self.task_items[number as usize]),
            Definition::Record(id) => Target::Item(self.records.get(id.0 as usize)?.item),
            Definition::Enum(id) => Target::Item(self.cases.get(id.0 as usize)?.first()?.item),
            Definition::Refined(id) => Target::Item(self.refined_items[id.0 as usize]),
            Definition::Const(number) => Target::Item(self.consts[number as usize].item),
            Definition::Module(unit) => Target::Module(unit),
            Definition::State(number) => Target::Item(self.state_items[number as usize].item),
            Definition::Setting(number) => Target::Item(self.setting_items[number as usize].item),
            Definition::ErrorKind(item)
            | Definition::Calendar(item)
            | Definition::Secret(_, item)
            | Definition::Connection(item)
            | Definition::Agent(item) => Target::Item(item),
        })
    }

    /// Gives the item behind a reference.
    pub(super) fn item(&self, item: ItemRef) -> &'t tree::Item {
        &self.units[item.unit as usize].tree.items[item.item as usize]
    }
}

/// Finds parameters by their names: of a short list by comparing, of a long one by a table.
pub(super) struct ByName<'l> {
    list: &'l [ParameterInfo<'l>],
    table: FxHashMap<&'l str, usize>,
}

/// How long a list is short.
const SHORT: usize = 16;

impl<'l> ByName<'l> {
    pub(super) fn new(list: &'l [ParameterInfo<'l>]) -> Self {
        let long = if list.len() > SHORT { list } else { &[] };
        // Of equal names the first counts.
        let table = long.iter().enumerate().rev().map(|(at, parameter)| (parameter.name.as_str(), at)).collect();
        ByName { list, table }
    }

    pub(super) fn find(&self, name: &str) -> Option<usize> {
        if self.list.len() > SHORT {
            return self.table.get(name).copied();
        }
        self.list.iter().position(|parameter| parameter.name == name)
    }
}
