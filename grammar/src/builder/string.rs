//! String literals: escapes, the indentation of triple quotes, interpolations.

use super::Builder;
use crate::parser::{Node, Rule};
use crate::tree::{StringLiteral, StringPart, StringText};
use diagnostics::{Code, Diagnostic, Span};

/// How a literal is written.
#[derive(Clone, Copy)]
struct Form<'t> {
    raw: bool,
    /// The indentation of the closing line of triple quotes.
    indent: Option<&'t str>,
}

impl<'t> Builder<'t> {
    pub(super) fn string(&mut self, node: Node<'_>) -> StringLiteral {
        let form = self.form(self.span(&node));
        let mut parts = Vec::new();
        let mut begins = true;
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::hole => {
                    let span = self.span(&child);
                    let value = child.into_inner().next().map(|value| self.expr(value));
                    parts.push(StringPart::Value(value.unwrap_or_else(|| self.error_expr(span))));
                }
                _ => {
                    let text = self.text_part(self.text_span(&child), form, begins);
                    if !text.is_empty() {
                        parts.push(StringPart::Text(text));
                    }
                }
            }
            begins = false;
        }
        StringLiteral { parts }
    }

    /// Builds a string where no interpolation may stand.
    pub(super) fn plain_text(&mut self, node: Node<'_>) -> StringText {
        let span = self.span(&node);
        let form = self.form(span);
        let mut text = String::new();
        let mut begins = true;
        for child in node.into_inner() {
            let part = self.text_span(&child);
            if child.as_rule() == Rule::hole {
                let place = self.place(part);
                self.tell(
                    Diagnostic::new(Code::PlainText, place, "an interpolation stands where only plain text may")
                        .label("this text is read before anything runs")
                        .help("write the text out; a brace is `\\{`"),
                );
            } else {
                text.push_str(&self.text_part(part, form, begins));
            }
            begins = false;
        }
        StringText { text, span }
    }

    fn form(&self, span: Span) -> Form<'t> {
        let source = self.source(span);
        let raw = source.starts_with('r');
        let quotes = source.strip_prefix('r').unwrap_or(source);
        let indent = quotes.starts_with("\"\"\"").then(|| {
            let body = quotes.strip_suffix("\"\"\"").unwrap_or(quotes);
            let last = body.rsplit_once('\n').map_or("", |(_, last)| last);
            if last.trim_matches([' ', '\t']).is_empty() { last } else { "" }
        });
        Form { raw, indent }
    }

    /// Gives what a piece of text means. `begins` says that it stands directly behind the opening quotes.
    fn text_part(&mut self, span: Span, form: Form<'_>, begins: bool) -> String {
        let mut rest = self.source(span);
        let mut text = String::with_capacity(rest.len());
        if begins && form.indent.is_some() {
            let line = rest.split_once('\n').filter(|(line, _)| line.trim().is_empty());
            if let (Some((_, behind)), Some(indent)) = (line, form.indent) {
                rest = behind.strip_prefix(indent).unwrap_or(behind);
            }
        }
        while let Some(first) = rest.chars().next() {
            match first {
                '\\' if !form.raw => {
                    let at = span.end - rest.len() as u32;
                    let (value, length) = self.escape(rest, at);
                    text.extend(value);
                    rest = rest.get(length..).unwrap_or("");
                }
                '\r' if rest.starts_with("\r\n") => rest = rest.get(1..).unwrap_or(""),
                '\n' => {
                    text.push('\n');
                    rest = rest.get(1..).unwrap_or("");
                    rest = form.indent.and_then(|indent| rest.strip_prefix(indent)).unwrap_or(rest);
                }
                other => {
                    text.push(other);
                    rest = rest.get(other.len_utf8()..).unwrap_or("");
                }
            }
        }
        text
    }

    /// Reads the escape at the beginning of `rest`; gives its character and its length.
    fn escape(&mut self, rest: &str, at: u32) -> (Option<char>, usize) {
        let letter = rest.chars().nth(1);
        let simple = match letter {
            Some('n') => Some('\n'),
            Some('t') => Some('\t'),
            Some('r') => Some('\r'),
            Some('0') => Some('\0'),
            Some('\\') => Some('\\'),
            Some('"') => Some('"'),
            Some('{') => Some('{'),
            Some('}') => Some('}'),
            _ => None,
        };
        if simple.is_some() {
            return (simple, 2);
        }
        if let Some(digits) =
            rest.strip_prefix("\\u{").and_then(|behind| behind.split_once('}')).map(|(digits, _)| digits)
            && digits.len() <= 6
            && let Some(value) = u32::from_str_radix(digits, 16).ok().and_then(char::from_u32)
        {
            return (Some(value), digits.len() + 4);
        }
        let length = 1 + letter.map_or(0, char::len_utf8);
        let place = self.place(Span::new(at, at + length as u32));
        self.tell(
            Diagnostic::new(
                Code::UnknownEscape,
                place,
                format!("`{}` is no escape", rest.get(..length).unwrap_or("\\")),
            )
            .label("not known")
            .note("the escapes are `\\n \\t \\r \\0 \\\\ \\\" \\{ \\}` and `\\u{1F600}`")
            .help("write `\\\\` for a backslash, or use a raw string `r\"…\"`"),
        );
        (None, length)
    }

    /// Gives the place of a piece of a string, whose blanks belong to it.
    fn text_span(&self, node: &Node<'_>) -> Span {
        let span = node.as_span();
        self.scan.prepared.span(self.base + span.start()..self.base + span.end())
    }
}
