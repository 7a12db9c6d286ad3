//! `date`: days of the calendar, as days since 1970-01-01.

use super::bounds::arithmetic;
use super::calendar::{date, day, first_at, zone};
use jiff::Span;
use jiff::civil::Time;
use runtime::{Arguments, Failure, Natives, Value};

/// Adds the natives.
pub fn add(natives: &mut Natives) {
    natives.pure("date.parse", |arguments| Ok(Value::from(runtime::text::parse_date(arguments.string(0)?))));
    natives.pure("date.year", |arguments| Ok(Value::Int(date(arguments.int(0)?)?.year().into())));
    natives.pure("date.month", |arguments| Ok(Value::Int(date(arguments.int(0)?)?.month().into())));
    natives.pure("date.day", |arguments| Ok(Value::Int(date(arguments.int(0)?)?.day().into())));
    natives.pure("date.weekday", |it| Ok(Value::Int(date(it.int(0)?)?.weekday().to_monday_one_offset().into())));
    natives.pure("date.plus", plus);
    natives.pure("date.until", until);
    natives.pure("date.at", at);
}

fn plus(arguments: &mut [Value]) -> Result<Value, Failure> {
    let start = date(arguments.int(0)?)?;
    let (years, months, days) = (arguments.int(1)?, arguments.int(2)?, arguments.int(3)?);
    let span =
        Span::new().try_years(years).and_then(|span| span.try_months(months)).and_then(|span| span.try_days(days));
    let moved = span.and_then(|span| start.checked_add(span)).map_err(|_| {
        arithmetic(format!("{start} plus {years} years, {months} months and {days} days is outside of the calendar"))
    })?;
    day(moved).map(Value::Int)
}

fn until(arguments: &mut [Value]) -> Result<Value, Failure> {
    let (from, to) = (arguments.int(0)?, arguments.int(1)?);
    to.checked_sub(from).map(Value::Int).ok_or_else(|| arithmetic("the days between the dates do not fit an int"))
}

fn at(arguments: &mut [Value]) -> Result<Value, Failure> {
    let (date, time, zone_name) = (date(arguments.int(0)?)?, time(arguments.int(1)?)?, arguments.string(2)?);
    let instant = first_at(&zone(zone_name)?, date.to_datetime(time))?;
    Ok(Value::datetime(instant, zone_name))
}

fn time(micros: i64) -> Result<Time, Failure> {
    let nanos = micros.checked_mul(1_000).and_then(|nanos| Span::new().try_nanoseconds(nanos).ok());
    let time = nanos.and_then(|nanos| Time::midnight().checked_add(nanos).ok());
    time.ok_or_else(|| arithmetic(format!("{micros} microseconds after midnight is not on the same day")))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn days(text: &str) -> Value {
        Value::Int(day(text.parse().unwrap()).unwrap())
    }

    #[test]
    fn a_day_that_a_month_lacks_becomes_its_last() {
        let plus = |from: &str, years: i64, months: i64, count: i64| {
            plus(&mut [days(from), Value::Int(years), Value::Int(months), Value::Int(count)])
        };
        assert_eq!(plus("2026-01-31", 0, 1, 0).unwrap(), days("2026-02-28"));
        assert_eq!(plus("2024-02-29", 1, 0, 1).unwrap(), days("2025-03-01"));
        assert_eq!(plus("2026-03-01", 0, 0, -1).unwrap(), days("2026-02-28"));
        assert_eq!(plus("2026-01-31", 9_000, 0, 0).unwrap_err().kind, "arithmetic");
        assert_eq!(plus("2026-01-31", i64::MAX, i64::MIN, 0).unwrap_err().kind, "arithmetic");
    }

    #[test]
    fn a_time_in_a_gap_is_the_first_instant_after_it() {
        let at = |date: &str, zone: &str| {
            let half_past_two = 150 * 60 * 1_000_000;
            at(&mut [days(date), Value::Int(half_past_two), Value::from(zone)])
        };
        let instant = |text: &str| Value::datetime(text.parse::<jiff::Timestamp>().unwrap().as_microsecond(), "UTC");
        assert_eq!(at("2026-03-29", "Europe/Berlin").unwrap(), instant("2026-03-29T01:00:00Z"));
        assert_eq!(at("2026-10-25", "Europe/Berlin").unwrap(), instant("2026-10-25T00:30:00Z"));
        assert_eq!(at("2026-10-25", "+01:00").unwrap(), instant("2026-10-25T01:30:00Z"));
        assert_eq!(at("2026-10-25", "Mars/Base").unwrap_err().message, "there is no time zone \"Mars/Base\"");
    }
}
