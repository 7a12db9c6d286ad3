//! Operators on constants. `None` where the result is not known or there is none.

use super::evaluate::LONGEST;
use super::{Constant, time};
use crate::ir::{Binary, Program};
use Constant::{Date, DateTime, Decimal, Duration, Float, Int, List, Map, String as Text, Time};
use std::cmp::Ordering;

pub(super) fn negate(value: &Constant) -> Option<Constant> {
    match value {
        Int(number) => number.checked_neg().map(Int),
        Float(number) => Some(Float(-number)),
        Decimal(number) => Some(Decimal(-number)),
        Duration(length) => length.checked_neg().map(Duration),
        _ => None,
    }
}

pub(super) fn binary(operator: Binary, left: &Constant, right: &Constant) -> Option<Constant> {
    match operator {
        Binary::Add => add(left, right),
        Binary::Subtract => subtract(left, right),
        Binary::Multiply => match (left, right) {
            (Int(left), Int(right)) => left.checked_mul(*right).map(Int),
            (Float(left), Float(right)) => finite(left * right),
            (Decimal(left), Decimal(right)) => left.checked_mul(*right).map(Decimal),
            (Duration(length), Int(times)) | (Int(times), Duration(length)) => length.checked_mul(*times).map(Duration),
            _ => None,
        },
        Binary::Divide => match (left, right) {
            (Int(left), Int(right)) | (Duration(left), Duration(right)) => left.checked_div(*right).map(Int),
            (Float(left), Float(right)) => finite(left / right),
            (Decimal(left), Decimal(right)) => left.checked_div(*right).map(Decimal),
            (Duration(length), Int(parts)) => length.checked_div(*parts).map(Duration),
            _ => None,
        },
        Binary::Remainder => match (left, right) {
            (Int(left), Int(right)) => left.checked_rem(*right).map(Int),
            (Duration(left), Duration(right)) => left.checked_rem(*right).map(Duration),
            (Float(left), Float(right)) => finite(left % right),
            (Decimal(left), Decimal(right)) => left.checked_rem(*right).map(Decimal),
            _ => None,
        },
        Binary::Equal => equal(left, right).map(Constant::Bool),
        Binary::NotEqual => equal(left, right).map(|equal| Constant::Bool(!equal)),
        Binary::Less => order(left, right).map(|order| Constant::Bool(order == Ordering::Less)),
        Binary::LessEqual => order(left, right).map(|order| Constant::Bool(order != Ordering::Greater)),
        Binary::Greater => order(left, right).map(|order| Constant::Bool(order == Ordering::Greater)),
        Binary::GreaterEqual => order(left, right).map(|order| Constant::Bool(order != Ordering::Less)),
    }
}

fn add(left: &Constant, right: &Constant) -> Option<Constant> {
    match (left, right) {
        (Int(left), Int(right)) => left.checked_add(*right).map(Int),
        (Float(left), Float(right)) => finite(left + right),
        (Decimal(left), Decimal(right)) => left.checked_add(*right).map(Decimal),
        (Duration(left), Duration(right)) => left.checked_add(*right).map(Duration),
        (Text(left), Text(right)) if left.len() + right.len() <= LONGEST => Some(Text(format!("{left}{right}"))),
        (List(left), List(right)) if left.len() + right.len() <= LONGEST => {
            Some(List(left.iter().chain(right).cloned().collect()))
        }
        (DateTime(at, zone), Duration(length)) => Some(DateTime(at.checked_add(*length)?, zone.clone())),
        _ => None,
    }
}

fn subtract(left: &Constant, right: &Constant) -> Option<Constant> {
    match (left, right) {
        (Int(left), Int(right)) => left.checked_sub(*right).map(Int),
        (Float(left), Float(right)) => finite(left - right),
        (Decimal(left), Decimal(right)) => left.checked_sub(*right).map(Decimal),
        (Duration(left), Duration(right)) => left.checked_sub(*right).map(Duration),
        (DateTime(left, _), DateTime(right, _)) => left.checked_sub(*right).map(Duration),
        (DateTime(at, zone), Duration(length)) => Some(DateTime(at.checked_sub(*length)?, zone.clone())),
        _ => None,
    }
}

