//! From what pest matched to the tree.
//!
//! The grammar takes more than the language does in some places; here the rest is told. What a node lacks becomes an
//! error node, never a panic.

mod climb;
mod expression;
mod forms;
mod head;
mod item;
mod literal;
mod pattern;
mod schedule;
mod statement;
mod string;
mod types;
mod wait;

use crate::parser::{Node, Rule, TaskParser};
use crate::recovery::{self, Slice};
use crate::scanner::Scan;
use crate::tree::{Item, ItemKind, Name, Path};
use crate::words;
use diagnostics::{Code, Diagnostic, FileId, Place, Span};
use pest::Parser;

/// Builds the items of a scanned file. `told` are the starts of the places that have a diagnostic already.
pub(crate) fn build(file: FileId, text: &str, scan: &Scan, mut told: Vec<u32>) -> (Vec<Item>, Vec<Diagnostic>) {
    told.sort_unstable();
    let mut builder = Builder { file, text, scan, told, base: 0, depth: 0, in_arm: false, diagnostics: Vec::new() };
    let mut items = Vec::with_capacity(scan.islands.len());
    for island in &scan.islands {
        let span = trimmed(&scan.prepared, island.span);
        let error = |span| Item { doc: None, kind: ItemKind::Error, span };
        if island.too_deep {
            items.push(error(island.span));
            continue;
        }
        if span.is_empty() {
            continue;
        }
        builder.base = span.start;
        let item = match TaskParser::parse(Rule::item_entry, span.text(&scan.prepared)) {
            Ok(mut pairs) => pairs.next().and_then(|entry| entry.into_inner().next()).map(|node| builder.item(node)),
            Err(_) => {
                builder.broken(Rule::item_entry, span);
                None
            }
        };
        items.push(item.unwrap_or_else(|| error(span)));
    }
    (items, builder.diagnostics)
}

/// Makes the tree of one file.
struct Builder<'t> {
    file: FileId,
    text: &'t str,
    scan: &'t Scan,
    told: Vec<u32>,
    /// Where the text that is being read by pest begins in the file.
    base: u32,
    /// How many links of chains lie between the item and here.
    depth: u32,
    /// Whether the statement being built is the body of an arm.
    in_arm: bool,
    diagnostics: Vec<Diagnostic>,
}

impl<'t> Builder<'t> {
    /// Gives the place of a node, without the blanks behind it.
    fn span(&self, node: &Node<'_>) -> Span {
        let start = self.base + node.as_span().start() as u32;
        let length = node.as_str().trim_end_matches([' ', '\n', ';']).len() as u32;
        Span::new(start, start + length)
    }

    fn source(&self, span: Span) -> &'t str {
        span.text(self.text)
    }

    fn place(&self, span: Span) -> Place {
        span.in_file(self.file)
    }

    fn tell(&mut self, diagnostic: Diagnostic) {
        if self.diagnostics.len() < crate::MAX_DIAGNOSTICS {
            self.diagnostics.push(diagnostic);
        }
    }

    /// Tells what is wrong with a part that a rule should have matched, unless that was told before.
    fn broken(&mut self, rule: Rule, span: Span) {
        let first = self.told.partition_point(|start| *start < span.start);
        let is_told = self.told.get(first).is_some_and(|start| *start <= span.end);
        let is_enough = self.diagnostics.len() >= crate::MAX_DIAGNOSTICS;
        if is_told || is_enough || span.text(&self.scan.prepared).contains('\u{7}') {
            return;
        }
        let slice = Slice { file: self.file, text: self.text, scan: self.scan, span };
        let diagnostic = recovery::explain(rule, &slice);
        self.tell(diagnostic);
    }

    /// Gives a name that is used.
    fn name(&self, node: &Node<'_>) -> Name {
        let span = self.span(node);
        Name { text: self.source(span).into(), span }
    }

    /// Gives a name that is declared, which no reserved word can be.
    fn new_name(&mut self, node: &Node<'_>) -> Name {
        let name = self.name(node);
        if words::is_reserved(&name.text) {
            self.tell_reserved(&name);
        }
        name
    }

    fn path(&self, node: Node<'_>) -> Path {
        let span = self.span(&node);
        let names = node.into_inner().map(|word| self.name(&word)).collect();
        Path { names, span }
    }

    /// Gives the name that stands where one is missing in what pest matched.
    fn no_name(&self, span: Span) -> Name {
        Name { text: "".into(), span: Span::at(span.start) }
    }

    /// Gives the documentation that stands before a node.
    fn doc(&self, span: Span) -> Option<String> {
        self.scan.doc_before(span.start)
    }

    /// Tells a word or sign of another language, with the edit that replaces it.
    fn foreign(&mut self, span: Span, ours: &str) {
        let theirs = self.source(span);
        let place = self.place(span);
        self.tell(
            Diagnostic::new(Code::ForeignWord, place, format!("`{theirs}` is written `{ours}` here"))
                .label(format!("write `{ours}`"))
                .safe_fix(format!("write `{ours}`"), place, if theirs == "!" { "not " } else { ours }),
        );
    }
}

/// Gives the span without the blanks at its ends.
fn trimmed(text: &str, span: Span) -> Span {
    let inner = span.text(text);
    let blank = [' ', '\n', ';'];
    let start = span.start + (inner.len() - inner.trim_start_matches(blank).len()) as u32;
    Span::new(start, start + inner.trim_matches(blank).len() as u32)
}
