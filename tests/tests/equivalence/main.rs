//! Two ways to the same result: thousands of generated programs, evaluated by the book and run by the machine, in one go
//! and saved and loaded on the way.
//!
//! `TASKWRIGHT_PROGRAMS=100000` makes more of them, `TASKWRIGHT_SEED=7` begins elsewhere.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod generate;
mod machine;
mod project;
mod reference;
mod shrink;
mod world;

use generate::{Source, Subject, program};
use machine::Saved;
use project::Project;
use reference::End;
use std::collections::BTreeMap;

/// How many programs are compiled together.
const TOGETHER: usize = 100;

/// The stack of the thread that evaluates: the reference nests as programs do.
const STACK: usize = 512 << 20;

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// Makes programs, in turn about each subject.
fn programs(count: u64) -> impl Iterator<Item = Source> {
    let first = setting("TASKWRIGHT_SEED", 0);
    let count = setting("TASKWRIGHT_PROGRAMS", count);
    (first..first + count).map(|seed| sized(seed, 2 + (seed % 7) as u32))
}

fn sized(seed: u64, size: u32) -> Source {
    let subject = match seed % 3 {
        0 => Subject::Asking,
        1 => Subject::Computing,
        _ => Subject::Sharing,
    };
    program(seed, size, subject)
}

/// Compares each program, a project of many at a time. Stops at the first that differs and shows it, made smaller.
fn compare(count: u64, differs: fn(&Project, &Source) -> Option<String>, mut seen: impl FnMut(&Project, &Source)) {
    let mut programs = programs(count).peekable();
    while programs.peek().is_some() {
        let sources: Vec<Source> = programs.by_ref().take(TOGETHER).collect();
        let project = Project::new(&sources).unwrap_or_else(|told| panic!("a program does not compile:\n{told}"));
        for source in &sources {
            if differs(&project, source).is_some() {
                show(source, differs);
            }
            seen(&project, source);
        }
    }
}

fn show(source: &Source, differs: fn(&Project, &Source) -> Option<String>) -> ! {
    let difference = |source: &Source| {
        let project = Project::new(std::slice::from_ref(source)).ok()?;
        differs(&project, source)
    };
    let seed = source.seed;
    let sizes = (1..12).map(|size| sized(seed, size)).find(|smaller| difference(smaller).is_some());
    let smallest = shrink::shrunk(&sizes.unwrap_or_else(|| source.clone()), |smaller| difference(smaller).is_some());
    let told = difference(&smallest).unwrap_or_default();
    panic!("seed {seed}:\n{}\n{told}", smallest.text)
}

fn on_a_large_stack(work: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(work).unwrap();
    if let Err(panic) = thread.join() {
        std::panic::resume_unwind(panic);
    }
}

/// Says how the reference and the machine differ.
fn from_reference(project: &Project, source: &Source) -> Option<String> {
    let expected = project.reference(source);
    if expected.end == End::TooMuch {
        return None;
    }
    let found = project.machine(source, Saved::Never);
    (expected != found).then(|| format!("reference: {expected:#?}\nmachine: {found:#?}"))
}

/// Says how a machine that is saved and loaded differs from one that is not.
fn from_saved(project: &Project, source: &Source) -> Option<String> {
    if project.reference(source).end == End::TooMuch {
        return None;
    }
    let expected = project.machine(source, Saved::Never);
    [1, 2, 3, 7, 50].into_iter().skip(source.seed as usize % 3).step_by(3).find_map(|fuel| {
        let found = project.machine(source, Saved::Every(fuel));
        (expected != found).then(|| format!("at once: {expected:#?}\nsaved after every {fuel}: {found:#?}"))
    })
}

#[test]
fn generated_programs_give_what_the_reference_gives() {
    on_a_large_stack(|| {
        let mut ends: BTreeMap<String, u32> = BTreeMap::new();
        let mut operations = 0;
        compare(3_000, from_reference, |project, source| {
            let run = project.machine(source, Saved::Never);
            operations += run.asked.len();
            *ends.entry(kind(&run.end)).or_default() += 1;
        });
        let total: u32 = ends.values().sum();
        println!("{total} programs, {operations} operations: {ends:?}");
        assert!(ends["a value"] * 3 > total, "most programs fail, so they show little");
    });
}

#[test]
fn a_program_that_is_saved_and_loaded_goes_on_the_same() {
    on_a_large_stack(|| {
        let mut count = 0;
        compare(900, from_saved, |_, _| count += 1);
        println!("{count} programs");
    });
}

fn kind(end: &End) -> String {
    match end {
        End::Value(_) => "a value".to_owned(),
        End::Failure { kind, .. } => kind.clone(),
        End::TooMuch => "too much".to_owned(),
    }
}