/// Compares two values of one ordered type.
pub(super) fn order(left: &Constant, right: &Constant) -> Option<Ordering> {
    match (left, right) {
        (Int(left), Int(right))
        | (Duration(left), Duration(right))
        | (Date(left), Date(right))
        | (Time(left), Time(right))
        | (DateTime(left, _), DateTime(right, _)) => Some(left.cmp(right)),
        (Float(left), Float(right)) => left.partial_cmp(right),
        (Decimal(left), Decimal(right)) => Some(left.cmp(right)),
        (Text(left), Text(right)) => Some(left.cmp(right)),
        _ => None,
    }
}

/// Says whether two values of one type are equal; json is not compared here, for two texts may say the same.
pub(super) fn equal(left: &Constant, right: &Constant) -> Option<bool> {
    match (left, right) {
        (DateTime(left, _), DateTime(right, _)) => Some(left == right),
        (Constant::Json(_), _) | (_, Constant::Json(_)) => None,
        (List(_) | Map(_) | Constant::Record(..) | Constant::Case(..), _) if has_instant_or_json(left) => None,
        _ => Some(left == right),
    }
}

fn has_instant_or_json(value: &Constant) -> bool {
    match value {
        DateTime(..) | Constant::Json(_) => true,
        List(items) | Constant::Record(_, items) | Constant::Case(_, _, items) => items.iter().any(has_instant_or_json),
        Map(entries) => entries.iter().any(|(key, value)| has_instant_or_json(key) || has_instant_or_json(value)),
        Constant::Nothing | Constant::None | Int(_) | Float(_) | Decimal(_) | Constant::Bool(_) => false,
        Text(_) | Duration(_) | Date(_) | Time(_) => false,
    }
}

pub(super) fn contains(within: &Constant, value: &Constant) -> Option<bool> {
    match (within, value) {
        (List(items), _) => any_equal(items.iter(), value),
        (Map(entries), _) => any_equal(entries.iter().map(|(key, _)| key), value),
        (Text(text), Text(part)) => Some(text.contains(part.as_str())),
        _ => None,
    }
}

fn any_equal<'c>(mut items: impl Iterator<Item = &'c Constant>, value: &Constant) -> Option<bool> {
    items.try_fold(false, |found, item| Some(found || equal(item, value)?))
}

pub(super) fn in_range(value: &Constant, from: &Constant, to: &Constant, inclusive: bool) -> Option<bool> {
    let begun = order(from, value)? != Ordering::Greater;
    let behind = order(value, to)?;
    Some(begun && (behind == Ordering::Less || inclusive && behind == Ordering::Equal))
}

pub(super) fn index(value: &Constant, index: &Constant) -> Option<Constant> {
    match (value, index) {
        (List(items), Int(at)) => items.get(usize::try_from(*at).ok()?).cloned(),
        (Map(entries), key) => {
            entries.iter().find(|(known, _)| equal(known, key) == Some(true)).map(|(_, value)| value.clone())
        }
        _ => None,
    }
}

/// Gives the text that stands for a value in a string. Those whose text the runtime alone decides are not known.
pub(super) fn shown(program: &Program, value: &Constant) -> Option<String> {
    match value {
        Text(text) => Some(text.clone()),
        Int(number) => Some(number.to_string()),
        Decimal(number) => Some(number.to_string()),
        Constant::Bool(value) => Some(value.to_string()),
        Date(days) => time::date_text(*days),
        Constant::Case(id, tag, fields) if fields.is_empty() => {
            let case = program.enums.get(id.0 as usize)?.cases.get(*tag as usize)?;
            Some(case.name.clone())
        }
        Constant::Nothing
        | Constant::None
        | Float(_)
        | Duration(_)
        | Time(_)
        | DateTime(..)
        | List(_)
        | Map(_)
        | Constant::Record(..)
        | Constant::Case(..)
        | Constant::Json(_) => None,
    }
}

fn finite(number: f64) -> Option<Constant> {
    number.is_finite().then_some(Float(number))
}
