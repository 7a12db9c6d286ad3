//! Small order: no blanks at line ends, and a list of sources that have grown long.
//!
//! A long file is told and no failure: whether it answers one question is for a person to say.

use crate::files;
use std::io;
use std::path::{Path, PathBuf};

/// A source with more lines than this is listed.
pub const LONG: usize = 700;

/// The endings of the files that are looked at. Snapshots and fixtures are not: a blank may be what they are about.
const ENDINGS: &[&str] = &["rs", "toml", "md", "task", "pest", "yml"];

/// What was found.
#[derive(Debug, Default)]
pub struct Findings {
    /// Lines that end in a blank: the file, and the line from 1.
    pub blanks: Vec<(PathBuf, usize)>,
    /// Files of more than [`LONG`] lines, and how many.
    pub long: Vec<(PathBuf, usize)>,
}

/// Looks at every file of the repository but the fixtures below `tests/`.
pub fn check(root: &Path) -> io::Result<Findings> {
    let mut findings = Findings::default();
    for path in files::with_endings(root, ENDINGS)? {
        let shown = path.strip_prefix(root).unwrap_or(&path).to_owned();
        if shown.starts_with("tests") && path.extension().is_none_or(|ending| ending != "rs") {
            continue;
        }
        let text = std::fs::read_to_string(&path)?;
        look(&shown, &text, &mut findings);
    }
    Ok(findings)
}

/// Gives the blanks as lines to read, with what to do.
pub fn describe(findings: &Findings) -> String {
    let mut lines: Vec<String> = findings
        .blanks
        .iter()
        .map(|(path, line)| format!("{}:{line}: a blank at the line's end", path.display()))
        .collect();
    lines.push("remove the blanks".to_owned());
    lines.join("\n")
}

fn look(path: &Path, text: &str, findings: &mut Findings) {
    let mut count = 0;
    for line in text.lines() {
        count += 1;
        if line.ends_with([' ', '\t']) {
            findings.blanks.push((path.to_owned(), count));
        }
    }
    if count > LONG {
        findings.long.push((path.to_owned(), count));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_and_long_files_are_found() {
        let mut findings = Findings::default();
        look(Path::new("a.rs"), "one\ntwo \n\tthree\n", &mut findings);
        look(Path::new("b.rs"), &"line\n".repeat(LONG + 1), &mut findings);
        assert_eq!(findings.blanks, [(PathBuf::from("a.rs"), 2)]);
        assert_eq!(findings.long, [(PathBuf::from("b.rs"), LONG + 1)]);
    }
}
