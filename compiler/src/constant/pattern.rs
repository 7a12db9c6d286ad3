//! Whether a constant fits a pattern; its names are bound on the way.

use super::evaluate::{Evaluator, Stop};
use super::{Constant, operators};
use crate::ir::Pattern;

pub(super) fn fits(evaluator: &mut Evaluator<'_>, pattern: &Pattern, value: &Constant) -> Result<bool, Stop> {
    match pattern {
        Pattern::Any => Ok(true),
        Pattern::Bind(local) => {
            evaluator.bind(*local, value.clone());
            Ok(true)
        }
        Pattern::Value(wanted) => {
            let wanted = evaluator.value(wanted)?;
            operators::equal(value, &wanted).ok_or(Stop::Unknown)
        }
        Pattern::Range { from, to, inclusive } => {
            let from = evaluator.value(from)?;
            let to = evaluator.value(to)?;
            operators::in_range(value, &from, &to, *inclusive).ok_or(Stop::Unknown)
        }
        Pattern::None => match value {
            Constant::Json(_) => Err(Stop::Unknown),
            value => Ok(*value == Constant::None),
        },
        Pattern::Some(inner, _) => Ok(*value != Constant::None && fits(evaluator, inner, value)?),
        Pattern::Case { tag, fields } => match value {
            Constant::Case(_, found, data) if found == tag => {
                let pairs = fields.iter().zip(data);
                all_fit(evaluator, pairs.map(|((pattern, _), value)| (pattern, value)))
            }
            Constant::Case(..) => Ok(false),
            _ => Err(Stop::Unknown),
        },
        Pattern::Record(fields) => {
            let Constant::Record(_, values) = value else { return Err(Stop::Unknown) };
            let pairs = fields.iter().filter_map(|(at, pattern, _)| Some((pattern, values.get(*at as usize)?)));
            all_fit(evaluator, pairs)
        }
        Pattern::Or(patterns) => {
            for pattern in patterns {
                if fits(evaluator, pattern, value)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
    }
}

fn all_fit<'c>(
    evaluator: &mut Evaluator<'_>,
    pairs: impl Iterator<Item = (&'c Pattern, &'c Constant)>,
) -> Result<bool, Stop> {
    for (pattern, value) in pairs {
        if !fits(evaluator, pattern, value)? {
            return Ok(false);
        }
    }
    Ok(true)
}
