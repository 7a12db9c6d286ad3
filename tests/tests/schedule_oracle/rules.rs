//! The rules that are compared: each as the schedule engine takes it, and again as a condition on the clock's face.

use crate::clock::{Face, MINUTE};
use schedule::{Form, MonthDay, Weekdays, Window};

/// When a rule is due, told by what the clock on the wall shows.
pub enum Due {
    /// Once for each such minute, when the clock first shows it or has gone past it.
    Once { named: fn(&Face) -> bool, seconds: Vec<i64> },
    /// Whenever the clock shows such a minute.
    Shown { named: fn(&Face) -> bool, seconds: Vec<i64> },
    /// Every so many minutes of real time, on some days.
    Grid { period: i64, days: fn(&Face) -> bool },
    /// Every so many minutes from when the clock first shows a time of some days, until it shows one that is so much later.
    Window { from: i64, length: i64, period: i64, days: fn(&Face) -> bool },
}

/// What the second reader of cron, croner, makes of a rule.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Croner {
    /// It reads it in the same way.
    Same,
    /// It moves a time out of a gap only within its day.
    SameWithinDay,
    /// It is no cron, or has another meaning there: lists of fixed times repeat, and a step of days restricts.
    Other,
}

pub struct Case {
    pub name: String,
    pub form: Form,
    pub due: Due,
    pub croner: Croner,
}

fn at(hour: i64, minute: i64) -> i64 {
    (hour * 60 + minute) * MINUTE
}

fn once(name: &str, form: Form, named: fn(&Face) -> bool) -> Case {
    Case { name: name.to_owned(), form, due: Due::Once { named, seconds: vec![0] }, croner: Croner::Other }
}

/// Cron at fixed times.
fn fixed(text: &str, croner: Croner, named: fn(&Face) -> bool) -> Case {
    Case { croner, ..once(text, Form::Cron(text.to_owned()), named) }
}

/// Cron with a `*` or a step in its minute or hour.
fn shown(text: &str, croner: Croner, named: fn(&Face) -> bool) -> Case {
    Case { due: Due::Shown { named, seconds: vec![0] }, ..fixed(text, croner, named) }
}

fn with_seconds(case: Case, wanted: &[i64]) -> Case {
    let seconds = wanted.to_vec();
    let due = match case.due {
        Due::Once { named, .. } => Due::Once { named, seconds },
        Due::Shown { named, .. } => Due::Shown { named, seconds },
        due @ (Due::Grid { .. } | Due::Window { .. }) => due,
    };
    Case { due, ..case }
}

fn grid(minutes: i64, weekdays: Weekdays, days: fn(&Face) -> bool) -> Case {
    let form = Form::Every { period: minutes * MINUTE, window: None, days: weekdays };
    let due = Due::Grid { period: minutes, days };
    Case { name: format!("every {minutes}m on {:07b}", weekdays.0), form, due, croner: Croner::Other }
}

fn window(period: i64, from: i64, to: i64, weekdays: Weekdays, days: fn(&Face) -> bool) -> Case {
    let window = Some(Window { from: from * MINUTE, to: to * MINUTE });
    let form = Form::Every { period: period * MINUTE, window, days: weekdays };
    let due = Due::Window { from, length: (to - from).rem_euclid(1_440), period, days };
    Case { name: format!("every {period}m from minute {from} to {to}"), form, due, croner: Croner::Other }
}

fn working(face: &Face) -> bool {
    (1..=5).contains(&face.weekday)
}

fn weekend(face: &Face) -> bool {
    !working(face)
}

fn is_last(face: &Face) -> bool {
    face.number + 7 > face.last
}

fn is_nth(face: &Face, nth: i8) -> bool {
    (7 * nth - 6..=7 * nth).contains(&face.number)
}

