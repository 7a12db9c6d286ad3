//! The machine on hand-made images.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use bytecode::{
    Bank, Class, Constant, ConstantId, Function, FunctionId, Handler, Image, Native, NativeId, Op, R, Source, Takes,
    Task, TaskParameter, To, Type, TypeId, W, WordId,
};
use diagnostics::{FileId, Place, Span};
use runtime::vm::{Program, SnapshotError, Stop, Vm};
use runtime::{Answer, Arguments, Data, ErrorKind, Failure, Natives, Value};
use std::rc::Rc;
use std::sync::Arc;

const FUEL: u64 = 1_000_000;

fn place(line: u32) -> Place {
    Place { file: FileId(0), span: Span::new(line * 2, line * 2 + 1) }
}

fn function(name: &str, parameters: &[Bank], result: Option<Bank>, code: Vec<Op>) -> Function {
    let places = (0..code.len() as u32).map(|at| (at, place(at))).collect();
    Function {
        name: name.to_owned(),
        parameters: parameters.to_vec(),
        captures: 0,
        result,
        words: 8,
        refs: 8,
        code,
        handlers: Vec::new(),
        places,
    }
}

fn image(functions: Vec<Function>) -> Image {
    let native = |name: &str, class, parameters: &[u16], result| Native {
        name: name.to_owned(),
        class,
        parameters: parameters.iter().map(|id| TypeId(*id)).collect(),
        result: TypeId(result),
    };
    Image {
        name: "test".to_owned(),
        functions,
        words: vec![i64::MAX.cast_unsigned(), i64::MIN.cast_unsigned()],
        constants: ["invalid", "it is wrong", "a string of more than fourteen bytes"]
            .map(|text| Constant::String(text.to_owned()))
            .to_vec(),
        types: vec![Type::Nothing, Type::Int, Type::String, Type::List(TypeId(1)), Type::Json, Type::Duration],
        natives: vec![
            native("test.ask", Class::Idempotent, &[1], 1),
            native("test.address", Class::Pure, &[3], 1),
            native("test.fail", Class::Pure, &[], 1),
        ],
        sources: vec![Source { name: "test.task".to_owned(), text: "x\n".repeat(100) }],
        ..Image::default()
    }
}

fn natives() -> Natives {
    let mut natives = Natives::new();
    natives.effect("test.ask", |_, _| async { Answer::Done(Ok(Data::None)) });
    natives.pure("test.address", |arguments| {
        arguments.list(0)?;
        let Some(Value::List(list)) = arguments.first() else { return Ok(Value::None) };
        Ok(Value::Int(Rc::as_ptr(list) as usize as i64))
    });
    natives.pure("test.fail", |_| Err(Failure::new(ErrorKind::Parse, "no such thing")));
    natives
}

fn program(functions: Vec<Function>) -> Rc<Program> {
    Program::new(Arc::new(image(functions)), &natives()).expect("the image is verified")
}

fn vm(program: &Rc<Program>, arguments: Vec<Value>) -> Vm {
    Vm::call(Rc::clone(program), FunctionId(0), arguments).unwrap()
}

fn run(functions: Vec<Function>, arguments: Vec<Value>) -> Stop {
    vm(&program(functions), arguments).run(FUEL)
}

fn word(code: Vec<Op>, arguments: &[i64]) -> i64 {
    let parameters = vec![Bank::Word; arguments.len()];
    let main = function("main", &parameters, Some(Bank::Word), code);
    match run(vec![main], arguments.iter().map(|int| Value::Int(*int)).collect()) {
        Stop::Done(Data::Int(int)) => int,
        other => panic!("{other:?}"),
    }
}

fn failure(code: Vec<Op>) -> (String, String, u32) {
    match run(vec![function("main", &[], None, code)], Vec::new()) {
        Stop::Failed(error) => {
            let line = error.place.expect("an error has its place").span.start / 2;
            (error.failure.kind, error.failure.message, line)
        }
        other => panic!("{other:?}"),
    }
}

