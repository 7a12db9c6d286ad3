//! Well-typed programs by seed: the same seed and size give the same text.
//!
//! Everything is made for a type that is wanted, so a program compiles by construction; one that does not is a defect of
//! the generator or of the checker, and fails the test. Programs end: loops are counted, recursion has a depth that falls.

mod call;
mod expression;
mod function;
mod operation;
mod pattern;
mod random;
mod sharing;
mod statement;
mod types;

use expression::Expected;
pub use random::Random;
use std::collections::BTreeSet;
use types::{Enum, Function, Record, Type};

/// A program of one file.
#[derive(Clone, Debug)]
pub struct Source {
    /// What it was made from.
    pub seed: u64,
    /// The name of its task.
    pub task: String,
    /// Its text.
    pub text: String,
}

/// What a program is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// It only computes.
    Computing,
    /// It has operations.
    Asking,
    /// It gives values many names and changes them.
    Sharing,
}

/// Makes the program of a seed. A smaller size gives a smaller program.
pub fn program(seed: u64, size: u32, subject: Subject) -> Source {
    let mut generator = Generator {
        random: Random::new(seed),
        subject,
        records: Vec::new(),
        enums: Vec::new(),
        functions: Vec::new(),
        generics: BTreeSet::new(),
        scope: Vec::new(),
        frozen: 0,
        loops: 0,
        result: None,
        names: 0,
        budget: 0,
    };
    let task = format!("main_{seed}");
    let text = generator.file(&task, size);
    Source { seed, task, text }
}

/// A local that can be read.
#[derive(Clone, Debug)]
struct Variable {
    name: String,
    type_: Type,
    is_var: bool,
}

struct Generator {
    random: Random,
    subject: Subject,
    records: Vec<Record>,
    enums: Vec<Enum>,
    functions: Vec<Function>,
    /// Which of the generic functions are used.
    generics: BTreeSet<usize>,
    scope: Vec<Variable>,
    /// The variables before this one are captured, and cannot be changed.
    frozen: usize,
    /// How many loops are around.
    loops: u32,
    /// The result of the function around, where a `return` may stand.
    result: Option<Type>,
    names: u32,
    /// How many expressions the statement at hand may still have.
    budget: i32,
}

impl Generator {
    fn file(&mut self, task: &str, size: u32) -> String {
        match self.subject {
            Subject::Computing | Subject::Asking => self.declare_types(size),
            Subject::Sharing => self.declare_nested_types(),
        }
        let mut text = self.declarations();
        for _ in 0..self.random.below(1 + size.div_ceil(4)) {
            text += &self.function();
        }
        let mut body = Vec::new();
        let types: Vec<Type> = (0..2 + self.random.below(3)).map(|_| self.type_(2)).collect();
        for type_ in types {
            self.declare(&mut body, 1, type_, true);
        }
        self.statements(&mut body, 1, size);
        let shown = self.scope.iter().filter(|each| !matches!(each.type_, Type::Function(..)));
        let shown: Vec<String> = shown
            .map(|each| if self.has_json(&each.type_) { each.name.clone() } else { format!("\"{{{}}}\"", each.name) })
            .collect();
        let given = format!("    [{}]", shown.join(", "));
        let needs = match self.subject {
            Subject::Computing | Subject::Sharing => "",
            Subject::Asking => operation::NEEDS,
        };
        text += &self.generic_functions();
        text += &format!("task {task}() -> list<json>{needs}\n{{\n{}\n{given}\n}}\n", body.join("\n"));
        text
    }

    /// Gives a name that no other local has.
    fn name(&mut self, stem: &str) -> String {
        self.names += 1;
        format!("{stem}{}", self.names)
    }

    fn bind(&mut self, name: &str, type_: Type, is_var: bool) {
        self.scope.push(Variable { name: name.to_owned(), type_, is_var });
    }

    /// Gives the paths, through fields of records, that lead to a value of a type.
    ///
    /// Where the type is known, a value of the refined type may stand for an int.
    fn places(&self, wanted: &Type, expected: Expected) -> Vec<String> {
        let mut found = Vec::new();
        for variable in &self.scope {
            self.places_in(&variable.name, &variable.type_, wanted, 2, &mut found);
            if *wanted == Type::Int && expected == Expected::Known {
                self.places_in(&variable.name, &variable.type_, &Type::Small, 2, &mut found);
            }
        }
        found
    }

    fn places_in(&self, path: &str, type_: &Type, wanted: &Type, deep: u32, found: &mut Vec<String>) {
        if type_ == wanted {
            found.push(path.to_owned());
        }
        if let Type::Record(record) = type_
            && deep > 0
        {
            for field in &self.records[*record].fields {
                self.places_in(&format!("{path}.{}", field.name), &field.type_, wanted, deep - 1, found);
            }
        }
    }

    /// Gives the variables that can be changed, with their types.
    fn changeable(&self) -> Vec<Variable> {
        self.scope[self.frozen..].iter().filter(|variable| variable.is_var).cloned().collect()
    }
}
