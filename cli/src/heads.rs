//! Tasks as their heads say them: parameters with types and defaults, what they give, what starts them, what they may touch.

use bytecode::{Cause, Image, Permission, Task, TaskSchedule, Type, TypeId};

/// How deep types in types are written; one that goes on is cut.
const DEEPEST: u32 = 16;

/// Gives the first line of a head: `(day: date = today(), copies: int?) -> string`.
pub fn signature(image: &Image, task: &Task) -> String {
    let parameters: Vec<String> = task
        .parameters
        .iter()
        .map(|parameter| {
            let default = parameter.default.as_ref().map(|text| format!(" = {text}")).unwrap_or_default();
            format!("{}: {}{default}", parameter.name, name(image, parameter.type_, DEEPEST))
        })
        .collect();
    let result = match name(image, task.result, DEEPEST) {
        nothing if nothing.is_empty() => nothing,
        type_ => format!(" -> {type_}"),
    };
    format!("({}){result}", parameters.join(", "))
}

fn name(image: &Image, of: TypeId, depth: u32) -> String {
    let Some(type_) = image.types.get(usize::from(of.0)).filter(|_| depth > 0) else { return "…".to_owned() };
    let inner = |of: &TypeId| name(image, *of, depth - 1);
    match type_ {
        Type::Nothing => String::new(),
        Type::Int => "int".to_owned(),
        Type::Float => "float".to_owned(),
        Type::Decimal => "decimal".to_owned(),
        Type::Bool => "bool".to_owned(),
        Type::String => "string".to_owned(),
        Type::Bytes => "bytes".to_owned(),
        Type::Duration => "duration".to_owned(),
        Type::Date => "date".to_owned(),
        Type::Time => "time".to_owned(),
        Type::DateTime => "datetime".to_owned(),
        Type::Json => "json".to_owned(),
        Type::Optional(of) => format!("{}?", inner(of)),
        Type::List(of) => format!("list<{}>", inner(of)),
        Type::Map(key, value) => format!("map<{}, {}>", inner(key), inner(value)),
        Type::Set(of) => format!("set<{}>", inner(of)),
        Type::Secret(of) => format!("secret<{}>", inner(of)),
        Type::Record(shape) => shape.name.clone(),
        Type::Enum(shape) => shape.name.clone(),
        Type::Function => "fn".to_owned(),
    }
}

/// Gives a schedule in words, with what it gives: `daily at 09:00 with (copies: 2)`.
pub fn rule(written: &TaskSchedule) -> String {
    let mut words = schedule::describe(&written.spec);
    if !written.arguments.is_empty() {
        let given: Vec<_> = written.arguments.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        words.push_str(&format!(" with ({})", given.join(", ")));
    }
    words
}

/// Gives what starts a task beside its schedules: `event OrderPlaced`.
pub fn cause(cause: &Cause) -> String {
    match cause {
        Cause::Event(name) => format!("event {name}"),
        Cause::Success(task) => format!("success of {task}"),
        Cause::Failure(task) => format!("failure of {task}"),
        Cause::Webhook { path, .. } => format!("webhook \"{path}\""),
        Cause::File(pattern) => format!("file \"{pattern}\""),
    }
}

/// Gives a permission as a head declares it: `needs net "api.example.com"`.
pub fn permission(need: &Permission) -> String {
    format!("needs {} \"{}\"", need.kind.words(), need.target)
}
