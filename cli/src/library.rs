//! What the library has, in its own words: the sources say it, bodies left out.

use grammar::tree::{FunctionBody, Item, ItemKind};
use std::fmt::Write as _;

/// The module whose names need no module before them.
const PRELUDE: &str = "prelude";

/// Something that the library declares.
struct Entry {
    /// `files.read`, `list.map`, `now`.
    name: String,
    /// How it is declared: `files.read(path: Path) -> string`.
    signature: String,
    doc: String,
}

/// Gives the names of the modules.
pub fn modules() -> impl Iterator<Item = &'static str> {
    stdlib::SOURCES.iter().map(|(module, _)| *module)
}

/// Gives the page of a module, `files`, or of one thing in it, `files.read`; nothing where the library has no such.
pub fn page(name: &str) -> Option<String> {
    let mut page = String::new();
    if let Some((module, text)) = stdlib::SOURCES.iter().find(|(module, _)| *module == name) {
        let head: Vec<&str> = text.lines().map_while(|line| line.strip_prefix("//!")).map(str::trim).collect();
        let _ = writeln!(page, "{}\n", head.join("\n"));
        entries(module, text).iter().for_each(|entry| entry.write(&mut page));
        return Some(page);
    }
    for (module, text) in stdlib::SOURCES {
        entries(module, text).iter().filter(|entry| entry.name == name).for_each(|entry| entry.write(&mut page));
    }
    if page.is_empty() { None } else { Some(page) }
}

fn entries(module: &str, text: &str) -> Vec<Entry> {
    let parsed = grammar::parse(diagnostics::FileId(0), text);
    let mut found = Vec::new();
    for item in &parsed.file.items {
        match &item.kind {
            ItemKind::Extend(extend) => {
                let target = extend.target.span.text(text);
                found.extend(extend.methods.iter().filter_map(|method| entry(target, method, text)));
            }
            _other if module == PRELUDE => found.extend(entry("", item, text)),
            _other => found.extend(entry(module, item, text)),
        }
    }
    found
}

/// Reads a declaration of a module or of the methods of a type.
fn entry(owner: &str, item: &Item, text: &str) -> Option<Entry> {
    let whole = item.span.text(text);
    let doc = item.doc.clone().unwrap_or_default();
    let before = if owner.is_empty() { String::new() } else { format!("{owner}.") };
    let (name, signature) = match &item.kind {
        ItemKind::Function(function) => {
            let length = match &function.body {
                FunctionBody::Block(block) => (block.span.start - item.span.start) as usize,
                FunctionBody::Extern { .. } => whole.len(),
            };
            let declared = whole.get(..length)?.trim_end();
            let declared = declared.strip_prefix("extern ").unwrap_or(declared).trim_start_matches("fn ");
            (&function.name, format!("{before}{declared}"))
        }
        ItemKind::Record(record) | ItemKind::Event(record) => (&record.name, whole.to_owned()),
        ItemKind::Enum(declared) => (&declared.name, whole.to_owned()),
        _other => return None,
    };
    // `list<T>` has the methods of `list`.
    let owner = before.split('<').next().unwrap_or_default().trim_end_matches('.');
    let name = if owner.is_empty() { name.text.to_string() } else { format!("{owner}.{}", name.text) };
    Some(Entry { name, signature, doc })
}

impl Entry {
    /// Writes what is declared, and below it, indented, what it says and its example.
    fn write(&self, page: &mut String) {
        let _ = writeln!(page, "{}", self.signature);
        let mut is_code = false;
        for line in self.doc.lines().map(str::trim_end) {
            if line.trim_start().starts_with("```") {
                is_code = !is_code;
            } else if line.is_empty() {
                page.push('\n');
            } else {
                let _ = writeln!(page, "{}{line}", if is_code { "        " } else { "    " });
            }
        }
        page.push('\n');
    }
}
