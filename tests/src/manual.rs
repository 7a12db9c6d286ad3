//! Whether blocks of the manual do what they say: all that is expected and does not happen is told, and all that
//! happens and is not expected.
//!
//! Errors count always. Warnings and notes count in a block that expects one: then it has to expect all.

use crate::block::{Block, Due, Expected, Note, Part, is_calendar};
use crate::program::{Outcome, analyze_project, run};
use crate::{Example, examples};
use compiler::{Analysis, CalendarFile, InputFile};
use diagnostics::{FileId, Place};
use jiff::Zoned;
use schedule::Rule;
use std::fmt::Write;
use std::path::Path;

/// What was found in pages.
#[derive(Debug, Default)]
pub struct Manual {
    /// How many pages there were.
    pub pages: usize,
    /// How many blocks there were.
    pub blocks: usize,
    /// How many expectations there were.
    pub expectations: usize,
    /// What is wrong, one line each.
    pub wrong: String,
}

/// What is compiled, and which line of which part each of its lines is.
#[derive(Default)]
struct Text {
    text: String,
    origin: Vec<Option<(usize, usize)>>,
}

type Wrong = Vec<(usize, String)>;

/// Runs blocks of statements as one program, which is much faster than one by one; none of them may declare what another
/// declares. Gives how many expectations there were, and each difference with the number of its block and its line there.
pub fn check_together(texts: &[&str]) -> (usize, Vec<(usize, usize, String)>) {
    let mut wrong = Vec::new();
    let mut parts = Vec::with_capacity(texts.len());
    for (number, text) in texts.iter().enumerate() {
        let example = Example { words: Vec::new(), text: (*text).to_owned(), line: 0 };
        match Block::new(&example) {
            Ok(block) => parts.extend(block.parts),
            Err((line, message)) => wrong.push((number, line, message)),
        }
    }
    if !wrong.is_empty() {
        return (0, wrong);
    }
    check_values(&[("main.task", parts.iter().collect())])
}

impl Manual {
    /// Holds every `task` block of a page to what it says.
    ///
    /// # Panics
    /// If the page cannot be read.
    pub fn check_page(&mut self, path: &Path) {
        let page = std::fs::read_to_string(path).expect("the page can be read");
        self.pages += 1;
        for example in examples(&page) {
            self.blocks += 1;
            let (expectations, wrong) = match Block::new(&example) {
                Ok(block) => check(&block),
                Err(wrong) => (0, vec![wrong]),
            };
            self.expectations += expectations;
            self.tell(path, &example, wrong);
        }
    }

    fn tell(&mut self, path: &Path, example: &Example, wrong: Wrong) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        for (line, message) in wrong {
            let _ = writeln!(self.wrong, "{name}:{}: {message}", example.line + line);
        }
    }
}

fn check(block: &Block) -> (usize, Wrong) {
    let mut expectations = 0;
    let texts: Vec<_> = block.parts.iter().map(Text::to_read).collect();
    let paths: Vec<_> = block.parts.iter().map(|part| part.path.as_str()).collect();
    let analysis = analyze(&paths, &texts);
    let mut wrong = check_notes(block, &texts, &analysis);
    expectations += block.parts.iter().map(|part| part.notes.len()).sum::<usize>();
    if analysis.has_errors() || !wrong.is_empty() {
        let cases = block.parts.iter().flat_map(|part| &part.statements).any(|case| case.expected.is_some());
        if cases && wrong.is_empty() {
            wrong.push((0, "expects values of what does not compile".to_owned()));
        }
        return (expectations, wrong);
    }
    if let Err(told) = compiler::compile(&analysis) {
        wrong.extend(told.iter().map(|each| (0, format!("does not compile: {}", each.message))));
        return (expectations, wrong);
    }
    for due in block.parts.iter().flat_map(|part| &part.dues) {
        expectations += 1;
        wrong.extend(check_due(due, &analysis).err().map(|message| (due.line, message)));
    }
    let files: Vec<_> = block.parts.iter().map(|part| (part.path.as_str(), vec![part])).collect();
    let (count, different) = check_values(&files);
    wrong.extend(different.into_iter().map(|(_, line, message)| (line, message)));
    (expectations + count, wrong)
}

impl Text {
    fn push(&mut self, line: &str, origin: Option<(usize, usize)>) {
        self.text.push_str(line);
        self.text.push('\n');
        self.origin.push(origin);
    }

