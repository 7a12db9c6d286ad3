//! The one order in which diagnostics are told: by file, then place, then code. Whoever collects diagnostics calls
//! [`sort`] once at the end; the renderers rely on [`ordered`] and so give the same text for the same findings.

use crate::{Diagnostic, Label, Place};
use std::cmp::Ordering;

/// Orders diagnostics by file and place and drops exact duplicates.
pub fn sort(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort_by(compare);
    diagnostics.dedup();
}

/// Gives references to the diagnostics in their order, each once.
pub fn ordered(diagnostics: &[Diagnostic]) -> Vec<&Diagnostic> {
    let mut ordered: Vec<&Diagnostic> = diagnostics.iter().collect();
    ordered.sort_by(|a, b| compare(a, b));
    ordered.dedup();
    ordered
}

/// Compares every part that is printed, so that equal neighbours are duplicates unless only their fixes differ.
fn compare(a: &Diagnostic, b: &Diagnostic) -> Ordering {
    a.primary.place.cmp(&b.primary.place).then_with(|| wording(a).cmp(&wording(b)))
}

fn wording(diagnostic: &Diagnostic) -> impl Ord + '_ {
    fn label(label: &Label) -> (Place, &str) {
        (label.place, &label.message)
    }
    (
        diagnostic.severity,
        diagnostic.code,
        &diagnostic.message,
        &diagnostic.primary.message,
        diagnostic.secondary.iter().map(label).collect::<Vec<_>>(),
        (&diagnostic.notes, &diagnostic.help),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Code, FileId, Span};

    fn at(file: u32, start: u32, message: &str) -> Diagnostic {
        Diagnostic::new(Code::UnexpectedToken, Span::new(start, start + 1).in_file(FileId(file)), message)
    }

    #[test]
    fn order_is_by_file_then_place_and_duplicates_go() {
        let mut all = vec![at(1, 0, "d"), at(0, 9, "c"), at(0, 2, "b"), at(0, 9, "c"), at(0, 2, "a"), at(0, 9, "c")];
        let told: Vec<String> = ordered(&all).iter().map(|one| one.message.clone()).collect();
        sort(&mut all);
        assert_eq!(told, ["a", "b", "c", "d"]);
        assert_eq!(all.iter().map(|one| one.message.as_str()).collect::<Vec<_>>(), told);
    }

    #[test]
    fn one_message_with_another_label_is_not_a_duplicate() {
        let plain = at(0, 0, "a");
        let labelled = at(0, 0, "a").label("here");
        assert_eq!(ordered(&[labelled.clone(), plain.clone(), labelled]).len(), 2);
    }
}
