//! The declared types of records, enums, refined types and functions: after this every signature is known.

use super::{
    Checker, ParameterInfo, Parameters, Signature,
    items::{Collected, FunctionItem, ItemRef},
};
use crate::ir::{self, FunctionKind, RecordId, Type, TypeKind};
use bytecode::{Class, PermissionKind};
use diagnostics::{Code, Diagnostic};
use grammar::tree::{self, FunctionBody, ItemKind};
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;
use std::rc::Rc;

/// How many refined types may stand under one, each refining the next.
const REFINED_DEPTH: u32 = 60;

impl<'t> Checker<'t> {
    /// Resolves the types of all that was collected.
    pub(super) fn declare_types(&mut self, collected: Collected<'t>) {
        self.declare_refined(&collected);
        self.declare_records(&collected);
        self.declare_enums(&collected);
        for item in &collected.functions {
            self.declare_function(*item);
        }
        self.declare_tasks();
    }

    /// Checks what needs all declared types: nothing contains itself.
    pub(super) fn declare(&mut self) {
        self.check_circles();
    }

    fn enter(&mut self, unit: u32, generics: &'t [tree::Name]) {
        self.unit = unit;
        self.generics = generics.iter().map(|name| name.text.clone()).collect();
    }

    fn declare_refined(&mut self, collected: &Collected<'t>) {
        for (number, (item, refined)) in collected.refined.iter().enumerate() {
            self.enter(item.unit, &[]);
            self.program.refined[number].base = self.resolve(&refined.base);
        }
        for (number, (item, refined)) in collected.refined.iter().enumerate() {
            self.unit = item.unit;
            let mut type_ = self.program.refined[number].base;
            let mut seen = 0;
            while let TypeKind::Refined(id) = self.kind(type_) {
                type_ = self.program.refined[id.0 as usize].base;
                seen += 1;
                let is_circle = id.0 as usize == number;
                if is_circle || seen > REFINED_DEPTH {
                    let name = &refined.name;
                    let told = if is_circle {
                        let message = format!("the type `{}` is made of itself", name.text);
                        Diagnostic::new(Code::Circle, self.place(name.span), message)
                    } else {
                        let message = format!("more than {REFINED_DEPTH} types stand under `{}`", name.text);
                        Diagnostic::new(Code::NestingTooDeep, self.place(name.span), message)
                            .help("say what must hold in one `where`, with `and`")
                    };
                    self.report(told);
                    self.program.refined[number].base = Type::ERROR;
                    break;
                }
            }
        }
    }

    fn declare_records(&mut self, collected: &Collected<'t>) {
        let count = self.program.records.len();
        let nobody = ItemRef { unit: 0, item: 0 };
        let empty = || Rc::new(Parameters { list: Vec::new(), unit: 0, generics: 0, item: nobody });
        self.records = (0..count).map(|_| empty()).collect();
        let mut next = 1;
        for (item, record) in &collected.records {
            self.enter(item.unit, &record.generics);
            let builtin = self.current().library && record.name.text == "Error";
            let id = if builtin { RecordId(0) } else { RecordId(next) };
            next += u32::from(!builtin);
            let (fields, parameters) = self.declare_fields(&record.fields, *item, record.generics.len() as u32);
            self.program.records[id.0 as usize].fields = fields;
            self.records[id.0 as usize] = Rc::new(parameters);
        }
        if self.program.records[0].fields.is_empty() {
            self.declare_error(nobody);
        }
    }

    /// Declares `Error` where no library does.
    fn declare_error(&mut self, item: ItemRef) {
        let itself = self.program.types.intern(TypeKind::Record(RecordId(0), Vec::new()));
        let (text, cause) = (self.optional(Type::STRING), self.optional(itself));
        let fields = [
            ("kind", Type::STRING),
            ("message", Type::STRING),
            ("retryable", Type::BOOL),
            ("where", text),
            ("cause", cause),
        ];
        let place = diagnostics::Span::at(0).in_file(diagnostics::FileId(0));
        let list = fields.iter().map(|(name, type_)| ParameterInfo {
            name: SmolStr::new_static(name),
            type_: *type_,
            default: None,
            place,
        });
        self.records[0] = Rc::new(Parameters { list: list.collect(), unit: 0, generics: 0, item });
        self.program.records[0].fields = fields.iter().map(|(name, type_)| plain_field(name, *type_)).collect();
    }

