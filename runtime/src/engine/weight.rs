//! How much a value weighs in the history.

use crate::Data;

impl Data {
    /// Measures the value in bytes, roughly as it is stored; stops counting soon after `enough`.
    pub(crate) fn weight(&self, enough: usize) -> usize {
        let mut size = 0;
        let mut rest = vec![self];
        while let Some(value) = rest.pop() {
            size += match value {
                Data::None | Data::Bool(_) => 1,
                Data::Int(_) | Data::Float(_) => 8,
                Data::Decimal(_) => 16,
                Data::String(text) => 2 + text.len(),
                Data::Bytes(bytes) => 2 + bytes.len(),
                Data::DateTime(_, zone) => 10 + zone.len(),
                Data::List(items) | Data::Record(items) | Data::Case(_, items) | Data::Closure(_, items) => {
                    rest.extend(items);
                    2
                }
                Data::Map(entries) => {
                    rest.extend(entries.iter().flat_map(|(key, value)| [key, value]));
                    2
                }
            };
            if size > enough {
                break;
            }
        }
        size
    }
}
