//! The iCalendar files of a project, read only where a source names one.

use crate::folder::is_skipped;
use crate::{ProjectError, read_text};
use compiler::{CalendarFile, InputFile};
use std::path::{Component, Path};

/// The ending of the files.
const ENDING: &str = ".ics";

/// The longest calendar that is read, in bytes.
const LARGEST: u64 = 4 << 20;

/// Reads the calendars that sources name: every path in quotes that ends like one and leads to a file in the project's
/// folder or below it.
pub fn calendars(root: &Path, sources: &[InputFile]) -> Result<Vec<CalendarFile>, ProjectError> {
    let mut found: Vec<CalendarFile> = Vec::new();
    for written in sources.iter().flat_map(|source| named(&source.text)) {
        let path = written.strip_prefix("./").unwrap_or(written);
        let on_disk = root.join(path);
        let is_known = found.iter().any(|known| known.path == path);
        // The compiler tells of a calendar that is named and not there.
        if !is_known && belongs(Path::new(path)) && on_disk.is_file() {
            let text = read_text(&on_disk, LARGEST, "take out the events that no schedule needs")?;
            let name = on_disk.strip_prefix(".").unwrap_or(&on_disk).to_string_lossy().into_owned();
            found.push(CalendarFile { name, path: path.to_owned(), text });
        }
    }
    Ok(found)
}

/// Says whether a path leads to where the calendars of a project are: into its folder or one below it.
fn belongs(path: &Path) -> bool {
    path.components().all(|part| matches!(part, Component::Normal(name) if !is_skipped(&name.to_string_lossy())))
}

/// Gives the texts in quotes that end like the name of a calendar.
fn named(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices(ENDING).filter_map(|(at, _)| {
        let end = at + ENDING.len();
        let before = text.get(..at)?;
        let begin = before.rfind(['"', '\n']).filter(|begin| before.as_bytes().get(*begin) == Some(&b'"'))?;
        let is_quoted = text.as_bytes().get(end) == Some(&b'"');
        text.get(begin + 1..end).filter(|_| is_quoted)
    })
}

#[cfg(test)]
mod tests {
    use super::{belongs, named};

    #[test]
    fn names_stand_in_quotes() {
        let text = "calendar a from \"x/a.ics\"\n// b.ics\ncalendar b from \"b.ics.bak\"\ncalendar c from \"c.ics\"";
        assert_eq!(named(text).collect::<Vec<_>>(), ["x/a.ics", "c.ics"]);
    }

    #[test]
    fn calendars_lie_where_an_editor_looks_for_them() {
        for (path, is_there) in
            [("a.ics", true), ("x/a.ics", true), ("../a.ics", false), ("/a.ics", false), (".git/a.ics", false)]
        {
            assert_eq!(belongs(path.as_ref()), is_there, "{path}");
        }
    }
}
