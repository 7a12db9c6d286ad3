//! How loud each lint is in a project.

use diagnostics::{Code, Diagnostic, Severity, nearest};
use std::collections::BTreeMap;

/// The words of levels, with what they mean; `off` is not told at all.
const WORDS: [(&str, Option<Severity>); 4] = [
    ("off", None),
    ("note", Some(Severity::Note)),
    ("warning", Some(Severity::Warning)),
    ("error", Some(Severity::Error)),
];

/// The levels that a project sets. Errors have none: what they tell cannot be compiled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Levels(BTreeMap<Code, Option<Severity>>);

impl Levels {
    /// Reads codes with the words of their levels: `W0203` with `off`.
    ///
    /// # Errors
    /// Says which code is unknown or is that of an error, and which word is no level.
    pub fn read<'a>(words: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Levels, String> {
        let mut levels = BTreeMap::new();
        for (number, word) in words {
            let code = lint(number)?;
            let level = WORDS.iter().find(|(known, _)| *known == word);
            let Some((_, level)) = level else {
                let known = WORDS.map(|(word, _)| format!("`{word}`")).join(", ");
                return Err(format!("the level of `{number}` is `{word}`, and levels are {known}"));
            };
            levels.insert(code, *level);
        }
        Ok(Levels(levels))
    }

    /// Gives diagnostics their levels, and drops those that are off.
    pub(crate) fn apply(&self, diagnostics: &mut Vec<Diagnostic>) {
        if self.0.is_empty() {
            return;
        }
        diagnostics.retain_mut(|diagnostic| match self.0.get(&diagnostic.code) {
            Some(Some(severity)) => {
                diagnostic.severity = *severity;
                true
            }
            Some(None) => false,
            None => true,
        });
    }
}

/// Finds the lint of a number, or says why there is none.
pub(crate) fn lint(number: &str) -> Result<Code, String> {
    match Code::from_number(number) {
        Some(code) if code.is_lint() => Ok(code),
        Some(code) => Err(format!("`{}` is an error, and errors cannot be silenced", code.number())),
        None => Err(match near(number) {
            Some(near) => format!("there is no lint `{number}`; did you mean `{near}`?"),
            None => format!("there is no lint `{number}`"),
        }),
    }
}

/// Finds the lint whose number is nearest.
pub(crate) fn near(number: &str) -> Option<&'static str> {
    nearest(number, Code::ALL.iter().filter(|code| code.is_lint()).map(|code| code.number()))
}

#[cfg(test)]
mod tests {
    use super::Levels;

    #[test]
    fn what_is_no_lint_or_no_level_is_told() {
        for (number, word, told) in [
            ("W9203", "off", "there is no lint `W9203`; did you mean `W0203`?"),
            ("E0301", "off", "`E0301` is an error, and errors cannot be silenced"),
            ("W0203", "quiet", "the level of `W0203` is `quiet`, and levels are `off`, `note`, `warning`, `error`"),
        ] {
            assert_eq!(Levels::read([(number, word)]), Err(told.to_owned()));
        }
    }
}
