//! Reading the files of a project and of the library: each stands for itself, so several threads share them.

pub(crate) mod library;

use crate::Input;
use crate::check::{CalendarFile, Unit};
use diagnostics::{Diagnostic, FileId, SourceFile, Sources};
use grammar::Parsed;
use smol_str::SmolStr;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// The most threads that read.
const MAX_THREADS: usize = 8;

/// How many bytes of source are worth a thread of their own.
const WORTH_A_THREAD: usize = 16 << 10;

/// The stack of such a thread: enough for the deepest nesting that is taken.
const STACK: usize = 16 << 20;

/// Reads all files: their texts, their trees and what could not be read, in the order of the input. Of the library it parses
/// the `used` texts, which may be blank in parts.
pub(crate) fn all(input: &Input, used: Option<&[String]>) -> (Sources, Vec<Unit>, Vec<Diagnostic>) {
    let library = input.library.iter().map(|(module, text)| (format!("std/{module}.task"), module, text, true));
    let own = input.files.iter().map(|file| (file.name.clone(), &file.module, &file.text, false));
    let files: Vec<_> = own.chain(library).collect();
    let mut texts: Vec<&str> = files.iter().map(|(_, _, text, _)| text.as_str()).collect();
    for (text, used) in texts[input.files.len()..].iter_mut().zip(used.unwrap_or_default()) {
        *text = used;
    }
    let mut sources = Sources::new();
    let mut units = Vec::with_capacity(files.len());
    let mut diagnostics = Vec::new();
    for ((name, module, text, library), parsed) in files.iter().zip(trees(&texts)) {
        let file = sources.add(SourceFile::new(name, text.as_str()));
        diagnostics.extend(parsed.diagnostics);
        let module = SmolStr::new(module);
        units.push(Unit {
            file,
            module,
            library: *library,
            tree: parsed.file,
            allows: parsed.allows,
            text: Rc::from(text.as_str()),
        });
    }
    (sources, units, diagnostics)
}

/// Puts the calendars behind all other sources, so that diagnostics can point into them.
pub(crate) fn calendars(input: &Input, sources: &mut Sources) -> Vec<CalendarFile> {
    let calendar = |calendar: &crate::CalendarFile| {
        let file = sources.add(SourceFile::new(&calendar.name, calendar.text.as_str()));
        CalendarFile { file, path: calendar.path.clone(), text: calendar.text.clone() }
    };
    input.calendars.iter().map(calendar).collect()
}

/// Parses texts, which are numbered in their order.
fn trees(texts: &[&str]) -> Vec<Parsed> {
    // Blank parts cost nothing.
    let size: usize = texts.iter().map(|text| text.trim_ascii().len()).sum();
    // Asking how many processors there are reads files, which is dear beside a few short texts.
    let others = match (size / WORTH_A_THREAD).min(texts.len()).min(MAX_THREADS) {
        0 | 1 => 0,
        worth => thread::available_parallelism().map_or(1, usize::from).min(worth) - 1,
    };
    let next = AtomicUsize::new(0);
    // Whoever is done takes the next one.
    let work = || {
        let numbers = std::iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed));
        let mine = numbers.map_while(|at| texts.get(at).map(|text| (at, grammar::parse(FileId(at as u32), text))));
        mine.collect::<Vec<_>>()
    };
    let mut parsed = thread::scope(|scope| {
        let spawn = || thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work).ok();
        // A thread that cannot be had is not missed: the work is shared by those there are.
        let helping: Vec<_> = (0..others).filter_map(|_| spawn()).collect();
        let mut parsed = work();
        for helper in helping {
            match helper.join() {
                Ok(more) => parsed.extend(more),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        parsed
    });
    parsed.sort_unstable_by_key(|(at, _)| *at);
    parsed.into_iter().map(|(_, parsed)| parsed).collect()
}
