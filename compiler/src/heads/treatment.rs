//! Clauses that say how the runs of a task are treated: each becomes a field of [`bytecode::Clauses`].

use super::{Scope, operand, words};
use bytecode::{Alert, AlertCause, Allowed, Cache, Concurrency, Only, Priority, Rate, Retry, WhenFull};
use diagnostics::{Code, Diagnostic};
use grammar::tree::{self, Clause, ClauseKind, Expr, Name, StringText};
use schedule::{Form, Rule, ScheduleError, Spec, Window};

/// More runs, starts and tries than anybody means.
const MOST: i64 = 1_000_000;

/// Checks a clause and keeps what it says in the task. What is wrong is told, and then the clause says nothing.
pub(super) fn check<'t>(scope: &mut dyn Scope<'t>, task: usize, clause: &'t Clause) {
    match &clause.kind {
        ClauseKind::Retry(written) => {
            let made = retry(scope, written);
            clauses(scope, task).retry = made;
        }
        ClauseKind::Concurrency { limit, per, otherwise } => {
            concurrency(scope, task, limit, per.as_ref(), otherwise.as_ref())
        }
        ClauseKind::Rate { count, period, per } => rate(scope, task, (count, period), per.as_ref()),
        ClauseKind::Cache { duration, by } => {
            let keep = operand::length(scope, duration);
            let by = scope.key(task, &by.iter().collect::<Vec<_>>());
            scope.program_mut().tasks[task].keys.cache = by;
            clauses(scope, task).cache = keep.map(|keep| Cache { keep, by: None });
        }
        ClauseKind::Priority(level) => {
            const LEVELS: [Priority; 3] = [Priority::Low, Priority::Normal, Priority::High];
            let level = words::one_of(scope, level, &["low", "normal", "high"], "a priority");
            clauses(scope, task).priority = level.and_then(|at| LEVELS.get(at).copied());
        }
        ClauseKind::Limit(limits) => self::limits(scope, task, limits),
        ClauseKind::Only { from, to, days, zone, otherwise } => {
            let made = only(scope, (from, to), days, zone.as_ref(), otherwise.as_ref());
            clauses(scope, task).only = made;
        }
        ClauseKind::Alert { channel, on } => alert(scope, task, channel, on),
        ClauseKind::Allow(who) => allow(scope, task, who),
        ClauseKind::Ensure { condition, .. } => {
            let text = condition.span.text(scope.source()).trim().to_owned();
            clauses(scope, task).ensure.push(text);
        }
        ClauseKind::Retain(length) => {
            let length = operand::length(scope, length);
            clauses(scope, task).retain = length;
        }
        ClauseKind::Tags(tags) => {
            for tag in tags {
                if filled(scope, tag, "a tag") {
                    clauses(scope, task).tags.push(tag.text.clone());
                }
            }
        }
        ClauseKind::On(_) | ClauseKind::Needs(_) | ClauseKind::Timeout(_) | ClauseKind::Error => {}
    }
}

fn clauses<'s>(scope: &'s mut dyn Scope<'_>, task: usize) -> &'s mut bytecode::Clauses {
    &mut scope.program_mut().tasks[task].clauses
}

fn retry<'t>(scope: &mut dyn Scope<'t>, written: &'t tree::Retry) -> Option<Retry> {
    let more = operand::number(scope, &written.count, 0..=1_000, "the number of further tries");
    let backoff = match &written.backoff {
        None => None,
        Some((first, longest)) => {
            let pauses = (operand::length(scope, first), operand::length(scope, longest));
            let pauses = pauses.0.zip(pauses.1);
            if pauses.is_some_and(|(first, longest)| first > longest) {
                operand::out_of_bounds(
                    scope,
                    first.span.to(longest.span),
                    "the first pause is longer than the longest",
                );
            }
            pauses
        }
    };
    let mut kinds: Vec<String> = Vec::with_capacity(written.on.len());
    for kind in &written.on {
        if scope.error_kind(kind) && !kinds.iter().any(|known| *known == kind.text.as_str()) {
            kinds.push(kind.text.to_string());
        }
    }
    Some(Retry { more: more? as u32, backoff, kinds })
}

fn concurrency<'t>(
    scope: &mut dyn Scope<'t>,
    task: usize,
    limit: &'t Expr,
    per: Option<&'t Expr>,
    otherwise: Option<&'t Name>,
) {
    const WAYS: [WhenFull; 4] = [WhenFull::Queue, WhenFull::Skip, WhenFull::CancelOldest, WhenFull::Fail];
    const WORDS: &[&str] = &["queue", "skip", "cancel_oldest", "fail"];
    let at_once = operand::number(scope, limit, 1..=MOST, "the number of runs at once");
    let per = per.and_then(|per| scope.key(task, &[per]));
    let way = otherwise.and_then(|word| words::one_of(scope, word, WORDS, "what becomes of a further run"));
    let otherwise = way.and_then(|at| WAYS.get(at).copied()).unwrap_or(WhenFull::Queue);
    scope.program_mut().tasks[task].keys.concurrency = per;
    clauses(scope, task).concurrency =
        at_once.map(|at_once| Concurrency { at_once: at_once as u32, per: None, otherwise });
}

fn rate<'t>(scope: &mut dyn Scope<'t>, task: usize, most: (&'t Expr, &'t Expr), per: Option<&'t Expr>) {
    let starts = operand::number(scope, most.0, 1..=MOST, "the number of starts");
    let within = operand::length(scope, most.1);
    let per = per.and_then(|per| scope.key(task, &[per]));
    scope.program_mut().tasks[task].keys.rate = per;
    let made = starts.zip(within).map(|(starts, within)| Rate { starts: starts as u32, within, per: None });
    clauses(scope, task).rate = made;
}