fn told(kind: &str, message: &str, line: u32) -> (String, String, u32) {
    (kind.to_owned(), message.to_owned(), line)
}

/// Sums 0 to 9 and asks about each sum.
fn asking() -> Vec<Function> {
    let code = vec![
        Op::Int { into: W(0), value: 0 },
        Op::Int { into: W(1), value: 0 },
        Op::NewInts { into: R(3) },
        Op::AddInt { into: W(1), left: W(1), right: W(0) },
        Op::BoxInt { into: R(0), from: W(1) },
        Op::Perform { native: NativeId(0), refs: R(0), count: 1 },
        Op::Unbox { into: W(2), from: R(1) },
        Op::PushW { list: R(3), value: W(2) },
        Op::Call { function: FunctionId(1), words: W(4), refs: R(4) },
        Op::AddInt { into: W(1), left: W(1), right: W(4) },
        Op::AddIntBy { into: W(0), left: W(0), value: 1 },
        Op::Int { into: W(3), value: 10 },
        Op::LtInt { into: W(3), left: W(0), right: W(3) },
        Op::JumpIf { condition: W(3), to: To(3) },
        Op::ReturnR { value: R(3) },
    ];
    let seven = vec![Op::Int { into: W(7), value: 7 }, Op::ReturnW { value: W(7) }];
    vec![function("main", &[], Some(Bank::Ref), code), function("seven", &[], Some(Bank::Word), seven)]
}

/// Runs to the end, each time with so much fuel, answering with twice what was asked; saves and loads where told.
fn drive(program: &Rc<Program>, mut machine: Vm, fuel: u64, reload: bool) -> Data {
    loop {
        if reload {
            machine = Vm::load(Rc::clone(program), &machine.save()).unwrap();
        }
        match machine.run(fuel) {
            Stop::Done(data) => return data,
            Stop::OutOfFuel => {}
            Stop::Operation(request) => {
                let [Data::Int(asked)] = request.arguments.as_slice() else { panic!("{request:?}") };
                let outcome = Data::Int(asked * 2);
                if reload {
                    machine = Vm::load(Rc::clone(program), &machine.save()).unwrap();
                    assert!(matches!(machine.run(fuel), Stop::Operation(again) if again == request));
                }
                machine.resume(request.operation, Ok(outcome));
            }
            other @ (Stop::Failed(_) | Stop::Waiting | Stop::Cancel(_)) => panic!("{other:?}"),
        }
    }
}

#[test]
fn ints_add_and_divide_as_the_manual_says() {
    let binary = |op: fn(W, W, W) -> Op, left: i64, right: i64| {
        word(vec![op(W(2), W(0), W(1)), Op::ReturnW { value: W(2) }], &[left, right])
    };
    assert_eq!(binary(|into, left, right| Op::DivInt { into, left, right }, -7, 2), -3);
    assert_eq!(binary(|into, left, right| Op::RemInt { into, left, right }, -7, 2), -1);
    assert_eq!(binary(|into, left, right| Op::RemInt { into, left, right }, i64::MIN, -1), 0);
    assert_eq!(binary(|into, left, right| Op::MulInt { into, left, right }, -7, 2), -14);
    assert_eq!(binary(|into, left, right| Op::LeInt { into, left, right }, -7, 2), 1);
}

#[test]
fn what_does_not_fit_is_told_with_its_place() {
    let max = Op::ConstW { into: W(0), constant: WordId(0) };
    let min = Op::ConstW { into: W(0), constant: WordId(1) };
    let one = Op::Int { into: W(1), value: 1 };
    let zero = Op::Int { into: W(1), value: 0 };
    assert_eq!(
        failure(vec![max, one, Op::AddInt { into: W(2), left: W(0), right: W(1) }, Op::Return {}]),
        told("arithmetic", "9223372036854775807 + 1 does not fit an int", 2)
    );
    assert_eq!(
        failure(vec![max, zero, Op::DivInt { into: W(2), left: W(0), right: W(1) }, Op::Return {}]),
        told("arithmetic", "division by zero", 2)
    );
    assert_eq!(
        failure(vec![min, Op::NegInt { into: W(2), from: W(0) }, Op::Return {}]),
        told("arithmetic", "-(-9223372036854775808) does not fit an int", 1)
    );
    let list = [Op::NewInts { into: R(0) }, Op::PushW { list: R(0), value: W(0) }, Op::Int { into: W(1), value: 7 }];
    let mut code = list.to_vec();
    code.extend([Op::GetW { into: W(2), list: R(0), index: W(1) }, Op::Return {}]);
    assert_eq!(failure(code), told("out_of_range", "index 7 of a list of 1", 3));
}

