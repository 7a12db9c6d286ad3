//! The words of the language, each list once.

/// The words that are never a variable, function or parameter. They stay free behind `.`, as labels, fields and cases.
pub const RESERVED: &[&str] = &[
    "and", "as", "break", "catch", "const", "continue", "else", "enum", "expect", "fail", "false", "finally", "fn",
    "for", "if", "in", "is", "let", "match", "none", "not", "or", "parallel", "record", "return", "self", "set",
    "task", "true", "try", "undo", "use", "var", "wait", "where", "while", "with", "within", "yield",
];

/// The words that begin an item at column 0.
const ITEMS: &[&str] = &[
    "agent",
    "calendar",
    "connection",
    "const",
    "enum",
    "error_kind",
    "event",
    "extend",
    "extern",
    "fn",
    "record",
    "secret",
    "setting",
    "state",
    "task",
    "test",
    "type",
    "use",
];

/// The words that begin a clause of a task's head.
pub(crate) const CLAUSES: &[&str] = &[
    "alert",
    "allow",
    "cache",
    "concurrency",
    "ensure",
    "limit",
    "needs",
    "on",
    "only",
    "priority",
    "rate",
    "retain",
    "retry",
    "tags",
    "timeout",
];

/// The words that the grammar asks for by their letters. All others are names to it, whatever they are.
#[rustfmt::skip]
const READ: &[&str] = &[
    "after", "agent", "alert", "allow", "and", "approval", "approve", "as", "ask", "at", "backoff", "bearer",
    "between", "break", "by", "cache", "calendar", "call", "called", "catch", "catchup", "changes", "choices",
    "concurrency", "connection", "const", "continue", "cron", "daily", "day", "elif", "else", "elseif", "elsif",
    "emit", "ending", "ensure", "enum", "error_kind", "event", "every", "except", "expect", "extend", "extern",
    "fail", "fails", "failure", "false", "file", "finally", "first", "fn", "for", "fourth", "from", "header",
    "hmac", "idempotent", "if", "in", "is", "jitter", "key", "keyed", "last", "let", "limit", "match", "mock",
    "monthly", "needs", "next", "none", "not", "of", "on", "once", "only", "or", "parallel", "per", "priority",
    "pure", "rate", "read", "record", "reject", "retain", "retry", "retryable", "return", "second", "secret",
    "setting", "start", "starting", "state", "step", "success", "tags", "task", "test", "third", "timeout", "times",
    "to", "true", "try", "type", "undo", "until", "use", "var", "verify", "wait", "webhook", "weekly", "where",
    "while", "with", "within", "write", "yearly", "yield",
];

/// Words and signs of other languages, and what stands for them here.
const FOREIGN: &[(&str, &str)] = &[
    ("null", "none"),
    ("nil", "none"),
    ("None", "none"),
    ("undefined", "none"),
    ("True", "true"),
    ("False", "false"),
    ("elif", "else if"),
    ("elsif", "else if"),
    ("elseif", "else if"),
    ("def", "fn"),
    ("func", "fn"),
    ("function", "fn"),
    ("struct", "record"),
    ("import", "use"),
    ("switch", "match"),
    ("throw", "fail"),
    ("raise", "fail"),
    ("foreach", "for"),
    ("except", "catch"),
    ("&&", "and"),
    ("||", "or"),
    ("!", "not"),
    ("===", "=="),
    ("!==", "!="),
];

/// Says whether a word is reserved.
pub(crate) fn is_reserved(word: &str) -> bool {
    RESERVED.binary_search(&word).is_ok()
}

/// Where the words of each letter begin in [`READ`].
const LETTERS: [usize; 27] = {
    let mut starts = [0; 27];
    let (mut letter, mut at) = (0, 0);
    while letter < 27 {
        while at < READ.len() && READ[at].as_bytes()[0] < b'a' + letter as u8 {
            at += 1;
        }
        starts[letter] = at;
        letter += 1;
    }
    starts
};

/// Says whether the grammar asks for a word by its letters.
pub(crate) fn is_read(word: &str) -> bool {
    let letter = word.bytes().next().and_then(|first| first.checked_sub(b'a')).map_or(26, usize::from);
    let Some(&[start, end]) = LETTERS.get(letter..letter + 2) else { return false };
    READ.get(start..end).is_some_and(|words| words.contains(&word))
}

/// Says whether a word begins an item, in this language or as a foreign word that the scanner repairs.
pub(crate) fn begins_item(word: &str) -> bool {
    ITEMS.binary_search(&word).is_ok() || foreign_item(word).is_some()
}

/// Says whether a word begins a clause of a head.
pub(crate) fn begins_clause(word: &str) -> bool {
    CLAUSES.binary_search(&word).is_ok()
}

/// Gives which of `let` and `var` a word is, or misspells.
pub(crate) fn near_let(word: &str) -> Option<&'static str> {
    const DECLARE: &[&str] = &["let", "var"];
    if let Some(same) = DECLARE.iter().find(|known| **known == word) {
        return Some(same);
    }
    if is_read(word) || is_reserved(word) {
        return None;
    }
    // Of a word of two letters nothing is near; here only these two can be meant.
    let lacks_one = |known: &&str| (0..known.len()).any(|at| [&known[..at], &known[at + 1..]].concat() == word);
    DECLARE.iter().copied().find(lacks_one).or_else(|| diagnostics::nearest(word, DECLARE.iter().copied()))
}

/// Gives what stands here for a word or sign of another language.
pub(crate) fn foreign(word: &str) -> Option<&'static str> {
    FOREIGN.iter().find(|(theirs, _)| *theirs == word).map(|(_, ours)| *ours)
}

/// Gives the item's keyword that a word misspells. Words that mean something here, or elsewhere, are none.
pub(crate) fn near_item(word: &str) -> Option<&'static str> {
    let is_known = word == "static" || is_read(word) || is_reserved(word) || foreign(word).is_some();
    if is_known { None } else { diagnostics::nearest(word, ITEMS.iter().copied()) }
}

/// Gives the item's keyword that stands for a foreign one.
pub(crate) fn foreign_item(word: &str) -> Option<&'static str> {
    match word {
        "def" | "func" | "function" | "struct" | "import" => foreign(word),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn lists_are_sorted_because_they_are_searched_by_halves() {
        for list in [RESERVED, ITEMS, CLAUSES, READ] {
            assert!(list.is_sorted(), "{list:?}");
        }
    }

    #[test]
    fn the_words_that_are_read_are_those_of_the_grammar() {
        let quoted = include_str!("task.pest").split('"').skip(1).step_by(2);
        let is_word =
            |text: &&str| text.len() > 1 && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        let asked: BTreeSet<&str> = quoted.filter(is_word).collect();
        assert_eq!(READ.iter().copied().collect::<BTreeSet<_>>(), asked);
    }
}
