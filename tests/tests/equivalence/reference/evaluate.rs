//! Expressions and statements, each as the manual tells it: operands from left to right, and nothing twice.

use super::value::{Failure, Stop, Value, equal, get, order, set_of};
use super::{Frame, Machine, numbers};
use compiler::ir::{Catch, Expr, ExprKind, For, LocalId, Over, Pattern, Statement, TypeKind};
use serde_json::Value as Json;

type Given<'p> = Result<Value<'p>, Stop<'p>>;

/// What several fibers and the engine do has its own tests; the programs that are generated here have none of it.
const DURABLE: &str = "the reference knows no steps, waits and branches";

/// The kinds that a `catch` without kinds passes by.
const MUST_BE_NAMED: [&str; 5] = ["forbidden", "limit", "interrupted", "assertion", "internal"];

impl<'p> Machine<'p, '_> {
    /// Evaluates an expression. An error that has no place yet has the place of this expression.
    pub(super) fn evaluate(&mut self, frame: &mut Frame<'p>, expr: &'p Expr) -> Given<'p> {
        if self.steps == 0 {
            return Err(Stop::TooMuch);
        }
        self.steps -= 1;
        let given = self.expression(frame, expr);
        self.placed(given, frame, expr.span)
    }

    fn all(&mut self, frame: &mut Frame<'p>, exprs: &'p [Expr]) -> Result<Vec<Value<'p>>, Stop<'p>> {
        exprs.iter().map(|each| self.evaluate(frame, each)).collect()
    }

    fn expression(&mut self, frame: &mut Frame<'p>, expr: &'p Expr) -> Given<'p> {
        Ok(match &expr.kind {
            ExprKind::Int(number) => match self.kind(frame, expr.type_) {
                TypeKind::Duration => Value::Duration(*number),
                TypeKind::Date => Value::Date(*number),
                TypeKind::Time => Value::Time(*number),
                _ => Value::Int(*number),
            },
            ExprKind::Float(number) => Value::Float(*number),
            ExprKind::Decimal(number) => Value::Decimal(*number),
            ExprKind::Bool(value) => Value::Bool(*value),
            ExprKind::String(text) => Value::text(text),
            ExprKind::DateTime(instant, zone) => Value::DateTime(*instant, zone.clone()),
            ExprKind::None | ExprKind::Nothing => Value::None,
            ExprKind::Local(local) => read(frame, *local),
            ExprKind::Text(parts) => {
                let mut text = String::new();
                for part in parts {
                    let value = self.evaluate(frame, part)?;
                    text.push_str(&self.text(&value));
                }
                self.within_limits(Value::Text(text))?
            }
            ExprKind::List(items) => {
                let items = self.all(frame, items)?;
                if matches!(self.kind(frame, expr.type_), TypeKind::Set(_)) {
                    set_of(items)
                } else {
                    Value::List(items)
                }
            }
            ExprKind::Map(entries) => {
                let mut map = Vec::new();
                for (key, value) in entries {
                    let key = self.evaluate(frame, key)?;
                    let value = self.evaluate(frame, value)?;
                    super::value::set(&mut map, key, value);
                }
                Value::Map(map)
            }
            ExprKind::Record { fields, order } => self.record(frame, expr, fields, order)?,
            ExprKind::Case { tag, fields } => self.case(frame, expr, *tag, fields)?,
            ExprKind::With { value, changes } => {
                let mut record = self.evaluate(frame, value)?;
                for (field, change) in changes {
                    let new = self.evaluate(frame, change)?;
                    record = self.with_field(record, *field, new)?;
                }
                record
            }
            ExprKind::Call { function, type_arguments, arguments } => {
                let types = self.concrete(frame, type_arguments);
                let arguments = self.all(frame, arguments)?;
                self.call(*function, types, arguments)?
            }
            ExprKind::Change { function, target, arguments, .. } => {
                let way = self.way(frame, target)?;
                let arguments = self.all(frame, arguments)?;
                let name = &self.program.functions[function.0 as usize].name;
                self.change(frame, target.local, &way, name, arguments)?
            }
            ExprKind::Inner { .. }
            | ExprKind::TaskArguments { .. }
            | ExprKind::Step(_)
            | ExprKind::ParallelEach { .. } => panic!("{DURABLE}"),
            ExprKind::Secret(_) | ExprKind::Disclose(_) | ExprKind::Held(_) | ExprKind::Deferred { .. } => {
                panic!("no generated program has a secret")
            }
            ExprKind::CallValue { function, arguments } => {
                let function = self.evaluate(frame, function)?;
                let arguments = self.all(frame, arguments)?;
                self.call_value(function, arguments)?
            }
            ExprKind::Lambda { captures, body } => {
                let captured = captures.iter().map(|local| read(frame, *local)).collect();
                Value::Lambda(body, captured, frame.arguments.clone())
            }
            ExprKind::Function { function, type_arguments } => {
                Value::Function(*function, self.concrete(frame, type_arguments))
            }
            ExprKind::Field { value, field } => self.evaluate(frame, value)?.field(*field).clone(),
            ExprKind::Index { value, index } => {
                let value = self.evaluate(frame, value)?;
                let index = self.evaluate(frame, index)?;
                self.item(&value, &index)?
            }
            ExprKind::Negate(value) => numbers::negate(self.evaluate(frame, value)?)?,
            ExprKind::Not(value) => Value::Bool(!self.evaluate(frame, value)?.as_bool()),
            ExprKind::Binary { operator, left, right } => {
                let left = self.evaluate(frame, left)?;
                let right = self.evaluate(frame, right)?;
                let value = numbers::binary(*operator, left, right)?;
                self.within_limits(value)?
            }
            ExprKind::And(left, right) => {
                let decided = !self.evaluate(frame, left)?.as_bool();
                if decided { Value::Bool(false) } else { self.evaluate(frame, right)? }
            }
            ExprKind::Or(left, right) => {
                let decided = self.evaluate(frame, left)?.as_bool();
                if decided { Value::Bool(true) } else { self.evaluate(frame, right)? }
            }
            ExprKind::Otherwise(value, fallback) => match self.evaluate(frame, value)? {
                Value::None => self.evaluate(frame, fallback)?,
                value => value,
            },
            ExprKind::Contains { within, value } => {
                let value = self.evaluate(frame, value)?;
                let within = self.evaluate(frame, within)?;
                Value::Bool(match &within {
                    Value::List(items) | Value::Set(items) => items.iter().any(|item| equal(item, &value)),
                    Value::Map(entries) => get(entries, &value).is_some(),
                    within => within.as_text().contains(value.as_text()),
                })
            }
            ExprKind::InRange { value, from, to, inclusive } => {
                let value = self.evaluate(frame, value)?;
                let from = self.evaluate(frame, from)?;
                let to = self.evaluate(frame, to)?;
                Value::Bool(in_range(&value, &from, &to, *inclusive))
            }
            ExprKind::Is { value, pattern } => {
                let value = self.evaluate(frame, value)?;
                Value::Bool(self.fits(frame, &value, pattern)?)
            }
            ExprKind::Some(value) | ExprKind::Unwrap(value) | ExprKind::Retype(value) => self.evaluate(frame, value)?,
            ExprKind::Chain { value, local, body } => match self.evaluate(frame, value)? {
                Value::None => Value::None,
                value => {
                    write(frame, *local, value);
                    self.evaluate(frame, body)?
                }
            },
            ExprKind::IntToFloat(value) => Value::Float(self.evaluate(frame, value)?.as_int() as f64),
            ExprKind::Encode(inner) => {
                let value = self.evaluate(frame, inner)?;
                Value::json(self.encode(&value, inner.type_, &frame.arguments.clone()))
            }
            ExprKind::Decode(inner) => {
                let json = self.evaluate(frame, inner)?.as_json();
                let type_ = self.types.substitute(expr.type_, &frame.arguments);
                let value = self.decode(&json, type_);
                let value = value.map_err(|problems| Failure::new("invalid", problems.join("; ")))?;
                self.check_all(&value, type_)?;
                value
            }
            ExprKind::Refine { refined, value } => {
                let value = self.evaluate(frame, value)?;
                self.check_refined(*refined, &value)?;
                value
            }
            ExprKind::Try(value) => {
                let TypeKind::Enum(of, _) = self.kind(frame, expr.type_) else { panic!("`try` gives a Result") };
                match self.evaluate(frame, value) {
                    Ok(value) => Value::Case(of, 0, vec![value]),
                    Err(Stop::Fail(error)) if takes(&[], &error) => Value::Case(of, 1, vec![error]),
                    Err(stop) => return Err(stop),
                }
            }
            ExprKind::CatchValue { value, fallback } => match self.evaluate(frame, value) {
                Err(Stop::Fail(error)) if takes(&[], &error) => self.evaluate(frame, fallback)?,
                other => other?,
            },
            ExprKind::If { condition, then, otherwise } => {
                if self.evaluate(frame, condition)?.as_bool() {
                    self.evaluate(frame, then)?
                } else {
                    otherwise.as_deref().map_or(Ok(Value::None), |each| self.evaluate(frame, each))?
                }
            }
            ExprKind::Match { value, arms } => {
                let value = self.evaluate(frame, value)?;
                for arm in arms {
                    if !self.fits(frame, &value, &arm.pattern)? {
                        continue;
                    }
                    if let Some(guard) = &arm.guard
                        && !self.evaluate(frame, guard)?.as_bool()
                    {
                        continue;
                    }
                    return self.evaluate(frame, &arm.body);
                }
                panic!("no arm fits {value:?}")
            }
            ExprKind::For(walked) => self.walk(frame, walked)?,
            ExprKind::While { condition, body } => {
                while self.evaluate(frame, condition)?.as_bool() {
                    match self.evaluate(frame, body) {
                        Ok(_) | Err(Stop::Continue) => {}
                        Err(Stop::Break) => break,
                        Err(stop) => return Err(stop),
                    }
                }
                Value::None
            }
            ExprKind::Break => return Err(Stop::Break),
            ExprKind::Continue => return Err(Stop::Continue),
            ExprKind::Return(value) => {
                let value = value.as_deref().map_or(Ok(Value::None), |each| self.evaluate(frame, each))?;
                return Err(Stop::Return(value));
            }
            ExprKind::Fail { kind, retryable, message } => {
                let message = self.evaluate(frame, message)?;
                return Err(Stop::Fail(Value::error(kind, message.as_text(), *retryable)));
            }
            ExprKind::Rethrow(error) => return Err(Stop::Fail(self.evaluate(frame, error)?)),
            ExprKind::TryBlock { body, catches, finally } => {
                let given = self.try_catches(frame, body, catches);
                match finally {
                    Some(finally) => self.finally(frame, given, finally)?,
                    None => given?,
                }
            }
            ExprKind::Block { statements, value } => {
                for statement in statements {
                    self.statement(frame, statement)?;
                }
                value.as_deref().map_or(Ok(Value::None), |each| self.evaluate(frame, each))?
            }
        })
    }

    fn statement(&mut self, frame: &mut Frame<'p>, statement: &'p Statement) -> Result<(), Stop<'p>> {
        match statement {
            Statement::Let { local, value } => {
                let value = self.evaluate(frame, value)?;
                self.keep(frame, *local, value)?;
            }
            Statement::Assign { target, operator, value, span } => {
                let given = self.assign(frame, target, *operator, value);
                self.placed(given, frame, *span)?;
            }
            Statement::Parallel(_) => panic!("{DURABLE}"),
            Statement::Expr(value) => drop(self.evaluate(frame, value)?),
        }
        Ok(())
    }

    fn try_catches(&mut self, frame: &mut Frame<'p>, body: &'p Expr, catches: &'p [Catch]) -> Given<'p> {
        let error = match self.evaluate(frame, body) {
            Err(Stop::Fail(error)) => error,
            other => return other,
        };
        let Some(catch) = catches.iter().find(|catch| takes(&catch.kinds, &error)) else {
            return Err(Stop::Fail(error));
        };
        if let Some(local) = catch.local {
            write(frame, local, error);
        }
        self.evaluate(frame, &catch.body)
    }

    /// The first error stays; one of the `finally` becomes its cause, unless it has one.
    fn finally(&mut self, frame: &mut Frame<'p>, given: Given<'p>, finally: &'p Expr) -> Given<'p> {
        match (given, self.evaluate(frame, finally)) {
            (given, Ok(_)) => given,
            (Err(Stop::Fail(Value::Record(id, mut fields))), Err(Stop::Fail(second))) => {
                if matches!(fields[4], Value::None) {
                    fields[4] = second;
                }
                Err(Stop::Fail(Value::Record(id, fields)))
            }
            (_, Err(stop)) => Err(stop),
        }
    }

    fn walk(&mut self, frame: &mut Frame<'p>, walked: &'p For) -> Given<'p> {
        let mut yielded = Vec::new();
        match &walked.over {
            Over::Items { list, item } => {
                for value in self.evaluate(frame, list)?.as_list() {
                    write(frame, *item, value.clone());
                    if self.turn(frame, walked, &mut yielded)? {
                        break;
                    }
                }
            }
            Over::Entries { map, key, value } => {
                for (name, entry) in self.evaluate(frame, map)?.as_map() {
                    write(frame, *key, name.clone());
                    write(frame, *value, entry.clone());
                    if self.turn(frame, walked, &mut yielded)? {
                        break;
                    }
                }
            }
            Over::Range { from, to, inclusive, item } => {
                let from = self.evaluate(frame, from)?.as_int();
                let to = self.evaluate(frame, to)?.as_int();
                let mut at = i128::from(from);
                let end = i128::from(to) + i128::from(*inclusive);
                while at < end {
                    write(frame, *item, Value::Int(at as i64));
                    if self.turn(frame, walked, &mut yielded)? {
                        break;
                    }
                    at += 1;
                }
            }
            Over::Parts { path, from, part, item, .. } => {
                let first = self.evaluate(frame, &path.0)?;
                write(frame, path.1, first);
                let first = self.evaluate(frame, &from.0)?;
                write(frame, from.1, first);
                'parts: loop {
                    let lines = self.evaluate(frame, part)?;
                    for value in lines.field(0).as_list() {
                        write(frame, *item, value.clone());
                        if self.turn(frame, walked, &mut yielded)? {
                            break 'parts;
                        }
                    }
                    match lines.field(1) {
                        Value::None => break,
                        next => write(frame, from.1, next.clone()),
                    }
                }
            }
        }
        Ok(if walked.yields { Value::List(yielded) } else { Value::None })
    }

    /// Does one turn of a loop; says whether it was the last.
    fn turn(&mut self, frame: &mut Frame<'p>, walked: &'p For, yielded: &mut Vec<Value<'p>>) -> Result<bool, Stop<'p>> {
        match self.evaluate(frame, &walked.body) {
            Ok(value) => yielded.push(value),
            Err(Stop::Continue) => {}
            Err(Stop::Break) => return Ok(true),
            Err(stop) => return Err(stop),
        }
        Ok(false)
    }

    /// Says whether a value fits a pattern, and binds its names.
    fn fits(&mut self, frame: &mut Frame<'p>, value: &Value<'p>, pattern: &'p Pattern) -> Result<bool, Stop<'p>> {
        Ok(match pattern {
            Pattern::Any => true,
            Pattern::Bind(local) => {
                write(frame, *local, value.clone());
                true
            }
            Pattern::Value(literal) => equal(value, &self.evaluate(frame, literal)?),
            Pattern::Range { from, to, inclusive } => {
                let from = self.evaluate(frame, from)?;
                let to = self.evaluate(frame, to)?;
                in_range(value, &from, &to, *inclusive)
            }
            Pattern::None => matches!(value, Value::None),
            Pattern::Some(inner, _) => !matches!(value, Value::None) && self.fits(frame, value, inner)?,
            Pattern::Case { tag, fields } => {
                let Value::Case(_, found, values) = value else { panic!("{value:?} is no case") };
                if found != tag {
                    return Ok(false);
                }
                for ((inner, _), value) in fields.iter().zip(values) {
                    if !self.fits(frame, value, inner)? {
                        return Ok(false);
                    }
                }
                true
            }
            Pattern::Record(fields) => {
                for (field, inner, _) in fields {
                    if !self.fits(frame, value.field(*field), inner)? {
                        return Ok(false);
                    }
                }
                true
            }
            Pattern::Or(choices) => {
                for choice in choices {
                    if self.fits(frame, value, choice)? {
                        return Ok(true);
                    }
                }
                false
            }
        })
    }

    /// Gives the item of a list, the value of a key, or a part of json.
    pub(super) fn item(&self, value: &Value<'p>, index: &Value<'p>) -> Result<Value<'p>, Failure> {
        match value {
            Value::List(items) => {
                let at = index.as_int();
                let found = usize::try_from(at).ok().and_then(|at| items.get(at));
                found.cloned().ok_or_else(|| match items.len() {
                    0 => Failure::new("out_of_range", format!("index {at} of an empty list")),
                    length => Failure::new("out_of_range", format!("index {at} of a list of {length}")),
                })
            }
            Value::Map(entries) => get(entries, index).cloned().ok_or_else(|| self.no_key(index)),
            json => Ok(Value::json(match (json.as_json(), index) {
                (Json::Array(items), Value::Int(at)) => {
                    usize::try_from(*at).ok().and_then(|at| items.get(at).cloned()).unwrap_or_default()
                }
                (Json::Object(entries), Value::Text(key)) => entries.get(key).cloned().unwrap_or_default(),
                (_, _) => Json::Null,
            })),
        }
    }
}

/// Says whether a `catch` takes an error; one without kinds takes what the world does.
fn takes(kinds: &[String], error: &Value<'_>) -> bool {
    let (kind, _) = error.kind_and_message();
    if kinds.is_empty() { !MUST_BE_NAMED.contains(&kind.as_str()) } else { kinds.contains(&kind) }
}

fn in_range(value: &Value<'_>, from: &Value<'_>, to: &Value<'_>, inclusive: bool) -> bool {
    let behind = order(from, value).is_some_and(std::cmp::Ordering::is_le);
    let before = order(value, to);
    behind && before.is_some_and(|order| if inclusive { order.is_le() } else { order.is_lt() })
}

pub(super) fn read<'p>(frame: &Frame<'p>, local: LocalId) -> Value<'p> {
    let name = &frame.body.locals[local.0 as usize].name;
    frame.locals[local.0 as usize].clone().unwrap_or_else(|| panic!("`{name}` is read before it has a value"))
}

pub(super) fn write<'p>(frame: &mut Frame<'p>, local: LocalId, value: Value<'p>) {
    frame.locals[local.0 as usize] = Some(value);
}
