//! Forecasts count every start, at the hour that the clock shows, and find what comes together.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use jiff::tz::TimeZone;
use schedule::forecast::{ForecastError, PARTS, Scheduled, forecast};
use schedule::{Catchup, Doors, Form, Rule, Spec, Weekdays, jitter_of};

const MINUTE: i64 = 60_000_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

fn instant(text: &str) -> i64 {
    text.parse::<jiff::Timestamp>().unwrap().as_microsecond()
}

fn rule(form: Form) -> Rule {
    let zone = Some("Europe/Berlin".to_owned());
    let spec =
        Spec { form, zone, jitter: None, except: vec![], starting: None, ending: None, catchup: Catchup::Latest };
    Rule::new(&spec).unwrap()
}

fn daily(times: &[i64]) -> Rule {
    rule(Form::Weekly { days: Weekdays::ALL, times: times.to_vec() })
}

fn every(period: i64) -> Rule {
    rule(Form::Every { period, window: None, days: Weekdays::ALL })
}

fn task(name: &str, rules: Vec<Rule>) -> Scheduled {
    let rules = rules.into_iter().map(|rule| (rule, None)).collect();
    Scheduled { task: name.to_owned(), rules, lasts: None, doors: Doors::default() }
}

fn berlin() -> TimeZone {
    TimeZone::get("Europe/Berlin").unwrap()
}

#[test]
fn starts_are_counted_by_task_part_and_hour() {
    let tasks = [task("night", vec![daily(&[2 * HOUR])]), task("often", vec![every(30 * MINUTE)])];
    let (from, to) = (instant("2026-06-01T00:00+02:00"), instant("2026-06-05T00:00+02:00"));
    let found = forecast(&tasks, from, to, &berlin()).unwrap();
    assert_eq!(found.starts, 4 + 4 * 48);
    let [night, often] = found.tasks.as_slice() else { panic!("two tasks") };
    assert_eq!((night.starts, night.first, night.last), (4, Some(from + 2 * HOUR), Some(from + 3 * DAY + 2 * HOUR)));
    assert_eq!((often.starts, often.first, often.parts.len()), (192, Some(from), PARTS));
    assert_eq!(often.parts.iter().sum::<u64>(), 192);
    assert_eq!(found.hours.first.to_string(), "2026-06-01T00:00:00");
    assert_eq!(found.hours.starts.len(), 96);
    assert_eq!(found.hours.starts[..4], [2, 2, 3, 2]);
    let list = found.list.unwrap();
    assert_eq!(list.len(), 196);
    assert!(list.is_sorted());
}

#[test]
fn an_hour_that_comes_twice_is_one_with_the_starts_of_both() {
    let tasks = [task("often", vec![every(30 * MINUTE)])];
    let (from, to) = (instant("2026-10-25T00:00+02:00"), instant("2026-10-26T00:00+01:00"));
    let found = forecast(&tasks, from, to, &berlin()).unwrap();
    assert_eq!((found.starts, found.hours.starts.len()), (50, 24));
    assert_eq!(found.hours.starts[..4], [2, 2, 4, 2]);
    let spring = instant("2026-03-29T00:00+01:00");
    let found = forecast(&tasks, spring, spring + 23 * HOUR, &berlin()).unwrap();
    assert_eq!(found.hours.starts[..4], [2, 2, 0, 2]);
}

#[test]
fn equal_instants_of_one_task_are_one_start_and_those_of_several_are_together() {
    let tasks = [
        task("backup", vec![daily(&[2 * HOUR]), daily(&[2 * HOUR, 3 * HOUR])]),
        task("report", vec![daily(&[2 * HOUR + 1])]),
        task("alone", vec![daily(&[4 * HOUR])]),
        task("often", vec![every(30_000_000)]),
    ];
    let from = instant("2026-06-01T00:00+02:00");
    let found = forecast(&tasks, from, from + 10 * DAY, &berlin()).unwrap();
    assert_eq!(found.tasks[0].starts, 20);
    let told: Vec<_> = found.together.iter().map(|it| (it.tasks.clone(), it.minutes, it.first)).collect();
    let expected =
        [(vec![0, 1, 3], 10, from + 2 * HOUR), (vec![0, 3], 10, from + 3 * HOUR), (vec![2, 3], 10, from + 4 * HOUR)];
    assert_eq!(told, expected);
}

#[test]
fn a_start_is_late_by_the_jitter_and_counts_where_it_falls() {
    let tasks = [Scheduled { rules: vec![(daily(&[0]), Some(HOUR))], ..task("spread", vec![]) }];
    let delay = jitter_of("spread", 0, HOUR);
    assert!(delay > 0);
    let from = instant("2026-06-01T00:00+02:00") + delay;
    let found = forecast(&tasks, from, from + DAY, &berlin()).unwrap();
    assert_eq!((found.starts, found.tasks[0].first), (1, Some(from)));
    assert_eq!(forecast(&tasks, from + 1, from + DAY, &berlin()).unwrap().starts, 0);
}

#[test]
fn starts_that_come_while_a_run_lasts_are_overlaps() {
    let tasks = [Scheduled { lasts: Some(31 * MINUTE), ..task("often", vec![every(30 * MINUTE)]) }];
    let found = forecast(&tasks, 0, DAY, &berlin()).unwrap();
    assert_eq!((found.tasks[0].starts, found.tasks[0].overlaps), (48, 47));
}

#[test]
fn a_span_and_its_starts_have_bounds() {
    let tasks = [task("often", vec![every(1)])];
    let fails = |from, to| forecast(&tasks, from, to, &berlin()).unwrap_err();
    assert_eq!(fails(0, 0), ForecastError::Empty);
    assert_eq!(fails(0, 4_000 * DAY), ForecastError::TooLong);
    assert_eq!(fails(i64::MIN, i64::MAX), ForecastError::TooLong);
    assert_eq!(fails(0, DAY), ForecastError::TooMany);
    let many = forecast(&[task("minutes", vec![every(MINUTE)])], 0, 10 * DAY, &berlin()).unwrap();
    assert_eq!((many.starts, many.list), (14_400, None));
}
