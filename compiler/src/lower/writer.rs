//! What writes one function: its code so far, where its locals are, and what surrounds the place it is at.

use super::Lowering;
use super::code::{Code, Label, Reg};
use super::errors::Guard;
use crate::ir::{Body, Expr, Local, LocalId, Step, Type, TypeKind};
use bytecode::{Bank, Class, FunctionId, NativeId, Op, R, TypeId, W};
use diagnostics::{Diagnostic, FileId, Place, Span};

/// The state of writing one function.
pub(super) struct Writer<'l, 'p> {
    /// What all functions share.
    pub(super) all: &'l mut Lowering<'p>,
    /// The code so far.
    pub(super) code: Code,
    /// The function's name, for traces.
    pub(super) name: String,
    /// What the type parameters are.
    pub(super) arguments: Vec<Type>,
    /// The file of all spans.
    pub(super) file: FileId,
    /// Where the locals are that have a register now.
    pub(super) locals: Vec<Option<Reg>>,
    /// The locals' declarations.
    pub(super) declared: &'p [Local],
    /// The type of the function's result.
    pub(super) result: Type,
    /// What a `break`, `continue` or `return` leaves, outermost first.
    pub(super) exits: Vec<Exit<'p>>,
    /// Where a `return` of a task goes that has something to ensure, and the register of its value.
    pub(super) ending: Option<(Label, Option<Reg>)>,
    /// What takes errors here, outermost first.
    pub(super) guards: Vec<Guard>,
    /// How deep the expression is in which the writer is.
    pub(super) depth: usize,
}

