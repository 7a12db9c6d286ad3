//! How fast programs are checked, and whether the time grows with their length: `cargo bench --bench front_end`.
//!
//! `parse` and `check` are measured in this process, `process` is a whole `taskwright check`, and beside it stands a whole
//! `ruff check` of a Python file with as many lines, where ruff is installed. All are run in turn, and medians are shown.

#![allow(clippy::print_stdout, reason = "a benchmark prints what it found")]

use benches::{medians, program, project, python, taskwright};
use compiler::{Input, InputFile};
use diagnostics::FileId;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;
use std::{fs, io};

/// The lines of the smallest file; each following one has twice as many.
const LINES: usize = 5_000;

/// How often they are doubled.
const DOUBLINGS: usize = 3;

/// The files of the project, and the lines of each.
const PROJECT: (usize, usize) = (200, 250);

/// How often everything is measured.
const ROUNDS: usize = 9;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> io::Result<()> {
    let command = taskwright().map_err(io::Error::other)?;
    let folder = tempfile::tempdir()?;
    let ruff = Command::new("ruff").arg("--version").stdout(Stdio::null()).status().is_ok();
    println!("   lines       parse       check     process        ruff     lines/s   ratio");
    let mut before: Option<Duration> = None;
    for doubling in 0..=DOUBLINGS {
        let text = program(LINES << doubling);
        let lines = text.lines().count();
        right(&text)?;
        let (ours, theirs) = (folder.path().join("ours.task"), folder.path().join("theirs.py"));
        fs::write(&ours, &text)?;
        fs::write(&theirs, python(lines))?;
        let [parse, check, process, other] = medians(
            ROUNDS,
            [
                &mut || drop(grammar::parse(FileId(0), &text)),
                &mut || drop(compiler::analyze(input(&[("bench.task".to_owned(), text.clone())]))),
                &mut || whole(&command, &["check"], &ours),
                &mut || {
                    if ruff {
                        whole(Path::new("ruff"), &["check", "--no-cache", "--isolated"], &theirs);
                    }
                },
            ],
        );
        let ratio =
            before.map_or_else(String::new, |before| format!("{:.2}", process.as_secs_f64() / before.as_secs_f64()));
        let rate = lines as f64 / process.as_secs_f64();
        let other = if ruff { shown(other) } else { "-".to_owned() };
        println!(
            "{lines:>8} {:>11} {:>11} {:>11} {other:>11} {rate:>11.0} {ratio:>7}",
            shown(parse),
            shown(check),
            shown(process)
        );
        before = Some(process);
    }
    several_files(&command, folder.path())?;
    let hello = folder.path().join("hello.task");
    fs::write(&hello, "/// Says it.\ntask hello() -> string\n    timeout 1m\n{\n    \"hello\"\n}\n")?;
    let [hello] = medians(ROUNDS, [&mut || whole(&command, &["check"], &hello)]);
    println!("one task of one line: {}", shown(hello));
    Ok(())
}

/// Measures a project of many files.
fn several_files(taskwright: &Path, folder: &Path) -> io::Result<()> {
    let files = project(PROJECT.0, PROJECT.1);
    let lines: usize = files.iter().map(|(_, text)| text.lines().count()).sum();
    let root = folder.join("project");
    fs::create_dir_all(root.join("jobs"))?;
    fs::write(root.join("taskwright.toml"), "[project]\nname = \"bench\"\n")?;
    for (name, text) in &files {
        fs::write(root.join(name), text)?;
    }
    let [check, process] =
        medians(ROUNDS, [&mut || drop(compiler::analyze(input(&files))), &mut || whole(taskwright, &["check"], &root)]);
    println!("{} files, {lines} lines: check {}, process {}", files.len(), shown(check), shown(process));
    Ok(())
}

fn shown(taken: Duration) -> String {
    format!("{:.1} ms", taken.as_secs_f64() * 1e3)
}

/// Runs a whole process and waits for it; what it says is not looked at.
fn whole(program: &Path, arguments: &[&str], path: &Path) {
    let _ = Command::new(program).args(arguments).arg(path).stdout(Stdio::null()).stderr(Stdio::null()).status();
}

fn input(files: &[(String, String)]) -> Input {
    let file = |(name, text): &(String, String)| InputFile {
        name: name.clone(),
        module: name.trim_end_matches(".task").replace('/', "."),
        text: text.clone(),
    };
    let library = stdlib::SOURCES.iter().map(|(module, text)| ((*module).to_owned(), (*text).to_owned())).collect();
    Input { name: "bench".to_owned(), files: files.iter().map(file).collect(), library, ..Input::default() }
}

/// Makes sure that what is measured is a right program.
fn right(text: &str) -> io::Result<()> {
    let analysis = compiler::analyze(input(&[("bench.task".to_owned(), text.to_owned())]));
    match analysis.diagnostics.iter().find(|told| told.is_error()) {
        Some(told) => Err(io::Error::other(format!("the generated program is wrong: {}", told.message))),
        None => Ok(()),
    }
}
