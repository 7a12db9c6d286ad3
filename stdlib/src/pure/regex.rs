//! Regular expressions on strings: the regex crate, whose time grows with the text and never explodes.

use super::bounds::{check_text, invalid, texts};
use regex::{Regex, RegexBuilder};
use runtime::{Arguments, Failure, List, Natives, Parts, Value};
use rustc_hash::FxHashMap;
use std::cell::RefCell;

/// Adds the natives.
pub fn add(natives: &mut Natives) {
    natives.pure("string.matches", |it| Ok(Value::Bool(compiled(it.string(1)?)?.is_match(it.string(0)?))));
    natives.pure("string.captures", captures);
    natives.pure("string.find_all", |it| {
        let expression = compiled(it.string(1)?)?;
        texts(expression.find_iter(it.string(0)?).map(|found| found.as_str()))
    });
    natives.pure("string.replace_all", replace_all);
}

/// How much memory an expression may take, in bytes.
const MOST_MEMORY: usize = 1 << 20;

/// How many expressions a thread keeps compiled.
const MOST_KEPT: usize = 64;

thread_local! {
    static KEPT: RefCell<FxHashMap<String, Regex>> = RefCell::default();
}

/// Gives an expression ready for use; an expression is compiled once and kept for the next time.
fn compiled(text: &str) -> Result<Regex, Failure> {
    KEPT.with_borrow_mut(|kept| {
        if let Some(known) = kept.get(text) {
            return Ok(known.clone());
        }
        let made = RegexBuilder::new(text).size_limit(MOST_MEMORY).dfa_size_limit(MOST_MEMORY).build();
        let made = made.map_err(|error| {
            let said = error.to_string();
            let reason = said.lines().last().unwrap_or(&said).trim_start_matches("error: ").to_owned();
            invalid(format!("{text:?} is no regular expression: {reason}"))
        })?;
        if kept.len() >= MOST_KEPT {
            kept.clear();
        }
        kept.insert(text.to_owned(), made.clone());
        Ok(made)
    })
}

fn captures(arguments: &mut [Value]) -> Result<Value, Failure> {
    let expression = compiled(arguments.string(1)?)?;
    let Some(found) = expression.captures(arguments.string(0)?) else { return Ok(Value::None) };
    let mut groups = Parts::default();
    for group in found.iter() {
        groups.push(Value::from(group.map_or("", |group| group.as_str())))?;
    }
    Ok(Value::from(List::from(groups)))
}

fn replace_all(arguments: &mut [Value]) -> Result<Value, Failure> {
    let (text, by) = (arguments.string(0)?, arguments.string(2)?);
    let expression = compiled(arguments.string(1)?)?;
    let mut made = String::new();
    let mut end = 0;
    for found in expression.captures_iter(text) {
        let Some(whole) = found.get(0) else { continue };
        made.push_str(text.get(end..whole.start()).unwrap_or_default());
        found.expand(by, &mut made);
        end = whole.end();
        check_text(Some(made.len()))?;
    }
    made.push_str(text.get(end..).unwrap_or_default());
    check_text(Some(made.len()))?;
    Ok(Value::from(made))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_is_no_expression_is_told() {
        let failure = compiled("a(").unwrap_err();
        assert_eq!(failure.to_string(), "invalid: \"a(\" is no regular expression: unclosed group");
        assert_eq!(compiled(&"a{1000}".repeat(1000)).unwrap_err().kind, "invalid");
    }

    #[test]
    fn more_expressions_than_are_kept_still_work() {
        for number in 0..3 * MOST_KEPT {
            assert!(compiled(&format!("^{number}$")).unwrap().is_match(&number.to_string()));
        }
    }
}