#[test]
fn references_of_another_kind_are_an_error_and_no_harm() {
    let (kind, message, _) = failure(vec![Op::ListLen { into: W(0), list: R(0) }, Op::Return {}]);
    assert_eq!((kind.as_str(), message.as_str()), ("internal", "the machine expected a list and found none"));
}

#[test]
fn it_goes_on_the_same_wherever_it_was_saved() {
    let program = program(asking());
    let expected = drive(&program, vm(&program, Vec::new()), FUEL, false);
    assert!(matches!(&expected, Data::List(items) if items.len() == 10));
    for fuel in 1..12 {
        assert_eq!(drive(&program, vm(&program, Vec::new()), fuel, false), expected);
        assert_eq!(drive(&program, vm(&program, Vec::new()), fuel, true), expected);
    }
}

#[test]
fn operations_are_counted_from_one() {
    let program = program(asking());
    let mut machine = vm(&program, Vec::new());
    for expected in 1..=3 {
        let Stop::Operation(request) = machine.run(FUEL) else { panic!("it asks") };
        assert_eq!(request.operation, expected);
        assert_eq!(request.place, Some(place(5)));
        machine.resume(request.operation, Ok(Data::Int(1)));
    }
}

#[test]
fn an_outcome_of_another_type_fails_the_run() {
    let program = program(asking());
    let mut machine = vm(&program, Vec::new());
    assert!(matches!(machine.run(FUEL), Stop::Operation(_)));
    machine.resume(1, Ok(Data::String("no int".to_owned())));
    let Stop::Failed(error) = machine.run(FUEL) else { panic!("it fails") };
    assert_eq!(error.failure.message, "expected an int, found a string");
    assert!(matches!(machine.run(FUEL), Stop::Failed(_)));
}

#[test]
fn a_snapshot_that_is_cut_or_changed_is_refused() {
    let program = program(asking());
    let mut machine = vm(&program, Vec::new());
    assert!(matches!(machine.run(FUEL), Stop::Operation(_)));
    let bytes = machine.save();
    assert!(bytes.len() < 200, "{} bytes", bytes.len());
    for at in 0..bytes.len() {
        assert!(Vm::load(Rc::clone(&program), &bytes[..at]).is_err());
        let mut changed = bytes.clone();
        changed[at] ^= 0x10;
        assert!(Vm::load(Rc::clone(&program), &changed).is_err());
    }
    let other = self::program(vec![function("main", &[], None, vec![Op::Return {}])]);
    assert_eq!(Vm::load(other, &bytes).unwrap_err(), SnapshotError::OtherImage);
}

#[test]
fn endless_recursion_ends_with_a_limit_and_a_trace() {
    let code = vec![Op::Call { function: FunctionId(0), words: W(0), refs: R(0) }, Op::Return {}];
    let Stop::Failed(error) = run(vec![function("main", &[], None, code)], Vec::new()) else { panic!("it fails") };
    assert_eq!(error.failure.kind, "limit");
    assert_eq!(error.trace.len(), 50);
    assert!(error.trace.iter().all(|frame| frame.function == "main" && frame.place == Some(place(0))));
}

#[test]
fn nothing_runs_on_without_fuel() {
    let mut machine = vm(&program(vec![function("main", &[], None, vec![Op::Jump { to: To(0) }])]), Vec::new());
    for _ in 0..3 {
        assert!(matches!(machine.run(1_000), Stop::OutOfFuel));
    }
}

