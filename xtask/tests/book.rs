//! The book is whole: every chapter of its summary is there, and every code has its page at the address that is told.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;

#[test]
fn every_chapter_and_every_code_has_its_page() {
    let folder = tempfile::tempdir().unwrap();
    let pages = xtask::book::assemble(&xtask::root(), folder.path()).unwrap();
    assert!(pages > 0);
    let source = folder.path().join("src");
    let summary = fs::read_to_string(source.join("SUMMARY.md")).unwrap();
    let chapters: Vec<&str> =
        summary.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(path, _)| path).collect();
    for chapter in &chapters {
        assert!(source.join(chapter).is_file(), "{chapter} is in the summary and not in the book");
    }
    let of = |part: &str| chapters.iter().filter(|chapter| chapter.starts_with(part)).count();
    assert_eq!(of("codes/") + of("language/"), pages);
    assert!(chapters.contains(&"codes/E0101.md"));
    assert!(chapters.contains(&"language/01-first-look.md"));
}
