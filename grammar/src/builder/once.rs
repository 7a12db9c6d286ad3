//! Parts of a clause, a schedule or a step that may stand once. A second one is told, and the first counts.

use super::Builder;
use diagnostics::{Code, Diagnostic, Span};

/// The parts that were read, by the word that each begins with.
#[derive(Default)]
pub(super) struct Seen(Vec<Span>);

impl Builder<'_> {
    /// Notes a part of `whole`; says whether there was one of its word, which is told then.
    pub(super) fn is_repeated(&mut self, seen: &mut Seen, part: Span, whole: &str) -> bool {
        let word = self.first_word(part);
        let Some(first) = seen.0.iter().copied().find(|first| self.first_word(*first) == word) else {
            seen.0.push(part);
            return false;
        };
        let whole = if whole.starts_with('`') { whole.to_owned() } else { format!("a {whole}") };
        let message = format!("{whole} has one `{word}`, and this is another");
        self.tell(
            Diagnostic::new(Code::DuplicateClause, self.place(part), message)
                .label("the second one")
                .also(self.place(first), "the first one")
                .help("keep one of them"),
        );
        true
    }

    fn first_word(&self, part: Span) -> &str {
        let text = self.source(part);
        let end = text.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').unwrap_or(text.len());
        text.get(..end).unwrap_or("")
    }
}