fn handled(takes: Takes, thrown: Vec<Op>) -> Stop {
    let mut thrower = thrown;
    thrower.push(Op::Return {});
    let mut main = function(
        "main",
        &[],
        Some(Bank::Ref),
        vec![
            Op::Call { function: FunctionId(1), words: W(0), refs: R(2) },
            Op::ReturnR { value: R(0) },
            Op::ReturnR { value: R(1) },
        ],
    );
    main.handlers = vec![Handler { from: To(0), to: To(1), takes, into: R(1), target: To(2) }];
    run(vec![main, function("thrower", &[], None, thrower)], Vec::new())
}

#[test]
fn handlers_take_what_they_say() {
    let invalid = || {
        vec![
            Op::ConstR { into: R(0), constant: ConstantId(0) },
            Op::ConstR { into: R(1), constant: ConstantId(1) },
            Op::NewError { into: R(2), kind: R(0), message: R(1) },
            Op::Fail { error: R(2) },
        ]
    };
    let record = Data::Record(vec![
        Data::String("invalid".to_owned()),
        Data::String("it is wrong".to_owned()),
        Data::Bool(false),
        Data::String("test.task:4:1".to_owned()),
        Data::None,
    ]);
    for takes in [Takes::World, Takes::All, Takes::Kinds(vec!["invalid".to_owned()])] {
        assert!(matches!(handled(takes, invalid()), Stop::Done(data) if data == record));
    }
    let Stop::Failed(error) = handled(Takes::Kinds(vec!["io".to_owned()]), invalid()) else { panic!("it fails") };
    assert_eq!(error.place, Some(place(3)));
    assert_eq!(error.trace.iter().map(|frame| frame.function.as_str()).collect::<Vec<_>>(), ["thrower", "main"]);
    // A surprise in the machine is `internal`, which a bare `catch` passes by.
    let surprise = || vec![Op::ListLen { into: W(0), list: R(0) }];
    assert!(matches!(handled(Takes::World, surprise()), Stop::Failed(_)));
    assert!(matches!(handled(Takes::All, surprise()), Stop::Done(_)));
}

#[test]
fn an_error_thrown_again_keeps_its_place_and_trace() {
    let thrower = vec![Op::CallNative { native: NativeId(2), refs: R(0), count: 0 }, Op::Return {}];
    let mut main = function(
        "main",
        &[],
        None,
        vec![
            Op::Call { function: FunctionId(1), words: W(0), refs: R(2) },
            Op::Return {},
            Op::Int { into: W(0), value: 1 },
            Op::Fail { error: R(1) },
        ],
    );
    main.handlers = vec![Handler { from: To(0), to: To(1), takes: Takes::All, into: R(1), target: To(2) }];
    let Stop::Failed(error) = run(vec![main, function("thrower", &[], None, thrower)], Vec::new()) else {
        panic!("it fails")
    };
    assert_eq!(error.failure, Failure::new(ErrorKind::Parse, "no such thing"));
    assert_eq!(error.place, Some(place(0)));
    assert_eq!(error.trace[0].function, "thrower");
}

#[test]
fn appending_does_not_copy_a_list_even_through_calls() {
    let address = |into| {
        [
            Op::TakeR { into: R(2), from: R(0) },
            Op::CallNative { native: NativeId(1), refs: R(2), count: 1 },
            Op::TakeR { into: R(0), from: R(2) },
            Op::Unbox { into, from: R(3) },
        ]
    };
    let mut code = vec![Op::NewInts { into: R(0) }];
    code.extend(address(W(1)));
    code.extend([
        Op::Int { into: W(0), value: 0 },
        Op::TakeR { into: R(4), from: R(0) },
        Op::Call { function: FunctionId(1), words: W(4), refs: R(4) },
        Op::TakeR { into: R(0), from: R(4) },
        Op::AddIntBy { into: W(0), left: W(0), value: 1 },
        Op::Int { into: W(2), value: 1_000 },
        Op::LtInt { into: W(2), left: W(0), right: W(2) },
        Op::JumpIf { condition: W(2), to: To(6) },
    ]);
    code.extend(address(W(3)));
    code.extend([
        Op::EqWord { into: W(3), left: W(3), right: W(1) },
        Op::ListLen { into: W(1), list: R(0) },
        Op::MulInt { into: W(3), left: W(3), right: W(1) },
        Op::ReturnW { value: W(3) },
    ]);
    let append = vec![Op::PushW { list: R(0), value: W(7) }, Op::ReturnR { value: R(0) }];
    let functions =
        vec![function("main", &[], Some(Bank::Word), code), function("append", &[Bank::Ref], Some(Bank::Ref), append)];
    assert!(matches!(run(functions, Vec::new()), Stop::Done(Data::Int(1_000))));
}

