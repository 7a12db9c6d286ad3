//! What all functions of an image share: constants and natives, each stored once.

use super::limits;
use bytecode::{Class, Constant, ConstantId, Image, Native, NativeId, TypeId, WordId};
use rust_decimal::Decimal;
use rustc_hash::FxHashMap;

/// The tables of an image that are filled while functions are written.
#[derive(Default)]
pub(super) struct Pool {
    words: FxHashMap<u64, WordId>,
    strings: FxHashMap<String, ConstantId>,
    decimals: FxHashMap<(i128, u32), ConstantId>,
    datetimes: FxHashMap<(i64, String), ConstantId>,
    natives: FxHashMap<Native, NativeId>,
    /// Whether more natives were asked for than an image can hold.
    pub(super) overflowed: bool,
}

impl Pool {
    /// Gives the constant of a word.
    pub(super) fn word(&mut self, image: &mut Image, bits: u64) -> WordId {
        *self.words.entry(bits).or_insert_with(|| {
            image.words.push(bits);
            WordId(image.words.len() as u32 - 1)
        })
    }

    /// Gives the constant of a string.
    pub(super) fn string(&mut self, image: &mut Image, text: &str) -> ConstantId {
        if let Some(known) = self.strings.get(text) {
            return *known;
        }
        image.constants.push(Constant::String(text.to_owned()));
        let id = ConstantId(image.constants.len() as u32 - 1);
        self.strings.insert(text.to_owned(), id);
        id
    }

    /// Gives the constant of a decimal.
    pub(super) fn decimal(&mut self, image: &mut Image, number: Decimal) -> ConstantId {
        *self.decimals.entry((number.mantissa(), number.scale())).or_insert_with_key(|(digits, scale)| {
            image.constants.push(Constant::Decimal(*digits, *scale));
            ConstantId(image.constants.len() as u32 - 1)
        })
    }

    /// Gives the constant of a datetime.
    pub(super) fn datetime(&mut self, image: &mut Image, instant: i64, zone: &str) -> ConstantId {
        *self.datetimes.entry((instant, zone.to_owned())).or_insert_with(|| {
            image.constants.push(Constant::DateTime(instant, zone.to_owned()));
            ConstantId(image.constants.len() as u32 - 1)
        })
    }

    /// Gives the native of a name for the types of one use.
    pub(super) fn native(
        &mut self,
        image: &mut Image,
        name: &str,
        class: Class,
        types: (Vec<TypeId>, TypeId),
    ) -> NativeId {
        let native = Native { name: name.to_owned(), class, parameters: types.0, result: types.1 };
        if let Some(known) = self.natives.get(&native) {
            return *known;
        }
        if image.natives.len() >= limits::TABLE {
            self.overflowed = true;
            return NativeId(0);
        }
        let id = NativeId(image.natives.len() as u16);
        image.natives.push(native.clone());
        self.natives.insert(native, id);
        id
    }
}
