//! What other languages write in brackets and around names: parts of lists, spread values, records in braces, named
//! arguments with `=`, paths with `::`.

use super::Stop;
use super::habits::{edit, told};
use crate::parser::Rule;
use crate::scanner::{Bracket, Token, TokenKind};
use diagnostics::{Code, Diagnostic, Edit, Fix, Span};

/// The habits.
pub(super) const HABITS: &[fn(&Stop<'_>) -> Option<Diagnostic>] = &[
    slice,
    spread,
    any_arguments,
    record_in_braces,
    named_with_equals,
    double_colon,
    use_all,
    if_let,
    converted_with_as,
    optional_name,
    sleep,
    retry_times,
    catch_arrow,
];

impl Stop<'_> {
    /// Says whether a token is a word that reads as the name of a type.
    pub(super) fn is_type_name(&self, token: Token) -> bool {
        token.kind == TokenKind::Word && self.text(token).starts_with(|first: char| first.is_ascii_uppercase())
    }

    /// Gives the index of the bracket around the found token, inside the part.
    fn enclosing_at(&self) -> Option<usize> {
        let open = self.enclosing()?;
        Some(self.slice.scan.token_at(open.start))
    }

    /// Gives the tokens from the one behind an opening bracket to the one before its partner.
    fn inside(&self, opens: usize) -> &[Token] {
        let rest = self.slice.scan.tokens.get(opens + 1..).unwrap_or_default();
        let mut open = 0_u32;
        let length = rest.iter().take_while(|token| token.start < self.slice.span.end).position(|token| {
            match token.kind {
                TokenKind::Open(_) | TokenKind::StringOpen | TokenKind::HoleOpen => open += 1,
                TokenKind::Close(_) | TokenKind::StringClose | TokenKind::HoleClose if open > 0 => open -= 1,
                TokenKind::Close(_) | TokenKind::HoleClose => return true,
                _ => {}
            }
            false
        });
        rest.get(..length.unwrap_or(0)).unwrap_or_default()
    }
}

/// `items[1:3]`, `items[1:]`, `items[:3]`.
fn slice(stop: &Stop<'_>) -> Option<Diagnostic> {
    let at = stop.enclosing_at()?;
    let open = *stop.slice.scan.tokens.get(at)?;
    let behind_value = at.checked_sub(1).and_then(|before| stop.slice.scan.tokens.get(before));
    let is_index = behind_value.is_some_and(|before| before.ends_value() && before.end == open.start);
    if !stop.is_code() || open.kind != TokenKind::Open(Bracket::Square) || !is_index {
        return None;
    }
    let inside = stop.inside(at);
    let has_colon = inside.iter().any(|token| match token.kind {
        TokenKind::Operator => stop.text(*token).contains(':'),
        TokenKind::Number => stop.text(*token).contains(':'),
        _ => false,
    });
    let (first, last) = (inside.first()?, inside.last()?);
    if !has_colon {
        return None;
    }
    let whole = first.span().to(last.span());
    let bounds: Vec<&str> = whole.text(stop.slice.text).split(':').map(str::trim).collect();
    let ours = match bounds.as_slice() {
        ["", ""] => None,
        ["", to] => Some(format!(".slice(0, {to})")),
        [from, ""] => Some(format!(".slice({from})")),
        [from, to] => Some(format!(".slice({from}, {to})")),
        _ => None,
    };
    let diagnostic = told(stop, whole, "a part of a list or a text is taken with `slice`", "no `:` in an index");
    let counts_from_end = bounds.iter().any(|bound| bound.starts_with('-'));
    Some(match ours {
        Some(ours) if !counts_from_end => {
            let span = Span::new(open.start, last.end + 1);
            diagnostic.fix(edit(stop, span, &ours))
        }
        Some(_) | None => {
            diagnostic.help("write `items.slice(1, items.len() - 1)`; `take` and `skip` count from the front")
        }
    })
}

/// `[...items, 1]`, `[*items, 1]`, `{**map}`, `R(..old)`.
fn spread(stop: &Stop<'_>) -> Option<Diagnostic> {
    let open = stop.enclosing().filter(|open| matches!(open.kind, TokenKind::Open(_)))?;
    let begins = stop.previous == Some(open) || stop.previous.is_some_and(|previous| previous.kind == TokenKind::Comma);
    if !stop.is_code() || !begins || !(stop.found_is("..") || stop.found_is("*")) {
        return None;
    }
    let help = match open.kind {
        TokenKind::Open(Bracket::Square) => "put lists together: `items + [1]`",
        TokenKind::Open(Bracket::Curly) => "put maps together: `map.merge(other)`",
        _ => "a changed copy of a record is `record.with(field: value)`; a list is given as one argument",
    };
    Some(told(stop, stop.found.span(), "no value is spread out in another", "not expected here").help(help))
}

