//! How fast a file is checked, and whether the time grows with its length: `cargo bench --bench front_end`.

#![allow(clippy::print_stdout, reason = "a benchmark prints what it found")]

use benches::{median, program};
use compiler::{Input, InputFile};
use std::process::ExitCode;
use std::time::Duration;

/// The lines of the smallest file; each following one has twice as many.
const LINES: usize = 2_500;

fn main() -> ExitCode {
    println!("{:>8}  {:>10}  {:>12}  {:>8}", "lines", "median", "lines/s", "ratio");
    let mut before: Option<Duration> = None;
    for doubling in 0..3 {
        let text = program(LINES << doubling);
        let lines = text.lines().count();
        let found = check(&text);
        if found > 0 {
            println!("the generated program has {found} diagnostics and should have none");
            return ExitCode::FAILURE;
        }
        let taken = median(9, || {
            check(&text);
        });
        let ratio =
            before.map_or_else(String::new, |before| format!("{:.2}", taken.as_secs_f64() / before.as_secs_f64()));
        let rate = lines as f64 / taken.as_secs_f64();
        println!("{lines:>8}  {:>7.1} ms  {rate:>12.0}  {ratio:>8}", taken.as_secs_f64() * 1e3);
        before = Some(taken);
    }
    ExitCode::SUCCESS
}

/// Checks a file with the whole library, from nothing, and gives how many diagnostics there are.
fn check(text: &str) -> usize {
    let file = InputFile { name: "bench.task".to_owned(), module: "bench".to_owned(), text: text.to_owned() };
    let library = stdlib::SOURCES.iter().map(|(module, text)| ((*module).to_owned(), (*text).to_owned())).collect();
    let input = Input { name: "bench".to_owned(), files: vec![file], library, zone: None };
    compiler::analyze(input).diagnostics.len()
}
