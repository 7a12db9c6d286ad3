//! Statements.

use super::expression::Expected::{Known, Unknown};
use super::types::Type;
use super::{Generator, Subject};

/// How many expressions a statement may have, about.
const EXPRESSIONS: u32 = 13;

/// Adds a line.
pub(super) fn line(lines: &mut Vec<String>, indent: usize, text: &str) {
    lines.push("    ".repeat(indent) + text);
}

impl Generator {
    pub(super) fn statements(&mut self, lines: &mut Vec<String>, indent: usize, count: u32) {
        for _ in 0..count {
            self.budget = self.random.below(EXPRESSIONS) as i32;
            self.statement(lines, indent);
        }
    }

    /// Adds statements whose locals end with them.
    fn block(&mut self, lines: &mut Vec<String>, indent: usize) {
        let mark = self.scope.len();
        let count = 1 + self.random.below(2);
        self.statements(lines, indent, count);
        self.scope.truncate(mark);
    }

    pub(super) fn declare(&mut self, lines: &mut Vec<String>, indent: usize, type_: Type, is_var: bool) {
        self.budget = 6;
        let mut value = self.expr(&type_, Known);
        // Else most programs would end early.
        if self.random.percent(60) && !matches!(type_, Type::Function(..)) {
            value = format!("({value} catch {})", self.literal(&type_, Known));
        }
        let name = self.name("v");
        line(lines, indent, &format!("{} {name}: {} = {value}", if is_var { "var" } else { "let" }, type_.text()));
        self.bind(&name, type_, is_var);
    }

    fn statement(&mut self, lines: &mut Vec<String>, indent: usize) {
        if self.subject == Subject::Sharing && self.random.percent(75) {
            return self.sharing(lines, indent);
        }
        let is_deep = indent > 3;
        match self.random.below(24) {
            0..=2 => self.declaration(lines, indent),
            3..=10 => match self.effect() {
                Some(effect) if self.random.percent(75) => {
                    line(lines, indent, &format!("try {{ {effect} }} catch {{}}"));
                }
                Some(effect) => line(lines, indent, &effect),
                None => self.declaration(lines, indent),
            },
            11 if self.subject == Subject::Asking => {
                let asking = self.asking();
                line(lines, indent, &asking);
            }
            11 | 12 => self.copy_and_change(lines, indent),
            13 | 14 if !is_deep => self.condition(lines, indent),
            15 | 16 if !is_deep => self.walk(lines, indent),
            17 if !is_deep => self.counted_while(lines, indent),
            18 | 19 if !is_deep => self.guarded(lines, indent),
            20 if !is_deep => self.match_statement(lines, indent),
            21 => self.leave(lines, indent),
            22 => self.tried(lines, indent),
            _ => self.declaration(lines, indent),
        }
    }

    fn declaration(&mut self, lines: &mut Vec<String>, indent: usize) {
        let is_var = self.random.percent(60);
        if self.random.percent(12) {
            let type_ = Type::Function(vec![self.type_(0)], Box::new(self.type_(1)));
            return self.declare(lines, indent, type_, is_var);
        }
        if self.random.percent(30) {
            let type_ = self.type_(1);
            let value = self.expr(&type_, Unknown);
            let name = self.name("v");
            line(lines, indent, &format!("{} {name} = {value}", if is_var { "var" } else { "let" }));
            // A literal of a refined type is of that type; what is inferred may be wider only for these.
            return self.bind(&name, type_, is_var);
        }
        let type_ = self.type_(2);
        self.declare(lines, indent, type_, is_var);
    }

    /// Gives a statement that changes a variable, on one line.
    pub(super) fn effect(&mut self) -> Option<String> {
        let variables = self.changeable();
        if variables.is_empty() {
            return None;
        }
        let variable = self.random.one(&variables).clone();
        Some(self.change_of(&variable.name, &variable.type_))
    }

