//! Whole processes: how they are found, and run to their end or to the first byte that they print.

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A program that takes a path behind some arguments.
pub struct Program {
    path: PathBuf,
    arguments: &'static [&'static str],
}

impl Program {
    /// Names one.
    pub fn new(path: PathBuf, arguments: &'static [&'static str]) -> Program {
        Program { path, arguments }
    }

    /// Finds `ruff check`: `RUFF` names it, else it is looked for in the `PATH`.
    pub fn ruff() -> Option<Program> {
        let path = match std::env::var_os("RUFF") {
            Some(given) => PathBuf::from(given),
            None => std::env::split_paths(&std::env::var_os("PATH")?).find_map(|folder| binary(folder.join("ruff")))?,
        };
        let program = Program::new(path, &["check", "--no-cache", "--isolated"]);
        let answer = program.command().arg("--help").status();
        answer.is_ok_and(|status| status.success()).then_some(program)
    }

    /// Runs it on a path and waits for its end; what it says is not looked at.
    pub fn run(&self, path: &Path) {
        let _ = self.command().arg(path).status();
    }

    /// Runs it with other arguments and waits for its end.
    pub fn run_with(&self, arguments: &[&str]) {
        let _ = quiet(&self.path).args(arguments).status();
    }

    /// Runs it with other arguments, and says how long it took to print its first byte. Its end is waited for, so that
    /// nothing of it disturbs the next one, but does not count.
    ///
    /// # Errors
    /// It could not be started, or printed nothing.
    pub fn first_output(&self, arguments: &[&str], path: &Path) -> io::Result<Duration> {
        let started = Instant::now();
        let mut child = quiet(&self.path).args(arguments).arg(path).stdout(Stdio::piped()).spawn()?;
        let mut printed = Vec::new();
        if let Some(output) = &mut child.stdout {
            output.by_ref().take(1).read_to_end(&mut printed)?;
        }
        let taken = started.elapsed();
        drop(child.wait_with_output()?);
        if printed.is_empty() {
            return Err(io::Error::other(format!("{} printed nothing", self.path.display())));
        }
        Ok(taken)
    }

    fn command(&self) -> Command {
        let mut command = quiet(&self.path);
        command.args(self.arguments);
        command
    }
}

fn quiet(path: &Path) -> Command {
    let mut command = Command::new(path);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Gives a program itself. A script that only leads to it (pyenv has such) would be timed with it, so it is asked.
fn binary(path: PathBuf) -> Option<PathBuf> {
    let mut first = [0; 2];
    std::fs::File::open(&path).ok()?.read_exact(&mut first).ok()?;
    if first != *b"#!" {
        return Some(path);
    }
    let found = Command::new("pyenv").arg("which").arg(path.file_name()?).output().ok()?;
    let found = PathBuf::from(String::from_utf8(found.stdout).ok()?.trim());
    found.is_file().then_some(found)
}
