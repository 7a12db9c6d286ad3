//! The table of the peers: medians, spread and ratios.

use super::process::Language;
use crate::Measured;
use std::fmt::Write as _;

/// How many of the programs, from the first on, the goals are about.
const GOALS: usize = 5;

/// Gives the line above the rows.
pub fn head(languages: &[Language]) -> String {
    let mut line = format!("{:<10}", "ms (± %)");
    // Writing to a string does not fail, here and below.
    for language in languages {
        let _ = write!(line, "  {:>16}", language.name);
    }
    for language in languages.iter().skip(1) {
        let _ = write!(line, "  {:>12}", format!("vs {}", language.name));
    }
    for language in languages {
        let _ = write!(line, "  {:>14}", format!("{} MiB", language.name));
    }
    line
}

/// Gives the line of a program.
pub fn row(program: &str, measured: &[Measured]) -> String {
    let mut line = format!("{program:<10}");
    for each in measured {
        let _ = write!(line, "  {:>9.1} (±{:>3.0})", median(each), spread(each));
    }
    for ratio in ratios(measured) {
        let _ = write!(line, "  {:>12}", format!("{ratio:.2}x"));
    }
    for each in measured {
        let shown = each.memory_kib.map_or_else(|| "?".to_owned(), |kib| format!("{:.1}", kib as f64 / 1024.0));
        let _ = write!(line, "  {shown:>14}");
    }
    line
}

/// Gives the lines below the rows: the geometric means of the ratios.
pub fn foot(rows: &[Vec<Measured>], languages: &[Language]) -> String {
    let mut lines = String::from("times as fast, geometric mean and slowest:");
    for (at, language) in languages.iter().skip(1).enumerate() {
        for (name, count) in [("the five", GOALS), ("all", rows.len())] {
            let found: Vec<f64> = rows.iter().take(count).filter_map(|row| ratios(row).get(at).copied()).collect();
            let slowest = found.iter().copied().fold(f64::INFINITY, f64::min);
            let _ = write!(
                lines,
                "\n  {name:<8} vs {:<8} {:.2}x, slowest {slowest:.2}x",
                language.name,
                geometric_mean(&found)
            );
        }
    }
    for (at, language) in languages.iter().enumerate().skip(1) {
        let found: Vec<f64> = rows.iter().filter_map(|row| memory_ratio(row, at)).collect();
        let most = found.iter().copied().fold(0.0, f64::max);
        let _ = write!(
            lines,
            "\n  memory of ours to {:<8} {:.2}, geometric mean; most {most:.2}",
            language.name,
            geometric_mean(&found)
        );
    }
    lines
}

/// How many times as fast as each peer ours is.
fn ratios(measured: &[Measured]) -> Vec<f64> {
    let Some((ours, peers)) = measured.split_first() else { return Vec::new() };
    peers.iter().map(|peer| median(peer) / median(ours)).collect()
}

fn memory_ratio(measured: &[Measured], peer: usize) -> Option<f64> {
    let ours = measured.first()?.memory_kib?;
    let peer = measured.get(peer)?.memory_kib?;
    Some(ours as f64 / peer as f64)
}

fn median(measured: &Measured) -> f64 {
    measured.times_ms.get(measured.times_ms.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Half the distance from the quickest to the slowest round, in percent of the median.
fn spread(measured: &Measured) -> f64 {
    let (first, last) = (measured.times_ms.first(), measured.times_ms.last());
    let distance = last.copied().unwrap_or(f64::NAN) - first.copied().unwrap_or(f64::NAN);
    50.0 * distance / median(measured)
}

fn geometric_mean(values: &[f64]) -> f64 {
    let logarithms: f64 = values.iter().map(|value| value.ln()).sum();
    (logarithms / values.len() as f64).exp()
}
