//! Values as JSON and text, by their types.
#![allow(clippy::unwrap_used)]

use bytecode::{CaseType, EnumType, FieldType, RecordType, Type, TypeId};
use runtime::json::{decode, decode_lenient, encode, from_text};
use runtime::{Data, text};
use serde_json::{Value as Json, json};

const INT: TypeId = TypeId(0);
const STRING: TypeId = TypeId(1);
const DURATION: TypeId = TypeId(2);
const DATETIME: TypeId = TypeId(3);
const VERDICT: TypeId = TypeId(4);
const SALE: TypeId = TypeId(5);
const SALES: TypeId = TypeId(6);
const BY_NAME: TypeId = TypeId(8);
const BY_NUMBER: TypeId = TypeId(9);
const REGION: TypeId = TypeId(10);
const FLOAT: TypeId = TypeId(11);
const DATE: TypeId = TypeId(12);
const TIME: TypeId = TypeId(13);
const BYTES: TypeId = TypeId(14);
const LOOP: TypeId = TypeId(15);

fn types() -> Vec<Type> {
    let field = |name: &str, json_name: &str, type_, default: Option<&str>| FieldType {
        name: name.to_owned(),
        json_name: json_name.to_owned(),
        type_,
        default: default.map(str::to_owned),
    };
    let case = |name: &str, fields| CaseType { name: name.to_owned(), json_name: name.to_owned(), fields };
    vec![
        Type::Int,
        Type::String,
        Type::Duration,
        Type::DateTime,
        Type::Enum(EnumType {
            name: "Verdict".to_owned(),
            cases: vec![case("spam", vec![]), case("unsure", vec![field("reason", "reason", STRING, None)])],
        }),
        Type::Record(RecordType {
            name: "Sale".to_owned(),
            fields: vec![
                field("price", "price", INT, None),
                field("placed", "placed-at", DATETIME, None),
                field("note", "note", TypeId(7), None),
                field("count", "count", INT, Some("1")),
            ],
        }),
        Type::List(SALE),
        Type::Optional(STRING),
        Type::Map(STRING, INT),
        Type::Map(INT, STRING),
        Type::Enum(EnumType { name: "Region".to_owned(), cases: vec![case("emea", vec![]), case("apac", vec![])] }),
        Type::Float,
        Type::Date,
        Type::Time,
        Type::Bytes,
        Type::Record(RecordType {
            name: "Loop".to_owned(),
            fields: vec![field("left", "left", LOOP, Some("{}")), field("right", "right", LOOP, Some("{}"))],
        }),
    ]
}

fn problems(id: TypeId, json: &Json) -> Vec<String> {
    decode(&types(), id, json).unwrap_err().iter().map(ToString::to_string).collect()
}

#[test]
fn each_type_has_the_form_of_the_manual_and_reads_back() {
    let forms = [
        (INT, json!(42)),
        (FLOAT, json!(2.5)),
        (STRING, json!("x")),
        (DURATION, json!("PT1H30M")),
        (DATE, json!("2026-01-31")),
        (TIME, json!("09:30:00")),
        (DATETIME, json!("2026-01-31T09:30:00+01:00[Europe/Berlin]")),
        (BYTES, json!("aGk=")),
        (REGION, json!("apac")),
        (VERDICT, json!("spam")),
        (VERDICT, json!({"unsure": {"reason": "odd"}})),
        (BY_NAME, json!({"b": 1, "a": 2})),
        (BY_NUMBER, json!([[2, "two"], [1, "one"]])),
        (SALES, json!([{"price": 1, "placed-at": "2026-01-31T09:30:00Z", "note": null, "count": 2}])),
    ];
    for (id, json) in forms {
        let data = decode(&types(), id, &json).unwrap();
        assert_eq!(encode(&types(), id, &data), json);
    }
}

#[test]
fn all_problems_are_told_at_once_with_their_paths() {
    let json = json!([
        {"price": "7", "placed-at": "2026-01-31T09:30:00Z"},
        {"price": 7, "placed-at": "soon", "tip": 1},
        {}
    ]);
    let expected = [
        "$[0].price: expected int, found string \"7\"",
        "$[1].tip: there is no such field; known are `price`, `placed-at`, `note`, `count`",
        "$[1].placed-at: expected a datetime like `2026-01-31T09:30:00+01:00[Europe/Berlin]`, found string \"soon\"",
        "$[2].price: it is missing",
        "$[2].placed-at: it is missing",
    ];
    assert_eq!(problems(SALES, &json), expected);
    assert_eq!(problems(VERDICT, &json!({"maybe": 1})), ["$: expected `spam` or `unsure`, found string \"maybe\""]);
    assert_eq!(problems(BY_NAME, &json!({"a b": null})), ["$[\"a b\"]: expected int, found null"]);
    assert!(decode_lenient(&types(), BY_NAME, &json!({"a": 1})).is_ok());
}

#[test]
fn defaults_that_need_themselves_end() {
    let told = problems(LOOP, &json!({}));
    assert!(told.len() <= 100 && !told.is_empty());
}

#[test]
fn the_command_line_reads_bare_text_by_type() {
    let read = |id, text| from_text(&types(), id, text);
    assert_eq!(read(STRING, "12"), Ok(Data::String("12".to_owned())));
    assert_eq!(read(STRING, "\"a b\""), Ok(Data::String("a b".to_owned())));
    assert_eq!(read(INT, "12"), Ok(Data::Int(12)));
    assert_eq!(read(DURATION, "1h30m"), Ok(Data::Int(5_400_000_000)));
    assert_eq!(read(DURATION, "PT1H30M"), Ok(Data::Int(5_400_000_000)));
    assert_eq!(read(REGION, "apac"), Ok(Data::Int(1)));
    assert_eq!(read(DATE, "1970-01-02"), Ok(Data::Int(1)));
    assert_eq!(read(TypeId(7), "none"), Ok(Data::None));
    assert_eq!(read(BY_NAME, "{\"a\": 1}"), Ok(Data::Map(vec![(Data::String("a".to_owned()), Data::Int(1))])));
    let problem = &read(INT, "many").unwrap_err()[0];
    assert_eq!(problem.to_string(), "$: expected int, found string \"many\"");
}

#[test]
fn the_text_of_values_is_readable() {
    let shown = |id, data: Data| text::of_data(&types(), id, &data);
    assert_eq!(shown(FLOAT, Data::Float(2.0)), "2.0");
    assert_eq!(shown(DURATION, Data::Int(5_400_000_000)), "1h30m");
    assert_eq!(shown(REGION, Data::Int(0)), "emea");
    assert_eq!(shown(STRING, Data::String("a".to_owned())), "a");
    let sale = Data::Record(vec![Data::Int(1), Data::DateTime(0, "UTC".to_owned()), Data::None, Data::Int(2)]);
    let expected = "[Sale(price: 1, placed: 1970-01-01T00:00:00Z, note: none, count: 2)]";
    assert_eq!(shown(SALES, Data::List(vec![sale])), expected);
    let unsure = Data::Case(1, vec![Data::String("odd".to_owned())]);
    assert_eq!(shown(VERDICT, unsure), "unsure(reason: \"odd\")");
}
