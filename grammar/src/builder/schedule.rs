//! Triggers: schedules, webhooks, events, files.

use super::Builder;
use super::once::Seen;
use crate::parser::{Node, Rule};
use crate::tree::{
    Argument, Catchup, Expr, MonthDay, Name, Path, Schedule, ScheduleKind, StringText, Trigger, TriggerBinding, Verify,
};
use diagnostics::Span;

impl Builder<'_> {
    pub(super) fn schedule(&mut self, node: Node<'_>) -> Option<Schedule> {
        let span = self.span(&node);
        let mut inner = node.into_inner();
        let kind = self.schedule_kind(inner.next()?)?;
        let mut schedule = Schedule {
            kind,
            zone: None,
            jitter: None,
            except: Vec::new(),
            starting: None,
            ending: None,
            catchup: None,
            arguments: Vec::new(),
            span,
        };
        let mut seen = Seen::default();
        for modifier in inner {
            let span = self.span(&modifier);
            // What `except` names adds up.
            if modifier.as_rule() != Rule::except && self.is_repeated(&mut seen, span, "schedule") {
                continue;
            }
            match modifier.as_rule() {
                Rule::zone => schedule.zone = modifier.into_inner().next().map(|text| self.plain_text(text)),
                Rule::jitter => schedule.jitter = self.only_expr(modifier),
                Rule::except => schedule.except.extend(modifier.into_inner().map(|path| self.path(path))),
                Rule::starting => schedule.starting = self.only_expr(modifier),
                Rule::ending => schedule.ending = self.only_expr(modifier),
                Rule::catchup => schedule.catchup = self.catchup(modifier),
                _ => schedule.arguments = self.with_arguments(modifier),
            }
        }
        Some(schedule)
    }

    fn schedule_kind(&mut self, node: Node<'_>) -> Option<ScheduleKind> {
        let rule = node.as_rule();
        let mut parts = Parts::default();
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::simple if matches!(rule, Rule::every | Rule::at_once) => parts.operand = Some(self.simple(child)),
                Rule::window => {
                    let mut ends = child.into_inner().map(|end| self.simple(end));
                    parts.window = ends.next().zip(ends.next());
                }
                Rule::on_days => parts.days = self.words(child),
                Rule::at_times => parts.times = child.into_inner().map(|time| self.simple(time)).collect(),
                Rule::year_day => parts.dates.extend(self.year_day(child)),
                Rule::string => parts.text = Some(self.plain_text(child)),
                _ => parts.month_days.extend(self.month_day(child)),
            }
        }
        let Parts { operand, window, days, times, month_days, dates, text } = parts;
        match rule {
            Rule::every => Some(ScheduleKind::Every { period: operand?, window, days }),
            Rule::daily => Some(ScheduleKind::Daily { times, days }),
            Rule::weekly => Some(ScheduleKind::Weekly { days, times }),
            Rule::monthly => Some(ScheduleKind::Monthly { days: month_days, times }),
            Rule::yearly => Some(ScheduleKind::Yearly { dates, times }),
            Rule::cron => Some(ScheduleKind::Cron(text?)),
            _ => Some(ScheduleKind::At(operand?)),
        }
    }

    fn month_day(&mut self, node: Node<'_>) -> Option<MonthDay> {
        let span = self.span(&node);
        match node.as_rule() {
            Rule::last_day => Some(MonthDay::LastDay(span)),
            Rule::nth_day => {
                let mut inner = node.into_inner().map(|word| self.name(&word));
                Some(MonthDay::Weekday { nth: inner.next()?, day: inner.next()? })
            }
            _ => Some(MonthDay::Number(self.simple(node))),
        }
    }

    fn year_day(&mut self, node: Node<'_>) -> Option<(Expr, Name)> {
        let mut inner = node.into_inner();
        let day = self.simple(inner.next()?);
        let month = inner.next()?;
        Some((day, self.name(&month)))
    }

    fn catchup(&mut self, node: Node<'_>) -> Option<Catchup> {
        let mut inner = node.into_inner();
        let mode = inner.next()?;
        Some(Catchup { mode: self.name(&mode), limit: inner.next().map(|limit| self.simple(limit)) })
    }

    fn with_arguments(&mut self, node: Node<'_>) -> Vec<Argument> {
        node.into_inner().next().map_or_else(Vec::new, |arguments| self.arguments(arguments))
    }

    /// Builds a trigger that is no schedule.
    pub(super) fn trigger(&mut self, node: Node<'_>) -> Option<Trigger> {
        let rule = node.as_rule();
        let span = self.span(&node);
        let mut text = StringText { text: String::new(), span };
        let mut path = Path { names: Vec::new(), span };
        let mut verify = Verify::Nothing;
        let mut binding = TriggerBinding::default();
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::string => text = self.plain_text(child),
                Rule::path => path = self.path(child),
                Rule::verify => verify = self.verify(child, span),
                Rule::alias => binding.name = child.into_inner().next().map(|word| self.new_name(&word)),
                Rule::condition => binding.condition = self.only_expr(child),
                Rule::with_arguments => binding.arguments = Some(self.with_arguments(child)),
                _ => binding.key = self.only_expr(child),
            }
        }
        match rule {
            Rule::webhook => Some(Trigger::Webhook { path: text, verify, binding }),
            Rule::event_trigger => Some(Trigger::Event { event: path, binding }),
            Rule::success_trigger => Some(Trigger::Success { task: path, binding }),
            Rule::failure_trigger => Some(Trigger::Failure { task: path, binding }),
            Rule::file_trigger => Some(Trigger::File { glob: text, binding }),
            _ => None,
        }
    }

    fn verify(&mut self, node: Node<'_>, span: Span) -> Verify {
        let Some(form) = node.into_inner().next() else { return Verify::Nothing };
        let rule = form.as_rule();
        let mut secret = self.no_name(span);
        let mut header = None;
        for child in form.into_inner() {
            match child.as_rule() {
                Rule::string => header = Some(self.plain_text(child)),
                _ => secret = self.name(&child),
            }
        }
        match rule {
            Rule::hmac => Verify::Hmac { secret, header },
            Rule::bearer => Verify::Bearer(secret),
            _ => Verify::Nothing,
        }
    }
}

/// What a schedule's form is made of.
#[derive(Default)]
struct Parts {
    operand: Option<Expr>,
    window: Option<(Expr, Expr)>,
    days: Vec<Name>,
    times: Vec<Expr>,
    month_days: Vec<MonthDay>,
    dates: Vec<(Expr, Name)>,
    text: Option<StringText>,
}
