//! What could have stood where reading stopped, in words.

/// What the grammar could have gone on with.
#[derive(Debug, Default)]
pub(super) struct Expected {
    /// A value may begin.
    value: bool,
    /// A name may begin.
    name: bool,
    /// A string may begin.
    string: bool,
    /// Signs and keywords, as they are written.
    tokens: Vec<&'static str>,
}

/// The tokens that are worth naming, in the order in which they are named, and how they are written.
const NAMED: &[(&str, &str)] = &[
    (")", "`)`"),
    ("]", "`]`"),
    ("\u{2}", "`}`"),
    ("\u{5}", "`}`"),
    ("=>", "`=>`"),
    ("=", "`=`"),
    (":", "`:`"),
    ("in", "`in`"),
    ("{", "`{`"),
    ("(", "`(`"),
    ("fn", "`fn`"),
    ("by", "`by`"),
    ("to", "`to`"),
    ("at", "`at`"),
    ("of", "`of`"),
    ("on", "`on`"),
    ("per", "`per`"),
    ("from", "`from`"),
    ("verify", "`verify`"),
    ("between", "`between`"),
    ("times", "`times`"),
    (",", "`,`"),
];

/// How many tokens a message names.
const MAX_NAMED: usize = 3;

impl Expected {
    /// Reads the tokens that pest tried at the furthest place, as it writes them.
    pub(super) fn of(tokens: &[String], is_arm: bool) -> Self {
        let has = |wanted: &str| tokens.iter().any(|token| token == wanted);
        let string = has("\u{3}");
        let value = string && has("[");
        let behind_value = has("??");
        let explains = |token: &str| match token {
            // Any word may turn out to be the parameter of a lambda.
            "=>" => is_arm,
            // Behind a value an operator or a call may always follow.
            "=" | "in" | "(" => !behind_value,
            _ => true,
        };
        let named = NAMED.iter().filter(|(token, _)| has(token) && explains(token)).map(|(_, words)| *words);
        let mut list: Vec<&'static str> = if value { Vec::new() } else { named.collect() };
        list.dedup();
        list.truncate(MAX_NAMED);
        Expected { value, name: has("\u{11}\u{12}"), string: string && !value, tokens: list }
    }

    /// Gives the words; `None` if there are none that help.
    pub(super) fn words(&self) -> Option<String> {
        if self.value {
            return Some("an expression".to_owned());
        }
        let mut words: Vec<&str> = Vec::new();
        if self.string {
            words.push("a string");
        }
        if self.name && self.tokens.is_empty() {
            words.push("a name");
        }
        words.extend(&self.tokens);
        let (last, rest) = words.split_last()?;
        Some(if rest.is_empty() { (*last).to_owned() } else { format!("{} or {last}", rest.join(", ")) })
    }
}
