//! The functions of the library that are not written in the language, in the simplest way there is.

use super::text::float;
use super::value::{Failure, Value, equal, get, order, set, set_of};
use rust_decimal::Decimal;
use serde_json::Value as Json;
use std::cmp::Ordering;

type Given<'p> = Result<Value<'p>, Failure>;

/// Calls a native that touches nothing.
pub fn pure<'p>(name: &str, arguments: Vec<Value<'p>>) -> Given<'p> {
    let (module, function) = name.split_once('.').unwrap_or(("", name));
    let found = match module {
        "int" | "float" | "duration" => number(function, &arguments),
        "string" => string(function, &arguments),
        "list" => list(function, &arguments),
        "set" => set_function(function, &arguments),
        "decimal" => decimal(function, &arguments),
        "map" => map(function, &arguments),
        "date" => date(function, &arguments),
        "json" => json(function, &arguments),
        _ => None,
    };
    found.unwrap_or_else(|| panic!("the reference has no `{name}`: give it one in natives.rs"))
}

fn some<T>(found: Option<T>, value: impl Fn(T) -> Value<'static>) -> Given<'static> {
    Ok(found.map_or(Value::None, value))
}

fn arithmetic<'p>(message: String) -> Given<'p> {
    Err(Failure::new("arithmetic", message))
}

fn number<'p>(name: &str, arguments: &[Value<'p>]) -> Option<Given<'p>> {
    Some(match (name, arguments) {
        ("parse", [Value::Text(text)]) => {
            // The three modules have a function of this name; only `int.parse` is asked by the tests.
            let digits = text.strip_prefix('-').unwrap_or(text);
            let plain = !digits.is_empty() && digits.chars().all(|glyph| glyph.is_ascii_digit());
            some(if plain { text.parse().ok() } else { None }, Value::Int)
        }
        ("pow", [Value::Int(base), Value::Int(exponent)]) => {
            if *exponent < 0 {
                return Some(arithmetic(format!("{base}.pow({exponent}): an exponent is at least 0")));
            }
            let mut power = 1_i128;
            for _ in 0..*exponent {
                power = power.saturating_mul(i128::from(*base));
            }
            match i64::try_from(power) {
                Ok(power) => Ok(Value::Int(power)),
                Err(_) => arithmetic(format!("{base}.pow({exponent}) does not fit an int")),
            }
        }
        ("to_decimal", [Value::Int(number)]) => Ok(Value::Decimal(Decimal::from(*number))),
        ("to_float", [Value::Int(number)]) => Ok(Value::Float(*number as f64)),
        ("to_string", [Value::Int(number)]) => Ok(Value::text(number.to_string())),
        ("to_string", [Value::Float(number)]) => Ok(Value::text(float(*number))),
        ("abs", [Value::Float(number)]) => Ok(Value::Float(number.abs())),
        ("floor", [Value::Float(number)]) => Ok(Value::Float(number.floor())),
        ("ceil", [Value::Float(number)]) => Ok(Value::Float(number.ceil())),
        ("round", [Value::Float(number), Value::Int(0)]) => Ok(Value::Float(number.round())),
        ("sqrt", [Value::Float(number)]) => Ok(Value::Float(number.sqrt())),
        ("is_nan", [Value::Float(number)]) => Ok(Value::Bool(number.is_nan())),
        ("to_int", [Value::Float(number)]) => {
            let whole = number.trunc();
            let fits = whole >= -(2_f64.powi(63)) && whole < 2_f64.powi(63);
            if fits { Ok(Value::Int(whole as i64)) } else { arithmetic(format!("{whole} does not fit an int")) }
        }
        ("seconds", [Value::Duration(micros)]) => Ok(Value::Float(*micros as f64 / 1e6)),
        _ => return None,
    })
}

/// A count or position: what lies below nothing is nothing.
fn count(value: &Value<'_>) -> usize {
    usize::try_from(value.as_int().max(0)).unwrap_or(usize::MAX)
}

