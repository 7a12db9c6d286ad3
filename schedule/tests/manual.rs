//! One test for each sentence of the manual about schedules.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use jiff::civil::DateTime;
use schedule::{Bound, Catchup, ClockEffect, CronField, Form, MonthDay, Rule, ScheduleError, Spec, Weekdays, Window};

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

fn spec(form: Form, zone: &str) -> Spec {
    let zone = (!zone.is_empty()).then(|| zone.to_owned());
    Spec { form, zone, jitter: None, except: vec![], starting: None, ending: None, catchup: Catchup::Latest }
}

fn daily(time: i64) -> Form {
    Form::Weekly { days: Weekdays::ALL, times: vec![time] }
}

fn cron(text: &str) -> Form {
    Form::Cron(text.to_owned())
}

fn every(period: i64) -> Form {
    Form::Every { period, window: None, days: Weekdays::ALL }
}

fn instant(text: &str) -> i64 {
    text.parse::<jiff::Timestamp>().unwrap().as_microsecond()
}

fn day(text: &str) -> i32 {
    i32::try_from(instant(&format!("{text}T00:00Z")) / DAY).unwrap()
}

/// The first `count` instants from a time of the schedule's zone on, as that zone shows them.
fn next(spec: &Spec, from: &str, count: usize) -> Vec<String> {
    let rule = Rule::new(spec).unwrap();
    let from = from.parse::<DateTime>().unwrap().to_zoned(rule.zone().clone()).unwrap();
    let shown =
        |at| rule.local(at).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string().replace(":00+", "+").replace(":00-", "-");
    rule.iter(from.timestamp().as_microsecond()).take(count).map(shown).collect()
}

fn error(form: Form) -> ScheduleError {
    Rule::new(&spec(form, "Europe/Berlin")).unwrap_err()
}

#[test]
fn a_time_that_does_not_exist_runs_at_the_first_instant_after_the_gap() {
    let spec = spec(daily(150 * MINUTE), "Europe/Berlin");
    let expected = ["2026-03-28T02:30+01:00", "2026-03-29T03:00+02:00", "2026-03-30T02:30+02:00"];
    assert_eq!(next(&spec, "2026-03-28T00:00", 3), expected);
}

#[test]
fn a_date_that_does_not_exist_runs_at_the_first_instant_after_the_gap() {
    let spec = spec(Form::Yearly { dates: vec![(12, 30)], times: vec![9 * HOUR] }, "Pacific/Apia");
    assert_eq!(next(&spec, "2011-01-01T00:00", 2), ["2011-12-31T00:00+14:00", "2012-12-30T09:00+14:00"]);
}

#[test]
fn a_time_that_exists_twice_runs_once_the_first_time() {
    let spec = spec(daily(150 * MINUTE), "Europe/Berlin");
    assert_eq!(next(&spec, "2026-10-25T00:00", 2), ["2026-10-25T02:30+02:00", "2026-10-26T02:30+01:00"]);
}

#[test]
fn next_in_the_second_pass_of_an_hour_is_the_day_after() {
    let rule = Rule::new(&spec(daily(150 * MINUTE), "Europe/Berlin")).unwrap();
    let second_pass = instant("2026-10-25T01:10Z");
    assert_eq!(rule.next(second_pass), Some(instant("2026-10-26T01:30Z")));
}

#[test]
fn every_counts_real_time_and_is_not_affected() {
    let rule = Rule::new(&spec(every(40 * MINUTE), "Europe/Berlin")).unwrap();
    let found: Vec<i64> = rule.iter(instant("2026-10-24T22:00Z")).take(20).collect();
    assert!(found.windows(2).all(|pair| pair[1] - pair[0] == 40 * MINUTE));
}

#[test]
fn cron_with_a_star_in_its_minute_or_hour_fires_in_both_passes_of_a_repeated_hour() {
    let hourly = spec(cron("30 * * * *"), "Europe/Berlin");
    let expected =
        ["2026-10-25T01:30+02:00", "2026-10-25T02:30+02:00", "2026-10-25T02:30+01:00", "2026-10-25T03:30+01:00"];
    assert_eq!(next(&hourly, "2026-10-25T01:00", 4), expected);
    let step = spec(cron("*/30 2 * * *"), "Europe/Berlin");
    let expected =
        ["2026-10-25T02:00+02:00", "2026-10-25T02:30+02:00", "2026-10-25T02:00+01:00", "2026-10-25T02:30+01:00"];
    assert_eq!(next(&step, "2026-10-25T00:00", 4), expected);
}

