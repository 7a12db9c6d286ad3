//! Words of clauses: days, months, and what one of few may say.

use super::Scope;
use diagnostics::{Code, Diagnostic, Edit, Fix, nearest};
use grammar::tree::Name;
use schedule::Weekdays;

const WEEKDAYS: &[&str] = &["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/// Names of sets of days stand behind the seven.
const DAYS: &[&str] = &["mon", "tue", "wed", "thu", "fri", "sat", "sun", "weekdays", "weekends"];
const MONTHS: &[&str] = &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Gives the number of the word among the known; tells what is known where it is none of them. `what` is what the word
/// would be: `a day of the week`.
pub(super) fn one_of(scope: &mut dyn Scope<'_>, name: &Name, known: &[&str], what: &str) -> Option<usize> {
    if let Some(at) = known.iter().position(|word| *word == name.text) {
        return Some(at);
    }
    let place = name.span.in_file(scope.file());
    let lower = name.text.to_lowercase();
    // `monday` and `january` are written short, which is not a near miss.
    let short = lower.get(..3).filter(|short| known.contains(short) && lower.chars().all(char::is_alphabetic));
    let full = short.filter(|_| is_long_form(&lower));
    let near = full.or_else(|| nearest(&name.text, known.iter().copied()));
    let mut diagnostic = Diagnostic::new(Code::UnknownWord, place, format!("`{}` is not {what}", name.text));
    diagnostic = match near {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")).fix(Fix {
            title: format!("write `{near}`"),
            safe: false,
            edits: vec![Edit { place, text: near.to_owned() }],
        }),
        None => diagnostic.help(format!("write one of {}", listed(known))),
    };
    scope.report(diagnostic);
    None
}

/// Gives the days of a list; all where it is empty.
pub(super) fn days(scope: &mut dyn Scope<'_>, names: &[Name]) -> Option<Weekdays> {
    if names.is_empty() {
        return Some(Weekdays::ALL);
    }
    let mut days = Some(Weekdays(0));
    for name in names {
        let found = one_of(scope, name, DAYS, "a day of the week");
        let set = found.map(|at| match at {
            7 => Weekdays::WORKING.0,
            8 => Weekdays::ALL.0 & !Weekdays::WORKING.0,
            day => 1 << day,
        });
        days = days.zip(set).map(|(days, set)| Weekdays(days.0 | set));
    }
    days
}

/// Gives a day of the week; 0 is Monday.
pub(super) fn weekday(scope: &mut dyn Scope<'_>, name: &Name) -> Option<u8> {
    one_of(scope, name, WEEKDAYS, "a day of the week").map(|at| at as u8)
}

/// Gives a month, 1 to 12.
pub(super) fn month(scope: &mut dyn Scope<'_>, name: &Name) -> Option<u8> {
    one_of(scope, name, MONTHS, "a month").map(|at| at as u8 + 1)
}

fn is_long_form(word: &str) -> bool {
    const LONG: &[&str] = &[
        "monday",
        "tuesday",
        "tues",
        "wednesday",
        "thursday",
        "thur",
        "thurs",
        "friday",
        "saturday",
        "sunday",
        "january",
        "february",
        "march",
        "april",
        "june",
        "july",
        "august",
        "september",
        "sept",
        "october",
        "november",
        "december",
    ];
    LONG.contains(&word)
}

/// Lists words with an `or` before the last.
pub(super) fn listed(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}
