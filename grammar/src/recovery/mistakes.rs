//! Mistakes that are known by what stands around the place where reading stopped.
//!
//! Each gives the diagnostic that says what is meant; the first that knows its mistake speaks.

use super::Stop;
use crate::parser::Rule;
use crate::scanner::{Bracket, Token, TokenKind};
use crate::words;
use diagnostics::{Code, Diagnostic, Edit, Fix, Span};

/// The mistakes, the more special before the more general.
const MISTAKES: &[fn(&Stop<'_>) -> Option<Diagnostic>] = &[
    top_level,
    begins_with_sign,
    single_equals,
    declaration_in_block,
    misspelt_let,
    unknown_clause,
    clause_on_same_line,
    arm_arrow,
    text_in_hole,
    bang_behind,
    foreign_word,
    catch_form,
    type_arguments,
    spaced_bracket,
    time_for_entry,
    late_within,
    arms_on_one_line,
    missing_comma,
    two_statements,
];

/// Gives the diagnostic of a known mistake.
pub(super) fn known(stop: &Stop<'_>) -> Option<Diagnostic> {
    MISTAKES.iter().find_map(|mistake| mistake(stop))
}

/// Something that is no declaration stands where declarations stand.
fn top_level(stop: &Stop<'_>) -> Option<Diagnostic> {
    if stop.rule != Rule::item_entry {
        return None;
    }
    let first = stop.slice.scan.token_at(stop.slice.span.start);
    let first = *stop.slice.scan.tokens.get(first)?;
    if first.kind == TokenKind::Word && words::begins_item(stop.text(first)) {
        return None;
    }
    let found = match first.kind {
        TokenKind::StringOpen => "a string".to_owned(),
        _ => format!("`{}`", stop.text(first)),
    };
    let place = stop.place(first.span());
    let diagnostic = Diagnostic::new(Code::UnexpectedToken, place, format!("found {found}, expected a declaration"))
        .label("stands outside every declaration");
    Some(match stop.text(first) {
        "let" | "var" => {
            diagnostic.help("a value of the whole file is `const NAME = …`, one that is kept `state name: Type = …`")
        }
        "class" | "interface" | "trait" | "impl" => {
            diagnostic.help("data is a `record` or an `enum`; functions stand beside it: `fn name(value: Name) -> …`")
        }
        "pub" | "public" | "export" | "private" | "static" => {
            diagnostic.help("leave it out: what a file declares, the files of its project can use")
        }
        "async" => diagnostic.help("leave it out: every function may wait"),
        "from" | "include" | "require" => diagnostic.help("write `use module { name }`"),
        "workflow" | "job" | "pipeline" | "step" => diagnostic.help("what is started and scheduled is a `task`"),
        _ => diagnostic
            .help("a declaration begins at the start of a line: `task`, `fn`, `record`, `enum`, `const`, `use`, …"),
    })
}

/// A line begins with a sign that goes on with nothing.
fn begins_with_sign(stop: &Stop<'_>) -> Option<Diagnostic> {
    if stop.rule != Rule::statement_entry || stop.previous.is_some() || stop.found.kind != TokenKind::Operator {
        return None;
    }
    let sign = stop.text(stop.found);
    let place = stop.place(stop.found.span());
    let diagnostic = Diagnostic::new(Code::UnexpectedToken, place, format!("a statement cannot begin with `{sign}`"))
        .label("not expected here");
    Some(match sign {
        "." => diagnostic.help("a case as the value of a block is `Enum.case` or `return .case`"),
        _ => diagnostic.help("to go on with the line above, put the operator at its end"),
    })
}

/// `=` where a condition compares: `if a = b {`.
fn single_equals(stop: &Stop<'_>) -> Option<Diagnostic> {
    let first = stop.slice.scan.tokens.get(stop.slice.scan.token_at(stop.slice.span.start)).copied()?;
    let asks = matches!(stop.text(first), "if" | "while");
    if stop.rule != Rule::statement_entry || !asks || stop.text(stop.found) != "=" {
        return None;
    }
    let place = stop.place(stop.found.span());
    let message = "found `=`, which assigns, in a condition";
    Some(Diagnostic::new(Code::UnexpectedToken, place, message).label("expected `==`").safe_fix(
        "write `==`",
        place,
        "==",
    ))
}

/// `const` or `fn` among statements.
fn declaration_in_block(stop: &Stop<'_>) -> Option<Diagnostic> {
    let first = stop.slice.scan.tokens.get(stop.slice.scan.token_at(stop.slice.span.start)).copied()?;
    let word = stop.text(first);
    let declares = matches!(word, "const" | "enum" | "fn" | "record" | "task" | "use");
    if stop.rule != Rule::statement_entry || first.kind != TokenKind::Word || !declares {
        return None;
    }
    Some(
        Diagnostic::new(
            Code::UnexpectedToken,
            stop.place(first.span()),
            format!("found `{word}`, expected a statement"),
        )
        .label("a declaration")
        .help("put it at the top level, at the start of a line"),
    )
}

/// `vr x = 1`.
fn misspelt_let(stop: &Stop<'_>) -> Option<Diagnostic> {
    let tokens = &stop.slice.scan.tokens;
    let at = stop.slice.scan.token_at(stop.slice.span.start);
    let (first, name, sign) = (*tokens.get(at)?, *tokens.get(at + 1)?, *tokens.get(at + 2)?);
    let is_let = first.kind == TokenKind::Word && name.kind == TokenKind::Word && stop.found == name;
    if stop.rule != Rule::statement_entry || !is_let || !matches!(stop.text(sign), "=" | ":") {
        return None;
    }
    let near = words::near_let(stop.text(first))?;
    let place = stop.place(first.span());
    let message = format!("found `{}`, expected `let` or `var` before a new name", stop.text(first));
    Some(
        Diagnostic::new(Code::UnexpectedToken, place, message)
            .label("not expected here")
            .help(format!("did you mean `{near}`?"))
            .safe_fix(format!("write `{near}`"), place, near),
    )
}

/// A line of a head begins with a word that is no clause.
fn unknown_clause(stop: &Stop<'_>) -> Option<Diagnostic> {
    if stop.rule != Rule::clause_entry || stop.previous.is_some() || stop.found.kind != TokenKind::Word {
        return None;
    }
    let word = stop.text(stop.found);
    let place = stop.place(stop.found.span());
    let diagnostic = Diagnostic::new(Code::UnexpectedToken, place, format!("found `{word}`, expected a clause"))
        .label("no clause of a head");
    Some(match diagnostics::nearest(word, words::CLAUSES.iter().copied()) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")).fix(Fix {
            title: format!("write `{near}`"),
            safe: false,
            edits: vec![Edit { place, text: near.to_owned() }],
        }),
        None => diagnostic.note(format!("the clauses are `{}`", words::CLAUSES.join(" "))),
    })
}

