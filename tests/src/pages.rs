//! The examples of a Markdown page: its blocks fenced as ` ```task `, with the words behind it.

/// A block of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// The words behind `task`: `fails`.
    pub words: Vec<String>,
    /// The text of the block.
    pub text: String,
    /// The line of the page on which the text begins, from 1.
    pub line: usize,
}

/// Gives the `task` blocks of a page in their order.
pub fn examples(page: &str) -> Vec<Example> {
    let mut found = Vec::new();
    let mut open: Option<Example> = None;
    for (number, line) in page.lines().enumerate() {
        if line.trim_end() == "```" {
            found.extend(open.take());
        } else if let Some(example) = &mut open {
            example.text.push_str(line);
            example.text.push('\n');
        } else if let Some(words) = line.strip_prefix("```task") {
            let words = words.split_whitespace().map(str::to_owned).collect();
            open = Some(Example { words, text: String::new(), line: number + 2 });
        }
    }
    found
}
