//! Steps: when one must be done, and how long it pauses before it is tried again.

use super::{Comes, Moment, unexpected};
use crate::clock::Micros;
use crate::{Data, ErrorKind, Failure};
use bytecode::inner::Inner;

/// A step begins: gives its deadline, if it has a timeout.
pub(super) fn begin(arguments: &[Data], moment: &Moment<'_>) -> Result<Comes, Failure> {
    match arguments {
        [Data::String(_), Data::None] => Ok(Comes::Value(Data::None)),
        [Data::String(_), Data::Int(timeout)] => {
            Ok(Comes::Value(Data::Int(moment.now.saturating_add((*timeout).max(0)))))
        }
        _ => Err(unexpected(Inner::StepBegin, "a name and a timeout")),
    }
}

/// Gives the pause after so many failed attempts: it doubles with each, and a draw takes up to half of it away, so that
/// many runs that failed together do not try again together.
pub(in crate::engine) fn pause_of(attempt: i64, (shortest, longest): (Micros, Micros), draw: u64) -> Micros {
    let doublings = u32::try_from(attempt.saturating_sub(1).clamp(0, 62)).unwrap_or(0);
    let full = shortest.max(0).saturating_mul(1 << doublings).min(longest.max(0));
    let taken = (i128::from(full / 2) * i128::from(draw >> 1)) >> 63;
    full - i64::try_from(taken).unwrap_or(0)
}

/// The pause between two attempts of a step. One that would pass the deadline fails now.
pub(super) fn pause(arguments: &[Data], moment: &Moment<'_>) -> Result<Comes, Failure> {
    let [Data::String(name), Data::Int(attempt), Data::Int(shortest), Data::Int(longest)] = arguments else {
        return Err(unexpected(Inner::StepPause, "a name, an attempt and two durations"));
    };
    let until = moment.now.saturating_add(pause_of(*attempt, (*shortest, *longest), moment.draw));
    let deadline = moment.deadline.into_iter().chain(moment.facts.deadline).min();
    if deadline.is_some_and(|deadline| until >= deadline) {
        let message =
            format!("`{name}` failed {attempt} times, and the time that is left is shorter than the next pause");
        return Err(Failure::new(ErrorKind::Timeout, message));
    }
    Ok(Comes::until(until))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::inner::Facts;

    fn paused(attempt: i64, draw: u64, deadline: Option<i64>) -> Result<Comes, Failure> {
        let arguments = [Data::String("pay".to_owned()), Data::Int(attempt), Data::Int(10), Data::Int(100)];
        pause(&arguments, &Moment { now: 1_000, zone: "UTC", draw, deadline, facts: &Facts::default() })
    }

    #[test]
    fn pauses_double_up_to_the_longest_and_are_spread() {
        let until = |until| Ok(Comes::until(until));
        assert_eq!(paused(1, 0, None), until(1_010));
        assert_eq!(paused(3, 0, None), until(1_040));
        assert_eq!(paused(9, 0, None), until(1_100));
        assert_eq!(paused(i64::MAX, u64::MAX, None), until(1_051));
    }

    #[test]
    fn a_pause_that_passes_the_deadline_fails_now() {
        assert!(matches!(paused(1, 0, Some(1_010)), Err(failure) if failure.kind == "timeout"));
        assert!(paused(1, 0, Some(1_011)).is_ok());
    }
}
