//! The loop: one `match` over the instructions.
//!
//! Where the frame is stands in locals; they go back into the fiber when the loop is left and around calls. The image
//! is verified, so every register is inside its frame and every number of a table in range; what a reference holds is
//! asked all the same, and a surprise is an error `internal`.

use super::collections as on;
use super::fiber::{Activation, Fiber};
use super::memory::{BYTES_OF_FUEL, Fuel};
use super::program::{Linked, Program};
use super::raise::Raised;
use super::window::{Narrow, Wide, Width, Window};
use super::{calls, inside, numbers, raise, typed};
use crate::value::MAX_BYTES;
use crate::{Case, Closure, ErrorKind, Failure, List, Map, Parts, Value, json, text};
use bytecode::{Op, R, To, W};
use std::mem::take;
use std::rc::Rc;

/// Why the loop was left.
#[derive(Debug)]
pub(super) enum Exit {
    /// The outermost function gave a reference or nothing.
    Done(Value),
    /// The outermost function gave a word.
    DoneWord(u64),
    /// The fiber stands at an operation.
    Perform,
    /// The fiber stands at an instruction about what lies around it: other fibers, steps, undos.
    Around(Op),
    /// The fuel is used; the fiber stands at the instruction that wanted more.
    OutOfFuel,
}

/// Runs until something ends it.
pub(super) fn execute(program: &Program, fiber: &mut Fiber, fuel: &mut Fuel) -> Result<Exit, Box<Raised>> {
    calls::reach(fiber, fiber.top, program.body(fiber.top.function));
    let exit = loop {
        let same = match program.body(fiber.top.function).wide {
            true => frames::<Wide>(program, fiber, fuel),
            false => frames::<Narrow>(program, fiber, fuel),
        };
        if let Some(exit) = same.transpose() {
            break exit;
        }
    };
    calls::stop(fiber, program.body(fiber.top.function));
    exit
}

