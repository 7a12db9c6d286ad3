//! THE table of instructions: a row gives the name, the text and the operands, and its comment the effect. Verifier,
//! disassembler and dispatch are derived from it.

use serde::{Deserialize, Serialize};

macro_rules! index {
    ($($(#[$doc:meta])* $name:ident($repr:ty) $prefix:literal;)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
            pub struct $name(pub $repr);

            impl From<$name> for Operand {
                fn from(index: $name) -> Operand {
                    Operand::$name(index)
                }
            }

            impl std::fmt::Display for $name {
                fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    write!(out, concat!($prefix, "{}"), self.0)
                }
            }
        )*

        /// An operand of any kind, for those who walk them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Operand {
            $(
                $(#[$doc])*
                $name($name),
            )*
            /// A plain number.
            Number(i64),
        }
    };
}

index! {
    /// A word register of the frame.
    W(u16) "w";
    /// A reference register of the frame.
    R(u16) "r";
    /// An instruction of the function: where a jump goes.
    To(u32) "@";
    /// A function of the image.
    FunctionId(u16) "f";
    /// An imported native of the image.
    NativeId(u16) "n";
    /// A word of the image's constants.
    WordId(u32) "kw";
    /// A reference of the image's constants.
    ConstantId(u32) "k";
    /// A type of the image.
    TypeId(u16) "t";
}

macro_rules! number {
    ($($repr:ty)*) => {
        $(impl From<$repr> for Operand {
            fn from(number: $repr) -> Operand {
                Operand::Number(i64::from(number))
            }
        })*
    };
}
number! { u16 i16 i32 }

