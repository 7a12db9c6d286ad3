//! Inner operations: what the engine itself does for a run. Effect and outcome are one transaction, so they happen once.
//!
//! Pure: time, zone and draw come in. Which natives are inner is said by the table here; all others go to the world.

use crate::clock::Micros;
use crate::{Data, ErrorKind, Failure};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// What an inner operation may look at.
#[derive(Clone, Debug)]
pub struct Moment {
    /// The run's present, which never goes back.
    pub now: Micros,
    /// The name of the project's zone.
    pub zone: String,
    /// Random bits for this operation.
    pub draw: u64,
}

/// What an inner operation comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum Inner {
    /// A value at once.
    Value(Data),
    /// A line of the log, and nothing as a value.
    Log(LogEntry),
    /// A wait until an instant.
    Sleep(Micros),
}

/// A line of a run's log.
#[derive(Clone, Debug, PartialEq)]
pub struct LogEntry {
    /// How important it is.
    pub level: LogLevel,
    /// Its text.
    pub message: String,
    /// What was given beside it, by name.
    pub fields: Vec<(String, Data)>,
}

/// How important a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    /// For whoever looks for a fault.
    Debug,
    /// What happened.
    Info,
    /// What should be looked at.
    Warn,
    /// What went wrong.
    Error,
}

impl LogLevel {
    /// All of them, least important first.
    pub const ALL: &[LogLevel] = &[LogLevel::Debug, LogLevel::Info, LogLevel::Warn, LogLevel::Error];

    /// Gives its name.
    pub fn name(self) -> &'static str {
        match self {
            LogLevel::Debug => "debug",
            LogLevel::Info => "info",
            LogLevel::Warn => "warn",
            LogLevel::Error => "error",
        }
    }

    /// Finds it by its name.
    pub fn from_name(name: &str) -> Option<LogLevel> {
        LogLevel::ALL.iter().copied().find(|level| level.name() == name)
    }
}

type Operation = fn(&[Data], &Moment) -> Result<Inner, Failure>;

/// The inner operations. A native whose name is not here is the world's.
const TABLE: &[(&str, Operation)] = &[
    ("clock.now", |_, moment| Ok(Inner::Value(Data::DateTime(moment.now, moment.zone.clone())))),
    ("clock.today", today),
    ("log.debug", |arguments, _| Ok(log(LogLevel::Debug, arguments))),
    ("log.error", |arguments, _| Ok(log(LogLevel::Error, arguments))),
    ("log.info", |arguments, _| Ok(log(LogLevel::Info, arguments))),
    ("log.warn", |arguments, _| Ok(log(LogLevel::Warn, arguments))),
    ("random.int", random_int),
    ("timer.sleep", wait),
    ("timer.wait_until", wait_until),
];

/// The longest message of a log line, in bytes; the rest is cut.
const LONGEST_MESSAGE: usize = 16 * 1024;

/// Says whether the engine does a native itself.
pub fn is_inner(name: &str) -> bool {
    TABLE.iter().any(|(known, _)| *known == name)
}

/// Evaluates an inner operation; `None` where the native is the world's.
pub fn evaluate(name: &str, arguments: &[Data], moment: &Moment) -> Option<Result<Inner, Failure>> {
    let (_, operation) = TABLE.iter().find(|(known, _)| *known == name)?;
    Some(operation(arguments, moment))
}

fn today(arguments: &[Data], moment: &Moment) -> Result<Inner, Failure> {
    let zone = match arguments.first() {
        Some(Data::String(zone)) => zone,
        _ => &moment.zone,
    };
    let zone = TimeZone::get(zone)
        .map_err(|_| Failure::new(ErrorKind::Invalid, format!("`{zone}` is not a time zone's name")))?;
    let instant = Timestamp::from_microsecond(moment.now)
        .map_err(|error| Failure::new(ErrorKind::OutOfRange, format!("the clock shows no date: {error}")))?;
    let date = instant.to_zoned(zone).date();
    let days = date - jiff::civil::date(1970, 1, 1);
    Ok(Inner::Value(Data::Int(i64::from(days.get_days()))))
}

