//! A figure beside what it should be.

use std::fmt;
use std::time::Duration;

/// A figure with its goal, both as they are shown.
pub struct Goal {
    what: String,
    found: String,
    bound: &'static str,
    goal: String,
    is_met: bool,
}

impl Goal {
    /// Compares a time with the longest that it should be.
    pub fn time(what: impl Into<String>, found: Duration, longest: Duration) -> Goal {
        let shown = |time: Duration| format!("{:.1} ms", time.as_secs_f64() * 1e3);
        Goal { what: what.into(), found: shown(found), bound: AT_MOST, goal: shown(longest), is_met: found <= longest }
    }

    /// Compares a number with the largest that it should be; the unit stands behind both.
    pub fn at_most(what: impl Into<String>, found: f64, largest: f64, unit: &str) -> Goal {
        let (found_shown, goal) = (with_unit(found, unit), with_unit(largest, unit));
        Goal { what: what.into(), found: found_shown, bound: AT_MOST, goal, is_met: found <= largest }
    }

    /// Compares a number with the smallest that it should be; the unit stands behind both.
    pub fn at_least(what: impl Into<String>, found: f64, smallest: f64, unit: &str) -> Goal {
        let (found_shown, goal) = (with_unit(found, unit), with_unit(smallest, unit));
        Goal { what: what.into(), found: found_shown, bound: AT_LEAST, goal, is_met: found >= smallest }
    }
}

const AT_MOST: &str = "at most";
const AT_LEAST: &str = "at least";

/// Shows a number: large ones whole, small ones with two places.
fn with_unit(number: f64, unit: &str) -> String {
    let number = if number.abs() >= 100.0 { format!("{number:.0}") } else { format!("{number:.2}") };
    if unit.is_empty() { number } else { format!("{number} {unit}") }
}

impl fmt::Display for Goal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Goal { what, found, bound, goal, is_met } = self;
        let word = if *is_met { "met" } else { "missed" };
        write!(out, "{what:<52} {found:>12}, {bound:<8} {goal:>12}: {word}")
    }
}