/// Something that can be left.
#[derive(Clone, Copy)]
pub(super) enum Exit<'p> {
    /// A loop: where its next turn begins, and where it is over.
    Loop { next: Label, over: Label },
    /// What is done in any case, and how many guards stand outside of it.
    Finally { code: &'p Expr, guards: usize },
    /// A step, and how many guards stand outside of it.
    Step { step: &'p Step, guards: usize },
}

/// Gives the word register. A reference here would be a defect of the checker, which the verifier finds.
pub(super) fn word(register: Reg) -> W {
    match register {
        Reg::Word(at) | Reg::Ref(at) => W(at),
    }
}

/// Gives the reference register, as [`word`] does.
pub(super) fn reference(register: Reg) -> R {
    match register {
        Reg::Word(at) | Reg::Ref(at) => R(at),
    }
}

impl<'l, 'p> Writer<'l, 'p> {
    /// Makes the writer of a function.
    pub(super) fn new(all: &'l mut Lowering<'p>, name: String, file: FileId, result: Type) -> Self {
        Writer {
            all,
            code: Code::default(),
            name,
            arguments: Vec::new(),
            file,
            locals: Vec::new(),
            declared: &[],
            result,
            exits: Vec::new(),
            ending: None,
            guards: Vec::new(),
            depth: 0,
        }
    }

    /// Gives a type with the function's type arguments in it.
    pub(super) fn concrete(&mut self, type_: Type) -> Type {
        self.all.types.substitute(type_, &self.arguments)
    }

    /// Gives what a type is here; a refined type is its base.
    pub(super) fn kind(&mut self, type_: Type) -> TypeKind {
        let concrete = self.concrete(type_);
        self.all.types.kind(concrete)
    }

    /// Gives the bank of a type's values; `None` for no value.
    pub(super) fn bank(&mut self, type_: Type) -> Option<Bank> {
        let concrete = self.concrete(type_);
        self.all.types.bank(concrete)
    }

    /// Gives the bank in which a value of a type is kept.
    pub(super) fn slot(&mut self, type_: Type) -> Bank {
        self.bank(type_).unwrap_or(Bank::Ref)
    }

    /// Gives the image's number of a type.
    pub(super) fn type_id(&mut self, type_: Type) -> TypeId {
        let concrete = self.concrete(type_);
        self.all.types.id(concrete)
    }

    /// Gives the place of a span of the function.
    pub(super) fn at(&self, span: Span) -> Place {
        span.in_file(self.file)
    }

    /// Appends an instruction.
    pub(super) fn emit(&mut self, op: Op) {
        self.code.emit(op);
    }

    /// Tells about a limit.
    pub(super) fn tell(&mut self, diagnostic: Diagnostic) {
        self.all.diagnostics.push(diagnostic);
    }

    /// Begins to write a body.
    pub(super) fn enter(&mut self, body: &'p Body) {
        self.file = body.file;
        self.declared = &body.locals;
    }

    /// Gives the type of a local as it was declared.
    pub(super) fn type_of(&self, local: LocalId) -> Type {
        self.declared.get(local.0 as usize).map_or(Type::NOTHING, |local| local.type_)
    }

    /// Gives a local's register; a local gets it when it is first met.
    pub(super) fn local(&mut self, local: LocalId, type_: Type) -> Reg {
        if let Some(known) = self.locals.get(local.0 as usize).copied().flatten() {
            return known;
        }
        self.declare(local, type_)
    }

    /// Gives a local a new register.
    pub(super) fn declare(&mut self, local: LocalId, type_: Type) -> Reg {
        let bank = self.slot(type_);
        let register = self.code.allocate(bank);
        self.place_local(local, register);
        register
    }

    /// Says where a local is.
    pub(super) fn place_local(&mut self, local: LocalId, register: Reg) {
        let at = local.0 as usize;
        if self.locals.len() <= at {
            self.locals.resize(at + 1, None);
        }
        self.locals[at] = Some(register);
    }

    /// Loads a word.
    pub(super) fn load_word(&mut self, into: Reg, bits: u64) {
        let into = word(into);
        match i32::try_from(bits as i64) {
            Ok(value) => self.emit(Op::Int { into, value }),
            Err(_) => {
                let constant = self.all.pool.word(&mut self.all.image, bits);
                self.emit(Op::ConstW { into, constant });
            }
        }
    }

    /// Loads an int into a new register.
    pub(super) fn int(&mut self, value: i64) -> W {
        let register = self.code.word();
        self.load_word(Reg::Word(register), value as u64);
        W(register)
    }

    /// Loads a string.
    pub(super) fn load_string(&mut self, into: R, text: &str) {
        let constant = self.all.pool.string(&mut self.all.image, text);
        self.emit(Op::ConstR { into, constant });
    }

    /// Loads a string into a new register.
    pub(super) fn string(&mut self, text: &str) -> R {
        let into = R(self.code.reference());
        self.load_string(into, text);
        into
    }

    /// Boxes a word of a type.
    pub(super) fn box_word(&mut self, into: R, from: W, type_: Type) {
        let op = match self.kind(type_) {
            TypeKind::Float => Op::BoxFloat { into, from },
            TypeKind::Bool => Op::BoxBool { into, from },
            TypeKind::Error
            | TypeKind::Never
            | TypeKind::Nothing
            | TypeKind::Int
            | TypeKind::Decimal
            | TypeKind::String
            | TypeKind::Bytes
            | TypeKind::Duration
            | TypeKind::Date
            | TypeKind::Time
            | TypeKind::DateTime
            | TypeKind::Json
            | TypeKind::Optional(_)
            | TypeKind::List(_)
            | TypeKind::Map(..)
            | TypeKind::Set(_)
            | TypeKind::Secret(_)
            | TypeKind::Function(..)
            | TypeKind::Record(..)
            | TypeKind::Enum(..)
            | TypeKind::Refined(_)
            | TypeKind::Parameter(_) => Op::BoxInt { into, from },
        };
        self.emit(op);
    }

    /// Moves a value that is not needed in `from` any more.
    pub(super) fn take(&mut self, into: Reg, from: Reg) {
        if into == from {
            return;
        }
        match (into, from) {
            (Reg::Ref(into), Reg::Ref(from)) => self.emit(Op::TakeR { into: R(into), from: R(from) }),
            (into, from) => self.emit(Op::MoveW { into: word(into), from: word(from) }),
        }
    }

    /// Copies a value.
    pub(super) fn copy(&mut self, into: Reg, from: Reg) {
        if into == from {
            return;
        }
        match (into, from) {
            (Reg::Ref(into), Reg::Ref(from)) => self.emit(Op::MoveR { into: R(into), from: R(from) }),
            (into, from) => self.emit(Op::MoveW { into: word(into), from: word(from) }),
        }
    }

    /// Puts a boxed value, that is not needed any more, where a value of the type belongs.
    pub(super) fn unbox_into(&mut self, into: Reg, from: R) {
        match into {
            Reg::Word(into) => self.emit(Op::Unbox { into: W(into), from }),
            Reg::Ref(_) => self.take(into, Reg::Ref(from.0)),
        }
    }

    /// Gives the native of a name for some types.
    pub(super) fn native(&mut self, name: &str, class: Class, parameters: &[Type], result: Type) -> NativeId {
        let parameters = parameters.iter().map(|each| self.type_id(*each)).collect();
        let types = (parameters, self.type_id(result));
        self.all.pool.native(&mut self.all.image, name, class, types)
    }

    /// Calls checks of a value.
    pub(super) fn check(&mut self, value: Reg, checks: &[FunctionId]) {
        for function in checks {
            let mark = self.code.mark();
            let (words, refs) = self.code.window(None);
            let slot = match value {
                Reg::Word(_) => Reg::Word(words),
                Reg::Ref(_) => Reg::Ref(refs),
            };
            self.code.reserve(slot);
            self.copy(slot, value);
            self.emit(Op::Call { function: *function, words: W(words), refs: R(refs) });
            self.code.release(mark);
        }
    }

    /// Says whether an error here stays in this function: then what was taken apart must be whole again.
    pub(super) fn is_guarded(&self) -> bool {
        !self.guards.is_empty()
    }
}
