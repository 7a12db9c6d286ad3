//! Many tasks that start in the same minute, where a little jitter would spread them.

use crate::heads::Head;
use crate::ir::Program;
use diagnostics::{Code, Diagnostic, Place};
use schedule::Rule;
use std::collections::HashMap;

const MINUTE: i64 = 60_000_000;

/// How far ahead is looked.
const AHEAD: i64 = 8 * 86_400_000_000;

/// How many due times of a schedule are looked at: one that has more is there at every hour, whatever others do.
const MOST_FIRES: usize = 200;

/// From so many tasks on, it is a crowd.
const CROWD: usize = 5;

/// How many others are named.
const NAMED: usize = 4;

/// A schedule of a task that nothing spreads.
struct Rigid {
    task: usize,
    rule: Rule,
    place: Place,
}

/// Tells the minute in which the most tasks start.
pub(super) fn check(program: &Program, heads: &[Head], now: Option<i64>, found: &mut Vec<Diagnostic>) {
    let rigid = rigid(program, heads);
    if rigid.len() < CROWD {
        return;
    }
    let from = now.unwrap_or(0);
    let mut minutes: HashMap<i64, Vec<usize>> = HashMap::new();
    for (number, schedule) in rigid.iter().enumerate() {
        let due = schedule.rule.iter(from).take_while(|due| *due < from.saturating_add(AHEAD)).take(MOST_FIRES);
        for minute in due.map(|due| due.div_euclid(MINUTE)) {
            let crowd = minutes.entry(minute).or_default();
            // Those of one task come one after the other.
            if crowd.last().and_then(|last| rigid.get(*last)).is_none_or(|last| last.task != schedule.task) {
                crowd.push(number);
            }
        }
    }
    let largest = minutes.into_iter().max_by_key(|(minute, crowd)| (crowd.len(), std::cmp::Reverse(*minute)));
    let Some((minute, crowd)) = largest.filter(|(_, crowd)| crowd.len() >= CROWD) else { return };
    let mut crowd_of = crowd.iter().filter_map(|number| rigid.get(*number));
    let Some(first) = crowd_of.next() else { return };
    let when = first.rule.local(minute.saturating_mul(MINUTE));
    // The date matters only where it is that of the present.
    let format = if now.is_some() { "%H:%M on %F" } else { "%H:%M" };
    let message = format!("{} tasks start in the same minute, at {}", crowd.len(), when.strftime(format));
    let mut diagnostic = Diagnostic::new(Code::CrowdedMinute, first.place, message);
    for other in crowd_of.take(NAMED) {
        diagnostic = diagnostic.also(other.place, "so does this one");
    }
    found.push(diagnostic.help("`jitter 5m` behind a schedule spreads them, each task by the same delay every time"));
}

fn rigid(program: &Program, heads: &[Head]) -> Vec<Rigid> {
    let mut rigid = Vec::new();
    for (task, (written, head)) in program.tasks.iter().zip(heads).enumerate() {
        let schedules = written.schedules.iter().zip(&head.schedules);
        for (schedule, span) in schedules.filter(|(schedule, _)| schedule.spec.jitter.is_none()) {
            if let Ok(rule) = Rule::new(&schedule.spec) {
                rigid.push(Rigid { task, rule, place: span.in_file(head.file) });
            }
        }
    }
    rigid
}
