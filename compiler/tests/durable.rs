//! Steps, waits, branches, events, states and runs: what the checker takes is lowered to an image that is right.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use compiler::{Input, InputFile, analyze};
use std::path::Path;

fn library() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../stdlib");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let tasks = files.filter(|path| path.extension().is_some_and(|extension| extension == "task"));
    let module = |path: &Path| path.file_stem().unwrap().to_string_lossy().into_owned();
    let mut modules: Vec<_> = tasks.map(|path| (module(&path), std::fs::read_to_string(&path).unwrap())).collect();
    modules.sort();
    modules
}

fn image(text: &str) -> bytecode::Image {
    let file = InputFile { name: "main.task".into(), module: "main".into(), text: text.into() };
    let analysis = analyze(Input { name: "main".into(), files: vec![file], library: library(), ..Input::default() });
    let told = |diagnostic: &diagnostics::Diagnostic| {
        let at = analysis.sources.start(diagnostic.primary.place);
        format!("{}:{} {} {}", at.line, at.column, diagnostic.code.number(), diagnostic.message)
    };
    let image = compiler::compile(&analysis).unwrap_or_else(|found| {
        panic!("{}\n{text}", found.iter().map(told).collect::<Vec<_>>().join("\n"));
    });
    image.verify().unwrap_or_else(|error| panic!("{error}\n{}", bytecode::disassemble(&image)));
    image
}

fn natives(image: &bytecode::Image) -> Vec<&str> {
    image.natives.iter().map(|native| native.name.as_str()).collect()
}

#[test]
fn branches_become_closures() {
    let image = image(
        r#"
fn size(page: string) -> int { page.len() }

task all(pages: list<string>, ages: map<string, int>, width: int) -> int {
    var total = 0
    parallel {
        let first = size("a")
        let second: string? = none
        log.info("third")
        for page in pages parallel 2 { log.info(page) }
    }
    total += first + (second ?? "").len()
    let sizes = for page in pages parallel 4 yield size(page)
    let long = for page in pages parallel width yield {
        if page.len() < 3 { continue }
        page
    }
    let olders = for name, age in ages parallel 2 yield "{name} {age + 1}"
    for n in 0..10 parallel 3 {
        if n == 4 { continue }
        log.info("{n}")
    }
    let lines = for line in files.lines("a.txt") parallel 8 yield line.trim()
    for line in files.lines("a.txt") parallel 8 { log.info(line) }
    let flags = for page in pages parallel 2 yield page == "x"
    total + sizes.len() + long.len() + olders.len() + lines.len() + flags.len()
}
"#
        .replace("width: int) -> int {", "width: int) -> int\n    needs files read \"a.txt\"\n{")
        .as_str(),
    );
    assert!(bytecode::disassemble(&image).contains("parallel_each"));
}

#[test]
fn steps_are_left_on_every_way_out() {
    let image = image(
        r#"
error_kind unreadable

fn charge(id: string) -> string {
    if id == "" { fail unreadable "no id" }
    "receipt"
}

task order(id: string) -> string {
    for n in 0..3 {
        step look retry 2 timeout 10s {
            if n == 1 { continue }
            if n == 2 { break }
            log.info("{n}")
        } undo { log.info("undone {n}") }
    }
    let receipt = step charge retry 5 backoff 1s..1m on interrupted, unreadable timeout 30s {
        charge(id)
    } undo receipt => {
        log.info("refund {receipt}")
    }
    let count = step count { 3 }
    try {
        step inner {
            step innermost retry count { return "early {receipt}" }
        }
    } catch as error {
        log.warn(error.message)
    } finally {
        log.info("done")
    }
    receipt
}
"#,
    );
    let found = natives(&image);
    for name in ["step.begin", "step.pause", "step.end"] {
        assert!(found.contains(&name), "{found:?}");
    }
}

#[test]
fn waits_are_operations() {
    let image = image(
        r#"
event Paid { id: string, total: int }
event Closed { user: string }

task report(shard: int = 1) -> string? { none }
task quiet() { log.info("quiet") }

task waits(id: string, user: string) -> string {
    wait 10m
    wait until 2026-12-31T18:00[Europe/Berlin]
    let paid = wait for Paid as e where e.id == id and e.total > 3 within 2d
    let closed = wait for Closed
    match wait for approval "Pay {closed.user}?" by role "finance" within 1d {
        .approved(by, comment) => log.info("{by} {comment}")
        .rejected(by, comment) => fail denied "{by}: {comment}"
        .expired => fail timeout "nobody decided"
    }
    let answer = wait for {
        Paid as p where p.id == id => "paid {p.total}"
        Closed as c where c.user == user => return "closed"
        within 3d => "late"
    }
    wait for {
        Paid => log.info("paid")
    }
    let text = call report(shard: 3)
    let other = call report()
    call quiet()
    let job = start report(shard: 3) key "reindex-{id}"
    let done = wait for job within 1h
    let whole = wait for job
    wait for start quiet()
    emit Paid(id: run.id, total: 3)
    log.info("{run.due} {run.started_at} {run.dir} {run.trigger}")
    let failure = job.error()
    "{paid?.total} {answer} {text ?? ""} {other ?? ""} {done ?? ""} {whole ?? ""} {failure?.kind} {job.result() ?? ""}"
}
"#
        .replace("    wait for start quiet()\n", "    wait for (start quiet())\n")
        .as_str(),
    );
    assert_eq!(image.events.len(), 2);
    let found = natives(&image);
    for name in ["event.wait", "wait.approval", "task.call", "task.start", "task.join", "event.emit", "run.error"] {
        assert!(found.contains(&name), "{found:?}");
    }
}

#[test]
fn a_state_changes_in_one_operation() {
    let image = image(
        r#"
record Seen { names: list<string>, count: int }

fn none_yet() -> int { 1 + 2 }

state last_seen: datetime? = none
state runs = none_yet()
state seen: Seen = Seen(names: [], count: 0)
state ages: map<string, int> = {}

task change(name: string) -> int {
    let before = last_seen
    last_seen = now()
    runs += name.len()
    seen.names.push(name)
    seen.count += 1
    ages[name] = runs
    ages["x"] += 2
    let gone = ages.remove(name)
    for age in ages.values() { log.info("{age} {before}") }
    runs + seen.count + (gone ?? 0)
}
"#,
    );
    assert_eq!(image.states.len(), 4);
}

#[test]
fn what_must_hold_is_asked_at_the_end() {
    let image = image(
        r#"
calendar holidays = [2026-12-25, 2026-12-26]

fn half(n: int where it > 0) -> int { n / 2 }

task share(n: int where it < 100, m: int = 2) -> int
    ensure result >= 0 else "negative share"
    ensure result < n
{
    if n == 3 { return half(n) }
    try {
        if today() in holidays { return 0 }
    } finally {
        log.info("{m}")
    }
    half(n)
}

task others()
    ensure run_count() > 0
{
    let all = for each: int in [1, 2] yield call share(n: each)
    log.info("{all}")
}

fn run_count() -> int { 1 }
"#,
    );
    assert_eq!(image.tasks.len(), 2);
}
