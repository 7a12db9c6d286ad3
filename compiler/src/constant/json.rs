//! The JSON text of a constant, as values enter and leave a run.

use super::{Constant, time};
use crate::ir::{Field, Program};
use rust_decimal::Decimal;

impl Constant {
    /// Gives the JSON text: dates, times and instants as strings, a duration as ISO 8601, records and cases by their
    /// names in JSON.
    pub fn to_json_text(&self, program: &Program) -> String {
        let mut text = String::new();
        write(program, self, &mut text);
        text
    }
}

fn write(program: &Program, value: &Constant, out: &mut String) {
    match value {
        Constant::Nothing | Constant::None => out.push_str("null"),
        Constant::Int(number) => out.push_str(&number.to_string()),
        Constant::Float(number) => out.push_str(&format!("{number:?}")),
        Constant::Decimal(number) => decimal(*number, out),
        Constant::Bool(value) => out.push_str(&value.to_string()),
        Constant::String(text) => quote(text, out),
        Constant::Duration(length) => quote(&time::duration_text(*length), out),
        Constant::Date(days) => quote(&time::date_text(*days).unwrap_or_default(), out),
        Constant::Time(micros) => quote(&time::time_text(*micros), out),
        Constant::DateTime(at, zone) => quote(&time::datetime_text(*at, zone).unwrap_or_default(), out),
        Constant::List(items) => sequence(items.iter(), out, |item, out| write(program, item, out)),
        Constant::Map(entries) => map(program, entries, out),
        Constant::Record(id, values) => {
            let fields = program.records.get(id.0 as usize).map_or(&[][..], |record| &record.fields);
            object(program, fields, values, out);
        }
        Constant::Case(id, tag, values) => {
            let declared = program.enums.get(id.0 as usize).and_then(|each| each.cases.get(*tag as usize));
            let Some(case) = declared else { return out.push_str("null") };
            if values.is_empty() {
                return quote(&case.json_name, out);
            }
            out.push('{');
            quote(&case.json_name, out);
            out.push_str(": ");
            object(program, &case.fields, values, out);
            out.push('}');
        }
        Constant::Json(text) => out.push_str(text),
    }
}

/// A number, or a string of digits where there are more than readers of JSON keep.
fn decimal(number: Decimal, out: &mut String) {
    let digits = number.normalize().mantissa().unsigned_abs();
    if digits < 1_000_000_000_000_000 { out.push_str(&number.to_string()) } else { quote(&number.to_string(), out) }
}

fn map(program: &Program, entries: &[(Constant, Constant)], out: &mut String) {
    let by_text = entries.iter().all(|(key, _)| key.as_text().is_some());
    if !by_text {
        out.push('[');
        separated(entries.iter(), out, |(key, value), out| {
            out.push('[');
            write(program, key, out);
            out.push_str(", ");
            write(program, value, out);
            out.push(']');
        });
        return out.push(']');
    }
    out.push('{');
    separated(entries.iter(), out, |(key, value), out| {
        write(program, key, out);
        out.push_str(": ");
        write(program, value, out);
    });
    out.push('}');
}

fn object(program: &Program, fields: &[Field], values: &[Constant], out: &mut String) {
    out.push('{');
    separated(fields.iter().zip(values), out, |(field, value), out| {
        quote(&field.json_name, out);
        out.push_str(": ");
        write(program, value, out);
    });
    out.push('}');
}

fn sequence<T>(items: impl Iterator<Item = T>, out: &mut String, each: impl FnMut(T, &mut String)) {
    out.push('[');
    separated(items, out, each);
    out.push(']');
}

fn separated<T>(items: impl Iterator<Item = T>, out: &mut String, mut each: impl FnMut(T, &mut String)) {
    for (at, item) in items.enumerate() {
        if at > 0 {
            out.push_str(", ");
        }
        each(item, out);
    }
}

fn quote(text: &str, out: &mut String) {
    out.push('"');
    for each in text.chars() {
        match each {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control if control < ' ' => out.push_str(&format!("\\u{:04x}", control as u32)),
            plain => out.push(plain),
        }
    }
    out.push('"');
}
