//! `match`, with patterns for all that a value may be.

use super::Generator;
use super::expression::Expected;
use super::types::Type;

impl Generator {
    pub(super) fn matching(&mut self, type_: &Type, expected: Expected) -> String {
        let matched = match self.random.below(4) {
            0 if !self.enums.is_empty() => Type::Enum(self.random.below(self.enums.len() as u32) as usize),
            1 => Type::maybe(self.random.one(&[Type::Int, Type::Text, Type::Bool]).clone()),
            2 => Type::Text,
            _ => Type::Int,
        };
        let value = self.plain(&matched);
        let arms: Vec<String> = self
            .patterns(&matched)
            .into_iter()
            .map(|(pattern, bound)| {
                let mark = self.scope.len();
                for (name, type_) in bound {
                    self.bind(&name, type_, false);
                }
                let effect = self.effect().filter(|_| self.random.percent(30));
                let value = self.last(type_, expected);
                let body = effect.map_or(value.clone(), |effect| format!("{{ {effect}; {value} }}"));
                self.scope.truncate(mark);
                format!("{pattern} => {body}")
            })
            .collect();
        format!("(match {value} {{ {} }})", arms.join(", "))
    }

    /// Gives patterns that together fit every value, each with the names it binds.
    pub(super) fn patterns(&mut self, type_: &Type) -> Vec<(String, Vec<(String, Type)>)> {
        let mut patterns = Vec::new();
        match type_ {
            Type::Enum(number) => self.case_patterns(*number, &mut patterns),
            Type::Maybe(inner) => {
                patterns.push(("none".to_owned(), Vec::new()));
                let name = self.name("found");
                patterns.push((name.clone(), vec![(name, (**inner).clone())]));
            }
            Type::Text => {
                patterns.push(("\"a\" | \"ab\"".to_owned(), Vec::new()));
                let guard = self.guard();
                patterns.push((format!("\"x\"{guard}"), Vec::new()));
                patterns.push(("_".to_owned(), Vec::new()));
            }
            _ => {
                patterns.push((format!("{}", self.random.below(5)), Vec::new()));
                let from = 5 + self.random.below(5);
                let guard = self.guard();
                patterns.push((format!("{from}..{}{guard}", from + 1 + self.random.below(20)), Vec::new()));
                let name = self.name("other");
                patterns.push((name.clone(), vec![(name, Type::Int)]));
            }
        }
        patterns
    }

    fn guard(&mut self) -> String {
        if self.random.percent(40) { format!(" if {}", self.plain(&Type::Bool)) } else { String::new() }
    }

    fn case_patterns(&mut self, number: usize, patterns: &mut Vec<(String, Vec<(String, Type)>)>) {
        let cases = self.enums[number].cases.clone();
        let (plain, filled): (Vec<_>, Vec<_>) = cases.iter().partition(|(_, data)| data.is_empty());
        for (name, data) in filled {
            let mut bound = Vec::new();
            for (_, type_) in data {
                bound.push((self.name("data"), type_.clone()));
            }
            let names: Vec<&str> = bound.iter().map(|(name, _)| name.as_str()).collect();
            let pattern = format!(".{name}({})", names.join(", "));
            if self.random.percent(25) {
                let mark = self.scope.len();
                bound.iter().for_each(|(name, type_)| self.bind(name, type_.clone(), false));
                let guard = self.plain(&Type::Bool);
                self.scope.truncate(mark);
                patterns.push((format!("{pattern} if {guard}"), bound));
                let blanks = vec!["_"; data.len()].join(", ");
                patterns.push((format!(".{name}({blanks})"), Vec::new()));
            } else {
                patterns.push((pattern, bound));
            }
        }
        let names: Vec<String> = plain.iter().map(|(name, _)| format!(".{name}")).collect();
        if !names.is_empty() {
            patterns.push((names.join(" | "), Vec::new()));
        }
    }
}