/// Whether it is the working day nearest to a day of its month, found by trying: that day, the one before, the one after,
/// two before, two after.
fn is_nearest(face: &Face, wanted: i8) -> bool {
    let is_working = |number: i8| {
        let weekday = (i32::from(face.weekday) + i32::from(number) - i32::from(face.number)).rem_euclid(7);
        (1..=face.last).contains(&number) && (1..=5).contains(&weekday)
    };
    let nearest = [0, -1, 1, -2, 2].map(|away| wanted + away).into_iter().find(|number| is_working(*number));
    wanted <= face.last && nearest == Some(face.number)
}

/// The forms of the language.
fn forms() -> Vec<Case> {
    let all = Weekdays::ALL;
    let daily = |times: &[i64]| Form::Weekly { days: all, times: times.to_vec() };
    let monthly = |days: &[MonthDay], time| Form::Monthly { days: days.to_vec(), times: vec![time] };
    vec![
        once("daily 02:30", daily(&[at(2, 30)]), |t| t.is(2, 30)),
        once("daily 00:00", daily(&[0]), |t| t.is(0, 0)),
        once("daily 23:59", daily(&[at(23, 59)]), |t| t.is(23, 59)),
        once("daily 03:00 and 01:59", daily(&[at(3, 0), at(1, 59)]), |t| t.is(3, 0) || t.is(1, 59)),
        once("daily at six times", daily(&[30, 65, 119, 120, 179, 180].map(|minute| at(0, minute))), |t| {
            [30, 65, 119, 120, 179, 180].contains(&(t.hour * 60 + t.minute))
        }),
        once("sundays 02:15", Form::Weekly { days: Weekdays(0b100_0000), times: vec![at(2, 15)] }, |t| {
            t.weekday == 0 && t.is(2, 15)
        }),
        once("working days 00:30", Form::Weekly { days: Weekdays::WORKING, times: vec![at(0, 30)] }, |t| {
            working(t) && t.is(0, 30)
        }),
        once("30 and last day", monthly(&[MonthDay::Day(30), MonthDay::Last], at(1, 1)), |t| {
            (t.number == 30 || t.number == t.last) && t.is(1, 1)
        }),
        once("last sunday", monthly(&[MonthDay::LastWeekday(6)], at(2, 0)), |t| {
            t.weekday == 0 && is_last(t) && t.is(2, 0)
        }),
        once("second sunday", monthly(&[MonthDay::Nth(2, 6)], at(2, 0)), |t| {
            t.weekday == 0 && is_nth(t, 2) && t.is(2, 0)
        }),
        once("first friday, third saturday", monthly(&[MonthDay::Nth(1, 4), MonthDay::Nth(3, 5)], at(0, 0)), |t| {
            (t.weekday == 5 && is_nth(t, 1) || t.weekday == 6 && is_nth(t, 3)) && t.is(0, 0)
        }),
        once("yearly", Form::Yearly { dates: vec![(12, 30), (3, 29), (2, 29)], times: vec![at(2, 45)] }, |t| {
            [(12, 30), (3, 29), (2, 29)].contains(&(t.month, t.number)) && t.is(2, 45)
        }),
        grid(7, all, |_| true),
        grid(90, all, |_| true),
        grid(60, Weekdays::WORKING, working),
        grid(1_440, Weekdays(0b100_0001), |t| t.weekday <= 1),
        window(15, 120, 180, all, |_| true),
        window(45, 90, 210, Weekdays(0b110_0000), weekend),
        window(240, 480, 1_080, Weekdays::WORKING, working),
        window(120, 1_320, 120, Weekdays(0b001_0000), |t| t.weekday == 5),
        window(50, 1_410, 60, all, |_| true),
        window(30, 0, 1_439, Weekdays(0b100_0000), |t| t.weekday == 0),
    ]
}