/// Two clauses stand on one line.
fn clause_on_same_line(stop: &Stop<'_>) -> Option<Diagnostic> {
    let previous = stop.previous?;
    let is_clause = stop.found.kind == TokenKind::Word && words::begins_clause(stop.text(stop.found));
    if stop.rule != Rule::clause_entry || !is_clause {
        return None;
    }
    let gap = Span::new(previous.end, stop.found.start);
    let word = stop.text(stop.found);
    Some(
        Diagnostic::new(
            Code::ClauseOnItsLine,
            stop.place(stop.found.span()),
            format!("the clause `{word}` begins its own line"),
        )
        .label("found behind another clause")
        .safe_fix("put it on its own line", stop.place(gap), "\n    "),
    )
}

/// `=` stands where an arm has `=>`.
fn arm_arrow(stop: &Stop<'_>) -> Option<Diagnostic> {
    let is_arm = matches!(stop.rule, Rule::arm_entry | Rule::wait_arm_entry);
    if !is_arm || stop.found.kind != TokenKind::Operator || !matches!(stop.text(stop.found), "=" | "->" | ":") {
        return None;
    }
    let sign = stop.text(stop.found);
    let place = stop.place(stop.found.span());
    Some(
        Diagnostic::new(Code::ArmArrow, place, format!("an arm is written with `=>`, not with `{sign}`"))
            .label("write `=>`")
            .safe_fix("write `=>`", place, "=>"),
    )
}

/// A string holds braces that were meant as text: `"{x:05}"`, `"{"a": 1}"`.
fn text_in_hole(stop: &Stop<'_>) -> Option<Diagnostic> {
    let hole = stop.enclosing().filter(|open| open.kind == TokenKind::HoleOpen)?;
    let is_colon = stop.found.kind == TokenKind::Operator && stop.text(stop.found) == ":";
    let is_text = stop.found.kind == TokenKind::Word && stop.previous.is_some_and(Token::ends_value);
    if !is_colon && !is_text {
        return None;
    }
    let diagnostic = Diagnostic::new(Code::BraceInString, stop.place(hole.span()), "this `{` begins an interpolation")
        .also(stop.place(stop.found.span()), format!("an expression does not go on with {}", stop.found_words()))
        .help("write a brace in a string `\\{`, or use a raw string `r\"…\"`")
        .fix(Fix {
            title: "write `\\{`".to_owned(),
            safe: false,
            edits: vec![Edit { place: stop.place(hole.span()), text: "\\{".to_owned() }],
        });
    Some(if is_colon { diagnostic.help("a number is formatted by a method, not behind a `:`") } else { diagnostic })
}

