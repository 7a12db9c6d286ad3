//! Lines of the log.

use super::{Comes, LogEntry, LogLevel};
use crate::Data;

/// The longest message of a log line, in bytes; the rest is cut.
const LONGEST_MESSAGE: usize = 16 * 1024;

/// Makes a line of a message and of fields by name.
pub(super) fn entry(level: LogLevel, arguments: &[Data]) -> Comes {
    let message = match arguments.first() {
        Some(Data::String(message)) => message.clone(),
        Some(_) | None => String::new(),
    };
    let mut fields = Vec::new();
    if let Some(Data::Map(entries)) = arguments.get(1) {
        for (name, value) in entries {
            if let Data::String(name) = name {
                fields.push((name.clone(), value.clone()));
            }
        }
    }
    Comes::Log(LogEntry { level, message: cut(message), fields })
}

fn cut(mut message: String) -> String {
    if message.len() > LONGEST_MESSAGE {
        let end = (0..=LONGEST_MESSAGE).rev().find(|&end| message.is_char_boundary(end)).unwrap_or(0);
        message.truncate(end);
        message.push('…');
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_messages_are_cut_between_letters() {
        let Comes::Log(entry) = entry(LogLevel::Info, &[Data::String("ä".repeat(LONGEST_MESSAGE))]) else { panic!() };
        assert!(entry.message.len() <= LONGEST_MESSAGE + '…'.len_utf8());
    }
}