#[test]
fn a_shared_list_is_copied_before_it_changes() {
    let code = vec![
        Op::NewInts { into: R(0) },
        Op::MoveR { into: R(1), from: R(0) },
        Op::PushW { list: R(1), value: W(0) },
        Op::ListLen { into: W(1), list: R(0) },
        Op::ListLen { into: W(2), list: R(1) },
        Op::SubInt { into: W(3), left: W(2), right: W(1) },
        Op::ReturnW { value: W(3) },
    ];
    assert_eq!(word(code, &[]), 1);
}

#[test]
fn closures_bring_what_they_captured() {
    let main = function(
        "main",
        &[],
        Some(Bank::Word),
        vec![
            Op::Int { into: W(0), value: 40 },
            Op::BoxInt { into: R(0), from: W(0) },
            Op::NewClosure { into: R(0), function: FunctionId(1), count: 1 },
            Op::Int { into: W(1), value: 2 },
            Op::CallClosure { closure: R(0), words: W(1), refs: R(1) },
            Op::ReturnW { value: W(1) },
        ],
    );
    let mut lambda = function(
        "lambda",
        &[Bank::Word],
        Some(Bank::Word),
        vec![
            Op::Unbox { into: W(1), from: R(0) },
            Op::AddInt { into: W(0), left: W(0), right: W(1) },
            Op::ReturnW { value: W(0) },
        ],
    );
    lambda.captures = 1;
    assert!(matches!(run(vec![main, lambda], Vec::new()), Stop::Done(Data::Int(42))));
}

#[test]
fn records_maps_and_text_do_what_their_rows_say() {
    let code = vec![
        Op::ConstR { into: R(0), constant: ConstantId(0) },
        Op::ConstR { into: R(1), constant: ConstantId(2) },
        Op::NewRecord { into: R(2), from: R(0), count: 2 },
        Op::TakeField { into: R(3), record: R(2), field: 1 },
        Op::ConstR { into: R(4), constant: ConstantId(0) },
        Op::Concat { into: R(3), from: R(3), count: 2 },
        Op::SetField { record: R(2), field: 1, value: R(3) },
        Op::NewMap { into: R(0) },
        Op::ConstR { into: R(1), constant: ConstantId(0) },
        Op::MapSet { map: R(0), key: R(1), value: R(2) },
        Op::MapTake { into: R(5), map: R(0), key: R(1) },
        Op::MapSet { map: R(0), key: R(1), value: R(5) },
        Op::MapValue { into: R(6), map: R(0), at: W(0) },
        Op::FieldR { into: R(7), record: R(6), field: 1 },
        Op::ReturnR { value: R(7) },
    ];
    let Stop::Done(data) = run(vec![function("main", &[], Some(Bank::Ref), code)], Vec::new()) else { panic!("done") };
    assert_eq!(data, Data::String("a string of more than fourteen bytesinvalid".to_owned()));
}

