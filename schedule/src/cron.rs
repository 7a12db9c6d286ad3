//! Cron expressions: what their fields mean. How they are read is in [`read`].

mod read;

pub(crate) use read::read;

use crate::pattern::DayOfMonth;

/// A cron expression that was read.
#[derive(Clone, Debug)]
pub(crate) struct Cron {
    /// The seconds, minutes and hours, as sets of bits.
    pub(crate) clock: Clock,
    /// The three day fields.
    pub(crate) days: CronDays,
    /// Whether the minute or the hour has a `*` or a step: then the expression means "all through the day", fires in
    /// both passes of a repeated hour, and nothing is made up for a gap.
    pub(crate) repeats: bool,
}

/// The seconds, minutes and hours of an expression: bit n is the number n.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    pub(crate) seconds: u64,
    pub(crate) minutes: u64,
    pub(crate) hours: u64,
}

impl Clock {
    /// Gives the times of day, in microseconds since midnight, rising.
    pub(crate) fn times(self) -> Vec<i64> {
        let mut times = Vec::new();
        for hour in bits(self.hours) {
            for minute in bits(self.minutes) {
                times.extend(bits(self.seconds).map(|second| ((hour * 60 + minute) * 60 + second) * 1_000_000));
            }
        }
        times
    }
}

fn bits(set: u64) -> impl Iterator<Item = i64> {
    (0..60).filter(move |bit| set >> bit & 1 == 1)
}

/// The three day fields of an expression.
#[derive(Clone, Debug)]
pub(crate) struct CronDays {
    /// Bit n is the month n.
    pub(crate) months: u64,
    /// The days of the month.
    pub(crate) of_month: Vec<CronMonthDay>,
    /// The days of the week.
    pub(crate) of_week: Vec<CronWeekday>,
    /// Whether both day fields restrict, that is: neither begins with `*` or `?`. Then a day that meets one of them is
    /// enough (POSIX); else it must meet both, where a plain `*` is always met and `*/n` thins out the other.
    pub(crate) either: bool,
}

/// What a day of month may be asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum CronMonthDay {
    /// Bit n is the day n.
    Numbers(u64),
    /// `L`, `L-3`: so many days before the last one.
    BeforeLast(u8),
    /// `15W`: the working day nearest to it, in the same month.
    Nearest(u8),
    /// `LW`: the last working day.
    LastWorking,
}

/// What a day of week may be asked for; 0 is Monday.
#[derive(Clone, Copy, Debug)]
pub(crate) enum CronWeekday {
    /// Bit n is the weekday n.
    Days(u8),
    /// `FRI#2`: nth and weekday.
    Nth(u8, u8),
    /// `FRIL`.
    Last(u8),
}

impl CronDays {
    /// Says whether the expression names a day.
    pub(crate) fn contains(&self, day: DayOfMonth) -> bool {
        if self.months >> day.month & 1 == 0 {
            return false;
        }
        let of_month = self.of_month.iter().any(|wanted| wanted.is(day));
        let of_week = self.of_week.iter().any(|wanted| wanted.is(day));
        if self.either { of_month || of_week } else { of_month && of_week }
    }
}

impl CronMonthDay {
    fn is(self, day: DayOfMonth) -> bool {
        match self {
            CronMonthDay::Numbers(set) => set >> day.number & 1 == 1,
            CronMonthDay::BeforeLast(days) => day.number + days == day.last,
            CronMonthDay::Nearest(number) => number <= day.last && day.number == nearest_working(number, day),
            CronMonthDay::LastWorking => day.number == nearest_working(day.last, day),
        }
    }
}

impl CronWeekday {
    fn is(self, day: DayOfMonth) -> bool {
        match self {
            CronWeekday::Days(set) => set >> day.weekday & 1 == 1,
            CronWeekday::Nth(nth, weekday) => day.is_nth(nth, weekday),
            CronWeekday::Last(weekday) => day.is_last_weekday(weekday),
        }
    }
}

/// Gives the number of the working day nearest to `number` in the month of `day`: Friday for a Saturday, Monday for a
/// Sunday, and the other side where that would leave the month.
fn nearest_working(number: u8, day: DayOfMonth) -> u8 {
    let weekday = (i16::from(day.weekday) + i16::from(number) - i16::from(day.number)).rem_euclid(7);
    match weekday {
        5 if number == 1 => 3,
        5 => number - 1,
        6 if number == day.last => number - 2,
        6 => number + 1,
        _ => number,
    }
}
