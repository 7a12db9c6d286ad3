//! Any text gives a tree, and diagnostics that stand inside of it.
#![no_main]

use diagnostics::FileId;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let parsed = grammar::parse(FileId(0), &text);
    for told in &parsed.diagnostics {
        let span = told.primary.place.span;
        assert!(span.start <= span.end && span.end as usize <= text.len(), "{told:?} is outside of the text");
        assert!(text.is_char_boundary(span.start as usize), "{told:?} begins inside of a character");
        assert!(text.is_char_boundary(span.end as usize), "{told:?} ends inside of a character");
    }
});
