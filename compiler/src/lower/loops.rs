//! Loops: what is walked stands in its own register, and the condition at the end of a turn.

use super::code::{Label, Reg};
use super::walk;
use super::writer::{Exit, Writer, reference};
use crate::ir::{Expr, ExprKind, For, LocalId, Over, Type, TypeKind};
use bytecode::{Op, R, W};

/// The places of a loop.
#[derive(Clone, Copy)]
struct Turns {
    body: Label,
    next: Label,
    test: Label,
    over: Label,
}

impl<'p> Writer<'_, 'p> {
    fn turns(&mut self) -> Turns {
        Turns { body: self.code.label(), next: self.code.label(), test: self.code.label(), over: self.code.label() }
    }

    /// Writes `while`.
    pub(super) fn while_loop(&mut self, condition: &'p Expr, body: &'p Expr) {
        let turns = self.turns();
        if matches!(condition.kind, ExprKind::Bool(true)) {
            self.code.force(turns.body);
            self.turn(turns, turns.body, body, None);
            self.code.jump(turns.body);
            self.code.bind(turns.over);
            return;
        }
        if !walk::binds(condition) {
            self.code.jump(turns.next);
            self.code.force(turns.body);
            self.turn(turns, turns.next, body, None);
            self.code.bind(turns.next);
            self.branch(condition, true, turns.body);
            self.code.bind(turns.over);
            return;
        }
        // What the condition binds must be known before the body is written.
        self.code.force(turns.next);
        self.branch(condition, false, turns.over);
        self.turn(turns, turns.next, body, None);
        self.code.jump(turns.next);
        self.code.bind(turns.over);
    }

    /// Writes the body of a loop. A `yield` adds its value to a list.
    fn turn(&mut self, turns: Turns, next: Label, body: &'p Expr, list: Option<R>) {
        self.exits.push(Exit::Loop { next, over: turns.over });
        let mark = self.code.mark();
        match list {
            Some(list) => {
                let value = self.operand(body);
                self.push(list, value);
            }
            None => self.lower(body, None),
        }
        self.code.release(mark);
        self.exits.pop();
    }

    /// Writes `for`.
    pub(super) fn for_each(&mut self, walked: &'p For, type_: Type, into: Option<Reg>) {
        let list = match (walked.yields, self.kind(type_), into) {
            (true, TypeKind::List(item), into) => {
                let list = match into {
                    Some(into) => reference(into),
                    None => R(self.code.reference()),
                };
                self.new_list(list, item);
                Some(list)
            }
            (_, _, _) => None,
        };
        match &walked.over {
            Over::Items { list: items, item } => self.for_items(items, *item, walked, list),
            Over::Entries { map, key, value } => self.for_entries(map, (*key, *value), walked, list),
            Over::Parts { path, from, part, type_, item } => {
                self.keep(path);
                let at = self.keep(from);
                self.for_parts((part, at), (*item, *type_), walked, list);
            }
            Over::Range { from, to, inclusive, item } => self.for_range((from, to), *inclusive, *item, walked, list),
        }
    }

    /// Gives what is walked in a register that the body does not change, and whether that is a copy.
    fn held(&mut self, value: &'p Expr, body: &Expr) -> (R, bool) {
        match &value.kind {
            ExprKind::Local(local) if !walk::changes(body, *local) => (reference(self.operand(value)), false),
            _other => (reference(self.temporary(value)), true),
        }
    }

    fn for_items(&mut self, items: &'p Expr, item: LocalId, walked: &'p For, list: Option<R>) {
        let (held, copied) = self.held(items, &walked.body);
        let count = W(self.code.word());
        match self.kind(items.type_) {
            TypeKind::Set(item_type) => {
                self.emit(Op::MapLen { into: count, map: held });
                self.counted(count, walked, list, |writer, at| {
                    let register = writer.declare(item, item_type);
                    writer.entry(register, |into| Op::MapKey { into, map: held, at });
                });
            }
            TypeKind::List(item_type) => {
                self.emit(Op::ListLen { into: count, list: held });
                self.counted(count, walked, list, |writer, at| {
                    let register = writer.declare(item, item_type);
                    writer.item_of(held, at, register);
                });
            }
            _broken => {}
        }
        self.let_go(held, copied);
    }

    fn for_entries(&mut self, map: &'p Expr, names: (LocalId, LocalId), walked: &'p For, list: Option<R>) {
        let (held, copied) = self.held(map, &walked.body);
        let types = match self.kind(map.type_) {
            TypeKind::Map(key, value) => (key, value),
            _broken => (Type::NOTHING, Type::NOTHING),
        };
        let count = W(self.code.word());
        self.emit(Op::MapLen { into: count, map: held });
        self.counted(count, walked, list, |writer, at| {
            let key = writer.declare(names.0, types.0);
            writer.entry(key, |into| Op::MapKey { into, map: held, at });
            let value = writer.declare(names.1, types.1);
            writer.entry(value, |into| Op::MapValue { into, map: held, at });
        });
        self.let_go(held, copied);
    }

    /// Puts a value into a local of its own.
    fn keep(&mut self, (value, local): &'p (Expr, LocalId)) -> Reg {
        let register = self.declare(*local, value.type_);
        self.lower(value, Some(register));
        register
    }

    /// Writes a loop over parts: the items of one, then the next part, until there is none.
    fn for_parts(&mut self, (part, at): (&'p Expr, Reg), item: (LocalId, Type), walked: &'p For, list: Option<R>) {
        let turns = self.turns();
        let more_parts = self.code.label();
        let (record, items, following) = (self.code.reference(), self.code.reference(), self.code.reference());
        let (record, items, following) = (R(record), R(items), R(following));
        let (index, count) = (W(self.code.word()), W(self.code.word()));
        self.code.force(more_parts);
        self.lower(part, Some(Reg::Ref(record.0)));
        self.emit(Op::FieldR { into: items, record, field: 0 });
        self.emit(Op::FieldR { into: following, record, field: 1 });
        self.emit(Op::NoneR { into: record });
        self.emit(Op::ListLen { into: count, list: items });
        self.emit(Op::Int { into: index, value: 0 });
        self.code.jump_if_less(count, 1, turns.test);
        self.code.force(turns.body);
        let mark = self.code.mark();
        let register = self.declare(item.0, item.1);
        self.item_of(items, index, register);
        self.turn(turns, turns.next, &walked.body, list);
        self.code.release(mark);
        self.code.bind(turns.next);
        self.code.next(index, count, turns.body);
        self.code.bind(turns.test);
        self.code.jump_if_none(following.0, true, turns.over);
        if let Reg::Word(at) = at {
            self.emit(Op::Unbox { into: W(at), from: following });
        }
        self.code.jump(more_parts);
        self.code.bind(turns.over);
        self.let_go(items, true);
    }

    /// Reads a boxed part of an entry.
    fn entry(&mut self, register: Reg, read: impl FnOnce(R) -> Op) {
        match register {
            Reg::Ref(into) => self.emit(read(R(into))),
            Reg::Word(into) => {
                let mark = self.code.mark();
                let from = R(self.code.reference());
                self.emit(read(from));
                self.emit(Op::Unbox { into: W(into), from });
                self.code.release(mark);
            }
        }
    }

    /// A copy that stays behind would make the next change of the variable copy all of it.
    fn let_go(&mut self, held: R, copied: bool) {
        if copied {
            self.emit(Op::NoneR { into: held });
        }
    }

    /// Writes a loop over the numbers from 0 up to a count.
    fn counted(&mut self, count: W, walked: &'p For, list: Option<R>, bind: impl FnOnce(&mut Self, W)) {
        let turns = self.turns();
        let at = self.int(0);
        self.code.jump_if_less(count, 1, turns.over);
        self.code.force(turns.body);
        let mark = self.code.mark();
        bind(self, at);
        self.turn(turns, turns.next, &walked.body, list);
        self.code.release(mark);
        self.code.bind(turns.next);
        self.code.next(at, count, turns.body);
        self.code.bind(turns.over);
    }

    fn for_range(
        &mut self,
        ends: (&'p Expr, &'p Expr),
        inclusive: bool,
        item: LocalId,
        walked: &'p For,
        list: Option<R>,
    ) {
        let turns = self.turns();
        let at = W(self.code.word());
        self.lower(ends.0, Some(Reg::Word(at.0)));
        let last = W(self.code.word());
        self.lower(ends.1, Some(Reg::Word(last.0)));
        self.place_local(item, Reg::Word(at.0));
        let to = self.code.to(turns.over);
        self.emit(match inclusive {
            true => Op::JumpLtInt { left: last, right: at, to },
            false => Op::JumpLeInt { left: last, right: at, to },
        });
        self.code.force(turns.body);
        self.turn(turns, turns.next, &walked.body, list);
        self.code.bind(turns.next);
        match inclusive {
            true => self.code.next_through(at, last, turns.body),
            false => self.code.next(at, last, turns.body),
        }
        self.code.bind(turns.over);
    }

    /// Writes a loop over a list or map in a register, for checks.
    pub(super) fn walk(&mut self, held: R, is_map: bool, body: impl FnOnce(&mut Self, W)) {
        let (turn, over) = (self.code.label(), self.code.label());
        let count = W(self.code.word());
        self.emit(match is_map {
            true => Op::MapLen { into: count, map: held },
            false => Op::ListLen { into: count, list: held },
        });
        let at = self.int(0);
        self.code.jump_if_less(count, 1, over);
        self.code.force(turn);
        body(self, at);
        self.code.next(at, count, turn);
        self.code.bind(over);
    }
}
