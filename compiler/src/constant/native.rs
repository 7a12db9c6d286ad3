//! The native functions that are known while compiling: those that conditions are made of.

use super::{Constant, evaluate::LONGEST};
use Constant::{Bool, Float, Int, List, Map, String as Text};

/// Gives what a native function gives; `None` where the function, or its result, is not known here.
pub(super) fn call(name: &str, arguments: &[Constant]) -> Option<Constant> {
    match (name, arguments) {
        ("string.len", [Text(text)]) => Some(Int(text.chars().count() as i64)),
        ("string.is_empty", [Text(text)]) => Some(Bool(text.is_empty())),
        ("string.starts_with", [Text(text), Text(prefix)]) => Some(Bool(text.starts_with(prefix.as_str()))),
        ("string.ends_with", [Text(text), Text(suffix)]) => Some(Bool(text.ends_with(suffix.as_str()))),
        ("string.contains", [Text(text), Text(part)]) => Some(Bool(text.contains(part.as_str()))),
        ("string.trim", [Text(text)]) => Some(Text(text.trim().to_owned())),
        ("string.upper", [Text(text)]) => Some(Text(text.to_uppercase())),
        ("string.lower", [Text(text)]) => Some(Text(text.to_lowercase())),
        ("string.replace", [Text(text), Text(part), Text(by)]) if !part.is_empty() => {
            let replaced = text.replace(part.as_str(), by);
            (replaced.len() <= LONGEST).then_some(Text(replaced))
        }
        ("list.len" | "set.len", [List(items)]) => Some(Int(items.len() as i64)),
        ("list.get", [List(items), Int(at)]) => {
            let item = usize::try_from(*at).ok().and_then(|at| items.get(at));
            Some(item.cloned().unwrap_or(Constant::None))
        }
        ("list.join", [List(items), Text(separator)]) => join(items, separator),
        ("map.len", [Map(entries)]) => Some(Int(entries.len() as i64)),
        ("map.keys", [Map(entries)]) => Some(List(entries.iter().map(|(key, _)| key.clone()).collect())),
        ("map.values", [Map(entries)]) => Some(List(entries.iter().map(|(_, value)| value.clone()).collect())),
        ("int.to_string", [Int(number)]) => Some(Text(number.to_string())),
        ("list.to_set", [List(items)]) => {
            let first = |(at, item): &(usize, &Constant)| !items[..*at].contains(item);
            Some(List(items.iter().enumerate().filter(first).map(|(_, item)| item.clone()).collect()))
        }
        ("int.to_float", [Int(number)]) => Some(Float(*number as f64)),
        _ => None,
    }
}

fn join(items: &[Constant], separator: &str) -> Option<Constant> {
    let texts = items.iter().map(Constant::as_text).collect::<Option<Vec<_>>>()?;
    let length = texts.iter().map(|text| text.len() + separator.len()).sum::<usize>();
    (length <= LONGEST).then(|| Text(texts.join(separator)))
}