macro_rules! operations {
    ($($(#[$doc:meta])* $name:ident $text:literal ($($operand:ident: $kind:ty),*);)*) => {
        /// An instruction.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum Op {
            $(
                $(#[$doc])*
                $name {
                    $(#[doc = concat!("`", stringify!($operand), "`")] $operand: $kind,)*
                },
            )*
        }

        impl Op {
            /// Gives the text of the instruction in a listing.
            pub fn mnemonic(&self) -> &'static str {
                match self { $(Op::$name { .. } => $text,)* }
            }

            /// Visits every operand with its name, in the order of the table.
            pub fn operands(&self, visit: &mut dyn FnMut(&'static str, Operand)) {
                match *self {
                    $(Op::$name { $($operand,)* } => {
                        let _ = &visit;
                        $(visit(stringify!($operand), Operand::from($operand));)*
                    })*
                }
            }
        }
    };
}

operations! {
    // Moving and loading.
    /// `into = from`.
    MoveW "move" (into: W, from: W);
    /// `into = from`, shared.
    MoveR "move" (into: R, from: R);
    /// `into = from`, and `from` becomes `none`: keeps a value unshared, so that it can be changed in place.
    TakeR "take" (into: R, from: R);
    /// `into` = a small number.
    Int "int" (into: W, value: i32);
    /// `into` = a word of the constants.
    ConstW "const" (into: W, constant: WordId);
    /// `into` = a reference of the constants.
    ConstR "const" (into: R, constant: ConstantId);
    /// `into = none`.
    NoneR "none" (into: R);
    /// Boxes an int, duration, date, time or case number.
    BoxInt "box.int" (into: R, from: W);
    /// Boxes a float.
    BoxFloat "box.float" (into: R, from: W);
    /// Boxes a bool.
    BoxBool "box.bool" (into: R, from: W);
    /// Gives the word of a boxed int, float or bool.
    Unbox "unbox" (into: W, from: R);

    // Integers: fail with `arithmetic` where the result does not fit.
    /// `left + right`.
    AddInt "add.int" (into: W, left: W, right: W);
    /// `left - right`.
    SubInt "sub.int" (into: W, left: W, right: W);
    /// `left * right`.
    MulInt "mul.int" (into: W, left: W, right: W);
    /// `left / right`, toward zero.
    DivInt "div.int" (into: W, left: W, right: W);
    /// `left % right`, with the sign of the left side.
    RemInt "rem.int" (into: W, left: W, right: W);
    /// `-from`.
    NegInt "neg.int" (into: W, from: W);
    /// `left + value`, where what overflows is told as `left - …` if the value is less than zero.
    AddIntBy "add.int" (into: W, left: W, value: i16);
    /// `left * value`.
    MulIntBy "mul.int" (into: W, left: W, value: i16);
    /// `left / value`, toward zero.
    DivIntBy "div.int" (into: W, left: W, value: i16);
    /// `left % value`, with the sign of the left side.
    RemIntBy "rem.int" (into: W, left: W, value: i16);
    /// The int as a float.
    IntToFloat "int.float" (into: W, from: W);

    // Floats.
    /// `left + right`.
    AddFloat "add.float" (into: W, left: W, right: W);
    /// `left - right`.
    SubFloat "sub.float" (into: W, left: W, right: W);
    /// `left * right`.
    MulFloat "mul.float" (into: W, left: W, right: W);
    /// `left / right`.
    DivFloat "div.float" (into: W, left: W, right: W);
    /// `left % right`.
    RemFloat "rem.float" (into: W, left: W, right: W);
    /// `-from`.
    NegFloat "neg.float" (into: W, from: W);

    // Comparing: a bool into a word.
    /// Whether two words have the same bits: ints, bools, dates, cases.
    EqWord "eq" (into: W, left: W, right: W);
    /// `left < right` of ints.
    LtInt "lt.int" (into: W, left: W, right: W);
    /// `left <= right` of ints.
    LeInt "le.int" (into: W, left: W, right: W);
    /// `left == right` of floats.
    EqFloat "eq.float" (into: W, left: W, right: W);
    /// `left < right` of floats.
    LtFloat "lt.float" (into: W, left: W, right: W);
    /// `left <= right` of floats.
    LeFloat "le.float" (into: W, left: W, right: W);
    /// Whether two references are equal by value.
    EqRef "eq.ref" (into: W, left: R, right: R);
    /// -1, 0 or 1 as `left` is less than, equal to or greater than `right`: strings by bytes, datetimes by instant,
    /// boxed numbers by value.
    CompareRef "compare" (into: W, left: R, right: R);
    /// `not from`.
    Not "not" (into: W, from: W);
    /// Whether `from` is `none`.
    IsNone "is_none" (into: W, from: R);

    // Jumping. A jump backwards costs fuel.
    /// Goes on at `to`.
    Jump "jump" (to: To);
    /// Goes on at `to` if `condition` is true.
    JumpIf "jump_if" (condition: W, to: To);
    /// Goes on at `to` if `condition` is false.
    JumpIfNot "jump_if_not" (condition: W, to: To);
    /// Goes on at `to` if `value` is `none`.
    JumpIfNone "jump_if_none" (value: R, to: To);
    /// Goes on at `to` if `value` is not `none`.
    JumpIfSome "jump_if_some" (value: R, to: To);
    /// Goes on at `to` if the case is not the one with this number.
    JumpNotCase "jump_not_case" (value: R, tag: u16, to: To);

    // Comparing and jumping in one. Of ints `>=` is `<=` with its sides turned round; of floats it is not what `<` is not.
    /// Goes on at `to` if both words have the same bits.
    JumpEq "jump_eq" (left: W, right: W, to: To);
    /// Goes on at `to` if the words differ.
    JumpNe "jump_ne" (left: W, right: W, to: To);
    /// Goes on at `to` if `left < right`, of ints.
    JumpLtInt "jump_lt.int" (left: W, right: W, to: To);
    /// Goes on at `to` if `left <= right`, of ints.
    JumpLeInt "jump_le.int" (left: W, right: W, to: To);
    /// Goes on at `to` if `left == value`.
    JumpEqBy "jump_eq.int" (left: W, value: i16, to: To);
    /// Goes on at `to` if `left != value`.
    JumpNeBy "jump_ne.int" (left: W, value: i16, to: To);
    /// Goes on at `to` if `left < value`, of ints.
    JumpLtBy "jump_lt.int" (left: W, value: i16, to: To);
    /// Goes on at `to` if `left > value`, of ints.
    JumpGtBy "jump_gt.int" (left: W, value: i16, to: To);
    /// Goes on at `to` if `left < right`, of floats.
    JumpLtFloat "jump_lt.float" (left: W, right: W, to: To);
    /// Goes on at `to` if `left <= right`, of floats.
    JumpLeFloat "jump_le.float" (left: W, right: W, to: To);
    /// Goes on at `to` unless `left < right`, of floats.
    JumpNltFloat "jump_not_lt.float" (left: W, right: W, to: To);
    /// Goes on at `to` unless `left <= right`, of floats.
    JumpNleFloat "jump_not_le.float" (left: W, right: W, to: To);
    /// The end of a turn of a loop: `at += 1`, then goes on at `to` if `at < last`.
    Next "next" (at: W, last: W, to: To);
    /// The end of a turn of a loop whose last int belongs to it: if `at < last`, then `at += 1` and goes on at `to`.
    NextThrough "next_through" (at: W, last: W, to: To);

    // Text.
    /// Joins `count` strings that begin at `from`.
    Concat "concat" (into: R, from: R, count: u16);
    /// The text of a word of type `of`, as in `"{x}"`.
    TextW "text" (into: R, from: W, of: TypeId);
    /// The text of a reference of type `of`, as in `"{x}"`.
    TextR "text" (into: R, from: R, of: TypeId);

    // Records, cases and closures: parts are boxed and stand in registers from `from` on.
    /// A record of `count` fields.
    NewRecord "record" (into: R, from: R, count: u16);
    /// A field, whose value is an unboxed word.
    FieldW "field" (into: W, record: R, field: u16);
    /// A field.
    FieldR "field" (into: R, record: R, field: u16);
    /// A field is moved out of a record; what is left there is `none`, until `SetField` puts it back.
    TakeField "take_field" (into: R, record: R, field: u16);
    /// Replaces a field of the record in a register; the value is boxed.
    SetField "set_field" (record: R, field: u16, value: R);
    /// Replaces a field whose value is a word by a word of the same kind.
    PutField "put_field" (record: R, field: u16, value: W);
    /// The case `tag` of an enum with data, with `count` values from `into` on, which the case then replaces.
    NewCase "case" (into: R, tag: u16, count: u16);
    /// A word of a case.
    CaseFieldW "case_field" (into: W, from: R, field: u16);
    /// A value of a case, boxed.
    CaseFieldR "case_field" (into: R, from: R, field: u16);
    /// A function with `count` captured values from `into` on, which the closure then replaces.
    NewClosure "closure" (into: R, function: FunctionId, count: u16);

    // Lists. `W` forms are of lists whose items are words.
    /// An empty list of ints, durations, dates, times or case numbers.
    NewInts "list.ints" (into: R);
    /// An empty list of floats.
    NewFloats "list.floats" (into: R);
    /// An empty list of bools.
    NewBools "list.bools" (into: R);
    /// An empty list of references.
    NewList "list" (into: R);
    /// Appends a word.
    PushW "push" (list: R, value: W);
    /// Appends a reference.
    PushR "push" (list: R, value: R);
    /// How many items.
    ListLen "list.len" (into: W, list: R);
    /// The item at an index; fails with `out_of_range`.
    GetW "get" (into: W, list: R, index: W);
    /// The item at an index; fails with `out_of_range`.
    GetR "get" (into: R, list: R, index: W);
    /// Replaces the item at an index; fails with `out_of_range`.
    SetW "set" (list: R, index: W, value: W);
    /// Replaces the item at an index; fails with `out_of_range`.
    SetR "set" (list: R, index: W, value: R);
    /// An item is moved out of a list, leaving `none` until `SetR` puts it back; fails with `out_of_range`.
    TakeItem "take_item" (into: R, list: R, index: W);

    // Two steps in one: what lies between is neither shared nor moved. They fail with `out_of_range` as one step does. A
    // `put` replaces a word by a word of the same kind; what is shared on the way is copied first.
    /// `list[index][at]`, a word.
    ItemItemW "get.get" (into: W, list: R, index: W, at: W);
    /// `list[index][at]`.
    ItemItemR "get.get" (into: R, list: R, index: W, at: W);
    /// `list[index].field`, a word.
    ItemFieldW "get.field" (into: W, list: R, index: W, field: u16);
    /// `list[index].field`.
    ItemFieldR "get.field" (into: R, list: R, index: W, field: u16);
    /// `record.field[index]`, a word.
    FieldItemW "field.get" (into: W, record: R, field: u16, index: W);
    /// `record.field[index]`.
    FieldItemR "field.get" (into: R, record: R, field: u16, index: W);
    /// `record.field.inner`, a word.
    FieldFieldW "field.field" (into: W, record: R, field: u16, inner: u16);
    /// `record.field.inner`.
    FieldFieldR "field.field" (into: R, record: R, field: u16, inner: u16);
    /// `list[index][at] = value`.
    PutItemItem "get.put" (list: R, index: W, at: W, value: W);
    /// `list[index].field = value`.
    PutItemField "get.put_field" (list: R, index: W, field: u16, value: W);
    /// `record.field[index] = value`.
    PutFieldItem "field.put" (record: R, field: u16, index: W, value: W);
    /// `record.field.inner = value`.
    PutFieldField "field.put_field" (record: R, field: u16, inner: u16, value: W);

    // Maps: keys and values are boxed.
    /// An empty map.
    NewMap "map" (into: R);
    /// The value of a key, or `none`.
    MapGet "map.get" (into: R, map: R, key: R);
    /// The value of a key, which must be there: fails with `out_of_range`.
    MapIndex "map.index" (into: R, map: R, key: R);
    /// Sets the value of a key.
    MapSet "map.set" (map: R, key: R, value: R);
    /// A value is moved out of a map, leaving `none` until `MapSet` puts it back; fails with `out_of_range`.
    MapTake "map.take" (into: R, map: R, key: R);
    /// How many entries.
    MapLen "map.len" (into: W, map: R);
    /// The key of the entry at a position, in the order of insertion.
    MapKey "map.key" (into: R, map: R, at: W);
    /// The value of the entry at a position.
    MapValue "map.value" (into: R, map: R, at: W);
    /// Whether `value` is an item of a list, a key of a map or a part of a string.
    Contains "contains" (into: W, within: R, value: R);

    // Json.
    /// The item at an int or string index of a json value, or `none`.
    JsonGet "json.get" (into: R, from: R, index: R);
    /// A boxed value of type `of` from json; fails with `invalid` and the path of what does not fit.
    Decode "decode" (into: R, from: R, of: TypeId);
    /// The json of a boxed value of type `of`.
    Encode "encode" (into: R, from: R, of: TypeId);

    // Calling. The callee's window begins at `words` and `refs`: its parameters stand there, and its result goes to the
    // first register of its bank.
    /// Calls a function.
    Call "call" (function: FunctionId, words: W, refs: R);
    /// Calls the closure in `closure`; its captured values are put behind the reference parameters.
    CallClosure "call_closure" (closure: R, words: W, refs: R);
    /// Calls a pure native with `count` boxed arguments from `refs` on; its boxed result goes behind them, and the
    /// arguments stay, changed where the native changes its first one.
    CallNative "call_native" (native: NativeId, refs: R, count: u16);
    /// Asks the world with `count` boxed arguments from `refs` on. The machine stops until the outcome is given; the
    /// boxed result goes behind the arguments.
    Perform "perform" (native: NativeId, refs: R, count: u16);
    /// Gives nothing.
    Return "return" ();
    /// Gives a word.
    ReturnW "return" (value: W);
    /// Gives a reference.
    ReturnR "return" (value: R);

    // Fibers, steps and undos: see docs/decisions/0006. Closures that become fibers or undos take boxed parameters and
    // give a reference or nothing.
    /// At `from` stands a list of closures without parameters; each runs as a fiber, at most `at_most` at once (0: all).
    /// The list of their results, in the order of the list, goes to `from + 1`.
    Parallel "parallel" (from: R, at_most: W);
    /// At `from` stands a closure of one boxed parameter, at `from + 1` a list; it is called for each item, as above. The
    /// list of the results goes to `from + 2`.
    ParallelEach "parallel_each" (from: R, at_most: W);
    /// What follows in this fiber belongs to the step, until `LeaveStep`; the deadline is `none` or a boxed instant in
    /// microseconds. `retried` is 1 for a step that tries again by itself what fails in it, else 0.
    EnterStep "enter_step" (name: ConstantId, deadline: R, retried: i16);
    /// Ends the innermost step of the fiber.
    LeaveStep "leave_step" ();
    /// Puts a closure without parameters on the run's stack of undos.
    PushUndo "push_undo" (name: ConstantId, closure: R);

    // Failing.
    /// Makes an error of a kind and a message, both strings.
    NewError "error" (into: R, kind: R, message: R);
    /// Fails with an error.
    Fail "fail" (error: R);
}

impl Op {
    /// Gives where the instruction may jump to, to change it.
    pub fn target_mut(&mut self) -> Option<&mut To> {
        match self {
            Op::Jump { to }
            | Op::JumpIf { to, .. }
            | Op::JumpIfNot { to, .. }
            | Op::JumpIfNone { to, .. }
            | Op::JumpIfSome { to, .. }
            | Op::JumpNotCase { to, .. }
            | Op::JumpEq { to, .. }
            | Op::JumpNe { to, .. }
            | Op::JumpLtInt { to, .. }
            | Op::JumpLeInt { to, .. }
            | Op::JumpEqBy { to, .. }
            | Op::JumpNeBy { to, .. }
            | Op::JumpLtBy { to, .. }
            | Op::JumpGtBy { to, .. }
            | Op::JumpLtFloat { to, .. }
            | Op::JumpLeFloat { to, .. }
            | Op::JumpNltFloat { to, .. }
            | Op::JumpNleFloat { to, .. }
            | Op::Next { to, .. }
            | Op::NextThrough { to, .. } => Some(to),
            _ => None,
        }
    }
}

const _: () = assert!(size_of::<Op>() == 12, "an instruction takes twelve bytes");
