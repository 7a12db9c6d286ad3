//! Which days a rule names, whatever the times and the zone.

use crate::cron::CronDays;
use crate::wall::{date_of, weekday_of};
use crate::{MonthDay, Weekdays};
use jiff::civil::Date;

/// The days of a rule.
#[derive(Clone, Debug)]
pub(crate) enum Days {
    /// Days of the week.
    Week(Weekdays),
    /// Days of every month.
    Month(Vec<MonthDay>),
    /// Month and day, every year.
    Year(Vec<(u8, u8)>),
    /// The three day fields of a cron expression.
    Cron(CronDays),
}

impl Days {
    /// Says whether the rule names a day.
    pub(crate) fn contains(&self, day: i32) -> bool {
        match self {
            Days::Week(days) => days.contains(weekday_of(day)),
            Days::Month(days) => {
                let date = DayOfMonth::of(day);
                days.iter().any(|wanted| date.is(*wanted))
            }
            Days::Year(dates) => {
                let date = DayOfMonth::of(day);
                dates.iter().any(|&(month, number)| date.month == month && date.number == number)
            }
            Days::Cron(days) => days.contains(DayOfMonth::of(day)),
        }
    }
}

/// A day with its place in its month.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DayOfMonth {
    /// 1 to 12.
    pub(crate) month: u8,
    /// 1 to 31.
    pub(crate) number: u8,
    /// The number of the last day of the month.
    pub(crate) last: u8,
    /// 0 is Monday.
    pub(crate) weekday: u8,
}

impl DayOfMonth {
    pub(crate) fn of(day: i32) -> DayOfMonth {
        let date: Date = date_of(day);
        DayOfMonth {
            month: date.month().unsigned_abs(),
            number: date.day().unsigned_abs(),
            last: date.days_in_month().unsigned_abs(),
            weekday: weekday_of(day),
        }
    }

    /// Says whether it is the `nth` of a weekday in its month, counted from 1.
    pub(crate) fn is_nth(self, nth: u8, weekday: u8) -> bool {
        self.weekday == weekday && (self.number - 1) / 7 + 1 == nth
    }

    /// Says whether it is the last of a weekday in its month.
    pub(crate) fn is_last_weekday(self, weekday: u8) -> bool {
        self.weekday == weekday && self.number + 7 > self.last
    }

    fn is(self, wanted: MonthDay) -> bool {
        match wanted {
            MonthDay::Day(number) => self.number == number,
            MonthDay::Last => self.number == self.last,
            MonthDay::Nth(nth, weekday) => self.is_nth(nth, weekday),
            MonthDay::LastWeekday(weekday) => self.is_last_weekday(weekday),
        }
    }
}