/// `value!`, which elsewhere says that a value is there.
fn bang_behind(stop: &Stop<'_>) -> Option<Diagnostic> {
    let previous = stop.previous.filter(|previous| previous.ends_value() && previous.end == stop.found.start)?;
    if !stop.found.is_operator(stop.slice.text, "!") || previous.kind == TokenKind::Broken {
        return None;
    }
    let place = stop.place(stop.found.span());
    let help = "say what stands for `none`: `value ?? 0` or `value ?? fail not_found \"…\"`; or ask `!= none` before";
    Some(
        Diagnostic::new(Code::ForeignWord, place, "there is no `value!`, which takes a value to be there")
            .label("not expected here")
            .help(help),
    )
}

/// A word of another language stands at the place or begins the statement.
fn foreign_word(stop: &Stop<'_>) -> Option<Diagnostic> {
    let foreign = |token: Token| {
        let is_candidate = matches!(token.kind, TokenKind::Word | TokenKind::Operator);
        words::foreign(stop.text(token)).filter(|_| is_candidate).map(|ours| (token, ours))
    };
    let (token, ours) = foreign(stop.found).or_else(|| stop.previous.and_then(foreign))?;
    let theirs = stop.text(token);
    let place = stop.place(token.span());
    Some(
        Diagnostic::new(Code::ForeignWord, place, format!("`{theirs}` is written `{ours}` here"))
            .label(format!("write `{ours}`"))
            .safe_fix(format!("write `{ours}`"), place, ours),
    )
}

/// `f() catch e { … }`, `f() catch { … }` or `f() catch timeout 0`.
fn catch_form(stop: &Stop<'_>) -> Option<Diagnostic> {
    let is_catch = |token: Option<Token>| token.is_some_and(|token| token.is_word(stop.slice.text, "catch"));
    let behind_catch = is_catch(stop.previous);
    let behind_name = is_catch(stop.before(2)) && stop.previous.is_some_and(|name| name.kind == TokenKind::Word);
    let opens = stop.found.kind == TokenKind::Open(Bracket::Curly);
    let is_value = matches!(stop.found.kind, TokenKind::Word | TokenKind::Number | TokenKind::StringOpen);
    if !(opens && (behind_catch || behind_name) || is_value && behind_name) {
        return None;
    }
    let place = stop.place(stop.found.span());
    Some(
        Diagnostic::new(Code::CatchForm, place, "`catch` behind an expression takes one value")
            .label("not expected here")
            .help("write `try { … } catch as e { … }` for a block, with kinds `catch timeout, network as e { … }`"),
    )
}

/// `f<T>()` and `decode<list<int>>(x)`.
fn type_arguments(stop: &Stop<'_>) -> Option<Diagnostic> {
    let text = |token: Option<Token>| token.map_or("", |token| stop.text(token));
    let found = stop.text(stop.found);
    let doubled = found == ">" && text(stop.previous) == ">";
    let empty_call = found == ")" && text(stop.previous) == "(" && text(stop.before(2)) == ">";
    if !(doubled || empty_call) || !matches!(stop.rule, Rule::statement_entry | Rule::arm_entry | Rule::item_entry) {
        return None;
    }
    Some(
        Diagnostic::new(Code::TypeArguments, stop.place(stop.found.span()), "type arguments are not written at a call")
            .label("read as comparisons up to here")
            .help("give the type where the value goes: `let x: T = …`"),
    )
}

/// `f (x)` and `items [0]`.
fn spaced_bracket(stop: &Stop<'_>) -> Option<Diagnostic> {
    let previous = stop.previous.filter(|previous| previous.ends_value())?;
    let (what, sign) = match stop.found.kind {
        TokenKind::Open(Bracket::Round) => ("call", '('),
        TokenKind::Open(Bracket::Square) => ("index", '['),
        _ => return None,
    };
    let gap = Span::new(previous.end, stop.found.start);
    let is_blank = !gap.is_empty() && gap.text(stop.slice.text).chars().all(|found| matches!(found, ' ' | '\t'));
    if !is_blank || previous.kind == TokenKind::Word && words::is_reserved(stop.text(previous)) {
        return None;
    }
    Some(
        Diagnostic::new(
            Code::SpacedCall,
            stop.place(stop.found.span()),
            format!("the `{sign}` of the {what} touches what it applies to"),
        )
        .label("found behind a blank")
        .safe_fix("remove the blank", stop.place(gap), ""),
    )
}

