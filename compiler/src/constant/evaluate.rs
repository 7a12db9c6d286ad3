//! The evaluator: an expression of the checked program to its value, if that is known here.
//!
//! It never loops: `for` and `while` are not known, and calls are bounded in number and depth.

use super::{Constant, native, operators, pattern};
use crate::ir::{
    Body, Condition, Expr, ExprKind, FunctionId, FunctionKind, LocalId, Program, Statement, Type, TypeKind,
};
use rustc_hash::FxHashMap;

/// How many expressions are visited at most.
const MOST_STEPS: u32 = 20_000;
/// How deep expressions and calls may stand in each other.
const DEEPEST: u32 = 200;
/// How long a text, in bytes, or a list may become.
pub(super) const LONGEST: usize = 1 << 16;

/// Gives the value of an expression that needs no local from outside; `None` where it is not known, or cannot be
/// computed (an overflow, an index that is not there).
pub fn evaluate(program: &Program, expr: &Expr) -> Option<Constant> {
    Evaluator::new(program).value(expr).ok()
}

/// Says whether a value meets a condition; `None` where that is not known.
pub fn holds(program: &Program, condition: &Condition, value: &Constant) -> Option<bool> {
    match Evaluator::new(program).body(&condition.body, vec![value.clone()]) {
        Ok(Constant::Bool(holds)) => Some(holds),
        Ok(_) | Err(_) => None,
    }
}

/// Why there is no value.
pub(super) enum Stop {
    /// It is not known here.
    Unknown,
    /// The body has returned.
    Return(Constant),
}

pub(super) type Outcome = Result<Constant, Stop>;

pub(super) struct Evaluator<'p> {
    pub(super) program: &'p Program,
    locals: FxHashMap<LocalId, Constant>,
    steps: u32,
    depth: u32,
}

impl<'p> Evaluator<'p> {
    fn new(program: &'p Program) -> Self {
        Evaluator { program, locals: FxHashMap::default(), steps: MOST_STEPS, depth: DEEPEST }
    }

    pub(super) fn bind(&mut self, local: LocalId, value: Constant) {
        self.locals.insert(local, value);
    }

    pub(super) fn value(&mut self, expr: &Expr) -> Outcome {
        self.steps = self.steps.checked_sub(1).ok_or(Stop::Unknown)?;
        self.depth = self.depth.checked_sub(1).ok_or(Stop::Unknown)?;
        let outcome = self.expr(expr);
        self.depth += 1;
        outcome
    }

    fn body(&mut self, body: &Body, arguments: Vec<Constant>) -> Outcome {
        let locals = (0..).map(LocalId).zip(arguments).collect();
        let outer = std::mem::replace(&mut self.locals, locals);
        let outcome = self.value(&body.value);
        self.locals = outer;
        match outcome {
            Err(Stop::Return(value)) => Ok(value),
            Ok(_) | Err(Stop::Unknown) => outcome,
        }
    }

