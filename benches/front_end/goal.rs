//! A figure beside what it should be.

use std::fmt;
use std::time::Duration;

/// A figure with its goal, both as they are shown.
pub struct Goal {
    what: String,
    found: String,
    goal: String,
    is_met: bool,
}

impl Goal {
    /// Compares a time with the longest that it should be.
    pub fn time(what: String, found: Duration, longest: Duration) -> Goal {
        let shown = |time: Duration| format!("{:.1} ms", time.as_secs_f64() * 1e3);
        Goal { what, found: shown(found), goal: shown(longest), is_met: found <= longest }
    }

    /// Compares the ratio of two times with the largest that it should be.
    pub fn ratio(what: &str, found: f64, largest: f64) -> Goal {
        Goal {
            what: what.to_owned(),
            found: format!("{found:.2}"),
            goal: format!("{largest:.2}"),
            is_met: found <= largest,
        }
    }
}

impl fmt::Display for Goal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Goal { what, found, goal, is_met } = self;
        let word = if *is_met { "met" } else { "missed" };
        write!(out, "{what:<40} {found:>9}, at most {goal:>9}: {word}")
    }
}
