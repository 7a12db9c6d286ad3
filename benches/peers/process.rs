//! Runs a program as a process of its own, and says how long it took or how much memory it had.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How often the memory of a process is looked at.
const LOOK: Duration = Duration::from_millis(1);

/// A language, and how its programs are run.
pub struct Language {
    /// Its name in the table.
    pub name: &'static str,
    /// The folder of its programs.
    pub folder: &'static str,
    /// What their names end in.
    pub extension: &'static str,
    command: PathBuf,
    arguments: &'static [&'static str],
}

/// A process that ended well.
pub struct Finished {
    /// What it printed, without the line end.
    pub printed: String,
    /// From its start to its end.
    pub taken: Duration,
}

impl Language {
    /// Describes a language; `files` is the folder of its programs and what their names end in.
    pub fn new(
        name: &'static str,
        command: PathBuf,
        arguments: &'static [&'static str],
        files: (&'static str, &'static str),
    ) -> Language {
        Language { name, folder: files.0, extension: files.1, command, arguments }
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(&self.command);
        command.args(self.arguments).arg(program).stdin(Stdio::null());
        command
    }
}

/// Runs a program once.
///
/// # Errors
/// Says why it could not be started, or what it said when it failed.
pub fn measure(language: &Language, program: &Path) -> Result<Finished, String> {
    let mut command = language.command(program);
    let started = Instant::now();
    let output = command.output().map_err(|error| format!("{}: {error}", language.command.display()))?;
    let taken = started.elapsed();
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(format!("{} of {} failed: {said}", program.display(), language.name));
    }
    Ok(Finished { printed: String::from_utf8_lossy(&output.stdout).trim_end().to_owned(), taken })
}

/// Runs a program once and gives the most memory it had, in KiB; `None` where the system does not tell.
///
/// # Errors
/// Says why it could not be started.
pub fn peak_memory(language: &Language, program: &Path) -> Result<Option<u64>, String> {
    let mut command = language.command(program);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(|error| format!("{}: {error}", language.command.display()))?;
    let status = format!("/proc/{}/status", child.id());
    let mut most = None;
    loop {
        // The kernel keeps the high-water mark, so only what comes after the last look is missed.
        let seen = std::fs::read_to_string(&status).ok().as_deref().and_then(high_water);
        most = seen.max(most);
        match child.try_wait() {
            Ok(None) => std::thread::sleep(LOOK),
            Ok(Some(_)) => return Ok(most),
            Err(error) => return Err(format!("waiting for {}: {error}", language.name)),
        }
    }
}

fn high_water(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}
