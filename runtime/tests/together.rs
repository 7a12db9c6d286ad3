//! Runs that do several things at once, and runs that do things with each other, on hand-made images.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod toy;

use bytecode::*;
use diagnostics::{FileId, Span};
use runtime::Data;
use runtime::engine::{Decision, Engine, ImageHash, RunId, RunState, StartRun};
use runtime::history::StepKind;
use std::time::Duration;
use toy::{SECOND, World, failure_kind, follow, until, until_state};

const NOTHING: TypeId = TypeId(0);
const INT: TypeId = TypeId(1);
const STRING: TypeId = TypeId(2);
const PAID: TypeId = TypeId(3);
const GOT: TypeId = TypeId(4);
const JSON: TypeId = TypeId(5);
const DECISION: TypeId = TypeId(6);
const STARTED: TypeId = TypeId(7);

/// The natives of the image; the class, how many arguments, and the result.
const NATIVES: &[(&str, Class, usize, TypeId)] = &[
    ("toy.touch", Class::Idempotent, 1, NOTHING),
    ("toy.touch_once", Class::Once, 1, NOTHING),
    ("toy.hang", Class::Idempotent, 1, NOTHING),
    ("toy.fail", Class::Idempotent, 1, NOTHING),
    ("timer.sleep", Class::Idempotent, 1, NOTHING),
    ("step.begin", Class::Idempotent, 2, JSON),
    ("step.pause", Class::Idempotent, 4, NOTHING),
    ("event.emit", Class::Idempotent, 2, NOTHING),
    ("event.wait", Class::Idempotent, 3, GOT),
    ("wait.approval", Class::Idempotent, 4, DECISION),
    ("task.call", Class::Idempotent, 2, JSON),
    ("task.start", Class::Idempotent, 3, STARTED),
    ("task.join", Class::Idempotent, 2, JSON),
    ("run.error", Class::Idempotent, 1, JSON),
    ("state.read", Class::Idempotent, 1, INT),
    ("state.change", Class::Idempotent, 2, INT),
    ("run.id", Class::Idempotent, 0, STRING),
    ("toy.hang_once", Class::Once, 1, NOTHING),
];

fn native(name: &str) -> NativeId {
    NativeId(NATIVES.iter().position(|(known, ..)| *known == name).unwrap() as u16)
}

const TEXTS: &[&str] = &["Paid", "total", "child", "key", "pay", "role", "finance", "Pay?", "other"];

fn text(into: u16, text: &str) -> Op {
    let at = TEXTS.iter().position(|known| *known == text).unwrap();
    Op::ConstR { into: R(into), constant: ConstantId(at as u32) }
}

fn named(text: &str) -> ConstantId {
    ConstantId(TEXTS.iter().position(|known| *known == text).unwrap() as u32)
}

fn int(into: u16, value: i32) -> [Op; 2] {
    [Op::Int { into: W(7), value }, Op::BoxInt { into: R(into), from: W(7) }]
}

fn perform(name: &str, refs: u16) -> Op {
    let count = NATIVES.iter().find(|(known, ..)| *known == name).unwrap().2 as u16;
    Op::Perform { native: native(name), refs: R(refs), count }
}

/// Calls an operation with an int, at register 4.
fn with_int(name: &str, value: i32) -> Vec<Op> {
    let mut code = int(4, value).to_vec();
    code.push(perform(name, 4));
    code
}

fn function(parameters: &[Bank], result: Option<Bank>, code: Vec<Op>) -> Function {
    Function {
        name: "function".to_owned(),
        parameters: parameters.to_vec(),
        captures: 0,
        result,
        words: 8,
        refs: 12,
        code,
        handlers: vec![],
        places: vec![],
    }
}

/// A body of a task that gives what stands at register 11.
fn body(mut code: Vec<Op>) -> Function {
    code.push(Op::ReturnR { value: R(11) });
    function(&[Bank::Word], Some(Bank::Ref), code)
}

/// What a fiber or an undo runs.
fn branch(mut code: Vec<Op>) -> Function {
    code.push(Op::Return {});
    function(&[], None, code)
}

