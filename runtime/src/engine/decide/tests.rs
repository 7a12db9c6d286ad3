#![allow(clippy::unwrap_used)]

use super::*;
use crate::Answer;
use crate::engine::{LARGEST_OUTCOME, RunId, TraceLine};
use bytecode::NativeId;

const NOW: Micros = 1_000_000;
const FACTS: Facts =
    Facts { id: String::new(), trigger: String::new(), due: 0, started_at: 0, deadline: None, dir: String::new() };
const NO_LIMITS: RunLimits = RunLimits { memory: None, operations: None, output: None };
const AROUND: Surroundings<'static> =
    Surroundings { now: NOW, zone: "UTC", facts: &FACTS, limits: NO_LIMITS, again: None };

fn run() -> Run {
    Run::new(RunId([7; 16]), 500)
}

fn request(name: &str, class: Class, arguments: Vec<Data>) -> Input {
    late_request(name, class, arguments, None)
}

fn late_request(name: &str, class: Class, arguments: Vec<Data>, deadline: Option<Micros>) -> Input {
    let asked = Asked { operation: 3, native: NativeId(0), class, request: 9 };
    let (name, steps) = (name.to_owned(), vec!["pay".to_owned()]);
    Input::Asked {
        request: Request {
            asked,
            name,
            arguments,
            steps,
            path: 0,
            deadline,
            shielded: false,
            retried: false,
            fiber: 0,
        },
        draw: 1,
        found: Found::Nothing,
    }
}

/// Decides inputs one after the other and takes each decision in.
fn play(run: &mut Run, inputs: Vec<Input>) -> Transition {
    let mut last = Transition::new(run.id, run.seq);
    for input in inputs {
        last = decide(run, input, AROUND);
        run.take(&last);
    }
    last
}

fn ended(transition: &Transition) -> Option<RunState> {
    let mut acts = transition.acts.iter();
    acts.find_map(|act| if let Act::End(end) = act { Some(end.state) } else { None })
}

fn kind(transition: &Transition) -> String {
    match &transition.rows[..] {
        [Row { body: Body::Outcome { result: Err(failure), .. }, .. }] => failure.kind.clone(),
        rows => panic!("{rows:?}"),
    }
}

#[test]
fn only_once_leaves_an_intent() {
    for (class, rows) in [(Class::Once, 1), (Class::Keyed, 0), (Class::Idempotent, 0)] {
        let transition = decide(&run(), request("mail.send", class, vec![]), AROUND);
        assert_eq!(transition.rows.len(), rows);
        assert!(matches!(transition.next, Next::Perform { .. }));
    }
}

#[test]
fn inner_operations_never_wait() {
    let transition = decide(&run(), request("clock.now", Class::Idempotent, vec![]), AROUND);
    assert_eq!(transition.next, Next::Resume { operation: 3, result: Ok(Data::DateTime(NOW, "UTC".to_owned())) });
    assert_eq!(transition.rows.len(), 1);
}

#[test]
fn now_never_goes_back() {
    let late = Run { latest: NOW + 5, ..run() };
    let transition = decide(&late, request("clock.now", Class::Idempotent, vec![]), AROUND);
    assert_eq!(transition.next, Next::Resume { operation: 3, result: Ok(Data::DateTime(NOW + 5, "UTC".to_owned())) });
}

#[test]
fn a_log_line_and_its_outcome_are_one_transition() {
    let line = vec![Data::String("paid".to_owned())];
    let transition = decide(&run(), request("log.info", Class::Idempotent, line), AROUND);
    assert!(matches!(transition.acts[..], [Act::Log { operation: 3, .. }]));
    assert_eq!(transition.rows.len(), 1);
}

#[test]
fn an_unknown_once_is_interrupted_and_nothing_else_is() {
    let lost = Answer::Unknown(Failure::new(ErrorKind::Network, "the connection broke"));
    for (class, expected) in [(Class::Once, "interrupted"), (Class::Keyed, "network")] {
        let mut run = run();
        let answered = Input::Answered { operation: 3, answer: lost.clone() };
        let transition = play(&mut run, vec![request("mail.send", class, vec![]), answered]);
        assert_eq!(kind(&transition), expected);
    }
}

#[test]
fn an_intent_without_outcome_is_interrupted() {
    let mut run = run();
    let transition = play(&mut run, vec![request("mail.send", Class::Once, vec![]), Input::Lost { operation: 3 }]);
    assert_eq!(kind(&transition), "interrupted");
    assert!(matches!(transition.next, Next::Resume { operation: 3, result: Err(_) }));
}

#[test]
fn an_answer_that_nobody_waits_for_is_refused() {
    let late = Input::Answered { operation: 99, answer: Answer::Done(Ok(Data::None)) };
    assert!(decide(&run(), late, AROUND).is_empty());
}

fn failed() -> Input {
    Input::Finished(Err(Failure::new(ErrorKind::NotFound, "no order 7").into()))
}

