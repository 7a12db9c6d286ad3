//! Fibers, steps and undos of the machine, on hand-made images.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use bytecode::{
    Bank, Class, Constant, ConstantId, Function, FunctionId, Handler, Image, Native, NativeId, Op, R, Takes, To, Type,
    TypeId, W,
};
use runtime::vm::{MAX_FIBERS, MAX_GROUPS, MAX_STEPS, MAX_UNDOS, Program, Request, RunError, Stop, Vm};
use runtime::{Answer, Data, ErrorKind, Failure, Natives, Value};
use std::rc::Rc;
use std::sync::Arc;

const FUEL: u64 = 1_000_000;
const NAMES: [&str; 5] = ["outer", "inner", "invalid", "it is wrong", "undo"];
const OUTER: ConstantId = ConstantId(0);
const INNER: ConstantId = ConstantId(1);

fn function(name: &str, parameters: &[Bank], captures: u16, result: Option<Bank>, code: Vec<Op>) -> Function {
    Function {
        name: name.to_owned(),
        parameters: parameters.to_vec(),
        captures,
        result,
        words: 8,
        refs: 8,
        code,
        handlers: Vec::new(),
        places: Vec::new(),
    }
}

/// What a fiber runs, with one captured value and a result.
fn branch(code: Vec<Op>) -> Function {
    function("branch", &[], 1, Some(Bank::Ref), code)
}

fn program(functions: Vec<Function>) -> Rc<Program> {
    let image = Image {
        name: "test".to_owned(),
        functions,
        constants: NAMES.map(|name| Constant::String(name.to_owned())).to_vec(),
        types: vec![Type::Nothing, Type::Int],
        natives: vec![Native {
            name: "test.ask".to_owned(),
            class: Class::Idempotent,
            parameters: vec![TypeId(1)],
            result: TypeId(1),
        }],
        ..Image::default()
    };
    let mut natives = Natives::new();
    natives.effect("test.ask", |_, _| async { Answer::Done(Ok(Data::None)) });
    Program::new(Arc::new(image), &natives).expect("the image is verified")
}

fn vm(program: &Rc<Program>, arguments: Vec<Value>) -> Vm {
    Vm::call(Rc::clone(program), FunctionId(0), arguments).unwrap()
}

/// Asks about what stands in `of`, behind which the answer goes.
fn ask(of: u16) -> Op {
    Op::Perform { native: NativeId(0), refs: R(of), count: 1 }
}

fn push_branch(function: u16, captured: i32) -> [Op; 4] {
    [
        Op::Int { into: W(0), value: captured },
        Op::BoxInt { into: R(5), from: W(0) },
        Op::NewClosure { into: R(5), function: FunctionId(function), count: 1 },
        Op::PushR { list: R(0), value: R(5) },
    ]
}

/// Runs functions in parallel, each with the value that it captures, and gives the list of their results.
fn parallel(branches: &[(u16, i32)], at_most: i32) -> Function {
    let mut code = vec![Op::NewList { into: R(0) }];
    for (function, captured) in branches {
        code.extend(push_branch(*function, *captured));
    }
    code.extend([
        Op::Int { into: W(1), value: at_most },
        Op::Parallel { from: R(0), at_most: W(1) },
        Op::ReturnR { value: R(1) },
    ]);
    function("main", &[], 0, Some(Bank::Ref), code)
}

/// Calls function 1 for each item of the first argument.
fn each(at_most: i32) -> Function {
    let code = vec![
        Op::MoveR { into: R(2), from: R(0) },
        Op::NewClosure { into: R(1), function: FunctionId(1), count: 0 },
        Op::Int { into: W(0), value: at_most },
        Op::ParallelEach { from: R(1), at_most: W(0) },
        Op::ReturnR { value: R(3) },
    ];
    function("main", &[Bank::Ref], 0, Some(Bank::Ref), code)
}

