//! Types in words: as they are written.

use crate::ir::{Program, Type, TypeKind};
use smol_str::SmolStr;

/// Gives a type as it is written.
pub(crate) fn type_name(program: &Program, type_: Type) -> String {
    type_name_in(program, type_, &[])
}

/// Gives a type as it is written where `generics` are the names of the type parameters.
pub(super) fn type_name_in(program: &Program, type_: Type, generics: &[SmolStr]) -> String {
    let mut text = String::new();
    write(program, type_, generics, &mut text);
    text
}

fn write(program: &Program, type_: Type, generics: &[SmolStr], out: &mut String) {
    match program.types.kind(type_) {
        TypeKind::Error => out.push_str("unknown"),
        TypeKind::Never => out.push_str("never"),
        TypeKind::Nothing => out.push_str("nothing"),
        TypeKind::Int => out.push_str("int"),
        TypeKind::Float => out.push_str("float"),
        TypeKind::Decimal => out.push_str("decimal"),
        TypeKind::Bool => out.push_str("bool"),
        TypeKind::String => out.push_str("string"),
        TypeKind::Bytes => out.push_str("bytes"),
        TypeKind::Duration => out.push_str("duration"),
        TypeKind::Date => out.push_str("date"),
        TypeKind::Time => out.push_str("time"),
        TypeKind::DateTime => out.push_str("datetime"),
        TypeKind::Json => out.push_str("json"),
        TypeKind::Optional(inner) if *inner == Type::NEVER => out.push_str("none"),
        TypeKind::Optional(inner) => {
            let is_function = matches!(program.types.kind(*inner), TypeKind::Function(..));
            if is_function {
                out.push('(');
            }
            write(program, *inner, generics, out);
            out.push_str(if is_function { ")?" } else { "?" });
        }
        TypeKind::List(item) => arguments(program, "list", &[*item], generics, out),
        TypeKind::Set(item) => arguments(program, "set", &[*item], generics, out),
        TypeKind::Secret(inner) => arguments(program, "secret", &[*inner], generics, out),
        TypeKind::Map(key, value) => arguments(program, "map", &[*key, *value], generics, out),
        TypeKind::Function(parameters, result) => {
            out.push_str("fn(");
            list(program, parameters, generics, out);
            out.push(')');
            if *result != Type::NOTHING {
                out.push_str(" -> ");
                write(program, *result, generics, out);
            }
        }
        TypeKind::Record(id, list) => {
            arguments(program, &program.records[id.0 as usize].name, list, generics, out);
        }
        TypeKind::Enum(id, list) => arguments(program, &program.enums[id.0 as usize].name, list, generics, out),
        TypeKind::Refined(id) => out.push_str(&program.refined[id.0 as usize].name),
        TypeKind::Parameter(u32::MAX) => out.push('_'),
        TypeKind::Parameter(at) => match generics.get(*at as usize) {
            Some(name) => out.push_str(name),
            None => out.push_str(&format!("T{at}")),
        },
    }
}

fn arguments(program: &Program, name: &str, types: &[Type], generics: &[SmolStr], out: &mut String) {
    out.push_str(name);
    if types.is_empty() {
        return;
    }
    out.push('<');
    list(program, types, generics, out);
    out.push('>');
}

fn list(program: &Program, types: &[Type], generics: &[SmolStr], out: &mut String) {
    for (at, each) in types.iter().enumerate() {
        if at > 0 {
            out.push_str(", ");
        }
        write(program, *each, generics, out);
    }
}
