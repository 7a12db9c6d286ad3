//! What sleeping runs cost, how fast they wake, and how soon an engine is there that has many of them.

use crate::engine::process::Usage;
use crate::engine::program::{Bench, options};
use benches::Goal;
use runtime::clock::{Clock, Micros, SystemClock};
use runtime::engine::{EngineEvent, EngineOptions};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::thread::{sleep, spawn};
use std::time::{Duration, Instant};
use tokio::sync::broadcast::error::RecvError;

/// The system's clock, which can be moved on.
#[derive(Default)]
struct Moved {
    by: AtomicI64,
}

impl Clock for Moved {
    fn now(&self) -> Micros {
        SystemClock.now() + self.by.load(Ordering::SeqCst)
    }

    fn uptime(&self) -> Duration {
        SystemClock.uptime() + Duration::from_micros(self.by.load(Ordering::SeqCst).unsigned_abs())
    }

    fn fill(&self, bytes: &mut [u8]) {
        SystemClock.fill(bytes);
    }

    fn nap(&self, wanted: Duration) -> Duration {
        wanted.min(Duration::from_millis(10))
    }
}

/// Measures sleeping runs.
///
/// # Errors
/// The engine cannot.
pub fn sleeping(folder: &Path, count: usize) -> io::Result<Vec<Goal>> {
    let folder = folder.join("sleepers");
    let clock = Arc::new(Moved::default());
    let opened = || Bench::open(EngineOptions { clock: Arc::clone(&clock) as Arc<_>, ..options(&folder) });
    let bench = opened()?;
    let asleep = count_sleeps(&bench);
    bench.run("put_to_sleep", Some(count as i64))?;
    until(&asleep, count)?;
    bench.engine.stop(Duration::from_secs(5)).map_err(io::Error::other)?;
    let disk = size_of(&folder)? as f64 / count as f64;

    let begun = Instant::now();
    let bench = opened()?;
    bench.run("nothing", None)?;
    let restart = begun.elapsed();
    // What was freed since is counted too: a process is as large as it looks.
    let memory = Usage::own()?.memory as f64 / f64::from(1 << 20);

    let asleep = count_sleeps(&bench);
    let begun = Instant::now();
    clock.by.fetch_add(3_600_000_000, Ordering::SeqCst);
    let mut slowest = Duration::ZERO;
    while asleep.load(Ordering::SeqCst) < count as u64 {
        let asked = Instant::now();
        // It is acknowledged by the commit that has it, behind the one that goes on.
        bench.start("nothing", None, 1)?;
        slowest = slowest.max(asked.elapsed());
        if begun.elapsed() > Duration::from_secs(300) {
            return Err(io::Error::other("the sleepers do not wake"));
        }
        sleep(Duration::from_millis(1));
    }
    let rate = count as f64 / begun.elapsed().as_secs_f64();
    println!("{count} sleeping runs: {memory:.0} MB resident, {disk:.0} bytes of disk each, there after {restart:.2?}");
    println!("waking, a line of log, and asleep again: {rate:.0}/s; the slowest start beside them {slowest:.1?}");
    Ok(vec![
        Goal::at_most(format!("memory with {count} runs asleep"), memory, 256.0, "MB"),
        Goal::at_most("disk of a sleeping run", disk, 2_048.0, "bytes"),
        Goal::at_least("wakes", rate, 10_000.0, "/s"),
        Goal::time("start of a run while they wake: two batches", slowest, Duration::from_millis(100)),
        Goal::time("restart with them", restart, Duration::from_secs(3)),
    ])
}

/// Counts how often runs go to sleep from now on.
fn count_sleeps(bench: &Bench) -> Arc<AtomicU64> {
    let count = Arc::new(AtomicU64::new(0));
    let (counted, mut events) = (Arc::clone(&count), bench.engine.subscribe());
    spawn(move || {
        loop {
            match events.blocking_recv() {
                Ok(EngineEvent::Waiting { .. }) => drop(counted.fetch_add(1, Ordering::SeqCst)),
                Ok(_) => {}
                Err(RecvError::Lagged(_)) => println!("the count of sleepers fell behind"),
                Err(RecvError::Closed) => return,
            }
        }
    });
    count
}

fn until(reached: &AtomicU64, count: usize) -> io::Result<()> {
    let begun = Instant::now();
    while reached.load(Ordering::SeqCst) < count as u64 {
        if begun.elapsed() > Duration::from_secs(900) {
            return Err(io::Error::other("the sleepers do not fall asleep"));
        }
        sleep(Duration::from_millis(5));
    }
    Ok(())
}

fn size_of(folder: &Path) -> io::Result<u64> {
    let mut size = 0;
    for entry in std::fs::read_dir(folder)? {
        let data = entry?.metadata()?;
        size += if data.is_file() { data.len() } else { 0 };
    }
    Ok(size)
}
