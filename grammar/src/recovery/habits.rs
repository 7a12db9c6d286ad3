//! Forms of other languages: what is written here for what people write by habit.
//!
//! A row says which tokens stand around the place where reading stopped, and what is said about them.

use super::Stop;
use super::brackets;
use super::foreign::CONSTRUCTS;
use super::parts::PARTS;
use crate::parser::Rule;
use crate::scanner::{Token, TokenKind};
use diagnostics::{Code, Diagnostic, Edit, Fix, Span};

/// The habits, the more special before the more general.
const HABITS: &[fn(&Stop<'_>) -> Option<Diagnostic>] = &[
    string_prefix,
    question_mark,
    doubled_sign,
    result_colon,
    colon_for_brace,
    colon_assigns,
    arrow_lambda,
    bars_lambda,
    unit_apart,
    word_before,
    loop_words,
    list_type,
    none_in_type,
    parameter_type,
    clause_sign,
];

/// Gives the diagnostic of a known habit.
pub(super) fn known(stop: &Stop<'_>) -> Option<Diagnostic> {
    brackets::HABITS.iter().chain(PARTS).chain(HABITS).chain(CONSTRUCTS).find_map(|habit| habit(stop))
}

/// Says what is written here for what stands in a span.
pub(super) fn told(stop: &Stop<'_>, span: Span, message: &str, label: &str) -> Diagnostic {
    Diagnostic::new(Code::ForeignWord, stop.place(span), message).label(label)
}

/// Makes an edit that a person has to look at.
pub(super) fn edit(stop: &Stop<'_>, span: Span, text: &str) -> Fix {
    let title = if text.is_empty() { "leave it out".to_owned() } else { format!("write `{text}`") };
    Fix { title, safe: false, edits: vec![Edit { place: stop.place(span), text: text.to_owned() }] }
}

impl<'t> Stop<'t> {
    pub(super) fn found_is(&self, sign: &str) -> bool {
        self.found.is_operator(self.slice.text, sign)
    }

    pub(super) fn previous_is(&self, sign: &str) -> bool {
        self.previous.is_some_and(|token| token.is_operator(self.slice.text, sign))
    }

    pub(super) fn first(&self) -> Option<Token> {
        self.slice.scan.tokens.get(self.slice.scan.token_at(self.slice.span.start)).copied()
    }

    pub(super) fn first_word(&self) -> &'t str {
        self.first().filter(|token| token.kind == TokenKind::Word).map_or("", |token| self.text(token))
    }

    pub(super) fn after(&self) -> Option<Token> {
        self.slice.scan.tokens.get(self.at + 1).copied()
    }

    pub(super) fn is_code(&self) -> bool {
        matches!(self.rule, Rule::statement_entry | Rule::arm_entry | Rule::wait_arm_entry)
    }
}

/// `f"…"`.
fn string_prefix(stop: &Stop<'_>) -> Option<Diagnostic> {
    let prefix = stop.previous.filter(|word| word.kind == TokenKind::Word && word.end == stop.found.start)?;
    if stop.found.kind != TokenKind::StringOpen || !matches!(stop.text(prefix), "f" | "F" | "s" | "b" | "u") {
        return None;
    }
    let message = format!("a string has no `{}` before it", stop.text(prefix));
    let place = stop.place(prefix.span());
    Some(told(stop, prefix.span(), &message, "every string takes `{…}`; a raw one begins with `r`").safe_fix(
        "leave it out",
        place,
        "",
    ))
}

/// `a ? b : c`.
fn question_mark(stop: &Stop<'_>) -> Option<Diagnostic> {
    if !stop.found_is("?") || !stop.is_code() {
        return None;
    }
    Some(
        told(stop, stop.found.span(), "there is no `a ? b : c`", "`?` only ends a type")
            .help("write `if a { b } else { c }`, which gives a value"),
    )
}

/// `x++`, `a ** b`, `a <> b`, `0...3`.
fn doubled_sign(stop: &Stop<'_>) -> Option<Diagnostic> {
    let previous = stop.previous.filter(|previous| previous.kind == TokenKind::Operator)?;
    if previous.end != stop.found.start || stop.found.kind != TokenKind::Operator && !stop.previous_is(".") {
        return None;
    }
    let span = previous.span().to(stop.found.span());
    Some(match (stop.text(previous), stop.text(stop.found)) {
        ("+", "+") => told(stop, span, "there is no `++`", "write `+= 1` behind the variable"),
        ("-", "-") => told(stop, span, "there is no `--`", "write `-= 1` behind the variable"),
        ("*", "*") => told(stop, span, "there is no `**`", "a square is `a * a`, a power of a float `a.pow(b)`"),
        ("<", ">") => {
            told(stop, span, "`<>` is written `!=` here", "write `!=`").safe_fix("write `!=`", stop.place(span), "!=")
        }
        _ => return None,
    })
}

