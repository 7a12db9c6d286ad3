//! Values that have several names, of which one is changed: the others must stay what they were.
//!
//! A value is shared by a variable, a field, an item, a capture, an argument, what a loop walks over and what a pattern
//! binds. A change goes to a part deep in a `var`, sometimes from the middle of an expression that reads the same
//! variable, and sometimes it fails.

use super::expression::Expected::Known;
use super::statement::line;
use super::types::Type;
use super::{Generator, Variable};

/// How many steps into a value a part is looked for.
const DEEP: u32 = 4;

/// How often a way to a part is tried.
const TRIES: u32 = 6;

impl Generator {
    /// Adds a statement that shares a value or changes a part of one.
    pub(super) fn sharing(&mut self, lines: &mut Vec<String>, indent: usize) {
        let is_deep = indent > 3;
        match self.random.below(22) {
            0..=3 => self.alias(lines, indent),
            4..=8 => self.change_part(lines, indent),
            9 | 10 => self.put_into_itself(lines, indent),
            11 => self.tangled(lines, indent),
            12 | 13 => self.captured(lines, indent),
            14 => self.swap(lines, indent),
            15 => self.matched(lines, indent),
            16 | 17 if !is_deep => self.walked(lines, indent),
            18 | 19 if !is_deep => self.built(lines, indent),
            20 if !is_deep => self.broken_off(lines, indent),
            _ => self.change_part(lines, indent),
        }
    }

    /// Another name for a value or a part of one.
    fn alias(&mut self, lines: &mut Vec<String>, indent: usize) {
        let variables = self.scope.clone();
        let Some((path, type_)) = self.way(&variables, is_compound) else {
            let type_ = self.type_(2);
            return self.declare(lines, indent, type_, true);
        };
        let name = self.name("alias");
        let word = if self.random.percent(75) { "var" } else { "let" };
        let value = if path.ends_with(']') || path.contains("].") {
            format!("({path} catch {})", self.literal(&type_, Known))
        } else {
            path
        };
        line(lines, indent, &format!("{word} {name}: {} = {value}", type_.text()));
        self.bind(&name, type_, word == "var");
    }

    /// Changes a part deep in a variable.
    fn change_part(&mut self, lines: &mut Vec<String>, indent: usize) {
        let Some(change) = self.change_somewhere() else { return self.alias(lines, indent) };
        line(lines, indent, &format!("try {{ {change} }} catch {{}}"));
    }

    fn change_somewhere(&mut self) -> Option<String> {
        let variables = self.changeable();
        let (path, type_) = self.way(&variables, |_| true)?;
        Some(self.change_of(&path, &type_))
    }

    /// Puts a value, or a part of it, into itself or into another of its own parts.
    fn put_into_itself(&mut self, lines: &mut Vec<String>, indent: usize) {
        let variables = self.changeable();
        let Some((path, type_)) = self.way(&variables, is_compound) else { return self.alias(lines, indent) };
        let root = path.split(['.', '[']).next().unwrap_or_default().to_owned();
        let same: Vec<Variable> = variables.into_iter().filter(|each| each.name == root).collect();
        let change = match &type_ {
            Type::List(item) => match self.part(&same, item) {
                Some(part) if self.random.percent(50) => format!("{path}.push({part})"),
                Some(part) => format!("{path}[{}] = {part}", self.position()),
                None => format!("{path} += {path}"),
            },
            Type::Map(_, value) => match self.part(&same, value) {
                Some(part) => format!("{path}[{}] = {part}", self.key()),
                None => format!("{path} = {path}.merge({path})"),
            },
            Type::Record(number) => {
                let fields = self.records[*number].fields.clone();
                let field = self.random.one(&fields).clone();
                match self.part(&same, &field.type_) {
                    Some(part) if self.random.percent(50) => format!("{path}.{} = {part}", field.name),
                    Some(part) => format!("{path} = {path}.with({}: {part})", field.name),
                    None => format!("{path} = {path}"),
                }
            }
            other => match self.part(&same, other) {
                Some(part) => format!("{path} = {part}"),
                None => return self.alias(lines, indent),
            },
        };
        line(lines, indent, &format!("try {{ {change} }} catch {{}}"));
    }