    /// Gives a statement that changes what a path leads to, or a part of it.
    pub(super) fn change_of(&mut self, path: &str, type_: &Type) -> String {
        match type_ {
            Type::Int if self.random.percent(70) => {
                let operator = self.random.one(&["+", "-", "*", "/", "%", "+", "+"]).to_string();
                format!("{path} {operator}= {}", self.plain(&Type::Int))
            }
            Type::Float if self.random.percent(60) => {
                let operator = self.random.one(&["+", "-", "*", "/"]).to_string();
                format!("{path} {operator}= {}", self.plain(&Type::Float))
            }
            Type::Text if self.random.percent(70) => format!("{path} += {}", self.plain(&Type::Text)),
            Type::Duration if self.random.percent(60) => format!("{path} += {}", self.plain(&Type::Duration)),
            Type::Decimal if self.random.percent(60) => format!("{path} += {}", self.plain(&Type::Decimal)),
            Type::Set(item) => {
                let method = self.random.one(&["add", "add", "remove"]).to_string();
                format!("{path}.{method}({})", self.expr(item, Known))
            }
            Type::List(item) => self.change_of_list(path, item),
            Type::Map(key, value) => match self.random.below(4) {
                0 => format!("{path}.remove({})", self.expr(key, Known)),
                1 => {
                    let at = self.expr(key, Known);
                    self.change_of(&format!("{path}[{at}]"), value)
                }
                _ => {
                    let at = self.expr(key, Known);
                    format!("{path}[{at}] = {}", self.expr(value, Known))
                }
            },
            Type::Record(number) if self.random.percent(75) => {
                let fields = &self.records[*number].fields;
                let field = self.random.below(fields.len() as u32) as usize;
                let (name, type_) = (fields[field].name.clone(), fields[field].type_.clone());
                self.change_of(&format!("{path}.{name}"), &type_)
            }
            type_ => format!("{path} = {}", self.expr(type_, Known)),
        }
    }

    fn change_of_list(&mut self, path: &str, item: &Type) -> String {
        let index = self.index();
        match self.random.below(10) {
            0..=3 => format!("{path}.push({})", self.expr(item, Known)),
            4 => format!("{path}.pop()"),
            5 => format!("{path}.insert({index}, {})", self.expr(item, Known)),
            6 => format!("{path}.remove({index})"),
            7 => format!("{path} = {}", self.expr(&Type::list(item.clone()), Known)),
            8 => format!("{path} += {}", self.expr(&Type::list(item.clone()), Known)),
            _ => self.change_of(&format!("{path}[{index}]"), item),
        }
    }

    /// A copy, of which one is changed: the other must stay.
    fn copy_and_change(&mut self, lines: &mut Vec<String>, indent: usize) {
        let variables = self.changeable();
        if variables.is_empty() {
            return self.declaration(lines, indent);
        }
        let variable = self.random.one(&variables).clone();
        let name = self.name("copy");
        // An optional one may be known to be there just now; its copy is optional all the same.
        line(lines, indent, &format!("var {name}: {} = {}", variable.type_.text(), variable.name));
        let changed = if self.random.percent(50) { name.clone() } else { variable.name };
        self.bind(&name, variable.type_.clone(), true);
        let change = self.change_of(&changed, &variable.type_);
        line(lines, indent, &change);
    }

    fn condition(&mut self, lines: &mut Vec<String>, indent: usize) {
        let narrowed: Vec<_> = self
            .scope
            .iter()
            .enumerate()
            .filter_map(|(at, variable)| match &variable.type_ {
                Type::Maybe(inner) if !variable.is_var => Some((at, (**inner).clone())),
                _ => None,
            })
            .collect();
        if !narrowed.is_empty() && self.random.percent(50) {
            let (at, inner) = self.random.one(&narrowed).clone();
            line(lines, indent, &format!("if {} != none {{", self.scope[at].name));
            // In here it is sure to be there, and of the narrower type.
            let optional = std::mem::replace(&mut self.scope[at].type_, inner);
            self.block(lines, indent + 1);
            self.scope[at].type_ = optional;
        } else {
            let condition = self.plain(&Type::Bool);
            line(lines, indent, &format!("if {condition} {{"));
            self.block(lines, indent + 1);
        }
        if self.random.percent(50) {
            line(lines, indent, "} else {");
            self.block(lines, indent + 1);
        }
        line(lines, indent, "}");
    }

    fn walk(&mut self, lines: &mut Vec<String>, indent: usize) {
        let mark = self.scope.len();
        match self.random.below(3) {
            0 => {
                let item = self.listed_item();
                let list = self.plain(&Type::list(item.clone()));
                let name = self.name("item");
                line(lines, indent, &format!("for {name} in {list}.take(4) {{"));
                self.bind(&name, item, false);
            }
            1 => {
                let (key, value) = (Type::Text, self.type_(1));
                let map = self.plain(&Type::Map(Box::new(key.clone()), Box::new(value.clone())));
                let (first, second) = (self.name("key"), self.name("value"));
                line(lines, indent, &format!("for {first}, {second} in {map} {{"));
                self.bind(&first, key, false);
                self.bind(&second, value, false);
            }
            _ => {
                let name = self.name("at");
                let dots = self.random.one(&["..", "..="]).to_string();
                let from = self.random.below(4);
                line(lines, indent, &format!("for {name} in {from}{dots}{} {{", from + self.random.below(4)));
                self.bind(&name, Type::Int, false);
            }
        }
        self.loops += 1;
        self.block(lines, indent + 1);
        self.loops -= 1;
        self.scope.truncate(mark);
        line(lines, indent, "}");
    }

