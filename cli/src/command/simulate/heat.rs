//! The starts of each hour as a table: a row for each day, or for each day of the week where there are many.

use super::Simulation;
use jiff::Span;

/// Up to so many days have rows of their own.
const DAYS: usize = 14;

const HOURS: usize = 24;

const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// The starts of each hour of some days.
pub(super) struct Heat {
    /// What the cells are.
    pub(super) what: &'static str,
    /// The days, with 24 hours each.
    pub(super) rows: Vec<(String, [u64; HOURS])>,
    /// The busiest hour.
    pub(super) most: u64,
}

/// Counts the starts of a simulation.
pub(super) fn heat(simulation: &Simulation) -> Heat {
    let hours = &simulation.forecast.hours;
    let midnight = usize::try_from(hours.first.hour()).unwrap_or(0);
    let day_of = |hour: usize| (midnight + hour) / HOURS;
    let days = day_of(hours.starts.len().saturating_sub(1)) + 1;
    let date = |day: usize| hours.first.date().saturating_add(Span::new().days(i64::try_from(day).unwrap_or(0)));
    let each_day = days <= DAYS;
    let mut rows: Vec<(String, [u64; HOURS])> = if each_day {
        (0..days).map(|day| (date(day).strftime("%a %F").to_string(), [0; HOURS])).collect()
    } else {
        WEEKDAYS.iter().map(|day| ((*day).to_owned(), [0; HOURS])).collect()
    };
    let first_weekday = usize::try_from(hours.first.date().weekday().to_monday_zero_offset()).unwrap_or(0);
    for (hour, starts) in hours.starts.iter().enumerate() {
        let day = day_of(hour);
        let row = if each_day { day } else { (first_weekday + day) % WEEKDAYS.len() };
        if let Some(cell) = rows.get_mut(row).and_then(|(_, cells)| cells.get_mut((midnight + hour) % HOURS)) {
            *cell = (*cell).max(*starts);
        }
    }
    let most = rows.iter().flat_map(|(_, cells)| cells).copied().max().unwrap_or(0);
    let what = if each_day { "starts in each hour" } else { "starts in each hour, the most of any such day" };
    Heat { what, rows, most }
}