/// `if a == b:` and `else:`.
fn colon_for_brace(stop: &Stop<'_>) -> Option<Diagnostic> {
    let colon = if stop.found_is(":") { Some(stop.found) } else { stop.previous.filter(|_| stop.previous_is(":")) }?;
    let is_head =
        matches!(stop.first_word(), "if" | "else" | "for" | "while" | "match" | "try" | "catch" | "finally" | "fn");
    if !is_head || stop.enclosing().is_some() {
        return None;
    }
    Some(
        told(stop, colon.span(), "a block stands in braces", "write `{` here")
            .help("and `}` on a line of its own behind the block"),
    )
}

/// `x := 1`.
fn colon_assigns(stop: &Stop<'_>) -> Option<Diagnostic> {
    let equals = stop.after()?;
    if !stop.is_code() || !stop.found_is(":") || !equals.is_operator(stop.slice.text, "=") {
        return None;
    }
    let message = "there is no `:=`";
    let span = stop.found.span().to(equals.span());
    Some(
        told(stop, span, message, "found instead of `=`")
            .help("a new variable is `let x = …`, one that changes `var x = …`"),
    )
}

/// `(x) -> x + 1`.
fn arrow_lambda(stop: &Stop<'_>) -> Option<Diagnostic> {
    if !stop.is_code() || !stop.found_is("->") {
        return None;
    }
    let place = stop.place(stop.found.span());
    Some(told(stop, stop.found.span(), "a lambda is written with `=>`, not with `->`", "write `=>`").safe_fix(
        "write `=>`",
        place,
        "=>",
    ))
}

/// `|x| x + 1`.
fn bars_lambda(stop: &Stop<'_>) -> Option<Diagnostic> {
    if stop.rule != Rule::statement_entry || !stop.found_is("|") || stop.previous.is_some_and(Token::ends_value) {
        return None;
    }
    let label = "write its parameters as `x => …` or `(x, y) => …`";
    Some(told(stop, stop.found.span(), "a lambda has no bars", label))
}

/// `3 hours`, `1h 30m`.
fn unit_apart(stop: &Stop<'_>) -> Option<Diagnostic> {
    let number = stop.previous.filter(|previous| previous.kind == TokenKind::Number)?;
    let found = stop.text(stop.found);
    let unit = match stop.found.kind {
        TokenKind::Word => crate::builder::duration_unit(found)?.to_owned(),
        TokenKind::Number if found.ends_with(['w', 'd', 'h', 'm', 's']) => found.to_owned(),
        _ => return None,
    };
    let has_unit = stop.text(number).ends_with(|last: char| last.is_ascii_alphabetic());
    if has_unit == (stop.found.kind == TokenKind::Word) {
        return None;
    }
    let ours = format!("{}{unit}", stop.text(number));
    let span = number.span().to(stop.found.span());
    Some(told(stop, span, "a number and its unit touch", &format!("write `{ours}`")).safe_fix(
        format!("write `{ours}`"),
        stop.place(span),
        ours,
    ))
}

/// A word that is not needed here, or stands for another: `let mut x`, `await f()`, `new Foo()`, `int x = 1`.
fn word_before(stop: &Stop<'_>) -> Option<Diagnostic> {
    let word = stop.previous.filter(|word| word.kind == TokenKind::Word)?;
    if !stop.is_code() || stop.found.kind != TokenKind::Word {
        return None;
    }
    let gap = Span::new(word.start, stop.found.start);
    Some(match stop.text(word) {
        "mut" => told(stop, word.span(), "a variable that changes is declared with `var`", "write `var` for `let mut`"),
        "await" => told(stop, word.span(), "there is no `await`: a call is waited for by itself", "leave it out")
            .fix(edit(stop, gap, "")),
        "new" => told(stop, word.span(), "there is no `new`: a record is made by its name", "leave it out")
            .fix(edit(stop, gap, "")),
        "case" => {
            told(stop, word.span(), "an arm begins with its pattern", "leave `case` out").fix(edit(stop, gap, ""))
        }
        name if is_type(name) && Some(word) == stop.first() => {
            told(stop, word.span(), "a type stands behind the name", "write `let name: type = …`")
        }
        _ => return None,
    })
}