/// `{10:30}` is a time in braces.
fn time_for_entry(stop: &Stop<'_>) -> Option<Diagnostic> {
    let previous = stop.previous.filter(|previous| previous.kind == TokenKind::Number)?;
    let colon = stop.text(previous).find(':')? as u32;
    let encloses = stop.enclosing()?.kind == TokenKind::Open(Bracket::Curly);
    if !encloses || !matches!(stop.found.kind, TokenKind::Comma | TokenKind::Close(Bracket::Curly)) {
        return None;
    }
    let behind = stop.place(Span::at(previous.start + colon + 1));
    Some(
        Diagnostic::new(Code::TimeForm, stop.place(previous.span()), "this is a time of day, not an entry of a map")
            .label("read as a time")
            .safe_fix("put a blank behind the colon", behind, " "),
    )
}

/// `within` on the line below its `wait for`.
fn late_within(stop: &Stop<'_>) -> Option<Diagnostic> {
    let first = stop.slice.scan.tokens.get(stop.slice.scan.token_at(stop.slice.span.start)).copied()?;
    if stop.rule != Rule::statement_entry || !first.is_word(stop.slice.text, "within") {
        return None;
    }
    Some(
        Diagnostic::new(Code::UnexpectedToken, stop.place(first.span()), "found `within`, expected a statement")
            .label("belongs on the line of its `wait for`"),
    )
}

/// `.a => 1 .b => 2`.
fn arms_on_one_line(stop: &Stop<'_>) -> Option<Diagnostic> {
    let is_arm = matches!(stop.rule, Rule::arm_entry | Rule::wait_arm_entry);
    if !is_arm || stop.found.kind != TokenKind::Operator || stop.text(stop.found) != "=>" {
        return None;
    }
    Some(
        Diagnostic::new(Code::MissingSeparator, stop.place(stop.found.span()), "a second arm on the line of another")
            .label("this `=>` belongs to another arm")
            .help("put the arms on lines of their own, or `,` between them"),
    )
}

/// Two items, arguments, entries or fields without a comma between them.
fn missing_comma(stop: &Stop<'_>) -> Option<Diagnostic> {
    let previous = stop.previous.filter(|previous| previous.ends_value())?;
    let in_list = match stop.enclosing().map(|open| (open.kind, stop.prepared_byte(open))) {
        Some((TokenKind::Open(Bracket::Round | Bracket::Square), _)) => true,
        Some((TokenKind::Open(Bracket::Curly), byte)) => byte == Some(crate::scanner::mark::MAP_OPEN),
        _ => false,
    };
    // A field that has its type already: before that a `:` is what is missing.
    let tokens = stop.slice.scan.tokens.get(..stop.at).unwrap_or_default().iter().rev();
    let mut own = tokens.take_while(|token| token.start >= stop.slice.span.start);
    let is_field = match stop.rule {
        Rule::parameter_entry => own.any(|token| token.is_operator(stop.slice.text, ":")),
        Rule::case_entry => true,
        _ => false,
    };
    let begins = match stop.found.kind {
        TokenKind::Word => !words::is_reserved(stop.text(stop.found)),
        TokenKind::Number | TokenKind::StringOpen => true,
        // Fields in braces behind the name of a record are another mistake.
        TokenKind::Open(Bracket::Curly) if stop.is_type_name(previous) => false,
        TokenKind::Open(_) => previous.end < stop.found.start,
        _ => false,
    };
    if !begins || !(in_list || is_field) {
        return None;
    }
    Some(
        Diagnostic::new(
            Code::MissingSeparator,
            stop.place(stop.found.span()),
            format!("a comma is missing before {}", stop.found_words()),
        )
        .label("a comma is expected before this")
        .fix(Fix {
            title: "put a comma".into(),
            safe: false,
            edits: vec![Edit { place: stop.place(Span::at(previous.end)), text: ",".into() }],
        }),
    )
}

/// A second statement on a line.
fn two_statements(stop: &Stop<'_>) -> Option<Diagnostic> {
    stop.previous.filter(|previous| previous.ends_value())?;
    let begins = stop.found.kind == TokenKind::Word
        && matches!(
            stop.text(stop.found),
            "let" | "var" | "if" | "for" | "while" | "match" | "return" | "fail" | "break" | "continue" | "expect"
        );
    if stop.rule != Rule::statement_entry || !begins || stop.enclosing().is_some() {
        return None;
    }
    Some(
        Diagnostic::new(
            Code::MissingSeparator,
            stop.place(stop.found.span()),
            format!("a line end is missing before {}", stop.found_words()),
        )
        .label("a second statement on this line")
        .help("put it on its own line, or `;` before it"),
    )
}

impl Stop<'_> {
    fn prepared_byte(&self, token: Token) -> Option<u8> {
        self.slice.scan.prepared.byte(token.start)
    }
}
