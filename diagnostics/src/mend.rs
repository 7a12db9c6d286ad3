//! Applies safe fixes: chooses those that do not touch each other, and gives the texts that come out.
//!
//! A fix is applied whole or not at all. Nothing is written; whoever has the files does that.

use crate::{Diagnostic, Edit, FileId, Fix, Place, Sources};
use std::collections::BTreeMap;

/// A file with fixes in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mended {
    /// The file.
    pub file: FileId,
    /// Its new text.
    pub text: String,
    /// What was mended in it: where the diagnostic stands, and what its fix does.
    pub fixes: Vec<(Place, String)>,
}

/// Gives the files that the safe fixes of some diagnostics change. Of two fixes that touch, the first is taken; the other
/// is found again when the new text is checked.
pub fn mend(sources: &Sources, diagnostics: &[Diagnostic]) -> Vec<Mended> {
    let mut chosen: BTreeMap<FileId, Vec<&Edit>> = BTreeMap::new();
    let mut mended: BTreeMap<FileId, Vec<(Place, String)>> = BTreeMap::new();
    for diagnostic in diagnostics {
        let Some(fix) = diagnostic.fixes.iter().find(|fix| fix.safe) else { continue };
        if !fits(sources, fix, &chosen) {
            continue;
        }
        for edit in &fix.edits {
            chosen.entry(edit.place.file).or_default().push(edit);
        }
        let place = diagnostic.primary.place;
        mended.entry(place.file).or_default().push((place, fix.title.clone()));
    }
    let texts = chosen.into_iter().map(|(file, edits)| Mended {
        file,
        text: edited(sources.file(file).text(), edits),
        fixes: mended.remove(&file).unwrap_or_default(),
    });
    texts.collect()
}

/// Says whether a fix lies within its files and touches nothing that was chosen, nor itself.
fn fits(sources: &Sources, fix: &Fix, chosen: &BTreeMap<FileId, Vec<&Edit>>) -> bool {
    let touch = |left: Place, right: Place| {
        left.file == right.file && left.span.start <= right.span.end && right.span.start <= left.span.end
    };
    !fix.edits.is_empty()
        && fix.edits.iter().enumerate().all(|(at, edit)| {
            let range = edit.place.span.start as usize..edit.place.span.end as usize;
            let taken = chosen.get(&edit.place.file).into_iter().flatten();
            let others = fix.edits.iter().skip(at + 1);
            sources.file(edit.place.file).text().get(range).is_some()
                && !taken.copied().chain(others).any(|other| touch(edit.place, other.place))
        })
}

fn edited(text: &str, mut edits: Vec<&Edit>) -> String {
    edits.sort_by_key(|edit| edit.place.span.start);
    let mut made = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        made.push_str(text.get(at..edit.place.span.start as usize).unwrap_or(""));
        made.push_str(&edit.text);
        at = edit.place.span.end as usize;
    }
    made.push_str(text.get(at..).unwrap_or(""));
    made
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Code, SourceFile, Span};

    fn told(start: u32, end: u32, text: &str) -> Diagnostic {
        let place = Span::new(start, end).in_file(FileId(0));
        Diagnostic::new(Code::ForeignWord, place, "").safe_fix(format!("write `{text}`"), place, text)
    }

    fn mended(text: &str, diagnostics: &[Diagnostic]) -> Option<String> {
        let mut sources = Sources::new();
        sources.add(SourceFile::new("a.task", text));
        mend(&sources, diagnostics).pop().map(|mended| mended.text)
    }

    #[test]
    fn fixes_of_one_file_are_applied_together() {
        let fixes = [told(8, 10, "or"), told(2, 4, "and")];
        assert_eq!(mended("a && b; || c", &fixes).as_deref(), Some("a and b; or c"));
        assert_eq!(mended("a", &[]), None);
    }

    #[test]
    fn of_two_fixes_that_touch_the_first_is_taken() {
        let fixes = [told(0, 2, "xx"), told(2, 3, "y"), told(1, 2, "z"), told(0, 90, "far")];
        assert_eq!(mended("abcd", &fixes).as_deref(), Some("xxcd"));
    }

    #[test]
    fn a_fix_that_a_person_has_to_look_at_is_left_alone() {
        let mut unsure = told(0, 1, "b");
        unsure.fixes[0].safe = false;
        assert_eq!(mended("a", &[unsure]), None);
    }
}
