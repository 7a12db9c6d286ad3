//! What a process uses, as the system counts it.

use std::io;
use std::time::Duration;

/// A tick of the processor time in `/proc`.
const TICK: Duration = Duration::from_millis(10);

/// A page of memory.
const PAGE: u64 = 4096;

/// What a process has used.
#[derive(Clone, Copy, Debug, Default)]
pub struct Usage {
    /// Its processor time so far.
    pub processor: Duration,
    /// The bytes it has in memory.
    pub memory: u64,
}

impl Usage {
    /// Asks about this process.
    ///
    /// # Errors
    /// The system does not tell; only Linux does.
    pub fn own() -> io::Result<Usage> {
        Usage::of("self")
    }

    /// Asks about a process by its id.
    ///
    /// # Errors
    /// There is none, or the system does not tell.
    pub fn of(process: &str) -> io::Result<Usage> {
        let text = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
        // The name in parentheses may have blanks; what follows has not.
        let fields: Vec<&str> = text.rsplit(") ").next().unwrap_or_default().split(' ').collect();
        let field = |number: usize| fields.get(number).and_then(|field| field.parse::<u64>().ok()).unwrap_or(0);
        let ticks = u32::try_from(field(11) + field(12)).unwrap_or(u32::MAX);
        Ok(Usage { processor: TICK * ticks, memory: field(21) * PAGE })
    }
}
