//! Reads a cron expression: 5 fields, 6 with the seconds first, or an `@` name.
//!
//! A field is a list of parts between commas; a part is `*`, `?` (days only), a number or name, a range, each with an
//! optional step, or one of the day forms `L`, `L-n`, `LW`, `nW`, `FRI#2`, `FRIL`. A range may go over the end of its
//! field (`FRI-MON`, `22-2`).

use super::{Clock, Cron, CronDays, CronMonthDay, CronWeekday};
use crate::{CronField, ScheduleError};

const MONTHS: &[&str] = &["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS: &[&str] = &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/// The longest expression that is read.
const LONGEST: usize = 1_000;

/// Reads an expression.
pub(crate) fn read(text: &str) -> Result<Cron, ScheduleError> {
    let text = text.trim();
    let expanded = if text.starts_with('@') { named(text)? } else { text };
    let fields: Vec<&str> = expanded.split_ascii_whitespace().collect();
    let (second, rest) = match fields.as_slice() {
        _ if text.len() > LONGEST => return Err(ScheduleError::CronFields { found: fields.len() }),
        rest if rest.len() == 5 => ("0", rest),
        [second, rest @ ..] if rest.len() == 5 => (*second, rest),
        fields => return Err(ScheduleError::CronFields { found: fields.len() }),
    };
    let [minute, hour, day_of_month, month, day_of_week] = *rest else {
        return Err(ScheduleError::CronFields { found: fields.len() });
    };
    Ok(Cron {
        clock: Clock {
            seconds: numbers(CronField::Second, second)?,
            minutes: numbers(CronField::Minute, minute)?,
            hours: numbers(CronField::Hour, hour)?,
        },
        days: CronDays {
            months: numbers(CronField::Month, month)?,
            of_month: parts(day_of_month, read_month_day)?,
            of_week: parts(day_of_week, read_weekday)?,
            either: restricts(day_of_month) && restricts(day_of_week),
        },
        repeats: [minute, hour].iter().any(|field| field.contains(['*', '/'])),
    })
}

fn named(text: &str) -> Result<&'static str, ScheduleError> {
    match text.to_ascii_lowercase().as_str() {
        "@yearly" | "@annually" => Ok("0 0 1 1 *"),
        "@monthly" => Ok("0 0 1 * *"),
        "@weekly" => Ok("0 0 * * 0"),
        "@daily" | "@midnight" => Ok("0 0 * * *"),
        "@hourly" => Ok("0 * * * *"),
        _ => Err(ScheduleError::CronName { found: text.to_owned() }),
    }
}

fn restricts(day_field: &str) -> bool {
    !day_field.starts_with(['*', '?'])
}

impl CronField {
    fn bounds(self) -> (u8, u8) {
        match self {
            CronField::Second | CronField::Minute => (0, 59),
            CronField::Hour => (0, 23),
            CronField::DayOfMonth => (1, 31),
            CronField::Month => (1, 12),
            CronField::DayOfWeek => (0, 7),
        }
    }

    fn names(self) -> &'static [&'static str] {
        match self {
            CronField::Month => MONTHS,
            CronField::DayOfWeek => WEEKDAYS,
            CronField::Second | CronField::Minute | CronField::Hour | CronField::DayOfMonth => &[],
        }
    }

    fn wrong(self, text: &str, reason: impl Into<String>) -> ScheduleError {
        ScheduleError::Cron { field: self, text: text.to_owned(), reason: reason.into() }
    }
}

fn parts<T>(field: &str, read: fn(&str) -> Result<T, ScheduleError>) -> Result<Vec<T>, ScheduleError> {
    field.split(',').map(read).collect()
}

/// Reads a field without special forms, as a set of bits.
fn numbers(field: CronField, text: &str) -> Result<u64, ScheduleError> {
    text.split(',').try_fold(0, |set, part| Ok(set | range(field, part)?))
}

fn read_month_day(part: &str) -> Result<CronMonthDay, ScheduleError> {
    let field = CronField::DayOfMonth;
    let upper = part.to_ascii_uppercase();
    match upper.as_str() {
        "L" => return Ok(CronMonthDay::BeforeLast(0)),
        "LW" => return Ok(CronMonthDay::LastWorking),
        _ => {}
    }
    if let Some(days) = upper.strip_prefix("L-") {
        return match days.parse() {
            Ok(days @ 0..=30) => Ok(CronMonthDay::BeforeLast(days)),
            Ok(_) | Err(_) => Err(field.wrong(part, "after `L-` a number from 0 to 30 is expected")),
        };
    }
    if let Some(day) = upper.strip_suffix('W') {
        return Ok(CronMonthDay::Nearest(number(field, part, day)?));
    }
    range(field, part).map(CronMonthDay::Numbers)
}

