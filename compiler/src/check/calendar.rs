//! Calendars as values: the set of their dates.

use super::{
    Checker, ItemRef,
    report::{Because, Want},
};
use crate::ir::{Expr, Type, TypeKind};
use diagnostics::Span;
use grammar::tree::{CalendarSource, ItemKind};

impl<'t> Checker<'t> {
    /// Puts the dates of a calendar where it is used.
    pub(super) fn calendar_value(&mut self, item: ItemRef, span: Span) -> Expr {
        let ItemKind::Calendar(calendar) = &self.item(item).kind else { return self.error(span) };
        let type_ = self.program.types.intern(TypeKind::Set(Type::DATE));
        match &calendar.source {
            CalendarSource::Dates(dates) => self.inline(item.unit, dates, type_, span),
            CalendarSource::File(_) => {
                self.not_yet(span, "calendars from a file");
                self.error(span)
            }
        }
    }

    /// Checks the dates of all calendars.
    pub(super) fn check_calendars(&mut self) {
        for unit in 0..self.units.len() {
            for item in &self.units[unit].tree.items {
                if let ItemKind::Calendar(calendar) = &item.kind
                    && let CalendarSource::Dates(dates) = &calendar.source
                {
                    self.begin(unit as u32, std::rc::Rc::from([]));
                    self.body.pure = Some(super::purity::Pure::Constant);
                    let type_ = self.list_of(Type::DATE);
                    self.check_expr(dates, Want::Type(type_, Because::Nothing));
                }
            }
        }
    }
}
