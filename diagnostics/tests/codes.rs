//! The table of codes against itself and against the folder of pages. What the pages say is tested where a compiler is.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use diagnostics::{Code, Severity};
use std::collections::BTreeSet;

#[test]
fn numbers_are_unique_ordered_and_of_the_letter_of_their_severity() {
    let numbers: Vec<&str> = Code::ALL.iter().map(|code| code.number()).collect();
    let unique: BTreeSet<&str> = numbers.iter().copied().collect();
    assert_eq!(unique.len(), numbers.len(), "a number stands twice in the table");
    for code in Code::ALL {
        let number = code.number();
        let letter = match code.severity() {
            Severity::Error => "E",
            Severity::Warning => "W",
            Severity::Note => "N",
        };
        assert!(number.starts_with(letter) && number.len() == 5, "{number}");
        assert!(number[1..].chars().all(|digit| digit.is_ascii_digit()), "{number}");
        assert_eq!(Code::from_number(&number.to_lowercase()), Some(*code));
    }
    assert_eq!(Code::from_number("E9999"), None);
}

#[test]
fn every_page_in_the_folder_belongs_to_a_code() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/explain");
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let number = name.strip_suffix(".md").expect("only Markdown stands in explain/");
        assert!(Code::from_number(number).is_some(), "{name} has no row in the table of codes");
    }
}
