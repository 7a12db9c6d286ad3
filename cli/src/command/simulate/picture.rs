//! A simulation as a person reads it in a terminal: lines of tasks, the load by hours, what comes together, what the clock
//! does.

use super::heat::{Heat, heat};
use super::{Changed, Simulation, zone_name};
use crate::numbers::{counted, grouped};
use crate::times;
use jiff::Timestamp;
use schedule::ClockEffect;
use schedule::forecast::{Line, PARTS};
use std::fmt::Write;

/// How many tasks have a line: the busiest.
const LINES: usize = 40;

/// Up to so many starts are told one by one.
const LISTED: usize = 24;

/// How many changes of the clock are told.
const CHANGES: usize = 20;

/// How many tasks are named that come together.
const NAMED: usize = 6;

/// How many parts of a line are one mark.
const PARTS_OF_MARK: usize = 2;

const MARKS: [char; 9] = ['·', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const SHADES: [&str; 5] = ["··", "░░", "▒▒", "▓▓", "██"];

/// Draws a simulation.
pub(super) fn draw(simulation: &Simulation) -> String {
    // Writing to a string does not fail.
    let mut text = String::new();
    let _ = summary(&mut text, simulation);
    let _ = lines(&mut text, simulation);
    if simulation.forecast.starts > 0 {
        let _ = starts(&mut text, simulation);
        let _ = load(&mut text, simulation, &heat(simulation));
        let _ = together(&mut text, simulation);
        let _ = overlaps(&mut text, simulation);
    }
    let _ = changes(&mut text, simulation);
    text
}

fn summary(out: &mut String, simulation: &Simulation) -> std::fmt::Result {
    let schedules = simulation.tasks.iter().map(|task| task.rules.len() as u64).sum();
    writeln!(
        out,
        "{} of {} in {}, from {} to {} in {}",
        counted(simulation.forecast.starts, "start"),
        counted(simulation.tasks.len() as u64, "task"),
        counted(schedules, "schedule"),
        simulation.local(simulation.from),
        simulation.local(simulation.to),
        zone_name(&simulation.zone),
    )
}

fn lines(out: &mut String, simulation: &Simulation) -> std::fmt::Result {
    let all = &simulation.forecast.tasks;
    let mut shown: Vec<(usize, &Line)> = all.iter().enumerate().collect();
    shown.sort_by_key(|(_, line)| std::cmp::Reverse(line.starts));
    shown.truncate(LINES);
    shown.sort_by_key(|(number, _)| *number);
    let width = shown.iter().map(|(_, line)| line.task.chars().count()).max().unwrap_or(0);
    let marks = PARTS / PARTS_OF_MARK;
    let mark = (simulation.to - simulation.from) / i64::try_from(marks).unwrap_or(1);
    writeln!(out, "\nTime line (a mark is {})", times::length(mark))?;
    for (number, line) in shown {
        let mut words = simulation.words.get(number).map_or_else(String::new, |words| words.join("; "));
        for (count, what) in [(line.delayed, "put off"), (line.skipped, "skipped")] {
            if count > 0 {
                words.push_str(&format!(", {} {what}", grouped(count)));
            }
        }
        writeln!(out, "  {:width$}  {:>9}  {}  {words}", line.task, grouped(line.starts), strip(line))?;
    }
    if all.len() > LINES {
        writeln!(out, "  and {} with fewer starts", counted((all.len() - LINES) as u64, "task"))?;
    }
    Ok(())
}

fn strip(line: &Line) -> String {
    let marks: Vec<u64> = line.parts.chunks(PARTS_OF_MARK).map(|parts| parts.iter().sum()).collect();
    let most = marks.iter().copied().max().unwrap_or(0);
    marks.iter().map(|starts| MARKS.get(level(*starts, most, MARKS.len())).unwrap_or(&'█')).collect()
}

/// Gives the step, of so many, that a number has below the most; nothing alone has the first.
fn level(number: u64, most: u64, steps: usize) -> usize {
    let highest = (steps - 1) as u64;
    usize::try_from((number * highest).div_ceil(most.max(1))).unwrap_or(0)
}

fn starts(out: &mut String, simulation: &Simulation) -> std::fmt::Result {
    let Some(list) = simulation.forecast.list.as_ref().filter(|list| list.len() <= LISTED) else { return Ok(()) };
    writeln!(out, "\nStarts")?;
    for start in list {
        writeln!(out, "  {}  {}", simulation.local(start.at), simulation.name(start.task))?;
    }
    Ok(())
}

fn load(out: &mut String, simulation: &Simulation, heat: &Heat) -> std::fmt::Result {
    writeln!(out, "\nLoad ({}; ██ is {})", heat.what, grouped(heat.most))?;
    let width = heat.rows.iter().map(|(day, _)| day.len()).max().unwrap_or(0);
    let hours: String = (0..24).step_by(3).map(|hour| format!("{hour:02}    ")).collect();
    writeln!(out, "  {:width$}  {}", "", hours.trim_end())?;
    for (day, cells) in &heat.rows {
        let shades = cells.iter().map(|starts| SHADES.get(level(*starts, heat.most, SHADES.len())).unwrap_or(&"██"));
        writeln!(out, "  {day:width$}  {}", shades.copied().collect::<String>())?;
    }
    let busiest = (0_i64..).zip(&simulation.forecast.hours.starts).max_by_key(|&(hour, starts)| (*starts, -hour));
    if let Some((hour, starts)) = busiest {
        let when = simulation.forecast.hours.first.saturating_add(jiff::Span::new().hours(hour));
        writeln!(out, "  the busiest hour begins {} with {}", when.strftime("%a %F %H:%M"), counted(*starts, "start"))?;
    }
    Ok(())
}

fn together(out: &mut String, simulation: &Simulation) -> std::fmt::Result {
    if simulation.forecast.together.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nTogether in one minute (`jitter` spreads them)")?;
    for set in &simulation.forecast.together {
        let names = set.tasks.iter().map(|task| simulation.name(*task));
        let (first, times) = (simulation.local(set.first), grouped(set.minutes));
        writeln!(out, "  {times:>7} ×  {} tasks, first {first}: {}", set.tasks.len(), listed(names))?;
    }
    Ok(())
}

fn listed<'n>(names: impl ExactSizeIterator<Item = &'n str>) -> String {
    let left = names.len().saturating_sub(NAMED);
    let mut text = names.take(NAMED).collect::<Vec<_>>().join(", ");
    if left > 0 {
        text.push_str(&format!(" and {left} more"));
    }
    text
}

