#![allow(clippy::unwrap_used)]

use super::{CalendarFault, calendar_days};
use crate::wall::date_of;

fn calendar(events: &str) -> String {
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}\r\nEND:VCALENDAR\r\n")
}

fn event(lines: &str) -> String {
    calendar(&format!("BEGIN:VEVENT\r\nSUMMARY:a: b\r\n{lines}\r\nEND:VEVENT"))
}

/// Gives the first days of an event, as dates.
fn days(lines: &str, count: usize) -> Vec<String> {
    let days = calendar_days(&event(lines)).unwrap();
    days.into_iter().take(count).map(|day| date_of(day).to_string()).collect()
}

fn fault(text: &str) -> (u32, String) {
    let CalendarFault { line, reason } = calendar_days(text).unwrap_err().into_iter().next().unwrap();
    (line, reason)
}

#[test]
fn an_event_is_on_the_days_that_it_touches() {
    assert_eq!(days("DTSTART;VALUE=DATE:20261225", 9), ["2026-12-25"]);
    assert_eq!(days("DTSTART;VALUE=DATE:20261225\nDTEND;VALUE=DATE:20261227", 9), ["2026-12-25", "2026-12-26"]);
    assert_eq!(days("DTSTART:20261225T220000Z\nDTEND:20261226T020000Z", 9), ["2026-12-25", "2026-12-26"]);
    assert_eq!(days("DTSTART:20261225T220000\nDTEND:20261226T000000", 9), ["2026-12-25"]);
    assert_eq!(days("DTSTART;VALUE=DATE:20261225\nDURATION:P2D", 9), ["2026-12-25", "2026-12-26"]);
    assert_eq!(days("DTSTART:20261225T220000\nDURATION:PT2H", 9), ["2026-12-25"]);
    assert_eq!(days("DTSTART;TZID=\"a:b\":20261225T080000", 9), ["2026-12-25"]);
    assert_eq!(days("DTSTART;VALUE=DATE:2026\n 1225", 9), ["2026-12-25"]);
    assert!(days("DTSTART;VALUE=DATE:20261225\nSTATUS:CANCELLED", 9).is_empty());
}

#[test]
fn an_event_repeats_once_a_year() {
    let christmas = days("DTSTART;VALUE=DATE:20241225\nRRULE:FREQ=YEARLY", 2);
    assert_eq!(christmas, ["2024-12-25", "2025-12-25"]);
    let thanksgiving = days("DTSTART;VALUE=DATE:20251127\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH", 2);
    assert_eq!(thanksgiving, ["2025-11-27", "2026-11-26"]);
    let last_monday = days("DTSTART;VALUE=DATE:20260525\nRRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO;COUNT=2", 9);
    assert_eq!(last_monday, ["2026-05-25", "2027-05-31"]);
    let before_the_25th =
        days("DTSTART;VALUE=DATE:20260518\nRRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=MO;BYMONTHDAY=18,19,20,21,22,23,24", 2);
    assert_eq!(before_the_25th, ["2026-05-18", "2027-05-24"]);
    let leap_days = days("DTSTART;VALUE=DATE:20240229\nRRULE:FREQ=YEARLY;UNTIL=20330101T000000Z", 9);
    assert_eq!(leap_days, ["2024-02-29", "2028-02-29", "2032-02-29"]);
    let without = days("DTSTART;VALUE=DATE:20240101\nRRULE:FREQ=YEARLY;INTERVAL=2;COUNT=3\nEXDATE:20260101", 9);
    assert_eq!(without, ["2024-01-01", "2028-01-01"]);
    let others = days("DTSTART;VALUE=DATE:20240101\nRDATE;VALUE=DATE:20240105,20240109", 9);
    assert_eq!(others, ["2024-01-01", "2024-01-05", "2024-01-09"]);
}

#[test]
fn other_components_have_no_days() {
    let zone =
        "BEGIN:VTIMEZONE\nBEGIN:STANDARD\nDTSTART:19701025T030000\nRRULE:FREQ=WEEKLY\nEND:STANDARD\nEND:VTIMEZONE";
    assert_eq!(calendar_days(&calendar(zone)), Ok(Vec::new()));
    let alarm = "DTSTART;VALUE=DATE:20261225\nBEGIN:VALARM\nDURATION:wrong\nEND:VALARM";
    assert_eq!(days(alarm, 9), ["2026-12-25"]);
}

#[test]
fn faults_name_their_line() {
    assert_eq!(fault(&event("DTSTART:someday")), (5, "found `someday`, expected a date like `20261225`".into()));
    assert_eq!(fault(&event("DTSTART:20260230")).0, 5);
    assert_eq!(fault(&event("LOCATION:here")).0, 3);
    let weekly = event("DTSTART:20260101\nRRULE:FREQ=WEEKLY");
    assert_eq!(fault(&weekly), (6, "an event of a calendar repeats `FREQ=YEARLY`, found `FREQ=WEEKLY`".into()));
    assert_eq!(fault(&event("DTSTART:20260105\nDTEND:20260101")), (6, "the event ends before it begins".into()));
    assert_eq!(fault(&event("DTSTART:20260105\nDTEND:20360101")).0, 6);
    assert_eq!(fault("hello\nthere"), (1, "expected `BEGIN:VCALENDAR`, with which a calendar begins".into()));
    assert_eq!(fault(""), (1, "the file has no lines of a calendar".into()));
    assert_eq!(fault("BEGIN:VCALENDAR\nBEGIN:VEVENT"), (2, "`BEGIN:VEVENT` has no `END:VEVENT`".into()));
    assert_eq!(fault("BEGIN:VCALENDAR\nEND:VEVENT").0, 2);
}

#[test]
fn a_file_has_a_limit() {
    let one = "BEGIN:VEVENT\nDTSTART:20000101\nDTEND:20001231\nRRULE:FREQ=YEARLY\nEND:VEVENT\n";
    assert!(fault(&calendar(&one.repeat(3))).1.contains("more than 50000 days"));
}

#[test]
fn broken_bytes_are_faults() {
    for text in ["DTSTART:2026é225", "DTSTART:P", "DURATION:Pé", "DURATION:P99999999999999999999D", "RRULE:é;BYDAY=é"]
    {
        assert!(calendar_days(&event(text)).is_err(), "{text}");
    }
}
