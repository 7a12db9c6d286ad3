//! Programs that put constructs together, from their text to their result in the machine; each line of the manual is
//! tested by `spec.rs`.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use runtime::Data;
use runtime::arguments::{Given, decode};
use runtime::vm::{Program, Stop, Vm};
use serde_json::{Value, json};
use std::sync::Arc;
use tests::{Outcome, compile, run};

/// Gives what the task `main` of a program gives.
fn value(text: &str) -> Value {
    match run(&compile(text), "main") {
        Outcome::Value(value) => value,
        Outcome::Failure { text: failure, .. } => panic!("{text}\nfails: {failure}"),
    }
}

/// Gives what the task `main` fails with, and the text of the place where.
fn failure(text: &str) -> (String, String) {
    match run(&compile(text), "main") {
        Outcome::Value(value) => panic!("{text}\ngives {value}"),
        Outcome::Failure { text: failure, place } => {
            let place = place.expect("a failure has a place");
            assert_eq!(place.file.0, 0, "the place is in the program, not in the library");
            (failure, place.span.text(text).to_owned())
        }
    }
}

#[test]
fn a_value_that_is_copied_is_not_changed_through_the_other() {
    let text = r#"
record Item { names: list<string>, counts: map<string, int> = {} }

fn longer(items: list<int>) -> list<int> {
    var copy = items
    copy.push(9)
    copy
}

task main() -> json {
    var a = Item(names: ["x"])
    var b = a
    b.names.push("y")
    b.counts["k"] = 1
    b.counts["k"] += 4
    var items = [1]
    let before = items
    items = longer(items)
    items = longer(items)
    let f = () => items.len()
    items.push(7)
    let given: list<json> = [a, b, items, before, f()]
    given
}
"#;
    assert_eq!(
        value(text),
        json!([
            {"names": ["x"], "counts": {}},
            {"names": ["x", "y"], "counts": {"k": 5}},
            [1, 9, 9, 7],
            [1],
            3
        ])
    );
}

#[test]
fn a_loop_walks_what_was_there_when_it_began() {
    let text = "
task main() -> list<int> {
    var items = [1, 2, 3]
    for item in items {
        items.push(item * 10)
    }
    items
}
";
    assert_eq!(value(text), json!([1, 2, 3, 10, 20, 30]));
}

#[test]
fn the_last_int_ends_an_inclusive_range() {
    let text = "
task main() -> int {
    var turns = 0
    for n in 9_223_372_036_854_775_805..=9_223_372_036_854_775_807 {
        turns += 1
    }
    turns
}
";
    assert_eq!(value(text), json!(3));
}

#[test]
fn a_finally_is_done_on_every_way_out_and_the_first_error_stays() {
    let text = r#"
fn leave(how: int) -> string {
    var log = ""
    for turn in 0..3 {
        try {
            try {
                if how == 0 { continue }
                if how == 1 { break }
                if how == 2 { fail io "first" }
                log += "{turn}"
            } finally {
                log += "a"
                if how == 3 and turn == 1 { fail parse "second" }
            }
        } catch io, parse as error {
            log += error.kind
        } finally {
            log += "b"
        }
    }
    log
}

fn returned() -> int {
    var n = 1
    try {
        return n
    } finally {
        n = 2
    }
}

task main() -> list<string> {
    ["{leave(0)}", leave(1), leave(2), leave(3), "{returned()}"]
}
"#;
    assert_eq!(value(text), json!(["ababab", "ab", "aiobaiobaiob", "0ab1aparseb2ab", "1"]));
}

#[test]
fn the_first_error_stays_when_a_finally_fails_too() {
    let text = r#"
task main() -> string {
    try {
        fail io "first"
    } finally {
        fail parse "second"
    }
}
"#;
    assert_eq!(failure(text), ("io: first; then parse: second".to_owned(), "fail io \"first\"".to_owned()));
}

#[test]
fn errors_have_the_place_of_the_operation_that_failed() {
    let text = "
fn deep(items: list<int>, at: int) -> int {
    1 + items[at] * 2
}

task main() -> int {
    deep([1], 0) + deep([1], 5)
}
";
    let (message, place) = failure(text);
    assert!(message.starts_with("out_of_range: "), "{message}");
    assert_eq!(place, "items[at]");
}

#[test]
fn what_a_condition_refuses_is_wrong_where_it_was_given() {
    let text = r#"
type Percent = int where it in 0..=100

task main() -> int {
    let parts = [40, 70]
    let whole = Percent(parts.sum())
    whole
}
"#;
    assert_eq!(
        failure(text),
        (
            "invalid: found 110, which is no `Percent`: `it in 0..=100` must hold".to_owned(),
            "Percent(parts.sum())".to_owned()
        )
    );
}