fn overlaps(out: &mut String, simulation: &Simulation) -> std::fmt::Result {
    let lines = simulation.forecast.tasks.iter().zip(&simulation.tasks);
    let mut overlapping = lines.filter(|(line, _)| line.overlaps > 0).peekable();
    if overlapping.peek().is_some() {
        writeln!(out, "\nBefore the last run is done")?;
    }
    for (line, task) in overlapping {
        let lasts = times::length(task.lasts.unwrap_or(0));
        writeln!(out, "  {}: {}, for its runs last up to {lasts}", line.task, counted(line.overlaps, "start"))?;
    }
    Ok(())
}

fn changes(out: &mut String, simulation: &Simulation) -> std::fmt::Result {
    if simulation.changes.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nWhere the clock changes")?;
    for changed in simulation.changes.iter().take(CHANGES) {
        let names = listed(changed.tasks.iter().map(String::as_str));
        writeln!(out, "  {}  {}: {names}", date(changed), told(changed))?;
    }
    if simulation.changes.len() > CHANGES {
        writeln!(out, "  and {} more, which `--json` has", simulation.changes.len() - CHANGES)?;
    }
    Ok(())
}

/// Gives the date on which a time was meant, or the clock changes.
pub(super) fn date(changed: &Changed) -> String {
    match &changed.effect {
        ClockEffect::Moved(wall) | ClockEffect::First(wall) => wall.strftime("%a %F").to_string(),
        ClockEffect::Repeated(_) | ClockEffect::LeftOut(_) => shown(changed, "%a %F"),
    }
}

/// Tells what a change of the clock does.
pub(super) fn told(changed: &Changed) -> String {
    let zone = zone_name(&changed.zone);
    match &changed.effect {
        ClockEffect::Moved(wall) => {
            format!("{} does not exist in {zone}, due at {}", wall.strftime("%H:%M"), shown(changed, "%H:%M"))
        }
        ClockEffect::First(wall) => format!("{} comes twice in {zone}, due the first time", wall.strftime("%H:%M")),
        ClockEffect::Repeated(fires) => {
            format!("due {} more, in the hour that comes twice in {zone}", counted(*fires as u64, "time"))
        }
        ClockEffect::LeftOut(fires) => {
            format!("due {} less, in the hour that {zone} leaves out", counted(*fires as u64, "time"))
        }
    }
}

fn shown(changed: &Changed, format: &str) -> String {
    let at = Timestamp::from_microsecond(changed.at).unwrap_or(Timestamp::UNIX_EPOCH);
    at.to_zoned(changed.zone.clone()).strftime(format).to_string()
}
