//! The examples of the repository, run by the real command against real things.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use serde_json::Value;
use std::fs;
use std::time::Duration;
use tests::{Page, Scratch, Server};

#[test]
fn the_log_report_counts_what_the_generated_log_has() {
    let scratch = Scratch::new();
    scratch.copy("examples/access_log.task");
    scratch.copy("examples/log_report.task");
    scratch.run(&["run", "access_log.task", "--json"]).expect_code(0);
    let log = scratch.read("data/access.log");
    assert_eq!(log.lines().count(), 200_000);

    let report = scratch.run(&["run", "log_report.task", "log=data/access.log", "--json"]).expect_code(0).json();
    assert_eq!(report["state"], "succeeded");
    let result = &report["result"];
    assert_eq!(result["lines"], 200_000);
    assert_eq!(result["skipped"], 0);
    let hours = result["hours"].as_array().unwrap();
    assert_eq!(hours.len(), 24);

    // The same counts, taken in another way.
    for (at, hour) in hours.iter().enumerate() {
        let marker = format!("[12/Mar/2026:{at:02}:");
        let lines: Vec<_> = log.lines().filter(|line| line.contains(&marker)).collect();
        let errors = lines.iter().filter(|line| line.contains("\" 500 ") || line.contains("\" 503 ")).count();
        assert_eq!(hour["requests"], lines.len());
        assert_eq!(hour["errors"], errors);
        assert_eq!(hour["slowest"][0]["path"], "/reports/monthly");
        assert_eq!(hour["slowest"].as_array().unwrap().len(), 3);
    }
    let written: Value = serde_json::from_str(&scratch.read("report.json")).unwrap();
    assert_eq!(&written, result);
    let markdown = scratch.read("report.md");
    assert_eq!(markdown.lines().filter(|line| line.starts_with("| 12/Mar/2026:")).count(), 24);
}

#[test]
fn the_health_check_tells_well_slow_failing_and_silent_pages_apart() {
    let server = Server::start([
        ("/well", Page::Answer(200, "fine".to_owned())),
        ("/slow", Page::Slow(Duration::from_millis(700))),
        ("/error", Page::Answer(500, "broken".to_owned())),
        ("/silent", Page::Silent),
    ]);
    let scratch = Scratch::new();
    scratch.copy("examples/health_check.task");
    let pages = serde_json::json!(["/well", "/slow", "/error", "/silent"].map(|path| server.url(path)));
    let pages = format!("pages={pages}");

    let run = scratch.run(&["run", "health_check.task", &pages, "budget=500ms", "tolerated=3", "--json"]);
    let report = run.expect_code(0).json();
    let health = |at: usize| &report["result"][at]["health"];
    assert!(health(0)["healthy"]["took"].is_string(), "{report}");
    assert!(health(1)["slow"]["took"].is_string(), "{report}");
    assert!(health(2)["down"]["reason"].as_str().unwrap().starts_with("unavailable"), "{report}");
    assert!(health(3)["down"]["reason"].as_str().unwrap().starts_with("timeout"), "{report}");

    let run = scratch.run(&["run", "health_check.task", &pages, "budget=500ms", "--json"]);
    let report = run.expect_code(1).json();
    assert_eq!(report["state"], "failed");
    assert_eq!(report["error"]["kind"], "unavailable");
    assert!(report["error"]["message"].as_str().unwrap().starts_with("3 of 4 pages are not healthy"), "{report}");
}

#[test]
fn the_backup_can_be_unpacked_and_old_ones_go() {
    let scratch = Scratch::new();
    scratch.copy("examples/backup.task");
    scratch.write("data/a.txt", "first");
    scratch.write("data/sub/b.txt", "second");
    let mut archives = Vec::new();
    for _ in 0..3 {
        let report = scratch.run(&["run", "backup.task", "keep=2", "--json"]).expect_code(0).json();
        assert_eq!(report["result"]["entries"], 4, "{report}");
        archives.push(report["result"]["archive"].as_str().unwrap().to_owned());
    }
    let left: Vec<_> = fs::read_dir(scratch.path("backups")).unwrap().map(|it| it.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
    assert!(!scratch.path(&archives[0]).exists(), "the oldest is deleted");
    let unpacked = Scratch::new();
    let status = std::process::Command::new("tar")
        .args(["-xzf".as_ref(), scratch.path(&archives[2]).as_os_str()])
        .current_dir(unpacked.path(""))
        .status();
    assert!(status.unwrap().success());
    assert_eq!(unpacked.read("data/sub/b.txt"), "second");
}

#[test]
fn a_source_folder_that_is_missing_fails_with_the_words_of_tar() {
    let scratch = Scratch::new();
    scratch.copy("examples/backup.task");
    let report = scratch.run(&["run", "backup.task", "source=nowhere", "--json"]).expect_code(1).json();
    assert_eq!(report["error"]["kind"], "exec");
    assert!(report["error"]["message"].as_str().unwrap().contains("nowhere"), "{report}");
    assert!(report["error"]["where"]["line"].as_u64().unwrap() > 0);
}
