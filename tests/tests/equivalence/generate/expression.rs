//! Expressions of a wanted type.

use super::Generator;
use super::Subject;
use super::types::{Field, Type};

/// Whether the place of an expression says which type is wanted there. Where it does not, `none`, `[]` and `.case` have
/// no meaning.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Expected {
    Known,
    Unknown,
}
use Expected::{Known, Unknown};

impl Generator {
    /// Gives an expression that can stand anywhere: what has operators is in parentheses.
    pub(super) fn expr(&mut self, type_: &Type, expected: Expected) -> String {
        self.budget -= 1;
        let is_small = self.budget <= 0;
        let places = self.places(type_, expected);
        if let Type::Function(..) = type_ {
            // A lambda is a whole expression, never an operand.
            let any = places.is_empty() || self.random.percent(50);
            return if any { self.literal(type_, expected) } else { self.random.one(&places).clone() };
        }
        if !places.is_empty() && self.random.percent(if is_small { 75 } else { 30 }) {
            return self.random.one(&places).clone();
        }
        if self.subject == Subject::Sharing
            && self.random.percent(40)
            && let Some(part) = self.shared(type_)
        {
            return format!("({part} catch {})", self.literal(type_, expected));
        }
        if is_small {
            return self.literal(type_, expected);
        }
        match self.random.below(20) {
            0..=4 => self.literal(type_, expected),
            5 => self.conditional(type_, expected),
            6 => self.matching(type_, expected),
            7 => self.caught(type_, expected),
            8 => self.otherwise(type_, expected),
            9 => self.item(type_),
            10 | 11 => self.own_call(type_).unwrap_or_else(|| self.literal(type_, expected)),
            12 if self.subject == Subject::Asking => {
                self.operation(type_).unwrap_or_else(|| self.literal(type_, expected))
            }
            13 => self.generic_call(type_).unwrap_or_else(|| self.literal(type_, expected)),
            _ => self.by_type(type_, expected),
        }
    }

    /// Gives an expression whose type is known without the place it stands in.
    pub(super) fn plain(&mut self, type_: &Type) -> String {
        self.expr(type_, Unknown)
    }

    /// Gives the value of a block: no statement begins with a dot.
    pub(super) fn last(&mut self, type_: &Type, expected: Expected) -> String {
        let value = self.expr(type_, expected);
        match type_ {
            Type::Enum(number) if value.starts_with('.') => format!("Enum{number}{value}"),
            Type::Maybe(inner) => match &**inner {
                Type::Enum(number) if value.starts_with('.') => format!("Enum{number}{value}"),
                _ => value,
            },
            _ => value,
        }
    }

    pub(super) fn literal(&mut self, type_: &Type, expected: Expected) -> String {
        match type_ {
            Type::Int => match self.random.below(12) {
                0 => "9_223_372_036_854_775_807".to_owned(),
                1 => "(-3)".to_owned(),
                2 => "1_000_000_007".to_owned(),
                3 => "0".to_owned(),
                _ => self.random.below(12).to_string(),
            },
            Type::Small => format!("Small({})", self.random.below(90)),
            Type::Float => match self.random.below(8) {
                0 => "0.0".to_owned(),
                1 => "(-2.5)".to_owned(),
                2 => "1e300".to_owned(),
                3 => "0.1".to_owned(),
                _ => format!("{}.{}", self.random.below(20), self.random.below(100)),
            },
            Type::Decimal if expected == Known => {
                self.random.one(&["19.99", "0", "0.1", "7", "1_000_000.5"]).to_string()
            }
            Type::Decimal => format!("{}.to_decimal()", self.random.below(30)),
            Type::Bool => self.random.one(&["true", "false"]).to_string(),
            Type::Text => match self.random.below(9) {
                0 => "\"\"".to_owned(),
                1 => "\"grün und weiß\"".to_owned(),
                2 => "\"a \\\"quoted\\\" word\"".to_owned(),
                3 => "r\"raw {no}\"".to_owned(),
                4 => "\"a text that is longer than what is kept in place\"".to_owned(),
                5 => self.random.below(50).to_string().join_quotes(),
                _ => self.random.one(&["a", "b", "ab", "tea,cup", "one two", "x"]).to_string().join_quotes(),
            },
            Type::Duration => self.random.one(&["1h30m", "250ms", "2d", "5s", "0s", "1w", "90m"]).to_string(),
            Type::Maybe(inner) if expected == Known => {
                if self.random.percent(35) {
                    "none".to_owned()
                } else {
                    self.expr(inner, Known)
                }
            }
            Type::Maybe(inner) => self.optional(inner),
            Type::List(item) => {
                let least = u32::from(expected == Unknown);
                let most = if self.budget > 0 { 4 } else { 2 };
                let items: Vec<String> =
                    (0..least + self.random.below(most)).map(|_| self.expr(item, expected)).collect();
                format!("[{}]", items.join(", "))
            }
            Type::Set(item) => {
                let list = self.literal(&Type::List(item.clone()), expected);
                if expected == Known { list } else { format!("{list}.to_set()") }
            }
            Type::Map(key, value) => {
                let least = u32::from(expected == Unknown);
                let count = least + self.random.below(3);
                let entry = |this: &mut Self| {
                    // A name before a colon is that variable, so any expression may be a key; a literal says more.
                    format!("{}: {}", this.literal(key, expected), this.expr(value, expected))
                };
                let entries: Vec<String> = (0..count).map(|_| entry(self)).collect();
                format!("({{{}}})", entries.join(", "))
            }
            Type::Record(number) => self.construct(*number),
            Type::Enum(number) => self.choose(*number, expected),
            Type::Function(parameters, result) => self.lambda(parameters, result),
        }
    }

