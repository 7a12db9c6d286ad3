//! The library says what it has: each native is declared and each declaration has its native, every function has
//! documentation with an example, and every example does what it says.
//!
//! An example of a function that touches nothing is run; one of an operation, marked ` ```task checks `, is checked.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use bytecode::inner::Inner;
use diagnostics::FileId;
use grammar::tree::{FunctionBody, Item, ItemKind, TypeExpr, TypeExprKind};
use std::collections::BTreeSet;
use std::fmt::Write;
use tests::{analyze, check_together, examples};

/// A function of the library.
struct Declared {
    /// `list.map`.
    name: String,
    doc: String,
    is_native: bool,
}

fn owner(target: &TypeExpr) -> String {
    match &target.kind {
        TypeExprKind::Named { path, .. } => path.names.last().unwrap().text.to_string(),
        other => panic!("the library extends {other:?}"),
    }
}

fn declared(owner: &str, item: &Item) -> Option<Declared> {
    let ItemKind::Function(function) = &item.kind else { return None };
    Some(Declared {
        name: format!("{owner}.{}", function.name.text),
        doc: item.doc.clone().unwrap_or_default(),
        is_native: matches!(function.body, FunctionBody::Extern { .. }),
    })
}

/// Gives all functions and methods, in the order of the sources.
fn functions() -> Vec<Declared> {
    let mut found = Vec::new();
    for (module, text) in stdlib::SOURCES {
        let parsed = grammar::parse(FileId(0), text);
        assert!(parsed.diagnostics.is_empty(), "{module} cannot be read");
        for item in &parsed.file.items {
            match &item.kind {
                ItemKind::Extend(extend) => {
                    let owner = owner(&extend.target);
                    found.extend(extend.methods.iter().filter_map(|method| declared(&owner, method)));
                }
                _ => found.extend(declared(module, item)),
            }
        }
    }
    found
}

#[test]
fn the_command_line_explains_all_that_the_library_has() {
    let scratch = tests::Scratch::new();
    for (module, _) in stdlib::SOURCES {
        let page = scratch.run(&["explain", module]).expect_code(0).stdout;
        assert!(page.lines().count() > 3, "{module}: {page}");
    }
    let one = scratch.run(&["explain", "list.sort_by"]).expect_code(0).stdout;
    assert!(
        one.starts_with("list<T>.sort_by<K>(key: fn(T) -> K, descending: bool = false) -> list<T>\n    Gives"),
        "{one}"
    );
    let unknown = scratch.run(&["explain", "files.reed"]).expect_code(2).stderr;
    assert!(unknown.contains("did you mean files?"), "{unknown}");
}

#[test]
fn each_native_is_declared_and_each_declaration_has_its_native() {
    let natives = stdlib::natives();
    let known: BTreeSet<String> = natives.names().map(str::to_owned).collect();
    let functions = functions();
    let declared: BTreeSet<String> =
        functions.iter().filter(|each| each.is_native).map(|each| each.name.clone()).collect();
    let undeclared: Vec<&String> = known.difference(&declared).collect();
    assert!(undeclared.is_empty(), "natives that nothing declares: {undeclared:?}");
    let missing: Vec<&String> = declared.difference(&known).filter(|name| Inner::from_name(name).is_none()).collect();
    assert!(missing.is_empty(), "declared, and neither a native nor the engine does it: {missing:?}");
}

#[test]
fn every_function_has_documentation_with_an_example_that_does_what_it_says() {
    let functions = functions();
    let (mut run, mut checked, mut wrong) = (Vec::new(), String::new(), String::new());
    for function in &functions {
        let examples = examples(&function.doc);
        if examples.is_empty() {
            let _ = writeln!(wrong, "{}: has no example", function.name);
        }
        for (number, example) in examples.into_iter().enumerate() {
            if example.text.starts_with("fn ") {
                checked.push_str(&example.text);
            } else if example.words.iter().any(|word| word == "checks") {
                let body: String = example.text.lines().map(|line| format!("    {line}\n")).collect();
                let name = function.name.replace('.', "_").to_lowercase();
                let _ = writeln!(checked, "fn _{name}_{number}() {{\n{body}}}\n");
            } else {
                run.push((&function.name, example.text));
            }
        }
    }
    for told in &analyze(&checked).diagnostics {
        let _ = writeln!(wrong, "{} {}", told.code.number(), told.message);
    }
    let texts: Vec<&str> = run.iter().map(|(_, text)| text.as_str()).collect();
    let (expected, found) = check_together(&texts);
    for (number, _, message) in found {
        let _ = writeln!(wrong, "{}: {message}", run[number].0);
    }
    println!("{} functions, {} examples run, {expected} expectations", functions.len(), run.len());
    assert!(wrong.is_empty(), "\n{wrong}");
    assert!(expected >= run.len(), "an example expects nothing");
}