    /// Assigns to a part, while the value, or the index on the way, changes the same variable.
    fn tangled(&mut self, lines: &mut Vec<String>, indent: usize) {
        let variables = self.changeable();
        let Some((path, type_)) = self.way(&variables, |_| true) else { return self.alias(lines, indent) };
        let root = path.split(['.', '[']).next().unwrap_or_default().to_owned();
        let Some(variable) = variables.into_iter().find(|each| each.name == root) else { return };
        let change = self.change_of(&root, &variable.type_);
        let holds = self.plain(&Type::Bool);
        let value = self.last(&type_, Known);
        let tangled = match path.rfind('[') {
            Some(at) if self.random.percent(50) => {
                let (way, rest) = path.split_at(at);
                let Some((index, rest)) = rest[1..].split_once(']') else { return };
                format!("{way}[(if {holds} {{ {change}; {index} }} else {{ {index} }})]{rest} = {value}")
            }
            _ => format!("{path} = (if {holds} {{ {change}; {} }} else {{ {value} }})", self.last(&type_, Known)),
        };
        line(lines, indent, &format!("try {{ {tangled} }} catch {{}}"));
    }

    /// A lambda that has captured a value and changes a copy of it each time, while the variable goes its own way.
    fn captured(&mut self, lines: &mut Vec<String>, indent: usize) {
        let variables = self.changeable();
        let Some((path, type_)) = self.way(&variables, is_compound) else {
            return self.alias(lines, indent);
        };
        let (function, given, inner) = (self.name("closure"), self.name("it"), self.name("inner"));
        let frozen = std::mem::replace(&mut self.frozen, self.scope.len());
        let instead = self.literal(&type_, Known);
        let change = self.change_of(&inner, &type_);
        self.frozen = frozen;
        let text = type_.text();
        line(lines, indent, &format!("let {function}: fn(int) -> {text} = {given} => {{"));
        line(lines, indent + 1, &format!("var {inner}: {text} = ({path} catch {instead})"));
        line(lines, indent + 1, &format!("try {{ {change} }} catch {{}}"));
        line(lines, indent + 1, &inner);
        line(lines, indent, "}");
        for _ in 0..2 {
            let result = self.name("given_back");
            self.change_part(lines, indent);
            line(lines, indent, &format!("var {result} = ({function}(1) catch {})", self.literal(&type_, Known)));
            self.bind(&result, type_.clone(), true);
        }
    }

    /// Changes two places over a third.
    fn swap(&mut self, lines: &mut Vec<String>, indent: usize) {
        let variables = self.changeable();
        let Some((one, type_)) = self.way(&variables, is_compound) else { return self.alias(lines, indent) };
        let Some(other) = self.part(&variables, &type_) else { return self.alias(lines, indent) };
        let kept = self.name("kept");
        line(lines, indent, &format!("try {{ let {kept} = {one}; {one} = {other}; {other} = {kept} }} catch {{}}"));
    }

    /// Changes what a pattern has bound, and puts it back.
    fn matched(&mut self, lines: &mut Vec<String>, indent: usize) {
        let variables = self.changeable();
        let wanted = |type_: &Type| matches!(type_, Type::Enum(_) | Type::Maybe(_));
        let Some((path, type_)) = self.way(&variables, wanted) else { return self.alias(lines, indent) };
        line(lines, indent, "try {");
        line(lines, indent + 1, &format!("match {path} {{"));
        for (pattern, bound) in self.patterns(&type_) {
            let mark = self.scope.len();
            line(lines, indent + 2, &format!("{pattern} => {{"));
            for (name, type_) in bound {
                let mine = self.name("mine");
                line(lines, indent + 3, &format!("var {mine} = {name}"));
                self.bind(&name, type_.clone(), false);
                self.bind(&mine, type_.clone(), true);
                let change = self.change_of(&mine, &type_);
                line(lines, indent + 3, &change);
            }
            self.budget = 4;
            let value = self.expr(&type_, Known);
            line(lines, indent + 3, &format!("{path} = {value}"));
            line(lines, indent + 2, "}");
            self.scope.truncate(mark);
        }
        line(lines, indent + 1, "}");
        line(lines, indent, "} catch {}");
    }

    /// Walks over a part of a variable that changes meanwhile.
    fn walked(&mut self, lines: &mut Vec<String>, indent: usize) {
        let variables = self.changeable();
        let wanted = |type_: &Type| matches!(type_, Type::List(_) | Type::Map(..));
        let Some((path, type_)) = self.way(&variables, wanted) else { return self.alias(lines, indent) };
        let mark = self.scope.len();
        let (name, mine) = (self.name("item"), self.name("mine"));
        line(lines, indent, "try {");
        let item = match &type_ {
            Type::Map(key, value) => {
                let at = self.name("key");
                line(lines, indent + 1, &format!("for {at}, {name} in {path} {{"));
                self.bind(&at, (**key).clone(), false);
                (**value).clone()
            }
            Type::List(item) => {
                line(lines, indent + 1, &format!("for {name} in {path}.take(4) {{"));
                (**item).clone()
            }
            _ => return,
        };
        self.bind(&name, item.clone(), false);
        line(lines, indent + 2, &format!("var {mine}: {} = {name}", item.text()));
        self.bind(&mine, item, true);
        self.loops += 1;
        for _ in 0..1 + self.random.below(3) {
            self.budget = 6;
            self.sharing(lines, indent + 2);
        }
        self.loops -= 1;
        line(lines, indent + 1, "}");
        line(lines, indent, "} catch {}");
        self.scope.truncate(mark);
    }

