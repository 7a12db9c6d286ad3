//! How fast programs are checked, and whether the time grows with their length: `cargo bench --bench front_end`.
//!
//! `parse` and `check` are measured in this process, `process` is a whole `taskwright check`, and beside it stands a whole
//! `ruff check` of a Python file with as many lines, where ruff is installed. All are run in turn, and medians are shown;
//! at the end each figure stands against its goal.

#![allow(clippy::print_stdout, reason = "a benchmark prints what it found")]

mod front_end {
    pub mod process;
}

use benches::{Goal, median, medians, program, project, python, taskwright};
use compiler::{Input, InputFile};
use diagnostics::FileId;
use front_end::process::Program;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;
use std::{fs, io};

/// The lines of the smallest file; each following one has twice as many.
const LINES: usize = 5_000;

/// How often they are doubled.
const DOUBLINGS: usize = 3;

/// The length that has a goal.
const GOAL_LINES: usize = 10_000;

/// The files of the project, which have 50,000 lines together.
const FILES: usize = 200;

/// How often everything is measured.
const ROUNDS: usize = 9;

/// The smallest task.
const HELLO: &str = "/// Says it.\ntask hello() -> string\n    timeout 1m\n{\n    \"hello\"\n}\n";

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
    let ours = Program::new(taskwright().map_err(io::Error::other)?, &["check"]);
    let folder = tempfile::tempdir()?;
    let mut goals = one_file(&ours, folder.path())?;
    goals.push(several_files(&ours, folder.path())?);
    goals.extend(hello(&ours, folder.path())?);
    println!();
    for goal in goals {
        println!("{goal}");
    }
    Ok(())
}

/// Measures files of growing length.
fn one_file(taskwright: &Program, folder: &Path) -> io::Result<Vec<Goal>> {
    let ruff = Program::ruff();
    if ruff.is_none() {
        println!("ruff is not installed, so its column is empty: `pip install ruff`, or name it by RUFF");
    }
    println!("   lines       parse       check     process        ruff     lines/s   ratio");
    let mut before: Option<Duration> = None;
    let (mut cold, mut steepest) = (Duration::ZERO, 0.0_f64);
    for doubling in 0..=DOUBLINGS {
        let length = LINES << doubling;
        let text = program(length);
        let lines = text.lines().count();
        let files = [("bench.task".to_owned(), text)];
        right(&files)?;
        let (ours, theirs) = (folder.join("ours.task"), folder.join("theirs.py"));
        fs::write(&ours, &files[0].1)?;
        fs::write(&theirs, python(lines))?;
        let [parse, check, process, other] = medians(
            ROUNDS,
            [
                &mut || drop(grammar::parse(FileId(0), &files[0].1)),
                &mut || drop(compiler::analyze(input(&files))),
                &mut || taskwright.run(&ours),
                &mut || {
                    if let Some(ruff) = &ruff {
                        ruff.run(&theirs);
                    }
                },
            ],
        );
        let ratio = before.map(|before| process.as_secs_f64() / before.as_secs_f64());
        let rate = lines as f64 / process.as_secs_f64();
        let other = if ruff.is_some() { shown(other) } else { "-".to_owned() };
        println!(
            "{lines:>8} {:>11} {:>11} {:>11} {other:>11} {rate:>11.0} {:>7}",
            shown(parse),
            shown(check),
            shown(process),
            ratio.map_or_else(String::new, |ratio| format!("{ratio:.2}"))
        );
        if length == GOAL_LINES {
            cold = process;
        }
        steepest = steepest.max(ratio.unwrap_or(0.0));
        before = Some(process);
    }
    let check = Goal::time(format!("check a file of {GOAL_LINES} lines"), cold, Duration::from_millis(60));
    Ok(vec![check, Goal::at_most("check twice the lines", steepest, 2.2, "times")])
}

/// Measures a project of many files.
fn several_files(taskwright: &Program, folder: &Path) -> io::Result<Goal> {
    let files = project(FILES);
    right(&files)?;
    let lines: usize = files.iter().map(|(_, text)| text.lines().count()).sum();
    let root = folder.join("project");
    fs::create_dir_all(root.join("jobs"))?;
    fs::write(root.join("taskwright.toml"), "[project]\nname = \"bench\"\n")?;
    for (name, text) in &files {
        fs::write(root.join(name), text)?;
    }
    let [check, process] =
        medians(ROUNDS, [&mut || drop(compiler::analyze(input(&files))), &mut || taskwright.run(&root)]);
    println!("{FILES} files, {lines} lines: check {}, process {}", shown(check), shown(process));
    Ok(Goal::time(format!("check {FILES} files of {lines} lines"), process, Duration::from_millis(300)))
}

/// Measures what it takes to begin.
fn hello(taskwright: &Program, folder: &Path) -> io::Result<Vec<Goal>> {
    let hello = folder.join("hello.task");
    fs::write(&hello, HELLO)?;
    let [check, nothing] =
        medians(ROUNDS, [&mut || taskwright.run(&hello), &mut || taskwright.run_with(&["--version"])]);
    let (mut scratch, mut kept) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let data = folder.join(format!("data-{round}"));
        scratch.push(taskwright.first_output(&["run", "--ephemeral"], &hello)?);
        kept.push(taskwright.first_output(&["run", "--data", &data.to_string_lossy()], &hello)?);
    }
    let (scratch, kept) = (median(scratch), median(kept));
    println!(
        "hello.task: check {}, run --ephemeral {}, run {}; --version {}",
        shown(check),
        shown(scratch),
        shown(kept),
        shown(nothing)
    );
    Ok(vec![Goal::time("run hello.task to its first output", scratch, Duration::from_millis(15))])
}

fn shown(taken: Duration) -> String {
    format!("{:.1} ms", taken.as_secs_f64() * 1e3)
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
fn right(files: &[(String, String)]) -> io::Result<()> {
    let analysis = compiler::analyze(input(files));
    match analysis.diagnostics.first() {
        Some(told) => Err(io::Error::other(format!("the generated program is wrong: {}", told.message))),
        None => Ok(()),
    }
}
