//! What the benchmarks share: medians, and programs of any length.
//!
//! A time alone says nothing on a shared machine, so every benchmark prints a ratio of two figures of the same run.

use std::time::{Duration, Instant};

/// Times some work several times and gives the median.
pub fn median(times: usize, mut work: impl FnMut()) -> Duration {
    let mut taken: Vec<_> = (0..times.max(1))
        .map(|_| {
            let started = Instant::now();
            work();
            started.elapsed()
        })
        .collect();
    taken.sort();
    taken[taken.len() / 2]
}

/// Gives a right program of about so many lines: records, enums, functions and tasks in turn.
pub fn program(lines: usize) -> String {
    let mut text = String::from("//! A program of the benchmarks.\n");
    let mut number = 0;
    while text.lines().count() < lines {
        // Counting lines is dear, so some parts are added at once.
        for _ in 0..20 {
            text.push_str(&part(number));
            number += 1;
        }
    }
    text
}

fn part(number: usize) -> String {
    format!(
        r#"
/// An order of shop {number}.
record Order{number} {{ id: string, lines: list<int>, note: string? = none }}

/// What became of it.
enum State{number} {{ open, paid(amount: int), refused(reason: string) }}

/// Adds what its lines cost.
fn total_{number}(order: Order{number}) -> int {{
    var sum = 0
    for line in order.lines {{
        if line % 2 == 0 and line > 10 {{
            sum += line * 2
        }} else {{
            sum += line
        }}
    }}
    sum
}}

/// Says it in words.
fn words_{number}(state: State{number}) -> string {{
    match state {{
        .open => "open"
        .paid(amount) if amount > 1_000 => "paid {{amount}}, a large one"
        .paid(amount) => "paid {{amount}}"
        .refused(reason) => "refused: {{reason}}"
    }}
}}

/// Reports orders.
task report_{number}(
    /// How many.
    count: int where it > 0 = 3,
) -> list<string>
    on daily at 09:00 in "Europe/Berlin"
    needs files write "report.txt"
    timeout 1m
{{
    let orders = for at in 0..count yield Order{number}(id: "{{at}}", lines: [at, at * 2, 12])
    let large = orders.filter(order => total_{number}(order) > 10)
    let texts = large.map(order => "{{order.id}}: {{words_{number}(State{number}.paid(amount: total_{number}(order)))}}")
    files.append("report.txt", texts.join("\n"))
    texts
}}
"#
    )
}
