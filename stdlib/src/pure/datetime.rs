//! `datetime`: instants with their zone.

use super::bounds::{arithmetic, invalid};
use super::calendar::{DAY, day, first_at, instant, wall, zone};
use jiff::fmt::temporal::Pieces;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, Zoned};
use runtime::{Arguments, DateTime, Failure, Natives, Value};

/// Adds the natives.
pub fn add(natives: &mut Natives) {
    natives.pure("datetime.parse", parse);
    natives.pure("datetime.add", |arguments| moved(arguments, i64::checked_add));
    natives.pure("datetime.subtract", |arguments| moved(arguments, i64::checked_sub));
    natives.pure("datetime.since", since);
    natives.pure("datetime.date", |arguments| Ok(Value::Int(day(zoned(arguments.datetime(0)?)?.date())?)));
    natives.pure("datetime.time", time);
    natives.pure("datetime.zone", |arguments| Ok(Value::String(arguments.datetime(0)?.zone.clone())));
    natives.pure("datetime.in_zone", in_zone);
    natives.pure("datetime.format", format);
}

fn zoned(value: &DateTime) -> Result<Zoned, Failure> {
    Ok(instant(value.micros)?.to_zoned(zone(&value.zone)?))
}

fn parse(arguments: &mut [Value]) -> Result<Value, Failure> {
    Ok(read(arguments.string(0)?).map_or(Value::None, |(micros, zone)| Value::datetime(micros, zone)))
}

/// Reads `2026-01-31T09:30Z`, `…+01:00`, `…[Europe/Berlin]` or `…+01:00[Europe/Berlin]`. A time without zone, one in a gap
/// of its zone, and an offset that its zone does not have then are none.
fn read(text: &str) -> Option<(i64, String)> {
    let pieces = Pieces::parse(text).ok()?;
    let shown = pieces.date().to_datetime(pieces.time()?);
    let offset = pieces.to_numeric_offset();
    let Some(annotated) = pieces.to_time_zone().ok()? else {
        let offset = offset?;
        return Some((Timestamp::as_microsecond(offset.to_timestamp(shown).ok()?), offset_name(offset)));
    };
    let micros = match offset {
        Some(offset) => offset.to_timestamp(shown).ok()?.as_microsecond(),
        None => first_at(&annotated, shown).ok()?,
    };
    let fits = annotated.to_datetime(Timestamp::from_microsecond(micros).ok()?) == shown;
    fits.then(|| (micros, zone_name(&annotated, offset)))
}

fn zone_name(zone: &TimeZone, offset: Option<Offset>) -> String {
    match (zone.iana_name(), offset) {
        (Some(name), _) => name.to_owned(),
        (None, Some(offset)) => offset_name(offset),
        (None, None) => zone.to_fixed_offset().map_or_else(|_| "UTC".to_owned(), offset_name),
    }
}

fn offset_name(offset: Offset) -> String {
    let seconds = offset.seconds();
    if seconds == 0 {
        return "UTC".to_owned();
    }
    let sign = if seconds < 0 { '-' } else { '+' };
    let minutes = seconds.unsigned_abs() / 60;
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

fn moved(arguments: &mut [Value], by: fn(i64, i64) -> Option<i64>) -> Result<Value, Failure> {
    let (start, length) = (arguments.datetime(0)?, arguments.int(1)?);
    let micros = by(start.micros, length).ok_or_else(|| arithmetic("the instant is outside of the calendar"))?;
    instant(micros)?;
    Ok(Value::datetime(micros, start.zone.clone()))
}

fn since(arguments: &mut [Value]) -> Result<Value, Failure> {
    let (later, earlier) = (arguments.datetime(0)?.micros, arguments.datetime(1)?.micros);
    let between = later.checked_sub(earlier).map(Value::Int);
    between.ok_or_else(|| arithmetic("the time between the instants does not fit a duration"))
}

fn time(arguments: &mut [Value]) -> Result<Value, Failure> {
    let shown = zoned(arguments.datetime(0)?)?.datetime();
    Ok(Value::Int(wall(shown)?.rem_euclid(DAY)))
}

fn in_zone(arguments: &mut [Value]) -> Result<Value, Failure> {
    let name = arguments.string(1)?;
    zone(name)?;
    Ok(Value::datetime(arguments.datetime(0)?.micros, name))
}

fn format(arguments: &mut [Value]) -> Result<Value, Failure> {
    let shown = zoned(arguments.datetime(0)?)?;
    let pattern = arguments.string(1)?;
    jiff::fmt::strtime::format(pattern, &shown)
        .map(Value::from)
        .map_err(|error| invalid(format!("{pattern:?} is not a pattern for a time: {error}")))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn micros(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().as_microsecond()
    }

    #[test]
    fn instants_are_read_with_their_zone() {
        let half_past_nine = micros("2026-01-31T08:30:00Z");
        for (text, zone) in [
            ("2026-01-31T08:30Z", "UTC"),
            ("2026-01-31T09:30:00+01:00", "+01:00"),
            ("2026-01-31T09:30[Europe/Berlin]", "Europe/Berlin"),
            ("2026-01-31T09:30+01:00[Europe/Berlin]", "Europe/Berlin"),
            ("2026-01-31T08:30[UTC]", "UTC"),
        ] {
            assert_eq!(read(text), Some((half_past_nine, zone.to_owned())), "{text}");
        }
    }

    #[test]
    fn what_is_no_instant_is_none() {
        for text in [
            "2026-01-31T09:30",
            "2026-01-31",
            "2026-01-31T09:30+03:00[Europe/Berlin]",
            "2026-03-29T02:30[Europe/Berlin]",
            "2026-01-31T09:30[Mars/Base]",
            "now",
            "",
        ] {
            assert_eq!(read(text), None, "{text:?}");
        }
    }

    #[test]
    fn the_parts_are_those_of_the_zone() {
        let berlin = Value::datetime(micros("2026-06-30T22:30:00Z"), "Europe/Berlin");
        assert_eq!(time(&mut [berlin.clone()]).unwrap(), Value::Int(30 * 60 * 1_000_000));
        let shown = format(&mut [berlin.clone(), Value::from("%Y-%m-%d %H:%M %:z")]).unwrap();
        assert_eq!(shown, Value::from("2026-07-01 00:30 +02:00"));
        assert_eq!(format(&mut [berlin.clone(), Value::from("%!")]).unwrap_err().kind, "invalid");
        assert_eq!(in_zone(&mut [berlin, Value::from("Nowhere")]).unwrap_err().kind, "invalid");
    }

    #[test]
    fn an_instant_outside_of_the_calendar_fails() {
        let start = Value::datetime(0, "UTC");
        let add = |length: i64| moved(&mut [start.clone(), Value::Int(length)], i64::checked_add);
        assert!(add(DAY).is_ok());
        assert_eq!(add(i64::MAX).unwrap_err().kind, "arithmetic");
    }
}
