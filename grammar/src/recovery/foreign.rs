//! Whole constructs of other languages: comprehensions, tuples, `9:30am`, `x--`, `catch (e)`, schedules in other words.
//!
//! They are told like the other habits, by what stands around the place where reading stopped.

use super::Stop;
use super::habits::{edit, told};
use crate::builder;
use crate::parser::Rule;
use crate::scanner::{Bracket, TokenKind};
use crate::words;
use diagnostics::{Code, Diagnostic, Span};

/// The constructs.
pub(super) const CONSTRUCTS: &[fn(&Stop<'_>) -> Option<Diagnostic>] = &[
    comprehension,
    tuple,
    half_day,
    caught_in_parentheses,
    task_without_parentheses,
    clause_words,
    cron_for_schedule,
    every_day,
    bare_days,
    shift,
];

/// `[x * 2 for x in items]`.
fn comprehension(stop: &Stop<'_>) -> Option<Diagnostic> {
    let opens = stop.enclosing().filter(|open| matches!(open.kind, TokenKind::Open(_)))?;
    let is_list = matches!(opens.kind, TokenKind::Open(Bracket::Square | Bracket::Curly));
    let behind_value = stop.previous.is_some_and(|previous| previous.ends_value());
    if !is_list || !behind_value || !stop.found.is_word(stop.slice.text, "for") {
        return None;
    }
    let message = "a list is made with `for … yield`, not with `for` in brackets";
    Some(
        told(stop, stop.found.span(), message, "not expected here")
            .help("write `for item in items yield item * 2`; `continue` in its block leaves an item out"),
    )
}

/// `let (x, y) = …` and `(1, 2)` as a value.
fn tuple(stop: &Stop<'_>) -> Option<Diagnostic> {
    let binds = matches!(stop.first_word(), "let" | "var" | "for") && stop.previous == stop.first();
    let is_round = stop.found.kind == TokenKind::Open(Bracket::Round);
    let opens = stop.enclosing().is_some_and(|open| open.kind == TokenKind::Open(Bracket::Round));
    if stop.is_code() && binds && is_round && stop.first_word() != "for" {
        return Some(
            told(stop, stop.found.span(), "there are no tuples: a variable has one name", "a name is expected here")
                .help("take the value, then its fields: `let pair = …`, `pair.first`"),
        );
    }
    if stop.is_code() && stop.found.kind == TokenKind::Comma && opens {
        return Some(
            told(stop, stop.found.span(), "there are no tuples", "`)` is expected here")
                .help("give the values names in a record, or write `Pair(first: a, second: b)`"),
        );
    }
    None
}

/// `09:30 pm` and `9 am`.
fn half_day(stop: &Stop<'_>) -> Option<Diagnostic> {
    let number = stop.previous.filter(|token| token.kind == TokenKind::Number)?;
    let half @ ("am" | "pm" | "AM" | "PM") = stop.text(stop.found) else { return None };
    let span = number.span().to(stop.found.span());
    Some(*builder::half_day(&format!("{}{half}", stop.text(number)), stop.place(span)))
}

/// `catch (e) { … }` and `except ValueError as e`.
fn caught_in_parentheses(stop: &Stop<'_>) -> Option<Diagnostic> {
    let open = stop.before(4).filter(|word| word.is_word(stop.slice.text, "catch"))?;
    let (round, name) = (stop.before(3)?, stop.before(2)?);
    let closes = stop.previous.is_some_and(|token| stop.text(token) == ")");
    if !closes || stop.text(round) != "(" || name.kind != TokenKind::Word || stop.text(stop.found) != "{" {
        return None;
    }
    let span = round.span().to(stop.previous?.span());
    let ours = format!("as {}", stop.text(name));
    let message = "a caught error is named behind `as`";
    let gap = if open.end == round.start { " " } else { "" };
    Some(told(stop, span, message, &format!("write `{ours}`")).fix(edit(stop, span, &format!("{gap}{ours}"))))
}

/// `task sync {`.
fn task_without_parentheses(stop: &Stop<'_>) -> Option<Diagnostic> {
    let is_head = matches!(stop.first_word(), "task" | "fn") && stop.before(2) == stop.first();
    let opens = stop.found.kind == TokenKind::Open(Bracket::Curly) || stop.found.is_operator(stop.slice.text, "->");
    if stop.rule != Rule::item_entry || !is_head || !opens {
        return None;
    }
    let name = stop.previous?;
    let message = format!("the parameters of `{}` are missing", stop.text(name));
    Some(Diagnostic::new(Code::UnexpectedToken, stop.place(stop.found.span()), message).label("expected `(`").safe_fix(
        "write `()`",
        stop.place(Span::at(name.end)),
        "()",
    ))
}

/// What other systems call the clauses of a head.
const CLAUSES: &[(&str, &str)] = &[
    ("every", "on every 5m"),
    ("schedule", "on daily at 02:30"),
    ("cron", "on cron \"0 9 * * MON-FRI\""),
    ("daily", "on daily at 02:30"),
    ("weekly", "on weekly on mon at 09:00"),
    ("monthly", "on monthly on 1 at 06:00"),
    ("when", "on event Name as e"),
    ("trigger", "on event Name as e"),
    ("webhook", "on webhook \"/path\" verify bearer TOKEN as r"),
    ("env", "setting NAME: string` or `secret NAME` at the top of the file; then `needs secret NAME"),
    ("secrets", "needs secret NAME"),
    ("permissions", "needs net \"host\""),
    ("requires", "needs net \"host\""),
    ("depends", "on success of task_name as r"),
    ("after", "on success of task_name as r"),
    ("retries", "retry 3"),
    ("notify", "alert \"channel\" on failure"),
    ("description", "/// what it does` above the task, instead of `description"),
];

/// A clause by the name that it has elsewhere.
fn clause_words(stop: &Stop<'_>) -> Option<Diagnostic> {
    if stop.rule != Rule::clause_entry || stop.previous.is_some() || stop.found.kind != TokenKind::Word {
        return None;
    }
    let word = stop.text(stop.found);
    let (_, ours) = CLAUSES.iter().find(|(theirs, _)| *theirs == word)?;
    let message = format!("found `{word}`, expected a clause");
    Some(
        Diagnostic::new(Code::UnexpectedToken, stop.place(stop.found.span()), message)
            .label("no clause of a head")
            .help(format!("write `{ours}`"))
            .note(format!("the clauses are `{}`", words::CLAUSES.join(" "))),
    )
}

/// `on schedule …`, `on mondays …`.
fn cron_for_schedule(stop: &Stop<'_>) -> Option<Diagnostic> {
    let behind_on = stop.previous == stop.first() && stop.first_word() == "on";
    if stop.rule != Rule::clause_entry || !behind_on {
        return None;
    }
    let found = stop.text(stop.found);
    let ours = match found.to_ascii_lowercase().trim_end_matches('s') {
        "schedule" | "time" | "timer" => "on daily at 02:30",
        "monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday" | "sunday" => {
            "on weekly on mon, thu at 09:00"
        }
        "weekday" | "workday" => "on weekly on mon, tue, wed, thu, fri at 09:00",
        "hourly" => "on every 1h",
        "minutely" => "on every 1m",
        "push" | "http" | "request" => "on webhook \"/path\" verify bearer TOKEN as r",
        _ if stop.found.kind == TokenKind::StringOpen => "on cron \"0 9 * * MON-FRI\"",
        _ => return None,
    };
    let message = format!("found {}, expected what starts the task", stop.found_words());
    Some(
        Diagnostic::new(Code::UnexpectedToken, stop.place(stop.found.span()), message)
            .label("not expected here")
            .help(format!("write `{ours}`")),
    )
}

/// `on every day at 09:00`.
fn every_day(stop: &Stop<'_>) -> Option<Diagnostic> {
    let period = stop.previous.filter(|period| period.kind == TokenKind::Word)?;
    let behind_every = stop.before(2).is_some_and(|every| every.is_word(stop.slice.text, "every"));
    if stop.rule != Rule::clause_entry || !behind_every {
        return None;
    }
    let ours = match stop.text(period) {
        "day" | "night" | "morning" | "evening" => "on daily at 09:00",
        "week" => "on weekly on mon at 09:00",
        "month" => "on monthly on 1 at 09:00",
        "year" => "on yearly on 1 jan at 09:00",
        "weekday" => "on weekly on mon, tue, wed, thu, fri at 09:00",
        "hour" => "on every 1h",
        "minute" => "on every 1m",
        "mon" | "monday" | "tue" | "tuesday" | "wed" | "wednesday" | "thu" | "thursday" | "fri" | "friday" | "sat"
        | "saturday" | "sun" | "sunday" => "on weekly on mon at 09:00",
        _ => return None,
    };
    let message = format!("`every` takes a length of time, found `{}`", stop.text(period));
    Some(told(stop, period.span(), &message, "no length of time").help(format!("write `{ours}`")))
}

/// `on weekly mon at 09:00` and `on daily 09:00`.
fn bare_days(stop: &Stop<'_>) -> Option<Diagnostic> {
    let period = stop.previous.filter(|period| period.kind == TokenKind::Word)?;
    let word = match (stop.text(period), stop.found.kind) {
        ("weekly" | "yearly", TokenKind::Word) | ("monthly" | "yearly", TokenKind::Number) => "on",
        ("daily", TokenKind::Number) => "at",
        _ => return None,
    };
    if stop.rule != Rule::clause_entry {
        return None;
    }
    let message = format!("`{word}` is missing behind `{}`, found {}", stop.text(period), stop.found_words());
    let before = stop.place(Span::at(stop.found.start));
    Some(told(stop, stop.found.span(), &message, "not expected here").safe_fix(
        format!("write `{word}`"),
        before,
        format!("{word} "),
    ))
}

/// `a << 2` and `a >> 2`.
fn shift(stop: &Stop<'_>) -> Option<Diagnostic> {
    let previous = stop.previous.filter(|previous| previous.end == stop.found.start)?;
    let sign = stop.text(previous);
    if !stop.is_code() || !matches!(sign, "<" | ">") || stop.text(stop.found) != sign {
        return None;
    }
    let span = previous.span().to(stop.found.span());
    Some(
        told(stop, span, "there is no operator that shifts bits", "not expected here")
            .help("multiply or divide: `n * 4`"),
    )
}
