//! What runs do with each other: events, approvals, other runs, states.

use super::{Comes, Found, Moment, unexpected};
use crate::clock::Micros;
use crate::engine::id::RunId;
use crate::engine::run::Wait;
use crate::engine::transition::WaitKey;
use crate::{Data, ErrorKind, Failure};
use bytecode::inner::Inner;

/// The largest event, in bytes.
const LARGEST_EVENT: usize = 64 << 10;

/// The most arms of one wait.
const MOST_ARMS: usize = 1_000;

/// An event is emitted: its name, its record.
pub(super) fn emit(arguments: &[Data]) -> Result<Comes, Failure> {
    let [Data::String(name), data] = arguments else {
        return Err(unexpected(Inner::EventEmit, "a name and an event"));
    };
    if data.weight(LARGEST_EVENT) > LARGEST_EVENT {
        let message = format!(
            "the event `{name}` is larger than {} KiB, the most that is kept; emit the path of a file that has it",
            LARGEST_EVENT >> 10
        );
        return Err(Failure::new(ErrorKind::Limit, message));
    }
    Ok(Comes::Emit { name: name.clone(), data: data.clone() })
}

/// A wait for the first of some events: their names, a predicate for each, the longest wait.
pub(super) fn wait_for_events(arguments: &[Data], moment: &Moment<'_>) -> Result<Comes, Failure> {
    let wrong = || unexpected(Inner::EventWait, "names, predicates and the longest wait");
    let [Data::List(names), Data::List(predicates), longest] = arguments else { return Err(wrong()) };
    let until = until(longest, moment).ok_or_else(wrong)?;
    if names.len() != predicates.len() || names.len() > MOST_ARMS {
        return Err(wrong());
    }
    let mut keys = Vec::with_capacity(names.len());
    for name in names {
        let Data::String(name) = name else { return Err(wrong()) };
        let key = WaitKey::Event(name.clone());
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    let arms = u16::try_from(names.len()).unwrap_or(u16::MAX);
    Ok(Comes::Wait(Wait::Event { arms, until }, keys))
}

/// A wait for a person: what is asked, `role`, `group` or `user`, its name, the longest wait.
pub(super) fn wait_for_approval(arguments: &[Data], moment: &Moment<'_>) -> Result<Comes, Failure> {
    let wrong = || unexpected(Inner::WaitApproval, "a question, who may decide, and the longest wait");
    let [Data::String(what), Data::String(kind), Data::String(name), longest] = arguments else {
        return Err(wrong());
    };
    let until = until(longest, moment).ok_or_else(wrong)?;
    Ok(Comes::Wait(Wait::Approval { what: what.clone(), by: format!("{kind} {name}"), until }, Vec::new()))
}

/// A wait for a run: its id, the longest wait.
pub(super) fn join(arguments: &[Data], moment: &Moment<'_>) -> Result<Comes, Failure> {
    let wrong = || unexpected(Inner::TaskJoin, "a run and the longest wait");
    let [id, longest] = arguments else { return Err(wrong()) };
    let until = until(longest, moment).ok_or_else(wrong)?;
    let run = run_id(id)?;
    Ok(Comes::Wait(Wait::Run { run, owned: false, until }, vec![WaitKey::Run(run)]))
}

/// What the shell has found out, or what follows from it.
pub(super) fn found(inner: Inner, arguments: &[Data], found: Found) -> Result<Comes, Failure> {
    match (inner, found) {
        (_, Found::Value(value)) => Ok(Comes::Value(value)),
        (Inner::StateChange, Found::Changed { version, value, gives }) => match arguments.first() {
            Some(Data::String(name)) => Ok(Comes::Change { name: name.clone(), version, value, gives }),
            Some(_) | None => Err(unexpected(inner, "the name of a state")),
        },
        (Inner::TaskCall, Found::Start(run)) => Ok(Comes::Call(run)),
        (_, Found::Start(run)) => Ok(Comes::Start(run)),
        (_, Found::Nothing | Found::Changed { .. } | Found::Failed(_)) => Err(unexpected(inner, "what it asks about")),
    }
}

/// Gives when a longest wait is over; `None` within where there is none, without where it is no such thing.
fn until(longest: &Data, moment: &Moment<'_>) -> Option<Option<Micros>> {
    match longest {
        Data::None => Some(None),
        Data::Int(span) => Some(Some(moment.now.saturating_add((*span).max(0)))),
        _ => None,
    }
}

/// Reads the id of a run, which stands alone or in a record `Run`.
pub(in crate::engine) fn run_id(id: &Data) -> Result<RunId, Failure> {
    let text = match id {
        Data::String(text) => text,
        Data::Record(fields) => match fields.first() {
            Some(Data::String(text)) => text,
            Some(_) | None => return Err(unexpected(Inner::TaskJoin, "the id of a run")),
        },
        _ => return Err(unexpected(Inner::TaskJoin, "the id of a run")),
    };
    text.parse().map_err(|_| Failure::new(ErrorKind::Invalid, format!("`{text}` is not the id of a run")))
}
