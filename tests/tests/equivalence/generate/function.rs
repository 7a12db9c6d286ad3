//! Functions: the program's own, some of which call themselves, and generic ones.

use super::Generator;
use super::Subject;
use super::expression::Expected::Known;
use super::types::{Function, Type};

/// Generic functions, by what they are called with and what they give.
const GENERICS: [&str; 9] = [
    "fn pick<T>(first: bool, one: T, other: T) -> T {\n    if first { one } else { other }\n}\n",
    "fn twice<T>(value: T, change: fn(T) -> T) -> T {\n    change(change(value))\n}\n",
    "fn last_of<T>(items: list<T>, instead: T) -> T {\n    var last = instead\n    for item in items {\n        last = item\n    }\n    last\n}\n",
    "fn rotate<T>(items: list<T>, by: int) -> list<T> {\n    if by <= 0 or items.len() == 0 { return items }\n    var turned = items\n    let first = turned.remove(0)\n    turned.push(first)\n    rotate(turned, by - 1)\n}\n",
    "fn zip_with<A, B, C>(left: list<A>, right: list<B>, join: fn(A, B) -> C) -> list<C> {\n    var joined: list<C> = []\n    for at in 0..left.len() {\n        if at >= right.len() { break }\n        joined.push(join(left[at], right[at]))\n    }\n    joined\n}\n",
    "fn end_with<T>(items: list<T>, last: T) -> list<T> {\n    var mine = items\n    if mine.len() > 0 { mine[mine.len() - 1] = last }\n    mine.push(last)\n    mine\n}\n",
    "fn both<T>(value: T) -> list<T> {\n    [value, value]\n}\n",
    "fn states<T>(value: T, change: fn(T) -> T, times: int) -> list<T> {\n    var all: list<T> = []\n    var now = value\n    for turn in 0..times {\n        all.push(now)\n        now = change(now)\n    }\n    all\n}\n",
    "fn same<T>(value: T) -> T {\n    for each in [value] {\n        return each\n    }\n    value\n}\n",
];

/// The generic function that gives what it is given.
const SAME: usize = 8;

impl Generator {
    /// Declares a function, and gives its text.
    pub(super) fn function(&mut self) -> String {
        let scope = std::mem::take(&mut self.scope);
        let is_recursive = self.random.percent(35);
        let name = self.name("own_");
        let mut parameters = Vec::new();
        if is_recursive {
            parameters.push((self.name("depth"), Type::Int));
        }
        for _ in 0..1 + self.random.below(2) {
            let type_ = if self.random.percent(15) {
                Type::Function(vec![self.type_(0)], Box::new(self.type_(0)))
            } else {
                self.type_(2)
            };
            parameters.push((self.name("given"), type_));
        }
        let result = self.type_(2);
        parameters.iter().for_each(|(name, type_)| self.bind(name, type_.clone(), false));
        self.result = Some(result.clone());
        let mut body = Vec::new();
        if is_recursive {
            self.budget = 5;
            let last = self.expr(&result, Known);
            body.push(format!("    if {} <= 0 {{ return {last} }}", parameters[0].0));
        }
        let declared =
            Function { name: name.clone(), parameters: parameters.clone(), result: result.clone(), is_recursive };
        if is_recursive {
            let depth = parameters[0].0.clone();
            self.budget = 8;
            let call = self.call_of(&declared, &format!("{depth} - 1"));
            let local = self.name("deeper");
            body.push(format!("    let {local} = {call}"));
            self.bind(&local, result.clone(), false);
        }
        if self.subject == Subject::Sharing {
            // What was given is changed under another name.
            let (given, type_) = parameters[parameters.len() - 1].clone();
            let mine = self.name("mine");
            body.push(format!("    var {mine} = {given}"));
            self.bind(&mine, type_, true);
        }
        self.statements(&mut body, 1, 3);
        self.budget = 12;
        let last = self.last(&result, Known);
        self.result = None;
        self.scope = scope;
        self.functions.push(declared);
        let parameters: Vec<String> =
            parameters.iter().map(|(name, type_)| format!("{name}: {}", type_.text())).collect();
        format!("fn {name}({}) -> {} {{\n{}\n    {last}\n}}\n", parameters.join(", "), result.text(), body.join("\n"))
    }

    /// Calls a function of the program that gives a type.
    pub(super) fn own_call(&mut self, type_: &Type) -> Option<String> {
        let fitting: Vec<usize> = (0..self.functions.len()).filter(|at| self.functions[*at].result == *type_).collect();
        if fitting.is_empty() {
            return None;
        }
        let at = *self.random.one(&fitting);
        let called = &self.functions[at];
        let called = Function {
            name: called.name.clone(),
            parameters: called.parameters.clone(),
            result: called.result.clone(),
            is_recursive: called.is_recursive,
        };
        let depth = self.random.below(4).to_string();
        Some(self.call_of(&called, &depth))
    }

    fn call_of(&mut self, called: &Function, depth: &str) -> String {
        let mut arguments = Vec::new();
        for (at, (name, type_)) in called.parameters.iter().enumerate() {
            let value = if called.is_recursive && at == 0 { depth.to_owned() } else { self.expr(type_, Known) };
            let is_named = at + 1 == called.parameters.len() && self.random.percent(25);
            arguments.push(if is_named { format!("{name}: {value}") } else { value });
        }
        format!("{}({})", called.name, arguments.join(", "))
    }

    /// Calls a generic function that gives a type.
    pub(super) fn generic_call(&mut self, type_: &Type) -> Option<String> {
        let chosen = self.random.below(4) as usize;
        let call = match (chosen, type_) {
            (0, type_) => {
                format!("pick({}, {}, {})", self.plain(&Type::Bool), self.plain(type_), self.plain(type_))
            }
            (1, type_) => {
                let change = self.lambda(std::slice::from_ref(type_), type_);
                format!("twice({}, {change})", self.plain(type_))
            }
            (2, type_) => format!("last_of({}, {})", self.plain(&Type::list(type_.clone())), self.plain(type_)),
            (_, Type::List(item)) if self.random.percent(50) => {
                let (left, right) = (self.listed_item(), self.listed_item());
                let join = self.lambda(&[left.clone(), right.clone()], item);
                self.generics.insert(4);
                let (left, right) = (self.plain(&Type::list(left)), self.plain(&Type::list(right)));
                return Some(format!("zip_with({left}, {right}, {join})"));
            }
            (_, Type::List(item)) if self.random.percent(50) => return Some(self.copies(item)),
            (_, list @ Type::List(_)) => format!("rotate({}, {})", self.plain(list), self.random.below(4)),
            (_, _) => return None,
        };
        self.generics.insert(chosen);
        Some(call)
    }

    /// Calls a generic function that has several of one value, or changes a copy of a list.
    fn copies(&mut self, item: &Type) -> String {
        let chosen = 5 + self.random.below(3) as usize;
        self.generics.insert(chosen);
        match chosen {
            5 => format!("end_with({}, {})", self.plain(&Type::list(item.clone())), self.plain(item)),
            6 => format!("both({})", self.plain(item)),
            _ => {
                let change = self.lambda(std::slice::from_ref(item), item);
                format!("states({}, {change}, {})", self.plain(item), self.random.below(4))
            }
        }
    }

    /// Gives a value that the checker does not know: what it knows to break a condition is an error while compiling.
    pub(super) fn unknown(&mut self, type_: &Type) -> String {
        self.generics.insert(SAME);
        format!("same({})", self.plain(type_))
    }

    pub(super) fn generic_functions(&self) -> String {
        self.generics.iter().map(|at| GENERICS[*at]).collect()
    }
}