fn texts<'p>(texts: impl Iterator<Item = String>) -> Given<'p> {
    Ok(Value::List(texts.map(Value::Text).collect()))
}

fn string<'p>(name: &str, arguments: &[Value<'p>]) -> Option<Given<'p>> {
    let text = arguments.first()?.as_text();
    let letters: Vec<char> = text.chars().collect();
    let invalid = |message: &str| Err(Failure::new("invalid", message));
    Some(match (name, &arguments[1..]) {
        ("len", []) => Ok(Value::Int(letters.len() as i64)),
        ("is_empty", []) => Ok(Value::Bool(letters.is_empty())),
        ("trim", []) => Ok(Value::text(text.trim())),
        ("upper", []) => Ok(Value::text(text.to_uppercase())),
        ("lower", []) => Ok(Value::text(text.to_lowercase())),
        ("lines", []) => texts(text.lines().map(str::to_owned)),
        ("chars", []) => texts(letters.iter().map(char::to_string)),
        ("starts_with", [part]) => Ok(Value::Bool(text.starts_with(part.as_text()))),
        ("ends_with", [part]) => Ok(Value::Bool(text.ends_with(part.as_text()))),
        ("contains", [part]) => Ok(Value::Bool(text.contains(part.as_text()))),
        ("find", [part]) => some(text.find(part.as_text()), |at| Value::Int(text[..at].chars().count() as i64)),
        ("split", [by]) if by.as_text().is_empty() => {
            invalid("an empty separator splits nothing; `.chars()` gives the characters")
        }
        ("split", [by]) => texts(text.split(by.as_text()).map(str::to_owned)),
        ("replace", [part, _]) if part.as_text().is_empty() => invalid("an empty text cannot be replaced"),
        ("replace", [part, by]) => Ok(Value::text(text.replace(part.as_text(), by.as_text()))),
        ("repeat", [times]) => Ok(Value::text(text.repeat(count(times).min(1000)))),
        ("pad_left" | "pad_right", [width, fill]) => {
            let missing = count(width).saturating_sub(letters.len());
            if missing == 0 {
                return Some(Ok(Value::text(text)));
            }
            if fill.as_text().is_empty() {
                return Some(invalid("a text cannot be filled up with nothing"));
            }
            let padding: String = fill.as_text().chars().cycle().take(missing).collect();
            Ok(Value::text(if name == "pad_left" { padding + text } else { text.to_owned() + &padding }))
        }
        ("slice", [from, to]) => {
            let to = if matches!(to, Value::None) { letters.len() } else { count(to).min(letters.len()) };
            let from = count(from).min(to);
            Ok(Value::text(letters[from..to].iter().collect::<String>()))
        }
        _ => return None,
    })
}

/// The order of keys; NaN comes last.
fn by_order(left: &Value<'_>, right: &Value<'_>) -> Ordering {
    match (left, right) {
        (Value::Float(left), Value::Float(right)) => {
            left.partial_cmp(right).unwrap_or_else(|| left.is_nan().cmp(&right.is_nan()))
        }
        (left, right) => order(left, right).expect("these have an order"),
    }
}

