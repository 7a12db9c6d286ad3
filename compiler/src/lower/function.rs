//! Writes one function of the list of work: its registers for parameters, what comes before its body, and its end.

use super::checks::named;
use super::code::Reg;
use super::instances::{Condition, Lambda, Standalone, Work};
use super::walk::mentions;
use super::writer::{Writer, word};
use super::{Lowering, limits};
use crate::ir::{self, FunctionKind, LocalId, Type};
use bytecode::{Bank, Function, Op, R, W};

/// Writes a function.
pub(super) fn write<'p>(all: &mut Lowering<'p>, work: Work<'p>) -> Function {
    let place = work.place();
    // A value that does not fulfil a condition is an error of the one who gave it, not of the condition.
    let is_check = matches!(work, Work::Condition(_) | Work::Valid(..) | Work::Checks(..));
    let (name, result) = match &work {
        Work::Function(function, arguments) => {
            (function.name.clone(), all.types.substitute(function.result, arguments))
        }
        Work::Task(task) => (task.name.clone(), task.result),
        Work::Lambda(lambda) => (lambda.name.clone(), lambda.result),
        Work::Standalone(of) => (of.name.clone(), of.result),
        Work::Condition(of) => (format!("check {}", of.subject.name()), Type::NOTHING),
        Work::Valid(..) | Work::Checks(..) => ("check".to_owned(), Type::NOTHING),
    };
    let mut writer = Writer::new(all, name, place.file, result);
    writer.code.place(place);
    let (parameters, captures) = match work {
        Work::Function(function, arguments) => (writer.function(function, arguments), 0),
        Work::Task(task) => (writer.task(task), 0),
        Work::Lambda(lambda) => (writer.lambda(&lambda), lambda.captures),
        Work::Standalone(of) => (writer.standalone(&of), 0),
        Work::Condition(of) => (writer.condition(of), 0),
        Work::Valid(type_, _) => (writer.valid(type_), 0),
        Work::Checks(type_, checks, _) => {
            let value = writer.parameter(type_);
            writer.check(value, &checks);
            (vec![bank(value)], 0)
        }
    };
    if writer.code.is_reachable() {
        writer.give(None);
    }
    let result = writer.bank(result);
    let (name, code) = (writer.name, writer.code);
    let finished = code.finish();
    if finished.overflowed {
        let most = u16::MAX;
        all.too_large(place, format!("`{name}` needs more than {most} values at once"));
    }
    Function {
        name,
        parameters,
        captures,
        result,
        words: finished.words,
        refs: finished.refs,
        code: finished.ops,
        handlers: finished.handlers,
        places: if is_check { Vec::new() } else { finished.places },
    }
}

fn bank(register: Reg) -> Bank {
    match register {
        Reg::Word(_) => Bank::Word,
        Reg::Ref(_) => Bank::Ref,
    }
}

