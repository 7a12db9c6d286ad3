//! Programs of any length, in Taskwright and, for comparison, in Python: the same parts over and over, with other names.

use std::ops::Range;

/// Gives a right program of about so many lines, with all that programs usually have.
pub fn program(lines: usize) -> String {
    let count = count(HEAD, PART, lines);
    HEAD.to_owned() + &parts(PART, 0..count)
}

/// Gives the files of a right project: short and long ones, about 250 lines each, of which each uses the one before it.
pub fn project(files: usize) -> Vec<(String, String)> {
    let mut first = 0;
    let file = |number: usize| {
        let end = first + number % MOST_PARTS + 1;
        let mut text = HEAD.to_owned();
        if let (Some(before), Some(last)) = (number.checked_sub(1), first.checked_sub(1)) {
            text += &IMPORT.replace("FILE", &before.to_string()).replace('@', &last.to_string());
        }
        text += &parts(PART, first..end);
        first = end;
        (format!("jobs/part{number}.task"), text)
    };
    (0..files).map(file).collect()
}

/// Gives a Python program of about so many lines that does much the same.
pub fn python(lines: usize) -> String {
    let count = count(PYTHON_HEAD, PYTHON_PART, lines);
    let part = PYTHON_PART.replace("@dataclass", "\u{1}");
    PYTHON_HEAD.to_owned() + &parts(&part, 0..count).replace('\u{1}', "@dataclass")
}

/// Gives how many parts make so many lines.
fn count(head: &str, part: &str, lines: usize) -> usize {
    lines.saturating_sub(head.lines().count()).div_ceil(part.lines().count())
}

/// Writes parts, in each of which `@` is its number.
fn parts(part: &str, numbers: Range<usize>) -> String {
    numbers.map(|number| part.replace('@', &number.to_string())).collect()
}

/// How many parts the longest file of a project has.
const MOST_PARTS: usize = 4;

const HEAD: &str = "//! A program of the benchmarks.\n";

const IMPORT: &str = r#"
use jobs.partFILE { Order@, total_@ }

/// Adds what orders of another file cost.
fn sum_of_@(orders: list<Order@>) -> int {
    var sum = 0
    for order in orders {
        sum += total_@(order)
    }
    sum
}

test "no order costs nothing in @" {
    expect sum_of_@([]) == 0
}
"#;

const PART: &str = r#"
/// The most that order @ may cost.
const LIMIT_@ = 1_000 * (@ + 1)

/// A share of order @.
type Share@ = int where it in 0..=100

/// An order of shop @.
record Order@ { id: string, lines: list<int>, note: string? = none, discount: Share@ = 0 }

/// What became of it.
enum State@ { open, paid(amount: int), refused(reason: string) }

/// Adds what its lines cost.
fn total_@(order: Order@) -> int {
    var sum = 0
    for line in order.lines {
        if line % 2 == 0 and line > 10 {
            sum += line * 2
        } else {
            sum += line
        }
    }
    sum - sum * order.discount / 100
}

/// Gives what is known of several orders, by their ids.
fn by_id_@(orders: list<Order@>) -> map<string, int> {
    var known: map<string, int> = {}
    for order in orders {
        // The last one of an id counts.
        known[order.id] = (known.get(order.id) ?? 0) + total_@(order)
    }
    known
}

/// Says it in words.
fn words_@(state: State@) -> string {
    match state {
        .open => "open"
        .paid(amount) if amount > LIMIT_@ => "paid {amount}, a large one"
        .paid(amount) => "paid {amount}"
        .refused(reason) => "refused: {reason}"
    }
}

/// Finds the first number that meets a condition.
fn first_@<T>(items: list<T>, wanted: fn(T) -> bool) -> T? {
    for item in items {
        if wanted(item) {
            return item
        }
    }
    none
}

/// Reads a number that somebody wrote.
fn read_@(text: string) -> int {
    let number = int.parse(text.trim())
    if number != none {
        return number
    }
    fail parse "`{text}` is no number"
}

/// Fetches, counts and reports orders.
task report_@(
    /// How many.
    count: int where it > 0 = 3,
    /// Where they are.
    page: Url = "https://example.com/orders/@",
) -> list<string>
    on daily at 09:00, 17:30 in "Europe/Berlin" jitter 5m
    needs net "example.com"
    needs files write "report-@.txt"
    timeout 1m
    alert "ops" on failure, late
{
    let body = http.get(page, timeout: 10s).text() catch ""
    let extra = try {
        read_@(body)
    } catch parse as problem {
        log.warn("unreadable", problem: problem.message)
        0
    }
    let orders = for at in 0..count yield Order@(id: "{at}", lines: [at, at * 2, extra])
    let large = orders.filter(order => total_@(order) > 10)
    let first = first_@(large, order => order.note == none)
    var texts = large.map(order => "{order.id}: {words_@(State@.paid(amount: total_@(order)))}")
    if first != none {
        texts.push("first: {first.id} of {by_id_@(large).len()}")
    }
    files.append("report-@.txt", texts.join("\n"))
    texts
}
"#;

const PYTHON_HEAD: &str = r#""""A program of the benchmarks."""

import logging
from dataclasses import dataclass
from enum import Enum
from urllib.request import urlopen
"#;

const PYTHON_PART: &str = r#"

LIMIT_@ = 1_000 * (@ + 1)


@dataclass
class Order@:
    """An order of shop @."""

    id: str
    lines: list[int]
    note: str | None = None
    discount: int = 0


class State@(Enum):
    """What became of it."""

    OPEN = "open"
    PAID = "paid"
    REFUSED = "refused"


def total_@(order: Order@) -> int:
    """Adds what its lines cost."""
    result = 0
    for line in order.lines:
        if line % 2 == 0 and line > 10:
            result += line * 2
        else:
            result += line
    return result - result * order.discount // 100


def by_id_@(orders: list[Order@]) -> dict[str, int]:
    """Gives what is known of several orders, by their ids."""
    known: dict[str, int] = {}
    for order in orders:
        # The last one of an id counts.
        known[order.id] = known.get(order.id, 0) + total_@(order)
    return known


def words_@(state: State@, amount: int, reason: str) -> str:
    """Says it in words."""
    match state:
        case State@.OPEN:
            return "open"
        case State@.PAID if amount > LIMIT_@:
            return f"paid {amount}, a large one"
        case State@.PAID:
            return f"paid {amount}"
        case State@.REFUSED:
            return f"refused: {reason}"


def read_@(text: str) -> int:
    """Reads a number that somebody wrote."""
    try:
        return int(text.strip())
    except ValueError as error:
        raise RuntimeError(f"`{text}` is no number") from error


def report_@(count: int = 3, page: str = "https://example.com/orders/@") -> list[str]:
    """Fetches, counts and reports orders."""
    try:
        extra = read_@(urlopen(page, timeout=10).read().decode())
    except OSError as problem:
        logging.warning("unreadable: %s", problem)
        extra = 0
    orders = [Order@(id=f"{at}", lines=[at, at * 2, extra]) for at in range(count)]
    large = [order for order in orders if total_@(order) > 10]
    first = next((order for order in large if order.note is None), None)
    texts = [f"{order.id}: {words_@(State@.PAID, total_@(order), '')}" for order in large]
    if first is not None:
        texts.append(f"first: {first.id} of {len(by_id_@(large))}")
    with open("report-@.txt", "a") as report:
        report.write("\n".join(texts))
    return texts
"#;
