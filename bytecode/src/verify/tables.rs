//! The rules for types, natives and tasks.

use super::{at_most, broken, heads};
use crate::{Bank, FieldType, Function, FunctionId, Image, ImageError, Task, Type, TypeId, limits};

/// Checks the table of types: every id is there, and neither optionals nor secrets stand in their own kind.
pub(super) fn verify_types(image: &Image) -> Result<(), ImageError> {
    for (index, type_) in image.types.iter().enumerate() {
        let place = || format!("type {index}");
        let known = |id: TypeId| type_exists(image, id, &place());
        match type_ {
            Type::Nothing
            | Type::Int
            | Type::Float
            | Type::Decimal
            | Type::Bool
            | Type::String
            | Type::Bytes
            | Type::Duration
            | Type::Date
            | Type::Time
            | Type::DateTime
            | Type::Json
            | Type::Function => {}
            Type::Optional(inner) => {
                known(*inner)?;
                if let Some(Type::Optional(_)) = image.types.get(usize::from(inner.0)) {
                    return Err(broken(place(), "it is an optional of an optional"));
                }
            }
            Type::Secret(inner) => {
                known(*inner)?;
                if let Some(Type::Secret(_)) = image.types.get(usize::from(inner.0)) {
                    return Err(broken(place(), "it is a secret of a secret"));
                }
            }
            Type::List(item) | Type::Set(item) => known(*item)?,
            Type::Map(key, value) => {
                known(*key)?;
                known(*value)?;
            }
            Type::Record(shape) => verify_fields(image, &shape.fields, &place())?,
            Type::Enum(shape) => {
                at_most(&place(), shape.cases.len(), limits::TABLE)?;
                shape.cases.iter().try_for_each(|case| verify_fields(image, &case.fields, &place()))?;
            }
        }
    }
    Ok(())
}

fn verify_fields(image: &Image, fields: &[FieldType], place: &str) -> Result<(), ImageError> {
    at_most(place, fields.len(), limits::TABLE)?;
    fields.iter().try_for_each(|field| type_exists(image, field.type_, place))
}

fn type_exists(image: &Image, id: TypeId, place: &str) -> Result<(), ImageError> {
    if usize::from(id.0) < image.types.len() { Ok(()) } else { Err(broken(place, format!("type {id} is not there"))) }
}

/// Checks the natives.
pub(super) fn verify_natives(image: &Image) -> Result<(), ImageError> {
    for native in &image.natives {
        let place = format!("native `{}`", native.name);
        at_most(&place, native.parameters.len(), limits::PARAMETERS)?;
        native.parameters.iter().chain([&native.result]).try_for_each(|id| type_exists(image, *id, &place))?;
    }
    Ok(())
}

/// Checks the events: that each is a record.
pub(super) fn verify_events(image: &Image) -> Result<(), ImageError> {
    for event in &image.events {
        let place = format!("event `{}`", event.name);
        match image.types.get(usize::from(event.type_.0)) {
            Some(Type::Record(_)) => {}
            Some(_) | None => return Err(broken(place, format!("its type {} is no record", event.type_))),
        }
    }
    Ok(())
}

/// Checks the states: that each can have a first value.
pub(super) fn verify_states(image: &Image) -> Result<(), ImageError> {
    for state in &image.states {
        let place = format!("state `{}`", state.name);
        type_exists(image, state.type_, &place)?;
        has_shape(image, state.initial, &[], Some(Bank::Ref), &format!("{place}, its first value"))?;
    }
    Ok(())
}

/// Checks the settings: that each has a default and a check of its type, if any.
pub(super) fn verify_settings(image: &Image) -> Result<(), ImageError> {
    for setting in &image.settings {
        let place = format!("setting `{}`", setting.name);
        type_exists(image, setting.type_, &place)?;
        let Some(bank) = bank_of(image, setting.type_) else {
            return Err(broken(place, "its type has no values"));
        };
        if let Some(default) = setting.default {
            has_shape(image, default, &[], Some(Bank::Ref), &format!("{place}, its default"))?;
        }
        if let Some(check) = setting.check {
            has_shape(image, check, &[bank], None, &format!("{place}, its check"))?;
        }
    }
    Ok(())
}

/// Checks a task: that its body takes its parameters and gives its result.
pub(super) fn verify_task(image: &Image, task: &Task) -> Result<(), ImageError> {
    let place = format!("task `{}`", task.name);
    at_most(&place, task.parameters.len(), limits::TASK_PARAMETERS)?;
    at_most(&place, task.schedules.len(), limits::SCHEDULES)?;
    at_most(&place, task.needs.len(), limits::NEEDS)?;
    type_exists(image, task.result, &place)?;
    let mut expected = vec![Bank::Word];
    for parameter in &task.parameters {
        let place = format!("{place}, parameter `{}`", parameter.name);
        type_exists(image, parameter.type_, &place)?;
        let Some(bank) = bank_of(image, parameter.type_) else {
            return Err(broken(place, "its type has no values"));
        };
        expected.push(bank);
        if let Some(check) = parameter.check {
            has_shape(image, check, &[bank], None, &format!("{place}, its check"))?;
        }
        if let Some(choices) = parameter.choices {
            has_shape(image, choices, &[], Some(Bank::Ref), &format!("{place}, its choices"))?;
        }
    }
    has_shape(image, task.entry, &expected, bank_of(image, task.result), &format!("{place}, its body"))?;
    heads::verify_triggers(image, task, &place)?;
    heads::verify_clauses(image, task, &expected, &place)
}

fn bank_of(image: &Image, id: TypeId) -> Option<Bank> {
    image.types.get(usize::from(id.0)).and_then(|type_| type_.bank(&image.types))
}

pub(super) fn has_shape(
    image: &Image,
    id: FunctionId,
    parameters: &[Bank],
    result: Option<Bank>,
    place: &str,
) -> Result<(), ImageError> {
    let Some(Function { parameters: found, result: gives, captures: 0, .. }) = image.functions.get(usize::from(id.0))
    else {
        return Err(broken(place, format!("{id} is no function of its own")));
    };
    if found != parameters {
        return Err(broken(place, format!("{id} takes {found:?}, expected {parameters:?}")));
    }
    if *gives != result {
        return Err(broken(place, format!("{id} gives {gives:?}, expected {result:?}")));
    }
    Ok(())
}
