//! How fast many runs that come to nothing are started and ended, and whether that stays so as they become more.

use crate::engine::program::{Bench, options};
use benches::Goal;
use runtime::engine::RunState;
use std::io;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Measures two numbers of runs, of which the second is twice the first.
///
/// # Errors
/// The engine cannot.
pub fn queued(folder: &Path, most: usize) -> io::Result<Vec<Goal>> {
    let half = fan_out(&folder.join("half"), most / 2)?;
    let all = fan_out(&folder.join("all"), most)?;
    let rate = most as f64 / all.as_secs_f64();
    println!("{most} runs that come to nothing: {rate:.0} finished/s; half of them took {:.2} s", half.as_secs_f64());
    Ok(vec![
        Goal::at_least(format!("finished of {most} queued runs"), rate, 5_000.0, "/s"),
        Goal::at_most("time for twice the queue", all.as_secs_f64() / half.as_secs_f64(), 2.2, "times"),
    ])
}

fn fan_out(folder: &Path, count: usize) -> io::Result<Duration> {
    let bench = Bench::open(options(folder))?;
    let history = bench.engine.history().map_err(io::Error::other)?;
    let begun = Instant::now();
    bench.run("fan_out", Some(count as i64))?;
    // Workers take turns, so the youngest run is among the last; then the few before it are looked at.
    loop {
        let youngest = history.runs(Some("nothing"), 4_096.min(count)).map_err(io::Error::other)?;
        if youngest.len() == 4_096.min(count) && youngest.iter().all(|run| run.state == RunState::Succeeded) {
            return Ok(begun.elapsed());
        }
        sleep(Duration::from_millis(20));
    }
}
