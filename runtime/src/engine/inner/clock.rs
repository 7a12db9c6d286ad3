//! Dates, draws and waits for a time.

use super::{Comes, Moment, unexpected};
use crate::{Data, ErrorKind, Failure};
use bytecode::inner::Inner;
use jiff::Timestamp;

/// Today's date, in a zone that is named or the project's.
pub(super) fn today(arguments: &[Data], moment: &Moment<'_>) -> Result<Comes, Failure> {
    let zone = match arguments.first() {
        Some(Data::String(zone)) => zone,
        _ => moment.zone,
    };
    let zone = crate::text::zone(zone)
        .ok_or_else(|| Failure::new(ErrorKind::Invalid, format!("`{zone}` is not a time zone's name")))?;
    let instant = Timestamp::from_microsecond(moment.now)
        .map_err(|error| Failure::new(ErrorKind::OutOfRange, format!("the clock shows no date: {error}")))?;
    let date = instant.to_zoned(zone).date();
    let days = date - jiff::civil::date(1970, 1, 1);
    Ok(Comes::Value(Data::Int(i64::from(days.get_days()))))
}

/// A wait for a span; one of less than nothing is over.
pub(super) fn sleep(arguments: &[Data], moment: &Moment<'_>) -> Result<Comes, Failure> {
    match arguments {
        [Data::Int(span), ..] => Ok(Comes::until(moment.now.saturating_add((*span).max(0)))),
        _ => Err(unexpected(Inner::TimerSleep, "a duration")),
    }
}

/// A wait until an instant.
pub(super) fn wait_until(arguments: &[Data]) -> Result<Comes, Failure> {
    match arguments {
        [Data::DateTime(instant, _), ..] => Ok(Comes::until(*instant)),
        _ => Err(unexpected(Inner::TimerWaitUntil, "a datetime")),
    }
}

/// A random int of a range, both ends included.
pub(super) fn random_int(arguments: &[Data], moment: &Moment<'_>) -> Result<Comes, Failure> {
    let [Data::Int(low), Data::Int(high), ..] = arguments else {
        return Err(unexpected(Inner::RandomInt, "two ints"));
    };
    if low > high {
        return Err(Failure::new(ErrorKind::Invalid, format!("the lowest number {low} is above the highest {high}")));
    }
    let width = high.abs_diff(*low);
    // Multiplying by the width and keeping the upper half maps 64 random bits onto the range almost evenly.
    let offset = (u128::from(moment.draw) * (u128::from(width) + 1)) >> 64;
    let value = i128::from(*low) + i128::try_from(offset).unwrap_or(0);
    Ok(Comes::Value(Data::Int(i64::try_from(value).unwrap_or(*high))))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::engine::inner::Facts;

    fn check(test: impl FnOnce(Moment<'_>)) {
        // 2026-03-28T23:30Z: already the 29th in Berlin.
        let now = 1_774_740_600_000_000;
        test(Moment { now, zone: "Europe/Berlin", draw: u64::MAX, deadline: None, facts: &Facts::default() });
    }

    #[test]
    fn today_is_the_zone_s() {
        check(|moment| {
            assert_eq!(today(&[], &moment), Ok(Comes::Value(Data::Int(20_541))));
            assert_eq!(today(&[Data::String("UTC".to_owned())], &moment), Ok(Comes::Value(Data::Int(20_540))));
        });
    }

    #[test]
    fn random_numbers_stay_in_their_range() {
        for (low, high) in [(1, 6), (i64::MIN, i64::MAX), (5, 5)] {
            for draw in [0, 1, u64::MAX / 2, u64::MAX] {
                check(|moment| {
                    let drawn = random_int(&[Data::Int(low), Data::Int(high)], &Moment { draw, ..moment }).unwrap();
                    assert!(matches!(drawn, Comes::Value(Data::Int(value)) if (low..=high).contains(&value)));
                });
            }
        }
    }

    #[test]
    fn a_wait_of_less_than_nothing_is_over() {
        check(|moment| {
            let until = |span| sleep(&[Data::Int(span)], &moment);
            assert_eq!(until(-5), Ok(Comes::until(moment.now)));
            assert_eq!(until(i64::MAX), Ok(Comes::until(i64::MAX)));
        });
    }
}
