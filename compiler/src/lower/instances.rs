//! The functions of an image: which there are, under which number, and which are still to be written.

use super::limits;
use crate::ir::{self, Type};
use bytecode::FunctionId;
use diagnostics::Place;
use rustc_hash::FxHashMap;
use std::collections::VecDeque;

/// A function that is to be written.
pub(super) enum Work<'p> {
    /// A function of the program, with its type arguments.
    Function(&'p ir::Function, Vec<Type>),
    /// The entry of a task.
    Task(&'p ir::Task),
    /// A lambda.
    Lambda(Lambda<'p>),
    /// An expression of a head, or the first value of a state.
    Standalone(Standalone<'p>),
    /// Fails with `invalid` where a condition does not hold.
    Condition(Condition<'p>),
    /// Fails with `invalid` where a value is not what its type says.
    Valid(Type, Place),
    /// Calls checks of one value, one after another.
    Checks(Type, Vec<FunctionId>, Place),
}

/// A lambda in a function.
pub(super) struct Lambda<'p> {
    /// The name of the function it stands in.
    pub(super) name: String,
    /// Its code.
    pub(super) body: &'p ir::Body,
    /// Where it stands.
    pub(super) place: Place,
    /// How many locals it captures.
    pub(super) captures: u16,
    /// The type of its result, without type parameters.
    pub(super) result: Type,
    /// What the type parameters of the enclosing function are.
    pub(super) arguments: Vec<Type>,
}

/// An expression with locals of its own.
pub(super) struct Standalone<'p> {
    /// The name of what it belongs to.
    pub(super) name: String,
    /// Its code.
    pub(super) body: &'p ir::Body,
    /// The type of its result.
    pub(super) result: Type,
    /// The task whose arguments it takes, as the body of the task does: before them, which of them were given.
    pub(super) task: Option<&'p ir::Task>,
}

/// A condition on a value.
pub(super) struct Condition<'p> {
    /// The condition.
    pub(super) condition: &'p ir::Condition,
    /// What the value is.
    pub(super) subject: Subject,
    /// The value's type, without type parameters.
    pub(super) type_: Type,
    /// What the type parameters in the condition are.
    pub(super) arguments: Vec<Type>,
}

/// What the condition on a value belongs to.
pub(super) enum Subject {
    /// A refined type of this name.
    Type(String),
    /// A field or parameter of this name.
    Named(String),
}

impl Subject {
    /// Gives the name.
    pub(super) fn name(&self) -> &str {
        match self {
            Subject::Type(name) | Subject::Named(name) => name,
        }
    }
}

impl Work<'_> {
    /// Gives the place that what goes wrong with it is about.
    pub(super) fn place(&self) -> Place {
        match self {
            Work::Function(function, _) => function.place,
            Work::Task(task) => task.place,
            Work::Lambda(lambda) => lambda.place,
            Work::Standalone(of) => of.body.value.span.in_file(of.body.file),
            Work::Condition(of) => of.condition.body.value.span.in_file(of.condition.body.file),
            Work::Valid(_, place) | Work::Checks(_, _, place) => *place,
        }
    }
}

/// What makes two requests ask for the same function.
#[derive(PartialEq, Eq, Hash)]
enum Key {
    Function(ir::FunctionId, Vec<Type>),
    /// A condition by its address in the program, which does not move.
    Condition(usize, Type),
    Valid(Type),
}

/// The numbers of functions, and the list of work.
#[derive(Default)]
pub(super) struct Instances<'p> {
    known: FxHashMap<Key, FunctionId>,
    uses: FxHashMap<ir::FunctionId, usize>,
    work: VecDeque<Work<'p>>,
    count: usize,
    /// Whether more functions were asked for than an image can hold.
    pub(super) overflowed: bool,
}

impl<'p> Instances<'p> {
    /// Gives the next function to write; they come in the order of their numbers.
    pub(super) fn next(&mut self) -> Option<Work<'p>> {
        self.work.pop_front()
    }

    /// Adds a function that nothing else asks for.
    pub(super) fn add(&mut self, work: Work<'p>) -> FunctionId {
        if self.count >= limits::TABLE {
            self.overflowed = true;
            return FunctionId(0);
        }
        self.work.push_back(work);
        self.count += 1;
        FunctionId(self.count as u16 - 1)
    }

    /// Gives the function of the program for some type arguments; `Err` if there are too many of it.
    pub(super) fn function(
        &mut self,
        id: ir::FunctionId,
        function: &'p ir::Function,
        arguments: Vec<Type>,
    ) -> Result<FunctionId, ()> {
        let key = Key::Function(id, arguments.clone());
        if let Some(known) = self.known.get(&key) {
            return Ok(*known);
        }
        let uses = self.uses.entry(id).or_default();
        *uses += 1;
        if *uses > limits::INSTANCES {
            return Err(());
        }
        let made = self.add(Work::Function(function, arguments));
        self.known.insert(key, made);
        Ok(made)
    }

    /// Gives the check of a condition.
    pub(super) fn condition(&mut self, condition: Condition<'p>) -> FunctionId {
        let key = Key::Condition(std::ptr::from_ref(condition.condition) as usize, condition.type_);
        self.keyed(key, Work::Condition(condition))
    }

    /// Gives the check of all that a type says about its values.
    pub(super) fn valid(&mut self, type_: Type, place: Place) -> FunctionId {
        self.keyed(Key::Valid(type_), Work::Valid(type_, place))
    }

    fn keyed(&mut self, key: Key, work: Work<'p>) -> FunctionId {
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let made = self.add(work);
        self.known.insert(key, made);
        made
    }
}