#[test]
fn conditions_know_what_they_bound() {
    let text = r#"
enum Shape { circle(radius: int), square(side: int), point }

fn area(shape: Shape) -> int {
    if shape is .point { return 0 }
    match shape {
        .circle(n) | .square(n) if n > 100 => -1
        .circle(radius) => 3 * radius * radius
        .square(side) => side * side
        .point => 0
    }
}

task main() -> list<int> {
    [area(.point), area(.circle(2)), area(.square(3)), area(.square(101))]
}
"#;
    assert_eq!(value(text), json!([0, 12, 9, -1]));
}

#[test]
fn optional_words_are_boxed_and_opened() {
    let text = r#"
record Reading { level: float?, on: bool? = none, step: duration? = none }

fn level(reading: Reading?) -> float {
    reading?.level ?? -1.0
}

task main() -> json {
    let on = Reading(level: 2.5, on: true, step: 2s)
    let readings = [on, Reading(level: none)]
    let levels = for reading in readings yield level(reading)
    var sum = 0.0
    for reading in readings {
        let found = reading.level
        if found != none {
            sum += found
        }
    }
    let given: list<json> = [levels, level(none), sum, on.on ?? false, on.step == 2s]
    given
}
"#;
    assert_eq!(value(text), json!([[2.5, -1.0], -1.0, 2.5, true, true]));
}

#[test]
fn what_operators_give_may_become_optional() {
    let text = "
task main(few: bool = true) -> list<int>? {
    let found: list<int>? = (if few { [1] } else { [1, 2] }) + [3]
    let less: int? = -(if few { 1 } else { 2 })
    (found ?? []) + [less ?? 0]
}
";
    assert_eq!(value(text), json!([1, 3, -1]));
}

#[test]
fn operands_are_evaluated_from_left_to_right() {
    let text = r#"
task main() -> json {
    var n = 5
    n += if n > 0 { n = 10; 1 } else { 2 }
    var text = "a"
    text += if n > 0 { text = "lost"; "b" } else { "c" }
    var items = [1, 2, 3]
    items += if n > 0 { items = []; [4] } else { [5] }
    var at = 0
    items[at] = if n > 0 { at = 2; 9 } else { 0 }
    var queue = [1, 2]
    let found = (queue.pop() ?? 0) in queue
    let inside = n in 0..(queue.pop() ?? 0)
    var add = (by: int) => 1 + by
    let sum = add(if n > 0 { add = by => 100 + by; 1 } else { 2 })
    let arm = match at {
        0 => "zero"
        2 if (if n > 0 { at = 7; false } else { true }) => "guarded"
        7 => "changed"
        _ => "other"
    }
    let given: list<json> = [n, text, items, at, found, inside, queue, sum, arm]
    given
}
"#;
    assert_eq!(value(text), json!([6, "ab", [9, 2, 3, 4], 7, false, false, [], 2, "other"]));
}

#[test]
fn a_field_says_no_to_a_change_of_its_parts_too() {
    let text = r#"
record Line { counts: list<int> where it.all(n => n >= 0) }
record Order { lines: list<Line> where it.len() in 1..=2 }

task main() -> json {
    var order = Order(lines: [Line(counts: [1])])
    var told: list<string> = []
    try { order.lines.pop() } catch invalid as error { told.push(error.message) }
    try { order.lines[0].counts[0] = -1 } catch invalid as error { told.push(error.message) }
    try { order.lines[0].counts.insert(0, -2) } catch invalid as error { told.push(error.message) }
    try { order.lines[0].counts.push(-3) } catch invalid as error { told.push(error.message) }
    order.lines.push(Line(counts: []))
    order.lines[1].counts += [5]
    let given: list<json> = [order, told.len(), told[0]]
    given
}
"#;
    assert_eq!(
        value(text),
        json!([
            {"lines": [{"counts": [1]}, {"counts": [5]}]},
            4,
            "found [] for `lines`: `it.len() in 1..=2` must hold"
        ])
    );
}

#[test]
fn functions_are_values() {
    let text = r#"
fn double(n: int) -> int { n * 2 }

fn apply(changes: list<fn(int) -> int>, to: int) -> int {
    var n = to
    for change in changes {
        n = change(n)
    }
    n
}

fn adder(by: int, name: string) -> fn(int) -> int {
    n => n + by + name.len()
}

task main() -> int {
    apply([double, adder(3, "ab"), n => n * n], 2)
}
"#;
    assert_eq!(value(text), json!(81));
}

