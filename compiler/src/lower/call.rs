//! Calls of functions and function values: arguments go straight into the callee's window.

use super::code::Reg;
use super::instances::{Lambda, Work};
use super::limits;
use super::walk;
use super::writer::{Writer, reference};
use crate::ir::{self, Expr, ExprKind, FunctionKind, LocalId, Type, TypeKind};
use bytecode::{Bank, FunctionId, Op, R, W};
use diagnostics::{Code as Row, Diagnostic};

/// Which locals a call may have for itself, because nobody reads them behind it: what only one has, it can change in
/// place.
#[derive(Clone, Copy)]
pub(super) enum Taking {
    /// None.
    Nothing,
    /// The one that the call's result replaces.
    Only(LocalId),
    /// All: the call is the last thing of the function.
    All,
}

/// Where the next argument goes.
struct Window {
    words: u16,
    refs: u16,
    next_word: u16,
    next_ref: u16,
}

impl Window {
    fn slot(&mut self, bank: Bank) -> Reg {
        match bank {
            Bank::Word => {
                self.next_word = self.next_word.saturating_add(1);
                Reg::Word(self.next_word - 1)
            }
            Bank::Ref => {
                self.next_ref = self.next_ref.saturating_add(1);
                Reg::Ref(self.next_ref - 1)
            }
        }
    }
}

impl<'p> Writer<'_, 'p> {
    /// Writes a call of a function, method or native.
    pub(super) fn call(
        &mut self,
        function: ir::FunctionId,
        type_arguments: &[Type],
        arguments: &'p [Expr],
        into: Option<Reg>,
        taking: Taking,
    ) {
        let program = self.all.program;
        let callee = &program.functions[function.0 as usize];
        let types: Vec<Type> = type_arguments.iter().map(|each| self.concrete(*each)).collect();
        if let FunctionKind::Native { class, .. } = callee.kind {
            self.native_call(callee, class, &types, arguments, into);
            return;
        }
        let mut window = self.window(into);
        let taking = if self.is_guarded() { Taking::Nothing } else { taking };
        for (at, argument) in arguments.iter().enumerate() {
            let slot = self.slot_for(&mut window, argument.type_);
            let rest = &arguments[at + 1..];
            match &argument.kind {
                ExprKind::Local(local) if may_take(taking, *local, rest) => {
                    let from = self.local(*local, argument.type_);
                    self.take(slot, from);
                }
                _other => self.lower(argument, Some(slot)),
            }
        }
        let called = self.instance(function, types.clone());
        let (words, refs) = (W(window.words), R(window.refs));
        self.emit(Op::Call { function: called, words, refs });
        let result = self.all.types.substitute(callee.result, &types);
        self.deliver(&window, result, into);
    }

    /// Writes a call of a function value.
    pub(super) fn call_value(&mut self, function: &'p Expr, arguments: &'p [Expr], result: Type, into: Option<Reg>) {
        let later: Vec<&Expr> = arguments.iter().collect();
        let closure = reference(self.operand_before(function, &later));
        let mut window = self.window(into);
        for argument in arguments {
            let slot = self.slot_for(&mut window, argument.type_);
            self.lower(argument, Some(slot));
        }
        let (words, refs) = (W(window.words), R(window.refs));
        self.emit(Op::CallClosure { closure, words, refs });
        self.deliver(&window, result, into);
    }

    fn window(&self, into: Option<Reg>) -> Window {
        let (words, refs) = self.code.window(into);
        Window { words, refs, next_word: words, next_ref: refs }
    }

    fn slot_for(&mut self, window: &mut Window, type_: Type) -> Reg {
        let bank = self.slot(type_);
        let slot = window.slot(bank);
        self.code.reserve(slot);
        slot
    }

    /// Moves a call's result where it is wanted.
    fn deliver(&mut self, window: &Window, result: Type, into: Option<Reg>) {
        let from = match self.bank(result) {
            None => return,
            Some(Bank::Word) => Reg::Word(window.words),
            Some(Bank::Ref) => Reg::Ref(window.refs),
        };
        self.code.reserve(from);
        if let Some(into) = into {
            self.take(into, from);
        }
    }

    /// Gives the function for some type arguments.
    fn instance(&mut self, id: ir::FunctionId, types: Vec<Type>) -> FunctionId {
        let program = self.all.program;
        let function = &program.functions[id.0 as usize];
        let too_large = self.all.types.take_too_large();
        let endless = too_large || types.iter().any(|each| self.all.types.depth(*each) > limits::TYPE_DEPTH);
        let made = if endless { Err(()) } else { self.all.instances.function(id, function, types) };
        made.unwrap_or_else(|()| {
            if self.all.diagnostics.is_empty() {
                let message = format!("`{}` would be needed for types without end", function.name);
                let told = Diagnostic::new(Row::EndlessTypes, function.place, message)
                    .label("it calls itself with a larger type each time")
                    .help("call it with the types that it was called with");
                self.tell(told);
            }
            FunctionId(0)
        })
    }

    /// Writes a lambda as a value.
    pub(super) fn lambda_value(&mut self, captures: &[LocalId], body: &'p ir::Body, expr: &'p Expr, into: R) {
        let result = match self.kind(expr.type_) {
            TypeKind::Function(_, result) => result,
            _broken => Type::NOTHING,
        };
        let lambda = Lambda {
            name: self.name.clone(),
            body,
            place: self.at(expr.span),
            captures: captures.len() as u16,
            result,
            arguments: self.arguments.clone(),
        };
        let function = self.all.instances.add(Work::Lambda(lambda));
        let (_, from) = self.code.window(Some(Reg::Ref(into.0)));
        let locals = body.locals.iter().skip(body.parameters as usize);
        let mut next = from;
        for (captured, inner) in captures.iter().zip(locals) {
            self.code.reserve(Reg::Ref(next));
            match self.local(*captured, inner.type_) {
                Reg::Word(word) => self.box_word(R(next), W(word), inner.type_),
                value @ Reg::Ref(_) => self.copy(Reg::Ref(next), value),
            }
            next = next.saturating_add(1);
        }
        self.close(function, from, captures.len() as u16, into);
    }

    /// Writes a function as a value.
    pub(super) fn function_value(&mut self, function: ir::FunctionId, type_arguments: &[Type], into: R) {
        let types: Vec<Type> = type_arguments.iter().map(|each| self.concrete(*each)).collect();
        let function = self.instance(function, types);
        let (_, from) = self.code.window(Some(Reg::Ref(into.0)));
        self.close(function, from, 0, into);
    }

    fn close(&mut self, function: FunctionId, from: u16, count: u16, into: R) {
        self.code.reserve(Reg::Ref(from));
        self.emit(Op::NewClosure { into: R(from), function, count });
        self.take(Reg::Ref(into.0), Reg::Ref(from));
    }
}

fn may_take(taking: Taking, local: LocalId, rest: &[Expr]) -> bool {
    let allowed = match taking {
        Taking::Nothing => false,
        Taking::Only(only) => only == local,
        Taking::All => true,
    };
    allowed && !rest.iter().any(|each| walk::mentions(each, local))
}