    pub(super) fn field_value(&mut self, field: &Field) -> String {
        if field.more.contains("where") { self.unknown(&field.type_) } else { self.expr(&field.type_, Known) }
    }

    fn construct(&mut self, number: usize) -> String {
        let mut given = Vec::new();
        for field in self.records[number].fields.clone() {
            // A record that holds others of its kind ends where there is no room for more.
            if !(field.has_default && (self.budget <= 0 || self.random.percent(50))) {
                given.push(format!("{}: {}", field.name, self.field_value(&field)));
            }
        }
        // Fields may stand in any order, and are evaluated in it.
        if given.len() > 1 && self.random.percent(30) {
            given.reverse();
        }
        format!("Record{number}({})", given.join(", "))
    }

    fn choose(&mut self, number: usize, expected: Expected) -> String {
        let (name, data) = self.random.one(&self.enums[number].cases).clone();
        let given: Vec<String> = data.iter().map(|(_, type_)| self.expr(type_, Known)).collect();
        let head = if expected == Known && self.random.percent(50) { String::new() } else { format!("Enum{number}") };
        let data = if given.is_empty() { String::new() } else { format!("({})", given.join(", ")) };
        format!("{head}.{name}{data}")
    }

    /// Gives a lambda. What is around it is captured, and cannot be changed in it.
    pub(super) fn lambda(&mut self, parameters: &[Type], result: &Type) -> String {
        let (mark, frozen, loops) = (self.scope.len(), self.frozen, std::mem::take(&mut self.loops));
        self.frozen = mark;
        let around = self.result.take();
        let names: Vec<String> = parameters.iter().map(|_| self.name("it")).collect();
        for (name, type_) in names.iter().zip(parameters) {
            self.bind(name, type_.clone(), false);
        }
        let is_changed = self.subject == Subject::Sharing && parameters.first() == Some(result);
        let body = if is_changed && self.random.percent(60) {
            let local = self.name("inner");
            let change = self.change_of(&local, result);
            format!("{{ var {local} = {}; {change}; {local} }}", names[0])
        } else if self.budget > 4 && self.random.percent(30) {
            let local = self.name("inner");
            let type_ = self.type_(1);
            let first = self.expr(&type_, Known);
            self.bind(&local, type_.clone(), true);
            let change = self.effect().unwrap_or_else(|| format!("let other_{local} = {local}"));
            format!("{{ var {local}: {} = {first}; {change}; {} }}", type_.text(), self.plain(result))
        } else {
            self.plain(result)
        };
        self.scope.truncate(mark);
        (self.frozen, self.loops, self.result) = (frozen, loops, around);
        match names.as_slice() {
            [one] => format!("{one} => {body}"),
            names => format!("({}) => {body}", names.join(", ")),
        }
    }

    /// One of two values, with something done on the way.
    fn conditional(&mut self, type_: &Type, expected: Expected) -> String {
        let condition = self.plain(&Type::Bool);
        let first = match self.effect() {
            Some(effect) if self.random.percent(60) => format!("{effect}; {}", self.last(type_, expected)),
            _ => self.last(type_, expected),
        };
        let second = match self.effect() {
            Some(effect) if self.random.percent(30) => format!("{effect}; {}", self.last(type_, expected)),
            _ => self.last(type_, expected),
        };
        format!("(if {condition} {{ {first} }} else {{ {second} }})")
    }

