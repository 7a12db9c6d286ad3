//! The table `[settings]` of a project file: values as JSON has them.

use runtime::Settings;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// Takes the values of the table.
pub(super) fn of(table: BTreeMap<String, toml::Value>) -> Settings {
    Settings::new(table.into_iter().map(|(name, value)| (name, json(value))).collect())
}

/// Gives a value as JSON. Dates and times are texts there, and so is a number that JSON does not have.
fn json(value: toml::Value) -> Json {
    match value {
        toml::Value::String(text) => Json::String(text),
        toml::Value::Integer(number) => Json::from(number),
        toml::Value::Float(number) => {
            serde_json::Number::from_f64(number).map_or_else(|| Json::String(number.to_string()), Json::Number)
        }
        toml::Value::Boolean(value) => Json::Bool(value),
        toml::Value::Datetime(instant) => Json::String(instant.to_string()),
        toml::Value::Array(items) => Json::Array(items.into_iter().map(json).collect()),
        toml::Value::Table(table) => Json::Object(table.into_iter().map(|(name, value)| (name, json(value))).collect()),
    }
}