    fn expr(&mut self, expr: &Expr) -> Outcome {
        match &expr.kind {
            ExprKind::Int(number) => self.number(expr.type_, *number),
            ExprKind::Float(number) => finite(*number),
            ExprKind::Decimal(number) => Ok(Constant::Decimal(*number)),
            ExprKind::Bool(value) => Ok(Constant::Bool(*value)),
            ExprKind::String(text) => Ok(Constant::String(text.clone())),
            ExprKind::DateTime(at, zone) => Ok(Constant::DateTime(*at, zone.clone())),
            ExprKind::None => Ok(Constant::None),
            ExprKind::Nothing => Ok(Constant::Nothing),
            ExprKind::Local(local) => self.locals.get(local).cloned().ok_or(Stop::Unknown),
            ExprKind::Text(parts) => self.text(parts),
            ExprKind::List(items) => self.list(expr.type_, items),
            ExprKind::Map(entries) => self.map(entries),
            ExprKind::Record { fields, .. } => match self.kind(expr.type_) {
                TypeKind::Record(id, _) => Ok(Constant::Record(*id, self.all(fields)?)),
                _ => Err(Stop::Unknown),
            },
            ExprKind::Case { tag, fields } => match self.kind(expr.type_) {
                TypeKind::Enum(id, _) => Ok(Constant::Case(*id, *tag, self.all(fields)?)),
                _ => Err(Stop::Unknown),
            },
            ExprKind::With { value, changes } => self.with(value, changes),
            ExprKind::Call { function, arguments, .. } => self.call(*function, arguments),
            ExprKind::Field { value, field } => match self.value(value)? {
                Constant::Record(_, mut fields) if (*field as usize) < fields.len() => {
                    Ok(fields.swap_remove(*field as usize))
                }
                _ => Err(Stop::Unknown),
            },
            ExprKind::Index { value, index } => {
                let value = self.value(value)?;
                let index = self.value(index)?;
                operators::index(&value, &index).ok_or(Stop::Unknown)
            }
            ExprKind::Negate(operand) => {
                let operand = self.value(operand)?;
                operators::negate(&operand).ok_or(Stop::Unknown)
            }
            ExprKind::Not(operand) => Ok(Constant::Bool(!self.bool(operand)?)),
            ExprKind::Binary { operator, left, right } => {
                let left = self.value(left)?;
                let right = self.value(right)?;
                operators::binary(*operator, &left, &right).ok_or(Stop::Unknown)
            }
            ExprKind::And(left, right) => Ok(Constant::Bool(self.bool(left)? && self.bool(right)?)),
            ExprKind::Or(left, right) => Ok(Constant::Bool(self.bool(left)? || self.bool(right)?)),
            ExprKind::Otherwise(left, right) => match self.value(left)? {
                Constant::None => self.value(right),
                Constant::Json(_) => Err(Stop::Unknown),
                value => Ok(value),
            },
            ExprKind::Contains { within, value } => {
                let value = self.value(value)?;
                let within = self.value(within)?;
                operators::contains(&within, &value).map(Constant::Bool).ok_or(Stop::Unknown)
            }
            ExprKind::InRange { value, from, to, inclusive } => {
                let value = self.value(value)?;
                let from = self.value(from)?;
                let to = self.value(to)?;
                operators::in_range(&value, &from, &to, *inclusive).map(Constant::Bool).ok_or(Stop::Unknown)
            }
            ExprKind::Is { value, pattern } => {
                let value = self.value(value)?;
                Ok(Constant::Bool(pattern::fits(self, pattern, &value)?))
            }
            // An optional that is there and its value are one constant, and so are a refined value and its base.
            ExprKind::Some(value) | ExprKind::Unwrap(value) | ExprKind::Retype(value) => self.value(value),
            ExprKind::CatchValue { value, .. } => self.value(value),
            ExprKind::Chain { value, local, body } => match self.value(value)? {
                Constant::None => Ok(Constant::None),
                value => {
                    self.bind(*local, value);
                    self.value(body)
                }
            },
            ExprKind::IntToFloat(value) => match self.value(value)? {
                Constant::Int(number) => finite(number as f64),
                _ => Err(Stop::Unknown),
            },
            ExprKind::Encode(value) => Ok(Constant::Json(self.value(value)?.to_json_text(self.program))),
            ExprKind::Refine { refined, value } => {
                let value = self.value(value)?;
                self.refine(refined.0, value)
            }
            ExprKind::If { condition, then, otherwise } => match (self.bool(condition)?, otherwise) {
                (true, _) => self.value(then),
                (false, Some(otherwise)) => self.value(otherwise),
                (false, None) => Ok(Constant::Nothing),
            },
            ExprKind::Match { value, arms } => {
                let value = self.value(value)?;
                for arm in arms {
                    let guarded = match &arm.guard {
                        _ if !pattern::fits(self, &arm.pattern, &value)? => false,
                        Some(guard) => self.bool(guard)?,
                        None => true,
                    };
                    if guarded {
                        return self.value(&arm.body);
                    }
                }
                Err(Stop::Unknown)
            }
            ExprKind::Block { statements, value } => self.block(statements, value.as_deref()),
            ExprKind::Return(value) => {
                let value = match value {
                    Some(value) => self.value(value)?,
                    None => Constant::Nothing,
                };
                Err(Stop::Return(value))
            }
            ExprKind::Change { .. }
            | ExprKind::Inner { .. }
            | ExprKind::TaskArguments { .. }
            | ExprKind::Step(_)
            | ExprKind::ParallelEach { .. }
            | ExprKind::CallValue { .. }
            | ExprKind::Lambda { .. }
            | ExprKind::Function { .. }
            | ExprKind::Secret(_)
            | ExprKind::Disclose(_)
            | ExprKind::Held(_)
            | ExprKind::Deferred { .. }
            | ExprKind::Decode(_)
            | ExprKind::Try(_)
            | ExprKind::For(_)
            | ExprKind::While { .. }
            | ExprKind::Break
            | ExprKind::Continue
            | ExprKind::Fail { .. }
            | ExprKind::Rethrow(_)
            | ExprKind::TryBlock { .. } => Err(Stop::Unknown),
        }
    }

