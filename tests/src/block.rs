//! A block of the manual, taken apart: what is compiled, and what it expects.
//!
//! A block is a file, statements, or several files, each below a line `// file jobs/sales.task`. What it expects stands
//! in place:
//!
//! | written | expects |
//! |---|---|
//! | `value //= json` | that the expression gives this, run after the statements above it |
//! | `value //! kind: message` | that it fails so |
//! | `//  ^^^ E0301 message` | this diagnostic under the carets; one caret says where it begins, several how long it is |
//! | `//< E0402 message` | this diagnostic at the margin, where no caret can stand |
//! | `//  ^^^ name: type` | that an editor shows this of what stands there |
//! | `//  due FROM: TIME, TIME` | when the task around is due from then on; `nothing more` may end the list |

use crate::Example;

/// A block, taken apart.
#[derive(Debug, Default)]
pub struct Block {
    /// Its files, at least one.
    pub parts: Vec<Part>,
}

/// One file of a block.
#[derive(Debug)]
pub struct Part {
    /// Its path.
    pub path: String,
    /// What is declared: each line with the line of the block that it comes from.
    pub items: Vec<Line>,
    /// What is done, in its order.
    pub statements: Vec<Statement>,
    /// What stands under carets.
    pub notes: Vec<Note>,
    /// When tasks are due.
    pub dues: Vec<Due>,
}

/// A line of the block.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its number in the block, from 0.
    pub number: usize,
    /// Its text.
    pub text: String,
}

/// A statement at the margin, with what is expected of it.
#[derive(Debug)]
pub struct Statement {
    /// Its lines, without the expectation.
    pub lines: Vec<Line>,
    /// What it gives.
    pub expected: Option<Expected>,
}

/// What is expected of an expression.
#[derive(Clone, Debug)]
pub enum Expected {
    /// This value.
    Value(serde_json::Value),
    /// A failure that says this: `kind: message`.
    Failure(String),
}

/// What is expected at a place.
#[derive(Clone, Debug)]
pub struct Note {
    /// The line of the block.
    pub line: usize,
    /// The character in the line, from 0.
    pub column: usize,
    /// How many carets there are.
    pub width: usize,
    /// What stands behind them.
    pub text: String,
}

/// When a task is expected to be due.
#[derive(Clone, Debug)]
pub struct Due {
    /// The line of the block.
    pub line: usize,
    /// The task.
    pub task: String,
    /// From when on.
    pub from: String,
    /// When it is due.
    pub times: Vec<String>,
    /// Whether nothing follows.
    pub ends: bool,
}

/// The words that begin an item at the margin.
const ITEMS: &[&str] = &[
    "use",
    "fn",
    "extend",
    "task",
    "record",
    "enum",
    "type",
    "const",
    "error_kind",
    "secret",
    "setting",
    "calendar",
    "event",
    "state",
    "connection",
    "agent",
    "test",
];

impl Statement {
    /// Gives its text.
    pub fn text(&self) -> String {
        self.lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n")
    }

    /// Gives the line of the block on which it begins.
    pub fn line(&self) -> usize {
        self.lines.first().map_or(0, |line| line.number)
    }
}

impl Block {
    /// Takes a block apart; says what in it cannot be understood.
    pub fn new(example: &Example) -> Result<Block, (usize, String)> {
        let mut block = Block::default();
        let mut part = Part::new("main.task");
        let mut lines = Vec::new();
        for (number, text) in example.text.lines().enumerate() {
            if let Some(path) = text.strip_prefix("// file ") {
                if !lines.is_empty() {
                    part.take(&lines)?;
                    block.parts.push(part);
                    lines.clear();
                }
                part = Part::new(path.trim());
            } else {
                lines.push(Line { number, text: text.to_owned() });
            }
        }
        part.take(&lines)?;
        block.parts.push(part);
        Ok(block)
    }
}

impl Part {
    fn new(path: &str) -> Part {
        let (items, statements, notes, dues) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Part { path: path.to_owned(), items, statements, notes, dues }
    }

    /// Says whether it is an iCalendar file, which stands behind all others.
    pub fn is_calendar(&self) -> bool {
        is_calendar(&self.path)
    }