    fn counted_while(&mut self, lines: &mut Vec<String>, indent: usize) {
        let name = self.name("turn");
        line(lines, indent, &format!("var {name} = 0"));
        self.bind(&name, Type::Int, false);
        let condition = self.plain(&Type::Bool);
        line(lines, indent, &format!("while {name} < {} and {condition} {{", 1 + self.random.below(3)));
        line(lines, indent + 1, &format!("{name} += 1"));
        self.loops += 1;
        self.block(lines, indent + 1);
        self.loops -= 1;
        line(lines, indent, "}");
    }

    fn guarded(&mut self, lines: &mut Vec<String>, indent: usize) {
        line(lines, indent, "try {");
        self.block(lines, indent + 1);
        let has_finally = self.random.percent(40);
        if !has_finally || self.random.percent(60) {
            let kinds =
                self.random.one(&["", " out_of_range, invalid", " arithmetic", " io, not_found", " limit"]).to_string();
            let error = self.name("error");
            line(lines, indent, &format!("}} catch{kinds} as {error} {{"));
            let mark = self.scope.len();
            let told = self.name("told");
            line(lines, indent + 1, &format!("let {told} = \"{{{error}.kind}}: {{{error}.message}}\""));
            self.bind(&told, Type::Text, false);
            self.block(lines, indent + 1);
            if self.random.percent(15) {
                line(lines, indent + 1, &format!("fail {error}"));
            }
            self.scope.truncate(mark);
        }
        if has_finally {
            line(lines, indent, "} finally {");
            // A loop is not left from here.
            let (loops, result) = (std::mem::take(&mut self.loops), self.result.take());
            self.block(lines, indent + 1);
            (self.loops, self.result) = (loops, result);
        }
        line(lines, indent, "}");
    }

    fn match_statement(&mut self, lines: &mut Vec<String>, indent: usize) {
        let matched = match self.enums.len() {
            0 => Type::maybe(Type::Int),
            count => Type::Enum(self.random.below(count as u32) as usize),
        };
        let value = self.plain(&matched);
        line(lines, indent, &format!("match {value} {{"));
        for (pattern, bound) in self.patterns(&matched) {
            let mark = self.scope.len();
            bound.into_iter().for_each(|(name, type_)| self.bind(&name, type_, false));
            line(lines, indent + 1, &format!("{pattern} => {{"));
            self.block(lines, indent + 2);
            line(lines, indent + 1, "}");
            self.scope.truncate(mark);
        }
        line(lines, indent, "}");
    }

    /// Leaves a loop, a turn, the function, or fails; only if something holds, so that what follows can be reached.
    fn leave(&mut self, lines: &mut Vec<String>, indent: usize) {
        let condition = self.plain(&Type::Bool);
        let way = match (self.random.below(4), self.result.clone()) {
            (0, _) if self.loops > 0 => "break".to_owned(),
            (1, _) if self.loops > 0 => "continue".to_owned(),
            (2, Some(result)) => format!("return {}", self.expr(&result, Known)),
            _ => {
                let kind = self.random.one(&["io", "invalid", "timeout", "limit", "not_found"]).to_string();
                self.failing(&kind)
            }
        };
        line(lines, indent, &format!("if {condition} {{ {way} }}"));
    }

    /// Gives a `fail`, whose message is always a string.
    pub(super) fn failing(&mut self, kind: &str) -> String {
        let type_ = self.type_(1);
        format!("fail {kind} \"because of {{{}}}\"", self.plain(&type_))
    }

    fn tried(&mut self, lines: &mut Vec<String>, indent: usize) {
        let type_ = self.type_(1);
        let value = self.plain(&type_);
        let (outcome, good, bad, text) = (self.name("outcome"), self.name("good"), self.name("bad"), self.name("text"));
        line(lines, indent, &format!("let {outcome} = try {value}"));
        line(lines, indent, &format!("let {text} = match {outcome} {{"));
        line(lines, indent + 1, &format!(".ok({good}) => \"ok {{{good}}}\""));
        line(lines, indent + 1, &format!(".err({bad}) => \"{{{bad}.kind}} {{{bad}.message}}\""));
        line(lines, indent, "}");
        self.bind(&text, Type::Text, false);
    }
}
