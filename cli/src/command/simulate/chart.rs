//! A simulation as an SVG file: the load by hours, and a line for each task. Every cell says what it is when it is pointed
//! at.

use super::heat::heat;
use super::{Simulation, zone_name};
use crate::numbers::{counted, grouped};
use std::fmt::Write;

/// How many tasks have a line.
const LINES: usize = 200;

const WIDTH: usize = 960;
const LEFT: usize = 200;
const ROW: usize = 18;
const STYLE: &str = "\
text{font:12px system-ui,sans-serif;fill:#24292f}.quiet{fill:#6e7781}.head{font-size:15px;font-weight:600}\
.back{fill:#fff}.load{fill:#0969da}.line{fill:#1a7f37}\
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.quiet{fill:#8d96a0}.back{fill:#0d1117}}";

/// Draws a simulation.
pub(super) fn draw(simulation: &Simulation) -> String {
    let mut chart = Chart { body: String::new(), bottom: 30 };
    // Writing to a string does not fail.
    let _ = chart.head(simulation);
    let _ = chart.load(simulation);
    let _ = chart.lines(simulation);
    let (body, height) = (chart.body, chart.bottom + 10);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\">\n\
         <style>{STYLE}</style>\n<rect class=\"back\" width=\"100%\" height=\"100%\"/>\n{body}</svg>\n"
    )
}

struct Chart {
    body: String,
    /// Where the next row stands.
    bottom: usize,
}

impl Chart {
    fn head(&mut self, simulation: &Simulation) -> std::fmt::Result {
        let (from, to) = (simulation.local(simulation.from), simulation.local(simulation.to));
        let zone = escape(zone_name(&simulation.zone));
        let starts = counted(simulation.forecast.starts, "start");
        self.text(12, "head", &format!("{starts}, {from} to {to}, {zone}"))?;
        self.bottom += ROW + 8;
        Ok(())
    }

    fn load(&mut self, simulation: &Simulation) -> std::fmt::Result {
        let heat = heat(simulation);
        self.text(12, "quiet", &format!("{}; the most is {}", heat.what, grouped(heat.most)))?;
        self.bottom += ROW;
        let cell = (WIDTH - LEFT - 20) / 24;
        for hour in (0..24).step_by(3) {
            self.text(LEFT + hour * cell, "quiet", &format!("{hour:02}"))?;
        }
        self.bottom += 6;
        for (day, cells) in &heat.rows {
            self.bottom += ROW;
            self.text(12, "", day)?;
            for (hour, starts) in cells.iter().enumerate() {
                let title = format!("{day} {hour:02}:00, {}", counted(*starts, "start"));
                self.cell("load", (LEFT + hour * cell, cell - 2), (*starts, heat.most), &title)?;
            }
        }
        self.bottom += 2 * ROW;
        Ok(())
    }

    fn lines(&mut self, simulation: &Simulation) -> std::fmt::Result {
        let lines = &simulation.forecast.tasks;
        for line in lines.iter().take(LINES) {
            let name: String = line.task.chars().take(24).collect();
            self.text(12, "", &escape(&name))?;
            let most = line.parts.iter().copied().max().unwrap_or(0);
            let cell = (WIDTH - LEFT - 20) / line.parts.len().max(1);
            let length = (simulation.to - simulation.from) / i64::try_from(line.parts.len().max(1)).unwrap_or(1);
            for (part, starts) in (0_i64..).zip(&line.parts).filter(|(_, starts)| **starts > 0) {
                let from = simulation.local(simulation.from + part * length);
                let title = format!("{}, from {from}: {}", escape(&line.task), counted(*starts, "start"));
                let left = LEFT + usize::try_from(part).unwrap_or(0) * cell;
                self.cell("line", (left, cell - 1), (*starts, most), &title)?;
            }
            self.bottom += ROW;
        }
        if lines.len() > LINES {
            self.text(12, "quiet", &format!("and {} more", counted((lines.len() - LINES) as u64, "task")))?;
            self.bottom += ROW;
        }
        Ok(())
    }

    fn text(&mut self, left: usize, class: &str, text: &str) -> std::fmt::Result {
        writeln!(self.body, "<text x=\"{left}\" y=\"{}\" class=\"{class}\">{text}</text>", self.bottom)
    }

    /// Draws a cell of the row: its place and width, how many of the most it stands for.
    fn cell(
        &mut self,
        class: &str,
        (left, width): (usize, usize),
        (number, most): (u64, u64),
        title: &str,
    ) -> std::fmt::Result {
        // In hundredths, from pale to full; nothing is almost not there.
        let opacity = if number == 0 { 6 } else { 20 + 80 * number / most.max(1) };
        let (top, height) = (self.bottom - 12, ROW - 3);
        writeln!(
            self.body,
            "<rect class=\"{class}\" x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" opacity=\"{}.{:02}\">\
             <title>{title}</title></rect>",
            opacity / 100,
            opacity % 100
        )
    }
}

/// Makes text of a name; what XML would read as its own is written another way.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
