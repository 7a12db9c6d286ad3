//! The iCalendar files of a project, read only where a source names one.

use crate::error::CliError;
use compiler::{CalendarFile, InputFile};
use std::fs;
use std::path::Path;

/// The ending of the files.
const ENDING: &str = ".ics";

/// The longest calendar that is read, in bytes.
const LARGEST: u64 = 4 << 20;

/// Reads the calendars that sources may name: every path in quotes that ends like one and leads to a file.
pub(super) fn read(root: &Path, sources: &[InputFile]) -> Result<Vec<CalendarFile>, CliError> {
    let mut calendars: Vec<CalendarFile> = Vec::new();
    for written in sources.iter().flat_map(|source| named(&source.text)) {
        let path = written.strip_prefix("./").unwrap_or(written).to_owned();
        let on_disk = root.join(&path);
        // The compiler tells of a calendar that is named and not there.
        let is_known = calendars.iter().any(|known| known.path == path);
        if is_known || Path::new(&path).is_absolute() || !on_disk.is_file() {
            continue;
        }
        let read = |source| CliError::Read { path: on_disk.clone(), source };
        let length = fs::metadata(&on_disk).map_err(read)?.len();
        if length > LARGEST {
            return Err(CliError::usage(
                format!("`{}` has {length} bytes; a calendar may have {LARGEST}", on_disk.display()),
                "take out the events that no schedule needs",
            ));
        }
        let bytes = fs::read(&on_disk).map_err(read)?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let name = on_disk.strip_prefix(".").unwrap_or(&on_disk).to_string_lossy().into_owned();
        calendars.push(CalendarFile { name, path, text });
    }
    Ok(calendars)
}

/// Gives the texts in quotes that end like the name of a calendar.
fn named(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices(ENDING).filter_map(|(at, _)| {
        let end = at + ENDING.len();
        let begin = text[..at].rfind(['"', '\n']).filter(|begin| text.as_bytes()[*begin] == b'"')?;
        (text.as_bytes().get(end) == Some(&b'"')).then(|| &text[begin + 1..end])
    })
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn names_stand_in_quotes() {
        let text = "calendar a from \"x/a.ics\"\n// b.ics\ncalendar b from \"b.ics.bak\"\ncalendar c from \"c.ics\"";
        assert_eq!(named(text).collect::<Vec<_>>(), ["x/a.ics", "c.ics"]);
    }
}
