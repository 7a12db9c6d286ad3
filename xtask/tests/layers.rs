//! The layers hold here; the check fails where they do not; and ARCHITECTURE.md shows the same table.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use xtask::layers::table::{KEPT_APART, LAYERS, markdown};
use xtask::layers::{Dependencies, Violation, check, describe, scan};

#[test]
fn the_layers_hold() {
    let violations = check(&xtask::root()).unwrap();
    assert!(violations.is_empty(), "\n{}\n", describe(&violations));
}

#[test]
fn a_crate_that_uses_what_it_may_not_know_is_found() {
    let uses = |name: &str, used: &[&str]| (name.to_owned(), used.iter().map(|one| (*one).to_owned()).collect());
    let dependencies = Dependencies {
        crates: vec![
            uses("compiler", &["grammar", "bytecode", "runtime", "jiff"]),
            uses("grammar", &["diagnostics", "pest", "clap"]),
            uses("cli", &["compiler", "runtime", "clap", "rusqlite"]),
            uses("helpers", &[]),
        ],
    };
    let told = describe(&dependencies.violations());
    assert!(told.contains("compiler/Cargo.toml: `compiler` may not use `runtime`"), "{told}");
    assert!(told.contains("grammar/Cargo.toml: `grammar` may not depend on `clap`"), "{told}");
    assert!(told.contains("`helpers` has no row in the table of layers"), "{told}");
    assert!(told.contains("cli/Cargo.toml: `cli` may not depend on `rusqlite` (the database)"), "{told}");
    assert_eq!(dependencies.violations().len(), 4, "{told}");
}

#[test]
fn a_source_that_names_what_is_kept_elsewhere_is_found() {
    let cases = [
        ("cli/src/command/runs.rs", "use rusqlite::Connection;", "the database"),
        ("runtime/src/engine.rs", "let now = std::time::SystemTime::now();", "the wall clock"),
        ("runtime/src/engine/step.rs", "use std::time::{Duration, Instant}; let a = Instant::now();", "the wall clock"),
        ("compiler/src/check.rs", "use std::{collections::HashMap, fs};", "files"),
        ("lsp/src/hover.rs", "fn hover() -> tower_lsp::ls_types::Hover", "types of the language server protocol"),
        ("cli/src/serve.rs", "use std::process::{Command, ExitCode};", "processes"),
        ("runtime/src/lib.rs", "use tokio::net::TcpStream;", "sockets"),
        ("compiler/src/lib.rs", "use pest::Parser;", "the parser"),
        ("runtime/src/vm.rs", "getrandom::fill(&mut bytes)", "randomness"),
        ("runtime/src/storefront.rs", "use rusqlite::Row;", "the database"),
    ];
    for (file, source, what) in cases {
        let found = scan(file, &format!("\n{source}"));
        let [Violation::Names { what: told, line: 2, .. }] = &found[..] else {
            panic!("{file}: {source}: {found:?}");
        };
        assert_eq!(*told, what, "{file}");
    }
}

#[test]
fn what_stands_in_its_place_is_no_violation() {
    let cases = [
        ("runtime/src/store.rs", "use rusqlite::Connection;"),
        ("runtime/src/store/write.rs", "use rusqlite::Connection;"),
        ("runtime/src/clock.rs", "SystemTime::now()"),
        ("lsp/src/protocol/convert.rs", "use tower_lsp::ls_types::Range;"),
        ("cli/src/main.rs", "use std::process::ExitCode;"),
        ("grammar/src/pairs.rs", "use pest::iterators::Pair;"),
        ("compiler/src/lower.rs", "// rusqlite::Connection\nlet rand = \"SystemTime::now\"; f(rand);"),
        ("stdlib/src/exec.rs", "tokio::process::Command::new(program)"),
    ];
    for (file, source) in cases {
        assert_eq!(scan(file, source), [], "{file}");
    }
}

#[test]
fn the_table_names_only_crates_that_exist() {
    let names: Vec<&str> = LAYERS.iter().map(|layer| layer.name).collect();
    for name in &names {
        assert!(xtask::root().join(name).join("Cargo.toml").is_file(), "there is no crate {name}");
    }
    for place in KEPT_APART.iter().flat_map(|apart| apart.only_in) {
        let owner = place.split('/').next().unwrap();
        assert!(names.contains(&owner), "{place} lies in no crate");
    }
}

#[test]
fn the_page_about_the_architecture_shows_this_table() {
    let page = std::fs::read_to_string(xtask::root().join("ARCHITECTURE.md")).unwrap();
    let table = markdown();
    assert!(
        page.contains(&table),
        "ARCHITECTURE.md differs from xtask/src/layers/table.rs; it should show\n\n{table}\n"
    );
}
