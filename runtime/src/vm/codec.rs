//! Values as bytes, for snapshots: bounded in depth and never larger than the bytes say.
//!
//! Numbers are varints as in postcard; each value begins with a byte that says its kind.

use crate::value::MAX_DEPTH;
use crate::{Case, Closure, Decimal, List, Map, Parts, Value};
use std::rc::Rc;

/// Writes numbers, texts and values.
#[derive(Debug, Default)]
pub(super) struct Writer {
    /// What was written.
    pub bytes: Vec<u8>,
}

/// Reads what was written; `None` where the bytes are of no such thing.
#[derive(Debug)]
pub(super) struct Reader<'b> {
    rest: &'b [u8],
}

const NONE: u8 = 0;
const FALSE: u8 = 1;
const TRUE: u8 = 2;
const INT: u8 = 3;
const FLOAT: u8 = 4;
const STRING: u8 = 5;
const BYTES: u8 = 6;
const DATE_TIME: u8 = 7;
const INTS: u8 = 8;
const FLOATS: u8 = 9;
const BOOLS: u8 = 10;
const REFS: u8 = 11;
const MAP: u8 = 12;
const RECORD: u8 = 13;
const CASE: u8 = 14;
const CLOSURE: u8 = 15;
const DECIMAL: u8 = 16;

impl Writer {
    /// Writes a number.
    pub fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.bytes.push((number & 0x7f) as u8 | 0x80);
            number >>= 7;
        }
        self.bytes.push(number as u8);
    }

    /// Writes an int; small ones, below zero too, take few bytes.
    pub fn int(&mut self, int: i64) {
        self.number(((int << 1) ^ (int >> 63)).cast_unsigned());
    }

    /// Writes bytes with their length.
    pub fn raw(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.bytes.extend_from_slice(bytes);
    }

    fn all(&mut self, kind: u8, values: &[Value]) {
        self.bytes.push(kind);
        self.number(values.len() as u64);
        values.iter().for_each(|value| self.value(value));
    }

    /// Writes a value.
    pub fn value(&mut self, value: &Value) {
        match value {
            Value::None => self.bytes.push(NONE),
            Value::Bool(false) => self.bytes.push(FALSE),
            Value::Bool(true) => self.bytes.push(TRUE),
            Value::Int(int) => {
                self.bytes.push(INT);
                self.int(*int);
            }
            Value::Float(float) => {
                self.bytes.push(FLOAT);
                self.bytes.extend_from_slice(&float.to_le_bytes());
            }
            Value::Decimal(number) => {
                self.bytes.push(DECIMAL);
                self.bytes.push(number.scale() as u8);
                self.bytes.extend_from_slice(&number.mantissa().to_le_bytes());
            }
            Value::String(text) => {
                self.bytes.push(STRING);
                self.raw(text.as_bytes());
            }
            Value::Bytes(bytes) => {
                self.bytes.push(BYTES);
                self.raw(bytes);
            }
            Value::DateTime(instant) => {
                self.bytes.push(DATE_TIME);
                self.int(instant.micros);
                self.raw(instant.zone.as_bytes());
            }
            Value::List(list) => self.list(list),
            Value::Map(map) => {
                self.bytes.push(MAP);
                self.number(map.len() as u64);
                for (key, value) in map.iter() {
                    self.value(key);
                    self.value(value);
                }
            }
            Value::Record(fields) => self.all(RECORD, fields),
            Value::Case(case) => {
                self.all(CASE, &case.fields);
                self.number(u64::from(case.tag));
            }
            Value::Closure(closure) => {
                self.all(CLOSURE, &closure.captured);
                self.number(u64::from(closure.function));
            }
        }
    }

    fn list(&mut self, list: &List) {
        match list {
            List::Ints(items) => {
                self.bytes.push(INTS);
                self.number(items.len() as u64);
                items.iter().for_each(|item| self.int(*item));
            }
            List::Floats(items) => {
                self.bytes.push(FLOATS);
                self.number(items.len() as u64);
                items.iter().for_each(|item| self.bytes.extend_from_slice(&item.to_le_bytes()));
            }
            List::Bools(items) => {
                self.bytes.push(BOOLS);
                self.number(items.len() as u64);
                self.bytes.extend(items.iter().map(|item| u8::from(*item)));
            }
            List::Refs(items) => self.all(REFS, items),
        }
    }
}