/// Runs frames of one width; gives nothing where a frame of the other width has its turn.
fn frames<S: Width>(program: &Program, fiber: &mut Fiber, fuel: &mut Fuel) -> Result<Option<Exit>, Box<Raised>> {
    let image = program.image();
    // The frame and the fuel stand in locals; they go back where the loop is left.
    let mut frame = fiber.top;
    let mut left = fuel.left;
    'frame: loop {
        let body = program.body(frame.function);
        if body.wide != S::WIDE {
            fiber.top = frame;
            fuel.left = left;
            return Ok(None);
        }
        // Makes the stacks as long as the frame wants them, or leaves the loop at the call that began it.
        macro_rules! lengthen {
            () => {
                if calls::reach(fiber, frame, body) {
                    continue 'frame;
                }
                let failure = calls::too_deep(program, fiber, frame);
                fiber.top = fiber.callers.pop().unwrap_or(frame);
                fuel.left = left;
                return Err(Box::from(failure));
            };
        }
        // The instructions from here on, so that going on asks no more than whether there is one.
        let code: &[Op] = &body.code;
        let mut rest = from(code, frame.pc);
        let Some(mut words) = S::open(&mut fiber.words, frame.words, body.words) else {
            lengthen!();
        };
        let Some(mut refs) = S::open(&mut fiber.refs, frame.refs, body.refs) else {
            drop(words);
            lengthen!();
        };

        // A word register.
        macro_rules! w {
            ($register:expr) => {
                words[$register.0]
            };
        }
        macro_rules! int {
            ($register:expr) => {
                w!($register).cast_signed()
            };
        }
        macro_rules! float {
            ($register:expr) => {
                f64::from_bits(w!($register))
            };
        }
        // A reference register.
        macro_rules! r {
            ($register:expr) => {
                refs[$register.0]
            };
        }
        // The number of the instruction that is done.
        macro_rules! pc {
            () => {
                (code.len() - rest.len() - 1) as u32
            };
        }
        // Leaves the loop where the frame stands.
        macro_rules! stop {
            ($exit:expr) => {{
                fiber.top = Activation { pc: pc!(), ..frame };
                fuel.left = left;
                return $exit;
            }};
        }
        // Gives the value of a result, or leaves the loop with its error.
        macro_rules! check {
            ($result:expr) => {
                match $result {
                    Ok(value) => value,
                    Err(failure) => stop!(Err(Box::from(failure))),
                }
            };
        }
        // Gives the int of an operation that has one, or leaves the loop with the error that says why it has none.
        macro_rules! fits {
            ($int:expr, $error:expr) => {
                match $int {
                    Some(int) => int.cast_unsigned(),
                    None => stop!(Err(Box::from($error))),
                }
            };
        }
        macro_rules! burn {
            () => {
                if left == 0 {
                    stop!(Ok(Some(Exit::OutOfFuel)));
                }
                left -= 1;
            };
        }
        // A large value costs fuel, by its size.
        macro_rules! burn_for {
            ($value:expr) => {
                let cost = u64::from($value.extent().bytes >> BYTES_OF_FUEL);
                fuel.owed += cost.saturating_sub(left);
                left = left.saturating_sub(cost);
            };
        }
        // Goes on at `to`, when `first` is done. A jump backwards costs fuel.
        macro_rules! jump {
            ($to:expr $(, $first:expr)?) => {{
                let to: To = $to;
                if to.0 <= pc!() {
                    burn!();
                }
                $($first;)?
                rest = from(code, to.0);
                continue;
            }};
        }
        // Goes on at `to` where a condition holds.
        macro_rules! jump_if {
            ($condition:expr, $to:expr) => {
                if $condition {
                    jump!($to);
                }
            };
        }
        // Gives up the frame for the one that called it, or leaves the loop with what the outermost one gives.
        macro_rules! leave {
            ($done:expr) => {
                match fiber.callers.pop() {
                    Some(caller) => {
                        frame = Activation { pc: caller.pc + 1, ..caller };
                        continue 'frame;
                    }
                    None => stop!(Ok(Some($done))),
                }
            };
        }

        loop {
            let Some((&op, behind)) = rest.split_first() else {
                fiber.top = frame;
                fuel.left = left;
                return Err(lost("a function has no end"));
            };
            rest = behind;
            match op {
                Op::MoveW { into, from } => w!(into) = w!(from),
                Op::MoveR { into, from } => r!(into) = r!(from).clone(),
                Op::TakeR { into, from } => r!(into) = take(&mut r!(from)),
                Op::Int { into, value } => w!(into) = i64::from(value).cast_unsigned(),
                Op::ConstW { into, constant } => {
                    w!(into) = image.words.get(constant.0 as usize).copied().unwrap_or_default();
                }
                Op::ConstR { into, constant } => {
                    r!(into) = program.constants.get(constant.0 as usize).cloned().unwrap_or_default();
                }
                Op::NoneR { into } => r!(into) = Value::None,
                Op::BoxInt { into, from } => r!(into) = Value::Int(int!(from)),
                Op::BoxFloat { into, from } => r!(into) = Value::Float(float!(from)),
                Op::BoxBool { into, from } => r!(into) = Value::Bool(w!(from) != 0),
                Op::Unbox { into, from } => w!(into) = check!(on::word(&r!(from))),

                Op::AddInt { into, left, right } => {
                    let (left, right) = (int!(left), int!(right));
                    w!(into) = fits!(numbers::add(left, right), numbers::no_add(left, right));
                }
                Op::SubInt { into, left, right } => {
                    let (left, right) = (int!(left), int!(right));
                    w!(into) = fits!(numbers::subtract(left, right), numbers::no_subtract(left, right));
                }
                Op::MulInt { into, left, right } => {
                    let (left, right) = (int!(left), int!(right));
                    w!(into) = fits!(numbers::multiply(left, right), numbers::no_multiply(left, right));
                }
                Op::DivInt { into, left, right } => {
                    let (left, right) = (int!(left), int!(right));
                    w!(into) = fits!(numbers::divide(left, right), numbers::no_divide(left, right));
                }
                Op::RemInt { into, left, right } => {
                    let (left, right) = (int!(left), int!(right));
                    w!(into) = fits!(numbers::remainder(left, right), numbers::no_remainder(left, right));
                }
                Op::NegInt { into, from } => w!(into) = fits!(int!(from).checked_neg(), numbers::no_negate(int!(from))),
                Op::AddIntBy { into, left, value } => {
                    let (left, right) = (int!(left), i64::from(value));
                    w!(into) = fits!(numbers::add(left, right), numbers::no_add_by(left, value));
                }
                Op::MulIntBy { into, left, value } => {
                    let (left, right) = (int!(left), i64::from(value));
                    w!(into) = fits!(numbers::multiply(left, right), numbers::no_multiply(left, right));
                }
                Op::DivIntBy { into, left, value } => {
                    let (left, right) = (int!(left), i64::from(value));
                    w!(into) = fits!(numbers::divide(left, right), numbers::no_divide(left, right));
                }
                Op::RemIntBy { into, left, value } => {
                    let (left, right) = (int!(left), i64::from(value));
                    w!(into) = fits!(numbers::remainder(left, right), numbers::no_remainder(left, right));
                }
                Op::IntToFloat { into, from } => w!(into) = (int!(from) as f64).to_bits(),

                Op::AddFloat { into, left, right } => w!(into) = (float!(left) + float!(right)).to_bits(),
                Op::SubFloat { into, left, right } => w!(into) = (float!(left) - float!(right)).to_bits(),
                Op::MulFloat { into, left, right } => w!(into) = (float!(left) * float!(right)).to_bits(),
                Op::DivFloat { into, left, right } => w!(into) = (float!(left) / float!(right)).to_bits(),
                Op::RemFloat { into, left, right } => w!(into) = (float!(left) % float!(right)).to_bits(),
                Op::NegFloat { into, from } => w!(into) = (-float!(from)).to_bits(),

                Op::EqWord { into, left, right } => w!(into) = u64::from(w!(left) == w!(right)),
                Op::LtInt { into, left, right } => w!(into) = u64::from(int!(left) < int!(right)),
                Op::LeInt { into, left, right } => w!(into) = u64::from(int!(left) <= int!(right)),
                Op::EqFloat { into, left, right } => w!(into) = u64::from(float!(left) == float!(right)),
                Op::LtFloat { into, left, right } => w!(into) = u64::from(float!(left) < float!(right)),
                Op::LeFloat { into, left, right } => w!(into) = u64::from(float!(left) <= float!(right)),
                Op::EqRef { into, left, right } => w!(into) = u64::from(r!(left) == r!(right)),
                Op::CompareRef { into, left, right } => {
                    w!(into) = (r!(left).compare(&r!(right)) as i64).cast_unsigned();
                }
                Op::Not { into, from } => w!(into) = u64::from(w!(from) == 0),
                Op::IsNone { into, from } => w!(into) = u64::from(r!(from).is_none()),

                Op::Jump { to } => jump!(to),
                Op::JumpIf { condition, to } => jump_if!(w!(condition) != 0, to),
                Op::JumpIfNot { condition, to } => jump_if!(w!(condition) == 0, to),
                Op::JumpIfNone { value, to } => jump_if!(r!(value).is_none(), to),
                Op::JumpIfSome { value, to } => jump_if!(!r!(value).is_none(), to),
                Op::JumpNotCase { value, tag, to } => jump_if!(check!(on::case(&r!(value))).tag != tag, to),
                Op::JumpEq { left, right, to } => jump_if!(w!(left) == w!(right), to),
                Op::JumpNe { left, right, to } => jump_if!(w!(left) != w!(right), to),
                Op::JumpLtInt { left, right, to } => jump_if!(int!(left) < int!(right), to),
                Op::JumpLeInt { left, right, to } => jump_if!(int!(left) <= int!(right), to),
                Op::JumpEqBy { left, value, to } => jump_if!(int!(left) == i64::from(value), to),
                Op::JumpNeBy { left, value, to } => jump_if!(int!(left) != i64::from(value), to),
                Op::JumpLtBy { left, value, to } => jump_if!(int!(left) < i64::from(value), to),
                Op::JumpGtBy { left, value, to } => jump_if!(int!(left) > i64::from(value), to),
                Op::JumpLtFloat { left, right, to } => jump_if!(float!(left) < float!(right), to),
                Op::JumpLeFloat { left, right, to } => jump_if!(float!(left) <= float!(right), to),
                Op::JumpNltFloat { left, right, to } => {
                    let less = float!(left) < float!(right);
                    jump_if!(!less, to);
                }
                Op::JumpNleFloat { left, right, to } => {
                    let at_most = float!(left) <= float!(right);
                    jump_if!(!at_most, to);
                }
                // The fuel is paid before the step, so that what stops here for want of it steps once.
                Op::Next { at, last, to } => {
                    let next = int!(at).wrapping_add(1);
                    if next < int!(last) {
                        jump!(to, w!(at) = next.cast_unsigned());
                    }
                    w!(at) = next.cast_unsigned();
                }
                Op::NextThrough { at, last, to } => {
                    let here = int!(at);
                    if here < int!(last) {
                        jump!(to, w!(at) = here.wrapping_add(1).cast_unsigned());
                    }
                }

                Op::Concat { into, from, count } => {
                    let joined = check!(on::concat(refs.row(from.0, count)));
                    burn_for!(joined);
                    r!(into) = joined;
                }
                Op::TextW { into, from, of } => {
                    r!(into) = Value::from(text::of_word(&image.types, of, w!(from)));
                }
                Op::TextR { into, from, of } => {
                    let text = check!(text::of_value(&image.types, of, &r!(from)));
                    burn_for!(text);
                    r!(into) = text;
                }

                Op::NewRecord { into, from, count } => {
                    let fields = Parts::moved(refs.row(from.0, count));
                    r!(into) = Value::Record(Rc::new(check!(fields)));
                }
                Op::FieldW { into, record, field } => {
                    w!(into) = match inside::field(&r!(record), field).and_then(Value::word) {
                        Some(word) => word,
                        None => check!(on::field(&r!(record), field).and_then(on::word)),
                    };
                }
                Op::FieldR { into, record, field } => r!(into) = check!(on::field(&r!(record), field)).clone(),
                Op::TakeField { into, record, field } => r!(into) = check!(on::take_field(&mut r!(record), field)),
                Op::SetField { record, field, value } => {
                    let value = r!(value).clone();
                    check!(on::set_field(&mut r!(record), field, value));
                }
                Op::PutField { record, field, value } => {
                    let word = w!(value);
                    if !inside::field_mut(&mut r!(record), field).is_some_and(|place| inside::put(place, word)) {
                        stop!(Err(Box::from(on::not_put(on::field(&r!(record), field).and_then(on::word)))));
                    }
                }
                Op::NewCase { into, tag, count: 0 } => r!(into) = program.bare_case(tag),
                Op::NewCase { into, tag, count } => {
                    let fields = check!(Parts::moved(refs.row(into.0, count)));
                    r!(into) = Value::Case(Rc::new(Case { tag, fields }));
                }
                Op::CaseFieldW { into, from, field } => {
                    w!(into) = match inside::case_field(&r!(from), field).and_then(Value::word) {
                        Some(word) => word,
                        None => check!(on::case_field(&r!(from), field).and_then(on::word)),
                    };
                }
                Op::CaseFieldR { into, from, field } => r!(into) = check!(on::case_field(&r!(from), field)).clone(),
                Op::NewClosure { into, function, count } => {
                    let captured = check!(Parts::moved(refs.row(into.0, count)));
                    r!(into) = Value::Closure(Rc::new(Closure { function: function.0, captured }));
                }

                Op::NewInts { into } => r!(into) = Value::list(List::Ints(Vec::new())),
                Op::NewFloats { into } => r!(into) = Value::list(List::Floats(Vec::new())),
                Op::NewBools { into } => r!(into) = Value::list(List::Bools(Vec::new())),
                Op::NewList { into } => r!(into) = Value::list(Parts::default()),
                Op::PushW { list, value } => {
                    let word = w!(value);
                    if !on::push_word_to(&mut r!(list), word) {
                        check!(on::push_word(&mut r!(list), word));
                    }
                }
                Op::PushR { list, value } => {
                    let value = r!(value).clone();
                    check!(on::list_mut(&mut r!(list)).and_then(|list| list.push(value)));
                }
                Op::ListLen { into, list } => w!(into) = check!(on::list(&r!(list))).len() as u64,
                Op::GetW { into, list, index } => {
                    w!(into) = match inside::word_item(&r!(list), int!(index)) {
                        Some(word) => word,
                        None => check!(on::get_word(&r!(list), int!(index))),
                    };
                }
                Op::GetR { into, list, index } => r!(into) = check!(on::get(&r!(list), int!(index))),
                Op::SetW { list, index, value } => {
                    let (index, word) = (int!(index), w!(value));
                    if !inside::put_item(&mut r!(list), index, word) {
                        check!(on::set_word(&mut r!(list), index, word));
                    }
                }
                Op::SetR { list, index, value } => {
                    let (index, value) = (int!(index), r!(value).clone());
                    check!(on::set(&mut r!(list), index, value));
                }
                Op::TakeItem { into, list, index } => {
                    let index = int!(index);
                    r!(into) = check!(on::take_item(&mut r!(list), index));
                }

                Op::ItemItemW { into, list, index, at } => {
                    let row = inside::item(&r!(list), int!(index));
                    w!(into) = match row.and_then(|row| inside::word_item(row, int!(at))) {
                        Some(word) => word,
                        None => check!(on::item(&r!(list), int!(index)).and_then(|row| on::get_word(row, int!(at)))),
                    };
                }
                Op::ItemItemR { into, list, index, at } => {
                    r!(into) = check!(on::item(&r!(list), int!(index)).and_then(|row| on::get(row, int!(at))));
                }
                Op::ItemFieldW { into, list, index, field } => {
                    let item = inside::item(&r!(list), int!(index));
                    w!(into) = match item.and_then(|item| inside::field(item, field)).and_then(Value::word) {
                        Some(word) => word,
                        None => {
                            let item = on::item(&r!(list), int!(index));
                            check!(item.and_then(|item| on::field(item, field)).and_then(on::word))
                        }
                    };
                }
                Op::ItemFieldR { into, list, index, field } => {
                    r!(into) = check!(on::item(&r!(list), int!(index)).and_then(|item| on::field(item, field))).clone();
                }
                Op::FieldItemW { into, record, field, index } => {
                    let list = inside::field(&r!(record), field);
                    w!(into) = match list.and_then(|list| inside::word_item(list, int!(index))) {
                        Some(word) => word,
                        None => check!(on::field(&r!(record), field).and_then(|list| on::get_word(list, int!(index)))),
                    };
                }
                Op::FieldItemR { into, record, field, index } => {
                    r!(into) = check!(on::field(&r!(record), field).and_then(|list| on::get(list, int!(index))));
                }
                Op::FieldFieldW { into, record, field, inner } => {
                    let outer = inside::field(&r!(record), field);
                    w!(into) = match outer.and_then(|outer| inside::field(outer, inner)).and_then(Value::word) {
                        Some(word) => word,
                        None => {
                            let outer = on::field(&r!(record), field);
                            check!(outer.and_then(|outer| on::field(outer, inner)).and_then(on::word))
                        }
                    };
                }
                Op::FieldFieldR { into, record, field, inner } => {
                    r!(into) = check!(on::field(&r!(record), field).and_then(|outer| on::field(outer, inner))).clone();
                }
                Op::PutItemItem { list, index, at, value } => {
                    let (index, at, word) = (int!(index), int!(at), w!(value));
                    if !inside::item_mut(&mut r!(list), index).is_some_and(|row| inside::put_item(row, at, word)) {
                        stop!(Err(Box::from(on::not_put(
                            on::item(&r!(list), index).and_then(|row| on::get_word(row, at))
                        ))));
                    }
                }
                Op::PutItemField { list, index, field, value } => {
                    let (index, word) = (int!(index), w!(value));
                    let place = inside::item_mut(&mut r!(list), index).and_then(|item| inside::field_mut(item, field));
                    if !place.is_some_and(|place| inside::put(place, word)) {
                        stop!(Err(Box::from(on::not_put(
                            on::item(&r!(list), index).and_then(|item| on::field(item, field)).and_then(on::word)
                        ))));
                    }
                }
                Op::PutFieldItem { record, field, index, value } => {
                    let (index, word) = (int!(index), w!(value));
                    let list = inside::field_mut(&mut r!(record), field);
                    if !list.is_some_and(|list| inside::put_item(list, index, word)) {
                        stop!(Err(Box::from(on::not_put(
                            on::field(&r!(record), field).and_then(|list| on::get_word(list, index))
                        ))));
                    }
                }
                Op::PutFieldField { record, field, inner, value } => {
                    let word = w!(value);
                    let place =
                        inside::field_mut(&mut r!(record), field).and_then(|part| inside::field_mut(part, inner));
                    if !place.is_some_and(|place| inside::put(place, word)) {
                        let outer = on::field(&r!(record), field);
                        stop!(Err(Box::from(on::not_put(
                            outer.and_then(|outer| on::field(outer, inner)).and_then(on::word)
                        ))));
                    }
                }

                Op::NewMap { into } => r!(into) = Value::map(Map::new()),
                Op::MapGet { into, map, key } => {
                    r!(into) = check!(on::map(&r!(map))).get(&r!(key)).cloned().unwrap_or_default();
                }
                Op::MapIndex { into, map, key } => r!(into) = check!(on::map_index(&r!(map), &r!(key))),
                Op::MapSet { map, key, value } => {
                    let (key, value) = (r!(key).clone(), r!(value).clone());
                    check!(on::map_mut(&mut r!(map)).and_then(|map| map.insert(key, value)));
                }
                Op::MapTake { into, map, key } => {
                    let key = r!(key).clone();
                    r!(into) = check!(on::map_take(&mut r!(map), &key));
                }
                Op::MapLen { into, map } => w!(into) = check!(on::map(&r!(map))).len() as u64,
                Op::MapKey { into, map, at } => r!(into) = check!(on::entry(&r!(map), int!(at))).0,
                Op::MapValue { into, map, at } => r!(into) = check!(on::entry(&r!(map), int!(at))).1,
                Op::Contains { into, within, value } => {
                    w!(into) = u64::from(check!(on::contains(&r!(within), &r!(value))));
                }

                Op::JsonGet { into, from, index } => r!(into) = on::json_get(&r!(from), &r!(index)),
                Op::Decode { into, from, of } => r!(into) = check!(json::decode_value(&image.types, of, &r!(from))),
                Op::Encode { into, from, of } => r!(into) = check!(json::encode_value(&image.types, of, &r!(from))),

                Op::Call { function, words: first_word, refs: first_ref } => {
                    burn!();
                    let callee = frame.above(function, first_word, first_ref);
                    let caller = Activation { pc: pc!(), ..frame };
                    drop((words, refs));
                    if !calls::enter(program, fiber, (caller, body), callee) {
                        stop!(Err(Box::from(calls::too_deep(program, fiber, callee))));
                    }
                    frame = callee;
                    continue 'frame;
                }
                Op::CallClosure { closure, words: first_word, refs: first_ref } => {
                    burn!();
                    let closure = check!(on::closure(&r!(closure)));
                    let function = bytecode::FunctionId(closure.function);
                    if closure.captured.len() != usize::from(program.body(function).captures) {
                        stop!(Err(lost("a function was called without what it captured")));
                    }
                    let callee = frame.above(function, first_word, first_ref);
                    let caller = Activation { pc: pc!(), ..frame };
                    drop((words, refs));
                    if !calls::enter(program, fiber, (caller, body), callee) {
                        stop!(Err(Box::from(calls::too_deep(program, fiber, callee))));
                    }
                    calls::capture(program, fiber, callee, &closure.captured);
                    frame = callee;
                    continue 'frame;
                }
                Op::CallNative { native, refs: from, count } => {
                    burn!();
                    let Some(Linked::Pure(function)) = program.natives.get(usize::from(native.0)) else {
                        let failure = Failure::new(ErrorKind::Internal, "an operation was called as a pure native");
                        check!(Err(failure))
                    };
                    let result = check!(function(refs.row(from.0, count)));
                    check!(bounded(&result));
                    burn_for!(result);
                    let type_ = image.natives.get(usize::from(native.0)).map(|native| native.result);
                    r!(R(from.0 + count)) = match type_ {
                        Some(type_) => typed::settle(&image.types, type_, result),
                        None => result,
                    };
                }
                Op::Perform { .. } => {
                    stop!(Ok(Some(Exit::Perform)))
                }
                Op::Parallel { .. }
                | Op::ParallelEach { .. }
                | Op::EnterStep { .. }
                | Op::LeaveStep {}
                | Op::PushUndo { .. } => {
                    stop!(Ok(Some(Exit::Around(op))))
                }
                Op::Return {} => {
                    calls::clear(refs.row(0, body.refs));
                    leave!(Exit::Done(Value::None))
                }
                Op::ReturnW { value } => {
                    let word = w!(value);
                    w!(W(0)) = word;
                    calls::clear(refs.row(0, body.refs));
                    leave!(Exit::DoneWord(word))
                }
                Op::ReturnR { value } => {
                    let value = take(&mut r!(value));
                    if fiber.callers.is_empty() {
                        stop!(Ok(Some(Exit::Done(value))));
                    }
                    calls::clear(refs.row(0, body.refs));
                    r!(R(0)) = value;
                    leave!(Exit::Done(Value::None))
                }

                Op::NewError { into, kind, message } => {
                    r!(into) = check!(error(&r!(kind), &r!(message)));
                }
                Op::Fail { error } => {
                    let error = r!(error).clone();
                    stop!(Err(Box::new(Raised::Thrown(error))))
                }
            }
        }
    }
}

/// Gives the instructions from a place on; none where there is no such place.
#[inline(always)]
fn from(code: &[Op], pc: u32) -> &[Op] {
    code.get(pc as usize..).unwrap_or_default()
}

#[cold]
fn lost(message: &str) -> Box<Raised> {
    Box::from(Failure::new(ErrorKind::Internal, message))
}

/// Fails with `limit` where a native gave too much.
fn bounded(value: &Value) -> Result<(), Failure> {
    let extent = value.extent();
    if u64::from(extent.bytes) > MAX_BYTES { extent.check() } else { Ok(()) }
}

fn error(kind: &Value, message: &Value) -> Result<Value, Failure> {
    let (Value::String(kind), Value::String(message)) = (kind, message) else {
        return Err(Failure::new(ErrorKind::Internal, "an error was made without a kind and a message"));
    };
    let retryable = ErrorKind::from_name(kind).is_some_and(ErrorKind::retryable);
    let failure = Failure { kind: kind.as_str().to_owned(), message: message.as_str().to_owned(), retryable };
    Ok(raise::record(&failure, Value::None))
}