#[test]
fn nothing_is_made_up_in_a_gap_for_cron_with_a_star() {
    let step = spec(cron("*/30 2 * * *"), "Europe/Berlin");
    assert_eq!(next(&step, "2026-03-29T00:00", 1), ["2026-03-30T02:00+02:00"]);
    let plain = spec(cron("30 2 * * *"), "Europe/Berlin");
    assert_eq!(next(&plain, "2026-03-29T00:00", 1), ["2026-03-29T03:00+02:00"]);
}

#[test]
fn equal_instants_are_one_fire() {
    let form = Form::Weekly { days: Weekdays::ALL, times: vec![125 * MINUTE, 150 * MINUTE, 180 * MINUTE] };
    let expected = ["2026-03-29T03:00+02:00", "2026-03-30T02:05+02:00"];
    assert_eq!(next(&spec(form, "Europe/Berlin"), "2026-03-29T00:00", 2), expected);
}

#[test]
fn every_without_from_is_one_unbroken_grid_from_1970() {
    let found = next(&spec(every(7 * HOUR), ""), "2026-01-01T00:00", 4);
    let rule = Rule::new(&spec(every(7 * HOUR), "")).unwrap();
    assert_eq!(rule.next(0), Some(0));
    assert_eq!(rule.next(1), Some(7 * HOUR));
    assert_eq!(found[0], "2026-01-01T00:00+00:00");
    assert_eq!(found[3], "2026-01-01T21:00+00:00");
}

#[test]
fn every_is_anchored_at_starting_and_not_due_before_it() {
    let mut spec = spec(every(7 * HOUR), "Europe/Berlin");
    spec.starting = Some(Bound::Date(day("2026-01-05")));
    assert_eq!(next(&spec, "2026-01-01T00:00", 2), ["2026-01-05T00:00+01:00", "2026-01-05T07:00+01:00"]);
}

#[test]
fn every_with_from_and_to_begins_anew_each_day_and_includes_to() {
    let window = Some(Window { from: 8 * HOUR, to: 18 * HOUR });
    let spec = spec(Form::Every { period: 4 * HOUR, window, days: Weekdays::WORKING }, "Europe/Berlin");
    // 2026-01-02 is a Friday.
    let expected =
        ["2026-01-02T08:00+01:00", "2026-01-02T12:00+01:00", "2026-01-02T16:00+01:00", "2026-01-05T08:00+01:00"];
    assert_eq!(next(&spec, "2026-01-02T00:00", 4), expected);
    let window = Some(Window { from: 8 * HOUR, to: 16 * HOUR });
    let spec = self::spec(Form::Every { period: 4 * HOUR, window, days: Weekdays::ALL }, "Europe/Berlin");
    assert_eq!(next(&spec, "2026-01-02T15:00", 2), ["2026-01-02T16:00+01:00", "2026-01-03T08:00+01:00"]);
}

#[test]
fn a_window_over_midnight_belongs_to_the_day_it_began() {
    let window = Some(Window { from: 22 * HOUR, to: 2 * HOUR });
    let friday = Weekdays(0b1_0000);
    let mut spec = spec(Form::Every { period: 2 * HOUR, window, days: friday }, "Europe/Berlin");
    let expected =
        ["2026-01-02T22:00+01:00", "2026-01-03T00:00+01:00", "2026-01-03T02:00+01:00", "2026-01-09T22:00+01:00"];
    assert_eq!(next(&spec, "2026-01-01T00:00", 4), expected);
    spec.ending = Some(Bound::Date(day("2026-01-02")));
    assert_eq!(next(&spec, "2026-01-01T00:00", 9).len(), 3);
}

#[test]
fn a_window_over_a_change_counts_real_time() {
    let window = Some(Window { from: HOUR, to: 4 * HOUR });
    let spec = spec(Form::Every { period: HOUR, window, days: Weekdays::ALL }, "Europe/Berlin");
    let expected =
        ["2026-03-29T01:00+01:00", "2026-03-29T03:00+02:00", "2026-03-29T04:00+02:00", "2026-03-30T01:00+02:00"];
    assert_eq!(next(&spec, "2026-03-29T00:00", 4), expected);
}

