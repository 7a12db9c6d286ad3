//! Every rule against a scan of every minute around the changes of many zones.
//!
//! The scan knows nothing of gaps and folds: it reads the clock on the wall at each minute. A time that comes once a
//! day is due when the clock first shows it or has passed over it; a repeating cron expression is due whenever the
//! clock shows it.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use jiff::Timestamp;
use jiff::civil::{DateTime, date};
use jiff::tz::TimeZone;
use schedule::{Catchup, Form, MonthDay, Rule, Spec, Weekdays};

const MINUTE: i64 = 60_000_000;
const ZONES: [&str; 10] = [
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Africa/Cairo",
    "America/Sao_Paulo",
    "Africa/Casablanca",
    "America/St_Johns",
    "Asia/Gaza",
    "UTC",
];

struct Case {
    name: &'static str,
    form: Form,
    /// Whether the rule names a minute of the wall clock.
    shows: fn(DateTime) -> bool,
    repeats: bool,
}

fn once(name: &'static str, form: Form, shows: fn(DateTime) -> bool) -> Case {
    Case { name, form, shows, repeats: false }
}

fn cron(text: &'static str, repeats: bool, shows: fn(DateTime) -> bool) -> Case {
    Case { name: text, form: Form::Cron(text.to_owned()), shows, repeats }
}

fn at(hour: i64, minute: i64) -> i64 {
    (hour * 60 + minute) * MINUTE
}

fn is(at: DateTime, hour: i8, minute: i8) -> bool {
    at.hour() == hour && at.minute() == minute
}

/// Sunday is 0, as in cron.
fn weekday(at: DateTime) -> i8 {
    at.date().weekday().to_sunday_zero_offset()
}

fn cases() -> Vec<Case> {
    let all = Weekdays::ALL;
    vec![
        once("daily 02:30", Form::Weekly { days: all, times: vec![at(2, 30)] }, |t| is(t, 2, 30)),
        once("daily 00:00", Form::Weekly { days: all, times: vec![at(0, 0)] }, |t| is(t, 0, 0)),
        once(
            "daily at six times around the changes",
            Form::Weekly { days: all, times: [30, 65, 119, 120, 179, 180].map(|minute| at(0, minute)).to_vec() },
            |t| [30, 65, 119, 120, 179, 180].contains(&(i32::from(t.hour()) * 60 + i32::from(t.minute()))),
        ),
        once("daily 23:59", Form::Weekly { days: all, times: vec![at(23, 59)] }, |t| is(t, 23, 59)),
        once("sundays", Form::Weekly { days: Weekdays(0b100_0000), times: vec![at(2, 15)] }, |t| {
            weekday(t) == 0 && is(t, 2, 15)
        }),
        once("working days", Form::Weekly { days: Weekdays::WORKING, times: vec![at(0, 30)] }, |t| {
            (1..=5).contains(&weekday(t)) && is(t, 0, 30)
        }),
        once(
            "monthly 30, last",
            Form::Monthly { days: vec![MonthDay::Day(30), MonthDay::Last], times: vec![at(1, 1)] },
            |t| (t.day() == 30 || t.day() == t.date().days_in_month()) && is(t, 1, 1),
        ),
        once("last sunday", Form::Monthly { days: vec![MonthDay::LastWeekday(6)], times: vec![at(2, 0)] }, |t| {
            weekday(t) == 0 && t.day() + 7 > t.date().days_in_month() && is(t, 2, 0)
        }),
        once("second sunday", Form::Monthly { days: vec![MonthDay::Nth(2, 6)], times: vec![at(2, 0)] }, |t| {
            weekday(t) == 0 && (8..=14).contains(&t.day()) && is(t, 2, 0)
        }),
        once("yearly", Form::Yearly { dates: vec![(12, 30), (3, 29)], times: vec![at(2, 45)] }, |t| {
            [(12, 30), (3, 29)].contains(&(t.month(), t.day())) && is(t, 2, 45)
        }),
        cron("30 2 * * *", false, |t| is(t, 2, 30)),
        cron("0,15,45 0-3 * * *", false, |t| [0, 15, 45].contains(&t.minute()) && t.hour() <= 3),
        cron("30 2 * * SUN", false, |t| is(t, 2, 30) && weekday(t) == 0),
        cron("0 0 L * *", false, |t| is(t, 0, 0) && t.day() == t.date().days_in_month()),
        cron("59 23 * * FRI-MON", false, |t| is(t, 23, 59) && [5, 6, 0, 1].contains(&weekday(t))),
        cron("15 1 28 * SUN", false, |t| is(t, 1, 15) && (t.day() == 28 || weekday(t) == 0)),
        cron("15 22-2 * * *", false, |t| t.minute() == 15 && (t.hour() >= 22 || t.hour() <= 2)),
        cron("* * * * *", true, |_| true),
        cron("*/20 * * * *", true, |t| t.minute() % 20 == 0),
        cron("30 * * * *", true, |t| t.minute() == 30),
        cron("*/30 2 * * *", true, |t| t.hour() == 2 && t.minute() % 30 == 0),
        cron("0 */2 * * 0,6", true, |t| t.minute() == 0 && t.hour() % 2 == 0 && [0, 6].contains(&weekday(t))),
        cron("10-50/20 0-3 */2 * SUN,SAT", true, |t| {
            [10, 30, 50].contains(&t.minute()) && t.hour() <= 3 && t.day() % 2 == 1 && [0, 6].contains(&weekday(t))
        }),
    ]
}

