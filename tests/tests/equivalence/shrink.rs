//! From a program that shows a difference to a smaller one that still does.

use crate::generate::Source;

/// How often a smaller program is tried.
const TRIES: usize = 400;

/// Leaves out lines, with the blocks they open, as long as the program still shows it.
pub fn shrunk(source: &Source, mut shows: impl FnMut(&Source) -> bool) -> Source {
    let mut smallest = source.clone();
    let mut tries = 0;
    loop {
        let before = smallest.text.len();
        let mut at = 0;
        while at < smallest.text.lines().count() && tries < TRIES {
            tries += 1;
            let smaller = Source { text: without(&smallest.text, at), ..smallest.clone() };
            if smaller.text != smallest.text && shows(&smaller) {
                smallest = smaller;
            } else {
                at += 1;
            }
        }
        if smallest.text.len() == before || tries >= TRIES {
            return smallest;
        }
    }
}

/// Leaves out the line at a position, and all up to where its brackets close.
fn without(text: &str, at: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let mut depth = 0_i32;
    let mut end = at;
    while end < lines.len() {
        depth += lines[end].matches('{').count() as i32 - lines[end].matches('}').count() as i32;
        end += 1;
        if depth <= 0 {
            break;
        }
    }
    let kept: Vec<&str> = lines[..at].iter().chain(&lines[end..]).copied().collect();
    kept.join("\n") + "\n"
}
