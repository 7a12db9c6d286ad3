//! The text of values, as `"{x}"` gives it.

use super::Machine;
use super::value::{Failure, Value};
use compiler::ir::Field;
use serde_json::Value as Json;

const UNITS: [(u64, &str); 6] =
    [(86_400_000_000, "d"), (3_600_000_000, "h"), (60_000_000, "m"), (1_000_000, "s"), (1_000, "ms"), (1, "us")];

impl<'p> Machine<'p, '_> {
    /// Gives the text of a value. Inside of others, strings are quoted.
    pub(super) fn text(&self, value: &Value<'p>) -> String {
        match value {
            Value::Text(text) | Value::Json(Json::String(text)) => text.clone(),
            value => self.part_text(value),
        }
    }

    fn part_text(&self, value: &Value<'p>) -> String {
        match value {
            Value::None => "none".to_owned(),
            Value::Bool(value) => value.to_string(),
            Value::Int(value) => value.to_string(),
            Value::Float(value) => float(*value),
            Value::Decimal(value) => value.to_string(),
            Value::Text(text) | Value::Json(Json::String(text)) => format!("{text:?}"),
            Value::Duration(micros) => duration(*micros),
            Value::Date(days) => date(*days),
            Value::Time(micros) => time(*micros),
            Value::DateTime(micros, zone) => runtime::text::datetime(*micros, zone),
            Value::List(items) | Value::Set(items) => format!("[{}]", self.joined(items)),
            Value::Map(entries) => {
                let entry = |(key, value)| format!("{}: {}", self.part_text(key), self.part_text(value));
                let entries: Vec<String> = entries.iter().map(|(key, value)| entry((key, value))).collect();
                format!("{{{}}}", entries.join(", "))
            }
            Value::Record(id, values) => {
                let record = &self.program.records[id.0 as usize];
                self.parts_text(&record.name, &record.fields, values)
            }
            Value::Case(id, tag, values) => {
                let case = &self.program.enums[id.0 as usize].cases[*tag as usize];
                if values.is_empty() { case.name.clone() } else { self.parts_text(&case.name, &case.fields, values) }
            }
            Value::Json(json) => json.to_string(),
            Value::Lambda(..) | Value::Function(..) => "a function".to_owned(),
        }
    }

    fn joined(&self, items: &[Value<'p>]) -> String {
        items.iter().map(|item| self.part_text(item)).collect::<Vec<_>>().join(", ")
    }

    fn parts_text(&self, name: &str, fields: &[Field], values: &[Value<'p>]) -> String {
        let part = |(field, value): (&Field, _)| format!("{}: {}", field.name, self.part_text(value));
        format!("{name}({})", fields.iter().zip(values).map(part).collect::<Vec<_>>().join(", "))
    }

    /// The failure of a key that a map does not have.
    pub(super) fn no_key(&self, key: &Value<'p>) -> Failure {
        let key = match key {
            Value::Text(text) => format!("{:?}", text.chars().take(80).collect::<String>()),
            Value::Int(number) => number.to_string(),
            Value::Bool(_) => "a bool".to_owned(),
            Value::Record(..) => "a record".to_owned(),
            Value::List(_) => "a list".to_owned(),
            other => panic!("{other:?} is no key of these tests"),
        };
        Failure::new("out_of_range", format!("the map has no key {key}"))
    }
}

/// The shortest text that reads back as the same number.
pub fn float(number: f64) -> String {
    format!("{number:?}")
}

/// `1h30m`, from the largest unit to the smallest.
fn duration(micros: i64) -> String {
    let mut rest = micros.unsigned_abs();
    let mut text = String::new();
    for (unit, name) in UNITS {
        if rest / unit > 0 {
            text += &format!("{}{name}", rest / unit);
        }
        rest %= unit;
    }
    match micros {
        0 => "0s".to_owned(),
        ..0 => format!("-{text}"),
        _ => text,
    }
}

/// ISO 8601, `PT1H30M`: hours, minutes, seconds.
pub fn iso_duration(micros: i64) -> String {
    let total = micros.unsigned_abs();
    let (hours, minutes, seconds) = (total / 3_600_000_000, total / 60_000_000 % 60, total % 60_000_000);
    let mut text = String::new();
    if hours > 0 {
        text += &format!("{hours}H");
    }
    if minutes > 0 {
        text += &format!("{minutes}M");
    }
    if seconds > 0 || total == 0 {
        let exact = format!("{}.{:06}", seconds / 1_000_000, seconds % 1_000_000);
        text += &format!("{}S", exact.trim_end_matches('0').trim_end_matches('.'));
    }
    format!("{}PT{text}", if micros < 0 { "-" } else { "" })
}

/// `2026-01-31`, counted on from 1970 year by year and month by month.
pub fn date(days: i64) -> String {
    let (year, month, day) = super::natives::calendar(days);
    format!("{year:04}-{month:02}-{day:02}")
}

fn time(micros: i64) -> String {
    let seconds = micros / 1_000_000;
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}
