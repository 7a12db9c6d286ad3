//! The arguments of a run, from outside: decoded and checked before the run exists, all problems told at once.

use crate::json::{self, Problem};
use crate::vm::{Program, Vm, typed};
use crate::{Data, Natives};
use bytecode::{Image, Task, TaskParameter};
use std::sync::Arc;

/// How much a check of one argument may compute.
const CHECK_FUEL: u64 = 10_000_000;

/// An argument as it was given.
#[derive(Clone, Debug, PartialEq)]
pub enum Given {
    /// On a command line: JSON, or plain text that is read by the parameter's type.
    Text(String),
    /// As JSON.
    Json(serde_json::Value),
}

/// Decodes and checks the arguments of a task; by parameter, `None` where the default stands.
///
/// # Errors
/// Gives every argument that no parameter has, every parameter that is missing, and every value that does not fit its
/// type or its condition.
pub fn decode(
    image: &Image,
    task: &Task,
    given: &[(String, Given)],
    natives: &Natives,
) -> Result<Vec<Option<Data>>, Vec<Problem>> {
    let mut problems = Vec::new();
    for (name, _) in given {
        if task.parameters.iter().all(|parameter| parameter.name != *name) {
            let near = diagnostics::nearest(name, task.parameters.iter().map(|parameter| parameter.name.as_str()));
            let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            problems.push(problem(name, format!("the task has no such parameter{near}")));
        }
    }
    let mut values = Vec::with_capacity(task.parameters.len());
    for parameter in &task.parameters {
        let found = given.iter().find(|(name, _)| *name == parameter.name).map(|(_, given)| given);
        match found.map(|given| read(image, parameter, given)) {
            Some(Ok(value)) => values.push(Some(value)),
            Some(Err(found)) => {
                problems.extend(found.into_iter().map(|it| problem(&under(&parameter.name, &it.path), it.message)));
                values.push(None);
            }
            None => {
                if parameter.default.is_none() {
                    problems.push(problem(&parameter.name, "it is missing, and has no default".to_owned()));
                }
                values.push(None);
            }
        }
    }
    problems.extend(check(image, task, &values, natives));
    if problems.is_empty() { Ok(values) } else { Err(problems) }
}

fn read(image: &Image, parameter: &TaskParameter, given: &Given) -> Result<Data, Vec<Problem>> {
    match given {
        Given::Text(text) => json::from_text(&image.types, parameter.type_, text),
        Given::Json(value) => json::decode(&image.types, parameter.type_, value),
    }
}

/// Runs the conditions of the values that were read.
fn check(image: &Image, task: &Task, values: &[Option<Data>], natives: &Natives) -> Vec<Problem> {
    let checked = task
        .parameters
        .iter()
        .zip(values)
        .filter_map(|(parameter, value)| Some((parameter, parameter.check?, value.as_ref()?)));
    let checked: Vec<_> = checked.collect();
    if checked.is_empty() {
        return Vec::new();
    }
    let program = match Program::new(Arc::new(image.clone()), natives) {
        Ok(program) => program,
        Err(error) => return vec![problem(&task.name, format!("its conditions cannot be checked: {error}"))],
    };
    checked
        .into_iter()
        .filter_map(|(parameter, function, value)| {
            let value = typed::value(&image.types, parameter.type_, value.clone());
            let outcome = value.and_then(|value| Vm::pure(&program, function, vec![value], CHECK_FUEL));
            let message = outcome.err()?.message;
            let (way, message) = led(&message);
            Some(problem(&format!("{}{way}", parameter.name), message.to_owned()))
        })
        .collect()
}

/// Parts the message of a check from the way to the part that does not fit: `[0].price: found …`.
pub(crate) fn led(message: &str) -> (&str, &str) {
    match message.split_once(": found ") {
        Some((way, _)) if way.is_empty() || way.starts_with(['.', '[']) => (way, &message[way.len() + 2..]),
        Some(_) | None => ("", message),
    }
}

/// Puts the path of a problem under the parameter's name: `$[0].price` of `lines` is `lines[0].price`.
fn under(name: &str, path: &str) -> String {
    format!("{name}{}", path.strip_prefix('$').unwrap_or(path))
}

fn problem(path: &str, message: String) -> Problem {
    Problem { path: path.to_owned(), message }
}
