//! From the checked program to instructions: what the tasks reach, each generic function once per use with other types.
//!
//! A list of work holds the functions that are known by number but not written yet; writing one may add others. The
//! program is correct, so all that can go wrong is a limit. `function` says how one function is written.

mod branch;
mod build;
mod call;
mod change;
mod checks;
mod code;
mod errors;
mod exits;
mod expr;
mod function;
mod heads;
mod inner;
mod instances;
mod jump;
mod limits;
mod loops;
mod natives;
mod operate;
mod optional;
mod parallel;
mod pattern;
mod pool;
mod secret;
mod step;
mod types;
mod walk;
mod way;
mod writer;

use crate::ir::{Program, Task};
use bytecode::{Image, Source, TaskParameter};
use diagnostics::{Code as Row, Diagnostic, Place, SourceFile, Sources};
use instances::{Instances, Work};
use pool::Pool;
use types::TypeTable;

/// Compiles a checked program to an image.
///
/// # Errors
/// Gives what does not fit the limits of an image.
pub fn image(program: &Program, sources: &Sources, name: &str) -> Result<Image, Vec<Diagnostic>> {
    let mut lowering = Lowering {
        program,
        types: TypeTable::new(program),
        image: Image { name: name.to_owned(), ..Image::default() },
        pool: Pool::default(),
        instances: Instances::default(),
        diagnostics: Vec::new(),
    };
    for task in &program.tasks {
        lowering.task(task);
    }
    lowering.declared();
    lowering.write_all();
    lowering.finish(sources)
}

/// All that the functions of one image share while they are written.
struct Lowering<'p> {
    program: &'p Program,
    types: TypeTable<'p>,
    image: Image,
    pool: Pool,
    instances: Instances<'p>,
    diagnostics: Vec<Diagnostic>,
}

impl<'p> Lowering<'p> {
    fn task(&mut self, task: &'p Task) {
        if task.parameters.len() > limits::TASK_PARAMETERS {
            let found = task.parameters.len();
            let limit = limits::TASK_PARAMETERS;
            self.too_large(task.place, format!("task `{}` has {found} parameters; {limit} is the most", task.name));
            return;
        }
        let mut parameters = Vec::with_capacity(task.parameters.len());
        for parameter in &task.parameters {
            parameters.push(TaskParameter {
                name: parameter.name.clone(),
                doc: parameter.doc.clone(),
                type_: self.types.id(parameter.type_),
                default: parameter.default.as_ref().map(|_| parameter.default_text.clone()),
                check: self.parameter_check(parameter),
                choices: parameter.choices.as_ref().map(|choices| self.standalone(choices, &parameter.name, None)),
            });
        }
        let entry = self.instances.add(Work::Task(task));
        let (triggers, clauses) = (self.triggers(task), self.clauses(task));
        self.image.tasks.push(bytecode::Task {
            name: task.name.clone(),
            doc: task.doc.clone(),
            place: task.place,
            parameters,
            result: self.types.id(task.result),
            entry,
            schedules: task.schedules.clone(),
            needs: task.needs.clone(),
            timeout: task.timeout,
            triggers,
            clauses,
        });
    }

    /// Writes functions until none is left, or there is something to tell: then a limit was reached, and going on
    /// would only reach it again.
    fn write_all(&mut self) {
        let mut instructions = 0;
        while self.diagnostics.is_empty()
            && let Some(work) = self.instances.next()
        {
            let place = work.place();
            let function = function::write(self, work);
            instructions += function.code.len();
            self.image.functions.push(function);
            if instructions > limits::INSTRUCTIONS {
                let limit = limits::INSTRUCTIONS;
                self.too_large(place, format!("the program has more than {limit} instructions"));
            }
        }
    }

    fn finish(mut self, sources: &Sources) -> Result<Image, Vec<Diagnostic>> {
        let first = self.program.tasks.first().map(|task| task.place);
        let full = [
            (self.instances.overflowed, "functions, counting one for each use of a generic one with other types"),
            (self.pool.overflowed, "native functions, counting one for each use with other types"),
            (self.types.overflowed, "types"),
        ];
        for (overflowed, what) in full {
            if let (true, Some(place)) = (overflowed, first) {
                self.too_large(place, format!("the program needs more than {} {what}", limits::TABLE));
            }
        }
        if !self.diagnostics.is_empty() {
            return Err(self.diagnostics);
        }
        self.image.types = self.types.into_rows();
        self.image.sources = sources.iter().map(|(_, file)| source(file)).collect();
        Ok(self.image)
    }

    fn too_large(&mut self, place: Place, message: String) {
        self.diagnostics.push(Diagnostic::new(Row::TooLarge, place, message).help("divide it into smaller parts"));
    }
}

fn source(file: &SourceFile) -> Source {
    let text = if file.name().starts_with(LIBRARY) { String::new() } else { file.text().to_owned() };
    Source { name: file.name().to_owned(), text }
}

/// How the names of the library's files begin.
const LIBRARY: &str = "std/";