#[test]
fn weekdays_of_every_go_by_the_nominal_date() {
    let form = Form::Every { period: 12 * HOUR, window: None, days: Weekdays::WORKING };
    // 2026-01-03 is a Saturday; the grid of UTC shows as 01:00 and 13:00.
    let expected = ["2026-01-02T13:00+01:00", "2026-01-05T01:00+01:00"];
    assert_eq!(next(&spec(form, "Europe/Berlin"), "2026-01-02T02:00", 2), expected);
}

#[test]
fn except_starting_and_ending_go_by_the_nominal_date_and_include_the_last() {
    let mut apia = spec(daily(9 * HOUR), "Pacific/Apia");
    apia.except = vec![day("2011-12-30")];
    assert_eq!(next(&apia, "2011-12-29T00:00", 2), ["2011-12-29T09:00-10:00", "2011-12-31T09:00+14:00"]);
    let mut berlin = spec(daily(9 * HOUR), "Europe/Berlin");
    berlin.starting = Some(Bound::Date(day("2026-05-01")));
    berlin.ending = Some(Bound::Date(day("2026-05-02")));
    assert_eq!(next(&berlin, "2026-01-01T00:00", 9), ["2026-05-01T09:00+02:00", "2026-05-02T09:00+02:00"]);
    berlin.starting = Some(Bound::Instant(instant("2026-05-01T07:00:01Z")));
    berlin.ending = Some(Bound::Instant(instant("2026-05-03T07:00:00Z")));
    assert_eq!(next(&berlin, "2026-01-01T00:00", 9), ["2026-05-02T09:00+02:00", "2026-05-03T09:00+02:00"]);
}

#[test]
fn a_day_that_a_month_lacks_is_skipped() {
    let form = Form::Monthly { days: vec![MonthDay::Day(31)], times: vec![0] };
    assert_eq!(next(&spec(form, ""), "2026-02-01T00:00", 2), ["2026-03-31T00:00+00:00", "2026-05-31T00:00+00:00"]);
    let form = Form::Monthly { days: vec![MonthDay::Last], times: vec![0] };
    assert_eq!(next(&spec(form, ""), "2028-02-01T00:00", 1), ["2028-02-29T00:00+00:00"]);
}

#[test]
fn a_leap_day_comes_after_eight_years_around_2100() {
    let form = Form::Yearly { dates: vec![(2, 29)], times: vec![0] };
    assert_eq!(next(&spec(form, ""), "2096-03-01T00:00", 1), ["2104-02-29T00:00+00:00"]);
}

#[test]
fn in_cron_two_restricted_day_fields_are_either_or() {
    let either = spec(cron("0 0 13 * FRI"), "");
    assert_eq!(
        next(&either, "2026-03-07T00:00", 3),
        ["2026-03-13T00:00+00:00", "2026-03-20T00:00+00:00", "2026-03-27T00:00+00:00"]
    );
    assert_eq!(next(&either, "2026-04-11T00:00", 2), ["2026-04-13T00:00+00:00", "2026-04-17T00:00+00:00"]);
}

#[test]
fn in_cron_a_day_step_counts_as_unrestricted_beside_the_other_day_field() {
    // Odd days that are Mondays, not odd days and Mondays.
    let both = spec(cron("0 0 */2 * MON"), "");
    assert_eq!(next(&both, "2026-01-01T00:00", 2), ["2026-01-05T00:00+00:00", "2026-01-19T00:00+00:00"]);
}

#[test]
fn in_cron_nearest_working_day_stays_in_its_month() {
    let near = |text: &str, from: &str| next(&spec(cron(text), ""), from, 1).remove(0);
    assert_eq!(near("0 0 15W * *", "2026-08-01T00:00"), "2026-08-14T00:00+00:00"); // the 15th is a Saturday
    assert_eq!(near("0 0 15W * *", "2026-11-01T00:00"), "2026-11-16T00:00+00:00"); // a Sunday
    assert_eq!(near("0 0 1W * *", "2026-08-01T00:00"), "2026-08-03T00:00+00:00"); // a Saturday, and July is over
    assert_eq!(near("0 0 31W * *", "2026-05-01T00:00"), "2026-05-29T00:00+00:00"); // a Sunday, June is not May
    assert_eq!(near("0 0 31W * *", "2026-06-01T00:00"), "2026-07-31T00:00+00:00"); // June has no 31st
    assert_eq!(near("0 0 LW * *", "2026-05-01T00:00"), "2026-05-29T00:00+00:00");
}

