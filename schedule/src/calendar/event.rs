//! One event of a calendar: where it begins, how many days it touches, how it repeats.

use super::CalendarFault;
use super::lines::Line;
use super::repeat::Repeat;
use jiff::civil::{Date, Time};

/// How many days one event may touch.
const MOST_LENGTH: i32 = 366;

/// An event, as far as it is read.
pub(super) struct Event {
    line: u32,
    start: Option<Moment>,
    end: Option<(Moment, u32)>,
    /// The days of a `DURATION`, and the seconds behind them.
    duration: Option<(i64, u32)>,
    repeat: Option<Repeat>,
    others: Vec<Date>,
    without: Vec<Date>,
    cancelled: bool,
}

/// A date, and a time if one was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Moment {
    date: Date,
    time: Option<Time>,
}

impl Event {
    /// Makes an event that begins at a line.
    pub(super) fn new(line: u32) -> Self {
        Event {
            line,
            start: None,
            end: None,
            duration: None,
            repeat: None,
            others: Vec::new(),
            without: Vec::new(),
            cancelled: false,
        }
    }

    /// Takes a property. Those that say nothing about days are left out.
    pub(super) fn property(&mut self, line: &Line) -> Result<(), CalendarFault> {
        match line.name.as_str() {
            "DTSTART" => self.start = Some(moment(&line.value, line.number)?),
            "DTEND" => self.end = Some((moment(&line.value, line.number)?, line.number)),
            "DURATION" => self.duration = Some((duration(&line.value, line.number)?, line.number)),
            "RRULE" if self.repeat.is_some() => {
                return Err(CalendarFault::new(line.number, "an event has at most one `RRULE`"));
            }
            "RRULE" => self.repeat = Some(Repeat::read(&line.value, line.number)?),
            "RDATE" | "EXDATE" => {
                if line.parameters.contains("VALUE=PERIOD") {
                    return Err(CalendarFault::new(line.number, "found periods, expected dates"));
                }
                let dates = if line.name == "RDATE" { &mut self.others } else { &mut self.without };
                for part in line.value.split(',') {
                    dates.push(moment(part, line.number)?.date);
                }
            }
            "RECURRENCE-ID" => {
                let reason = "found one changed day of an event that repeats; write it as an event of its own, and \
                              take it out of the other with `EXDATE`";
                return Err(CalendarFault::new(line.number, reason));
            }
            "STATUS" => self.cancelled = line.value.trim().eq_ignore_ascii_case("CANCELLED"),
            _ => {}
        }
        Ok(())
    }

    /// Gives the days that it touches, each time that it happens.
    pub(super) fn days(self) -> Result<Vec<i32>, CalendarFault> {
        let Some(start) = self.start else {
            return Err(CalendarFault::new(self.line, "this event has no `DTSTART`, the day on which it begins"));
        };
        let length = self.length(start)?;
        if self.cancelled {
            return Ok(Vec::new());
        }
        let mut begins = match &self.repeat {
            Some(repeat) => repeat.dates(start.date),
            None => vec![start.date],
        };
        begins.extend(self.others);
        begins.retain(|date| !self.without.contains(date));
        Ok(begins.iter().flat_map(|date| (0..length).map(move |more| number(*date) + more)).collect())
    }

    /// Gives how many days it touches.
    fn length(&self, start: Moment) -> Result<i32, CalendarFault> {
        let (last, line) = match (self.end, self.duration) {
            (Some(_), Some((_, line))) => {
                return Err(CalendarFault::new(line, "an event has `DTEND` or `DURATION`, not both"));
            }
            (Some((end, line)), None) => {
                // The end does not belong to the event: at midnight the day before is its last.
                let is_midnight = end.time.is_none_or(|time| time == Time::midnight());
                let touches_none = is_midnight && end.date > start.date;
                (number(end.date) - i32::from(touches_none), line)
            }
            (None, Some((seconds, line))) => {
                let begin = start.time.map_or(0, |time| {
                    i64::from(time.hour()) * 3_600 + i64::from(time.minute()) * 60 + i64::from(time.second())
                });
                let days = (begin + seconds - 1).max(0) / 86_400;
                (number(start.date).saturating_add(i32::try_from(days).unwrap_or(i32::MAX)), line)
            }
            (None, None) => (number(start.date), self.line),
        };
        let length = last.saturating_sub(number(start.date)).saturating_add(1);
        match length {
            ..1 => Err(CalendarFault::new(line, "the event ends before it begins")),
            1..=MOST_LENGTH => Ok(length),
            _ => Err(CalendarFault::new(line, format!("the event is {length} days long, {MOST_LENGTH} is the most"))),
        }
    }
}

/// Gives the number of a date, in days since 1970-01-01.
pub(super) fn number(date: Date) -> i32 {
    (date - jiff::civil::date(1970, 1, 1)).get_days()
}

/// Reads `20261225`, `20261225T093000` or `20261225T093000Z`.
fn moment(text: &str, line: u32) -> Result<Moment, CalendarFault> {
    let text = text.trim();
    let (date, time) = match text.split_once('T') {
        Some((date, time)) => (date, Some(time.strip_suffix('Z').unwrap_or(time))),
        None => (text, None),
    };
    let time = match time {
        Some(time) => clock(time).map(Some),
        None => Some(None),
    };
    match (civil(date), time) {
        (Some(date), Some(time)) => Ok(Moment { date, time }),
        (_, _) => Err(CalendarFault::new(line, format!("found `{text}`, expected a date like `20261225`"))),
    }
}

/// Reads `20261225`.
pub(super) fn civil(text: &str) -> Option<Date> {
    if text.len() != 8 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Date::new(text[..4].parse().ok()?, text[4..6].parse().ok()?, text[6..].parse().ok()?).ok()
}

/// Reads `093000`.
fn clock(text: &str) -> Option<Time> {
    if text.len() != 6 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Time::new(text[..2].parse().ok()?, text[2..4].parse().ok()?, text[4..].parse().ok()?, 0).ok()
}

/// Reads `P1D`, `P2W` or `P1DT12H30M`, in seconds.
fn duration(text: &str, line: u32) -> Result<i64, CalendarFault> {
    let wrong = || CalendarFault::new(line, format!("found `{text}`, expected a length of time like `P1D`"));
    let mut rest = text.trim().strip_prefix('P').ok_or_else(wrong)?;
    let mut seconds: i64 = 0;
    while !rest.is_empty() {
        rest = rest.strip_prefix('T').unwrap_or(rest);
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let count: i64 = rest[..digits].parse().map_err(|_| wrong())?;
        let unit = match rest.as_bytes().get(digits) {
            Some(b'W') => 604_800,
            Some(b'D') => 86_400,
            Some(b'H') => 3_600,
            Some(b'M') => 60,
            Some(b'S') => 1,
            Some(_) | None => return Err(wrong()),
        };
        seconds = count.checked_mul(unit).and_then(|more| seconds.checked_add(more)).ok_or_else(wrong)?;
        rest = &rest[digits + 1..];
    }
    Ok(seconds)
}