fn log(level: LogLevel, arguments: &[Data]) -> Inner {
    let message = match arguments.first() {
        Some(Data::String(message)) => message.clone(),
        Some(_) | None => String::new(),
    };
    let mut fields = Vec::new();
    if let Some(Data::Map(entries)) = arguments.get(1) {
        for (name, value) in entries {
            if let Data::String(name) = name {
                fields.push((name.clone(), value.clone()));
            }
        }
    }
    Inner::Log(LogEntry { level, message: cut(message), fields })
}

fn cut(mut message: String) -> String {
    if message.len() > LONGEST_MESSAGE {
        let end = (0..=LONGEST_MESSAGE).rev().find(|&end| message.is_char_boundary(end)).unwrap_or(0);
        message.truncate(end);
        message.push('…');
    }
    message
}

fn wait(arguments: &[Data], moment: &Moment) -> Result<Inner, Failure> {
    match arguments {
        [Data::Int(span), ..] => Ok(Inner::Sleep(moment.now.saturating_add((*span).max(0)))),
        _ => Err(unexpected("timer.sleep", "a duration")),
    }
}

fn wait_until(arguments: &[Data], _moment: &Moment) -> Result<Inner, Failure> {
    match arguments {
        [Data::DateTime(instant, _), ..] => Ok(Inner::Sleep(*instant)),
        _ => Err(unexpected("timer.wait_until", "a datetime")),
    }
}

fn random_int(arguments: &[Data], moment: &Moment) -> Result<Inner, Failure> {
    let [Data::Int(low), Data::Int(high), ..] = arguments else {
        return Err(unexpected("random.int", "two ints"));
    };
    if low > high {
        return Err(Failure::new(ErrorKind::Invalid, format!("the lowest number {low} is above the highest {high}")));
    }
    let width = high.abs_diff(*low);
    // Multiplying by the width and keeping the upper half maps 64 random bits onto the range almost evenly.
    let offset = (u128::from(moment.draw) * (u128::from(width) + 1)) >> 64;
    let value = i128::from(*low) + i128::try_from(offset).unwrap_or(0);
    Ok(Inner::Value(Data::Int(i64::try_from(value).unwrap_or(*high))))
}

fn unexpected(native: &str, expected: &str) -> Failure {
    Failure::new(ErrorKind::Internal, format!("`{native}` was called without {expected}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn moment() -> Moment {
        // 2026-03-28T23:30Z: already the 29th in Berlin.
        Moment { now: 1_774_740_600_000_000, zone: "Europe/Berlin".to_owned(), draw: u64::MAX }
    }

    #[test]
    fn today_is_the_zone_s() {
        let here = evaluate("clock.today", &[], &moment()).unwrap().unwrap();
        let there = evaluate("clock.today", &[Data::String("UTC".to_owned())], &moment()).unwrap().unwrap();
        assert_eq!(here, Inner::Value(Data::Int(20_541)));
        assert_eq!(there, Inner::Value(Data::Int(20_540)));
    }

    #[test]
    fn random_numbers_stay_in_their_range() {
        for (low, high) in [(1, 6), (i64::MIN, i64::MAX), (5, 5)] {
            for draw in [0, 1, u64::MAX / 2, u64::MAX] {
                let drawn = random_int(&[Data::Int(low), Data::Int(high)], &Moment { draw, ..moment() }).unwrap();
                assert!(matches!(drawn, Inner::Value(Data::Int(value)) if (low..=high).contains(&value)));
            }
        }
    }

    #[test]
    fn a_wait_of_less_than_nothing_is_over() {
        assert_eq!(wait(&[Data::Int(-5)], &moment()), Ok(Inner::Sleep(moment().now)));
        assert_eq!(wait(&[Data::Int(i64::MAX)], &moment()), Ok(Inner::Sleep(i64::MAX)));
    }

    #[test]
    fn long_messages_are_cut_between_letters() {
        let Inner::Log(entry) = log(LogLevel::Info, &[Data::String("ä".repeat(LONGEST_MESSAGE))]) else { panic!() };
        assert!(entry.message.len() <= LONGEST_MESSAGE + '…'.len_utf8());
    }

    #[test]
    fn the_world_is_not_inner() {
        assert!(evaluate("http.get", &[], &moment()).is_none());
    }
}
