//! A schedule that was found to be right, and its instants.

use crate::cron;
use crate::pattern::Days;
use crate::plan::{Life, Plan, window_end};
use crate::wall::{DAY, clamp, start_of};
use crate::zone::Zone;
use crate::{Bound, Form, MonthDay, ScheduleError, Spec, Weekdays};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// How far a search looks: 400 years, after which the calendar repeats to the weekday, and a year for the zone.
const HORIZON: i64 = (146_097 + 366) * DAY;

/// A schedule whose instants can be asked for.
#[derive(Clone, Debug)]
pub struct Rule {
    pub(crate) plan: Plan,
    pub(crate) life: Life,
    pub(crate) zone: Zone,
}

impl Rule {
    /// Reads a schedule and checks it.
    ///
    /// # Errors
    /// An unknown zone, a cron field that cannot be read, a period of nothing, an empty list, and days that no calendar
    /// has. A schedule that lies in the past is no error: it only never fires again.
    pub fn new(spec: &Spec) -> Result<Rule, ScheduleError> {
        let zone = Zone::named(spec.zone.as_deref())?;
        let plan = plan(&spec.form, spec.starting, &zone)?;
        let rule = Rule { plan, life: life(spec), zone };
        rule.check_it_comes(&spec.form)?;
        Ok(rule)
    }

    /// Gives the first instant at or after `at_or_after`, before jitter; `None` where the schedule is over, or nothing
    /// comes for 400 years.
    pub fn next(&self, at_or_after: i64) -> Option<i64> {
        let from = at_or_after.max(self.life.first);
        self.plan.first(&self.zone, &self.life, from, from.saturating_add(HORIZON))
    }

    /// Gives the last instant before `before`; `None` where there is none in 400 years.
    pub fn previous(&self, before: i64) -> Option<i64> {
        let until = clamp(before.checked_sub(1)?);
        let due = |from: i64| self.plan.first(&self.zone, &self.life, from, until);
        // Doubling steps back find a span with an instant in it …
        let mut back: i64 = 60_000_000;
        let mut found = due(until.saturating_sub(back));
        while found.is_none() && back < HORIZON {
            back *= 2;
            found = due(until.saturating_sub(back));
        }
        // … and halving finds the last one: up to it something is due, after it nothing.
        let mut last = found?;
        let mut nothing_after = until;
        while last < nothing_after {
            let middle = last + (nothing_after - last) / 2 + 1;
            match due(middle) {
                Some(later) => last = later,
                None => nothing_after = middle - 1,
            }
        }
        Some(last)
    }

    /// Says whether it is due at all: `starting`, `ending` and `except` may leave nothing of it.
    pub fn is_ever_due(&self) -> bool {
        if self.life.is_unbounded() {
            return true;
        }
        let first_day = self.life.first_day.max(0);
        // A zone may be a day ahead of universal time.
        let from = self.life.first.max(start_of(first_day) - 2 * DAY);
        self.next(from).is_some()
    }

    /// Gives the instants from `from` on, rising, as long as there are any.
    pub fn iter(&self, from: i64) -> Instants<'_> {
        Instants { rule: self, from: Some(from) }
    }

    /// Gives an instant as the clock on the wall of the schedule's zone shows it.
    pub fn local(&self, instant: i64) -> Zoned {
        let timestamp =
            Timestamp::from_microsecond(instant).unwrap_or(if instant < 0 { Timestamp::MIN } else { Timestamp::MAX });
        timestamp.to_zoned(self.zone.jiff().clone())
    }

    /// Gives the zone in which the schedule is read.
    pub fn zone(&self) -> &TimeZone {
        self.zone.jiff()
    }

    fn check_it_comes(&self, form: &Form) -> Result<(), ScheduleError> {
        let what = match form {
            Form::Yearly { dates, .. } => {
                let missing = dates.iter().find(|&&(month, day)| day > longest_month(month));
                return match missing {
                    Some((month, day)) => Err(ScheduleError::Never { what: format!("{day} {}", month_name(*month)) }),
                    None => Ok(()),
                };
            }
            Form::Cron(text) => format!("`{text}`"),
            Form::Every { .. } => "this grid on these days".to_owned(),
            Form::Weekly { .. } | Form::Monthly { .. } | Form::At(_) => return Ok(()),
        };
        let any = self.plan.first(&self.zone, &Life::unbounded(), 0, HORIZON);
        if any.is_some() { Ok(()) } else { Err(ScheduleError::Never { what }) }
    }
}

/// The instants of a rule, rising.
#[derive(Clone, Debug)]
pub struct Instants<'a> {
    rule: &'a Rule,
    from: Option<i64>,
}