/// The instants of one case between two instants, by looking at every minute.
fn scan(case: &Case, zone: &TimeZone, from: i64, to: i64) -> Vec<i64> {
    let mut due = Vec::new();
    let warm_up = 30 * 60;
    let mut highest = wall(zone, from - warm_up * MINUTE);
    for minute in -warm_up + 1..(to - from) / MINUTE {
        let instant = from + minute * MINUTE;
        let shown = wall(zone, instant);
        let named = if case.repeats {
            (case.shows)(shown)
        } else {
            let mut passed = false;
            while highest < shown {
                highest = highest.checked_add(jiff::Span::new().minutes(1)).unwrap();
                passed |= (case.shows)(highest);
            }
            passed
        };
        if named && minute >= 0 {
            due.push(instant);
        }
    }
    due
}

fn wall(zone: &TimeZone, instant: i64) -> DateTime {
    zone.to_datetime(Timestamp::from_microsecond(instant).unwrap())
}

fn spec(form: Form, zone: &str) -> Spec {
    let zone = Some(zone.to_owned());
    Spec { form, zone, jitter: None, except: vec![], starting: None, ending: None, catchup: Catchup::Latest }
}

/// The changes of a zone in the years that have the odd ones, and some quiet time.
fn changes(zone: &TimeZone) -> Vec<i64> {
    let mut found = vec![];
    for year in [2011, 2018, 2023, 2026] {
        let begin = date(year, 1, 1).to_zoned(TimeZone::UTC).unwrap().timestamp();
        let end = date(year + 1, 1, 2).to_zoned(TimeZone::UTC).unwrap().timestamp();
        found.push(begin.as_microsecond());
        let of_year = zone.following(begin).take_while(|change| change.timestamp() < end);
        found.extend(of_year.map(|change| change.timestamp().as_microsecond()));
    }
    found
}

#[test]
fn every_rule_agrees_with_a_scan_of_every_minute() {
    let mut compared = 0;
    for name in ZONES {
        let zone = TimeZone::get(name).unwrap();
        for change in changes(&zone) {
            let (from, to) = (change - 30 * 60 * MINUTE, change + 30 * 60 * MINUTE);
            for case in cases() {
                let rule = Rule::new(&spec(case.form.clone(), name)).unwrap();
                let expected = scan(&case, &zone, from, to);
                let found: Vec<i64> = rule.iter(from).take_while(|instant| *instant < to).collect();
                let shown = |due: &[i64]| due.iter().map(|at| rule.local(*at).to_string()).collect::<Vec<_>>();
                assert_eq!(shown(&found), shown(&expected), "{} in {name}", case.name);
                compared += found.len();
            }
        }
    }
    assert!(compared > 50_000, "the scan compared only {compared} instants");
}

#[test]
fn looking_back_finds_what_looking_forward_gave() {
    for name in ["Europe/Berlin", "Pacific/Apia", "America/St_Johns"] {
        let zone = TimeZone::get(name).unwrap();
        for change in changes(&zone) {
            let (from, to) = (change - 1_440 * MINUTE, change + 1_440 * MINUTE);
            for case in cases() {
                let rule = Rule::new(&spec(case.form.clone(), name)).unwrap();
                let forward: Vec<i64> = rule.iter(from).take_while(|instant| *instant < to).take(60).collect();
                for pair in forward.windows(2) {
                    assert_eq!(rule.previous(pair[1]), Some(pair[0]), "{} in {name}", case.name);
                    assert_eq!(rule.previous(pair[0] + 1), Some(pair[0]), "{} in {name}", case.name);
                }
            }
        }
    }
}
