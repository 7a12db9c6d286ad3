//! What an `// allow` reaches: its own line where something stands before it, else the item or statement behind it.

use super::{Island, Token, TokenKind};
use crate::Allow;
use diagnostics::Span;

/// What such a comment begins with.
const BEGIN: &str = "// allow ";

/// Says whether a comment allows a code: `allow` and a letter with digits. Any other sentence may begin with the word.
pub(super) fn is_allow(comment: &str) -> bool {
    let Some(rest) = comment.strip_prefix(BEGIN) else { return false };
    let word = rest.trim_start().split(|sign: char| !sign.is_ascii_alphanumeric()).next().unwrap_or_default();
    let digits = word.strip_prefix(|first: char| first.is_ascii_alphabetic()).unwrap_or_default();
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Gives what the comments of a text reach.
pub(super) fn reaches(text: &str, comments: &[Span], tokens: &[Token], islands: &[Island]) -> Vec<Allow> {
    let one = |comment: &Span| Allow { comment: *comment, reach: reach(text, *comment, tokens, islands) };
    comments.iter().map(one).collect()
}

fn reach(text: &str, comment: Span, tokens: &[Token], islands: &[Island]) -> Span {
    let line = text.get(..comment.start as usize).and_then(|before| before.rfind('\n')).map_or(0, |at| at as u32 + 1);
    if !Span::new(line, comment.start).text(text).trim().is_empty() {
        return Span::new(line, comment.start);
    }
    let behind = tokens.partition_point(|token| token.start < comment.end);
    let mut behind = tokens.get(behind..).unwrap_or_default().iter();
    let Some(first) = behind.by_ref().find(|token| token.kind != TokenKind::Newline) else {
        return Span::at(comment.end);
    };
    let item = islands.binary_search_by_key(&first.start, |island| island.span.start).ok();
    if let Some(item) = item.and_then(|at| islands.get(at)) {
        return item.span;
    }
    let mut depth = u32::from(opens(first));
    let mut end = first.end;
    for token in behind {
        if depth == 0 && (closes(token) || token.kind == TokenKind::Newline) {
            break;
        }
        if opens(token) {
            depth += 1;
        } else if closes(token) {
            depth -= 1;
        }
        end = token.end;
    }
    Span::new(first.start, end)
}

fn opens(token: &Token) -> bool {
    matches!(token.kind, TokenKind::Open(_) | TokenKind::StringOpen | TokenKind::HoleOpen)
}

fn closes(token: &Token) -> bool {
    matches!(token.kind, TokenKind::Close(_) | TokenKind::StringClose | TokenKind::HoleClose)
}

#[cfg(test)]
mod tests {
    use super::is_allow;
    use crate::parse;
    use diagnostics::FileId;

    /// Gives what each comment of a text reaches.
    fn reached(text: &str) -> Vec<&str> {
        parse(FileId(0), text).allows.iter().map(|allow| allow.reach.text(text).trim()).collect()
    }

    #[test]
    fn only_a_code_makes_a_comment_an_allow() {
        for comment in ["// allow W0203: why", "// allow w0203", "// allow E0301: why", "// allow X1"] {
            assert!(is_allow(comment), "{comment}");
        }
        for comment in
            ["// allow the user in", "// allow", "// allows W0203", "/// allow W0203: why", "// allow unused"]
        {
            assert!(!is_allow(comment), "{comment}");
        }
    }

    #[test]
    fn the_next_item_is_reached_with_its_documentation_between() {
        let text = "// allow W0203: why\n/// Says one.\nfn one() -> int {\n    1\n}\n\nfn two() -> int { 2 }\n";
        assert_eq!(reached(text), ["fn one() -> int {\n    1\n}"]);
    }

    #[test]
    fn the_next_statement_is_reached_to_the_end_of_its_brackets() {
        let text =
            "fn one() {\n    // allow W0201: why\n    if 1 == 1 {\n        let a = \"}\"\n    }\n    let b = 2\n}\n";
        assert_eq!(reached(text), ["if 1 == 1 {\n        let a = \"}\"\n    }"]);
    }

    #[test]
    fn behind_something_the_line_is_reached() {
        assert_eq!(reached("fn one() {\n    let a = 1 // allow W0201: why\n    let b = 2\n}\n"), ["let a = 1"]);
    }

    #[test]
    fn at_the_end_of_a_block_or_a_text_nothing_is_reached() {
        assert_eq!(reached("fn one() {\n    // allow W0201: why\n}\n"), ["}"]);
        assert_eq!(reached("// allow W0201: why"), [""]);
    }

    #[test]
    fn a_text_is_no_comment() {
        assert!(reached("const A = \"\"\"\n// allow W0201: why\n\"\"\"\n").is_empty());
    }
}