fn fail(kind: u16) -> Vec<Op> {
    vec![
        Op::ConstR { into: R(kind), constant: ConstantId(2) },
        Op::ConstR { into: R(kind + 1), constant: ConstantId(3) },
        Op::NewError { into: R(kind + 2), kind: R(kind), message: R(kind + 1) },
        Op::Fail { error: R(kind + 2) },
    ]
}

/// Asks, and gives the answer.
fn asking() -> Function {
    branch(vec![ask(0), Op::ReturnR { value: R(1) }])
}

fn argument(request: &Request) -> i64 {
    match request.arguments.as_slice() {
        [Data::Int(int)] => *int,
        other => panic!("{other:?}"),
    }
}

fn failure() -> Failure {
    Failure::new(ErrorKind::Network, "the line is cut")
}

/// What a driver saw until all waited, or the end.
#[derive(Debug, Default, PartialEq)]
struct Seen {
    asked: Vec<(u64, i64)>,
    cancelled: Vec<u64>,
    steps: Vec<(Vec<String>, Option<i64>)>,
    end: Option<Result<Data, RunError>>,
}

/// Lets a machine go on until all wait, each time with so much fuel, saved and loaded at every stop.
fn settle(program: &Rc<Program>, machine: &mut Vm, fuel: u64, reload: bool) -> Seen {
    let mut seen = Seen::default();
    loop {
        match machine.run(fuel) {
            Stop::Operation(request) => {
                // After loading, what was asked is asked again.
                if !seen.asked.iter().any(|(operation, _)| *operation == request.operation) {
                    seen.asked.push((request.operation, argument(&request)));
                    seen.steps.push((request.steps, request.deadline));
                }
            }
            Stop::Cancel(operation) => {
                if !seen.cancelled.contains(&operation) {
                    seen.cancelled.push(operation);
                }
            }
            Stop::Waiting => break,
            Stop::OutOfFuel if reload => *machine = Vm::load(Rc::clone(program), &machine.save()).unwrap(),
            Stop::OutOfFuel => {}
            Stop::Done(data) => {
                seen.end = Some(Ok(data));
                break;
            }
            Stop::Failed(error) => {
                seen.end = Some(Err(*error));
                break;
            }
        }
    }
    if reload && seen.end.is_none() {
        *machine = Vm::load(Rc::clone(program), &machine.save()).unwrap();
        machine.run(0);
    }
    seen
}

fn ints(items: &[i64]) -> Data {
    Data::List(items.iter().map(|int| Data::Int(*int)).collect())
}

#[test]
fn the_results_stand_in_the_order_of_the_branches() {
    let program = program(vec![parallel(&[(1, 10), (1, 20), (1, 30)], 0), asking()]);
    let mut machine = vm(&program, Vec::new());
    let seen = settle(&program, &mut machine, FUEL, false);
    assert_eq!(seen.asked, [(1, 10), (2, 20), (3, 30)]);
    assert!(machine.is_waiting());
    for operation in [2, 3, 1] {
        machine.resume(operation, Ok(Data::Int(operation as i64)));
    }
    let Stop::Done(data) = machine.run(FUEL) else { panic!("it is done") };
    assert_eq!(data, ints(&[1, 2, 3]));
}

#[test]
fn only_so_many_items_run_at_once() {
    let item = function("item", &[Bank::Ref], 0, Some(Bank::Ref), vec![ask(0), Op::ReturnR { value: R(1) }]);
    let program = program(vec![each(2), item]);
    let items = Value::list(runtime::List::Ints(vec![7, 8, 9]));
    let mut machine = vm(&program, vec![items]);
    assert_eq!(settle(&program, &mut machine, FUEL, false).asked, [(1, 7), (2, 8)]);
    machine.resume(2, Ok(Data::Int(80)));
    assert_eq!(settle(&program, &mut machine, FUEL, false).asked, [(3, 9)]);
    machine.resume(3, Ok(Data::Int(90)));
    assert_eq!(settle(&program, &mut machine, FUEL, false), Seen::default());
    machine.resume(1, Ok(Data::Int(70)));
    assert_eq!(settle(&program, &mut machine, FUEL, false).end, Some(Ok(ints(&[70, 80, 90]))));
}

