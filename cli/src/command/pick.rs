//! Which task is meant by `FILE[:TASK]`.

use crate::error::CliError;
use bytecode::Image;
use std::path::PathBuf;

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

/// Gives the number of a task by its name, or of the only one.
pub fn task(image: &Image, name: Option<&str>) -> Result<usize, CliError> {
    let names = || image.tasks.iter().map(|task| task.name.as_str());
    let listed = || names().collect::<Vec<_>>().join(", ");
    match name {
        Some(name) => names().position(|known| known == name).ok_or_else(|| {
            let help = match diagnostics::nearest(name, names()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the tasks are: {}", listed()),
            };
            CliError::usage(format!("there is no task `{name}`"), help)
        }),
        None if image.tasks.len() == 1 => Ok(0),
        None if image.tasks.is_empty() => {
            Err(CliError::usage("there is no task in it", "a task begins with `task name() {`"))
        }
        None => Err(CliError::usage("there are several tasks in it", format!("name one: FILE:TASK, of {}", listed()))),
    }
}
