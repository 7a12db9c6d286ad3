//! Calendars: their days, written out or read from an iCalendar file, and as values the set of their dates.

use super::{
    Checker, ItemRef,
    report::{Because, Want},
};
use crate::constant::{Constant, evaluate};
use crate::ir::{Expr, ExprKind, Type, TypeKind};
use diagnostics::{Code, Diagnostic, Span};
use grammar::tree::{self, CalendarSource, ItemKind, StringText};
use std::rc::Rc;

/// How many faults of one file are told.
const FAULTS: usize = 5;

impl<'t> Checker<'t> {
    /// Puts the dates of a calendar where it is used.
    pub(super) fn calendar_value(&mut self, item: ItemRef, span: Span) -> Expr {
        let Some(days) = self.calendar_days.get(&item).cloned() else { return self.error(span) };
        let date = |day: &i32| self.make(ExprKind::Int(i64::from(*day)), Type::DATE, span);
        let dates = days.iter().map(date).collect();
        let type_ = self.program.types.intern(TypeKind::Set(Type::DATE));
        self.make(ExprKind::List(dates), type_, span)
    }

    /// Finds the days of all calendars.
    pub(super) fn check_calendars(&mut self) {
        let units = self.units;
        for (unit, tree) in units.iter().enumerate() {
            for (number, item) in tree.tree.items.iter().enumerate() {
                let ItemKind::Calendar(calendar) = &item.kind else { continue };
                self.begin(unit as u32, Rc::from([]));
                let days = match &calendar.source {
                    CalendarSource::Dates(dates) => self.written_days(dates),
                    CalendarSource::File(path) => self.days_of_file(path),
                };
                if let Some(mut days) = days {
                    days.sort_unstable();
                    days.dedup();
                    let at = ItemRef { unit: unit as u32, item: number as u32 };
                    self.calendar_days.insert(at, Rc::from(days));
                }
            }
        }
    }

    fn written_days(&mut self, dates: &'t tree::Expr) -> Option<Vec<i32>> {
        self.body.pure = Some(super::purity::Pure::Constant);
        let type_ = self.list_of(Type::DATE);
        let dates = self.check_expr(dates, Want::Type(type_, Because::Nothing));
        if dates.type_ == Type::ERROR {
            return None;
        }
        let Some(Constant::List(dates)) = evaluate(&self.program, &dates) else {
            let message = "the dates of a calendar are read before anything runs, so they must be constants";
            self.report(Diagnostic::new(Code::OperandNotConstant, self.place(dates.span), message));
            return None;
        };
        let day = |date: &Constant| match date {
            Constant::Date(day) => i32::try_from(*day).ok(),
            _ => None,
        };
        dates.iter().map(day).collect()
    }

    fn days_of_file(&mut self, path: &'t StringText) -> Option<Vec<i32>> {
        let files = self.calendar_files;
        let wanted = path.text.strip_prefix("./").unwrap_or(&path.text);
        let Some(file) = files.iter().find(|file| file.path == wanted) else {
            let near = self.near(wanted, files.iter().map(|file| file.path.as_str())).map(str::to_owned);
            let message = format!("there is no calendar file `{}`", path.text);
            let diagnostic = Diagnostic::new(Code::CalendarFile, self.place(path.span), message);
            self.report(match near {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                None => diagnostic.help("the path begins at the project's folder and ends with `.ics`"),
            });
            return None;
        };
        match schedule::calendar_days(&file.text) {
            Ok(days) => Some(days),
            Err(faults) => {
                for fault in faults.into_iter().take(FAULTS) {
                    let message = format!("`{}`, line {}: {}", path.text, fault.line, fault.reason);
                    let line = line_span(&file.text, fault.line).in_file(file.file);
                    let diagnostic = Diagnostic::new(Code::CalendarFile, self.place(path.span), message);
                    self.report(diagnostic.label("read from here").also(line, "not understood"));
                }
                None
            }
        }
    }
}

/// Gives where a line, counted from 1, stands in a text.
fn line_span(text: &str, line: u32) -> Span {
    let mut start = 0;
    for (number, part) in (1..).zip(text.split_inclusive('\n')) {
        if number == line {
            return Span::new(start, start + part.trim_end().len() as u32);
        }
        start += part.len() as u32;
    }
    Span::at(text.len() as u32)
}