#[test]
fn ten_thousand_items_are_as_many_fibers_as_run_at_once() {
    let item = function("item", &[Bank::Ref], 0, Some(Bank::Ref), vec![ask(0), Op::ReturnR { value: R(1) }]);
    let program = program(vec![each(8), item]);
    let items = Value::list(runtime::List::Ints((0..10_000).collect()));
    let mut machine = vm(&program, vec![items]);
    let mut waiting = Vec::new();
    let (mut most, mut asked) = (0, 0);
    loop {
        match machine.run(FUEL) {
            Stop::Operation(request) => {
                waiting.push((request.operation, argument(&request)));
                asked += 1;
                most = most.max(waiting.len());
            }
            Stop::Waiting => {
                let (operation, argument) = waiting.swap_remove(asked % waiting.len());
                machine.resume(operation, Ok(Data::Int(argument)));
            }
            Stop::Done(data) => break assert_eq!(data, ints(&(0..10_000).collect::<Vec<_>>())),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((most, asked), (8, 10_000));
}

#[test]
fn nothing_in_parallel_is_done_at_once() {
    let program = program(vec![parallel(&[], 0)]);
    assert_eq!(settle(&program, &mut vm(&program, Vec::new()), FUEL, false).end, Some(Ok(ints(&[]))));
}

#[test]
fn the_first_failure_cancels_the_others_and_goes_on_when_they_have_ended() {
    let program = program(vec![parallel(&[(1, 1), (1, 2), (1, 3)], 2), asking()]);
    let mut machine = vm(&program, Vec::new());
    assert_eq!(settle(&program, &mut machine, FUEL, false).asked.len(), 2);
    machine.resume(2, Err(failure()));
    let seen = settle(&program, &mut machine, FUEL, false);
    assert_eq!((seen.cancelled.as_slice(), seen.asked.len(), seen.end), ([1].as_slice(), 0, None), "all are awaited");
    machine.withdraw(1);
    let Some(Err(error)) = settle(&program, &mut machine, FUEL, false).end else { panic!("it fails") };
    assert_eq!(error.failure, failure());
    assert_eq!(error.trace.iter().map(|frame| frame.function.as_str()).collect::<Vec<_>>(), ["branch", "main"]);
}

#[test]
fn an_outcome_that_comes_all_the_same_is_delivered_and_the_next_operation_is_not_asked() {
    // The branch notes the first answer by pushing an undo, then asks again.
    let charge = branch(vec![
        ask(0),
        Op::NewClosure { into: R(1), function: FunctionId(3), count: 1 },
        Op::PushUndo { name: OUTER, closure: R(1) },
        Op::NoneR { into: R(2) },
        Op::BoxInt { into: R(2), from: W(0) },
        ask(2),
        Op::ReturnR { value: R(3) },
    ]);
    let refund = branch(vec![ask(0), Op::ReturnR { value: R(1) }]);
    let program = program(vec![parallel(&[(1, 1), (2, 2)], 0), charge, asking(), refund]);
    let mut machine = vm(&program, Vec::new());
    settle(&program, &mut machine, FUEL, false);
    machine.resume(2, Err(failure()));
    assert_eq!(settle(&program, &mut machine, FUEL, false).cancelled, [1]);
    machine.resume(1, Ok(Data::Int(55)));
    let seen = settle(&program, &mut machine, FUEL, false);
    assert_eq!(seen.asked, [(3, 55)], "the undo asks about what was charged, the branch asks nothing");
    assert_eq!(seen.steps, [(vec!["outer".to_owned()], None)]);
    assert!(machine.is_undoing());
    machine.resume(3, Ok(Data::Int(0)));
    let Some(Err(error)) = settle(&program, &mut machine, FUEL, false).end else { panic!("it fails") };
    assert_eq!((error.failure, error.failed_undos.len()), (failure(), 0));
}

/// A branch whose `finally` asks, and which then fails with what it took.
fn with_finally(takes: Takes) -> Function {
    let mut branch = branch(vec![ask(0), Op::ReturnR { value: R(1) }, ask(0), Op::Fail { error: R(3) }]);
    branch.handlers = vec![Handler { from: To(0), to: To(1), takes, into: R(3), target: To(2) }];
    branch
}

#[test]
fn a_cancellation_is_seen_by_a_finally_alone_and_what_it_does_is_not_cancelled() {
    for (takes, asks) in [(Takes::All, 1), (Takes::World, 0)] {
        let program = program(vec![parallel(&[(1, 1), (2, 2)], 0), with_finally(takes), asking()]);
        let mut machine = vm(&program, Vec::new());
        settle(&program, &mut machine, FUEL, false);
        machine.resume(2, Err(failure()));
        settle(&program, &mut machine, FUEL, false);
        machine.withdraw(1);
        let seen = settle(&program, &mut machine, FUEL, false);
        assert_eq!(seen.asked.len(), asks);
        if asks > 0 {
            machine.cancel(Failure::new(ErrorKind::Timeout, "it took too long"));
            assert_eq!(settle(&program, &mut machine, FUEL, false).cancelled, [0; 0]);
            machine.resume(3, Ok(Data::Int(0)));
        }
        let end = seen.end.or_else(|| settle(&program, &mut machine, FUEL, false).end);
        assert!(matches!(end, Some(Err(_))));
    }
}

/// Asks in a step, notes its undo, twice, and then fails.
fn saga(last: Vec<Op>) -> Vec<Function> {
    let mut code = Vec::new();
    for (value, name) in [(10, OUTER), (20, INNER)] {
        code.extend([
            Op::Int { into: W(0), value },
            Op::BoxInt { into: R(0), from: W(0) },
            Op::NoneR { into: R(2) },
            Op::EnterStep { name, deadline: R(2), retried: 0 },
            ask(0),
            Op::NewClosure { into: R(1), function: FunctionId(1), count: 1 },
            Op::PushUndo { name, closure: R(1) },
            Op::LeaveStep {},
        ]);
    }
    code.extend(last);
    let mut undo = vec![ask(0)];
    undo.extend([Op::ReturnR { value: R(1) }]);
    vec![function("main", &[], 0, None, code), branch(undo)]
}

fn answer_all(
    program: &Rc<Program>,
    machine: &mut Vm,
    reload: bool,
    outcome: impl Fn(i64) -> Result<Data, Failure>,
) -> (Vec<i64>, Result<Data, RunError>) {
    let mut all = Vec::new();
    loop {
        let seen = settle(program, machine, FUEL, reload);
        if let Some(end) = seen.end {
            return (all, end);
        }
        for (operation, asked) in seen.asked {
            all.push(asked);
            machine.resume(operation, outcome(asked));
        }
    }
}

#[test]
fn undos_run_newest_first_and_a_failed_one_stops_nothing() {
    let program = program(saga(fail(5)));
    for reload in [false, true] {
        let answer = |asked| if asked == 21 { Err(failure()) } else { Ok(Data::Int(asked + 1)) };
        let (asked, end) = answer_all(&program, &mut vm(&program, Vec::new()), reload, answer);
        assert_eq!(asked, [10, 20, 21, 11]);
        let error = end.unwrap_err();
        assert_eq!(error.failure, Failure::new(ErrorKind::Invalid, "it is wrong"));
        let failed: Vec<_> = error.failed_undos.iter().map(|undo| (undo.step.as_str(), &undo.failure)).collect();
        assert_eq!(failed, [("inner", &failure())]);
    }
}

#[test]
fn a_run_that_succeeds_undoes_nothing() {
    let program = program(saga(vec![Op::Return {}]));
    let (asked, end) = answer_all(&program, &mut vm(&program, Vec::new()), false, |asked| Ok(Data::Int(asked + 1)));
    assert_eq!((asked, end), (vec![10, 20], Ok(Data::None)));
}

#[test]
fn a_cancelled_machine_undoes_and_fails_with_what_it_was_told() {
    let last = vec![Op::BoxInt { into: R(0), from: W(5) }, ask(0), Op::Return {}];
    let program = program(saga(last));
    let mut machine = vm(&program, Vec::new());
    for operation in 1..=2 {
        settle(&program, &mut machine, FUEL, false);
        machine.resume(operation, Ok(Data::Int(operation as i64)));
    }
    settle(&program, &mut machine, FUEL, false);
    let told = Failure::new(ErrorKind::Timeout, "it took too long");
    machine.cancel(told.clone());
    assert_eq!(settle(&program, &mut machine, FUEL, false).cancelled, [3]);
    machine.withdraw(3);
    let (asked, end) = answer_all(&program, &mut machine, true, |_| Ok(Data::Int(0)));
    assert_eq!((asked, end.unwrap_err().failure), (vec![2, 1], told));
}

#[test]
fn what_computes_for_ever_is_interrupted() {
    let program = program(vec![function("main", &[], 0, None, vec![Op::Jump { to: To(0) }])]);
    let mut machine = vm(&program, Vec::new());
    assert!(matches!(machine.run(1_000), Stop::OutOfFuel));
    machine.cancel(failure());
    assert!(matches!(machine.run(1_000), Stop::OutOfFuel), "it has come to no operation");
    machine.interrupt();
    let Stop::Failed(error) = machine.run(1_000) else { panic!("it fails") };
    assert_eq!(error.failure, failure());
}

#[test]
fn a_request_names_its_steps_and_the_earliest_deadline() {
    let item = branch(vec![
        Op::BoxInt { into: R(2), from: W(0) },
        Op::EnterStep { name: INNER, deadline: R(0), retried: 0 },
        ask(0),
        Op::LeaveStep {},
        ask(0),
        Op::ReturnR { value: R(1) },
    ]);
    let mut main = parallel(&[(1, 70)], 0);
    main.code.splice(
        0..0,
        [
            Op::Int { into: W(2), value: 50 },
            Op::BoxInt { into: R(6), from: W(2) },
            Op::EnterStep { name: OUTER, deadline: R(6), retried: 0 },
        ],
    );
    let program = program(vec![main, item]);
    for reload in [false, true] {
        let mut machine = vm(&program, Vec::new());
        let seen = settle(&program, &mut machine, 1, reload);
        assert_eq!(seen.steps, [(vec!["outer".to_owned(), "inner".to_owned()], Some(50))]);
        machine.resume(1, Ok(Data::Int(0)));
        let seen = settle(&program, &mut machine, 1, reload);
        assert_eq!(seen.steps, [(vec!["outer".to_owned()], Some(50))]);
    }
}

/// Nested groups, a failing branch, a `finally` and undos; answered in an order that is drawn from a seed.
fn storm() -> Rc<Program> {
    let mut nested = parallel(&[(4, 1), (4, 2), (3, 3)], 2);
    nested.captures = 1;
    // The captured value stands where the list of closures goes.
    nested.refs = 9;
    nested.code.insert(0, Op::TakeR { into: R(8), from: R(0) });
    let noting = branch(vec![
        ask(0),
        Op::NewClosure { into: R(1), function: FunctionId(4), count: 1 },
        Op::PushUndo { name: OUTER, closure: R(1) },
        Op::BoxInt { into: R(2), from: W(0) },
        ask(2),
        Op::ReturnR { value: R(3) },
    ]);
    program(vec![parallel(&[(1, 0), (2, 5), (3, 6), (4, 7)], 3), nested, noting, with_finally(Takes::All), asking()])
}

fn drive(program: &Rc<Program>, seed: u64, fuel: u64, reload: bool) -> Vec<String> {
    let mut machine = vm(program, Vec::new());
    let (mut log, mut known, mut open, mut cancelled) = (Vec::new(), 0, Vec::new(), Vec::new());
    let mut draw = seed;
    loop {
        let mut seen = settle(program, &mut machine, fuel, reload);
        // After loading, what has no outcome is told once more.
        let new: Vec<bool> = seen.asked.iter().map(|(operation, _)| *operation > known).collect();
        let mut kept = new.iter();
        seen.steps.retain(|_| *kept.next().unwrap());
        seen.asked.retain(|(operation, _)| *operation > known);
        seen.cancelled.retain(|operation| !cancelled.contains(operation));
        known += seen.asked.len() as u64;
        open.extend(seen.asked.iter().copied());
        cancelled.extend(seen.cancelled.iter().copied());
        log.push(format!("{:?} {:?} {:?}", seen.asked, seen.steps, seen.cancelled));
        if let Some(end) = seen.end {
            log.push(format!("{end:?}"));
            return log;
        }
        draw = draw.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let chosen = (draw >> 33) as usize % open.len();
        let (operation, asked) = open.swap_remove(chosen);
        if cancelled.contains(&operation) && draw >> 60 > 4 {
            machine.withdraw(operation);
        } else if draw >> 60 == 3 {
            machine.resume(operation, Err(failure()));
        } else {
            machine.resume(operation, Ok(Data::Int(asked + 100)));
        }
        if log.len() == 4 && seed.is_multiple_of(3) {
            machine.cancel(Failure::new(ErrorKind::Timeout, "it took too long"));
        }
    }
}

#[test]
fn neither_fuel_nor_saving_can_be_seen() {
    let program = storm();
    for seed in 0..200 {
        let expected = drive(&program, seed, FUEL, false);
        assert!(expected.len() > 3, "{expected:?}");
        for fuel in [1, 2, 7] {
            assert_eq!(drive(&program, seed, fuel, true), expected, "seed {seed}, fuel {fuel}");
        }
    }
}

fn limit(functions: Vec<Function>) -> String {
    let program = program(functions);
    match settle(&program, &mut vm(&program, Vec::new()), FUEL * 100, false).end {
        Some(Err(error)) => {
            assert_eq!(error.failure.kind, "limit", "{error:?}");
            error.failure.message
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_limit_is_told() {
    // Each branch begins the same once more.
    let mut deep = parallel(&[(1, 0)], 0);
    deep.captures = 1;
    let outer = parallel(&[(1, 0)], 0);
    assert_eq!(limit(vec![outer, deep]), format!("more than {MAX_GROUPS} `parallel` stand in each other"));

    let steps = vec![Op::EnterStep { name: OUTER, deadline: R(0), retried: 0 }, Op::Jump { to: To(0) }];
    let steps = function("main", &[], 0, None, steps);
    assert_eq!(limit(vec![steps]), format!("more than {MAX_STEPS} steps stand in each other"));

    let undos = vec![
        Op::NewClosure { into: R(0), function: FunctionId(1), count: 0 },
        Op::PushUndo { name: OUTER, closure: R(0) },
        Op::Jump { to: To(1) },
    ];
    let nothing = function("nothing", &[], 0, None, vec![Op::Return {}]);
    let undos = limit(vec![function("main", &[], 0, None, undos), nothing]);
    assert_eq!(undos, format!("more than {MAX_UNDOS} steps could have to be undone"));

    // A list of more closures than there may be fibers, all at once.
    let many = vec![
        Op::NewList { into: R(0) },
        Op::NoneR { into: R(5) },
        Op::NewClosure { into: R(5), function: FunctionId(1), count: 1 },
        Op::PushR { list: R(0), value: R(5) },
        Op::AddIntBy { into: W(0), left: W(0), value: 1 },
        Op::Int { into: W(1), value: MAX_FIBERS as i32 },
        Op::LtInt { into: W(2), left: W(0), right: W(1) },
        Op::JumpIf { condition: W(2), to: To(1) },
        Op::Parallel { from: R(0), at_most: W(7) },
        Op::ReturnR { value: R(1) },
    ];
    let main = function("main", &[], 0, Some(Bank::Ref), many);
    let program = program(vec![main, asking()]);
    let mut machine = vm(&program, Vec::new());
    let seen = settle(&program, &mut machine, FUEL, false);
    let end = seen.end.expect("none has begun to ask");
    assert!(end.unwrap_err().failure.message.starts_with("more than 10000 things at once"));
}
