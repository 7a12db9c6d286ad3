//! How an event repeats: once a year, on a date or on a weekday of a month.

use super::CalendarFault;
use super::event::civil;
use jiff::civil::{Date, Weekday};

/// Up to which year an event without an end repeats.
const LAST_YEAR: i16 = 2100;

/// A yearly `RRULE`.
#[derive(Clone, Debug, Default)]
pub(super) struct Repeat {
    every: Option<i16>,
    count: Option<usize>,
    until: Option<Date>,
    months: Vec<i8>,
    /// Days of the month; negative ones are counted from its end.
    days: Vec<i8>,
    /// Weekdays, with the how manyeth of the month each is, if that is said.
    weekdays: Vec<(Option<i8>, Weekday)>,
}

impl Repeat {
    /// Reads the value of an `RRULE`.
    pub(super) fn read(text: &str, line: u32) -> Result<Repeat, CalendarFault> {
        let wrong = |reason: String| CalendarFault::new(line, reason);
        let mut repeat = Repeat::default();
        let mut is_yearly = false;
        for part in text.trim().split(';').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let unreadable = || wrong(format!("`{part}` cannot be read"));
            match name.to_ascii_uppercase().as_str() {
                "FREQ" if value.eq_ignore_ascii_case("YEARLY") => is_yearly = true,
                "FREQ" => {
                    let reason = format!("an event of a calendar repeats `FREQ=YEARLY`, found `{part}`");
                    return Err(wrong(reason));
                }
                "INTERVAL" => {
                    let every = value.parse().ok().filter(|every| *every > 0);
                    repeat.every = Some(every.ok_or_else(unreadable)?);
                }
                "COUNT" => repeat.count = Some(value.parse().map_err(|_| unreadable())?),
                "UNTIL" => {
                    let date = value.split('T').next().and_then(civil);
                    repeat.until = Some(date.ok_or_else(unreadable)?);
                }
                "BYMONTH" => repeat.months = numbers(value, 1..=12).ok_or_else(unreadable)?,
                "BYMONTHDAY" => repeat.days = numbers(value, -31..=31).ok_or_else(unreadable)?,
                "BYDAY" => {
                    repeat.weekdays = value.split(',').map(weekday).collect::<Option<_>>().ok_or_else(unreadable)?;
                }
                "WKST" => {}
                _ => return Err(wrong(format!("`{part}` is not understood in a yearly rule"))),
            }
        }
        if !is_yearly {
            return Err(wrong("this rule has no `FREQ=YEARLY`".to_owned()));
        }
        if !repeat.weekdays.is_empty() && repeat.months.is_empty() {
            return Err(wrong("a rule with `BYDAY` says in which month: `BYMONTH=5`".to_owned()));
        }
        Ok(repeat)
    }

    /// Gives the dates on which an event begins that begins first on a date.
    pub(super) fn dates(&self, start: Date) -> Vec<Date> {
        let until = self.until.unwrap_or(Date::MAX);
        let mut dates = vec![start];
        let mut year = start.year();
        while year <= LAST_YEAR {
            dates.extend(self.of_year(year, start).into_iter().filter(|date| *date > start));
            year = year.saturating_add(self.every.unwrap_or(1));
        }
        dates.retain(|date| *date <= until);
        dates.truncate(self.count.unwrap_or(usize::MAX));
        dates
    }

    fn of_year(&self, year: i16, start: Date) -> Vec<Date> {
        let own = [start.month()];
        let months = if self.months.is_empty() { &own[..] } else { &self.months };
        let mut dates = Vec::new();
        for month in months {
            let Ok(first) = Date::new(year, *month, 1) else { continue };
            let all = (1..=first.days_in_month()).filter_map(|day| Date::new(year, *month, day).ok());
            dates.extend(all.filter(|date| self.has(*date, start)));
        }
        dates.sort_unstable();
        dates.dedup();
        dates
    }

    /// Says whether a date of the right month is one of the days.
    fn has(&self, date: Date, start: Date) -> bool {
        let is_day = |day: i8| if day > 0 { date.day() == day } else { date.day() == date.days_in_month() + 1 + day };
        let is_weekday = |(nth, weekday): &(Option<i8>, Weekday)| {
            let place = match nth {
                None => true,
                Some(nth) if *nth > 0 => (date.day() - 1) / 7 + 1 == *nth,
                Some(nth) => (date.days_in_month() - date.day()) / 7 + 1 == -*nth,
            };
            place && date.weekday() == *weekday
        };
        match (self.days.is_empty(), self.weekdays.is_empty()) {
            (true, true) => date.day() == start.day(),
            (no_days, no_weekdays) => {
                (no_days || self.days.iter().any(|day| is_day(*day)))
                    && (no_weekdays || self.weekdays.iter().any(is_weekday))
            }
        }
    }
}

fn numbers(text: &str, range: std::ops::RangeInclusive<i8>) -> Option<Vec<i8>> {
    text.split(',').map(|part| part.parse().ok().filter(|number| *number != 0 && range.contains(number))).collect()
}

/// Reads `MO`, `2MO` or `-1MO`.
fn weekday(text: &str) -> Option<(Option<i8>, Weekday)> {
    let split = text.len().checked_sub(2)?;
    let (nth, name) = (text.get(..split)?, text.get(split..)?);
    let weekday = match name.to_ascii_uppercase().as_str() {
        "MO" => Weekday::Monday,
        "TU" => Weekday::Tuesday,
        "WE" => Weekday::Wednesday,
        "TH" => Weekday::Thursday,
        "FR" => Weekday::Friday,
        "SA" => Weekday::Saturday,
        "SU" => Weekday::Sunday,
        _ => return None,
    };
    let nth = match nth {
        "" => None,
        nth => Some(nth.parse().ok().filter(|nth: &i8| *nth != 0 && nth.abs() <= 5)?),
    };
    Some((nth, weekday))
}
