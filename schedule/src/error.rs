//! What can be wrong with a schedule.

use std::fmt;

/// Why a schedule was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// No time zone has that name.
    #[error("there is no time zone `{name}`{}", hint(.suggestion))]
    UnknownZone {
        /// The name as it was written.
        name: String,
        /// A zone with a name near to it.
        suggestion: Option<String>,
    },
    /// `every 0s`.
    #[error("the time between two runs must be more than nothing")]
    Period,
    /// A set of days without a day.
    #[error("the schedule names no day")]
    NoDays,
    /// A list of times without a time.
    #[error("the schedule names no time of day")]
    NoTimes,
    /// A time outside of the day, in microseconds since midnight.
    #[error("a time of day lies between 00:00 and 23:59:59, found {0} microseconds after midnight")]
    Time(i64),
    /// A day of the month, or an nth weekday, that no month has.
    #[error("no month has a {0}")]
    MonthDay(String),
    /// The rule is well-formed, and no day meets it.
    #[error("{what} never comes: no calendar has such a day")]
    Never {
        /// The part of the rule that never comes.
        what: String,
    },
    /// A cron expression without five or six fields.
    #[error("a cron expression has 5 fields, or 6 with the seconds first, found {found}")]
    CronFields {
        /// How many there are.
        found: usize,
    },
    /// An `@` name that is none.
    #[error("`{found}` is no name of a schedule; there are @yearly, @monthly, @weekly, @daily and @hourly")]
    CronName {
        /// What was written.
        found: String,
    },
    /// A field of a cron expression that cannot be read.
    #[error("the {field} of the cron expression is `{text}`: {reason}")]
    Cron {
        /// Which field.
        field: CronField,
        /// What stands there.
        text: String,
        /// What was found and what was expected.
        reason: String,
    },
}

fn hint(suggestion: &Option<String>) -> String {
    suggestion.as_ref().map_or_else(String::new, |near| format!("; is `{near}` meant?"))
}

/// The fields of a cron expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CronField {
    /// Seconds, only where there are six fields.
    Second,
    /// Minutes.
    Minute,
    /// Hours.
    Hour,
    /// Days of the month.
    DayOfMonth,
    /// Months.
    Month,
    /// Days of the week.
    DayOfWeek,
}

impl fmt::Display for CronField {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            CronField::Second => "second",
            CronField::Minute => "minute",
            CronField::Hour => "hour",
            CronField::DayOfMonth => "day of the month",
            CronField::Month => "month",
            CronField::DayOfWeek => "day of the week",
        })
    }
}
