//! The parser that pest makes of `task.pest`. Its types stay in this crate.

/// Parses by the rules of `task.pest`.
#[derive(pest_derive::Parser)]
#[grammar = "task.pest"]
pub(crate) struct TaskParser;

/// What a rule matched.
pub(crate) type Node<'p> = pest::iterators::Pair<'p, Rule>;