    fn declare_enums(&mut self, collected: &Collected<'t>) {
        self.cases = (0..self.program.enums.len()).map(|_| Vec::new()).collect();
        let mut next = 1;
        for (item, declared) in &collected.enums {
            self.enter(item.unit, &declared.generics);
            let builtin = self.current().library && declared.name.text == "Result";
            let id = if builtin { 0 } else { next };
            next += usize::from(!builtin);
            let mut seen: FxHashMap<&str, diagnostics::Span> = FxHashMap::default();
            for case in &declared.cases {
                let name = case.name.text.as_str();
                if let Some(first) = seen.insert(name, case.name.span) {
                    self.told_twice("the case", &case.name, first);
                }
                let tag = self.program.enums[id].cases.len() as u32;
                let (fields, parameters) = self.declare_fields(&case.fields, *item, declared.generics.len() as u32);
                let json_name = case.json_name.as_ref().map_or(name, |text| text.text.as_str()).to_owned();
                self.program.enums[id].cases.push(ir::Case { name: name.to_owned(), json_name, fields });
                self.cases[id].push(Rc::new(parameters));
                self.case_numbers.entry((ir::EnumId(id as u32), case.name.text.clone())).or_insert(tag);
            }
        }
        if self.program.enums[0].cases.is_empty() {
            self.declare_result();
        }
    }

    /// Declares `Result` where no library does.
    fn declare_result(&mut self) {
        let value = self.program.types.intern(TypeKind::Parameter(0));
        let error = self.program.types.intern(TypeKind::Record(RecordId(0), Vec::new()));
        let item = self.records[0].item;
        let place = diagnostics::Span::at(0).in_file(diagnostics::FileId(0));
        for (tag, (case, name, type_)) in [("ok", "value", value), ("err", "error", error)].into_iter().enumerate() {
            let fields = vec![plain_field(name, type_)];
            self.program.enums[0].cases.push(ir::Case { name: case.into(), json_name: case.into(), fields });
            let list = vec![ParameterInfo { name: SmolStr::new_static(name), type_, default: None, place }];
            self.cases[0].push(Rc::new(Parameters { list, unit: 0, generics: 1, item }));
            self.case_numbers.insert((ir::EnumId(0), SmolStr::new_static(case)), tag as u32);
        }
    }

    fn declare_fields(
        &mut self,
        fields: &'t [tree::Parameter],
        item: ItemRef,
        generics: u32,
    ) -> (Vec<ir::Field>, Parameters<'t>) {
        let parameters = self.declare_parameters(fields, item, generics);
        let made = fields.iter().zip(&parameters.list).map(|(field, info)| ir::Field {
            name: field.name.text.to_string(),
            json_name: field.json_name.as_ref().map_or(field.name.text.as_str(), |text| text.text.as_str()).to_owned(),
            type_: info.type_,
            default: None,
            condition: None,
        });
        (made.collect(), parameters)
    }

