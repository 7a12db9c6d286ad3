//! What operators and the library can do, by the type of the result.

use super::Generator;
use super::expression::Expected;
use super::types::Type;

impl Generator {
    pub(super) fn by_type(&mut self, type_: &Type, expected: Expected) -> String {
        match type_ {
            Type::Int => self.int(),
            Type::Small => format!("Small({})", self.unknown(&Type::Int)),
            Type::Float => self.float(),
            Type::Decimal => self.decimal(),
            Type::Bool => self.bool(),
            Type::Text => self.string(),
            Type::Duration => self.duration(),
            Type::List(item) => self.list(item),
            Type::Set(item) => self.set(item),
            Type::Map(key, value) => self.map(key, value),
            Type::Record(number) => self.changed_copy(*number),
            Type::Maybe(inner) => self.optional(inner),
            Type::Enum(_) | Type::Function(..) => self.literal(type_, expected),
        }
    }

    fn int(&mut self) -> String {
        match self.random.below(15) {
            0..=4 => {
                // Without parentheses inside: precedence is part of what is compared.
                let mut chain = self.plain(&Type::Int);
                for _ in 0..1 + self.random.below(3) {
                    let operator = self.random.one(&["+", "+", "-", "-", "*", "/", "%"]).to_string();
                    chain = format!("{chain} {operator} {}", self.plain(&Type::Int));
                }
                format!("({chain})")
            }
            5 => format!("(-{})", self.plain(&Type::Int)),
            6 => {
                let list = self.listed();
                format!("{}.len()", self.plain(&list))
            }
            7 => format!("{}.len()", self.plain(&Type::Text)),
            8 => {
                let step = self.lambda(&[Type::Int, Type::Int], &Type::Int);
                format!("{}.fold({}, {step})", self.plain(&Type::list(Type::Int)), self.plain(&Type::Int))
            }
            9 => format!("{}.sum()", self.plain(&Type::list(Type::Int))),
            10 => {
                let method = self.random.one(&["min", "max"]).to_string();
                format!("{}.{method}({})", self.plain(&Type::Int), self.plain(&Type::Int))
            }
            11 => {
                let item = self.listed_item();
                let holds = self.lambda(std::slice::from_ref(&item), &Type::Bool);
                format!("{}.count({holds})", self.plain(&Type::list(item)))
            }
            12 => format!("({} / {})", self.plain(&Type::Duration), self.plain(&Type::Duration)),
            13 => format!("{}.to_int()", self.plain(&Type::Float)),
            _ => format!("{}.abs().pow({})", self.plain(&Type::Int), self.random.below(4)),
        }
    }

    fn float(&mut self) -> String {
        match self.random.below(7) {
            0..=3 => {
                let operator = self.random.one(&["+", "-", "*", "/"]).to_string();
                format!("({} {operator} {})", self.plain(&Type::Float), self.plain(&Type::Float))
            }
            4 => format!("{}.to_float()", self.plain(&Type::Int)),
            5 => {
                let method = self.random.one(&["abs", "floor", "ceil", "round", "sqrt"]).to_string();
                format!("{}.{method}()", self.plain(&Type::Float))
            }
            _ => format!("{}.seconds()", self.plain(&Type::Duration)),
        }
    }

    fn decimal(&mut self) -> String {
        match self.random.below(4) {
            0..=2 => {
                let operator = self.random.one(&["+", "-", "*", "/", "%"]).to_string();
                format!("({} {operator} {})", self.plain(&Type::Decimal), self.plain(&Type::Decimal))
            }
            _ => format!("{}.sum()", self.plain(&Type::list(Type::Decimal))),
        }
    }

    fn set(&mut self, item: &Type) -> String {
        let set = Type::Set(Box::new(item.clone()));
        match self.random.below(3) {
            0 => format!("{}.to_set()", self.plain(&Type::list(item.clone()))),
            _ => {
                let method = self.random.one(&["union", "intersect", "difference"]).to_string();
                format!("{}.{method}({})", self.plain(&set), self.plain(&set))
            }
        }
    }

