//! The program of the simulated world: tasks that do all that a run can, and a library whose operations the world decides.

use bytecode::Image;
use compiler::{Input, InputFile};

const LIBRARY: &str = r"//! Operations of the simulated world, each with a label of its own.

/// May be repeated.
extern fn again(label: string) -> int idempotent

/// May be repeated with its key.
extern fn keyed(label: string) -> int keyed

/// May not be repeated.
extern fn once(label: string) -> int once
";

const PROGRAM: &str = r#"
event Rang { bell: int }

state total: int = 0
state log_book: list<string> = []

/// Operations of every class, one after the other.
task plain(id: string) -> int {
    var sum = 0
    for number in 0..4 {
        sum += sim.again("{id} again {number}")
        sum += try_once("{id} once {number}")
        sum += sim.keyed("{id} keyed {number}")
    }
    sum
}

fn try_once(label: string) -> int {
    try { sim.once(label) } catch interrupted { 0 }
}

/// Steps that are tried again, also around what may not be repeated.
task retried(id: string) -> int
    timeout 2h
{
    let first = step first retry 3 backoff 1s..1m { sim.once("{id} once first") }
    let second = step second retry 5 backoff 10s..10m timeout 30m { sim.keyed("{id} keyed second") }
    let third = step third retry 2 { sim.again("{id} again third") }
    first + second + third
}

/// Steps that are undone where a later one fails.
task saga(id: string) {
    step one { sim.again("{id} again one") } undo { sim.again("{id} undo one") }
    wait 5m
    step two { sim.once("{id} once two") } undo { sim.again("{id} undo two") }
    try {
        sim.keyed("{id} keyed inside")
    } finally {
        sim.again("{id} finally")
    }
    step three { sim.keyed("{id} keyed three") } undo { sim.again("{id} undo three") }
    wait 1m
    fail conflict "nothing goes"
}

/// Things at the same time.
task together(id: string) -> int {
    let sums = for number in 0..5 parallel 3 yield {
        wait 10s * (number % 3)
        sim.again("{id} again {number}") + try_once("{id} once {number}")
    }
    parallel {
        let left = step left retry 2 { sim.keyed("{id} keyed left") }
        wait 30s
        let right = sim.again("{id} again right")
    }
    sums.sum() + left + right
}

/// Waits of every kind.
task waits(id: string) -> string {
    wait 90s
    wait until now() + 2h
    let rang = wait for Rang as r where r.bell == 3 within 1h
    let any = wait for Rang within 10m
    let first = wait for {
        Rang as r where r.bell > 5 => "high"
        Rang as r => "low"
        within 2h => "none"
    }
    sim.again("{id} again")
    "{rang != none} {any != none} {first}"
}

/// Rings.
task ring(bell: int) {
    emit Rang(bell: bell)
    wait 1s
    emit Rang(bell: bell + 1)
}

/// Counts itself, once.
task count(id: string) -> int {
    total += 1
    log_book.push(id)
    sim.again("{id} again")
}

/// Gives the book.
task read_book() -> list<string> {
    log_book
}

/// Runs of other runs.
task family(id: string) -> int {
    let called = call count(id: "{id} child")
    let job = start plain(id: "{id} job") key "{id} job"
    let same = start plain(id: "{id} job") key "{id} job"
    wait 1m
    let done = wait for job within 3h
    called + (done ?? 0) + (if job.id == same.id { 0 } else { 1_000 })
}

/// Asks somebody.
task asks(id: string) -> string {
    step book { sim.keyed("{id} keyed book") } undo { sim.again("{id} undo book") }
    match wait for approval "Sell {id}?" by role "finance" within 1d {
        .approved(by, _) => by
        .rejected(by, _) => fail denied "{by} refuses"
        .expired => "nobody"
    }
}
"#;

/// The tasks that a history starts; all but `ring` take an id.
pub const TASKS: &[&str] = &["plain", "retried", "saga", "together", "waits", "ring", "count", "family", "asks"];

/// Compiles the program of random histories.
pub fn image() -> Image {
    compile(PROGRAM)
}

/// Compiles a program of one file, with the library of the simulated world.
pub fn compile(text: &str) -> Image {
    let library = stdlib::SOURCES.iter().copied().chain([("sim", LIBRARY)]);
    let analysis = compiler::analyze(Input {
        name: "simulation".to_owned(),
        files: vec![InputFile { name: "main.task".to_owned(), module: "main".to_owned(), text: text.to_owned() }],
        library: library.map(|(module, text)| (module.to_owned(), text.to_owned())).collect(),
        ..Input::default()
    });
    compiler::compile(&analysis).unwrap_or_else(|told| {
        let told: Vec<_> = told.iter().map(|each| format!("{:?} {}", each.primary.place.span, each.message)).collect();
        panic!("the program of the simulation is wrong: {told:#?}")
    })
}