impl Iterator for Instants<'_> {
    type Item = i64;

    fn next(&mut self) -> Option<i64> {
        let found = self.rule.next(self.from?);
        self.from = found.and_then(|instant| instant.checked_add(1));
        found
    }
}

fn life(spec: &Spec) -> Life {
    let mut life = Life { except: spec.except.clone(), ..Life::unbounded() };
    life.except.sort_unstable();
    match spec.starting {
        Some(Bound::Date(day)) => life.first_day = day,
        Some(Bound::Instant(instant)) => life.first = instant,
        None => {}
    }
    match spec.ending {
        Some(Bound::Date(day)) => life.last_day = day,
        Some(Bound::Instant(instant)) => life.last = instant,
        None => {}
    }
    life
}

fn plan(form: &Form, starting: Option<Bound>, zone: &Zone) -> Result<Plan, ScheduleError> {
    Ok(match form {
        Form::Every { period, .. } if *period <= 0 => return Err(ScheduleError::Period),
        Form::Every { period, window: Some(window), days } => Plan::Windows {
            period: *period,
            from: check_time(window.from)?,
            to: window_end(window.from, check_time(window.to)?),
            days: check_weekdays(*days)?,
        },
        Form::Every { period, window: None, days } => {
            let anchor = match starting {
                Some(Bound::Date(day)) => zone.first_at(start_of(day)),
                Some(Bound::Instant(instant)) => instant,
                None => 0,
            };
            Plan::Grid { anchor, begins: starting.is_some(), period: *period, days: check_weekdays(*days)? }
        }
        Form::Weekly { days, times } => {
            Plan::Times { days: Days::Week(check_weekdays(*days)?), times: check_times(times)? }
        }
        Form::Monthly { days, times } => {
            days.iter().try_for_each(|day| check_month_day(*day))?;
            if days.is_empty() {
                return Err(ScheduleError::NoDays);
            }
            Plan::Times { days: Days::Month(days.clone()), times: check_times(times)? }
        }
        Form::Yearly { dates, times } => {
            dates.iter().try_for_each(|date| check_date(*date))?;
            if dates.is_empty() {
                return Err(ScheduleError::NoDays);
            }
            Plan::Times { days: Days::Year(dates.clone()), times: check_times(times)? }
        }
        Form::Cron(text) => Plan::cron(cron::read(text)?),
        Form::At(instant) => Plan::Once(*instant),
    })
}

fn check_time(time: i64) -> Result<i64, ScheduleError> {
    if (0..DAY).contains(&time) { Ok(time) } else { Err(ScheduleError::Time(time)) }
}

fn check_times(times: &[i64]) -> Result<Vec<i64>, ScheduleError> {
    let mut checked = times.iter().map(|time| check_time(*time)).collect::<Result<Vec<_>, _>>()?;
    if checked.is_empty() {
        return Err(ScheduleError::NoTimes);
    }
    checked.sort_unstable();
    checked.dedup();
    Ok(checked)
}

fn check_weekdays(days: Weekdays) -> Result<Weekdays, ScheduleError> {
    let known = Weekdays(days.0 & Weekdays::ALL.0);
    if known.0 == 0 { Err(ScheduleError::NoDays) } else { Ok(known) }
}

fn check_month_day(day: MonthDay) -> Result<(), ScheduleError> {
    let wrong = match day {
        MonthDay::Day(1..=31) | MonthDay::Last | MonthDay::Nth(1..=4, 0..=6) | MonthDay::LastWeekday(0..=6) => {
            return Ok(());
        }
        MonthDay::Day(day) => format!("day {day}"),
        MonthDay::Nth(nth, 0..=6) => format!("weekday number {nth}"),
        MonthDay::Nth(_, weekday) | MonthDay::LastWeekday(weekday) => format!("day {weekday} of the week"),
    };
    Err(ScheduleError::MonthDay(wrong))
}

fn check_date((month, day): (u8, u8)) -> Result<(), ScheduleError> {
    match (month, day) {
        (1..=12, 1..=31) => Ok(()),
        (1..=12, _) => Err(ScheduleError::MonthDay(format!("day {day}"))),
        _ => Err(ScheduleError::MonthDay(format!("place as month {month} of the year"))),
    }
}

/// Gives the length of a month in a leap year.
fn longest_month(month: u8) -> u8 {
    match month {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Gives the name of a month as a schedule writes it.
pub(crate) fn month_name(month: u8) -> &'static str {
    const NAMES: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    usize::from(month).checked_sub(1).and_then(|at| NAMES.get(at)).copied().unwrap_or("?")
}
