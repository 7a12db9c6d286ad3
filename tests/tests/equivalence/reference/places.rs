//! Variables and their parts: what is changed, and where errors are.

use super::evaluate::{read, write};
use super::value::{Failure, Stop, Value, set};
use super::{DEPTH, Frame, Machine, SIZE, natives, numbers};
use compiler::ir::{Binary, Expr, LocalId, Target, TargetStep};
use diagnostics::Span;
use serde_json::Value as Json;

/// A step into a variable.
pub(super) enum Step<'p> {
    Field(u32),
    Index(Value<'p>),
}

impl<'p> Machine<'p, '_> {
    /// Gives an error its place, unless it has one.
    pub(super) fn placed<T>(&self, given: Result<T, Stop<'p>>, frame: &Frame<'p>, span: Span) -> Result<T, Stop<'p>> {
        given.map_err(|stop| match stop {
            Stop::Fail(Value::Record(id, mut fields)) => {
                if matches!(fields[3], Value::None) {
                    let at = self.sources.start(span.in_file(frame.file));
                    let name = self.sources.file(frame.file).name();
                    // An image has no text of the library, so what fails there has no line.
                    let is_library = name.starts_with("std/");
                    let line = if is_library { String::new() } else { format!(":{}:{}", at.line, at.column) };
                    fields[3] = Value::Text(format!("{name}{line}"));
                }
                Stop::Fail(Value::Record(id, fields))
            }
            other => other,
        })
    }

    /// Evaluates the indices of a target.
    pub(super) fn way(&mut self, frame: &mut Frame<'p>, target: &'p Target) -> Result<Vec<Step<'p>>, Stop<'p>> {
        let steps = target.path.iter().map(|step| match step {
            TargetStep::Field(field, _) => Ok(Step::Field(*field)),
            TargetStep::Index(index, _) => self.evaluate(frame, index).map(Step::Index),
        });
        steps.collect()
    }

    /// Assigns: the way, what is there, the new value, and then the change.
    pub(super) fn assign(
        &mut self,
        frame: &mut Frame<'p>,
        target: &'p Target,
        operator: Option<Binary>,
        value: &'p Expr,
    ) -> Result<(), Stop<'p>> {
        let way = self.way(frame, target)?;
        let new = match operator {
            None => self.evaluate(frame, value)?,
            Some(operator) => {
                let old = self.part(&read(frame, target.local), &way)?;
                let right = self.evaluate(frame, value)?;
                let new = numbers::binary(operator, old, right)?;
                self.within_limits(new)?
            }
        };
        let changed = self.replaced(read(frame, target.local), &way, new)?;
        self.keep(frame, target.local, changed)
    }

    /// Gives a variable a new value, unless it has grown out of bounds.
    pub(super) fn keep(&self, frame: &mut Frame<'p>, local: LocalId, value: Value<'p>) -> Result<(), Stop<'p>> {
        let mut left = SIZE;
        if !fits(&value, DEPTH, &mut left) {
            return Err(Stop::TooMuch);
        }
        write(frame, local, value);
        Ok(())
    }

    /// Calls a native that changes a part of a variable.
    pub(super) fn change(
        &mut self,
        frame: &mut Frame<'p>,
        local: LocalId,
        way: &[Step<'p>],
        name: &str,
        arguments: Vec<Value<'p>>,
    ) -> Result<Value<'p>, Stop<'p>> {
        let mut part = self.part(&read(frame, local), way)?;
        let given = natives::change(name, &mut part, arguments)?;
        let part = self.within_limits(part)?;
        let changed = self.replaced(read(frame, local), way, part)?;
        self.keep(frame, local, changed)?;
        Ok(given)
    }

    fn part(&self, value: &Value<'p>, way: &[Step<'p>]) -> Result<Value<'p>, Failure> {
        match way {
            [] => Ok(value.clone()),
            [Step::Field(field), rest @ ..] => self.part(value.field(*field), rest),
            [Step::Index(index), rest @ ..] => self.part(&self.item(value, index)?, rest),
        }
    }

    /// Gives a value with a part of it replaced. What fields say of their values must still hold.
    fn replaced(&mut self, value: Value<'p>, way: &[Step<'p>], new: Value<'p>) -> Result<Value<'p>, Stop<'p>> {
        match (way, value) {
            ([], _) => Ok(new),
            ([Step::Field(field), rest @ ..], value) => {
                let inner = self.replaced(value.field(*field).clone(), rest, new)?;
                self.with_field(value, *field, inner)
            }
            // A new key makes an entry.
            ([Step::Index(key)], Value::Map(mut entries)) => {
                set(&mut entries, key.clone(), new);
                Ok(Value::Map(entries))
            }
            ([Step::Index(key)], Value::Json(Json::Object(mut entries))) => {
                entries.insert(key.as_text().to_owned(), new.as_json());
                Ok(Value::Json(Json::Object(entries)))
            }
            ([Step::Index(index), rest @ ..], value) => {
                let inner = self.replaced(self.item(&value, index)?, rest, new)?;
                Ok(match value {
                    Value::List(mut items) => {
                        items[index.as_int() as usize] = inner;
                        Value::List(items)
                    }
                    Value::Map(mut entries) => {
                        set(&mut entries, index.clone(), inner);
                        Value::Map(entries)
                    }
                    other => panic!("{other:?} has no parts"),
                })
            }
        }
    }

    /// Gives a record with a field replaced, if the field takes the value.
    pub(super) fn with_field(&mut self, record: Value<'p>, field: u32, new: Value<'p>) -> Result<Value<'p>, Stop<'p>> {
        let Value::Record(id, mut fields) = record else { panic!("{record:?} is no record") };
        self.check_field(&self.program.records[id.0 as usize].fields[field as usize], &new)?;
        fields[field as usize] = new;
        Ok(Value::Record(id, fields))
    }
}

/// Says whether a value has no more values in it than are left, and none too deep.
fn fits(value: &Value<'_>, depth: u32, left: &mut usize) -> bool {
    let (Some(depth), Some(less)) = (depth.checked_sub(1), left.checked_sub(1)) else { return false };
    *left = less;
    let mut all = |values: &[Value<'_>]| values.iter().all(|each| fits(each, depth, left));
    match value {
        Value::List(values)
        | Value::Set(values)
        | Value::Record(_, values)
        | Value::Case(_, _, values)
        | Value::Lambda(_, values, _) => all(values),
        Value::Map(entries) => entries.iter().all(|(key, value)| fits(key, depth, left) && fits(value, depth, left)),
        _ => true,
    }
}