/// The last functions are bodies: `main`, `child`.
fn image(helpers: Vec<Function>, main: Vec<Op>, child: Vec<Op>) -> Image {
    let bodies = helpers.len() as u16;
    let field =
        |name: &str, type_| FieldType { name: name.to_owned(), json_name: name.to_owned(), type_, default: None };
    let case =
        |name: &str, fields: Vec<FieldType>| CaseType { name: name.to_owned(), json_name: name.to_owned(), fields };
    let record = |name: &str, fields| Type::Record(RecordType { name: name.to_owned(), fields });
    let task = |name: &str, number| Task {
        name: name.to_owned(),
        doc: String::new(),
        place: Span::at(0).in_file(FileId(0)),
        parameters: vec![],
        result: JSON,
        entry: FunctionId(number),
        schedules: vec![],
        needs: vec![],
        timeout: None,
        triggers: vec![],
        clauses: Clauses::default(),
    };
    let initial = function(&[], Some(Bank::Ref), [int(0, 0).to_vec(), vec![Op::ReturnR { value: R(0) }]].concat());
    let mut functions = helpers;
    functions.extend([body(main), body(child), initial]);
    let by = || vec![field("by", STRING), field("comment", STRING)];
    Image {
        name: "toy".to_owned(),
        tasks: vec![task("main", bodies), task("child", bodies + 1)],
        functions,
        constants: TEXTS.iter().map(|text| Constant::String((*text).to_owned())).collect(),
        types: vec![
            Type::Nothing,
            Type::Int,
            Type::String,
            record("Paid", vec![field("amount", INT)]),
            Type::Enum(EnumType {
                name: "Got".to_owned(),
                cases: vec![case("paid", vec![field("event", PAID)]), case("late", vec![])],
            }),
            Type::Json,
            Type::Enum(EnumType {
                name: "Decision".to_owned(),
                cases: vec![case("approved", by()), case("rejected", by()), case("expired", vec![])],
            }),
            record("Run", vec![field("id", STRING)]),
        ],
        natives: NATIVES
            .iter()
            .map(|(name, class, count, result)| Native {
                name: (*name).to_owned(),
                class: *class,
                parameters: vec![JSON; *count],
                result: *result,
            })
            .collect(),
        events: vec![Event { name: "Paid".to_owned(), type_: PAID }],
        states: vec![State { name: "total".to_owned(), type_: INT, initial: FunctionId(bodies + 2) }],
        sources: vec![Source { name: "toy.task".to_owned(), text: String::new() }],
        ..Image::default()
    }
}

fn start(engine: &Engine, image: ImageHash) -> RunId {
    start_task(engine, image, "main")
}

fn start_task(engine: &Engine, image: ImageHash, task: &str) -> RunId {
    engine.start(StartRun { image, task: task.to_owned(), arguments: vec![] }).unwrap()
}

/// Runs functions 0 to `count` in parallel.
fn parallel(count: u16) -> Vec<Op> {
    let mut code = vec![Op::NewList { into: R(0) }];
    for number in 0..count {
        code.push(Op::NewClosure { into: R(2), function: FunctionId(number), count: 0 });
        code.push(Op::PushR { list: R(0), value: R(2) });
        code.push(Op::NoneR { into: R(2) });
    }
    code.extend([Op::Int { into: W(0), value: 0 }, Op::Parallel { from: R(0), at_most: W(0) }]);
    code
}

fn give(value: i32) -> Vec<Op> {
    int(11, value).to_vec()
}

/// An undo that touches a number, by function `number`.
fn undo(number: u16) -> [Op; 2] {
    [
        Op::NewClosure { into: R(6), function: FunctionId(number), count: 0 },
        Op::PushUndo { name: named("pay"), closure: R(6) },
    ]
}

#[test]
fn branches_are_in_flight_together() {
    let world = World::new();
    let engine = world.open();
    let hang = |value| branch(with_int("toy.hang", value));
    let image = engine.deploy(image(vec![hang(1), hang(2), hang(3)], parallel(3), vec![])).unwrap();
    let run = start(&engine, image);
    until("all operations", || world.touched().len() == 3);
    drop(engine);
    let engine = world.open();
    until("all again", || world.touched().len() == 6);
    engine.cancel(run).unwrap();
    assert_eq!(follow(&engine, run).state, RunState::Cancelled);
}

