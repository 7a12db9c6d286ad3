//! Lints over the due times of a schedule: those that its zone leaves out, those that are over, those that come too fast.

use crate::heads::Head;
use crate::ir::Task;
use bytecode::TaskSchedule;
use diagnostics::{Code, Diagnostic, Place};
use schedule::{Catchup, ClockChange, ClockEffect, Rule};
use std::collections::BTreeMap;

const DAY: i64 = 86_400_000_000;

/// How far ahead times are looked for that do not exist: a year, for the clock changes once in it.
const AHEAD: i64 = 366 * DAY;

/// How many due times tell how fast a schedule is.
const FIRES: usize = 32;

/// From so many runs on, a catch-up is a flood.
const FLOOD: usize = 100;

/// How long a runtime may be down in the worst case that is thought of.
const DOWN: i64 = 7 * DAY;

/// How many dates are named.
const DATES: usize = 3;

pub(super) fn check(task: &Task, head: &Head, now: Option<i64>, found: &mut Vec<Diagnostic>) {
    for (schedule, span) in task.schedules.iter().zip(&head.schedules) {
        let Ok(rule) = Rule::new(&schedule.spec) else { continue };
        let place = span.in_file(head.file);
        found.extend(faster_than_timeout(task, head, &rule, now, place));
        found.extend(flood(schedule, &rule, now, place));
        if let Some(now) = now {
            found.extend(over(&rule, now, place));
            found.extend(gaps(&rule, now, place));
        }
    }
}

fn faster_than_timeout(task: &Task, head: &Head, rule: &Rule, now: Option<i64>, place: Place) -> Option<Diagnostic> {
    let timeout = task.timeout?;
    let fires: Vec<i64> = rule.iter(now.unwrap_or(0)).take(FIRES).collect();
    let shortest = fires.windows(2).filter_map(|pair| Some(pair.last()? - pair.first()?)).min()?;
    if shortest >= timeout {
        return None;
    }
    let message = "the schedule fires again while a run may still go on";
    let diagnostic = Diagnostic::new(Code::FasterThanTimeout, place, message).label("fires so often");
    let diagnostic = diagnostic.also(head.timeout?.in_file(head.file), "a run may take so long");
    Some(diagnostic.help("fire less often, or make the timeout shorter"))
}

fn flood(schedule: &TaskSchedule, rule: &Rule, now: Option<i64>, place: Place) -> Option<Diagnostic> {
    let limit = match schedule.spec.catchup {
        Catchup::All { limit } => limit as usize,
        Catchup::None | Catchup::Latest => return None,
    };
    let from = now.unwrap_or(0);
    let runs = rule.iter(from).take_while(|due| *due < from.saturating_add(DOWN)).take(limit).count();
    if runs < FLOOD {
        return None;
    }
    let message = format!("after a week in which nothing ran, this schedule makes up for {runs} times");
    let help = "`catchup latest` runs once for all of them; or lower the limit";
    Some(Diagnostic::new(Code::CatchupFlood, place, message).help(help))
}

fn over(rule: &Rule, now: i64, place: Place) -> Option<Diagnostic> {
    if rule.next(now).is_some() {
        return None;
    }
    let message = match rule.previous(now) {
        Some(last) => format!("the schedule is over: it was last due on {}", rule.local(last).strftime("%F at %H:%M")),
        None => "the schedule is over".to_owned(),
    };
    Some(Diagnostic::new(Code::PastSchedule, place, message).help("give it a later time, or take it out"))
}

/// Tells the times that do not exist, by the dates on which they do not.
fn gaps(rule: &Rule, now: i64, place: Place) -> Option<Diagnostic> {
    let mut dates: BTreeMap<String, Vec<ClockChange>> = BTreeMap::new();
    for change in rule.clock_changes(now, now.saturating_add(AHEAD)) {
        if let ClockEffect::Moved(wall) = &change.effect {
            dates.entry(wall.date().to_string()).or_default().push(change);
        }
    }
    let (first, changes) = dates.first_key_value()?;
    let times = changes.iter().filter_map(|change| match &change.effect {
        ClockEffect::Moved(wall) => Some(wall.strftime("%H:%M").to_string()),
        ClockEffect::First(_) | ClockEffect::Repeated(_) | ClockEffect::LeftOut(_) => None,
    });
    let times = times.take(DATES).collect::<Vec<_>>().join(", ");
    let zone = rule.zone().iana_name().unwrap_or("its zone");
    let due = rule.local(changes.first()?.at).strftime("%H:%M");
    let message = format!("{times} does not exist in {zone} on {first}: due at {due} then");
    let diagnostic = Diagnostic::new(Code::ClockGap, place, message);
    let others: Vec<&str> = dates.keys().skip(1).take(DATES).map(String::as_str).collect();
    Some(match others.as_slice() {
        [] => diagnostic,
        others => diagnostic.help(format!("neither on {}", others.join(", "))),
    })
}