    fn kind(&self, type_: Type) -> &'p TypeKind {
        match self.program.types.kind(type_) {
            TypeKind::Refined(id) => match self.program.refined.get(id.0 as usize) {
                Some(refined) => self.program.types.kind(refined.base),
                None => &TypeKind::Error,
            },
            kind => kind,
        }
    }

    fn number(&self, type_: Type, number: i64) -> Outcome {
        match self.kind(type_) {
            TypeKind::Int => Ok(Constant::Int(number)),
            TypeKind::Duration => Ok(Constant::Duration(number)),
            TypeKind::Date => Ok(Constant::Date(number)),
            TypeKind::Time => Ok(Constant::Time(number)),
            _ => Err(Stop::Unknown),
        }
    }

    pub(super) fn bool(&mut self, expr: &Expr) -> Result<bool, Stop> {
        match self.value(expr)? {
            Constant::Bool(value) => Ok(value),
            _ => Err(Stop::Unknown),
        }
    }

    fn all(&mut self, exprs: &[Expr]) -> Result<Vec<Constant>, Stop> {
        exprs.iter().map(|each| self.value(each)).collect()
    }

    fn text(&mut self, parts: &[Expr]) -> Outcome {
        let mut text = String::new();
        for part in parts {
            text.push_str(&operators::shown(self.program, &self.value(part)?).ok_or(Stop::Unknown)?);
            if text.len() > LONGEST {
                return Err(Stop::Unknown);
            }
        }
        Ok(Constant::String(text))
    }

    fn list(&mut self, type_: Type, items: &[Expr]) -> Outcome {
        let items = self.all(items)?;
        if !matches!(self.kind(type_), TypeKind::Set(_)) {
            return Ok(Constant::List(items));
        }
        let mut unique: Vec<Constant> = Vec::new();
        for item in items {
            if !unique.contains(&item) {
                unique.push(item);
            }
        }
        Ok(Constant::List(unique))
    }

    fn map(&mut self, entries: &[(Expr, Expr)]) -> Outcome {
        let mut map: Vec<(Constant, Constant)> = Vec::new();
        for (key, value) in entries {
            let key = self.value(key)?;
            let value = self.value(value)?;
            match map.iter_mut().find(|(known, _)| *known == key) {
                Some(entry) => entry.1 = value,
                None => map.push((key, value)),
            }
        }
        Ok(Constant::Map(map))
    }

    fn with(&mut self, value: &Expr, changes: &[(u32, Expr)]) -> Outcome {
        let Constant::Record(id, mut fields) = self.value(value)? else { return Err(Stop::Unknown) };
        for (field, change) in changes {
            let change = self.value(change)?;
            *fields.get_mut(*field as usize).ok_or(Stop::Unknown)? = change;
        }
        Ok(Constant::Record(id, fields))
    }

    fn call(&mut self, function: FunctionId, arguments: &[Expr]) -> Outcome {
        let program = self.program;
        let function = program.functions.get(function.0 as usize).ok_or(Stop::Unknown)?;
        let arguments = self.all(arguments)?;
        match &function.kind {
            FunctionKind::Body(body) => self.body(body, arguments),
            FunctionKind::Native { .. } => native::call(&function.name, &arguments).ok_or(Stop::Unknown),
        }
    }

    fn refine(&mut self, refined: u32, value: Constant) -> Outcome {
        let refined = self.program.refined.get(refined as usize).ok_or(Stop::Unknown)?;
        let Some(condition) = &refined.condition else { return Ok(value) };
        match self.body(&condition.body, vec![value.clone()])? {
            Constant::Bool(true) => Ok(value),
            _ => Err(Stop::Unknown),
        }
    }

    fn block(&mut self, statements: &[Statement], value: Option<&Expr>) -> Outcome {
        for statement in statements {
            match statement {
                Statement::Let { local, value } => {
                    let value = self.value(value)?;
                    self.bind(*local, value);
                }
                Statement::Expr(expr) => {
                    self.value(expr)?;
                }
                Statement::Assign { .. } | Statement::Parallel(_) => return Err(Stop::Unknown),
            }
        }
        value.map_or(Ok(Constant::Nothing), |value| self.value(value))
    }
}

fn finite(number: f64) -> Outcome {
    if number.is_finite() { Ok(Constant::Float(number)) } else { Err(Stop::Unknown) }
}