impl<'p> Writer<'_, 'p> {
    /// Takes the register of a parameter.
    pub(super) fn parameter(&mut self, type_: Type) -> Reg {
        let bank = self.slot(type_);
        self.code.allocate(bank)
    }

    /// Gives the function's value from a register, or what stands for one that is never given.
    pub(super) fn give(&mut self, value: Option<Reg>) {
        let result = self.bank(self.result);
        let op = match (result, value) {
            (None, _) => Op::Return {},
            (Some(Bank::Word), Some(value)) => Op::ReturnW { value: word(value) },
            (Some(Bank::Ref), Some(Reg::Ref(value))) => Op::ReturnR { value: R(value) },
            (Some(bank), Some(_) | None) => match self.code.allocate(bank) {
                Reg::Word(value) => Op::ReturnW { value: W(value) },
                Reg::Ref(value) => Op::ReturnR { value: R(value) },
            },
        };
        self.emit(op);
    }

    fn function(&mut self, function: &'p ir::Function, arguments: Vec<Type>) -> Vec<Bank> {
        self.arguments = arguments;
        match &function.kind {
            FunctionKind::Body(body) => {
                self.enter(body);
                let banks = self.parameters(body);
                for (at, condition) in &function.conditions {
                    let Some(parameter) = body.locals.get(*at as usize) else { continue };
                    let type_ = self.concrete(parameter.type_);
                    let arguments = self.arguments.clone();
                    let check = self.all.condition_check(condition, named(&parameter.name), type_, arguments);
                    let value = self.local(LocalId(*at), parameter.type_);
                    self.check(value, &[check]);
                }
                self.give_last(&body.value);
                banks
            }
            FunctionKind::Native { class, .. } => self.wrapper(function, *class),
        }
    }

    /// Gives the parameters of a body their registers.
    fn parameters(&mut self, body: &ir::Body) -> Vec<Bank> {
        let mut banks = Vec::with_capacity(body.parameters as usize);
        for (at, local) in body.locals.iter().take(body.parameters as usize).enumerate() {
            banks.push(bank(self.declare(LocalId(at as u32), local.type_)));
        }
        banks
    }

    fn lambda(&mut self, lambda: &Lambda<'p>) -> Vec<Bank> {
        self.arguments = lambda.arguments.clone();
        self.enter(lambda.body);
        let banks = self.parameters(lambda.body);
        let captured = lambda.body.locals.iter().enumerate().skip(lambda.body.parameters as usize);
        let captured: Vec<_> = captured.take(usize::from(lambda.captures)).collect();
        // All the boxes first: they stand behind the parameters, whatever they are opened into.
        let boxes: Vec<R> = captured.iter().map(|_| R(self.code.reference())).collect();
        for ((at, local), from) in captured.into_iter().zip(boxes) {
            let id = LocalId(at as u32);
            match self.slot(local.type_) {
                Bank::Ref => self.place_local(id, Reg::Ref(from.0)),
                Bank::Word => {
                    let into = word(self.declare(id, local.type_));
                    self.emit(Op::Unbox { into, from });
                }
            }
        }
        self.give_last(&lambda.body.value);
        banks
    }

    /// Takes the arguments of a task, and writes the defaults of those parameters that are wanted.
    fn task_parameters(&mut self, task: &'p ir::Task, wanted: impl Fn(usize) -> bool) -> Vec<Bank> {
        self.enter(&task.body);
        let given = self.code.word();
        let mut banks = vec![Bank::Word];
        banks.extend(self.parameters(&task.body));
        for (at, parameter) in task.parameters.iter().enumerate().take(limits::TASK_PARAMETERS) {
            let Some(default) = parameter.default.as_ref().filter(|_| wanted(at)) else { continue };
            let mark = self.code.mark();
            let known = self.code.label();
            let asked = self.code.word();
            let (into, power) = (W(asked), self.int(1_i64 << at));
            self.emit(Op::DivInt { into, left: W(given), right: power });
            let two = self.int(2);
            // Given or not is one bit; the words have no sign here, as the last parameter has bit 62.
            self.emit(Op::RemInt { into, left: into, right: two });
            self.code.jump_if(asked, true, known);
            let register = self.local(LocalId(at as u32), parameter.type_);
            self.lower(default, Some(register));
            if let Some(condition) = &parameter.condition {
                let check = self.all.condition_check(condition, named(&parameter.name), parameter.type_, Vec::new());
                self.check(register, &[check]);
            }
            self.code.bind(known);
            self.code.release(mark);
        }
        banks
    }

    fn task(&mut self, task: &'p ir::Task) -> Vec<Bank> {
        let banks = self.task_parameters(task, |_| true);
        if task.ensures.is_empty() {
            self.give_last(&task.body.value);
        } else {
            self.ensured(task);
        }
        banks
    }

    /// Writes the body of a task with what must hold of its result: every `return` goes there.
    fn ensured(&mut self, task: &'p ir::Task) {
        let result = self.bank(task.result).map(|bank| self.code.allocate(bank));
        let label = self.code.label();
        self.ending = Some((label, result));
        self.lower(&task.body.value, result);
        self.code.bind(label);
        self.ending = None;
        for ensure in &task.ensures {
            if let (Some(local), Some(result)) = (ensure.result, result) {
                self.place_local(local, result);
            }
            let mark = self.code.mark();
            let holds = self.code.label();
            self.branch(&ensure.condition, true, holds);
            let message = self.string(&ensure.message);
            self.fail_with("assertion", message);
            self.code.bind(holds);
            self.code.release(mark);
        }
        self.give(result);
    }

    fn standalone(&mut self, of: &Standalone<'p>) -> Vec<Bank> {
        let banks = match of.task {
            None => {
                self.enter(of.body);
                self.parameters(of.body)
            }
            Some(task) => {
                let used = used_parameters(task, &of.body.value);
                let banks = self.task_parameters(task, |at| used.contains(&at));
                // Its own locals stand behind the parameters, where those of the defaults were.
                self.locals.truncate(task.parameters.len());
                self.enter(of.body);
                banks
            }
        };
        self.give_last(&of.body.value);
        banks
    }

    fn condition(&mut self, of: Condition<'p>) -> Vec<Bank> {
        self.arguments = of.arguments;
        let body = &of.condition.body;
        self.enter(body);
        let value = self.parameter(of.type_);
        self.place_local(LocalId(0), value);
        let holds = self.code.label();
        self.branch(&body.value, true, holds);
        self.fail_check(value, of.type_, &of.subject, &of.condition.text);
        self.code.bind(holds);
        vec![bank(value)]
    }
}

/// Gives the parameters of a task that an expression over them uses, also through defaults.
fn used_parameters(task: &ir::Task, expr: &ir::Expr) -> Vec<usize> {
    let mut exprs = vec![expr];
    let mut used = Vec::new();
    // A default sees only what stands before it.
    for (at, parameter) in task.parameters.iter().enumerate().rev() {
        if exprs.iter().any(|expr| mentions(expr, LocalId(at as u32))) {
            used.push(at);
            exprs.extend(&parameter.default);
        }
    }
    used
}
