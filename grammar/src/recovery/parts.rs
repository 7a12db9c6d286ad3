//! Parts of our own forms that are missing or stand the wrong way round: a step without a name, `backoff 5`,
//! `by "finance"`, `yearly on dec 31`.

use super::Stop;
use super::habits::{edit, told};
use crate::parser::Rule;
use crate::scanner::{Bracket, Token, TokenKind};
use crate::words;
use diagnostics::{Code, Diagnostic};

/// The mistakes.
pub(super) const PARTS: &[fn(&Stop<'_>) -> Option<Diagnostic>] =
    &[step_name, backoff_range, approver, second_need, nth_weekday, last_of_what, numbered_weekday, month_first];

impl Stop<'_> {
    fn word_before(&self, count: usize, words: &[&str]) -> Option<Token> {
        self.before(count).filter(|token| token.kind == TokenKind::Word && words.contains(&self.text(*token)))
    }

    fn unlike(&self, expected: &str) -> Diagnostic {
        let message = format!("found {}, expected {expected}", self.found_words());
        Diagnostic::new(Code::UnexpectedToken, self.place(self.found.span()), message).label("not expected here")
    }
}

/// `step { … }` and `step "charge" { … }`.
fn step_name(stop: &Stop<'_>) -> Option<Diagnostic> {
    stop.word_before(1, &["step"])?;
    let opens = stop.found.kind == TokenKind::Open(Bracket::Curly);
    if !stop.is_code() || !opens && stop.found.kind != TokenKind::StringOpen {
        return None;
    }
    Some(stop.unlike("the name of the step").help("a step has a name, which is a word: `step charge { … }`"))
}

/// `retry 3 backoff 5s`.
fn backoff_range(stop: &Stop<'_>) -> Option<Diagnostic> {
    stop.word_before(2, &["backoff"])?;
    stop.previous.filter(|previous| previous.kind == TokenKind::Number)?;
    Some(stop.unlike("`..`").help("the pauses grow from a first to a longest one: `backoff 5s..2m`"))
}

/// `wait for approval "…" by "finance"`.
fn approver(stop: &Stop<'_>) -> Option<Diagnostic> {
    stop.word_before(1, &["by"])?;
    if !stop.is_code() || stop.found.kind != TokenKind::StringOpen {
        return None;
    }
    let help = "say what it names: `by role \"finance\"`, `by group \"finance\"` or `by user \"ann\"`";
    Some(stop.unlike("`role`, `group` or `user`").help(help))
}

/// `needs net "example.com", files read "in/*"`.
fn second_need(stop: &Stop<'_>) -> Option<Diagnostic> {
    let kind = stop.previous.filter(|kind| kind.kind == TokenKind::Word)?;
    let is_kind = matches!(stop.text(kind), "net" | "files" | "exec" | "secret" | "connection" | "channel" | "agent")
        || stop.word_before(2, &["files"]).is_some();
    let behind_comma = [2, 3].iter().any(|count| stop.before(*count).is_some_and(|it| it.kind == TokenKind::Comma));
    if stop.rule != Rule::clause_entry || stop.first_word() != "needs" || !is_kind || !behind_comma {
        return None;
    }
    let message = "a line of `needs` is of one kind";
    Some(
        Diagnostic::new(Code::ClauseOnItsLine, stop.place(kind.span()), message)
            .label("another kind begins here")
            .help("write a `needs` of its own, on its own line"),
    )
}

const WEEKDAYS: &[&str] = &["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// `monthly on fifth fri`.
fn nth_weekday(stop: &Stop<'_>) -> Option<Diagnostic> {
    let nth = stop.previous.filter(|word| word.kind == TokenKind::Word)?;
    let is_day = WEEKDAYS.contains(&stop.text(stop.found));
    if stop.rule != Rule::clause_entry || !is_day || stop.word_before(3, &["monthly"]).is_none() {
        return None;
    }
    let message = format!("found `{}`, expected `first`, `second`, `third`, `fourth` or `last`", stop.text(nth));
    let place = stop.place(nth.span());
    Some(
        Diagnostic::new(Code::UnexpectedToken, place, message)
            .label("no place of a weekday in a month")
            .help("a fifth one is often the last: `last fri`"),
    )
}

/// `monthly on last at 06:00`.
fn last_of_what(stop: &Stop<'_>) -> Option<Diagnostic> {
    let at = stop.word_before(1, &["at"])?;
    stop.word_before(2, &["first", "second", "third", "fourth", "last"])?;
    if stop.rule != Rule::clause_entry || stop.found.kind != TokenKind::Number {
        return None;
    }
    Some(
        Diagnostic::new(Code::UnexpectedToken, stop.place(at.span()), "found `at`, expected a day")
            .label("not expected here")
            .help("say of what: `last day` of the month, or a weekday: `last fri`, `first mon`"),
    )
}

/// `weekly on 1 at 09:00`.
fn numbered_weekday(stop: &Stop<'_>) -> Option<Diagnostic> {
    stop.word_before(2, &["weekly", "every", "daily"]).or_else(|| stop.word_before(1, &["on"]))?;
    let is_on = stop.word_before(1, &["on"]).is_some() && stop.word_before(2, &["on"]).is_none();
    if stop.rule != Rule::clause_entry || !is_on || stop.found.kind != TokenKind::Number {
        return None;
    }
    Some(stop.unlike("a weekday").help("the days are `mon tue wed thu fri sat sun`, `weekdays` and `weekends`"))
}

/// `yearly on dec 31`.
fn month_first(stop: &Stop<'_>) -> Option<Diagnostic> {
    let month = stop.previous.filter(|word| word.kind == TokenKind::Word && !words::is_reserved(stop.text(*word)))?;
    let is_day = stop.found.kind == TokenKind::Number;
    if stop.rule != Rule::clause_entry || !is_day || stop.word_before(3, &["yearly"]).is_none() {
        return None;
    }
    let ours = format!("{} {}", stop.text(stop.found), stop.text(month));
    let span = month.span().to(stop.found.span());
    Some(told(stop, span, "the day stands before the month", &format!("write `{ours}`")).fix(edit(stop, span, &ours)))
}
