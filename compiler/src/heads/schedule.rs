//! A written schedule as the data that the runtime fires by.

use super::{Scope, arguments, operand, rule, words};
use crate::constant::Constant;
use crate::ir::Type;
use bytecode::TaskSchedule;
use diagnostics::{Code, Diagnostic};
use grammar::tree::{self, ScheduleKind};
use schedule::{Bound, Catchup, Form, MOST_CAUGHT_UP, MonthDay, Spec, Weekdays, Window};

/// Checks a schedule; `None` where something about it was told.
pub(super) fn check<'t>(
    scope: &mut dyn Scope<'t>,
    task: usize,
    tree: &'t tree::Task,
    written: &'t tree::Schedule,
) -> Option<TaskSchedule> {
    // Everything is looked at before anything is given up, so that all of it is told at once.
    let form = form(scope, &written.kind);
    let jitter = optional(written.jitter.as_ref(), |expr| operand::length(scope, expr));
    let except = except(scope, &written.except);
    let bounds = bounds(scope, written);
    let catchup = written.catchup.as_ref().map_or(Some(Catchup::default()), |catchup| self::catchup(scope, catchup));
    let arguments = arguments::check(scope, task, tree, written);
    let (starting, ending) = bounds?;
    let zone = written.zone.as_ref().map(|zone| zone.text.clone());
    let spec = Spec { form: form?, zone, jitter: jitter?, except: except?, starting, ending, catchup: catchup? };
    rule::check(scope, &spec, written)?;
    Some(TaskSchedule { spec, arguments: arguments? })
}

/// What is missing is fine; what is there must be right.
fn optional<E, T>(written: Option<E>, read: impl FnOnce(E) -> Option<T>) -> Option<Option<T>> {
    match written {
        None => Some(None),
        Some(written) => read(written).map(Some),
    }
}

fn form<'t>(scope: &mut dyn Scope<'t>, kind: &'t ScheduleKind) -> Option<Form> {
    match kind {
        ScheduleKind::Every { period, window, days } => {
            let period = operand::length(scope, period);
            let window = optional(window.as_ref(), |(from, to)| {
                let (from, to) = (operand::time(scope, from), operand::time(scope, to));
                Some(Window { from: from?, to: to? })
            });
            let days = words::days(scope, days);
            Some(Form::Every { period: period?, window: window?, days: days? })
        }
        ScheduleKind::Daily { times, days } | ScheduleKind::Weekly { days, times } => {
            let days = words::days(scope, days);
            let times = operand::times(scope, times);
            Some(Form::Weekly { days: days?, times: times? })
        }
        ScheduleKind::Monthly { days, times } => {
            let days: Vec<Option<MonthDay>> = days.iter().map(|day| month_day(scope, day)).collect();
            let times = operand::times(scope, times);
            Some(Form::Monthly { days: days.into_iter().collect::<Option<_>>()?, times: times? })
        }
        ScheduleKind::Yearly { dates, times } => {
            let dates: Vec<Option<(u8, u8)>> = dates
                .iter()
                .map(|(day, month)| {
                    let day = operand::number(scope, day, 1..=31, "a day of a month");
                    let month = words::month(scope, month);
                    Some((month?, day? as u8))
                })
                .collect();
            let times = operand::times(scope, times);
            Some(Form::Yearly { dates: dates.into_iter().collect::<Option<_>>()?, times: times? })
        }
        ScheduleKind::Cron(text) => Some(Form::Cron(text.text.clone())),
        ScheduleKind::At(instant) => match operand::constant(scope, instant, Some(Type::DATETIME))? {
            Constant::DateTime(at, _) => Some(Form::At(at)),
            _ => None,
        },
    }
}

fn month_day<'t>(scope: &mut dyn Scope<'t>, day: &'t tree::MonthDay) -> Option<MonthDay> {
    match day {
        tree::MonthDay::Number(day) => {
            operand::number(scope, day, 1..=31, "a day of a month").map(|day| MonthDay::Day(day as u8))
        }
        tree::MonthDay::LastDay(_) => Some(MonthDay::Last),
        tree::MonthDay::Weekday { nth, day } => {
            const NTH: &[&str] = &["first", "second", "third", "fourth", "last"];
            let nth = words::one_of(scope, nth, NTH, "which of the month's weekdays is meant");
            let day = words::weekday(scope, day)?;
            Some(match nth? {
                4 => MonthDay::LastWeekday(day),
                before => MonthDay::Nth(before as u8 + 1, day),
            })
        }
    }
}

fn except<'t>(scope: &mut dyn Scope<'t>, calendars: &'t [tree::Path]) -> Option<Vec<i32>> {
    let mut all = Some(Vec::new());
    for path in calendars {
        let days = scope.calendar(path);
        all = all.zip(days).map(|(mut all, days)| {
            all.extend_from_slice(&days);
            all
        });
    }
    let mut all = all?;
    all.sort_unstable();
    all.dedup();
    Some(all)
}

fn bounds<'t>(scope: &mut dyn Scope<'t>, written: &'t tree::Schedule) -> Option<(Option<Bound>, Option<Bound>)> {
    let starting = optional(written.starting.as_ref(), |expr| operand::bound(scope, expr));
    let ending = optional(written.ending.as_ref(), |expr| operand::bound(scope, expr));
    let (starting, ending) = (starting?, ending?);
    let ends_first = match (starting, ending) {
        (Some(Bound::Date(first)), Some(Bound::Date(last))) => first > last,
        (Some(Bound::Instant(first)), Some(Bound::Instant(last))) => first > last,
        _ => false,
    };
    if let (true, Some(first), Some(last)) = (ends_first, &written.starting, &written.ending) {
        let file = scope.file();
        let message = "the schedule ends before it starts, so it is never due";
        let diagnostic = Diagnostic::new(Code::NeverDue, last.span.in_file(file), message);
        scope.report(diagnostic.label("ends here").also(first.span.in_file(file), "starts here"));
        return None;
    }
    Some((starting, ending))
}

fn catchup<'t>(scope: &mut dyn Scope<'t>, written: &'t tree::Catchup) -> Option<Catchup> {
    const MODES: &[&str] = &["none", "latest", "all"];
    let mode = words::one_of(scope, &written.mode, MODES, "a way to catch up")?;
    match (mode, &written.limit) {
        (2, Some(limit)) => operand::number(scope, limit, 1..=MOST_CAUGHT_UP.into(), "the limit of `catchup all`")
            .map(|limit| Catchup::All { limit: limit as u32 }),
        (2, None) => {
            let message = "`catchup all` without a limit: after a long pause it would start a flood of runs";
            let diagnostic = Diagnostic::new(Code::OperandBounds, written.mode.span.in_file(scope.file()), message);
            scope.report(diagnostic.help("say how many are made up for: `catchup all limit 24`"));
            None
        }
        (_, Some(limit)) => {
            let message = format!("`limit` belongs to `catchup all`, not to `catchup {}`", written.mode.text);
            operand::out_of_bounds(scope, limit.span, &message);
            None
        }
        (0, None) => Some(Catchup::None),
        (_, None) => Some(Catchup::Latest),
    }
}

/// Says whether a schedule goes by the clock on the wall, so that its zone matters.
pub(crate) fn needs_zone(form: &Form) -> bool {
    match form {
        Form::Every { window, days, .. } => window.is_some() || *days != Weekdays::ALL,
        Form::Weekly { .. } | Form::Monthly { .. } | Form::Yearly { .. } | Form::Cron(_) => true,
        Form::At(_) => false,
    }
}
