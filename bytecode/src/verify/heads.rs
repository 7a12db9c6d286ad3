//! The rules for what a task's head says: that its functions take and give what they should.

use super::at_most;
use super::tables::has_shape;
use crate::{Bank, FunctionId, Image, ImageError, Task, limits};

/// Checks the triggers of a task.
pub(super) fn verify_triggers(image: &Image, task: &Task, place: &str) -> Result<(), ImageError> {
    at_most(place, task.triggers.len(), limits::TRIGGERS)?;
    for (index, trigger) in task.triggers.iter().enumerate() {
        let place = format!("{place}, trigger {index}");
        let functions = [
            (trigger.condition, Bank::Word, "condition"),
            (trigger.arguments, Bank::Ref, "arguments"),
            (trigger.key, Bank::Ref, "key"),
        ];
        for (function, result, what) in functions {
            if let Some(function) = function {
                has_shape(image, function, &[Bank::Ref], Some(result), &format!("{place}, its {what}"))?;
            }
        }
    }
    Ok(())
}

/// Checks the clauses of a task whose body takes `parameters`.
pub(super) fn verify_clauses(image: &Image, task: &Task, parameters: &[Bank], place: &str) -> Result<(), ImageError> {
    let clauses = &task.clauses;
    let lists = [clauses.alerts.len(), clauses.allow.len(), clauses.ensure.len(), clauses.tags.len()];
    for found in lists {
        at_most(place, found, limits::CLAUSE_ENTRIES)?;
    }
    let key = |function: Option<FunctionId>, what: &str| match function {
        Some(function) => has_shape(image, function, parameters, Some(Bank::Ref), &format!("{place}, its {what}")),
        None => Ok(()),
    };
    key(clauses.concurrency.as_ref().and_then(|clause| clause.per), "concurrency")?;
    key(clauses.rate.as_ref().and_then(|clause| clause.per), "rate")?;
    key(clauses.cache.as_ref().and_then(|clause| clause.by), "cache")
}
