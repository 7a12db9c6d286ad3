//! `ready`: everything that must hold before a change is merged, in the order in which it fails fastest.
//!
//! It is what CI runs, and nothing else is run there. It stops at the first step that fails and says what to do.

use crate::{layers, tidy};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

struct Step {
    name: &'static str,
    /// What whoever sees it fail does next.
    advice: &'static str,
    work: Work,
}

enum Work {
    Cargo { arguments: &'static [&'static str], environment: &'static [(&'static str, &'static str)] },
    Check(fn(&Path) -> Result<(), String>),
}

const STEPS: &[Step] = &[
    Step {
        name: "format",
        advice: "run `cargo fmt --all`",
        work: Work::Cargo { arguments: &["fmt", "--all", "--check"], environment: &[] },
    },
    Step { name: "tidy", advice: "remove the blanks named above", work: Work::Check(check_tidy) },
    Step {
        name: "layers",
        advice: "move the code to where it may stand; the table is xtask/src/layers/table.rs, its reasons ARCHITECTURE.md",
        work: Work::Check(check_layers),
    },
    Step {
        name: "clippy",
        advice: "mend what clippy names above; an `#[allow]` needs a comment that says why",
        work: Work::Cargo {
            arguments: &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"],
            environment: &[],
        },
    },
    Step {
        name: "tests",
        advice: "run the failed test alone: `cargo test -p CRATE NAME`",
        work: Work::Cargo {
            arguments: &["test", "--workspace"],
            // A snapshot that differs fails; none is written.
            environment: &[("INSTA_UPDATE", "no")],
        },
    },
    Step {
        name: "docs",
        advice: "mend the documentation comments named above",
        work: Work::Cargo {
            arguments: &["doc", "--workspace", "--no-deps"],
            environment: &[("RUSTDOCFLAGS", "-D warnings")],
        },
    },
];

/// Runs every step and tells each with its time; the error says which one failed and what to do.
pub fn run(root: &Path, tell: &mut dyn FnMut(&str)) -> Result<(), String> {
    let begin = Instant::now();
    for step in STEPS {
        tell(&format!("── {}", step.name));
        let started = Instant::now();
        if let Err(reason) = perform(root, &step.work) {
            return Err(format!("{}\n── {} failed: {}", reason, step.name, step.advice).trim_start().to_owned());
        }
        tell(&format!("── {} passed in {:.1} s", step.name, started.elapsed().as_secs_f64()));
    }
    tell(&format!("ready: all {} steps passed in {:.1} s", STEPS.len(), begin.elapsed().as_secs_f64()));
    Ok(())
}

fn perform(root: &Path, work: &Work) -> Result<(), String> {
    match work {
        Work::Check(check) => check(root),
        Work::Cargo { arguments, environment } => {
            let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
            let status = Command::new(cargo)
                .args(*arguments)
                .envs(environment.iter().copied())
                .current_dir(root)
                .status()
                .map_err(|error| format!("cargo could not be started: {error}"))?;
            if status.success() { Ok(()) } else { Err(String::new()) }
        }
    }
}

fn check_layers(root: &Path) -> Result<(), String> {
    let violations = layers::check(root).map_err(|error| error.to_string())?;
    if violations.is_empty() { Ok(()) } else { Err(layers::describe(&violations)) }
}

fn check_tidy(root: &Path) -> Result<(), String> {
    let findings = tidy::check(root).map_err(|error| error.to_string())?;
    if findings.blanks.is_empty() { Ok(()) } else { Err(tidy::describe(&findings)) }
}