/// `fn f(*args)`, `fn f(...args)`.
fn any_arguments(stop: &Stop<'_>) -> Option<Diagnostic> {
    let is_sign = stop.found_is("*") || stop.found_is("..") || stop.found_is("&");
    if stop.rule != Rule::parameter_entry || stop.previous.is_some() || !is_sign {
        return None;
    }
    let message = "a function takes as many arguments as it has parameters";
    Some(
        told(stop, stop.found.span(), message, "not expected here")
            .help("take several values as one: `items: list<string>` or `options: map<string, json>`"),
    )
}

/// `Sale { id: 1 }`.
fn record_in_braces(stop: &Stop<'_>) -> Option<Diagnostic> {
    let name = stop.previous.filter(|name| name.kind == TokenKind::Word)?;
    let is_type = stop.is_type_name(name);
    let is_call = matches!(stop.found.kind, TokenKind::Open(Bracket::Curly));
    let is_in = |open: Token| matches!(open.kind, TokenKind::Open(Bracket::Round | Bracket::Square));
    let in_list = stop.rule != Rule::parameter_entry && stop.enclosing().is_some_and(is_in);
    if !(stop.is_code() || in_list) || !is_type || !is_call {
        return None;
    }
    let name = stop.text(name);
    let message = format!("a record is made with parentheses: `{name}(field: value)`");
    let diagnostic = told(stop, stop.found.span(), &message, "`(` is expected here");
    let inside = stop.inside(stop.at);
    let Some(last) = inside.last() else { return Some(diagnostic) };
    let close = stop.slice.scan.tokens.get(stop.at + 1 + inside.len())?;
    let is_flat = last.kind != TokenKind::Newline && inside.iter().any(|token| stop.text(*token) == ":");
    if !is_flat || close.kind != TokenKind::Close(Bracket::Curly) {
        return Some(diagnostic);
    }
    let gap = Span::new(stop.previous?.end, inside.first()?.start);
    let end = Span::new(last.end, close.end);
    let edits = [(gap, "("), (end, ")")];
    let edits = edits.map(|(span, text)| Edit { place: stop.place(span), text: text.to_owned() }).to_vec();
    Some(diagnostic.fix(Fix { title: "write parentheses".to_owned(), safe: false, edits }))
}

/// `f(name = 1)`.
fn named_with_equals(stop: &Stop<'_>) -> Option<Diagnostic> {
    let name = stop.previous.filter(|name| name.kind == TokenKind::Word)?;
    let before = stop.before(2)?;
    let in_round = stop.enclosing().is_some_and(|open| open.kind == TokenKind::Open(Bracket::Round));
    let begins = before.kind == TokenKind::Comma || before.kind == TokenKind::Open(Bracket::Round);
    let is_call = stop.is_code() || stop.rule == Rule::clause_entry;
    if !is_call || !in_round || !begins || !stop.found_is("=") {
        return None;
    }
    let gap = if stop.after().is_some_and(|next| next.start == stop.found.end) { ": " } else { ":" };
    let span = Span::new(name.end, stop.found.end);
    let label = format!("write `{}:`", stop.text(name));
    let place = stop.place(span);
    Some(
        told(stop, stop.found.span(), "an argument is named with `:`, not with `=`", &label)
            .safe_fix(label, place, gap),
    )
}

/// `Verdict::spam`.
fn double_colon(stop: &Stop<'_>) -> Option<Diagnostic> {
    let touches =
        |left: Token, right: Token| left.end == right.start && stop.text(left) == ":" && stop.text(right) == ":";
    let span = match (stop.previous, stop.after()) {
        (_, Some(after)) if touches(stop.found, after) => stop.found.span().to(after.span()),
        (Some(previous), _) if touches(previous, stop.found) => previous.span().to(stop.found.span()),
        (_, _) => return None,
    };
    let place = stop.place(span);
    Some(told(stop, span, "`::` is written `.` here", "write `.`").safe_fix("write `.`", place, "."))
}

