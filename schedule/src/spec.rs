//! A schedule as plain data, as an image carries it.

use serde::{Deserialize, Serialize};

/// A schedule with all its modifiers. Times of day are microseconds since midnight, dates are days since 1970-01-01,
/// durations and instants are microseconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spec {
    /// When.
    pub form: Form,
    /// The IANA name of the zone; `None` is UTC.
    pub zone: Option<String>,
    /// The widest delay, spread stably per task.
    pub jitter: Option<i64>,
    /// Nominal dates that are left out, sorted.
    pub except: Vec<i32>,
    /// The first nominal date or instant.
    pub starting: Option<Bound>,
    /// The last one; a date is included.
    pub ending: Option<Bound>,
    /// What is done about due times that were missed.
    pub catchup: Catchup,
}

/// The beginning or end of a schedule's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Bound {
    /// A nominal date.
    Date(i32),
    /// An instant, in microseconds since 1970.
    Instant(i64),
}

/// The forms of a schedule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Form {
    /// Real time, on a grid.
    Every {
        /// The distance.
        period: i64,
        /// The daily window, both ends included; `to` before `from` goes over midnight.
        window: Option<Window>,
        /// The days.
        days: Weekdays,
    },
    /// Some times on some days of the week.
    Weekly {
        /// The days; all for `daily`.
        days: Weekdays,
        /// The times of day.
        times: Vec<i64>,
    },
    /// Some times on some days of the month.
    Monthly {
        /// The days.
        days: Vec<MonthDay>,
        /// The times of day.
        times: Vec<i64>,
    },
    /// Some times on some days of the year.
    Yearly {
        /// Month (1 to 12) and day (1 to 31).
        dates: Vec<(u8, u8)>,
        /// The times of day.
        times: Vec<i64>,
    },
    /// A cron expression, as it was written.
    Cron(String),
    /// One instant, in microseconds since 1970.
    At(i64),
}

/// A part of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Its first time of day.
    pub from: i64,
    /// Its last time of day.
    pub to: i64,
}

/// A set of days of the week, Monday first: bit 0 is Monday.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Weekdays(pub u8);

impl Weekdays {
    /// All seven.
    pub const ALL: Weekdays = Weekdays(0b111_1111);
    /// Monday to Friday.
    pub const WORKING: Weekdays = Weekdays(0b001_1111);

    /// Says whether a day is in the set; 0 is Monday.
    pub fn contains(self, monday_zero: u8) -> bool {
        self.0 >> monday_zero & 1 == 1
    }
}

/// A day of a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MonthDay {
    /// The day of that number, 1 to 31; a month that lacks it is skipped.
    Day(u8),
    /// The last day.
    Last,
    /// The nth (1 to 4) of a weekday; 0 is Monday.
    Nth(u8, u8),
    /// The last of a weekday; 0 is Monday.
    LastWeekday(u8),
}

/// The most runs that one catch-up starts.
pub const MOST_CAUGHT_UP: u32 = 1_000;

/// What is done about due times that were missed while the runtime was down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Catchup {
    /// Nothing.
    None,
    /// The latest one is run.
    #[default]
    Latest,
    /// All are run, the latest `limit` of them.
    All {
        /// At most so many.
        limit: u32,
    },
}
