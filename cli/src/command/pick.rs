//! Which task is meant by `FILE[:TASK]`.

use crate::error::CliError;
use bytecode::{Image, Task};
use std::fs;
use std::path::{Path, PathBuf};

/// Splits `FILE[:TASK]`. A path that exists as a whole has no task in it, whatever colons it has.
pub fn split_target(target: &str) -> (PathBuf, Option<String>) {
    if PathBuf::from(target).exists() {
        return (target.into(), None);
    }
    match target.rsplit_once(':') {
        Some((path, task)) if !path.is_empty() && !task.is_empty() && !task.contains('/') => {
            (path.into(), Some(task.to_owned()))
        }
        _ => (target.into(), None),
    }
}

/// Gives the number of a task by its name, or of the only one: of the file `path`, or of the whole project.
pub fn task(image: &Image, path: &Path, name: Option<&str>) -> Result<usize, CliError> {
    let names = || image.tasks.iter().map(|task| task.name.as_str());
    if let Some(name) = name {
        return names().position(|known| known == name).ok_or_else(|| {
            let help = match diagnostics::nearest(name, names()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the tasks are: {}", listed(names())),
            };
            CliError::usage(format!("there is no task `{name}`"), help)
        });
    }
    let whole = fs::canonicalize(path).ok().filter(|path| path.is_file());
    let is_meant = |task: &Task| match &whole {
        Some(file) => image.sources.get(task.place.file.0 as usize).is_some_and(|source| {
            // Names of sources begin where the command was typed.
            fs::canonicalize(&source.name).is_ok_and(|source| source == *file)
        }),
        None => true,
    };
    let meant: Vec<_> = image.tasks.iter().enumerate().filter(|(_, task)| is_meant(task)).collect();
    match meant.as_slice() {
        [(only, _)] => Ok(*only),
        [] => Err(CliError::usage("there is no task in it", "a task begins with `task name() {`")),
        several => {
            let listed = listed(several.iter().map(|(_, task)| task.name.as_str()));
            Err(CliError::usage("there are several tasks in it", format!("name one: FILE:TASK, of {listed}")))
        }
    }
}

fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}
