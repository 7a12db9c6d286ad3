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
mod once;
mod pattern;
mod schedule;
mod statement;
mod string;
mod types;
mod wait;

pub(crate) use literal::{duration_unit, half_day};

use crate::parser::{Node, Rule, TaskParser};
use crate::recovery::{self, Slice};
use crate::scanner::{Island, Scan};
use crate::tree::{Item, ItemKind, Name, Path};
use crate::words;
use diagnostics::{Code, Diagnostic, FileId, Place, Span};
use pest::Parser;
use std::thread;

/// How many bytes of prepared text are worth a thread of their own.
const WORTH_A_THREAD: usize = 32 << 10;

/// The most threads that read one file.
const MAX_THREADS: usize = 8;

/// The stack of such a thread: enough for what [`crate::MAX_DEPTH`] and [`crate::MAX_CHAIN`] let through.
const STACK: usize = 16 << 20;

/// Builds the items of a scanned file. `told` are the starts of the places that have a diagnostic already.
///
/// Items do not know of each other, so those of a long file are read by several threads.
pub(crate) fn build(file: FileId, text: &str, scan: &Scan, mut told: Vec<u32>) -> (Vec<Item>, Vec<Diagnostic>) {
    told.sort_unstable();
    // Asking how many processors there are reads files, which is dear beside a short text.
    let threads = match (scan.prepared.len() / WORTH_A_THREAD).min(MAX_THREADS) {
        0 | 1 => 1,
        worth => thread::available_parallelism().map_or(1, usize::from).min(worth),
    };
    let run = |islands: &[Island]| {
        let mut builder =
            Builder { file, text, scan, told: &told, base: 0, depth: 0, in_arm: false, diagnostics: Vec::new() };
        let items: Vec<Item> = islands.iter().filter_map(|island| builder.island(island)).collect();
        (items, builder.diagnostics)
    };
    let mut parts = split(&scan.islands, threads).into_iter();
    let Some(first) = parts.next() else { return (Vec::new(), Vec::new()) };
    thread::scope(|scope| {
        let spawn =
            |part| thread::Builder::new().stack_size(STACK).spawn_scoped(scope, move || run(part)).map_err(|_| part);
        let others: Vec<_> = parts.map(spawn).collect();
        let (mut items, mut diagnostics) = run(first);
        for other in others {
            let (more, found) = match other.map(thread::ScopedJoinHandle::join) {
                Ok(Ok(built)) => built,
                Ok(Err(panic)) => std::panic::resume_unwind(panic),
                // No thread can be had.
                Err(part) => run(part),
            };
            items.extend(more);
            diagnostics.extend(found);
        }
        (items, diagnostics)
    })
}

/// Divides islands into at most so many parts of about the same length.
fn split(islands: &[Island], parts: usize) -> Vec<&[Island]> {
    let (Some(first), Some(last)) = (islands.first(), islands.last()) else { return Vec::new() };
    let length = (last.end - first.start).div_ceil(parts.max(1)).max(1);
    islands.chunk_by(|a, b| a.start / length == b.start / length).collect()
}

/// Makes the tree of one file.
struct Builder<'t> {
    file: FileId,
    text: &'t str,
    scan: &'t Scan,
    told: &'t [u32],
    /// Where what is being read by pest begins in the prepared text.
    base: usize,
    /// How many links of chains lie between the item and here.
    depth: u32,
    /// Whether the statement being built is the body of an arm.
    in_arm: bool,
    diagnostics: Vec<Diagnostic>,
}

impl<'t> Builder<'t> {
    /// Builds the item of an island, if it has one.
    fn island(&mut self, island: &Island) -> Option<Item> {
        let error = |span| Item { doc: None, kind: ItemKind::Error, span };
        if island.too_deep {
            return Some(error(island.span));
        }
        let prepared = &self.scan.prepared;
        let (start, text) = trimmed(island.start, prepared.text(island.start..island.end));
        if text.is_empty() {
            return None;
        }
        self.base = start;
        let span = prepared.span(start..start + text.len());
        let item = match TaskParser::parse(Rule::item_entry, text) {
            Ok(mut pairs) => pairs.next().and_then(|entry| entry.into_inner().next()).map(|node| self.item(node)),
            Err(_) => {
                self.broken(Rule::item_entry, span);
                None
            }
        };
        Some(item.unwrap_or_else(|| error(span)))
    }

    /// Gives the place of a node, without the blanks behind it.
    fn span(&self, node: &Node<'_>) -> Span {
        let start = self.base + node.as_span().start();
        let length = node.as_str().trim_end_matches(BLANKS).len();
        self.scan.prepared.span(start..start + length)
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
        if is_told || is_enough {
            return;
        }
        if self.scan.prepared.text(self.scan.prepared.range(span)).contains('\u{7}') {
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

/// What stands between statements and items.
const BLANKS: [char; 3] = [' ', '\n', ';'];

/// Gives a text that begins at `start` without the blanks at its ends, and where it begins then.
fn trimmed(start: usize, text: &str) -> (usize, &str) {
    let inner = text.trim_start_matches(BLANKS);
    (start + text.len() - inner.len(), inner.trim_end_matches(BLANKS))
}
