//! From sources to all that is known about them: parsing, checking, heads and permissions, in this order.

use crate::check;
use crate::permissions::{self, Completeness};
use crate::query::Details;
use crate::{Analysis, Input, allow, circles, flow, heads, lints, read};
use diagnostics::{Code, Diagnostic, FileId, Place};

/// The stack on which a project is checked.
const STACK: usize = 64 << 20;

/// What the deepest expressions that are taken need of it.
const ENOUGH_STACK: usize = STACK - (1 << 20);

/// How many functions, the library's among them, are worth a second thread.
const WORTH_A_THREAD: usize = 1_000;

/// Analyses a project. Total: any text gives an answer.
///
/// Project files have the first file numbers, in the order of the input; the library's come behind them, then the calendars.
pub fn analyze(input: Input) -> Analysis {
    // On the thread that asks, for what others allocate is dearer: their heaps grow by a system call each page or two.
    stacker::maybe_grow(ENOUGH_STACK, STACK, || analyzed(&input))
}

/// Reads only what can be needed of the library, and all of it where something is wrong: a message may propose any of it.
fn analyzed(input: &Input) -> Analysis {
    if let Some(used) = read::library::used(input) {
        let analysis = analyzed_with(input, Some(&used));
        if !analysis.has_errors() {
            return analysis;
        }
    }
    analyzed_with(input, None)
}

fn analyzed_with(input: &Input, used: Option<&[String]>) -> Analysis {
    let (mut sources, units, mut diagnostics) = read::all(input, used);
    let calendars = read::calendars(input, &mut sources);
    let syntax: Vec<Place> = diagnostics.iter().map(|diagnostic| diagnostic.primary.place).collect();
    let checked = check::check(&units, &calendars);
    let mut program = checked.program;
    diagnostics.extend(checked.diagnostics);
    let is_right = !diagnostics.iter().any(Diagnostic::is_error);
    let first_library = input.files.len() as u32;
    let is_library = |file: FileId| file.0 >= first_library;
    if let Some(zone) = &input.zone {
        heads::set_zone(&mut program, zone);
    }
    if checked.discloses {
        diagnostics.extend(flow::check(&program, &is_library));
    }
    if checked.calls_tasks {
        diagnostics.extend(circles::check(&program, &is_library));
    }
    let completeness = if is_right { Completeness::Whole } else { Completeness::Partial };
    let permitted = || permissions::check(&program, &checked.heads, &is_library, completeness);
    let advised = || if is_right { lints::check(&program, &checked.heads, &is_library, input.now) } else { Vec::new() };
    let (permitted, advised) = side_by_side(program.functions.len(), &permitted, &advised);
    diagnostics.extend(permitted);
    if !diagnostics.iter().any(Diagnostic::is_error) {
        diagnostics.extend(advised);
    }
    let read = diagnostics.drain(..syntax.len()).collect::<Vec<_>>();
    diagnostics.retain(|diagnostic| !follows(diagnostic, &syntax));
    diagnostics.extend(read);
    if diagnostics.iter().any(Diagnostic::is_error) {
        diagnostics.retain(|diagnostic| !misses_use(diagnostic));
    }
    allow::heed(&units, &mut diagnostics);
    input.levels.apply(&mut diagnostics);
    diagnostics.sort_by_key(|diagnostic| diagnostic.primary.place);
    let is_right = !diagnostics.iter().any(Diagnostic::is_error);
    let (program, partial) = if is_right { (Some(program), None) } else { (None, Some(program)) };
    let details = Details::new(units, checked.index, partial);
    Analysis { name: input.name.clone(), sources, diagnostics, program, details }
}

/// Takes two looks at so many functions; at many, by two threads.
fn side_by_side<T: Send>(functions: usize, first: &dyn Fn() -> T, second: &(dyn Fn() -> T + Sync)) -> (T, T) {
    if functions < WORTH_A_THREAD {
        return (first(), second());
    }
    std::thread::scope(|scope| {
        let other = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, second).ok();
        let first = first();
        match other.map(std::thread::ScopedJoinHandle::join) {
            Some(Ok(second)) => (first, second),
            Some(Err(panic)) => std::panic::resume_unwind(panic),
            // No thread can be had.
            None => (first, second()),
        }
    })
}

/// Says whether a diagnostic only follows from what could not be read, at the same place.
fn follows(diagnostic: &Diagnostic, syntax: &[Place]) -> bool {
    let Place { file, span } = diagnostic.primary.place;
    let mut same_file = syntax.iter().filter(|other| other.file == file);
    same_file.any(|other| other.span.start < span.end && span.start < other.span.end)
}

/// Says whether a diagnostic misses a use, which may stand in what is wrong.
fn misses_use(diagnostic: &Diagnostic) -> bool {
    matches!(diagnostic.code, Code::UnusedVariable | Code::UnusedParameter | Code::UnusedFunction | Code::UnusedImport)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{analyzed_with, read};
    use crate::{Input, InputFile};

    /// The library's sources, by module.
    macro_rules! library {
        ($($module:literal)*) => {
            [$(($module, include_str!(concat!("../../stdlib/", $module, ".task")))),*]
        };
    }

    /// What is left of the library has to hold together, or a right program is read twice.
    #[test]
    fn what_is_used_of_the_library_is_enough() {
        let library = library!("base64" "bytes" "clock" "date" "datetime" "decimal" "duration" "exec" "files" "float" "hash" "hex" "http" "int" "json" "list" "log" "map" "path" "prelude" "random" "run" "set" "string" "toml" "url" "uuid");
        let library = library.map(|(module, text)| (module.to_owned(), text.to_owned())).to_vec();
        for text in [
            "/// Says it.\ntask hello() -> string timeout 1m {\n    \"hello\"\n}\n",
            "fn f(a: list<int>) -> int {\n    a.sort().map(x => x + 1).sum()\n}\n",
            "fn f() -> int {\n    files.read(\"a.txt\").lines().len()\n}\n",
            "fn f(a: string) -> json {\n    http.get(\"https://a.b/{a}\").json()\n}\n",
        ] {
            let file = InputFile { name: "a.task".into(), module: "a".into(), text: text.to_owned() };
            let input = Input { files: vec![file], library: library.clone(), ..Input::default() };
            let used = read::library::used(&input).unwrap();
            let analysis = analyzed_with(&input, Some(&used));
            let errors: Vec<_> = analysis.diagnostics.iter().filter(|each| each.is_error()).collect();
            assert!(errors.is_empty(), "{text}: {errors:?}");
        }
    }
}
