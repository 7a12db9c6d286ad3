//! What the scanner cuts a text into.

use diagnostics::Span;

/// A piece of a text. Blanks and comments are between tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    /// Which piece.
    pub(crate) kind: TokenKind,
    /// The offset of its first byte.
    pub(crate) start: u32,
    /// The offset behind its last byte.
    pub(crate) end: u32,
}

/// The kinds of tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// A name or a keyword.
    Word,
    /// Anything that begins with a digit: a number, a size, a duration, a date.
    Number,
    /// A sign or a run of signs, `=>` for one, that is none of the other kinds.
    Operator,
    /// `,`.
    Comma,
    /// `;`.
    Semicolon,
    /// A line end.
    Newline,
    /// `(`, `[` or `{`.
    Open(Bracket),
    /// `)`, `]` or `}`.
    Close(Bracket),
    /// `"` and its kin, where a string begins.
    StringOpen,
    /// Text in a string.
    StringText,
    /// `"` and its kin, where a string ends.
    StringClose,
    /// `{` in a string.
    HoleOpen,
    /// `}` in a string.
    HoleClose,
    /// Something that cannot be read and has been told.
    Broken,
}

/// The kinds of brackets outside strings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bracket {
    /// `( )`.
    Round,
    /// `[ ]`.
    Square,
    /// `{ }`.
    Curly,
}

impl Bracket {
    /// Gives the sign that begins it.
    pub(crate) fn open(self) -> char {
        match self {
            Bracket::Round => '(',
            Bracket::Square => '[',
            Bracket::Curly => '{',
        }
    }

    /// Gives the sign that ends it.
    pub(crate) fn close(self) -> char {
        match self {
            Bracket::Round => ')',
            Bracket::Square => ']',
            Bracket::Curly => '}',
        }
    }
}

impl Token {
    /// Gives its range.
    pub(crate) fn span(self) -> Span {
        Span::new(self.start, self.end)
    }

    /// Gives its text.
    pub(crate) fn text(self, source: &str) -> &str {
        self.span().text(source)
    }

    /// Says whether it is this word.
    pub(crate) fn is_word(self, source: &str, word: &str) -> bool {
        self.kind == TokenKind::Word && self.text(source) == word
    }

    /// Says whether it is this sign.
    pub(crate) fn is_operator(self, source: &str, operator: &str) -> bool {
        self.kind == TokenKind::Operator && self.text(source) == operator
    }

    /// Says whether a value may end with it.
    pub(crate) fn ends_value(self) -> bool {
        match self.kind {
            TokenKind::Word | TokenKind::Number | TokenKind::StringClose | TokenKind::Close(_) | TokenKind::Broken => {
                true
            }
            TokenKind::Operator
            | TokenKind::Comma
            | TokenKind::Semicolon
            | TokenKind::Newline
            | TokenKind::Open(_)
            | TokenKind::StringOpen
            | TokenKind::StringText
            | TokenKind::HoleOpen
            | TokenKind::HoleClose => false,
        }
    }
}
