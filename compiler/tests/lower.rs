//! What the lowering makes of small programs that are built by hand.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use bytecode::{Function, Image};
use compiler::ir::*;
use compiler::lower;
use diagnostics::{Code, FileId, Place, SourceFile, Sources, Span};

fn expr(kind: ExprKind, type_: Type) -> Expr {
    Expr { kind, type_, span: Span::new(0, 1) }
}

fn int(value: i64) -> Expr {
    expr(ExprKind::Int(value), Type::INT)
}

fn local(id: u32, type_: Type) -> Expr {
    expr(ExprKind::Local(LocalId(id)), type_)
}

fn binary(operator: Binary, left: Expr, right: Expr, type_: Type) -> Expr {
    expr(ExprKind::Binary { operator, left: Box::new(left), right: Box::new(right) }, type_)
}

fn call(function: u32, type_arguments: Vec<Type>, arguments: Vec<Expr>, type_: Type) -> Expr {
    expr(ExprKind::Call { function: FunctionId(function), type_arguments, arguments }, type_)
}

fn block(statements: Vec<Statement>, value: Option<Expr>, type_: Type) -> Expr {
    expr(ExprKind::Block { statements, value: value.map(Box::new) }, type_)
}

fn body(locals: &[Type], parameters: u32, value: Expr) -> Body {
    let local = |type_: &Type| Local { name: "x".to_owned(), type_: *type_, span: Span::default() };
    Body { file: FileId(0), locals: locals.iter().map(local).collect(), parameters, value }
}

fn place() -> Place {
    Span::new(0, 1).in_file(FileId(0))
}

fn function(name: &str, generics: u32, parameters: Vec<Type>, result: Type, body: Body) -> compiler::ir::Function {
    let kind = FunctionKind::Body(body);
    compiler::ir::Function {
        name: name.to_owned(),
        place: place(),
        generics,
        parameters,
        conditions: Vec::new(),
        result,
        kind,
    }
}

fn program(types: Types, functions: Vec<compiler::ir::Function>, result: Type, task: Body) -> Program {
    let task = Task {
        name: "main".to_owned(),
        doc: String::new(),
        place: place(),
        parameters: Vec::new(),
        result,
        body: task,
        schedules: Vec::new(),
        needs: Vec::new(),
        timeout: None,
        triggers: Vec::new(),
        clauses: bytecode::Clauses::default(),
        keys: Keys::default(),
        ensures: Vec::new(),
    };
    Program { types, functions, tasks: vec![task], ..Program::default() }
}

fn sources() -> Sources {
    let mut sources = Sources::new();
    sources.add(SourceFile::new("main.task", "main"));
    sources
}

fn image(program: &Program) -> Image {
    let image = lower::image(program, &sources(), "main").expect("the program fits into an image");
    image.verify().expect("the image is sound");
    image
}

/// One instruction a line: `0 int w0 1`.
fn listing(function: &Function) -> String {
    let mut text = String::new();
    for (at, op) in function.code.iter().enumerate() {
        text += &format!("{at} {}", op.mnemonic());
        op.operands(&mut |_, operand| {
            text += &match operand {
                bytecode::Operand::W(of) => format!(" {of}"),
                bytecode::Operand::R(of) => format!(" {of}"),
                bytecode::Operand::To(of) => format!(" {of}"),
                bytecode::Operand::FunctionId(of) => format!(" {of}"),
                bytecode::Operand::NativeId(of) => format!(" {of}"),
                bytecode::Operand::WordId(of) => format!(" {of}"),
                bytecode::Operand::ConstantId(of) => format!(" {of}"),
                bytecode::Operand::TypeId(of) => format!(" {of}"),
                bytecode::Operand::Number(of) => format!(" {of}"),
            };
        });
        text += "\n";
    }
    text
}

