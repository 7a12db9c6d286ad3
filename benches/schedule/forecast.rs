//! A year of a thousand schedules, in virtual time.

use ::schedule::forecast::{Scheduled, forecast};
use ::schedule::{Catchup, Doors, Form, Rule, Spec, Weekdays};
use benches::{Goal, medians};
use jiff::tz::TimeZone;
use std::io;
use std::time::Duration;

const HOUR: i64 = 3_600_000_000;
const YEAR: i64 = 365 * 24 * HOUR;

/// 2026-01-01T00:00Z.
const FROM: i64 = 1_767_225_600_000_000;

/// Measures it, with a change of the clock in spring and in autumn.
///
/// # Errors
/// A schedule is wrong, or there are too many starts.
pub fn year() -> io::Result<Vec<Goal>> {
    let zone = TimeZone::get("Europe/Berlin").map_err(io::Error::other)?;
    let tasks = (0..1_000).map(task).collect::<io::Result<Vec<_>>>()?;
    let mut starts = 0;
    let [taken] = medians(3, [&mut || starts = forecast(&tasks, FROM, FROM + YEAR, &zone).map_or(0, |it| it.starts)]);
    println!(
        "a year of 1,000 schedules: {starts} starts, {:.0} ns each",
        taken.as_secs_f64() * 1e9 / starts.max(1) as f64
    );
    Ok(vec![Goal::time("a year of 1,000 schedules", taken, Duration::from_secs(2))])
}

/// Some are due once a day, some in every hour, some every quarter of an hour of the working day.
fn task(number: i64) -> io::Result<Scheduled> {
    let minute = number % 60 * HOUR / 60;
    let form = match number % 4 {
        0 => Form::Cron(format!("{} * * * *", number % 60)),
        1 => Form::Every {
            period: HOUR / 4,
            window: Some(::schedule::Window { from: 8 * HOUR, to: 18 * HOUR + minute }),
            days: Weekdays::WORKING,
        },
        2 => Form::Weekly { days: Weekdays::ALL, times: (0..24).map(|hour| hour * HOUR + minute).collect() },
        _ => Form::Weekly { days: Weekdays::ALL, times: vec![2 * HOUR + minute] },
    };
    let zone = Some("Europe/Berlin".to_owned());
    let spec =
        Spec { form, zone, jitter: None, except: vec![], starting: None, ending: None, catchup: Catchup::Latest };
    let rule = Rule::new(&spec).map_err(io::Error::other)?;
    Ok(Scheduled { task: format!("task_{number}"), rules: vec![(rule, None)], lasts: None, doors: Doors::default() })
}
