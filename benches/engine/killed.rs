//! How soon runs go on whose process was killed. The process is this benchmark again, with another argument.

use crate::engine::program::{Bench, hanging, options};
use benches::Goal;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// What asks for the process that is killed.
pub const VICTIM: &str = "--until-killed";

/// Measures a kill.
///
/// # Errors
/// The processes cannot be started, or the runs do not go on.
pub fn in_flight(folder: &Path, count: usize) -> io::Result<Vec<Goal>> {
    let folder = folder.join("killed");
    let mut victim = Command::new(std::env::current_exe()?)
        .args([VICTIM.as_ref(), folder.as_os_str()])
        .arg(count.to_string())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut line = String::new();
    if let Some(output) = victim.stdout.take() {
        BufReader::new(output).read_line(&mut line)?;
    }
    victim.kill()?;
    victim.wait()?;
    if line.trim() != "in flight" {
        return Err(io::Error::other("the process that is to be killed ended by itself"));
    }
    let begun = Instant::now();
    let bench = Bench::open(options(&folder))?;
    until_hanging(count)?;
    let taken = begun.elapsed();
    println!("{count} runs in flight at a SIGKILL: all go on after {taken:.2?}");
    drop(bench);
    Ok(vec![Goal::time(format!("{count} runs go on after a SIGKILL"), taken, Duration::from_secs(2))])
}

/// Brings runs into flight, says so, and waits for the end.
///
/// # Errors
/// The engine cannot.
pub fn until_killed(folder: &Path, count: usize) -> io::Result<()> {
    let bench = Bench::open(options(folder))?;
    bench.run("hang_all", Some(count as i64))?;
    until_hanging(count)?;
    println!("in flight");
    io::stdout().flush()?;
    sleep(Duration::from_secs(600));
    drop(bench);
    Ok(())
}

fn until_hanging(count: usize) -> io::Result<()> {
    let begun = Instant::now();
    while hanging() < count as u64 {
        if begun.elapsed() > Duration::from_secs(300) {
            return Err(io::Error::other("the runs do not go on"));
        }
        sleep(Duration::from_millis(1));
    }
    Ok(())
}