#[test]
fn conditions_are_jumps_and_every_end_returns() {
    let less = binary(Binary::Less, local(0, Type::INT), int(3), Type::BOOL);
    let more = binary(Binary::Greater, local(0, Type::INT), int(1), Type::BOOL);
    let both = expr(ExprKind::And(Box::new(less), Box::new(more)), Type::BOOL);
    let chosen = ExprKind::If { condition: Box::new(both), then: Box::new(int(1)), otherwise: Some(Box::new(int(2))) };
    let callee = function("f", 0, vec![Type::INT], Type::INT, body(&[Type::INT], 1, expr(chosen, Type::INT)));
    let main = body(&[], 0, call(0, vec![], vec![int(7)], Type::INT));
    let image = image(&program(Types::default(), vec![callee], Type::INT, main));
    assert_eq!(
        listing(&image.functions[1]),
        "0 jump_gt.int w0 2 @4\n1 jump_lt.int w0 2 @4\n2 int w1 1\n3 return w1\n4 int w1 2\n5 return w1\n"
    );
}

#[test]
fn a_call_writes_its_arguments_and_its_result_in_place() {
    let sum = binary(Binary::Add, local(0, Type::INT), local(1, Type::INT), Type::INT);
    let callee = function("f", 0, vec![Type::INT; 2], Type::INT, body(&[Type::INT; 2], 2, sum));
    let value = call(0, vec![], vec![int(1), int(2)], Type::INT);
    let add = binary(Binary::Add, local(0, Type::INT), int(5), Type::INT);
    let main = block(vec![Statement::Let { local: LocalId(0), value }], Some(add), Type::INT);
    let image = image(&program(Types::default(), vec![callee], Type::INT, body(&[Type::INT], 0, main)));
    // w0 says which parameters were given.
    assert_eq!(
        listing(&image.functions[0]),
        "0 int w1 1\n1 int w2 2\n2 call f1 w1 r0\n3 add.int w2 w1 5\n4 return w2\n"
    );
    assert_eq!(listing(&image.functions[1]), "0 add.int w2 w0 w1\n1 return w2\n");
}

#[test]
fn a_part_of_a_variable_is_changed_in_place() {
    let mut types = Types::default();
    let inner = types.intern(TypeKind::List(Type::INT));
    let outer = types.intern(TypeKind::List(inner));
    let target = Target {
        local: LocalId(0),
        path: vec![TargetStep::Index(int(0), inner), TargetStep::Index(int(1), Type::INT)],
        type_: Type::INT,
        span: Span::new(0, 1),
    };
    let empty = expr(ExprKind::List(vec![]), outer);
    let statements = vec![
        Statement::Let { local: LocalId(0), value: empty },
        Statement::Assign { target, operator: None, value: int(9), span: Span::new(0, 1) },
    ];
    let main = block(statements, None, Type::NOTHING);
    let image = image(&program(types, vec![], Type::NOTHING, body(&[outer], 0, main)));
    assert_eq!(
        listing(&image.functions[0]),
        "0 list r0\n1 int w1 0\n2 int w2 1\n3 int w3 9\n4 get.put r0 w1 w2 w3\n5 return\n"
    );
}

#[test]
fn what_is_deeper_than_two_steps_is_taken_out_and_put_back() {
    let mut types = Types::default();
    let inner = types.intern(TypeKind::List(Type::INT));
    let middle = types.intern(TypeKind::List(inner));
    let outer = types.intern(TypeKind::List(middle));
    let path = [(0, middle), (1, inner), (2, Type::INT)].map(|(at, type_)| TargetStep::Index(int(at), type_));
    let target = Target { local: LocalId(0), path: path.to_vec(), type_: Type::INT, span: Span::new(0, 1) };
    let statements = vec![
        Statement::Let { local: LocalId(0), value: expr(ExprKind::List(vec![]), outer) },
        Statement::Assign { target, operator: None, value: int(9), span: Span::new(0, 1) },
    ];
    let main = block(statements, None, Type::NOTHING);
    let image = image(&program(types, vec![], Type::NOTHING, body(&[outer], 0, main)));
    assert_eq!(
        listing(&image.functions[0]),
        "0 list r0\n1 int w1 0\n2 int w2 1\n3 int w3 2\n4 int w4 9\n5 take_item r1 r0 w1\n6 take_item r2 r1 w2\n\
         7 set r2 w3 w4\n8 set r1 w2 r2\n9 none r2\n10 set r0 w1 r1\n11 none r1\n12 return\n"
    );
}