/// `use jobs.*`.
fn use_all(stop: &Stop<'_>) -> Option<Diagnostic> {
    let is_use = stop.rule == Rule::item_entry && stop.first_word() == "use";
    if !is_use || !stop.previous_is(".") || !stop.found_is("*") {
        return None;
    }
    let message = "names are brought in one by one, or used behind the module's name";
    Some(
        told(stop, stop.found.span(), message, "not expected here")
            .help("write `use module { name, other }`, or `use module` and then `module.name`"),
    )
}

/// `if let value = maybe {`.
fn if_let(stop: &Stop<'_>) -> Option<Diagnostic> {
    let word = stop.previous.filter(|word| word.is_word(stop.slice.text, "let"))?;
    let asks = stop.before(2).is_some_and(|asks| matches!(stop.text(asks), "if" | "while"));
    if !stop.is_code() || !asks {
        return None;
    }
    Some(
        told(stop, word.span(), "a condition declares no variable", "not expected here").help(
            "write `let value = …` on the line above and ask `if value != none {`: in its block the value is there",
        ),
    )
}

/// `x as int`.
fn converted_with_as(stop: &Stop<'_>) -> Option<Diagnostic> {
    let behind_value = stop.previous.is_some_and(Token::ends_value);
    if !stop.is_code() || !behind_value || !stop.found.is_word(stop.slice.text, "as") {
        return None;
    }
    let help = match stop.after().map_or("", |token| stop.text(token)) {
        "int" => "write `.to_int()` behind a number, `int.parse(text)` for a text",
        "float" => "write `.to_float()` behind a number, `float.parse(text)` for a text",
        "decimal" => "write `.to_decimal()` behind a number, `decimal.parse(text)` for a text",
        "string" | "str" | "String" => "put the value into a text: `\"{value}\"`",
        "json" => "where json is expected a value stands as it is: `let body: json = value`",
        name if name.starts_with(|first: char| first.is_ascii_uppercase()) => {
            "check a value with its type, `Percent(value)`; read json with `.decode()`"
        }
        _ => return None,
    };
    Some(
        told(
            stop,
            stop.found.span(),
            "a value is converted by a method or a function, not by `as`",
            "not expected here",
        )
        .help(help),
    )
}

/// `name?: string`.
fn optional_name(stop: &Stop<'_>) -> Option<Diagnostic> {
    let name = stop.previous.filter(|name| Some(*name) == stop.first() && name.kind == TokenKind::Word)?;
    if stop.rule != Rule::parameter_entry || !stop.found_is("?") {
        return None;
    }
    let label = format!("write `{}: T?`, with a default `{0}: T? = none`", stop.text(name));
    Some(told(stop, stop.found.span(), "what may be missing is said by the type, not by the name", &label))
}

/// `sleep 2s`.
fn sleep(stop: &Stop<'_>) -> Option<Diagnostic> {
    let word = stop.previous.filter(|word| word.is_word(stop.slice.text, "sleep") && Some(*word) == stop.first())?;
    if !stop.is_code() || stop.found.kind != TokenKind::Number {
        return None;
    }
    let place = stop.place(word.span());
    Some(told(stop, word.span(), "`sleep` is written `wait` here", "write `wait`").safe_fix(
        "write `wait`",
        place,
        "wait",
    ))
}

/// `retry 3 times`.
fn retry_times(stop: &Stop<'_>) -> Option<Diagnostic> {
    let is_retry = stop.rule == Rule::clause_entry && stop.first_word() == "retry";
    let is_word = matches!(stop.text(stop.found), "times" | "time" | "attempts" | "tries");
    if !is_retry || !is_word {
        return None;
    }
    let place = stop.place(Span::new(stop.previous?.end, stop.found.end));
    let message = format!("`retry` takes a number alone, found `{}` behind it", stop.text(stop.found));
    Some(told(stop, stop.found.span(), &message, "leave it out").safe_fix("leave it out", place, ""))
}

/// `read(path) catch e => ""`.
fn catch_arrow(stop: &Stop<'_>) -> Option<Diagnostic> {
    let name = stop.previous.filter(|name| name.kind == TokenKind::Word)?;
    let behind_catch = stop.before(2).is_some_and(|word| word.is_word(stop.slice.text, "catch"));
    if !stop.is_code() || !behind_catch || !stop.found_is("=>") {
        return None;
    }
    let span = name.span().to(stop.found.span());
    let place = stop.place(span);
    Some(
        Diagnostic::new(Code::CatchForm, place, "`catch` behind an expression takes one value")
            .label("leave this out where the error is not looked at")
            .help("write `… catch \"\"`, or `try { … } catch as e { … }` to look at the error"),
    )
}