fn read_weekday(part: &str) -> Result<CronWeekday, ScheduleError> {
    let field = CronField::DayOfWeek;
    let upper = part.to_ascii_uppercase();
    if let Some((day, nth)) = upper.split_once('#') {
        let number = number(field, part, day)?;
        return match nth.parse() {
            Ok(nth @ 1..=5) => Ok(CronWeekday::Nth(nth, monday_first(number))),
            Err(_) if nth == "L" => Err(field.wrong(part, format!("the last one of a month is written `{day}L`"))),
            Ok(_) | Err(_) => Err(field.wrong(part, "after `#` a number from 1 to 5 is expected")),
        };
    }
    if upper == "L" {
        return Err(field.wrong(part, "a weekday is expected before `L`, as in `FRIL`"));
    }
    if let Some(day) = upper.strip_suffix('L') {
        return Ok(CronWeekday::Last(monday_first(number(field, part, day)?)));
    }
    let set = range(field, part)?;
    let days = (0..=7).filter(|day| set >> day & 1 == 1).fold(0, |days, day| days | 1 << monday_first(day));
    Ok(CronWeekday::Days(days))
}

/// From 0 or 7 for Sunday to 0 for Monday.
fn monday_first(day: u8) -> u8 {
    (day + 6) % 7
}

/// Reads `*`, `?`, `a`, `a-b`, each with an optional `/step`, as a set of bits.
fn range(field: CronField, part: &str) -> Result<u64, ScheduleError> {
    let (base, step) = match part.split_once('/') {
        Some((base, step)) => (base, Some(read_step(field, part, step)?)),
        None => (part, None),
    };
    let (lowest, highest) = field.bounds();
    let whole_end = if field == CronField::DayOfWeek { 6 } else { highest };
    let (from, to) = match base {
        "*" => (lowest, whole_end),
        "?" if matches!(field, CronField::DayOfMonth | CronField::DayOfWeek) => (lowest, whole_end),
        "?" => return Err(field.wrong(part, "`?` stands in the day fields only")),
        _ => match base.split_once('-') {
            Some((from, to)) => (number(field, part, from)?, number(field, part, to)?),
            None => {
                let only = number(field, part, base)?;
                // `5/15` is from 5 to the end.
                (only, if step.is_some() { whole_end.max(only) } else { only })
            }
        },
    };
    let size = whole_end - lowest + 1;
    // Over the end of the field: on into its next round.
    let length = if from <= to { to - from } else { to + size - from };
    let set = (0..=length).step_by(usize::from(step.unwrap_or(1))).map(|ahead| {
        let at = from + ahead;
        if at > highest { at - size } else { at }
    });
    Ok(set.fold(0, |bits, at| bits | 1 << at))
}

fn read_step(field: CronField, part: &str, step: &str) -> Result<u8, ScheduleError> {
    let (lowest, highest) = field.bounds();
    match step.parse::<u8>() {
        Ok(0) => Err(field.wrong(part, "a step is at least 1")),
        Ok(step) if step <= highest - lowest => Ok(step),
        Ok(step) => Err(field.wrong(part, format!("a step of {step} goes beyond the field, {lowest} to {highest}"))),
        Err(_) => Err(field.wrong(part, "after `/` a number is expected")),
    }
}

fn number(field: CronField, part: &str, text: &str) -> Result<u8, ScheduleError> {
    let (lowest, highest) = field.bounds();
    let found = match field.names().iter().position(|name| name.eq_ignore_ascii_case(text)) {
        Some(at) => u8::try_from(at).ok().map(|at| at + u8::from(field == CronField::Month)),
        None if text.bytes().all(|byte| byte.is_ascii_digit()) => text.parse().ok(),
        None => None,
    };
    match found {
        Some(number) if (lowest..=highest).contains(&number) => Ok(number),
        Some(_) | None => {
            let names = match field.names() {
                [] => String::new(),
                [first, .., last] => format!(" or a name from {first} to {last}"),
                [only] => format!(" or {only}"),
            };
            let found = match text {
                "" => ", found nothing".to_owned(),
                _ if text == part => String::new(),
                _ => format!(", found `{text}`"),
            };
            Err(field.wrong(part, format!("a number from {lowest} to {highest}{names} is expected{found}")))
        }
    }
}