fn list<'p>(name: &str, arguments: &[Value<'p>]) -> Option<Given<'p>> {
    if name == "is_before" {
        return Some(Ok(Value::Bool(by_order(&arguments[0], &arguments[1]).is_lt())));
    }
    let items = arguments.first()?.as_list();
    let length = items.len();
    let part = |from: usize, to: usize| Ok(Value::List(items[from.min(length).min(to)..to.min(length)].to_vec()));
    Some(match (name, &arguments[1..]) {
        ("len", []) => Ok(Value::Int(length as i64)),
        ("get", [index]) => {
            let found = usize::try_from(index.as_int()).ok().and_then(|at| items.get(at));
            Ok(found.cloned().unwrap_or(Value::None))
        }
        ("concat", [more]) => Ok(Value::List([items, more.as_list()].concat())),
        ("index_of", [item]) => some(items.iter().position(|each| equal(each, item)), |at| Value::Int(at as i64)),
        ("reverse", []) => Ok(Value::List(items.iter().rev().cloned().collect())),
        ("take", [number]) => part(0, count(number)),
        ("skip", [number]) => part(count(number), length),
        ("slice", [from, Value::None]) => part(count(from), length),
        ("slice", [from, to]) => part(count(from), count(to)),
        ("chunks", [size]) if size.as_int() < 1 => {
            let message = format!("a part of a list has at least one item, found {}", size.as_int());
            Err(Failure::new("invalid", message))
        }
        ("chunks", [size]) => {
            Ok(Value::List(items.chunks(count(size)).map(|part| Value::List(part.to_vec())).collect()))
        }
        ("unique", []) => {
            let mut once: Vec<Value<'p>> = Vec::new();
            for item in items {
                if !once.iter().any(|known| equal(known, item)) {
                    once.push(item.clone());
                }
            }
            Ok(Value::List(once))
        }
        ("to_set", []) => Ok(set_of(items.iter().cloned())),
        ("join", [separator]) => {
            let texts: Vec<&str> = items.iter().map(Value::as_text).collect();
            Ok(Value::text(texts.join(separator.as_text())))
        }
        ("sort", [descending]) => {
            let mut sorted = items.to_vec();
            sorted.sort_by(by_order);
            if descending.as_bool() {
                sorted.reverse();
            }
            Ok(Value::List(sorted))
        }
        ("in_order", [keys, descending]) => {
            let mut pairs: Vec<_> = keys.as_list().iter().zip(items).collect();
            // The sort is stable either way.
            pairs.sort_by(|(left, _), (right, _)| match descending.as_bool() {
                true => by_order(right, left),
                false => by_order(left, right),
            });
            Ok(Value::List(pairs.into_iter().map(|(_, item)| item.clone()).collect()))
        }
        _ => return None,
    })
}

fn set_function<'p>(name: &str, arguments: &[Value<'p>]) -> Option<Given<'p>> {
    let values = arguments.first()?.as_list();
    let within = |value: &Value<'p>, other: &Value<'p>| other.as_list().iter().any(|each| equal(each, value));
    let kept = |other, wanted| values.iter().filter(|value| within(value, other) == wanted).cloned().collect();
    Some(Ok(match (name, &arguments[1..]) {
        ("len", []) => Value::Int(values.len() as i64),
        ("union", [other]) => set_of(values.iter().chain(other.as_list()).cloned()),
        ("intersect", [other]) => Value::Set(kept(other, true)),
        ("difference", [other]) => Value::Set(kept(other, false)),
        ("to_list", []) => Value::List(values.to_vec()),
        _ => return None,
    }))
}

fn decimal<'p>(name: &str, arguments: &[Value<'p>]) -> Option<Given<'p>> {
    let Value::Decimal(number) = arguments.first()? else { return None };
    Some(Ok(match (name, &arguments[1..]) {
        ("to_string", []) => Value::text(number.to_string()),
        ("floor", []) => Value::Decimal(number.floor()),
        ("ceil", []) => Value::Decimal(number.ceil()),
        _ => return None,
    }))
}

fn map<'p>(name: &str, arguments: &[Value<'p>]) -> Option<Given<'p>> {
    let entries = arguments.first()?.as_map();
    Some(match (name, &arguments[1..]) {
        ("len", []) => Ok(Value::Int(entries.len() as i64)),
        ("get", [key]) => Ok(get(entries, key).cloned().unwrap_or(Value::None)),
        ("keys", []) => Ok(Value::List(entries.iter().map(|(key, _)| key.clone()).collect())),
        ("values", []) => Ok(Value::List(entries.iter().map(|(_, value)| value.clone()).collect())),
        ("merge", [other]) => {
            let mut merged = entries.to_vec();
            for (key, value) in other.as_map() {
                set(&mut merged, key.clone(), value.clone());
            }
            Ok(Value::Map(merged))
        }
        _ => return None,
    })
}

