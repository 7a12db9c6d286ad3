//! Text that cannot command a terminal: control characters and invisible reordering are replaced by something visible.
//!
//! The replacement has as many bytes as what it replaces, so every place in the text stays where it is.

use std::borrow::Cow;

/// Replaces what a terminal would obey instead of show. Line ends and tabs stay.
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    if text.chars().all(|character| replacement(character).is_none()) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|character| replacement(character).unwrap_or(character)).collect())
}

/// Makes a text visible and puts it on one line.
pub(super) fn one_line(text: &str) -> String {
    visible(text).split(['\n', '\r']).map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

fn replacement(character: char) -> Option<char> {
    match character {
        '\n' | '\r' | '\t' => None,
        '\u{0}'..='\u{1f}' | '\u{7f}' => Some('?'),
        '\u{80}'..='\u{9f}' => Some('¿'),
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => Some('\u{fffd}'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_shown_in_as_many_bytes() {
        let harmful = "a\u{1b}[31m\tb\u{9b}c\u{202e}d\r\n";
        let shown = visible(harmful);
        assert_eq!(shown, "a?[31m\tb¿c\u{fffd}d\r\n");
        assert_eq!(shown.len(), harmful.len());
    }

    #[test]
    fn harmless_text_is_not_copied() {
        assert!(matches!(visible("héllo 🗻\r\n"), Cow::Borrowed(_)));
    }

    #[test]
    fn one_line_is_one_line() {
        assert_eq!(one_line("first\r\n  second\n\nthird"), "first second third");
    }
}
