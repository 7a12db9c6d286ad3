//! What editors ask about a place: what it is, and where it was declared.

use crate::check::{ItemRef, Unit, type_name};
use crate::index::{Index, Target, Use};
use crate::ir::{Program, Type};
use crate::{Analysis, Hover};
use diagnostics::{FileId, Place, Span};
use grammar::tree::{self, FunctionBody, ItemKind};
use smol_str::SmolStr;

/// What the queries need beside the program.
#[derive(Debug)]
pub(crate) struct Details {
    units: Vec<DetailUnit>,
    index: Index,
    partial: Option<Program>,
}

#[derive(Debug)]
struct DetailUnit {
    file: FileId,
    module: SmolStr,
    tree: tree::File,
}

impl Details {
    /// Keeps what the queries need; `partial` is the program where there are errors in it.
    pub fn new(units: Vec<Unit>, index: Index, partial: Option<Program>) -> Self {
        let units = units.into_iter();
        let units = units.map(|unit| DetailUnit { file: unit.file, module: unit.module, tree: unit.tree }).collect();
        Details { units, index, partial }
    }

    fn item(&self, item: ItemRef) -> Option<(FileId, &tree::Item)> {
        let unit = self.units.get(item.unit as usize)?;
        Some((unit.file, unit.tree.items.get(item.item as usize)?))
    }
}

/// Tells what stands at an offset.
pub(crate) fn hover(analysis: &Analysis, file: FileId, offset: u32) -> Option<Hover> {
    let found = use_at(analysis, file, offset)?;
    let (signature, doc) = match found.target {
        Target::Item(item) => {
            let (file, item) = analysis.details.item(item)?;
            (item_signature(analysis, file, item), item.doc.clone())
        }
        Target::Member(item, number) => member(analysis, item, number)?,
        Target::Local(declared, type_) => (local_signature(analysis, file, declared, type_), None),
        Target::Module(unit) => {
            let unit = analysis.details.units.get(unit as usize)?;
            (format!("module {}", unit.module), unit.tree.doc.clone())
        }
    };
    let mut markdown = format!("```task\n{signature}\n```");
    if let Some(doc) = doc {
        markdown.push_str("\n\n");
        markdown.push_str(doc.trim());
    }
    Some(Hover { place: found.place, markdown })
}

/// Finds where what stands at an offset was declared.
pub(crate) fn definition(analysis: &Analysis, file: FileId, offset: u32) -> Option<Place> {
    let found = use_at(analysis, file, offset)?;
    match found.target {
        Target::Item(item) => {
            let (file, item) = analysis.details.item(item)?;
            Some(item.name().map_or(item.span, |name| name.span).in_file(file))
        }
        Target::Member(item, number) => member_place(analysis, item, number),
        Target::Local(declared, _) => Some(declared.in_file(file)),
        Target::Module(unit) => {
            let unit = analysis.details.units.get(unit as usize)?;
            Some(Span::at(0).in_file(unit.file))
        }
    }
}

/// Finds the use at an offset; the name of an item is a use of itself.
fn use_at(analysis: &Analysis, file: FileId, offset: u32) -> Option<Use> {
    let details = &analysis.details;
    if let Some(found) = details.index.find(file, offset) {
        return Some(found);
    }
    let number = details.units.iter().position(|unit| unit.file == file)?;
    let items = &details.units[number].tree.items;
    let at = items.iter().position(|item| item.span.touches(offset))?;
    let name = items[at].name().filter(|name| name.span.touches(offset))?;
    let item = ItemRef { unit: number as u32, item: at as u32 };
    Some(Use { place: name.span.in_file(file), target: Target::Item(item) })
}

fn item_signature(analysis: &Analysis, file: FileId, item: &tree::Item) -> String {
    let end = match &item.kind {
        ItemKind::Function(function) => function_end(function, item.span),
        ItemKind::Task(task) => task.clauses.first().map_or(task.body.span.start, |clause| clause.span.start),
        ItemKind::Use(_)
        | ItemKind::Record(_)
        | ItemKind::Event(_)
        | ItemKind::Enum(_)
        | ItemKind::Refined(_)
        | ItemKind::Const(_)
        | ItemKind::Setting(_)
        | ItemKind::State(_)
        | ItemKind::Secret(_)
        | ItemKind::Calendar(_)
        | ItemKind::ErrorKind { .. }
        | ItemKind::Connection { .. }
        | ItemKind::Agent { .. }
        | ItemKind::Extend(_)
        | ItemKind::Test { .. }
        | ItemKind::Error => item.span.end,
    };
    let text = Span::new(item.span.start, end.max(item.span.start)).text(analysis.sources.file(file).text());
    text.trim_end().to_owned()
}

fn function_end(function: &tree::Function, span: Span) -> u32 {
    match &function.body {
        FunctionBody::Block(block) => block.span.start,
        FunctionBody::Extern { .. } => span.end,
    }
}

fn member(analysis: &Analysis, item: ItemRef, number: u32) -> Option<(String, Option<String>)> {
    let (file, item) = analysis.details.item(item)?;
    let text = analysis.sources.file(file).text();
    match &item.kind {
        ItemKind::Extend(extend) => {
            let method = extend.methods.get(number as usize)?;
            Some((item_signature(analysis, file, method), method.doc.clone()))
        }
        ItemKind::Record(record) | ItemKind::Event(record) => {
            let field = record.fields.get(number as usize)?;
            Some((field.span.text(text).to_owned(), field.doc.clone()))
        }
        ItemKind::Enum(declared) => {
            let case = declared.cases.get(number as usize)?;
            Some((format!("{}.{}", declared.name.text, case.span.text(text)), case.doc.clone()))
        }
        ItemKind::Use(_)
        | ItemKind::Function(_)
        | ItemKind::Task(_)
        | ItemKind::Refined(_)
        | ItemKind::Const(_)
        | ItemKind::Setting(_)
        | ItemKind::State(_)
        | ItemKind::Secret(_)
        | ItemKind::Calendar(_)
        | ItemKind::ErrorKind { .. }
        | ItemKind::Connection { .. }
        | ItemKind::Agent { .. }
        | ItemKind::Test { .. }
        | ItemKind::Error => None,
    }
}

fn member_place(analysis: &Analysis, item: ItemRef, number: u32) -> Option<Place> {
    let (file, item) = analysis.details.item(item)?;
    let span = match &item.kind {
        ItemKind::Extend(extend) => extend.methods.get(number as usize)?.name()?.span,
        ItemKind::Record(record) | ItemKind::Event(record) => record.fields.get(number as usize)?.name.span,
        ItemKind::Enum(declared) => declared.cases.get(number as usize)?.name.span,
        ItemKind::Use(_)
        | ItemKind::Function(_)
        | ItemKind::Task(_)
        | ItemKind::Refined(_)
        | ItemKind::Const(_)
        | ItemKind::Setting(_)
        | ItemKind::State(_)
        | ItemKind::Secret(_)
        | ItemKind::Calendar(_)
        | ItemKind::ErrorKind { .. }
        | ItemKind::Connection { .. }
        | ItemKind::Agent { .. }
        | ItemKind::Test { .. }
        | ItemKind::Error => item.span,
    };
    Some(span.in_file(file))
}

fn local_signature(analysis: &Analysis, file: FileId, declared: Span, type_: Type) -> String {
    let name = declared.text(analysis.sources.file(file).text());
    match analysis.program.as_ref().or(analysis.details.partial.as_ref()) {
        Some(program) if type_ != Type::NOTHING => format!("{name}: {}", type_name(program, type_)),
        Some(_) | None => name.to_owned(),
    }
}
