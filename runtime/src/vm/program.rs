//! An image that is ready to run: verified, its constants made, its natives found.

use super::window::NARROW;
use crate::{Case, DateTime, Decimal, NativeFn, Natives, Parts, PureFn, Text, Value};
use bytecode::inner::Inner;
use bytecode::{Bank, Constant, Function, FunctionId, Image, ImageError, Op, Type};
use diagnostics::Place;
use std::fmt::Write as _;
use std::rc::Rc;
use std::sync::Arc;

/// An image that is ready to run, shared by the machines of a thread.
#[derive(Debug)]
pub struct Program {
    image: Arc<Image>,
    hash: [u8; 32],
    pub(super) constants: Vec<Value>,
    pub(super) natives: Vec<Linked>,
    bodies: Vec<Body>,
    /// The cases without data, by their numbers: one of each is enough.
    bare_cases: Vec<Value>,
    /// Stands for a function that is not there.
    nobody: Body,
}

/// A function as the loop wants it.
#[derive(Debug, Default)]
pub(super) struct Body {
    /// Its instructions.
    pub code: Box<[Op]>,
    /// How many word registers it has.
    pub words: u16,
    /// How many reference registers it has.
    pub refs: u16,
    /// How many of those are parameters.
    pub parameters: u16,
    /// How many are captured values.
    pub captures: u16,
    /// Whether it has more registers than a narrow window.
    pub wide: bool,
}

/// What stands behind a native.
#[derive(Clone, Copy, Debug)]
pub(super) enum Linked {
    /// Done in the machine.
    Pure(PureFn),
    /// Done by whoever drives the machine.
    Effect,
    /// As `Effect`: the pause before a step is tried again.
    Pause,
}

/// Why an image cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// It breaks a rule of images.
    #[error(transparent)]
    Image(#[from] ImageError),
    /// It asks for a native that this library does not have.
    #[error("the program needs `{0}`, which this version of the library does not have; compile it again")]
    Missing(String),
    /// It takes a native for something it is not.
    #[error("the program calls `{name}` as {expected}, but it is {found}; compile it again")]
    OtherClass {
        /// The native.
        name: String,
        /// What the program takes it for.
        expected: &'static str,
        /// What it is.
        found: &'static str,
    },
}

impl Program {
    /// Verifies and links an image.
    ///
    /// # Errors
    /// Says what is wrong with the image, or which native is missing.
    pub fn new(image: Arc<Image>, natives: &Natives) -> Result<Rc<Program>, LinkError> {
        image.verify()?;
        let mut linked = Vec::with_capacity(image.natives.len());
        for native in &image.natives {
            let pure = native.class == bytecode::Class::Pure;
            linked.push(match (natives.get(&native.name), pure) {
                (Some(NativeFn::Pure(function)), true) => Linked::Pure(*function),
                (Some(NativeFn::Effect(_)), false) => Linked::Effect,
                (Some(NativeFn::Pure(_)), false) => return Err(other_class(&native.name, "an operation", "pure")),
                (Some(NativeFn::Effect(_)), true) => return Err(other_class(&native.name, "pure", "an operation")),
                (None, false) if Inner::from_name(&native.name) == Some(Inner::StepPause) => Linked::Pause,
                // Some operations are done by the engine itself and have no function in the library.
                (None, false) => Linked::Effect,
                (None, true) => return Err(LinkError::Missing(native.name.clone())),
            });
        }
        let hash = image.hash().0;
        let constants = image.constants.iter().map(constant).collect();
        let bodies = image.functions.iter().map(body).collect();
        let bare_cases = bare_cases(&image.types);
        Ok(Rc::new(Program { image, hash, constants, natives: linked, bodies, bare_cases, nobody: Body::default() }))
    }

    /// Gives the image.
    pub fn image(&self) -> &Image {
        &self.image
    }

    /// Gives the hash of the image.
    pub fn hash(&self) -> &[u8; 32] {
        &self.hash
    }

    /// Gives a function.
    pub fn function(&self, id: FunctionId) -> Option<&Function> {
        self.image.functions.get(usize::from(id.0))
    }

    /// Gives a function as the loop wants it; one that is not there has no instructions.
    #[inline]
    pub(super) fn body(&self, id: FunctionId) -> &Body {
        self.bodies.get(usize::from(id.0)).unwrap_or(&self.nobody)
    }

    /// Gives a case without data of an enum that has cases with data.
    pub(super) fn bare_case(&self, tag: u16) -> Value {
        let known = self.bare_cases.get(usize::from(tag)).cloned();
        known.unwrap_or_else(|| Value::Case(Rc::new(Case { tag, fields: Parts::default() })))
    }

    /// Gives an instruction.
    pub(super) fn op(&self, function: FunctionId, pc: u32) -> Option<Op> {
        self.function(function)?.code.get(pc as usize).copied()
    }

    /// Gives where in the source an instruction comes from.
    pub fn place(&self, function: FunctionId, pc: u32) -> Option<Place> {
        let places = &self.function(function)?.places;
        let behind = places.partition_point(|(from, _)| *from <= pc);
        places.get(behind.checked_sub(1)?).map(|(_, place)| *place)
    }

    /// Gives a place as `file:line:column`, columns in characters from 1.
    pub fn describe(&self, place: Place) -> String {
        let Some(source) = self.image.sources.get(place.file.0 as usize) else { return String::new() };
        let mut text = source.name.clone();
        let before = source.text.get(..place.span.start as usize).unwrap_or("");
        if !source.text.is_empty() {
            let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
            // Writing to a string does not fail.
            let _ = write!(text, ":{line}:{column}");
        }
        text
    }
}

fn other_class(name: &str, expected: &'static str, found: &'static str) -> LinkError {
    LinkError::OtherClass { name: name.to_owned(), expected, found }
}

fn body(function: &Function) -> Body {
    let parameters = function.parameters.iter().filter(|bank| **bank == Bank::Ref).count();
    Body {
        code: function.code.clone().into_boxed_slice(),
        words: function.words,
        refs: function.refs,
        // The verifier has seen that they fit the registers.
        parameters: u16::try_from(parameters).unwrap_or(function.refs),
        captures: function.captures,
        wide: usize::from(function.words.max(function.refs)) > NARROW,
    }
}

/// Makes as many cases as the largest enum has; a type that is not an enum has none.
fn bare_cases(types: &[Type]) -> Vec<Value> {
    let cases = types.iter().map(|each| if let Type::Enum(shape) = each { shape.cases.len() } else { 0 });
    let most = u16::try_from(cases.max().unwrap_or(0)).unwrap_or(u16::MAX);
    (0..most).map(|tag| Value::Case(Rc::new(Case { tag, fields: Parts::default() }))).collect()
}

fn constant(constant: &Constant) -> Value {
    match constant {
        Constant::String(text) => Value::from(text.as_str()),
        // One that does not fit was not made by the compiler, and is zero.
        Constant::Decimal(digits, scale) => {
            Value::decimal(Decimal::try_from_i128_with_scale(*digits, *scale).unwrap_or_default())
        }
        Constant::DateTime(micros, zone) => {
            Value::DateTime(Rc::new(DateTime { micros: *micros, zone: Text::from(zone.as_str()) }))
        }
    }
}