    fn bool(&mut self) -> String {
        match self.random.below(12) {
            0..=2 => {
                let type_ =
                    self.random.one(&[Type::Int, Type::Float, Type::Text, Type::Duration, Type::Decimal]).clone();
                let operator = self.random.one(&["<", "<=", ">", ">=", "==", "!="]).to_string();
                format!("({} {operator} {})", self.plain(&type_), self.plain(&type_))
            }
            3 => {
                let type_ = self.type_(2);
                format!("({} == {})", self.plain(&type_), self.plain(&type_))
            }
            4 | 5 => {
                let operator = self.random.one(&["and", "or"]).to_string();
                format!("({} {operator} {})", self.plain(&Type::Bool), self.plain(&Type::Bool))
            }
            6 => format!("(not {})", self.plain(&Type::Bool)),
            7 => {
                let item = self.listed_item();
                format!("({} in {})", self.expr(&item, Expected::Unknown), self.plain(&Type::list(item)))
            }
            8 if self.random.percent(50) => {
                let item = self.random.one(&[Type::Int, Type::Text]).clone();
                format!("({} in {})", self.plain(&item), self.plain(&Type::Set(Box::new(item))))
            }
            8 => format!("({} not in {})", self.plain(&Type::Text), self.plain(&Type::Text)),
            9 => {
                let dots = self.random.one(&["..", "..="]).to_string();
                let (value, from) = (self.plain(&Type::Int), self.plain(&Type::Int));
                format!("({value} in {from}{dots}{})", self.plain(&Type::Int))
            }
            10 => {
                let inner = self.listed_item();
                format!("({} != none)", self.optional(&inner))
            }
            _ => {
                let method = self.random.one(&["any", "all"]).to_string();
                let item = self.listed_item();
                let holds = self.lambda(std::slice::from_ref(&item), &Type::Bool);
                format!("{}.{method}({holds})", self.plain(&Type::list(item)))
            }
        }
    }

    fn string(&mut self) -> String {
        match self.random.below(12) {
            0..=3 => {
                let type_ = self.type_(2);
                let value = self.plain(&type_);
                // An interpolation never begins with a brace.
                format!("\"<{{ {value} }}>\"")
            }
            4 | 5 => format!("({} + {})", self.plain(&Type::Text), self.plain(&Type::Text)),
            6 => {
                let method = self.random.one(&["upper", "lower", "trim"]).to_string();
                format!("{}.{method}()", self.plain(&Type::Text))
            }
            7 => format!("{}.join({})", self.plain(&Type::list(Type::Text)), self.plain(&Type::Text)),
            8 => format!("{}.slice({}, {})", self.plain(&Type::Text), self.plain(&Type::Int), self.plain(&Type::Int)),
            9 => {
                let text = self.plain(&Type::Text);
                format!("{text}.replace({}, {})", self.plain(&Type::Text), self.plain(&Type::Text))
            }
            10 => {
                format!("{}.pad_left({}, {})", self.plain(&Type::Text), self.random.below(9), self.plain(&Type::Text))
            }
            _ => format!("{}.to_string()", self.plain(&Type::Int)),
        }
    }

    fn duration(&mut self) -> String {
        match self.random.below(4) {
            0 => format!("({} + {})", self.plain(&Type::Duration), self.plain(&Type::Duration)),
            1 => format!("({} - {})", self.plain(&Type::Duration), self.plain(&Type::Duration)),
            2 => format!("({} * {})", self.plain(&Type::Duration), self.random.below(9)),
            _ => format!("({} / {})", self.plain(&Type::Duration), self.random.below(4)),
        }
    }

