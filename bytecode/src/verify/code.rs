//! The rules for functions and their instructions.

use super::{at_most, broken};
use crate::{
    Bank, Class, Constant, ConstantId, Function, FunctionId, Image, ImageError, NativeId, Op, Operand, R, W, limits,
};

/// Checks a function.
pub(super) fn verify_function(image: &Image, function: &Function) -> Result<(), ImageError> {
    let place = format!("function `{}`", function.name);
    at_most(&place, function.code.len(), limits::INSTRUCTIONS)?;
    at_most(&place, function.parameters.len(), limits::PARAMETERS)?;
    let words = count(function, Bank::Word);
    let refs = count(function, Bank::Ref) + usize::from(function.captures);
    if words > usize::from(function.words) || refs > usize::from(function.refs) {
        let found = format!("{} word and {} reference registers", function.words, function.refs);
        return Err(broken(place, format!("its parameters need {words} and {refs}; it has {found}")));
    }
    verify_end(function, &place)?;
    verify_handlers(function, &place)?;
    if !function.places.is_sorted_by(|before, after| before.0 < after.0) {
        return Err(broken(place, "its places are not in order"));
    }
    if let Some((_, outside)) = function
        .places
        .iter()
        .find(|(_, place)| place.file.0 as usize >= image.sources.len() || place.span.start > place.span.end)
    {
        return Err(broken(place, format!("file {} of a place is not there", outside.file.0)));
    }
    for (index, op) in function.code.iter().enumerate() {
        let checked = Check { image, function }.op(op);
        checked.map_err(|message| broken(format!("{place}, instruction {index} ({})", op.mnemonic()), message))?;
    }
    Ok(())
}

fn count(function: &Function, bank: Bank) -> usize {
    function.parameters.iter().filter(|parameter| **parameter == bank).count()
}

fn verify_end(function: &Function, place: &str) -> Result<(), ImageError> {
    let ends = matches!(
        function.code.last(),
        Some(Op::Jump { .. } | Op::Return {} | Op::ReturnW { .. } | Op::ReturnR { .. } | Op::Fail { .. })
    );
    if ends { Ok(()) } else { Err(broken(place, "its last instruction goes on behind its end")) }
}

fn verify_handlers(function: &Function, place: &str) -> Result<(), ImageError> {
    for (index, handler) in function.handlers.iter().enumerate() {
        let place = || format!("{place}, handler {index}");
        if handler.from > handler.to || handler.to.0 as usize > function.code.len() {
            return Err(broken(place(), format!("it spans {} to {}", handler.from, handler.to)));
        }
        if handler.target.0 as usize >= function.code.len() {
            return Err(broken(place(), format!("its target {} is not there", handler.target)));
        }
        if handler.into.0 >= function.refs {
            return Err(broken(place(), format!("register {} is not there", handler.into)));
        }
        // Innermost first: an earlier one lies inside a later one, or apart from it.
        let earlier = function.handlers.get(..index).unwrap_or(&[]);
        let crosses = |other: &crate::Handler| {
            let apart = other.to <= handler.from || handler.to <= other.from;
            let inside = handler.from <= other.from && other.to <= handler.to;
            !apart && !inside
        };
        if index < 2_000 && earlier.iter().any(crosses) {
            return Err(broken(place(), "it is not around those before it"));
        }
    }
    Ok(())
}

struct Check<'i> {
    image: &'i Image,
    function: &'i Function,
}

