//! Records and cases, and what must hold of their fields and of refined types.

use super::value::{Failure, Stop, Value};
use super::{Frame, Machine};
use compiler::ir::{Condition, Expr, Field, RefinedId, Type, TypeKind};

impl<'p> Machine<'p, '_> {
    pub(super) fn record(
        &mut self,
        frame: &mut Frame<'p>,
        expr: &'p Expr,
        fields: &'p [Expr],
        order: &[u32],
    ) -> Result<Value<'p>, Stop<'p>> {
        let TypeKind::Record(id, _) = self.kind(frame, expr.type_) else { panic!("a record has a record's type") };
        let shape = &self.program.records[id.0 as usize].fields;
        let mut values = vec![Value::None; fields.len()];
        for at in order.iter().map(|at| *at as usize) {
            let value = self.evaluate(frame, &fields[at])?;
            let checked = self.check_field(&shape[at], &value);
            self.placed(checked, frame, expr.span)?;
            values[at] = value;
        }
        Ok(Value::Record(id, values))
    }

    pub(super) fn case(
        &mut self,
        frame: &mut Frame<'p>,
        expr: &'p Expr,
        tag: u32,
        fields: &'p [Expr],
    ) -> Result<Value<'p>, Stop<'p>> {
        let TypeKind::Enum(id, _) = self.kind(frame, expr.type_) else { panic!("a case has an enum's type") };
        let shape = &self.program.enums[id.0 as usize].cases[tag as usize].fields;
        let mut values = Vec::new();
        for (field, value) in shape.iter().zip(fields) {
            let value = self.evaluate(frame, value)?;
            self.check_field(field, &value)?;
            values.push(value);
        }
        Ok(Value::Case(id, tag, values))
    }

    /// Fails with `invalid` where the condition on a field does not hold of a value.
    pub(super) fn check_field(&mut self, field: &'p Field, value: &Value<'p>) -> Result<(), Stop<'p>> {
        match &field.condition {
            Some(condition) => self.check(condition, &format!(" for `{}`", field.name), value, Vec::new()),
            None => Ok(()),
        }
    }

    /// Fails with `invalid` where a value is not of a refined type; what the type narrows is asked first.
    pub(super) fn check_refined(&mut self, id: RefinedId, value: &Value<'p>) -> Result<(), Stop<'p>> {
        let refined = &self.program.refined[id.0 as usize];
        if let TypeKind::Refined(base) = self.types.kind(refined.base).clone() {
            self.check_refined(base, value)?;
        }
        match &refined.condition {
            Some(condition) => self.check(condition, &format!(", which is no `{}`", refined.name), value, Vec::new()),
            None => Ok(()),
        }
    }

    /// Fails with `invalid` where a condition does not hold of a value; `role` says what the value is there.
    pub(super) fn check(
        &mut self,
        condition: &'p Condition,
        role: &str,
        value: &Value<'p>,
        arguments: Vec<Type>,
    ) -> Result<(), Stop<'p>> {
        if self.enter(&condition.body, vec![value.clone()], arguments)?.as_bool() {
            return Ok(());
        }
        let found = match value {
            Value::Text(text) => format!("\"{text}\""),
            value => self.text(value),
        };
        let message = format!("found {found}{role}: `{}` must hold", condition.text);
        Err(Failure::new("invalid", message).into())
    }

    /// Asks all conditions in a value from outside, from the inside out.
    pub(super) fn check_all(&mut self, value: &Value<'p>, type_: Type) -> Result<(), Stop<'p>> {
        match (self.types.kind(type_).clone(), value) {
            (TypeKind::Refined(id), value) => {
                let base = self.program.refined[id.0 as usize].base;
                self.check_all(value, base)?;
                self.check_refined(id, value)
            }
            (TypeKind::Optional(_), Value::None) => Ok(()),
            (TypeKind::Optional(inner), value) => self.check_all(value, inner),
            (TypeKind::List(item), Value::List(items)) => {
                items.iter().try_for_each(|value| self.check_all(value, item))
            }
            (TypeKind::Map(key, entry), Value::Map(entries)) => {
                for (name, value) in entries {
                    self.check_all(name, key)?;
                    self.check_all(value, entry)?;
                }
                Ok(())
            }
            (TypeKind::Record(id, arguments), Value::Record(_, values)) => {
                let fields = &self.program.records[id.0 as usize].fields;
                self.check_fields(fields, values, &arguments)
            }
            (TypeKind::Enum(id, arguments), Value::Case(_, tag, values)) => {
                let fields = &self.program.enums[id.0 as usize].cases[*tag as usize].fields;
                self.check_fields(fields, values, &arguments)
            }
            (_, _) => Ok(()),
        }
    }

    fn check_fields(&mut self, fields: &'p [Field], values: &[Value<'p>], arguments: &[Type]) -> Result<(), Stop<'p>> {
        for (field, value) in fields.iter().zip(values) {
            let type_ = self.types.substitute(field.type_, arguments);
            self.check_all(value, type_)?;
            self.check_field(field, value)?;
        }
        Ok(())
    }
}