#[test]
fn a_failed_branch_ends_the_others_and_the_run_is_undone() {
    let world = World::new();
    let engine = world.open();
    let first = branch([with_int("toy.touch", 1), undo(3).to_vec(), with_int("toy.hang", 2)].concat());
    let second = branch([with_int("timer.sleep", 5_000_000), with_int("toy.fail", 0)].concat());
    let helpers = vec![first, second, branch(with_int("timer.sleep", 60_000_000)), branch(with_int("toy.touch", 9))];
    let image = engine.deploy(image(helpers, parallel(3), vec![])).unwrap();
    let run = start(&engine, image);
    until("the operations", || world.touched().len() == 2);
    world.advance(5);
    let summary = follow(&engine, run);
    assert_eq!((summary.state, failure_kind(&summary)), (RunState::Failed, "not_found"));
    assert_eq!(world.touched(), ["Int(1)", "Int(2)", "Int(9)"]);
}

#[test]
fn cancelling_undoes_what_was_done_also_after_a_restart() {
    for restart in [false, true] {
        let world = World::new();
        let mut engine = world.open();
        let main = [with_int("toy.touch", 1), undo(0).to_vec(), with_int("timer.sleep", 900_000_000)];
        let image = engine.deploy(image(vec![branch(with_int("toy.touch", 2))], main.concat(), vec![])).unwrap();
        let run = start(&engine, image);
        until_state(&engine, run, RunState::Waiting);
        if restart {
            drop(engine);
            engine = world.open();
        }
        engine.cancel(run).unwrap();
        let summary = follow(&engine, run);
        assert_eq!((summary.state, summary.outcome), (RunState::Cancelled, None));
        let steps = engine.history().unwrap().steps(run, 0, 9).unwrap();
        assert_eq!(steps.last().unwrap().steps, ["undo pay"]);
        assert_eq!(world.touched(), ["Int(1)", "Int(2)"]);
    }
}

#[test]
fn an_undo_that_fails_is_told_and_others_go_on() {
    let world = World::new();
    let engine = world.open();
    let main = [undo(0).to_vec(), undo(1).to_vec(), with_int("toy.fail", 0)].concat();
    let helpers = vec![branch(with_int("toy.touch", 7)), branch(with_int("toy.fail", 0))];
    let image = engine.deploy(image(helpers, main, vec![])).unwrap();
    let summary = follow(&engine, start(&engine, image));
    let Some(Err(failure)) = summary.outcome else { panic!("it fails") };
    assert_eq!(failure.failed_undos.iter().map(|undo| undo.step.as_str()).collect::<Vec<_>>(), ["pay"]);
    assert_eq!(world.touched(), ["Int(7)"]);
}

/// A step of a second that does an operation.
fn step_of_a_second(operation: Vec<Op>) -> Vec<Op> {
    let mut code = vec![text(0, "pay")];
    code.extend(int(1, 1_000_000));
    code.extend([perform("step.begin", 0), Op::EnterStep { name: named("pay"), deadline: R(2), retried: 0 }]);
    code.extend(operation);
    code.push(Op::LeaveStep {});
    code
}

#[test]
fn the_deadline_of_a_step_ends_what_goes_on_in_it() {
    let sleep = with_int("timer.sleep", 30_000_000);
    let cases =
        [(with_int("toy.hang", 1), "timeout"), (with_int("toy.hang_once", 1), "interrupted"), (sleep, "timeout")];
    for (operation, kind) in cases {
        let world = World::new();
        let engine = world.open();
        let waits = operation.contains(&perform("timer.sleep", 4));
        let image = engine.deploy(image(vec![], step_of_a_second(operation), vec![])).unwrap();
        let run = start(&engine, image);
        until("the operation", || {
            !world.touched().is_empty() || waits && engine.history().unwrap().steps(run, 0, 9).unwrap().len() > 1
        });
        world.advance(1);
        let summary = follow(&engine, run);
        assert_eq!((summary.state, failure_kind(&summary)), (RunState::Failed, kind));
        let steps = engine.history().unwrap().steps(run, 0, 9).unwrap();
        assert_eq!(steps.last().unwrap().steps, ["pay"]);
    }
}

