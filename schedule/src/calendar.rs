//! Calendars of days, from the text of an iCalendar file (RFC 5545): each event stands for the days that it touches.
//!
//! Dates are taken as they are written: an event with times is on the days of its own zone. What is not understood is a
//! fault with its line and never silently left out; properties that say nothing about days (`SUMMARY`, `UID`) are.

mod event;
mod lines;
mod repeat;

use event::Event;
use lines::{Line, lines};

/// How many days the events of one file may stand for.
const MOST_DAYS: usize = 50_000;

/// How many faults are collected.
const MOST_FAULTS: usize = 100;

/// How deep components may stand in each other.
const MOST_OPEN: usize = 8;

/// What of a file is not understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarFault {
    /// The line, from 1.
    pub line: u32,
    /// What was found and what was expected.
    pub reason: String,
}

impl CalendarFault {
    fn new(line: u32, reason: impl Into<String>) -> Self {
        CalendarFault { line, reason: reason.into() }
    }
}

/// Reads the days of an iCalendar text, in days since 1970-01-01, ascending. Events that repeat without an end are taken up
/// to the year 2100.
///
/// # Errors
/// Gives what is not understood, by lines, at most 100.
pub fn calendar_days(text: &str) -> Result<Vec<i32>, Vec<CalendarFault>> {
    let mut reader = Reader { open: Vec::new(), event: None, days: Vec::new(), faults: Vec::new() };
    let mut last = 1;
    for line in lines(text) {
        last = line.number;
        reader.line(&line);
        if reader.faults.len() >= MOST_FAULTS || reader.days.len() > MOST_DAYS {
            break;
        }
    }
    if reader.days.len() > MOST_DAYS {
        let reason =
            format!("the events up to here stand for more than {MOST_DAYS} days, the most that a calendar has");
        reader.faults.push(CalendarFault::new(last, reason));
    } else if let (Some((name, line)), true) = (reader.open.last(), reader.faults.is_empty()) {
        reader.faults.push(CalendarFault::new(*line, format!("`BEGIN:{name}` has no `END:{name}`")));
    } else if last == 1 && reader.faults.is_empty() {
        reader.faults.push(CalendarFault::new(1, "the file has no lines of a calendar"));
    }
    if !reader.faults.is_empty() {
        return Err(reader.faults);
    }
    reader.days.sort_unstable();
    reader.days.dedup();
    Ok(reader.days)
}

/// What is read, line by line.
struct Reader {
    /// The components around the line, with where they begin.
    open: Vec<(String, u32)>,
    event: Option<Event>,
    days: Vec<i32>,
    faults: Vec<CalendarFault>,
}

impl Reader {
    fn line(&mut self, line: &Line) {
        let result = match line.name.as_str() {
            "BEGIN" => self.begin(line),
            "END" => self.end(line),
            _ if self.open.is_empty() => {
                Err(CalendarFault::new(line.number, "expected `BEGIN:VCALENDAR`, with which a calendar begins"))
            }
            _ => match (&mut self.event, self.open.last()) {
                (Some(event), Some((component, _))) if component == "VEVENT" => event.property(line),
                (_, _) => Ok(()),
            },
        };
        if let Err(fault) = result {
            self.faults.push(fault);
            // A file that does not begin as one is no calendar at all: one fault says so.
            if self.open.is_empty() {
                self.open.push((String::new(), line.number));
            }
        }
    }

    fn begin(&mut self, line: &Line) -> Result<(), CalendarFault> {
        let name = line.value.trim().to_ascii_uppercase();
        if self.open.is_empty() && name != "VCALENDAR" {
            return Err(CalendarFault::new(line.number, "expected `BEGIN:VCALENDAR`, with which a calendar begins"));
        }
        if self.open.len() >= MOST_OPEN {
            return Err(CalendarFault::new(line.number, "components stand too deep in each other"));
        }
        if name == "VEVENT" {
            self.event = Some(Event::new(line.number));
        }
        self.open.push((name, line.number));
        Ok(())
    }

    fn end(&mut self, line: &Line) -> Result<(), CalendarFault> {
        let name = line.value.trim().to_ascii_uppercase();
        match self.open.pop() {
            Some((open, _)) if open == name => {}
            Some((open, from)) => {
                let reason = format!("found `END:{name}`, expected `END:{open}` for the `BEGIN` in line {from}");
                return Err(CalendarFault::new(line.number, reason));
            }
            None => return Err(CalendarFault::new(line.number, format!("`END:{name}` has no `BEGIN:{name}`"))),
        }
        if name == "VEVENT"
            && let Some(event) = self.event.take()
        {
            self.days.extend(event.days()?);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
