//! Schedules that do not say what their author may think they say. What lies in their due times is in `due`.

use crate::heads::{Head, needs_zone};
use crate::ir::{Expr, ExprKind, FunctionKind, Program, Task};
use crate::walk::parts;
use bytecode::TaskSchedule;
use diagnostics::{Code, Diagnostic, Place};
use schedule::{Catchup, Form, MonthDay};

/// How many functions deep a reading of the clock is looked for.
const DEEPEST: u32 = 3;

pub(super) fn check(program: &Program, task: &Task, head: &Head, found: &mut Vec<Diagnostic>) {
    for (schedule, span) in task.schedules.iter().zip(&head.schedules) {
        let place = span.in_file(head.file);
        found.extend(no_zone(schedule, place));
        found.extend(skipped_months(schedule, place));
        clock_in_defaults(program, task, schedule, place, found);
    }
}

fn no_zone(schedule: &TaskSchedule, place: Place) -> Option<Diagnostic> {
    if schedule.spec.zone.is_some() || !needs_zone(&schedule.spec.form) {
        return None;
    }
    let message = "the schedule names no time zone, so its times are read in UTC";
    let help = "name the zone that is meant: `in \"Europe/Berlin\"`, or `in \"UTC\"`";
    Some(Diagnostic::new(Code::NoZone, place, message).help(help))
}

fn skipped_months(schedule: &TaskSchedule, place: Place) -> Option<Diagnostic> {
    let Form::Monthly { days, .. } = &schedule.spec.form else { return None };
    if days.contains(&MonthDay::Last) {
        return None;
    }
    let rare = days.iter().find_map(|day| match day {
        MonthDay::Day(day @ 29..=31) => Some(*day),
        MonthDay::Day(_) | MonthDay::Last | MonthDay::Nth(..) | MonthDay::LastWeekday(_) => None,
    })?;
    let which = if rare == 31 { "months without a 31st" } else { "some Februaries" };
    let which = if rare == 30 { "every February" } else { which };
    let message = format!("the schedule asks for day {rare}, and skips {which}");
    Some(Diagnostic::new(Code::SkippedMonths, place, message).help("write `last day` if the end of the month is meant"))
}

fn clock_in_defaults(
    program: &Program,
    task: &Task,
    schedule: &TaskSchedule,
    place: Place,
    found: &mut Vec<Diagnostic>,
) {
    match schedule.spec.catchup {
        Catchup::All { .. } => {}
        Catchup::None | Catchup::Latest => return,
    }
    for parameter in &task.parameters {
        let given = schedule.arguments.iter().any(|(name, _)| *name == parameter.name);
        let Some(default) = parameter.default.as_ref().filter(|_| !given) else { continue };
        if reads_clock(program, default, DEEPEST) {
            let message = format!(
                "the default of `{}` reads the clock, which for a time that is made up for is not the due time",
                parameter.name
            );
            found.push(
                Diagnostic::new(Code::ClockInDefault, default.span.in_file(task.body.file), message)
                    .label("the time of the start")
                    .also(place, "makes up for all missed times")
                    .help("write `catchup latest`, or give the value with `with (…)`"),
            );
        }
    }
}

fn reads_clock(program: &Program, expr: &Expr, depth: u32) -> bool {
    let called = match &expr.kind {
        ExprKind::Call { function, .. } => program.functions.get(function.0 as usize),
        _ => None,
    };
    let here = called.is_some_and(|function| match &function.kind {
        FunctionKind::Native { .. } => matches!(function.name.as_str(), "clock.now" | "clock.today"),
        FunctionKind::Body(body) => depth > 0 && reads_clock(program, &body.value, depth - 1),
    });
    let mut found = here;
    parts(expr, &mut |part| found = found || reads_clock(program, part, depth));
    found
}
