//! The lines of an iCalendar text: unfolded, and parted into name, parameters and value.

/// The longest line that is put together, in bytes; what is behind it is left out.
const LONGEST: usize = 64 << 10;

/// A line of a calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// Its number, from 1; of a folded one that of its first part.
    pub(super) number: u32,
    /// Its name in upper case: `DTSTART`.
    pub(super) name: String,
    /// What stands between the name and the value, in upper case: `VALUE=DATE`.
    pub(super) parameters: String,
    /// Its value.
    pub(super) value: String,
}

/// Gives the lines of a text; blank ones are left out.
pub(super) fn lines(text: &str) -> Vec<Line> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut whole: Vec<(u32, String)> = Vec::new();
    for (number, part) in (1..).zip(text.lines()) {
        match (part.strip_prefix([' ', '\t']), whole.last_mut()) {
            (Some(rest), Some((_, line))) => {
                if line.len() + rest.len() <= LONGEST {
                    line.push_str(rest);
                }
            }
            (_, _) if part.trim().is_empty() => {}
            (_, _) => whole.push((number, part.trim_end().to_owned())),
        }
    }
    whole.into_iter().map(|(number, line)| parted(number, &line)).collect()
}

/// Parts a line at its first colon outside of quotes.
fn parted(number: u32, line: &str) -> Line {
    let mut quoted = false;
    let colon = line.char_indices().find(|(_, each)| {
        quoted ^= *each == '"';
        *each == ':' && !quoted
    });
    let (head, value) = match colon {
        Some((at, _)) => (&line[..at], &line[at + 1..]),
        None => (line, ""),
    };
    let (name, parameters) = head.split_once(';').unwrap_or((head, ""));
    Line {
        number,
        name: name.trim().to_ascii_uppercase(),
        parameters: parameters.to_ascii_uppercase(),
        value: value.to_owned(),
    }
}