#[test]
fn a_pause_waits_and_one_that_would_pass_the_deadline_fails_now() {
    let pause = |shortest| {
        let mut code = vec![text(4, "pay")];
        code.extend([int(5, 1), int(6, shortest), int(7, shortest)].concat());
        code.push(perform("step.pause", 4));
        step_of_a_second(code)
    };
    let world = World::new();
    let engine = world.open();
    let image_of = |shortest| engine.deploy(image(vec![], [pause(shortest), give(1)].concat(), vec![])).unwrap();
    let late = follow(&engine, start(&engine, image_of(2_500_000)));
    assert_eq!(failure_kind(&late), "timeout");
    let run = start(&engine, image_of(800_000));
    until("the pause", || engine.history().unwrap().steps(run, 0, 9).unwrap().len() == 2);
    world.clock.advance(Duration::from_millis(800));
    assert_eq!(follow(&engine, run).outcome, Some(Ok(Data::Int(1))));
}

fn emit(amount: i32) -> Vec<Op> {
    let mut code = vec![text(0, "Paid")];
    code.extend(int(1, amount));
    code.extend([Op::NewRecord { into: R(1), from: R(1), count: 1 }, perform("event.emit", 0)]);
    code
}

/// Waits for `Paid` by the predicate that is function `number`, or for any, and gives its case.
fn wait_for_paid(number: Option<u16>, longest: Option<i32>) -> Vec<Op> {
    let mut code = vec![Op::NewList { into: R(0) }, text(3, "Paid"), Op::PushR { list: R(0), value: R(3) }];
    code.extend([Op::NewList { into: R(1) }, Op::NoneR { into: R(4) }]);
    code.extend(number.map(|number| Op::NewClosure { into: R(4), function: FunctionId(number), count: 0 }));
    code.extend([Op::PushR { list: R(1), value: R(4) }, Op::NoneR { into: R(2) }]);
    code.extend(longest.into_iter().flat_map(|longest| int(2, longest)));
    code.extend([perform("event.wait", 0), Op::TakeR { into: R(11), from: R(3) }]);
    code
}

/// Whether an event's amount is above 10.
fn above_ten() -> Function {
    let code = vec![
        Op::FieldW { into: W(0), record: R(0), field: 0 },
        Op::Int { into: W(1), value: 10 },
        Op::LtInt { into: W(2), left: W(1), right: W(0) },
        Op::BoxBool { into: R(1), from: W(2) },
        Op::ReturnR { value: R(1) },
    ];
    function(&[Bank::Ref], Some(Bank::Ref), code)
}

fn got(amount: i64) -> Option<Result<Data, runtime::engine::RunFailure>> {
    Some(Ok(Data::Case(0, vec![Data::Record(vec![Data::Int(amount)])])))
}

#[test]
fn an_event_reaches_those_that_wait_for_it_also_after_a_restart() {
    for restart in [false, true] {
        let world = World::new();
        let mut engine = world.open();
        let child = [emit(5), emit(15), emit(20), give(0)].concat();
        let hash = engine.deploy(image(vec![above_ten()], wait_for_paid(Some(0), None), child)).unwrap();
        let before = start_task(&engine, hash, "child");
        assert_eq!(follow(&engine, before).state, RunState::Succeeded);
        let (first, second) = (start(&engine, hash), start(&engine, hash));
        until_state(&engine, first, RunState::Waiting);
        until_state(&engine, second, RunState::Waiting);
        if restart {
            engine.stop(Duration::ZERO).unwrap();
            engine = world.open();
        }
        start_task(&engine, hash, "child");
        for run in [first, second] {
            assert_eq!(follow(&engine, run).outcome, got(15), "the oldest one that fits, since the run began");
        }
    }
}

#[test]
fn each_event_is_taken_once_in_its_order() {
    let world = World::new();
    let engine = world.open();
    let main = [emit(15), emit(1), emit(20), wait_for_paid(Some(0), None), wait_for_paid(None, None)].concat();
    let mut twice = main.clone();
    twice.extend(wait_for_paid(None, None));
    let hash = engine.deploy(image(vec![above_ten()], main, twice)).unwrap();
    assert_eq!(follow(&engine, start(&engine, hash)).outcome, got(1), "the first was taken by the condition");
    assert_eq!(follow(&engine, start_task(&engine, hash, "child")).outcome, got(20));
}

#[test]
fn a_wait_for_an_event_ends_in_time() {
    let world = World::new();
    let engine = world.open();
    let hash = engine.deploy(image(vec![], wait_for_paid(None, Some(60_000_000)), vec![])).unwrap();
    let run = start(&engine, hash);
    until_state(&engine, run, RunState::Waiting);
    world.advance(60);
    assert_eq!(follow(&engine, run).outcome, Some(Ok(Data::Case(1, vec![]))));
}