    fn take(&mut self, lines: &[Line]) -> Result<(), (usize, String)> {
        if self.is_calendar() {
            self.items = lines.to_vec();
            return Ok(());
        }
        let mut code: Vec<Line> = Vec::new();
        for line in lines {
            if !self.take_expectation(line, &code)? {
                code.push(line.clone());
            }
        }
        let mut documented = false;
        for chunk in chunks(&code) {
            let first = chunk[0].text.as_str();
            let word = first.split(|sign: char| !sign.is_alphanumeric() && sign != '_').next().unwrap_or_default();
            let comment = first.starts_with("//");
            if comment || first.is_empty() || ITEMS.contains(&word) || documented {
                self.items.extend(chunk.iter().cloned());
            } else {
                self.statements.push(statement(chunk)?);
            }
            documented = first.starts_with("///");
        }
        Ok(())
    }

    /// Takes a line that says what stands above it; `code` is what stands above it.
    fn take_expectation(&mut self, line: &Line, code: &[Line]) -> Result<bool, (usize, String)> {
        let Some(comment) = line.text.strip_prefix("//") else { return Ok(false) };
        let above = code.last().map_or(0, |line| line.number);
        let words = comment.trim_start();
        if words.starts_with('^') {
            let column = line.text.chars().take_while(|sign| *sign != '^').count();
            let text = words.trim_start_matches('^');
            let width = words.len() - text.len();
            self.notes.push(Note { line: above, column, width, text: text.trim().to_owned() });
            return Ok(true);
        }
        if let Some(text) = comment.strip_prefix("< ") {
            self.notes.push(Note { line: above, column: 0, width: 1, text: text.trim().to_owned() });
            return Ok(true);
        }
        let Some(rest) = words.strip_prefix("due ").filter(|_| comment.starts_with("  ")) else { return Ok(false) };
        let wrong = |what: &str| (line.number, format!("`{words}`: {what}"));
        let (from, times) = rest.split_once(": ").ok_or_else(|| wrong("expected `due FROM: TIME, …`"))?;
        let head = code.iter().rev().find_map(|line| line.text.strip_prefix("task "));
        let name = head.and_then(|head| head.split('(').next()).ok_or_else(|| wrong("stands in no task"))?;
        let mut times: Vec<_> = times.split(", ").map(|time| time.trim().to_owned()).collect();
        let ends = times.last().is_some_and(|last| last == "nothing more");
        if ends {
            times.pop();
        }
        self.dues.push(Due { line: line.number, task: name.to_owned(), from: from.to_owned(), times, ends });
        Ok(true)
    }
}

/// Says whether a path is that of an iCalendar file.
pub fn is_calendar(path: &str) -> bool {
    path.ends_with(".ics")
}

/// Lines that belong together: what begins at the margin and all that is indented or closes below it. An empty line
/// within belongs to it.
fn chunks(lines: &[Line]) -> Vec<&[Line]> {
    let goes_on = |line: &Line| line.text.starts_with([' ', '{', '}', ')', ']', '.']);
    let mut found = Vec::new();
    let mut start = 0;
    for at in 1..lines.len() {
        let next = lines[at..].iter().find(|line| !line.text.is_empty());
        if !next.is_some_and(goes_on) {
            found.push(&lines[start..at]);
            start = at;
        }
    }
    if start < lines.len() {
        found.push(&lines[start..]);
    }
    found
}

fn statement(chunk: &[Line]) -> Result<Statement, (usize, String)> {
    let mut lines = chunk.to_vec();
    let Some(last) = lines.last_mut() else { return Ok(Statement { lines, expected: None }) };
    let found = last.text.rfind("//= ").map(|at| (at, true)).or(last.text.rfind("//! ").map(|at| (at, false)));
    let Some((at, is_value)) = found else { return Ok(Statement { lines, expected: None }) };
    let text = last.text[at + 4..].trim().to_owned();
    last.text = last.text[..at].trim_end().to_owned();
    let expected = if is_value {
        let value = serde_json::from_str(&text);
        Expected::Value(value.map_err(|error| (chunk[0].number, format!("`{text}` is not JSON: {error}")))?)
    } else {
        Expected::Failure(text)
    };
    Ok(Statement { lines, expected: Some(expected) })
}