#[test]
fn cancel_is_a_row_and_the_machine_is_told() {
    let mut run = run();
    let transition = play(&mut run, vec![Input::Cancel]);
    assert!(matches!(transition.rows[..], [Row { body: Body::CancelAsked, .. }]));
    assert_eq!(transition.next, Next::Stop(stopping(Ending::Cancelled)));
    assert_eq!(ended(&play(&mut run, vec![failed()])), Some(RunState::Cancelled));
}

#[test]
fn a_wait_that_nobody_wants_is_withdrawn_at_once() {
    let mut run = run();
    let span = vec![Data::Int(5_000_000)];
    let inputs = vec![request("timer.sleep", Class::Idempotent, span), Input::Cancel, Input::Withdraw { operation: 3 }];
    assert_eq!(play(&mut run, inputs).next, Next::Withdraw { operation: 3 });
    assert!(run.open.is_empty());
}

#[test]
fn a_once_that_nobody_wants_may_settle_and_keeps_its_outcome() {
    let mut run = run();
    let asked = request("mail.send", Class::Once, vec![]);
    let transition = play(&mut run, vec![asked, Input::Cancel, Input::Withdraw { operation: 3 }]);
    assert_eq!(transition.next, Next::Settle { operation: 3 });
    let done = Input::Answered { operation: 3, answer: Answer::Done(Ok(Data::Int(1))) };
    let transition = play(&mut run, vec![done]);
    assert!(matches!(&transition.rows[..], [Row { body: Body::Outcome { result: Ok(Data::Int(1)), .. }, .. }]));
}

#[test]
fn a_once_that_does_not_settle_is_interrupted() {
    let mut run = run();
    let asked = request("mail.send", Class::Once, vec![]);
    let transition = play(&mut run, vec![asked, Input::Deadline, Input::Unsettled { operation: 3 }]);
    assert_eq!(kind(&transition), "interrupted");
    assert_eq!(ended(&play(&mut run, vec![failed()])), Some(RunState::TimedOut));
}

#[test]
fn what_is_late_in_its_step_is_a_timeout_and_a_once_is_interrupted() {
    for (class, expected) in [(Class::Once, "interrupted"), (Class::Keyed, "timeout")] {
        let asked = late_request("mail.send", class, vec![], Some(NOW + 5));
        let transition = play(&mut run(), vec![asked, Input::Late { operation: 3 }]);
        assert_eq!(kind(&transition), expected);
    }
    let transition = play(&mut run(), vec![late_request("http.get", Class::Idempotent, vec![], Some(NOW))]);
    assert_eq!(kind(&transition), "timeout");
    let transition = play(&mut run(), vec![late_request("clock.now", Class::Idempotent, vec![], Some(NOW))]);
    assert!(matches!(transition.next, Next::Resume { result: Ok(_), .. }), "what takes no time is never late");
}

#[test]
fn outcomes_name_their_steps() {
    let transition = play(&mut run(), vec![request("clock.now", Class::Idempotent, vec![])]);
    assert!(matches!(&transition.rows[0].body, Body::Outcome { steps, .. } if *steps == ["pay"]));
}

#[test]
fn a_run_that_is_stopped_and_finishes_all_the_same_has_succeeded() {
    let mut run = run();
    let transition = play(&mut run, vec![Input::Cancel, Input::Finished(Ok(Data::Int(1)))]);
    assert_eq!(ended(&transition), Some(RunState::Succeeded));
}

#[test]
fn the_first_reason_to_stop_stays() {
    let mut run = run();
    let transition = play(&mut run, vec![Input::Cancel, Input::Deadline]);
    assert!(transition.is_empty());
    assert_eq!(run.ending, Some(Ending::Cancelled));
}

#[test]
fn what_is_too_large_to_record_is_a_limit() {
    let mut run = run();
    let large = Answer::Done(Ok(Data::Bytes(vec![0; LARGEST_OUTCOME + 1])));
    let answered = Input::Answered { operation: 3, answer: large };
    let transition = play(&mut run, vec![request("files.read", Class::Idempotent, vec![]), answered]);
    assert_eq!(kind(&transition), "limit");
}

#[test]
fn a_run_ends_once() {
    let mut run = run();
    let failure = Failure::new(ErrorKind::NotFound, "no order 7");
    let trace = vec![TraceLine { function: "main".to_owned(), place: None }];
    let failed = RunFailure { trace, ..RunFailure::from(failure) };
    assert_eq!(ended(&play(&mut run, vec![Input::Finished(Err(failed))])), Some(RunState::Failed));
    assert!(play(&mut run, vec![Input::Cancel]).is_empty());
}

#[test]
fn waking_reaches_the_time_that_was_waited_for() {
    let mut run = run();
    let wait = request("timer.sleep", Class::Idempotent, vec![Data::Int(5_000_000)]);
    let transition = play(&mut run, vec![wait, Input::Woke { operation: 3 }]);
    assert_eq!(transition.rows[0].at, NOW + 5_000_000);
    assert_eq!(transition.next, Next::Resume { operation: 3, result: Ok(Data::None) });
}