    /// Resolves the types of parameters or fields, and tells of names that stand twice.
    pub(super) fn declare_parameters(
        &mut self,
        parameters: &'t [tree::Parameter],
        item: ItemRef,
        generics: u32,
    ) -> Parameters<'t> {
        let mut seen: FxHashMap<&str, diagnostics::Span> = FxHashMap::default();
        let mut list = Vec::with_capacity(parameters.len());
        for parameter in parameters {
            if let Some(first) = seen.insert(parameter.name.text.as_str(), parameter.name.span) {
                self.told_twice("the name", &parameter.name, first);
            }
            list.push(ParameterInfo {
                name: parameter.name.text.clone(),
                type_: self.resolve(&parameter.type_),
                default: parameter.default.as_ref(),
                place: self.place(parameter.name.span),
            });
        }
        Parameters { list, unit: self.unit, generics, item }
    }

    fn told_twice(&mut self, what: &str, name: &tree::Name, first: diagnostics::Span) {
        let message = format!("{what} `{}` stands here twice", name.text);
        let diagnostic = Diagnostic::new(Code::DuplicateName, self.place(name.span), message);
        let first = self.place(first);
        self.report(diagnostic.also(first, "first declared here"));
    }

    fn declare_function(&mut self, at: FunctionItem<'t>) {
        let function = at.function;
        self.unit = at.item.unit;
        let outer = at.extend.map_or(&[][..], |extend| &extend.generics);
        self.generics = outer.iter().chain(&function.generics).map(|name| name.text.clone()).collect();
        let generics = self.generics.clone();
        let receiver = at.extend.map(|extend| self.resolve(&extend.target));
        let parameters = self.declare_parameters(&function.parameters, at.item, generics.len() as u32);
        let result = function.result.as_ref().map_or(Type::NOTHING, |result| self.resolve(result));
        let owner = match receiver {
            Some(receiver) => self.owner_name(receiver),
            None => self.current().module.to_string(),
        };
        let name = match (&at.extend, self.current().library) {
            (None, false) => function.name.text.to_string(),
            (Some(_), _) | (None, true) => format!("{owner}.{}", function.name.text),
        };
        let mut types: Vec<Type> = receiver.into_iter().collect();
        types.extend(parameters.list.iter().map(|parameter| parameter.type_));
        let (kind, changes, native) = self.declare_kind(function, receiver.is_some());
        let pure = matches!(kind, FunctionKind::Native { class: Class::Pure, .. }) && native;
        let place = self.place(function.name.span);
        let id = ir::FunctionId(self.program.functions.len() as u32);
        self.program.functions.push(ir::Function {
            name,
            place,
            generics: generics.len() as u32,
            parameters: types,
            conditions: Vec::new(),
            result,
            kind,
        });
        if let Some(receiver) = receiver {
            self.methods.entry((self.head(receiver), function.name.text.clone())).or_default().push(id);
        }
        let signature = Signature { parameters, receiver, result, changes, pure, generics, function, place };
        self.signatures.push(Rc::new(signature));
    }

    fn owner_name(&self, receiver: Type) -> String {
        let name = super::type_name(&self.program, receiver);
        name.split(['<', '?']).next().unwrap_or_default().to_owned()
    }

    fn declare_kind(&mut self, function: &'t tree::Function, is_method: bool) -> (FunctionKind, bool, bool) {
        let FunctionBody::Extern { needs, class } = &function.body else {
            return (FunctionKind::Native { class: Class::Pure, needs: Vec::new() }, false, false);
        };
        let word = class.as_ref().map(|class| class.text.as_str());
        let class = match word {
            Some("idempotent") => Class::Idempotent,
            Some("keyed") => Class::Keyed,
            Some("once") => Class::Once,
            Some(_) | None => Class::Pure,
        };
        let mut made = Vec::new();
        for need in needs {
            let kind = match (need.kind.text.as_str(), need.mode.as_ref().map(|mode| mode.text.as_str())) {
                ("net", _) => PermissionKind::Net,
                ("exec", _) => PermissionKind::Exec,
                ("files", Some("write")) => PermissionKind::FilesWrite,
                (_, _) => PermissionKind::FilesRead,
            };
            let at = function.parameters.iter().position(|parameter| parameter.name.text == need.parameter.text);
            match at {
                Some(at) => made.push((kind, at as u32 + u32::from(is_method))),
                None => {
                    let message = format!("there is no parameter `{}`", need.parameter.text);
                    self.report(Diagnostic::new(Code::UnknownName, self.place(need.parameter.span), message));
                }
            }
        }
        (FunctionKind::Native { class, needs: made }, word == Some("changes"), true)
    }

    /// Tells of records that contain themselves without an end.
    fn check_circles(&mut self) {
        let units = self.units;
        let mut done: FxHashSet<RecordId> = FxHashSet::default();
        for number in 0..self.program.records.len() as u32 {
            let start = RecordId(number);
            let mut way: Vec<(RecordId, usize)> = vec![(start, 0)];
            let mut on_way: FxHashSet<RecordId> = FxHashSet::from_iter([start]);
            while let Some((record, at)) = way.last_mut() {
                let Some(field) = self.program.records[record.0 as usize].fields.get(*at) else {
                    done.insert(*record);
                    on_way.remove(record);
                    way.pop();
                    continue;
                };
                let (owner, field_number) = (*record, *at);
                *at += 1;
                let TypeKind::Record(next, _) = self.program.types.kind(field.type_) else { continue };
                let next = *next;
                if on_way.contains(&next) {
                    let item = self.records[owner.0 as usize].item;
                    let unit = &units[item.unit as usize];
                    let ItemKind::Record(tree) = &unit.tree.items[item.item as usize].kind else { continue };
                    let Some(field) = tree.fields.get(field_number) else { continue };
                    let name = &self.program.records[next.0 as usize].name;
                    let message = format!("a `{name}` would contain another `{name}`, without an end");
                    let diagnostic = Diagnostic::new(Code::Circle, field.type_.span.in_file(unit.file), message);
                    self.report(diagnostic.help("make the field optional, or a list"));
                } else if !done.contains(&next) {
                    on_way.insert(next);
                    way.push((next, 0));
                }
            }
        }
    }
}

fn plain_field(name: &str, type_: Type) -> ir::Field {
    ir::Field { name: name.to_owned(), json_name: name.to_owned(), type_, default: None, condition: None }
}