    fn caught(&mut self, type_: &Type, expected: Expected) -> String {
        match self.random.below(4) {
            0 => {
                let effect = self.effect().map(|effect| format!("{effect}; ")).unwrap_or_default();
                let value = self.last(type_, expected);
                let kinds = self.random.one(&["arithmetic", "out_of_range", "invalid, arithmetic", "io, not_found"]);
                let error = self.name("error");
                let fallback = self.last(type_, expected);
                let last = self.effect().map(|effect| format!(" finally {{ {effect} }}")).unwrap_or_default();
                format!("(try {{ {effect}{value} }} catch {kinds} as {error} {{ {fallback} }}{last})")
            }
            1 => {
                let kind = self.random.one(&["io", "invalid", "conflict", "limit"]).to_string();
                let condition = self.plain(&Type::Bool);
                let (value, failing) = (self.last(type_, expected), self.failing(&kind));
                format!("(if {condition} {{ {value} }} else {{ {failing} }})")
            }
            _ => format!("({} catch {})", self.expr(type_, expected), self.expr(type_, expected)),
        }
    }

    fn otherwise(&mut self, type_: &Type, expected: Expected) -> String {
        match type_ {
            Type::Maybe(_) => self.literal(type_, expected),
            type_ => {
                let optional = self.optional(type_);
                let fallback = self.literal(type_, expected);
                format!("({optional} ?? {fallback})")
            }
        }
    }

    /// Gives an optional value whose type is known by itself.
    pub(super) fn optional(&mut self, inner: &Type) -> String {
        let places = self.places(&Type::maybe(inner.clone()), Unknown);
        if !places.is_empty() && self.random.percent(40) {
            return self.random.one(&places).clone();
        }
        let list = Type::list(inner.clone());
        match self.random.below(8) {
            0 => format!("{}.last()", self.plain(&list)),
            1 => format!("{}.get({})", self.plain(&list), self.plain(&Type::Int)),
            2 => {
                let keep = self.lambda(std::slice::from_ref(inner), &Type::Bool);
                format!("{}.find({keep})", self.plain(&list))
            }
            3 => {
                let map = Type::Map(Box::new(Type::Text), Box::new(inner.clone()));
                format!("{}.get({})", self.plain(&map), self.expr(&Type::Text, Known))
            }
            4 if *inner == Type::Int => format!("int.parse({})", self.plain(&Type::Text)),
            4 if *inner == Type::Text => {
                let text = self.optional(&Type::Text);
                format!("{text}?.upper()")
            }
            5 => self.popped(inner).unwrap_or_else(|| format!("{}.first()", self.plain(&list))),
            _ => format!("{}.first()", self.plain(&list)),
        }
    }

    /// An item taken from the end of a list that changes by it.
    fn popped(&mut self, inner: &Type) -> Option<String> {
        let list = Type::list(inner.clone());
        let lists: Vec<_> = self.changeable().into_iter().filter(|variable| variable.type_ == list).collect();
        if lists.is_empty() {
            return None;
        }
        Some(format!("{}.pop()", self.random.one(&lists).name))
    }

    /// An item of a list or map, which may not be there.
    fn item(&mut self, type_: &Type) -> String {
        let item = self.unsure_item(type_);
        if self.random.percent(60) { format!("({item} catch {})", self.literal(type_, Unknown)) } else { item }
    }

    /// A place in a list, which may not be there. One that is written out as a number below zero does not compile.
    pub(super) fn index(&mut self) -> String {
        let index = if self.random.percent(70) { "0".to_owned() } else { self.plain(&Type::Int) };
        index.strip_prefix("(-").map_or(index.clone(), |rest| format!("(0 - {rest}"))
    }

    fn unsure_item(&mut self, type_: &Type) -> String {
        if self.random.percent(50) {
            let list = self.plain(&Type::list(type_.clone()));
            let index = self.index();
            format!("{list}[{index}]")
        } else {
            let key = self.random.one(&[Type::Text, Type::Int]).clone();
            let map = self.plain(&Type::Map(Box::new(key.clone()), Box::new(type_.clone())));
            format!("{map}[{}]", self.expr(&key, Known))
        }
    }
}

trait Quoted {
    fn join_quotes(self) -> String;
}

impl Quoted for String {
    fn join_quotes(self) -> String {
        format!("\"{self}\"")
    }
}