/// Adds one to the state `total`, and gives what it was.
fn count_up(function: u16) -> Vec<Op> {
    vec![
        text(0, "total"),
        Op::NewClosure { into: R(1), function: FunctionId(function), count: 0 },
        perform("state.change", 0),
        Op::TakeR { into: R(11), from: R(2) },
    ]
}

fn plus_one() -> Function {
    let code = vec![
        Op::MoveR { into: R(2), from: R(0) },
        Op::Unbox { into: W(0), from: R(0) },
        Op::AddIntBy { into: W(0), left: W(0), value: 1 },
        Op::BoxInt { into: R(1), from: W(0) },
        Op::NewRecord { into: R(3), from: R(1), count: 2 },
        Op::ReturnR { value: R(3) },
    ];
    function(&[Bank::Ref], Some(Bank::Ref), code)
}

#[test]
fn a_state_is_changed_by_many_runs_and_nothing_is_lost() {
    let world = World::new();
    let engine = world.open();
    let read = vec![text(0, "total"), perform("state.read", 0), Op::TakeR { into: R(11), from: R(1) }];
    let main = [count_up(0), count_up(0), count_up(0)].concat();
    let hash = engine.deploy(image(vec![plus_one()], main, read)).unwrap();
    let runs: Vec<RunId> = (0..40).map(|_| start(&engine, hash)).collect();
    runs.iter().for_each(|run| assert_eq!(follow(&engine, *run).state, RunState::Succeeded));
    engine.stop(Duration::ZERO).unwrap();
    let engine = world.open();
    assert_eq!(follow(&engine, start_task(&engine, hash, "child")).outcome, Some(Ok(Data::Int(120))));
}

#[test]
fn a_crash_between_changes_of_a_state_counts_each_once() {
    let world = World::new();
    let mut engine = world.open();
    let main = [count_up(0), with_int("timer.sleep", 1_000), count_up(0)].concat();
    let read = vec![text(0, "total"), perform("state.read", 0), Op::TakeR { into: R(11), from: R(1) }];
    let hash = engine.deploy(image(vec![plus_one()], main, read)).unwrap();
    let runs: Vec<RunId> = (0..20).map(|_| start(&engine, hash)).collect();
    for _ in 0..4 {
        std::thread::sleep(Duration::from_millis(3));
        drop(engine);
        engine = world.open();
        world.advance(1);
    }
    let ended = |run: &RunId| toy::summary(&engine, *run).state == RunState::Succeeded;
    until("all to end", || {
        world.advance(1);
        runs.iter().all(ended)
    });
    assert_eq!(follow(&engine, start_task(&engine, hash, "child")).outcome, Some(Ok(Data::Int(40))));
}

fn call_child() -> Vec<Op> {
    vec![text(0, "child"), Op::NewList { into: R(1) }, perform("task.call", 0), Op::TakeR { into: R(11), from: R(2) }]
}

#[test]
fn a_called_task_gives_its_result_or_its_failure() {
    let world = World::new();
    let engine = world.open();
    let hash = engine.deploy(image(vec![], call_child(), [with_int("toy.touch", 3), give(42)].concat())).unwrap();
    assert_eq!(follow(&engine, start(&engine, hash)).outcome, Some(Ok(Data::Int(42))));
    let hash = engine.deploy(image(vec![], call_child(), with_int("toy.fail", 3))).unwrap();
    assert_eq!(failure_kind(&follow(&engine, start(&engine, hash))), "not_found");
}

#[test]
fn cancelling_a_run_cancels_what_it_called_and_waits_for_it() {
    let world = World::new();
    let engine = world.open();
    let child = [undo(0).to_vec(), with_int("timer.sleep", 900_000_000), give(1)].concat();
    let hash = engine.deploy(image(vec![branch(with_int("toy.touch", 8))], call_child(), child)).unwrap();
    let run = start(&engine, hash);
    until("the child", || engine.history().unwrap().runs(Some("child"), 9).unwrap().len() == 1);
    engine.cancel(run).unwrap();
    assert_eq!(follow(&engine, run).state, RunState::Cancelled);
    let child = engine.history().unwrap().runs(Some("child"), 9).unwrap().remove(0);
    assert_eq!(child.state, RunState::Cancelled);
    assert_eq!(world.touched(), ["Int(8)"]);
}