fn json<'p>(name: &str, arguments: &[Value<'p>]) -> Option<Given<'p>> {
    Some(match (name, arguments) {
        ("parse", [Value::Text(text)]) => match serde_json::from_str::<Json>(text) {
            Ok(json) => Ok(Value::json(json)),
            Err(_) => Err(Failure::new("parse", "the text is not JSON")),
        },
        ("stringify", [value]) => Ok(Value::text(value.as_json().to_string())),
        _ => return None,
    })
}

fn date<'p>(name: &str, arguments: &[Value<'p>]) -> Option<Given<'p>> {
    let Value::Date(days) = arguments.first()? else { return None };
    let (year, month, day) = calendar(*days);
    Some(Ok(match (name, &arguments[1..]) {
        ("year", []) => Value::Int(year),
        ("month", []) => Value::Int(month),
        ("day", []) => Value::Int(day),
        // 1970 began on a Thursday.
        ("weekday", []) => Value::Int((days + 3).rem_euclid(7) + 1),
        ("until", [Value::Date(other)]) => Value::Int(other - days),
        _ => return None,
    }))
}

/// Gives year, month and day of the days since 1970, by counting.
pub fn calendar(days: i64) -> (i64, i64, i64) {
    let leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let (mut year, mut rest) = (1970, days);
    loop {
        let length = if leap(year) { 366 } else { 365 };
        match rest {
            ..0 => {
                year -= 1;
                rest += if leap(year) { 366 } else { 365 };
            }
            rest_ if rest_ >= length => {
                rest -= length;
                year += 1;
            }
            _ => break,
        }
    }
    let february = if leap(year) { 29 } else { 28 };
    for (month, length) in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].into_iter().enumerate() {
        if rest < length {
            return (year, month as i64 + 1, rest + 1);
        }
        rest -= length;
    }
    panic!("a year has twelve months")
}

/// Calls a native that changes what it is called on.
pub fn change<'p>(name: &str, changed: &mut Value<'p>, mut arguments: Vec<Value<'p>>) -> Given<'p> {
    let outside = |index: i64, length: usize| {
        Failure::new("out_of_range", format!("there is no index {index} in a list of {length}"))
    };
    match (name, changed) {
        ("list.push", Value::List(items)) => items.extend(arguments.pop()),
        ("list.pop", Value::List(items)) => return Ok(items.pop().unwrap_or(Value::None)),
        ("list.insert", Value::List(items)) => {
            let (index, length) = (arguments[0].as_int(), items.len());
            let at = usize::try_from(index).ok().filter(|at| *at <= length).ok_or(outside(index, length))?;
            items.insert(at, arguments.remove(1));
        }
        ("list.remove", Value::List(items)) => {
            let (index, length) = (arguments[0].as_int(), items.len());
            let at = usize::try_from(index).ok().filter(|at| *at < length).ok_or(outside(index, length))?;
            return Ok(items.remove(at));
        }
        ("map.remove", Value::Map(entries)) => {
            let at = entries.iter().position(|(key, _)| equal(key, &arguments[0]));
            return Ok(at.map_or(Value::None, |at| entries.remove(at).1));
        }
        ("set.add", Value::Set(values)) => {
            let is_new = !values.iter().any(|value| equal(value, &arguments[0]));
            values.extend(arguments.pop().filter(|_| is_new));
            return Ok(Value::Bool(is_new));
        }
        ("set.remove", Value::Set(values)) => {
            let before = values.len();
            values.retain(|value| !equal(value, &arguments[0]));
            return Ok(Value::Bool(values.len() < before));
        }
        (name, changed) => panic!("the reference has no `{name}` of {changed:?}: give it one in natives.rs"),
    }
    Ok(Value::None)
}
