//! What of the library a project can use at all, by the words of its texts: the rest is not parsed.
//!
//! A declaration of the library is taken if its name is a word somewhere in the project, or in a declaration that is taken.
//! What is not taken is blank in the text that is parsed, so every place stays where it is. The answer is generous: a word
//! in a comment counts, and so does a method of another type. It is only good for a project without errors, for what a
//! message would propose may not be there.
//!
//! In the library's sources declarations begin at the first column, and methods four columns in.

use crate::Input;
use rustc_hash::FxHashSet;
use std::ops::Range;

/// The longest project that is looked through, in bytes: a larger one uses most of the library.
const LONGEST: usize = 64 << 10;

/// The module that is taken whole, for the language itself speaks of what is in it.
const PRELUDE: &str = "prelude";

/// What the language itself calls, for what is interpolated into a `Url` and into a `Path`.
const CALLED_UNSEEN: [&str; 2] = ["encode", "part"];

/// The words that a declaration begins with.
const DECLARES: [&str; 6] = ["extern", "fn", "record", "enum", "type", "extend"];

/// How far in a method stands.
const METHOD: &str = "    ";

/// A declaration of the library.
struct Piece<'t> {
    /// The module, by its number.
    module: usize,
    /// Its name.
    name: &'t str,
    /// Where it stands, with its documentation.
    range: Range<usize>,
    /// The first and the last line of the `extend` around it.
    around: Vec<Range<usize>>,
}

/// Gives the texts of the library with what the project cannot use left blank, in their order; `None` where everything is
/// to be read.
pub(crate) fn used(input: &Input) -> Option<Vec<String>> {
    let size: usize = input.files.iter().map(|file| file.text.len()).sum();
    if size > LONGEST {
        return None;
    }
    let mut known: FxHashSet<&str> = CALLED_UNSEEN.into_iter().collect();
    known.extend(input.files.iter().flat_map(|file| words(&file.text)));
    let mut texts: Vec<Vec<u8>> = input.library.iter().map(|(_, text)| blank(text)).collect();
    let mut left = Vec::new();
    for (module, (name, text)) in input.library.iter().enumerate() {
        let whole = if name == PRELUDE { text.len() } else { head_length(text) };
        texts[module][..whole].copy_from_slice(&text.as_bytes()[..whole]);
        known.extend(code_words(&text[..whole]));
        if name != PRELUDE {
            left.extend(pieces(module, text));
        }
    }
    // Each round takes at least one declaration.
    loop {
        let (taken, rest): (Vec<_>, Vec<_>) = left.into_iter().partition(|piece: &Piece| known.contains(piece.name));
        if taken.is_empty() {
            break;
        }
        for piece in taken {
            let text = &input.library[piece.module].1;
            for range in piece.around.into_iter().chain([piece.range]) {
                texts[piece.module][range.clone()].copy_from_slice(&text.as_bytes()[range.clone()]);
                known.extend(code_words(&text[range]));
            }
        }
        left = rest;
    }
    // Whole lines were copied, so each is text again.
    texts.into_iter().map(|text| String::from_utf8(text).ok()).collect()
}

/// Gives a text with nothing but its line ends.
fn blank(text: &str) -> Vec<u8> {
    text.bytes().map(|byte| if byte == b'\n' { byte } else { b' ' }).collect()
}

/// Gives how long the documentation of a module is, at its head.
fn head_length(text: &str) -> usize {
    text.split_inclusive('\n').take_while(|line| line.starts_with("//!")).map(str::len).sum()
}

/// Cuts a module into its declarations, the methods of an `extend` each for itself.
fn pieces(module: usize, text: &str) -> Vec<Piece<'_>> {
    let mut pieces: Vec<Piece<'_>> = Vec::new();
    // Where the documentation of the next one begins.
    let mut documented: Option<usize> = None;
    // The first line of the `extend` that is read, and the first of its methods.
    let mut extend: Option<(Range<usize>, usize)> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let (start, end) = (at, at + line.len());
        at = end;
        if line.starts_with('}')
            && let Some((head, first)) = extend.take()
        {
            pieces[first..].iter_mut().for_each(|piece| piece.around = vec![head.clone(), start..end]);
            continue;
        }
        let inner = if extend.is_some() { line.strip_prefix(METHOD).unwrap_or_default() } else { line };
        let word = words(inner).next().filter(|word| inner.starts_with(*word) && DECLARES.contains(word));
        if inner.starts_with("///") {
            documented.get_or_insert(start);
        } else if let Some(word) = word {
            let begin = documented.take().unwrap_or(start);
            if word == "extend" {
                extend = Some((begin..end, pieces.len()));
            } else {
                pieces.push(Piece { module, name: declared(inner), range: begin..end, around: Vec::new() });
            }
        } else if let Some(last) = pieces.last_mut().filter(|_| documented.is_none()) {
            // The rest of a declaration.
            last.range.end = end;
        }
    }
    pieces
}

/// Gives the name that a line declares: of `extern fn len() -> int` it is `len`.
fn declared(line: &str) -> &str {
    words(line).find(|word| !DECLARES.contains(word)).unwrap_or_default()
}

/// Gives the words of the lines that are no comments.
fn code_words(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.trim_start().starts_with("//")).flat_map(words)
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|sign: char| !sign.is_alphanumeric() && sign != '_').filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::used;
    use crate::{Input, InputFile};

    const MODULE: &str = "//! Things.\n\n/// Reads.\n///\n/// ```task\n/// write()\n/// ```\nfn read(\n    name: string,\n) -> Thing {\n\n    other()\n}\n\nextern fn other()\n\n/// Writes.\nextern fn write()\n\n/// One.\nrecord Thing {\n    name: string,\n}\n\nextend<T> list<T> {\n    /// Counts.\n    extern fn len() -> int\n\n    fn twice() -> int {\n        self.len()\n    }\n}\n";

    /// Gives the lines of the library that a program with a text needs.
    fn kept(text: &str) -> Vec<String> {
        let file = InputFile { name: "a.task".into(), module: "a".into(), text: text.to_owned() };
        let library = vec![("things".to_owned(), MODULE.to_owned())];
        let used = used(&Input { files: vec![file], library, ..Input::default() }).unwrap_or_default();
        assert_eq!(used[0].len(), MODULE.len(), "every place stays where it is");
        used[0].lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
    }

    #[test]
    fn only_the_head_is_left_where_nothing_is_named() {
        assert_eq!(kept("task hello() { 1 }"), ["//! Things."]);
    }

    #[test]
    fn a_name_takes_what_it_needs_along() {
        let lines = kept("things.read(\"a\")");
        for line in ["fn read(", ") -> Thing {", "extern fn other()", "record Thing {", "/// Reads."] {
            assert!(lines.iter().any(|kept| kept == line), "{line}: {lines:?}");
        }
        assert!(!lines.iter().any(|line| line == "extern fn write()" || line.contains("list<T>")), "{lines:?}");
    }

    #[test]
    fn a_method_brings_its_extend() {
        assert_eq!(
            kept("{x.len()}"),
            ["//! Things.", "extend<T> list<T> {", "/// Counts.", "extern fn len() -> int", "}"]
        );
        assert!(kept("x.twice()").iter().any(|line| line == "extern fn len() -> int"));
    }

    #[test]
    fn a_large_project_has_everything() {
        let file = InputFile { name: "a.task".into(), module: "a".into(), text: " ".repeat(65 << 10) };
        assert!(used(&Input { files: vec![file], ..Input::default() }).is_none());
    }
}
