//! What the runs of a task come to, as a person reads it in a terminal.

use super::summary::{Day, Lengths, Spread, Summary};
use super::{MOST, Stats};
use crate::numbers::{bar, counted, grouped};
use crate::{events, times};
use anstyle::Style;
use jiff::civil::Date;
use runtime::engine::RunState;

/// How many days have a bar: the last ones.
const DAYS: usize = 30;

/// What is shorter is no time in line.
const SHORT: i64 = 1_000;

/// How wide a bar is at the most.
const WIDEST: usize = 60;

/// What stands beside a bar: the day before it, the words behind it.
const BESIDE: usize = 46;

/// Gives the lines, for so many columns.
pub(super) fn of(stats: &Stats, columns: usize) -> Vec<String> {
    let summary = &stats.summary;
    let since = stats.since.map(|since| format!(" since {}", times::here(since))).unwrap_or_default();
    let cut = if stats.is_cut { format!(", the newest {} only", grouped(MOST)) } else { String::new() };
    let mut lines = vec![
        row("task", &format!("{} of {}", stats.task, stats.project)),
        row("runs", &format!("{}{since}{cut}", grouped(summary.runs))),
    ];
    if summary.runs == 0 {
        return lines;
    }
    lines.extend(states(summary, "ended", true));
    lines.extend(states(summary, "now", false));
    lines.extend(success(summary));
    lines.extend(spread("took", &summary.took, ", of those that succeeded"));
    if summary.stood_in_line.spread().is_some_and(|spread| spread.longest >= SHORT) {
        lines.extend(spread("in line", &summary.stood_in_line, ", until they began"));
    }
    if summary.ended() > 0 {
        let each = summary.operations as f64 / summary.ended() as f64;
        lines.push(row("did", &format!("{}, {each:.1} a run", counted(summary.operations, "operation"))));
    }
    lines.extend(days(summary, columns.saturating_sub(BESIDE).clamp(10, WIDEST)));
    lines
}

fn row(name: &str, words: &str) -> String {
    format!("{name:<10}{words}")
}

fn states(summary: &Summary, name: &str, final_ones: bool) -> Option<String> {
    let there = summary.states.iter().filter(|(state, runs)| state.is_final() == final_ones && *runs > 0);
    let words: Vec<_> =
        there.map(|(state, runs)| format!("{} {}", grouped(*runs), colored(*state, state.name()))).collect();
    (!words.is_empty()).then(|| row(name, &words.join(", ")))
}

fn success(summary: &Summary) -> Option<String> {
    let (succeeded, of) = summary.success();
    // Cut, not rounded: 100 % is all of them.
    let tenths = (succeeded * 1_000).checked_div(of)?;
    let all = if of == summary.ended() { "" } else { ", cancelled ones aside" };
    Some(row("success", &format!("{}.{} %{all}", tenths / 10, tenths % 10)))
}

fn spread(name: &str, lengths: &Lengths, of: &str) -> Option<String> {
    let Spread { p50, p95, p99, longest } = lengths.spread()?;
    let [p50, p95, p99, longest] = [p50, p95, p99, longest].map(times::length);
    Some(row(name, &format!("p50 {p50}, p95 {p95}, p99 {p99}, longest {longest}{of}")))
}

fn days(summary: &Summary, width: usize) -> Vec<String> {
    let Some((last, _)) = summary.days.last_key_value() else { return Vec::new() };
    let shown: Vec<(Date, Option<&Day>)> = std::iter::successors(Some(*last), |day| day.yesterday().ok())
        .take(DAYS)
        .take_while(|day| summary.days.first_key_value().is_some_and(|(first, _)| day >= first))
        .map(|day| (day, summary.days.get(&day)))
        .collect();
    let most = shown.iter().filter_map(|(_, day)| Some(day.as_ref()?.runs)).max().unwrap_or(0);
    let mut lines = vec![
        String::new(),
        format!("Runs by day (█ succeeded, ▒ failed, · others; {width} marks are {})", grouped(most)),
    ];
    let marks = |day: &Day| {
        let others = day.runs.saturating_sub(day.succeeded + day.failed);
        let count = |number| bar(number, most, width);
        let red = |text: String| colored(RunState::Failed, &text);
        format!(
            "{}{}{}",
            "█".repeat(count(day.succeeded)),
            red("▒".repeat(count(day.failed))),
            "·".repeat(count(others))
        )
    };
    for (date, day) in shown.iter().rev() {
        let line = match day {
            Some(day) => format!("  {}  {}  {}", date.strftime("%a %F"), marks(day), words(day)),
            None => format!("  {}", date.strftime("%a %F")),
        };
        lines.push(line);
    }
    let earlier = summary.days.range(..shown.last().map_or(*last, |(date, _)| *date)).count();
    if earlier > 0 {
        lines.push(format!("  and {} before, which `--json` has", counted(earlier as u64, "day")));
    }
    lines
}

fn words(day: &Day) -> String {
    let failed = if day.failed > 0 { format!(", {} failed", grouped(day.failed)) } else { String::new() };
    let took = day.took.spread().map(|spread| format!(", p50 {}", times::length(spread.p50))).unwrap_or_default();
    format!("{}{failed}{took}", grouped(day.runs))
}

fn colored(state: RunState, text: &str) -> String {
    let style = Style::new().fg_color(Some(events::state_color(state).into()));
    format!("{style}{text}{style:#}")
}