/// `for (…)`, `for x of …`, `loop { … }`, `do { … }`.
fn loop_words(stop: &Stop<'_>) -> Option<Diagnostic> {
    if !stop.is_code() {
        return None;
    }
    let opens = matches!(stop.found.kind, TokenKind::Open(_));
    Some(match (stop.first_word(), stop.text(stop.found)) {
        ("for", "(") if stop.previous == stop.first() => {
            told(stop, stop.found.span(), "a `for` walks a list or a range", "no parentheses here")
                .help("write `for item in items {` or `for i in 0..10 {`")
        }
        ("for", "of") => {
            let place = stop.place(stop.found.span());
            told(stop, stop.found.span(), "`of` is written `in` here", "write `in`").safe_fix("write `in`", place, "in")
        }
        ("loop", _) if opens => told(stop, stop.found.span(), "there is no `loop`", "write `while true {`"),
        ("do", _) if opens => {
            told(stop, stop.found.span(), "there is no `do`", "write `while true { … }` and leave it with `break`")
        }
        _ => return None,
    })
}

/// `int[]`, `List[int]`, `[int]` as types.
fn list_type(stop: &Stop<'_>) -> Option<Diagnostic> {
    let is_type = matches!(stop.rule, Rule::parameter_entry | Rule::type_entry | Rule::case_entry);
    if !is_type || stop.text(stop.found) != "[" || stop.enclosing().is_some() {
        return None;
    }
    Some(told(stop, stop.found.span(), "the type of a list is written `list<T>`", "no brackets in a type"))
}

/// `int | none`.
fn none_in_type(stop: &Stop<'_>) -> Option<Diagnostic> {
    let is_type = matches!(stop.rule, Rule::parameter_entry | Rule::type_entry);
    if !is_type || !stop.found_is("|") {
        return None;
    }
    Some(
        told(stop, stop.found.span(), "a type is one type", "no `|` in a type")
            .help("what may be missing is `T?`; one of several is an `enum`"),
    )
}

/// `fn f(): int`.
fn result_colon(stop: &Stop<'_>) -> Option<Diagnostic> {
    let behind = stop.previous.is_some_and(|previous| stop.text(previous) == ")");
    if stop.rule != Rule::item_entry || !stop.found_is(":") || !behind || stop.enclosing().is_some() {
        return None;
    }
    let place = stop.place(stop.found.span());
    Some(told(stop, stop.found.span(), "the type of a result stands behind `->`", "write `->`").safe_fix(
        "write `->`",
        place,
        " ->",
    ))
}

/// `fn f(a)` and `fn f(int a)`.
fn parameter_type(stop: &Stop<'_>) -> Option<Diagnostic> {
    let name = stop.previous.filter(|name| Some(*name) == stop.first() && name.kind == TokenKind::Word)?;
    if stop.rule != Rule::parameter_entry {
        return None;
    }
    let name_text = stop.text(name);
    if stop.found.kind == TokenKind::Word {
        if !is_type(name_text) {
            return None;
        }
        let span = name.span().to(stop.found.span());
        let ours = format!("{}: {name_text}", stop.text(stop.found));
        return Some(
            told(stop, span, "a type stands behind the name", &format!("write `{ours}`")).fix(edit(stop, span, &ours)),
        );
    }
    let message = format!("found {}, expected `:` and a type", stop.found_words());
    Some(
        Diagnostic::new(Code::UnexpectedToken, stop.place(stop.found.span()), message)
            .label(format!("`{name_text}` needs a type: `{name_text}: int`")),
    )
}

fn is_type(word: &str) -> bool {
    let basic = matches!(word, "int" | "float" | "bool" | "string" | "decimal" | "duration" | "date" | "time" | "json");
    basic || word.starts_with(|first: char| first.is_ascii_uppercase())
}

/// `timeout: 1m` and `timeout = 1m`.
fn clause_sign(stop: &Stop<'_>) -> Option<Diagnostic> {
    let clause = stop.previous.filter(|clause| Some(*clause) == stop.first())?;
    if stop.rule != Rule::clause_entry || !(stop.found_is(":") || stop.found_is("=")) {
        return None;
    }
    let sign = stop.text(stop.found);
    let message = format!("no `{sign}` stands behind `{}`", stop.text(clause));
    let place = stop.place(stop.found.span());
    Some(told(stop, stop.found.span(), &message, "leave it out").safe_fix("leave it out", place, ""))
}
