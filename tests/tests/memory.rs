//! `limit memory`: a run that holds too much fails, at the same place however often it is put away and brought back.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use bytecode::Image;
use runtime::vm::{Program, Stop, Vm};
use runtime::{Data, ErrorKind};
use std::rc::Rc;
use std::sync::Arc;

const HOARDERS: &str = r#"
/// Keeps all that it draws, with what it draws.
task draws() -> int
    limit memory 512KiB
{
    var lines: list<string> = []
    while true { lines.push("a line of some length with {random.int(1, 6)} in it".repeat(500)) }
    0
}

/// Computes, and asks for nothing.
task computes() -> int
    limit memory 512KiB
{
    var lines: list<string> = []
    while true { lines.push("a line of some length") }
    0
}

/// Holds in each call what the calls around it hold too.
task deep() -> int
    limit memory 512KiB
{
    down(1_000)
}

fn down(left: int) -> int {
    let page = "0123456789".repeat(1_000)
    if left == 0 { return 0 }
    let sum = down(left - 1)
    sum + page.len()
}

task together() -> int
    limit memory 512KiB
{
    let pages = for n in 1..=100 parallel 10 yield "{random.int(1, 1)}".repeat(10_000 + n)
    pages.len()
}

/// Ends well, for what it holds becomes less again.
task frees() -> int
    limit memory 512KiB
{
    var most = 0
    for _round in 0..20 {
        let page = "0123456789".repeat(20_000)
        most = page.len() + random.int(0, 0)
    }
    most
}

/// Names the error, and lets go of what it held.
task forgives() -> string
    limit memory 512KiB
{
    try { hoard() } catch limit as error { return error.message }
    "held it"
}

fn hoard() {
    var lines: list<string> = []
    while true { lines.push("a line of some length {random.int(1, 6)}".repeat(500)) }
}

task tidies() -> int
    limit memory 512KiB
{
    var lines: list<string> = []
    try {
        while true { lines.push("0123456789".repeat(1_000 + random.int(1, 6))) }
    } finally {
        log.info("tidied", lines: lines.len())
    }
    0
}
"#;

/// How a run ended, and what it had asked for until then.
type End = (Result<Data, String>, Vec<String>);

/// Runs a task with so much fuel at a time; `put_away` saves and loads its machine wherever it waits.
fn run(image: &Arc<Image>, task: &str, fuel: u64, put_away: bool) -> End {
    let program = Program::new(Arc::clone(image), &stdlib::natives()).unwrap();
    let index = image.tasks.iter().position(|each| each.name == task).unwrap();
    let mut vm = Vm::task(Rc::clone(&program), index, &[]).unwrap();
    let (mut asked, mut open) = (Vec::new(), Vec::new());
    loop {
        match vm.run(fuel) {
            Stop::Done(data) => return (Ok(data), asked),
            Stop::Failed(error) => return (Err(format!("{}: {}", error.failure.kind, error.failure.message)), asked),
            Stop::OutOfFuel => {}
            Stop::Operation(request) => {
                asked.push(image.natives[usize::from(request.native.0)].name.clone());
                open.push(request.operation);
            }
            Stop::Cancel(operation) => {
                open.retain(|each| *each != operation);
                vm.withdraw(operation);
            }
            Stop::Waiting => {
                if put_away {
                    vm = Vm::load(Rc::clone(&program), &vm.save()).unwrap();
                    // It asks again for what has no outcome.
                    asked.truncate(asked.len() - open.len());
                    open.clear();
                    while let Stop::Operation(request) = vm.run(fuel) {
                        asked.push(image.natives[usize::from(request.native.0)].name.clone());
                        open.push(request.operation);
                    }
                }
                vm.resume(open.remove(0), Ok(Data::Int(1)));
            }
        }
    }
}

fn image() -> Arc<Image> {
    Arc::new(tests::compile(HOARDERS))
}

#[test]
fn a_run_that_holds_too_much_fails_where_it_does_however_it_is_driven() {
    let image = image();
    for task in ["draws", "computes", "deep", "together", "frees", "forgives", "tidies"] {
        let (outcome, asked) = run(&image, task, u64::MAX, false);
        match task {
            "frees" => assert_eq!(outcome, Ok(Data::Int(200_001))),
            "forgives" => {
                let Ok(Data::String(message)) = &outcome else { panic!("{outcome:?}") };
                assert!(message.ends_with("KiB, and `limit memory` lets it hold 512 KiB"), "{message}");
            }
            _ => {
                let message = outcome.clone().expect_err(task);
                assert!(message.starts_with("limit: the run holds "), "{task}: {message}");
            }
        }
        if task == "tidies" {
            assert_eq!(asked.last().unwrap(), "log.info", "what tidies up has room to do so");
        }
        for (fuel, put_away) in [(u64::MAX, true), (7, false), (1_000, true)] {
            let again = run(&image, task, fuel, put_away);
            assert_eq!(again, (outcome.clone(), asked.clone()), "{task}, {fuel} at a time, put away: {put_away}");
        }
    }
}

#[test]
fn without_the_clause_a_run_holds_a_gigabyte_at_most() {
    let text = "
fn down(left: int) -> int {
    let page = \"0123456789abcdef\".repeat(1_000_000 + left)
    if left == 0 { return 0 }
    down(left - 1) + page.len()
}

task main() -> int { down(1_000) }
";
    let (outcome, _) = run(&Arc::new(tests::compile(text)), "main", u64::MAX, false);
    let message = outcome.unwrap_err();
    assert!(
        message.ends_with("more than 1024 MiB; `limit memory` in the head of its task can allow more"),
        "{message}"
    );
    assert_eq!(message.split(':').next(), Some(ErrorKind::Limit.name()));
}