#[test]
fn a_decoded_value_is_all_that_its_type_says() {
    let text = r#"
type Percent = int where it in 0..=100
record Share { name: string where it.len() > 0, part: Percent, more: list<Share> = [] }

task main(given: string = "\{\"name\": \"a\", \"part\": 1, \"more\": [\{\"name\": \"b\", \"part\": 101}]}") -> Share {
    json.parse(given).decode()
}
"#;
    assert_eq!(failure(text).0, "invalid: $.more[0].part: found 101, which is no `Percent`: `it in 0..=100` must hold");
}

#[test]
fn parameters_have_their_defaults_and_conditions() {
    let text = r#"
task main(a: int, b: int where it > 0 = a * 2, names: list<string> = ["x"], on: bool? = none) -> string {
    "{a} {b} {names} {on}"
}
"#;
    let image = compile(text);
    let natives = stdlib::natives();
    let run = |given: &[(&str, &str)]| -> Result<Value, String> {
        let given: Vec<_> =
            given.iter().map(|(name, text)| ((*name).to_owned(), Given::Text((*text).to_owned()))).collect();
        let values = decode(&image, &image.tasks[0], &given, &natives)
            .map_err(|problems| problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))?;
        let program = Program::new(Arc::new(image.clone()), &natives).unwrap();
        match Vm::task(program, 0, &values).unwrap().run(1_000_000) {
            Stop::Done(data) => Ok(runtime::json::encode(&image.types, image.tasks[0].result, &data)),
            Stop::Failed(error) => Err(error.failure.to_string()),
            stop => panic!("{stop:?}"),
        }
    };
    assert_eq!(run(&[("a", "3")]), Ok(json!("3 6 [\"x\"] none")));
    assert_eq!(run(&[("a", "3"), ("b", "1"), ("names", "[]"), ("on", "true")]), Ok(json!("3 1 [] true")));
    assert_eq!(run(&[("a", "-3")]), Err("invalid: found -6 for `b`: `it > 0` must hold".to_owned()));
    let told = run(&[("a", "3"), ("b", "0")]).unwrap_err();
    assert!(told.contains("b: found 0 for `b`: `it > 0` must hold"), "{told}");
}

#[test]
fn a_change_that_finds_no_entry_leaves_the_variable_whole() {
    let text = r#"
record Groups { members: map<string, set<int>> }

task main() -> string {
    var groups = Groups(members: {"a": [1]})
    try {
        groups.members["b"].add(2)
    } catch out_of_range {
        groups.members["c"] = [3]
    }
    "{groups.members}"
}
"#;
    assert_eq!(value(text), json!(r#"{"a": [1], "c": [3]}"#));
}

#[test]
fn a_long_chain_and_a_deep_recursion_end() {
    let sum = vec!["1"; 120].join(" + ");
    assert_eq!(value(&format!("task main() -> int {{\n    {sum}\n}}\n")), json!(120));
    let text = "
fn down(n: int) -> int {
    if n == 0 { 0 } else { down(n - 1) }
}

task main() -> int {
    down(1_000_000)
}
";
    assert!(failure(text).0.starts_with("limit: "));
}

#[test]
fn what_is_put_behind_itself_reads_what_was_there_before() {
    let text = r#"
/// Works.
task main() -> list<string>
    timeout 1m
{
    var text = "a"
    let n = 3
    text = "{text}b{n}{text}"
    let doubled = text
    text = "{text}{text}"
    var other = "x"
    other = "{text.len()}{other}"
    text = "{text}{if n > 2 { text = "changed"; "y" } else { "z" }}"
    var items = [1]
    let kept = items
    items = items + [items.len(), 7]
    items = items + items
    items = [0] + items
    var floats: list<float> = []
    floats = floats + [1.5]
    [text, doubled, other, "{items}", "{kept}", "{floats}"]
}
"#;
    let expected = ["ab3aab3ay", "ab3a", "8x", "[0, 1, 1, 7, 1, 1, 7]", "[1]", "[1.5]"];
    assert_eq!(value(text), json!(expected));
}

#[test]
fn choices_of_a_parameter_stand_in_the_image_as_a_function_that_gives_them() {
    let image = compile(
        "enum Region { emea, asia }\n\
         fn regions() -> list<Region> { [.emea, .asia] }\n\
         task report(region: Region = .emea choices regions(), days: int? choices [1, 7], note: string) {\n}\n",
    );
    let program = Program::new(Arc::new(image), &stdlib::natives()).unwrap();
    let given = |at: usize| {
        let function = program.image().tasks[0].parameters[at].choices?;
        Some(Vm::pure(&program, function, Vec::new(), 1_000).unwrap())
    };
    let ints = |list: &[i64]| Some(Data::List(list.iter().map(|each| Data::Int(*each)).collect()));
    assert_eq!((given(0), given(1), given(2)), (ints(&[0, 1]), ints(&[1, 7]), None));
}