/// Cron at fixed times: once a day, out of gaps, in the first of two passes.
fn fixed_crons() -> Vec<Case> {
    use Croner::{Other, Same, SameWithinDay};
    vec![
        fixed("30 2 * * *", Same, |t| t.is(2, 30)),
        fixed("0 0 * * *", Same, |t| t.is(0, 0)),
        fixed("@daily", Same, |t| t.is(0, 0)),
        fixed("5 1 * * *", Same, |t| t.is(1, 5)),
        fixed("30 2 * * SUN", SameWithinDay, |t| t.is(2, 30) && t.weekday == 0),
        fixed("0 0 L * *", SameWithinDay, |t| t.is(0, 0) && t.number == t.last),
        fixed("15 0 LW * *", SameWithinDay, |t| t.is(0, 15) && is_nearest(t, t.last)),
        fixed("45 2 29W * *", SameWithinDay, |t| t.is(2, 45) && is_nearest(t, 29)),
        fixed("30 1 L-2 * *", Other, |t| t.is(1, 30) && t.number == t.last - 2),
        fixed("30 2 * * SUN#2", SameWithinDay, |t| t.is(2, 30) && t.weekday == 0 && is_nth(t, 2)),
        fixed("0 2 * 3,10 SUNL", SameWithinDay, |t| {
            t.is(2, 0) && [3, 10].contains(&t.month) && t.weekday == 0 && is_last(t)
        }),
        fixed("15 1 28 * SUN", SameWithinDay, |t| t.is(1, 15) && (t.number == 28 || t.weekday == 0)),
        fixed("59 23 ? * FRI-SUN", Other, |t| t.is(23, 59) && [5, 6, 0].contains(&t.weekday)),
        fixed("59 23 * * FRI-MON", Other, |t| t.is(23, 59) && [5, 6, 0, 1].contains(&t.weekday)),
        fixed("0,15,45 0-3 * * *", Other, |t| [0, 15, 45].contains(&t.minute) && t.hour <= 3),
        fixed("15 22-2 * * *", Other, |t| t.minute == 15 && (t.hour >= 22 || t.hour <= 2)),
        fixed("0 3 * OCT-MAR *", Other, |t| t.is(3, 0) && (t.month >= 10 || t.month <= 3)),
        fixed("0 1 */2 * MON", Other, |t| t.is(1, 0) && t.number % 2 == 1 && t.weekday == 1),
        with_seconds(fixed("7,45 30 2 * * *", Other, |t| t.is(2, 30)), &[7, 45]),
    ]
}

/// Cron that goes by the clock: in both passes, nothing out of gaps.
fn shown_crons() -> Vec<Case> {
    use Croner::{Other, Same};
    vec![
        shown("* * * * *", Same, |_| true),
        shown("@hourly", Same, |t| t.minute == 0),
        shown("*/20 * * * *", Same, |t| t.minute % 20 == 0),
        shown("30 * * * *", Same, |t| t.minute == 30),
        shown("*/30 2 * * *", Same, |t| t.hour == 2 && t.minute % 30 == 0),
        shown("0 */2 * * 0,6", Same, |t| t.minute == 0 && t.hour % 2 == 0 && weekend(t)),
        shown("10-50/20 0-3 1-31/2 * SUN,SAT", Same, |t| {
            [10, 30, 50].contains(&t.minute) && t.hour <= 3 && (t.number % 2 == 1 || weekend(t))
        }),
        shown("5/25 23-1/1 * * *", Other, |t| [5, 30, 55].contains(&t.minute) && [23, 0, 1].contains(&t.hour)),
        shown("*/15 1 */3 * SUN,SAT", Other, |t| t.minute % 15 == 0 && t.hour == 1 && t.number % 3 == 1 && weekend(t)),
        with_seconds(shown("*/30 */10 2 * * *", Same, |t| t.minute % 10 == 0 && t.hour == 2), &[0, 30]),
    ]
}

/// All rules.
pub fn cases() -> Vec<Case> {
    forms().into_iter().chain(fixed_crons()).chain(shown_crons()).collect()
}