    /// Adds the items of the part of a number.
    fn push_items(&mut self, part: &Part, number: usize) {
        for line in &part.items {
            self.push(&line.text, Some((number, line.number)));
        }
    }

    /// Gives a part as it is checked: its statements are one function, in the columns in which they stand.
    fn to_read(part: &Part) -> Text {
        let mut text = Text::default();
        text.push_items(part, 0);
        if part.statements.is_empty() {
            return text;
        }
        text.push("fn block() {", None);
        for (number, statement) in part.statements.iter().enumerate() {
            if statement.expected.is_some() {
                text.push(&format!("let case_{number} ="), None);
            }
            for line in &statement.lines {
                text.push(&line.text, Some((0, line.number)));
            }
        }
        text.push("}", None);
        text
    }

    /// Adds a task for each case of the part of a number.
    fn push_cases(&mut self, part: &Part, of: usize) {
        let mut before = String::new();
        for (number, statement) in part.statements.iter().enumerate() {
            if statement.expected.is_none() {
                before.push_str(&statement.text());
                before.push('\n');
                continue;
            }
            self.push(&format!("task {}() -> json {{", case_name(of, number)), None);
            for line in before.lines() {
                self.push(line, None);
            }
            self.push("let given =", Some((of, statement.line())));
            for line in &statement.lines {
                self.push(&line.text, Some((of, line.number)));
            }
            self.push("given", None);
            self.push("}", None);
        }
    }

    /// Gives the part and line of a line of the whole, counted from 1.
    fn origin(&self, line: u32) -> Option<(usize, usize)> {
        self.origin.get(line as usize - 1).copied().flatten()
    }
}

fn case_name(part: usize, number: usize) -> String {
    format!("case_{part}_{number}")
}

fn analyze(paths: &[&str], texts: &[Text]) -> Analysis {
    let (mut files, mut calendars) = (Vec::new(), Vec::new());
    for (path, text) in paths.iter().zip(texts) {
        let (name, text) = ((*path).to_owned(), text.text.clone());
        if is_calendar(path) {
            calendars.push(CalendarFile { path: name.clone(), name, text });
        } else {
            files.push(InputFile { name, module: path.trim_end_matches(".task").replace('/', "."), text });
        }
    }
    analyze_project(files, calendars)
}

/// Compares diagnostics, and what an editor shows, with what stands under carets.
fn check_notes(block: &Block, texts: &[Text], analysis: &Analysis) -> Wrong {
    let mut wrong = Vec::new();
    let notes = block.parts.iter().enumerate().flat_map(|(file, part)| part.notes.iter().map(move |it| (file, it)));
    let (mut expected, shown): (Vec<_>, Vec<_>) = notes.partition(|(_, note)| names_code(&note.text));
    for (file, note) in shown {
        let found = shown_at(&texts[file], analysis, file, note);
        if found.as_deref() != Some(note.text.as_str()) {
            wrong.push((note.line, format!("expected `{}`, and an editor shows {found:?}", note.text)));
        }
    }
    let warnings = expected.iter().any(|(_, note)| !note.text.starts_with('E'));
    for diagnostic in analysis.diagnostics.iter().filter(|each| warnings || each.is_error()) {
        let place = diagnostic.primary.place;
        let at = analysis.sources.start(place);
        let file = place.file.0 as usize;
        let line = texts.get(file).and_then(|text| text.origin(at.line)).map(|(_, line)| line);
        let (column, width) = (at.column as usize - 1, analysis.sources.text(place).trim_end().chars().count());
        let said = format!("{} {}", diagnostic.code.number(), diagnostic.message);
        let known = expected.iter().position(|(in_file, note)| {
            *in_file == file
                && Some(note.line) == line
                && note.column == column
                && (note.width == 1 || note.width == width)
                && said.starts_with(note.text.as_str())
        });
        match known {
            Some(known) => drop(expected.remove(known)),
            None if line.is_none() && !diagnostic.is_error() => {}
            None => wrong.push((line.unwrap_or(0), format!("{column}+{width}: `{said}` is not expected"))),
        }
    }
    wrong.extend(expected.into_iter().map(|(_, note)| {
        (note.line, format!("{}+{}: `{}` is expected and not told", note.column, note.width, note.text))
    }));
    wrong
}

fn names_code(text: &str) -> bool {
    let mut signs = text.chars();
    matches!(signs.next(), Some('E' | 'W' | 'N')) && signs.take(4).filter(char::is_ascii_digit).count() == 4
}

