//! Many programs compiled as one project, so that the library is checked once for all of them.

use crate::generate::Source;
use crate::machine::{Machine, Saved};
use crate::reference::{self, End};
use crate::world::World;
use compiler::{Analysis, Input, InputFile};

/// Compiled programs.
pub struct Project {
    analysis: Analysis,
    machine: Machine,
}

/// How a program ended, and what it asked of the world before.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// How it ended.
    pub end: End,
    /// The operations, with their arguments.
    pub asked: Vec<String>,
}

impl Project {
    /// Compiles programs; gives what is wrong with them if they do not compile.
    pub fn new(sources: &[Source]) -> Result<Project, String> {
        let library = stdlib::SOURCES.iter().map(|(module, text)| ((*module).to_owned(), (*text).to_owned())).collect();
        let file = |source: &Source| InputFile {
            name: format!("{}.task", source.task),
            module: source.task.clone(),
            text: source.text.clone(),
        };
        let files = sources.iter().map(file).collect();
        let analysis = compiler::analyze(Input { name: "generated".to_owned(), files, library, ..Input::default() });
        match compiler::compile(&analysis) {
            Ok(image) => Ok(Project { analysis, machine: Machine::new(image) }),
            Err(told) => {
                let told = told.iter().map(|each| {
                    let at = analysis.sources.start(each.primary.place);
                    let file = analysis.sources.file(each.primary.place.file);
                    let line = file.line(at.line as usize - 1).unwrap_or("");
                    format!(
                        "{}:{}:{}: {} {}\n{line}",
                        file.name(),
                        at.line,
                        at.column,
                        each.code.number(),
                        each.message
                    )
                });
                Err(told.collect::<Vec<_>>().join("\n"))
            }
        }
    }

    /// Runs a program in the reference.
    pub fn reference(&self, source: &Source) -> Run {
        let mut world = World::new(source.seed);
        let program = self.analysis.program.as_ref().expect("what compiles is checked");
        let mut answer = |name: &str, arguments| world.answer(name, arguments);
        let end = reference::run(program, &self.analysis.sources, &source.task, &mut answer);
        Run { end, asked: world.asked() }
    }

    /// Runs a program in the machine.
    pub fn machine(&self, source: &Source, saved: Saved) -> Run {
        let mut world = World::new(source.seed);
        let end = self.machine.run(&source.task, &mut world, saved);
        Run { end, asked: world.asked() }
    }
}
