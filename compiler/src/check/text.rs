//! Strings with interpolations, and the texts of dates, times and instants.

use super::{Checker, report::Want};
use crate::ir::{Expr, ExprKind, Type, TypeKind};
use diagnostics::{Code, Diagnostic, Span};
use grammar::tree::{self, StringPart};
use jiff::{Timestamp, Zoned, civil, tz};

const MICROS_PER_SECOND: i64 = 1_000_000;

impl<'t> Checker<'t> {
    /// Checks a string: a plain one is a constant, one with values is put together when it is reached.
    pub(super) fn string(&mut self, string: &'t tree::StringLiteral, span: Span) -> Expr {
        match string.parts.as_slice() {
            [] => return self.make(ExprKind::String(String::new()), Type::STRING, span),
            [StringPart::Text(text)] => {
                self.tell_credential(text, span);
                return self.make(ExprKind::String(text.clone()), Type::STRING, span);
            }
            _ => {}
        }
        let mut parts = Vec::with_capacity(string.parts.len());
        for part in &string.parts {
            parts.push(match part {
                StringPart::Text(text) => {
                    self.tell_credential(text, span);
                    self.make(ExprKind::String(text.clone()), Type::STRING, span)
                }
                StringPart::Value(value) => self.text_part(value),
            });
        }
        self.put_together(parts, span)
    }

    fn text_part(&mut self, value: &'t tree::Expr) -> Expr {
        let part = self.check_expr(value, Want::Any);
        let part = self.settled(part);
        if matches!(self.kind(part.type_), TypeKind::Function(..)) {
            let message = format!("a `{}` has no text", self.name(part.type_));
            self.report(Diagnostic::new(Code::NoForm, self.place(value.span), message));
            return self.error(value.span);
        }
        part
    }
}

/// Reads a date: days since 1970-01-01.
pub(super) fn date(text: &str) -> Option<i64> {
    let date: civil::Date = text.parse().ok()?;
    Some(civil::date(1970, 1, 1).duration_until(date).as_hours() / 24)
}

/// Reads a time of day: microseconds since midnight.
pub(super) fn time(text: &str) -> Option<i64> {
    let time: civil::Time = text.parse().ok()?;
    let seconds = i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60 + i64::from(time.second());
    Some(seconds * MICROS_PER_SECOND + i64::from(time.subsec_nanosecond()) / 1000)
}

/// Reads an instant with its zone: microseconds since 1970 and the zone's name; or says what is wrong with it.
pub(super) fn datetime(text: &str) -> Result<(i64, String), String> {
    let Some(bracket) = text.find('[') else {
        let instant: Timestamp = text.parse().map_err(|_| "there is no such date or time".to_owned())?;
        let offset = text.get(16..).unwrap_or("");
        let offset = offset.find(['+', '-']).and_then(|at| offset.get(at..));
        return Ok((instant.as_microsecond(), offset.unwrap_or("UTC").to_owned()));
    };
    let name = text[bracket + 1..].trim_end_matches(']');
    let zone = tz::TimeZone::get(name).map_err(|_| format!("there is no time zone `{name}`"))?;
    let written = &text[..bracket];
    let has_offset = written.get(10..).is_some_and(|rest| rest.contains(['+', '-', 'Z', 'z']));
    if has_offset {
        let zoned: Zoned = text.parse().map_err(|_| format!("this offset is not that of {name} then"))?;
        return Ok((zoned.timestamp().as_microsecond(), name.to_owned()));
    }
    let wall: civil::DateTime = written.parse().map_err(|_| "there is no such date or time".to_owned())?;
    let zoned = wall.to_zoned(zone).map_err(|_| "it lies outside of the years that are known".to_owned())?;
    if zoned.datetime() != wall {
        return Err(format!("clocks in {name} skip this time, the next one is {}", zoned.datetime()));
    }
    Ok((zoned.timestamp().as_microsecond(), name.to_owned()))
}