    /// Collects the states of a variable while it changes.
    fn built(&mut self, lines: &mut Vec<String>, indent: usize) {
        let variables = self.changeable();
        let Some((path, type_)) = self.way(&variables, is_compound) else {
            return self.alias(lines, indent);
        };
        let (all, turn) = (self.name("all"), self.name("turn"));
        line(lines, indent, &format!("var {all}: {} = []", Type::list(type_.clone()).text()));
        self.bind(&all, Type::list(type_), true);
        let mark = self.scope.len();
        line(lines, indent, &format!("for {turn} in 0..{} {{", 2 + self.random.below(3)));
        self.bind(&turn, Type::Int, false);
        self.loops += 1;
        line(lines, indent + 1, &format!("try {{ {all}.push({path}) }} catch {{}}"));
        for _ in 0..1 + self.random.below(3) {
            self.budget = 6;
            self.sharing(lines, indent + 1);
        }
        self.loops -= 1;
        line(lines, indent, "}");
        self.scope.truncate(mark);
    }

    /// Some changes and then a failure: what was changed before it stays changed.
    fn broken_off(&mut self, lines: &mut Vec<String>, indent: usize) {
        let mark = self.scope.len();
        line(lines, indent, "try {");
        for _ in 0..1 + self.random.below(2) {
            self.budget = 6;
            self.sharing(lines, indent + 1);
        }
        self.budget = 2;
        let holds = self.plain(&Type::Bool);
        line(lines, indent + 1, &format!("if {holds} {{ fail io \"broken off\" }}"));
        self.budget = 2;
        self.change_part(lines, indent + 1);
        self.scope.truncate(mark);
        line(lines, indent, "} catch {");
        self.budget = 2;
        self.change_part(lines, indent + 1);
        self.scope.truncate(mark);
        line(lines, indent, "}");
    }

    /// Gives a part of any local that has a type.
    pub(super) fn shared(&mut self, type_: &Type) -> Option<String> {
        let variables = self.scope.clone();
        self.part(&variables, type_)
    }

    fn part(&mut self, variables: &[Variable], wanted: &Type) -> Option<String> {
        self.way(variables, |type_| type_ == wanted).map(|(path, _)| path)
    }

    /// Goes into one of the variables at random, up to a part whose type fits.
    fn way(&mut self, variables: &[Variable], fits: impl Fn(&Type) -> bool) -> Option<(String, Type)> {
        if variables.is_empty() {
            return None;
        }
        for _ in 0..TRIES {
            let variable = self.random.one(variables);
            let (mut path, mut type_) = (variable.name.clone(), variable.type_.clone());
            for _ in 0..DEEP {
                if fits(&type_) && self.random.percent(40) {
                    break;
                }
                let Some(next) = self.into(&path, &type_) else { break };
                (path, type_) = next;
            }
            if fits(&type_) {
                return Some((path, type_));
            }
        }
        None
    }

    fn into(&mut self, path: &str, type_: &Type) -> Option<(String, Type)> {
        match type_ {
            Type::Record(number) => {
                let fields = &self.records[*number].fields;
                let field = self.random.one(fields);
                Some((format!("{path}.{}", field.name), field.type_.clone()))
            }
            Type::List(item) => Some((format!("{path}[{}]", self.position()), (**item).clone())),
            Type::Map(key, value) if **key == Type::Text => {
                Some((format!("{path}[{}]", self.key()), (**value).clone()))
            }
            _ => None,
        }
    }

    fn position(&mut self) -> String {
        let known: Vec<&Variable> = self.scope.iter().filter(|each| each.type_ == Type::Int).collect();
        match self.random.below(10) {
            0 if !known.is_empty() => self.random.one(&known).name.clone(),
            1..=3 => "1".to_owned(),
            4 => "2".to_owned(),
            _ => "0".to_owned(),
        }
    }

    fn key(&mut self) -> String {
        self.random.one(&["\"a\"", "\"a\"", "\"b\"", "\"x\""]).to_string()
    }
}

/// Says whether a value has parts, so that it may be shared.
fn is_compound(type_: &Type) -> bool {
    match type_ {
        Type::List(_) | Type::Set(_) | Type::Map(..) | Type::Record(_) | Type::Enum(_) | Type::Text => true,
        Type::Maybe(inner) => is_compound(inner),
        Type::Int | Type::Small | Type::Float | Type::Decimal | Type::Bool | Type::Duration | Type::Function(..) => {
            false
        }
    }
}
