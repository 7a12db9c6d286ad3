//! What the schedule engine finds wrong with a schedule, at the part of the text that is meant.

use super::Scope;
use diagnostics::{Code, Diagnostic, Edit, Fix, Span};
use grammar::tree::{Schedule, ScheduleKind, StringText};
use schedule::{CronField, Rule, ScheduleError, Spec};

/// Asks the engine; `None` where it refuses, which is told.
pub(super) fn check(scope: &mut dyn Scope<'_>, spec: &Spec, written: &Schedule) -> Option<()> {
    let told = match Rule::new(spec) {
        Ok(rule) if rule.is_ever_due() => return Some(()),
        Ok(_) => {
            let place = written.span.in_file(scope.file());
            let message = "the schedule is never due: what follows it leaves none of its times";
            Diagnostic::new(Code::NeverDue, place, message).help("look at `starting`, `ending` and `except`")
        }
        Err(error) => told(scope, error, written),
    };
    scope.report(told);
    None
}

fn told(scope: &dyn Scope<'_>, error: ScheduleError, written: &Schedule) -> Diagnostic {
    let at = |span: Span| span.in_file(scope.file());
    let cron = match &written.kind {
        ScheduleKind::Cron(text) => Some(text),
        ScheduleKind::Every { .. }
        | ScheduleKind::Daily { .. }
        | ScheduleKind::Weekly { .. }
        | ScheduleKind::Monthly { .. }
        | ScheduleKind::Yearly { .. }
        | ScheduleKind::At(_) => None,
    };
    let form = cron.map_or(written.span, |text| inside(scope, text));
    match error {
        ScheduleError::UnknownZone { name, suggestion } => {
            let span = written.zone.as_ref().map_or(written.span, |zone| inside(scope, zone));
            let diagnostic = Diagnostic::new(Code::UnknownZone, at(span), format!("there is no time zone `{name}`"));
            match suggestion {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")).fix(Fix {
                    title: format!("write `{near}`"),
                    safe: false,
                    edits: vec![Edit { place: at(span), text: near }],
                }),
                None => diagnostic.help("write an IANA name: `Europe/Berlin`, `America/New_York`, `UTC`"),
            }
        }
        ScheduleError::Never { what } => {
            let diagnostic =
                Diagnostic::new(Code::NeverDue, at(form), format!("the schedule is never due: {what} never comes"));
            diagnostic.label("no calendar has such a day")
        }
        ScheduleError::Cron { field, text, reason } => {
            let span = cron.map_or(form, |cron| field_span(scope, cron, field));
            let message = format!("the {field} of the cron expression is `{text}`: {reason}");
            Diagnostic::new(Code::InvalidCron, at(span), message).label(format!("the {field}"))
        }
        ScheduleError::CronFields { found } => {
            let message = format!("a cron expression has 5 fields, or 6 with the seconds first, found {found}");
            let help = "the fields are minute, hour, day of the month, month, day of the week: `0 9 * * MON-FRI`";
            Diagnostic::new(Code::InvalidCron, at(form), message).help(help)
        }
        error @ ScheduleError::CronName { .. } => Diagnostic::new(Code::InvalidCron, at(form), error.to_string()),
        error @ (ScheduleError::Period
        | ScheduleError::NoDays
        | ScheduleError::NoTimes
        | ScheduleError::Time(_)
        | ScheduleError::MonthDay(_)) => Diagnostic::new(Code::OperandBounds, at(form), error.to_string()),
    }
}

/// Gives the span of what stands between the quotes.
pub(super) fn inside(scope: &dyn Scope<'_>, text: &StringText) -> Span {
    let written = text.span.text(scope.source());
    match written.find(text.text.as_str()) {
        Some(start) if !text.text.is_empty() => {
            let start = text.span.start + start as u32;
            Span::new(start, start + text.text.len() as u32)
        }
        _ => text.span,
    }
}

/// Gives the span of a field of a cron expression.
fn field_span(scope: &dyn Scope<'_>, cron: &StringText, field: CronField) -> Span {
    let all = inside(scope, cron);
    let fields: Vec<&str> = cron.text.split_whitespace().collect();
    let number = match field {
        CronField::Second => 0,
        CronField::Minute => 1,
        CronField::Hour => 2,
        CronField::DayOfMonth => 3,
        CronField::Month => 4,
        CronField::DayOfWeek => 5,
    };
    let missing = 6_usize.saturating_sub(fields.len());
    let Some(wanted) = fields.get(number - missing.min(number)) else { return all };
    // The fields are parts of the text, so the distance of their beginnings is their offset.
    let offset = wanted.as_ptr() as usize - cron.text.as_ptr() as usize;
    if all.len() as usize != cron.text.len() {
        return all;
    }
    let start = all.start + offset as u32;
    Span::new(start, start + wanted.len() as u32)
}