#[test]
fn cron_reads_names_hashes_last_days_questions_and_wrapped_ranges() {
    let near = |text: &str, from: &str| next(&spec(cron(text), ""), from, 1).remove(0);
    assert_eq!(near("0 9 ? * FRI#2", "2026-01-01T00:00"), "2026-01-09T09:00+00:00");
    assert_eq!(near("0 9 ? * FRIL", "2026-01-01T00:00"), "2026-01-30T09:00+00:00");
    assert_eq!(near("0 9 ? * 5L", "2026-01-01T00:00"), "2026-01-30T09:00+00:00");
    assert_eq!(near("0 9 L-2 feb *", "2026-01-01T00:00"), "2026-02-26T09:00+00:00");
    assert_eq!(near("0 9 * nov-jan 7", "2026-02-01T00:00"), "2026-11-01T09:00+00:00");
    assert_eq!(near("*/15 30 9 1 1 *", "2026-01-01T09:30"), "2026-01-01T09:30+00:00");
    assert_eq!(near("@daily", "2026-01-01T00:01"), "2026-01-02T00:00+00:00");
    assert_eq!(near("@weekly", "2026-01-01T00:00"), "2026-01-04T00:00+00:00");
    assert_eq!(near("@Yearly", "2026-01-01T00:01"), "2027-01-01T00:00+00:00");
}

#[test]
fn a_wrong_cron_field_is_named_with_its_reason() {
    let wrong = |text: &str| error(cron(text)).to_string();
    let found = error(cron("61 * * * *"));
    assert!(matches!(found, ScheduleError::Cron { field: CronField::Minute, .. }));
    assert_eq!(found.to_string(), "the minute of the cron expression is `61`: a number from 0 to 59 is expected");
    assert_eq!(
        wrong("0 0 * * FRY"),
        "the day of the week of the cron expression is `FRY`: a number from 0 to 7 or a name from SUN to SAT is \
         expected"
    );
    assert_eq!(wrong("0 0 * *"), "a cron expression has 5 fields, or 6 with the seconds first, found 4");
    assert_eq!(wrong(""), "a cron expression has 5 fields, or 6 with the seconds first, found 0");
    assert_eq!(
        wrong("0 0 * * FRI#L"),
        "the day of the week of the cron expression is `FRI#L`: the last one of a month is written `FRIL`"
    );
    for text in [
        "*/0 * * * *",
        "*/90 * * * *",
        "? * * * *",
        "1,,2 * * * *",
        "1- * * * *",
        "-1 * * * *",
        "0 0 0 * *",
        "0 0 32 * *",
        "0 0 L-31 * *",
        "0 0 W * *",
        "0 0 * 13 *",
        "0 0 * * 8",
        "0 0 * * L",
        "0 0 * * 1#6",
        "0 0 * * 1#0",
        "@reboot",
        "0 0 * * * * *",
        "+5 * * * *",
        "0 0 1 jan\u{fc} *",
        "99999999999 * * * *",
    ] {
        assert!(Rule::new(&spec(cron(text), "")).is_err(), "`{text}` was read");
    }
}

#[test]
fn a_rule_that_no_calendar_meets_is_an_error() {
    let never = |form| matches!(error(form), ScheduleError::Never { .. });
    assert!(never(Form::Yearly { dates: vec![(2, 31)], times: vec![0] }));
    assert!(never(cron("0 0 31 2 *")));
    assert!(never(cron("0 0 30W 2 *")));
    assert!(never(cron("* * 31 4,6 *")));
    assert!(!never_comes(cron("0 0 29 2 *")));
    let weekly = Form::Every { period: 7 * DAY, window: None, days: Weekdays(1) };
    assert!(matches!(Rule::new(&spec(weekly, "")), Err(ScheduleError::Never { .. })));
}

fn never_comes(form: Form) -> bool {
    Rule::new(&spec(form, "")).is_err()
}

