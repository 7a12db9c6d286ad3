//! `datetime`: instants with their zone.

use super::bounds::{arithmetic, invalid};
use super::calendar::{DAY, day, instant, wall, zone};
use jiff::Zoned;
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
    Ok(runtime::text::parse_datetime(arguments.string(0)?)
        .map_or(Value::None, |(micros, zone)| Value::datetime(micros, zone)))
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
        text.parse::<jiff::Timestamp>().unwrap().as_microsecond()
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
