//! Spans of time as bars below each other, all on one scale.

use super::timeline::{Span, SpanKind};
use crate::events::state_color;
use crate::times;
use anstyle::{AnsiColor, Style};
use runtime::engine::RunState;

/// The scale: which time, and how many marks wide it is.
pub(super) struct Bars {
    began: i64,
    length: i64,
    width: usize,
}

/// What stands before and behind a bar, at the least.
const BESIDE: usize = 50;

impl Bars {
    /// Makes the scale for a time, in a terminal of so many columns.
    pub(super) fn of(began: i64, end: i64, columns: usize) -> Self {
        Bars { began, length: (end - began).max(1), width: columns.saturating_sub(BESIDE).clamp(10, 50) }
    }

    /// Says how to read the bars.
    pub(super) fn legend(&self) -> String {
        let mark = self.length / i64::try_from(self.width).unwrap_or(1);
        let mark = if mark < 1_000 { format!("{mark}µs") } else { times::length(mark) };
        format!("█ work, ░ wait, ─ step; a mark is {mark}")
    }

    /// Draws the bar of a span, as wide as all are.
    pub(super) fn bar(&self, span: Span) -> String {
        let (mark, color) = match span.kind {
            SpanKind::Step => ("─", AnsiColor::Cyan),
            SpanKind::Work => ("█", AnsiColor::Blue),
            SpanKind::Wait => ("░", AnsiColor::BrightBlack),
            SpanKind::Failed => ("█", state_color(RunState::Failed)),
            SpanKind::Moment => ("", AnsiColor::BrightBlack),
        };
        let style = Style::new().fg_color(Some(color.into()));
        // What has no length has a mark all the same, also at the very end.
        let from = self.column(span.from).min(self.width - 1);
        let marks = if span.kind == SpanKind::Moment { 0 } else { self.column(span.to).saturating_sub(from).max(1) };
        let (before, behind) = (" ".repeat(from), " ".repeat(self.width - from - marks));
        format!("{before}{style}{}{style:#}{behind}", mark.repeat(marks))
    }

    /// Gives the column of a time: the nearest there is.
    fn column(&self, at: i64) -> usize {
        let behind = i128::from(at.saturating_sub(self.began).clamp(0, self.length));
        usize::try_from(behind * self.width as i128 / i128::from(self.length)).unwrap_or(0)
    }
}