impl<'b> Reader<'b> {
    /// Reads bytes.
    pub fn new(bytes: &'b [u8]) -> Reader<'b> {
        Reader { rest: bytes }
    }

    /// Says whether all was read.
    pub fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    /// Reads a byte.
    pub fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*byte)
    }

    /// Reads a number.
    pub fn number(&mut self) -> Option<u64> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    /// Reads an int.
    pub fn int(&mut self) -> Option<i64> {
        let number = self.number()?;
        Some((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
    }

    /// Reads how many things follow; each takes at least a byte, so no count is larger than what is left.
    pub fn count(&mut self) -> Option<usize> {
        usize::try_from(self.number()?).ok().filter(|count| *count <= self.rest.len())
    }

    /// Reads bytes with their length.
    pub fn raw(&mut self) -> Option<&'b [u8]> {
        let length = self.count()?;
        self.fixed(length)
    }

    fn fixed(&mut self, length: usize) -> Option<&'b [u8]> {
        let (bytes, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(bytes)
    }

    fn text(&mut self) -> Option<&'b str> {
        str::from_utf8(self.raw()?).ok()
    }

    fn float(&mut self) -> Option<f64> {
        Some(f64::from_le_bytes(self.fixed(8)?.try_into().ok()?))
    }

    /// Reads a value.
    pub fn value(&mut self) -> Option<Value> {
        self.nested(0)
    }

    fn all(&mut self, depth: u16) -> Option<Parts> {
        let count = self.count()?;
        let mut values = Vec::new();
        for _ in 0..count {
            values.push(self.nested(depth + 1)?);
        }
        Parts::new(values).ok()
    }

    fn short(&mut self) -> Option<u16> {
        u16::try_from(self.number()?).ok()
    }

    fn nested(&mut self, depth: u16) -> Option<Value> {
        if depth > MAX_DEPTH {
            return None;
        }
        Some(match self.byte()? {
            NONE => Value::None,
            FALSE => Value::Bool(false),
            TRUE => Value::Bool(true),
            INT => Value::Int(self.int()?),
            FLOAT => Value::Float(self.float()?),
            DECIMAL => {
                let scale = u32::from(self.byte()?);
                let mantissa = i128::from_le_bytes(self.fixed(16)?.try_into().ok()?);
                Value::decimal(Decimal::try_from_i128_with_scale(mantissa, scale).ok()?)
            }
            STRING => Value::from(self.text()?),
            BYTES => Value::bytes(self.raw()?.to_vec()),
            DATE_TIME => {
                let micros = self.int()?;
                Value::datetime(micros, self.text()?)
            }
            INTS => Value::list(List::Ints((0..self.count()?).map(|_| self.int()).collect::<Option<_>>()?)),
            FLOATS => Value::list(List::Floats((0..self.count()?).map(|_| self.float()).collect::<Option<_>>()?)),
            BOOLS => Value::list(List::Bools(self.raw()?.iter().map(|byte| *byte != 0).collect())),
            REFS => Value::list(self.all(depth)?),
            MAP => {
                let mut map = Map::new();
                for _ in 0..self.count()? {
                    let key = self.nested(depth + 1)?;
                    map.insert(key, self.nested(depth + 1)?).ok()?;
                }
                Value::map(map)
            }
            RECORD => Value::Record(Rc::new(self.all(depth)?)),
            CASE => {
                let fields = self.all(depth)?;
                Value::Case(Rc::new(Case { tag: self.short()?, fields }))
            }
            CLOSURE => {
                let captured = self.all(depth)?;
                Value::Closure(Rc::new(Closure { function: self.short()?, captured }))
            }
            _ => return None,
        })
    }
}