/// Starts the child with a key and joins it.
fn start_and_join(key: &str, arguments: &[Op]) -> Vec<Op> {
    let mut code = vec![text(0, "child"), Op::NewList { into: R(1) }];
    code.extend_from_slice(arguments);
    code.extend([text(2, key), perform("task.start", 0), Op::NoneR { into: R(4) }, perform("task.join", 3)]);
    code.push(Op::TakeR { into: R(11), from: R(5) });
    code
}

#[test]
fn a_second_start_with_a_key_gives_the_first_run_and_other_arguments_are_a_conflict() {
    let world = World::new();
    let engine = world.open();
    let child = || [with_int("toy.touch", 3), give(42)].concat();
    let hash = engine.deploy(image(vec![], start_and_join("key", &[]), child())).unwrap();
    let runs: Vec<RunId> = (0..8).map(|_| start(&engine, hash)).collect();
    runs.iter().for_each(|run| assert_eq!(follow(&engine, *run).outcome, Some(Ok(Data::Int(42)))));
    assert_eq!(world.touched().len(), 1);
    let other = [Op::NewList { into: R(5) }, Op::PushR { list: R(1), value: R(5) }];
    let hash = engine.deploy(image(vec![], start_and_join("key", &other), child())).unwrap();
    assert_eq!(failure_kind(&follow(&engine, start(&engine, hash))), "conflict");
    let hash = engine.deploy(image(vec![], start_and_join("other", &[]), child())).unwrap();
    assert_eq!(follow(&engine, start(&engine, hash)).state, RunState::Succeeded);
    assert_eq!(world.touched().len(), 2);
}

fn approval(longest: Option<i32>) -> Vec<Op> {
    let mut code = vec![text(0, "Pay?"), text(1, "role"), text(2, "finance"), Op::NoneR { into: R(3) }];
    code.extend(longest.into_iter().flat_map(|longest| int(3, longest)));
    code.extend([perform("wait.approval", 0), Op::TakeR { into: R(11), from: R(4) }]);
    code
}

#[test]
fn a_person_decides_what_a_run_asks() {
    let world = World::new();
    let engine = world.open();
    let hash = engine.deploy(image(vec![], approval(None), approval(Some(60_000_000)))).unwrap();
    let run = start(&engine, hash);
    until_state(&engine, run, RunState::Waiting);
    let questions = engine.history().unwrap().questions(run).unwrap();
    assert_eq!(questions, [("Pay?".to_owned(), "role finance".to_owned())]);
    let decision = Decision { approved: true, by: "ann".to_owned(), comment: "fine".to_owned() };
    engine.answer(run, decision.clone()).unwrap();
    let said = |text: &str| Data::String(text.to_owned());
    assert_eq!(follow(&engine, run).outcome, Some(Ok(Data::Case(0, vec![said("ann"), said("fine")]))));
    assert!(engine.answer(run, decision.clone()).is_err());

    let run = start_task(&engine, hash, "child");
    until_state(&engine, run, RunState::Waiting);
    // By a row, as another process does.
    runtime::engine::answer(&world.folder.path().join("data"), &run.into(), Decision { approved: false, ..decision })
        .unwrap();
    assert!(matches!(follow(&engine, run).outcome, Some(Ok(Data::Case(1, _)))));

    let run = start_task(&engine, hash, "child");
    until_state(&engine, run, RunState::Waiting);
    world.advance(60);
    assert_eq!(follow(&engine, run).outcome, Some(Ok(Data::Case(2, vec![]))));
}

#[test]
fn waits_are_told_in_the_history() {
    let world = World::new();
    let engine = world.open();
    let hash = engine.deploy(image(vec![], wait_for_paid(None, Some(60_000_000)), vec![])).unwrap();
    let run = start(&engine, hash);
    until_state(&engine, run, RunState::Waiting);
    let steps = engine.history().unwrap().steps(run, 0, 9).unwrap();
    let until = Some(toy::NEW_YEAR + 60 * SECOND);
    assert_eq!(steps[0].what, StepKind::Waits { name: "event.wait".to_owned(), until });
}