#[test]
fn wrong_parts_are_refused() {
    let unknown = Rule::new(&spec(daily(0), "Europe/Belrin")).unwrap_err();
    assert_eq!(unknown.to_string(), "there is no time zone `Europe/Belrin`; is `Europe/Berlin` meant?");
    assert_eq!(error(every(0)), ScheduleError::Period);
    assert_eq!(error(every(-5)), ScheduleError::Period);
    assert_eq!(error(Form::Weekly { days: Weekdays(0), times: vec![0] }), ScheduleError::NoDays);
    assert_eq!(error(Form::Weekly { days: Weekdays::ALL, times: vec![] }), ScheduleError::NoTimes);
    assert_eq!(error(daily(DAY)), ScheduleError::Time(DAY));
    assert_eq!(error(Form::Monthly { days: vec![], times: vec![0] }), ScheduleError::NoDays);
    for day in [MonthDay::Day(0), MonthDay::Day(32), MonthDay::Nth(5, 0), MonthDay::LastWeekday(7)] {
        assert!(matches!(error(Form::Monthly { days: vec![day], times: vec![0] }), ScheduleError::MonthDay(_)));
    }
    for date in [(0, 1), (13, 1), (1, 0)] {
        assert!(matches!(error(Form::Yearly { dates: vec![date], times: vec![0] }), ScheduleError::MonthDay(_)));
    }
}

#[test]
fn next_gives_instants_at_or_after_its_start() {
    let rule = Rule::new(&spec(Form::At(1_000), "")).unwrap();
    assert_eq!((rule.next(1_000), rule.next(1_001)), (Some(1_000), None));
    assert_eq!((rule.previous(1_000), rule.previous(1_001)), (None, Some(1_000)));
}

#[test]
fn a_search_ends_at_the_ends_of_time() {
    for form in [every(1), every(i64::MAX), daily(0), cron("* * * * *"), cron("0 0 29 2 *"), Form::At(i64::MAX)] {
        let rule = Rule::new(&spec(form, "Europe/Berlin")).unwrap();
        for from in [i64::MIN, -1, 0, i64::MAX - 1, i64::MAX] {
            let _ = (rule.next(from), rule.previous(from), rule.local(from));
        }
    }
    let mut over = spec(cron("* * * * *"), "Europe/Berlin");
    over.ending = Some(Bound::Date(0));
    over.starting = Some(Bound::Date(10));
    assert_eq!(Rule::new(&over).unwrap().next(0), None);
    assert_eq!(Rule::new(&over).unwrap().previous(DAY * 365), None);
}

#[test]
fn what_changes_of_the_clock_do_is_told() {
    let (from, to) = (instant("2026-01-01T00:00Z"), instant("2027-01-01T00:00Z"));
    let told = |form, zone| {
        let changes = Rule::new(&spec(form, zone)).unwrap().clock_changes(from, to);
        let told = changes.into_iter().map(|change| match change.effect {
            ClockEffect::Moved(wall) => format!("{wall} moved"),
            ClockEffect::First(wall) => format!("{wall} first"),
            ClockEffect::Repeated(fires) => format!("{fires} more"),
            ClockEffect::LeftOut(fires) => format!("{fires} less"),
        });
        told.collect::<Vec<_>>()
    };
    let berlin = |form| told(form, "Europe/Berlin");
    assert_eq!(berlin(daily(150 * MINUTE)), ["2026-03-29T02:30:00 moved", "2026-10-25T02:30:00 first"]);
    assert_eq!(berlin(daily(120 * MINUTE)), ["2026-03-29T02:00:00 moved", "2026-10-25T02:00:00 first"]);
    assert!(berlin(daily(180 * MINUTE)).is_empty());
    assert_eq!(berlin(cron("*/5 2 * * *")), ["12 less", "12 more"]);
    assert_eq!(berlin(cron("5 2 29 * *")), ["2026-03-29T02:05:00 moved"]);
    assert!(berlin(cron("*/5 3 * * *")).is_empty() && berlin(every(HOUR)).is_empty());
    assert!(told(daily(150 * MINUTE), "UTC").is_empty());
    let apia = Rule::new(&spec(daily(HOUR), "Pacific/Apia")).unwrap();
    let changes = apia.clock_changes(instant("2011-12-01T00:00Z"), from);
    assert_eq!(changes[0].effect, ClockEffect::Moved("2011-12-30T01:00".parse().unwrap()));
}