impl Check<'_> {
    fn op(&self, op: &Op) -> Result<(), String> {
        let mut wrong = None;
        op.operands(&mut |name, operand| {
            if wrong.is_none() && !self.is_there(operand) {
                let shown = match operand {
                    Operand::Number(number) => number.to_string(),
                    Operand::W(it) => it.to_string(),
                    Operand::R(it) => it.to_string(),
                    Operand::To(it) => it.to_string(),
                    Operand::FunctionId(it) => it.to_string(),
                    Operand::NativeId(it) => it.to_string(),
                    Operand::WordId(it) => it.to_string(),
                    Operand::ConstantId(it) => it.to_string(),
                    Operand::TypeId(it) => it.to_string(),
                };
                // A window of no registers may begin at the end of the frame; `windows` looks at those.
                if !(is_window(op) && matches!(name, "words" | "refs" | "from")) {
                    wrong = Some(format!("`{name}`: {shown} is not there"));
                }
            }
        });
        wrong.map_or(Ok(()), Err)?;
        self.windows(op)
    }

    fn is_there(&self, operand: Operand) -> bool {
        match operand {
            Operand::W(register) => register.0 < self.function.words,
            Operand::R(register) => register.0 < self.function.refs,
            Operand::To(to) => (to.0 as usize) < self.function.code.len(),
            Operand::FunctionId(id) => usize::from(id.0) < self.image.functions.len(),
            Operand::NativeId(id) => usize::from(id.0) < self.image.natives.len(),
            Operand::WordId(id) => (id.0 as usize) < self.image.words.len(),
            Operand::ConstantId(id) => (id.0 as usize) < self.image.constants.len(),
            Operand::TypeId(id) => usize::from(id.0) < self.image.types.len(),
            Operand::Number(_) => true,
        }
    }

    fn windows(&self, op: &Op) -> Result<(), String> {
        match *op {
            Op::Concat { from, count, .. } | Op::NewRecord { from, count, .. } => {
                self.refs_fit(from, usize::from(count))
            }
            Op::NewCase { into, count, .. } => self.refs_fit(into, usize::from(count)),
            Op::NewClosure { into, function, count } => {
                self.refs_fit(into, usize::from(count))?;
                self.captures(function, count)
            }
            Op::Call { function, words, refs } => self.call(function, words, refs),
            Op::CallClosure { words, refs, .. } => {
                self.words_fit(words, 0)?;
                self.refs_fit(refs, 0)
            }
            Op::CallNative { native, refs, count } => self.native(native, refs, count, true),
            Op::Perform { native, refs, count } => self.native(native, refs, count, false),
            Op::Parallel { from, .. } => self.refs_fit(from, 2),
            Op::ParallelEach { from, .. } => self.refs_fit(from, 3),
            Op::EnterStep { name, .. } | Op::PushUndo { name, .. } => self.is_text(name),
            Op::ReturnW { .. } => self.gives(Some(Bank::Word)),
            Op::ReturnR { .. } => self.gives(Some(Bank::Ref)),
            Op::Return {} => self.gives(None),
            _ => Ok(()),
        }
    }

    fn refs_fit(&self, from: R, count: usize) -> Result<(), String> {
        let (end, all) = (usize::from(from.0) + count, usize::from(self.function.refs));
        if end > all {
            Err(format!("its window of {count} from {from} ends behind the {all} registers"))
        } else {
            Ok(())
        }
    }

    fn words_fit(&self, from: W, count: usize) -> Result<(), String> {
        let (end, all) = (usize::from(from.0) + count, usize::from(self.function.words));
        if end > all {
            Err(format!("its window of {count} from {from} ends behind the {all} registers"))
        } else {
            Ok(())
        }
    }

    fn is_text(&self, id: ConstantId) -> Result<(), String> {
        match self.image.constants.get(id.0 as usize) {
            Some(Constant::String(_)) => Ok(()),
            Some(Constant::Decimal(..) | Constant::DateTime(..)) | None => Err(format!("its name {id} is no string")),
        }
    }

    fn captures(&self, id: FunctionId, count: u16) -> Result<(), String> {
        match self.image.functions.get(usize::from(id.0)) {
            Some(callee) if callee.captures == count => Ok(()),
            Some(callee) => Err(format!("{id} captures {} values, found {count}", callee.captures)),
            None => Err(format!("{id} is not there")),
        }
    }

    fn call(&self, id: FunctionId, words: W, refs: R) -> Result<(), String> {
        self.captures(id, 0)?;
        let Some(callee) = self.image.functions.get(usize::from(id.0)) else { return Ok(()) };
        let result = |bank| usize::from(callee.result == Some(bank));
        self.words_fit(words, count(callee, Bank::Word).max(result(Bank::Word)))?;
        self.refs_fit(refs, count(callee, Bank::Ref).max(result(Bank::Ref)))
    }

    fn native(&self, id: NativeId, refs: R, count: u16, pure: bool) -> Result<(), String> {
        self.refs_fit(refs, usize::from(count) + 1)?;
        let Some(native) = self.image.natives.get(usize::from(id.0)) else { return Ok(()) };
        if native.parameters.len() != usize::from(count) {
            return Err(format!("{id} has {} parameters, found {count} arguments", native.parameters.len()));
        }
        match (pure, native.class == Class::Pure) {
            (true, true) | (false, false) => Ok(()),
            (true, false) => Err(format!("`{}` is an operation, not pure", native.name)),
            (false, true) => Err(format!("`{}` is pure, not an operation", native.name)),
        }
    }

    fn gives(&self, bank: Option<Bank>) -> Result<(), String> {
        if bank == self.function.result {
            return Ok(());
        }
        Err(format!("it gives {}, the function {}", bank_name(bank), bank_name(self.function.result)))
    }
}

fn is_window(op: &Op) -> bool {
    matches!(
        op,
        Op::Concat { .. }
            | Op::NewRecord { .. }
            | Op::Call { .. }
            | Op::CallClosure { .. }
            | Op::CallNative { .. }
            | Op::Perform { .. }
    )
}

fn bank_name(bank: Option<Bank>) -> &'static str {
    match bank {
        Some(Bank::Word) => "a word",
        Some(Bank::Ref) => "a reference",
        None => "nothing",
    }
}