/// Gives what an editor shows of what stands over carets, without its documentation.
fn shown_at(text: &Text, analysis: &Analysis, file: usize, note: &Note) -> Option<String> {
    let line = text.origin.iter().position(|origin| *origin == Some((0, note.line)))?;
    let file = FileId(file as u32);
    let range = analysis.sources.file(file).line_range(line)?;
    let before: usize = range.text(&text.text).chars().take(note.column).map(char::len_utf8).sum();
    let hover = analysis.hover(file, range.start + before as u32)?;
    let shown = hover.markdown.strip_prefix("```task\n")?.split("\n```").next()?.to_owned();
    Some(shown)
}

fn check_due(due: &Due, analysis: &Analysis) -> Result<(), String> {
    let image = compiler::compile(analysis).map_err(|_| "does not compile".to_owned())?;
    let task = image.tasks.iter().find(|task| task.name == due.task).ok_or("there is no such task")?;
    let from: Zoned = due.from.parse().map_err(|error| format!("`{}`: {error}", due.from))?;
    let from = from.timestamp().as_microsecond();
    let wanted = due.times.len() + usize::from(due.ends);
    let mut found = Vec::new();
    for schedule in &task.schedules {
        let rule = Rule::new(&schedule.spec).map_err(|error| error.to_string())?;
        found.extend(rule.iter(from).take(wanted).map(|at| (at, written(&rule.local(at)))));
    }
    found.sort();
    found.dedup();
    let found: Vec<_> = found.into_iter().take(wanted).map(|(_, text)| text).collect();
    if found == due.times { Ok(()) } else { Err(format!("is due {}", found.join(", "))) }
}

/// Writes an instant as the manual does: without its seconds where there are none, and with its offset.
fn written(at: &Zoned) -> String {
    let pattern = if at.second() == 0 { "%Y-%m-%dT%H:%M%:z" } else { "%Y-%m-%dT%H:%M:%S%:z" };
    at.strftime(pattern).to_string()
}

/// Runs what the parts of some files expect of values. Gives how many cases there were, and each difference with the
/// number of its part and its line there.
fn check_values(files: &[(&str, Vec<&Part>)]) -> (usize, Vec<(usize, usize, String)>) {
    let paths: Vec<_> = files.iter().map(|(path, _)| *path).collect();
    let mut parts: Vec<(usize, &Part)> = Vec::new();
    let mut texts = Vec::new();
    for (file, (_, of_file)) in files.iter().enumerate() {
        let mut text = Text::default();
        let first = parts.len();
        for (at, part) in of_file.iter().enumerate() {
            text.push_items(part, first + at);
        }
        for (at, part) in of_file.iter().enumerate() {
            text.push_cases(part, first + at);
            parts.push((file, part));
        }
        texts.push(text);
    }
    let analysis = analyze(&paths, &texts);
    let origin = |place: Place| {
        let text = texts.get(place.file.0 as usize);
        text.map(|text| text.origin(analysis.sources.start(place).line))
    };
    let image = match compiler::compile(&analysis) {
        Ok(image) => image,
        Err(told) => {
            let said = told.iter().map(|each| {
                let (part, line) = origin(each.primary.place).flatten().unwrap_or((0, 0));
                (part, line, format!("does not compile: {} {}", each.code.number(), each.message))
            });
            return (0, said.collect());
        }
    };
    let mut count = 0;
    let mut wrong = Vec::new();
    for (of, (file, part)) in parts.iter().enumerate() {
        for (number, statement) in part.statements.iter().enumerate() {
            let Some(expected) = &statement.expected else { continue };
            count += 1;
            let found = run(&image, &case_name(of, number));
            // A failure has its place in the block, unless the library failed.
            let outside = |place: Place| place.file.0 as usize == *file && origin(place) == Some(None);
            match (expected, found) {
                (Expected::Value(expected), Outcome::Value(found)) if *expected == found => {}
                (Expected::Failure(expected), Outcome::Failure { text, place })
                    if text.contains(expected) && !place.is_some_and(outside) => {}
                (Expected::Value(_) | Expected::Failure(_), found) => {
                    let code = statement.text();
                    wrong.push((of, statement.line(), format!("`{code}`: expected {expected:?}, found {found:?}")));
                }
            }
        }
    }
    (count, wrong)
}