/// A list of one record, whose fields are a list of ints, `[5]`, and a record with the int 6; shared with `r7`.
fn nested() -> Vec<Op> {
    vec![
        Op::NewInts { into: R(1) },
        Op::Int { into: W(1), value: 5 },
        Op::PushW { list: R(1), value: W(1) },
        Op::AddIntBy { into: W(1), left: W(1), value: 1 },
        Op::BoxInt { into: R(2), from: W(1) },
        Op::NewRecord { into: R(2), from: R(2), count: 1 },
        Op::NewRecord { into: R(1), from: R(1), count: 2 },
        Op::NewList { into: R(0) },
        Op::PushR { list: R(0), value: R(1) },
        Op::MoveR { into: R(7), from: R(0) },
        Op::ItemFieldR { into: R(1), list: R(0), index: W(0), field: 0 },
        Op::GetR { into: R(3), list: R(0), index: W(0) },
    ]
}

#[test]
fn two_steps_read_and_put_what_one_after_the_other_do() {
    let mut code = nested();
    code.extend([
        Op::Int { into: W(2), value: 40 },
        Op::FieldItemW { into: W(3), record: R(3), field: 0, index: W(0) },
        Op::FieldFieldW { into: W(4), record: R(3), field: 1, inner: 0 },
        Op::PutFieldItem { record: R(3), field: 0, index: W(0), value: W(2) },
        Op::PutFieldField { record: R(3), field: 1, inner: 0, value: W(2) },
        Op::PushR { list: R(0), value: R(3) },
        Op::ReturnR { value: R(0) },
    ]);
    let Stop::Done(data) = run(vec![function("main", &[], Some(Bank::Ref), code)], Vec::new()) else { panic!("done") };
    let record = |int| Data::Record(vec![Data::List(vec![Data::Int(int)]), Data::Record(vec![Data::Int(int)])]);
    let first = Data::Record(vec![Data::List(vec![Data::Int(5)]), Data::Record(vec![Data::Int(6)])]);
    assert_eq!(data, Data::List(vec![first, record(40)]), "what was shared stays as it was");
}

#[test]
fn two_steps_that_lead_nowhere_say_which_one_does_not() {
    let beside = |last: Op| {
        let mut code = nested();
        code.extend([Op::Int { into: W(2), value: 3 }, last]);
        code.push(Op::Return {});
        let (kind, message, _) = failure(code);
        assert_eq!(kind, "out_of_range");
        message
    };
    let (zero, three) = (W(0), W(2));
    assert_eq!(beside(Op::ItemFieldW { into: W(3), list: R(0), index: three, field: 0 }), "index 3 of a list of 1");
    assert_eq!(beside(Op::PutItemField { list: R(0), index: three, field: 0, value: zero }), "index 3 of a list of 1");
    assert_eq!(beside(Op::FieldItemW { into: W(3), record: R(3), field: 0, index: three }), "index 3 of a list of 1");
    assert_eq!(
        beside(Op::PutFieldItem { record: R(3), field: 0, index: three, value: zero }),
        "index 3 of a list of 1"
    );
    let mut code = nested();
    code.extend([Op::PutItemField { list: R(0), index: zero, field: 0, value: three }, Op::Return {}]);
    let (kind, message, _) = failure(code);
    assert_eq!(
        (kind.as_str(), message.as_str()),
        ("internal", "the machine expected a number and found a list"),
        "a word is put for a word only"
    );
}

#[test]
fn values_that_nest_too_deep_are_a_limit() {
    let code = vec![
        Op::NewList { into: R(1) },
        Op::PushR { list: R(1), value: R(0) },
        Op::TakeR { into: R(0), from: R(1) },
        Op::Jump { to: To(0) },
    ];
    let (kind, message, line) = failure(code);
    assert_eq!((kind.as_str(), line), ("limit", 1));
    assert_eq!(message, "a value nests more than 200 levels deep");
}