fn limits<'t>(scope: &mut dyn Scope<'t>, task: usize, limits: &'t [(Name, Expr)]) {
    const WORDS: &[&str] = &["memory", "operations", "output"];
    for (at, (what, most)) in limits.iter().enumerate() {
        let which = words::one_of(scope, what, WORDS, "something that has a limit");
        // A number without a unit is bytes, and so few that somebody has meant another unit.
        let least = if which == Some(0) { 0x1_0000 } else { 1 };
        let name = if which == Some(0) { "the memory of a run, in bytes," } else { "a limit" };
        let most = operand::number(scope, most, least..=i64::MAX, name).and_then(|most| u64::try_from(most).ok());
        if let Some((first, _)) = limits[..at].iter().find(|(other, _)| other.text == what.text) {
            let file = scope.file();
            let message = format!("`{}` has a limit already", what.text);
            let diagnostic = Diagnostic::new(Code::DuplicateClause, what.span.in_file(file), message);
            scope.report(diagnostic.also(first.span.in_file(file), "the first one"));
        }
        let limits = &mut clauses(scope, task).limits;
        match which {
            Some(0) => limits.memory = most,
            Some(1) => limits.operations = most,
            Some(_) => limits.output = most,
            None => {}
        }
    }
}

fn only<'t>(
    scope: &mut dyn Scope<'t>,
    times: (&'t Expr, &'t Expr),
    days: &[Name],
    zone: Option<&'t Expr>,
    otherwise: Option<&Name>,
) -> Option<Only> {
    let (from, to) = (operand::time(scope, times.0), operand::time(scope, times.1));
    let days = words::days(scope, days);
    const WORDS: &[&str] = &["skip", "delay"];
    let way = otherwise.map(|word| words::one_of(scope, word, WORDS, "what becomes of a start outside of the window"));
    let named = zone.map(|zone| (zone, operand::text(scope, zone)));
    let (window, days) = (Window { from: from?, to: to? }, days?);
    if window.from == window.to {
        operand::out_of_bounds(scope, times.1.span, "the window begins and ends at one time, so it is never open");
        return None;
    }
    let zone = match named {
        None => None,
        Some((written, name)) => {
            let name = name?;
            let form = Form::Every { period: 86_400_000_000, window: None, days };
            let spec = Spec {
                form,
                zone: Some(name.clone()),
                jitter: None,
                except: Vec::new(),
                starting: None,
                ending: None,
                catchup: schedule::Catchup::default(),
            };
            if let Err(ScheduleError::UnknownZone { name, suggestion }) = Rule::new(&spec) {
                let place = written.span.in_file(scope.file());
                let diagnostic = Diagnostic::new(Code::UnknownZone, place, format!("there is no time zone `{name}`"));
                let help = suggestion.map_or_else(
                    || "write an IANA name: `Europe/Berlin`, `America/New_York`, `UTC`".to_owned(),
                    |near| format!("did you mean `{near}`?"),
                );
                scope.report(diagnostic.help(help));
                return None;
            }
            Some(name)
        }
    };
    let delay = match way {
        Some(way) => way? == 1,
        None => false,
    };
    Some(Only { window, days, zone, delay })
}

fn alert<'t>(scope: &mut dyn Scope<'t>, task: usize, channel: &StringText, on: &'t [tree::AlertCause]) {
    let named = filled(scope, channel, "a channel");
    let mut causes = Vec::with_capacity(on.len());
    for cause in on {
        causes.extend(alert_cause(scope, cause));
    }
    if on.is_empty() {
        causes.push(AlertCause::Failure);
    }
    if named {
        clauses(scope, task).alerts.push(Alert { channel: channel.text.clone(), on: causes });
    }
}

fn alert_cause<'t>(scope: &mut dyn Scope<'t>, cause: &'t tree::AlertCause) -> Option<AlertCause> {
    const WORDS: &[&str] = &["failure", "late", "overdue", "recovery", "success"];
    let which = words::one_of(scope, &cause.name, WORDS, "something to alert of");
    let after = match &cause.after {
        Some(after) => Some((after, operand::length(scope, after)?)),
        None => None,
    };
    match (which?, after) {
        (0, None) => Some(AlertCause::Failure),
        (1, after) => Some(AlertCause::Late { after: after.map(|(_, after)| after) }),
        (2, Some((_, after))) => Some(AlertCause::Overdue { after }),
        (2, None) => {
            let message = "`overdue` does not say from when on a run takes too long";
            let place = cause.name.span.in_file(scope.file());
            scope.report(Diagnostic::new(Code::OperandBounds, place, message).help("write `overdue after 1h`"));
            None
        }
        (3, None) => Some(AlertCause::Recovery),
        (_, None) => Some(AlertCause::Success),
        (_, Some((after, _))) => {
            let message = format!("`after` belongs to `late` and `overdue`, not to `{}`", cause.name.text);
            operand::out_of_bounds(scope, after.span, &message);
            None
        }
    }
}

fn allow(scope: &mut dyn Scope<'_>, task: usize, who: &[(Name, StringText)]) {
    for (kind, name) in who {
        let kind = words::one_of(scope, kind, &["role", "group"], "a kind of person");
        if !filled(scope, name, "whoever may start the task") {
            continue;
        }
        let name = name.text.clone();
        let allowed = match kind {
            Some(0) => Allowed::Role(name),
            Some(_) => Allowed::Group(name),
            None => continue,
        };
        clauses(scope, task).allow.push(allowed);
    }
}

/// Tells of an empty name.
fn filled(scope: &mut dyn Scope<'_>, text: &StringText, what: &str) -> bool {
    let filled = !text.text.trim().is_empty();
    if !filled {
        operand::out_of_bounds(scope, text.span, &format!("{what} has a name, and this one is empty"));
    }
    filled
}