#[test]
fn a_text_that_begins_with_itself_is_appended_to() {
    let text = |text: &str| expr(ExprKind::String(text.to_owned()), Type::STRING);
    let target = Target { local: LocalId(0), path: Vec::new(), type_: Type::STRING, span: Span::new(0, 1) };
    let longer = expr(ExprKind::Text(vec![local(0, Type::STRING), text("b")]), Type::STRING);
    let statements = vec![
        Statement::Let { local: LocalId(0), value: text("a") },
        Statement::Assign { target, operator: None, value: longer, span: Span::new(0, 1) },
    ];
    let main = block(statements, None, Type::NOTHING);
    let image = image(&program(Types::default(), vec![], Type::NOTHING, body(&[Type::STRING], 0, main)));
    // The variable gives its text away, so that nobody else has it and nothing is copied.
    assert_eq!(
        listing(&image.functions[0]),
        "0 const r0 k0\n1 const r2 k1\n2 take r1 r0\n3 concat r0 r1 2\n4 return\n"
    );
}

#[test]
fn a_generic_function_has_one_instance_for_each_type() {
    let mut types = Types::default();
    let parameter = types.intern(TypeKind::Parameter(0));
    let same = function("same", 1, vec![parameter], parameter, body(&[parameter], 1, local(0, parameter)));
    let text = expr(ExprKind::String("a".to_owned()), Type::STRING);
    let uses = vec![
        Statement::Expr(call(0, vec![Type::INT], vec![int(1)], Type::INT)),
        Statement::Expr(call(0, vec![Type::INT], vec![int(2)], Type::INT)),
        Statement::Expr(call(0, vec![Type::STRING], vec![text], Type::STRING)),
    ];
    let main = block(uses, None, Type::NOTHING);
    let image = image(&program(types, vec![same], Type::NOTHING, body(&[], 0, main)));
    assert_eq!(image.functions.len(), 3);
    assert_eq!(listing(&image.functions[1]), "0 return w0\n");
    assert_eq!(listing(&image.functions[2]), "0 return r0\n");
}

#[test]
fn types_without_end_are_told() {
    let mut types = Types::default();
    let parameter = types.intern(TypeKind::Parameter(0));
    let list = types.intern(TypeKind::List(parameter));
    let larger = expr(ExprKind::List(vec![local(0, parameter)]), list);
    let again = call(0, vec![list], vec![larger], Type::NOTHING);
    let nest = function("nest", 1, vec![parameter], Type::NOTHING, body(&[parameter], 1, again));
    let main = call(0, vec![Type::INT], vec![int(1)], Type::NOTHING);
    let program = program(types, vec![nest], Type::NOTHING, body(&[], 0, main));
    let told = lower::image(&program, &sources(), "main").expect_err("there is no end of instances");
    assert_eq!(told.iter().map(|each| each.code).collect::<Vec<_>>(), [Code::EndlessTypes]);
}

#[test]
fn an_expression_that_is_nested_too_deep_is_told() {
    let mut deep = int(1);
    for _ in 0..1_000 {
        deep = expr(ExprKind::Negate(Box::new(deep)), Type::INT);
    }
    let program = program(Types::default(), vec![], Type::INT, body(&[], 0, deep));
    let told = lower::image(&program, &sources(), "main").expect_err("the expression is too deep");
    assert_eq!(told.iter().map(|each| each.code).collect::<Vec<_>>(), [Code::TooLarge]);
}

#[test]
fn more_values_at_once_than_registers_are_told() {
    let list = vec![expr(ExprKind::String("x".to_owned()), Type::STRING); 70_000];
    let text = expr(ExprKind::Text(list), Type::STRING);
    let program = program(Types::default(), vec![], Type::STRING, body(&[], 0, text));
    let told = lower::image(&program, &sources(), "main").expect_err("there are too many parts");
    assert_eq!(told.iter().map(|each| each.code).collect::<Vec<_>>(), [Code::TooLarge]);
}