    fn list(&mut self, item: &Type) -> String {
        let list = Type::list(item.clone());
        match self.random.below(14) {
            0..=2 => {
                let from = self.listed_item();
                let change = self.lambda(std::slice::from_ref(&from), item);
                format!("{}.map({change})", self.plain(&Type::list(from)))
            }
            3 | 4 => {
                let keep = self.lambda(std::slice::from_ref(item), &Type::Bool);
                format!("{}.filter({keep})", self.plain(&list))
            }
            5 => format!("({} + {})", self.plain(&list), self.plain(&list)),
            6 => {
                let key = self.random.one(&[Type::Int, Type::Text, Type::Duration]).clone();
                let by = self.lambda(std::slice::from_ref(item), &key);
                let order = self.random.one(&["", ", descending: true"]).to_string();
                format!("{}.sort_by({by}{order})", self.plain(&list))
            }
            7 => {
                let method = self.random.one(&["take", "skip"]).to_string();
                format!("{}.{method}({})", self.plain(&list), self.plain(&Type::Int))
            }
            8 => format!("{}.reverse()", self.plain(&list)),
            9 if matches!(item, Type::Int | Type::Text | Type::Float | Type::Duration) => {
                format!("{}.sort()", self.plain(&list))
            }
            10 if *item == Type::Text => format!("{}.split({})", self.plain(&Type::Text), self.plain(&Type::Text)),
            10 => self.yielded(item),
            11 => self.yielded(item),
            12 if matches!(item, Type::Int | Type::Text | Type::Bool) => format!("{}.unique()", self.plain(&list)),
            _ if matches!(item, Type::Int | Type::Text) && self.random.percent(50) => {
                format!("{}.to_list()", self.plain(&Type::Set(Box::new(item.clone()))))
            }
            _ => {
                let map = Type::Map(Box::new(Type::Text), Box::new(item.clone()));
                format!("{}.values()", self.plain(&map))
            }
        }
    }

    fn yielded(&mut self, item: &Type) -> String {
        let name = self.name("each");
        let mark = self.scope.len();
        let (over, type_) = if self.random.percent(50) {
            let type_ = self.listed_item();
            (self.plain(&Type::list(type_.clone())), type_)
        } else {
            (format!("0..{}", self.random.below(4)), Type::Int)
        };
        self.bind(&name, type_, false);
        let value = self.plain(item);
        self.scope.truncate(mark);
        format!("(for {name} in {over} yield {value})")
    }

    fn map(&mut self, key: &Type, value: &Type) -> String {
        let map = Type::Map(Box::new(key.clone()), Box::new(value.clone()));
        match self.random.below(3) {
            0 => format!("{}.merge({})", self.plain(&map), self.plain(&map)),
            1 => {
                let from = self.listed_item();
                let change = self.lambda(std::slice::from_ref(&from), value);
                let from = Type::Map(Box::new(key.clone()), Box::new(from));
                format!("{}.map_values({change})", self.plain(&from))
            }
            _ => self.literal(&map, Expected::Unknown),
        }
    }

    fn changed_copy(&mut self, number: usize) -> String {
        let record = Type::Record(number);
        let field = self.random.below(self.records[number].fields.len() as u32) as usize;
        let field = self.records[number].fields[field].clone();
        let from = self.plain(&record);
        format!("{from}.with({}: {})", field.name, self.field_value(&field))
    }

    /// Gives the type of the items of a list that is at hand, or of any.
    pub(super) fn listed_item(&mut self) -> Type {
        let known: Vec<Type> = self
            .scope
            .iter()
            .filter_map(|variable| match &variable.type_ {
                Type::List(item) => Some((**item).clone()),
                _ => None,
            })
            .collect();
        if !known.is_empty() && self.random.percent(60) {
            return self.random.one(&known).clone();
        }
        self.random.one(&[Type::Int, Type::Text, Type::Float, Type::Bool]).clone()
    }

    fn listed(&mut self) -> Type {
        Type::list(self.listed_item())
    }
}