#[test]
fn json_is_read_and_written_by_types() {
    let code = vec![
        Op::Encode { into: R(1), from: R(0), of: TypeId(5) },
        Op::Decode { into: R(2), from: R(1), of: TypeId(5) },
        Op::EqRef { into: W(1), left: R(0), right: R(2) },
        Op::TextW { into: R(3), from: W(0), of: TypeId(5) },
        Op::NewRecord { into: R(0), from: R(1), count: 3 },
        Op::ReturnR { value: R(0) },
    ];
    let mut code = code;
    code.insert(0, Op::BoxInt { into: R(0), from: W(0) });
    let main = function("main", &[Bank::Word], Some(Bank::Ref), code);
    let Stop::Done(data) = run(vec![main], vec![Value::Int(5_400_000_000)]) else { panic!("done") };
    let text = |text: &str| Data::String(text.to_owned());
    assert_eq!(data, Data::Record(vec![text("PT1H30M"), Data::Int(5_400_000_000), text("1h30m")]));
}

#[test]
fn tasks_get_what_was_given() {
    let code = vec![Op::ReturnW { value: W(0) }];
    let mut image = image(vec![function("main", &[Bank::Word, Bank::Word, Bank::Ref], Some(Bank::Word), code)]);
    let parameter = |name: &str, type_| TaskParameter {
        name: name.to_owned(),
        doc: String::new(),
        type_: TypeId(type_),
        default: Some("…".to_owned()),
        check: None,
        choices: None,
    };
    image.tasks.push(Task {
        name: "main".to_owned(),
        doc: String::new(),
        place: place(0),
        parameters: vec![parameter("count", 1), parameter("name", 2)],
        result: TypeId(1),
        entry: FunctionId(0),
        schedules: Vec::new(),
        needs: Vec::new(),
        timeout: None,
        triggers: Vec::new(),
        clauses: bytecode::Clauses::default(),
    });
    let program = Program::new(Arc::new(image), &natives()).unwrap();
    let given = |arguments: &[Option<Data>]| Vm::task(Rc::clone(&program), 0, arguments).map(|mut vm| vm.run(FUEL));
    assert!(matches!(given(&[]), Ok(Stop::Done(Data::Int(0)))));
    assert!(matches!(given(&[None, Some(Data::String("x".to_owned()))]), Ok(Stop::Done(Data::Int(2)))));
    let failure = given(&[Some(Data::Bool(true))]).unwrap_err();
    assert_eq!(
        (failure.kind.as_str(), failure.message.as_str()),
        ("invalid", "`count`: expected an int, found a bool")
    );
}

#[test]
fn a_check_ends_where_its_fuel_does() {
    let program = program(vec![function("main", &[], None, vec![Op::Jump { to: To(0) }])]);
    assert_eq!(Vm::pure(&program, FunctionId(0), Vec::new(), 1_000).unwrap_err().kind, "limit");
}

#[test]
fn a_missing_native_is_named() {
    let error = Program::new(Arc::new(image(Vec::new())), &Natives::new()).unwrap_err();
    assert!(error.to_string().contains("`test.address`"), "{error}");
}

/// Changes instructions and tables at random: what the verifier lets pass may run, however it ends.
#[test]
fn a_verified_image_runs_without_harm_however_it_was_changed() {
    let bytes = image(asking()).encode();
    let content = bytes.get(46..).unwrap();
    let (mut seed, mut verified) = (0x2545_f491_4f6c_dd1d_u64, 0);
    for _ in 0..20_000 {
        let mut changed = content.to_vec();
        for _ in 0..=seed % 3 {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            let at = seed as usize % changed.len();
            changed[at] = (seed >> 32) as u8;
        }
        let Ok(changed) = postcard::from_bytes::<Image>(&changed) else { continue };
        let Ok(program) = Program::new(Arc::new(changed), &natives()) else { continue };
        verified += 1;
        let Ok(mut machine) = Vm::call(Rc::clone(&program), FunctionId(0), Vec::new()) else { continue };
        for _ in 0..20 {
            match machine.run(500) {
                Stop::Operation(asked) => machine.resume(asked.operation, Ok(Data::Int(1))),
                Stop::Cancel(operation) => machine.withdraw(operation),
                Stop::OutOfFuel => machine = Vm::load(Rc::clone(&program), &machine.save()).unwrap(),
                Stop::Done(_) | Stop::Failed(_) | Stop::Waiting => break,
            }
        }
    }
    assert!(verified > 1_000, "{verified} changed images were verified");
}
