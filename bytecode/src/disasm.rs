//! The listing of an image: instructions beside the lines they come from.

use crate::{Function, Image, Op, Operand, Takes};
use std::fmt::Write as _;

/// Gives the listing of an image. Broken images are listed too, as far as they can be.
pub fn disassemble(image: &Image) -> String {
    let mut out = String::new();
    // Writing to a string does not fail, here and below.
    let _ = writeln!(out, "image {}", image.name);
    for task in &image.tasks {
        let _ = writeln!(out, "task {} = {}", task.name, task.entry);
    }
    for (index, native) in image.natives.iter().enumerate() {
        let _ = writeln!(out, "n{index} = {} ({:?})", native.name, native.class);
    }
    for (index, function) in image.functions.iter().enumerate() {
        out.push('\n');
        list_function(&mut out, image, index, function);
    }
    out
}

fn list_function(out: &mut String, image: &Image, index: usize, function: &Function) {
    let _ = write!(out, "f{index} {}: {} words, {} refs", function.name, function.words, function.refs);
    if function.captures > 0 {
        let _ = write!(out, ", {} captured", function.captures);
    }
    out.push('\n');
    let mut places = function.places.iter().peekable();
    let mut line_shown = None;
    for (at, op) in function.code.iter().enumerate() {
        while let Some((_, place)) = places.next_if(|(from, _)| *from as usize <= at) {
            let line = source_line(image, place.file.0, place.span.start);
            if line.is_some() && line != line_shown {
                if let Some((number, text)) = line {
                    let _ = writeln!(out, "  {number:>4} | {}", text.trim_end());
                }
                line_shown = line;
            }
        }
        let _ = writeln!(out, "       {at:>4}  {}", instruction(image, op));
    }
    for handler in &function.handlers {
        let takes = match &handler.takes {
            Takes::World => "errors of the world".to_owned(),
            Takes::Kinds(kinds) => kinds.join(", "),
            Takes::All => "all errors".to_owned(),
        };
        let _ = writeln!(
            out,
            "       {} to {}: {takes} into {}, on at {}",
            handler.from, handler.to, handler.into, handler.target
        );
    }
}

fn source_line(image: &Image, file: u32, start: u32) -> Option<(usize, &str)> {
    let text = &image.sources.get(file as usize)?.text;
    let before = text.get(..start as usize).filter(|_| !text.is_empty())?;
    let number = before.bytes().filter(|byte| *byte == b'\n').count();
    Some((number + 1, text.lines().nth(number)?))
}

fn instruction(image: &Image, op: &Op) -> String {
    let mut operands = Vec::new();
    op.operands(&mut |_, operand| operands.push(shown(image, operand)));
    format!("{:<14}{}", op.mnemonic(), operands.join(", ")).trim_end().to_owned()
}

fn shown(image: &Image, operand: Operand) -> String {
    match operand {
        Operand::W(register) => register.to_string(),
        Operand::R(register) => register.to_string(),
        Operand::To(to) => to.to_string(),
        Operand::TypeId(id) => id.to_string(),
        Operand::Number(number) => number.to_string(),
        Operand::FunctionId(id) => match image.functions.get(usize::from(id.0)) {
            Some(function) => format!("{id} {}", function.name),
            None => id.to_string(),
        },
        Operand::NativeId(id) => match image.natives.get(usize::from(id.0)) {
            Some(native) => format!("{id} {}", native.name),
            None => id.to_string(),
        },
        Operand::WordId(id) => match image.words.get(id.0 as usize) {
            Some(word) => format!("{id} {}", word.cast_signed()),
            None => id.to_string(),
        },
        Operand::ConstantId(id) => match image.constants.get(id.0 as usize) {
            Some(crate::Constant::String(text)) => {
                let short: String = text.chars().take(40).collect();
                format!("{id} {short:?}")
            }
            Some(crate::Constant::Decimal(digits, scale)) => format!("{id} {digits}e-{scale}"),
            Some(crate::Constant::DateTime(micros, zone)) => format!("{id} {micros}us {zone}"),
            None => id.to_string(),
        },
    }
}
