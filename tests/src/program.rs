//! Programs of tests: compiled from a text with the real library, and run in a small world without an engine.

use crate::World;
use bytecode::Image;
use compiler::{Analysis, CalendarFile, Input, InputFile};
use diagnostics::Place;

/// What became of a task.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It gave a value.
    Value(serde_json::Value),
    /// It failed, with kind and message, and where.
    Failure {
        /// `kind: message`.
        text: String,
        /// Where it failed first.
        place: Option<Place>,
    },
}

/// The present of what is analysed here: 2026-03-01T00:00Z.
pub const NOW: i64 = 1_772_323_200_000_000;

/// Analyses one file with the library.
pub fn analyze(text: &str) -> Analysis {
    analyze_files(vec![InputFile { name: "main.task".to_owned(), module: "main".to_owned(), text: text.to_owned() }])
}

/// Analyses the files of a project with the library.
pub fn analyze_files(files: Vec<InputFile>) -> Analysis {
    analyze_project(files, Vec::new())
}

/// Analyses the files of a project and the calendars that they name, with the library.
pub fn analyze_project(files: Vec<InputFile>, calendars: Vec<CalendarFile>) -> Analysis {
    let library = stdlib::SOURCES.iter().map(|(module, text)| ((*module).to_owned(), (*text).to_owned())).collect();
    compiler::analyze(Input {
        name: "main".to_owned(),
        files,
        calendars,
        library,
        zone: None,
        levels: compiler::Levels::default(),
        now: Some(NOW),
    })
}

/// Compiles one file with the library.
///
/// # Panics
/// If it does not compile.
pub fn compile(text: &str) -> Image {
    let analysis = analyze(text);
    match compiler::compile(&analysis) {
        Ok(image) => image,
        Err(told) => {
            let told: Vec<_> = told
                .iter()
                .map(|each| {
                    let at = analysis.sources.start(each.primary.place);
                    format!("{}:{} {} {}", at.line, at.column, each.code.number(), each.message)
                })
                .collect();
            panic!("{text}\ndoes not compile:\n{}", told.join("\n"))
        }
    }
}

/// Runs a task of an image to its end, without arguments, in a world of its own.
///
/// # Panics
/// If there is no such task, or it asks for an operation that no test has.
pub fn run(image: &Image, task: &str) -> Outcome {
    let position = image.tasks.iter().position(|each| each.name == task).expect("the task is there");
    match World::new(image).run(position, &[]) {
        Ok(data) => Outcome::Value(runtime::json::encode(&image.types, image.tasks[position].result, &data)),
        Err((failure, place)) => Outcome::Failure { text: failure.to_string(), place },
    }
}
