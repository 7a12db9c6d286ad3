//! Standard output and standard error: colours, diagnostics, reports.

use crate::arguments::Color;
use crate::error::CliError;
use diagnostics::{Diagnostic, Sources, render};
use miette::{GraphicalReportHandler, GraphicalTheme};
use std::io::{self, IsTerminal, Write};
use std::panic::PanicHookInfo;

/// Settles the question of colours for everything that prints.
pub fn set_up(color: Color) {
    let choice = match color {
        Color::Auto => anstream::ColorChoice::Auto,
        Color::Always => anstream::ColorChoice::Always,
        Color::Never => anstream::ColorChoice::Never,
    };
    choice.write_global();
}

/// Says whether standard error shows colours.
pub fn talk_has_color() -> bool {
    match anstream::ColorChoice::global() {
        anstream::ColorChoice::Always | anstream::ColorChoice::AlwaysAnsi => true,
        anstream::ColorChoice::Never => false,
        anstream::ColorChoice::Auto => {
            io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|it| it.is_empty())
        }
    }
}

/// Writes a line of data.
pub fn line(text: &str) -> Result<(), CliError> {
    let mut out = anstream::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()?;
    Ok(())
}

/// Writes a line of talk; one that cannot be written is no reason to stop.
pub fn talk(text: &str) {
    let _ = writeln!(anstream::stderr().lock(), "{text}");
}

/// Shows diagnostics to a person.
pub fn diagnostics(sources: &Sources, diagnostics: &[Diagnostic]) {
    let mut buffer = if talk_has_color() { render::Buffer::ansi() } else { render::Buffer::no_color() };
    if render::human(&mut buffer, sources, diagnostics).is_ok() {
        let _ = io::stderr().lock().write_all(buffer.as_slice());
    }
}

/// Shows why a command failed.
pub fn report(error: &dyn miette::Diagnostic) {
    let theme = if talk_has_color() { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let mut text = String::new();
    let handler = GraphicalReportHandler::new_themed(theme).with_width(width().unwrap_or(100));
    if handler.render_report(&mut text, error).is_ok() {
        talk(text.trim_end());
    }
}

/// Says that we panicked, and where.
pub fn report_defect(info: &PanicHookInfo<'_>) {
    talk(&format!("error: a defect of Taskwright: {info}"));
    talk("  help: please report it with the command and the file that led to it");
}

/// Gives how many columns there are: those of `COLUMNS`, or of the terminal on standard output; nothing where that is none.
pub fn width() -> Option<usize> {
    let said = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    said.or_else(|| rustix::termios::tcgetwinsize(io::stdout()).ok().map(|size| usize::from(size.ws_col)))
        .filter(|columns| *columns > 0)
}
