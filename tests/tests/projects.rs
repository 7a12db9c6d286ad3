//! The projects of `projects/` and the examples are good ones: the checker has nothing to say about them.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use compiler::InputFile;
use std::fs;
use std::path::{Path, PathBuf};
use tests::{Scratch, analyze_files, repository};

/// Gives the task files below a folder.
fn files_below(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files_below(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "task") {
            found.push(path);
        }
    }
}

#[test]
fn every_project_compiles() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("projects");
    for project in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let mut paths = Vec::new();
        files_below(&project, &mut paths);
        let files = paths.iter().map(|path| {
            let name = path.strip_prefix(&project).unwrap().to_string_lossy().into_owned();
            let module = name.trim_end_matches(".task").replace('/', ".");
            InputFile { name, module, text: fs::read_to_string(path).unwrap() }
        });
        let analysis = analyze_files(files.collect());
        let told: Vec<_> = analysis
            .diagnostics
            .iter()
            // The zone stands in `taskwright.toml`, which the command reads.
            .filter(|each| each.code != diagnostics::Code::NoZone)
            .map(|each| {
                let place = each.primary.place;
                let name = analysis.sources.file(place.file).name().to_owned();
                format!("{name}:{} {} {}", analysis.sources.start(place).line, each.code.number(), each.message)
            })
            .collect();
        assert!(told.is_empty(), "{}:\n{}", project.display(), told.join("\n"));
        assert!(compiler::compile(&analysis).is_ok(), "{}", project.display());
    }
}

#[test]
fn the_checker_finds_nothing_in_examples_and_projects() {
    let scratch = Scratch::new();
    let paths = ["examples", "tests/projects"].map(|folder| repository().join(folder));
    let paths = paths.map(|path| path.to_string_lossy().into_owned());
    let found = scratch.run(&["check", &paths[0], &paths[1], "--format", "json"]).expect_code(0).json();
    // A note is no finding: a backup at half past two is moved once a year.
    let findings = found["diagnostics"].as_array().unwrap().iter().filter(|each| each["severity"] != "note");
    assert_eq!(findings.count(), 0, "{found}");
}
