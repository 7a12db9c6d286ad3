//! Items: what is declared at the top level.

use super::Builder;
use crate::parser::{Node, Rule};
use crate::tree::{
    Block, Calendar, CalendarSource, Case, Enum, Extend, ExternNeed, Function, FunctionBody, Item, ItemKind, Name,
    Parameter, Path, Record, Refined, Task, TypeExpr, TypeExprKind, Use, UseName,
};
use diagnostics::{Code, Diagnostic, Span};

/// The pieces that declarations share.
#[derive(Default)]
struct Declaration {
    name: Option<Name>,
    generics: Vec<Name>,
    parameters: Vec<Parameter>,
    result: Option<TypeExpr>,
}

impl Builder<'_> {
    pub(super) fn item(&mut self, node: Node<'_>) -> Item {
        let span = self.span(&node);
        let doc = self.doc(span);
        let kind = self.item_kind(node, span);
        Item { doc, kind, span }
    }

    fn item_kind(&mut self, node: Node<'_>, span: Span) -> ItemKind {
        match node.as_rule() {
            Rule::function => ItemKind::Function(self.function(node)),
            Rule::extern_ => ItemKind::Function(self.extern_function(node)),
            Rule::task => ItemKind::Task(self.task(node)),
            Rule::record => ItemKind::Record(self.record(node)),
            Rule::event => ItemKind::Event(self.record(node)),
            Rule::enum_ => ItemKind::Enum(self.enum_(node)),
            Rule::use_ => ItemKind::Use(self.use_(node)),
            Rule::type_item => self.refined(node),
            Rule::extend => ItemKind::Extend(self.extend(node)),
            Rule::calendar => self.calendar(node),
            Rule::const_ | Rule::setting | Rule::state => self.binding_item(node),
            Rule::secret | Rule::error_kind | Rule::connection | Rule::agent | Rule::test => {
                self.short_item(node, span)
            }
            _ => ItemKind::Error,
        }
    }

    /// Takes a child that is a name, generics, parameters or a result; gives it back if it is something else.
    fn declare<'p>(&mut self, declaration: &mut Declaration, child: Node<'p>) -> Option<Node<'p>> {
        match child.as_rule() {
            Rule::word => declaration.name = Some(self.new_name(&child)),
            Rule::generics => declaration.generics = self.generics(child),
            Rule::parameters | Rule::fields => declaration.parameters = self.parameters(child),
            Rule::result => declaration.result = child.into_inner().next().map(|type_| self.result_type(type_)),
            _ => return Some(child),
        }
        None
    }

    fn generics(&mut self, node: Node<'_>) -> Vec<Name> {
        node.into_inner().map(|word| self.new_name(&word)).collect()
    }

    fn result_type(&mut self, node: Node<'_>) -> TypeExpr {
        if node.as_rule() == Rule::bad_type {
            let span = self.span(&node);
            self.broken(Rule::type_entry, span);
            return TypeExpr { kind: TypeExprKind::Error, span };
        }
        self.type_expr(node)
    }

    fn function(&mut self, node: Node<'_>) -> Function {
        let span = self.span(&node);
        let mut declaration = Declaration::default();
        let mut body = Block { statements: Vec::new(), span };
        for child in node.into_inner() {
            if let Some(child) = self.declare(&mut declaration, child) {
                body = self.block(child);
            }
        }
        self.expect_names(&declaration.parameters);
        self.finish_function(declaration, FunctionBody::Block(body), span)
    }

    fn extern_function(&mut self, node: Node<'_>) -> Function {
        let span = self.span(&node);
        let mut declaration = Declaration::default();
        let mut needs = Vec::new();
        let mut class = None;
        for child in node.into_inner() {
            let Some(child) = self.declare(&mut declaration, child) else { continue };
            match child.as_rule() {
                Rule::extern_needs => needs = child.into_inner().filter_map(|need| self.extern_need(need)).collect(),
                _ => class = child.into_inner().next().map(|word| self.name(&word)),
            }
        }
        self.finish_function(declaration, FunctionBody::Extern { needs, class }, span)
    }

    fn extern_need(&mut self, node: Node<'_>) -> Option<ExternNeed> {
        let mut mode = None;
        let mut words = Vec::with_capacity(2);
        for child in node.into_inner() {
            let name = self.name(&child);
            match child.as_rule() {
                Rule::mode => mode = Some(name),
                _ => words.push(name),
            }
        }
        let parameter = words.pop()?;
        Some(ExternNeed { kind: words.pop()?, mode, parameter })
    }

    fn finish_function(&mut self, declaration: Declaration, body: FunctionBody, span: Span) -> Function {
        let Declaration { name, generics, parameters, result } = declaration;
        Function { name: name.unwrap_or_else(|| self.no_name(span)), generics, parameters, result, body }
    }

    fn task(&mut self, node: Node<'_>) -> Task {
        let span = self.span(&node);
        let mut declaration = Declaration::default();
        let mut clauses = Vec::new();
        let mut body = Block { statements: Vec::new(), span };
        for child in node.into_inner() {
            let Some(child) = self.declare(&mut declaration, child) else { continue };
            match child.as_rule() {
                Rule::head => clauses = child.into_inner().map(|clause| self.clause(clause)).collect(),
                _ => body = self.block(child),
            }
        }
        self.expect_names(&declaration.parameters);
        let Declaration { name, parameters, result, generics: _ } = declaration;
        Task { name: name.unwrap_or_else(|| self.no_name(span)), parameters, result, clauses, body }
    }

    fn record(&mut self, node: Node<'_>) -> Record {
        let span = self.span(&node);
        let mut declaration = Declaration::default();
        for child in node.into_inner() {
            self.declare(&mut declaration, child);
        }
        let Declaration { name, generics, parameters: fields, result: _ } = declaration;
        Record { name: name.unwrap_or_else(|| self.no_name(span)), generics, fields }
    }

    fn enum_(&mut self, node: Node<'_>) -> Enum {
        let span = self.span(&node);
        let mut declaration = Declaration::default();
        let mut cases = Vec::new();
        for child in node.into_inner() {
            let Some(child) = self.declare(&mut declaration, child) else { continue };
            match child.as_rule() {
                Rule::bad_field => {
                    let span = self.span(&child);
                    self.broken(Rule::case_entry, span);
                }
                _ => cases.push(self.case_declaration(child)),
            }
        }
        let Declaration { name, generics, .. } = declaration;
        Enum { name: name.unwrap_or_else(|| self.no_name(span)), generics, cases }
    }

    fn case_declaration(&mut self, node: Node<'_>) -> Case {
        let span = self.span(&node);
        let mut case =
            Case { doc: self.doc(span), name: self.no_name(span), fields: Vec::new(), json_name: None, span };
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::word => case.name = self.name(&child),
                Rule::parameters => case.fields = self.parameters(child),
                _ => case.json_name = child.into_inner().next().map(|text| self.plain_text(text)),
            }
        }
        case
    }

    /// Builds parameters or fields. A broken one keeps its name, if it can be read, so that its uses are known.
    fn parameters(&mut self, node: Node<'_>) -> Vec<Parameter> {
        let mut parameters = Vec::new();
        for child in node.into_inner() {
            if child.as_rule() == Rule::bad_field {
                let span = self.span(&child);
                self.broken(Rule::parameter_entry, span);
                parameters.extend(self.broken_parameter(span));
                continue;
            }
            parameters.push(self.parameter(child));
        }
        parameters
    }

    /// Tells of parameters that a body could not name. Without a body they are labels, as fields are.
    fn expect_names(&mut self, parameters: &[Parameter]) {
        for parameter in parameters.iter().filter(|parameter| crate::words::is_reserved(&parameter.name.text)) {
            self.tell_reserved(&parameter.name);
        }
    }

    fn broken_parameter(&self, span: Span) -> Option<Parameter> {
        let text = self.source(span);
        let length = text.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
        if length == 0 || text.starts_with(|first: char| first.is_ascii_digit()) {
            return None;
        }
        let name_span = Span::new(span.start, span.start + length as u32);
        let name = Name { text: self.source(name_span).into(), span: name_span };
        let type_ = TypeExpr { kind: TypeExprKind::Error, span };
        Some(Parameter { doc: None, name, type_, condition: None, json_name: None, default: None, choices: None, span })
    }

    fn parameter(&mut self, node: Node<'_>) -> Parameter {
        let span = self.span(&node);
        let mut parameter = Parameter {
            doc: self.doc(span),
            name: self.no_name(span),
            type_: TypeExpr { kind: TypeExprKind::Error, span },
            condition: None,
            json_name: None,
            default: None,
            choices: None,
            span,
        };
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::word => parameter.name = self.name(&child),
                Rule::type_ => parameter.type_ = self.type_expr(child),
                Rule::condition => parameter.condition = self.only_expr(child),
                Rule::json_name => parameter.json_name = child.into_inner().next().map(|text| self.plain_text(text)),
                Rule::default => parameter.default = self.only_expr(child),
                _ => parameter.choices = self.only_expr(child),
            }
        }
        parameter
    }

    fn use_(&mut self, node: Node<'_>) -> Use {
        let span = self.span(&node);
        let mut use_ = Use { module: Path { names: Vec::new(), span }, alias: None, names: None };
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::path => use_.module = self.path(child),
                Rule::alias => use_.alias = child.into_inner().next().map(|word| self.new_name(&word)),
                Rule::use_dot => {
                    let place = self.place(self.span(&child));
                    let message = "no `.` stands before the names that are brought in";
                    self.tell(Diagnostic::new(Code::ForeignWord, place, message).label("leave it out").safe_fix(
                        "leave it out",
                        place,
                        " ",
                    ));
                }
                _ => use_.names = Some(child.into_inner().filter_map(|name| self.use_name(name)).collect()),
            }
        }
        use_
    }

    fn use_name(&mut self, node: Node<'_>) -> Option<UseName> {
        let mut words = node.into_inner();
        let name = self.name(&words.next()?);
        Some(UseName { name, alias: words.next().map(|word| self.new_name(&word)) })
    }

    fn refined(&mut self, node: Node<'_>) -> ItemKind {
        let span = self.span(&node);
        let mut name = self.no_name(span);
        let mut base = TypeExpr { kind: TypeExprKind::Error, span };
        let mut condition = None;
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::word => name = self.new_name(&child),
                Rule::type_ => base = self.type_expr(child),
                _ => condition = self.only_expr(child),
            }
        }
        ItemKind::Refined(Refined { name, base, condition })
    }

    fn calendar(&mut self, node: Node<'_>) -> ItemKind {
        let span = self.span(&node);
        let mut name = self.no_name(span);
        let mut source = CalendarSource::Dates(self.error_expr(span));
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::word => name = self.new_name(&child),
                Rule::string => source = CalendarSource::File(self.plain_text(child)),
                _ => source = CalendarSource::Dates(self.expr(child)),
            }
        }
        ItemKind::Calendar(Calendar { name, source })
    }

    fn extend(&mut self, node: Node<'_>) -> Extend {
        let span = self.span(&node);
        let mut extend =
            Extend { target: TypeExpr { kind: TypeExprKind::Error, span }, generics: Vec::new(), methods: Vec::new() };
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::generics => extend.generics = self.generics(child),
                Rule::type_ => extend.target = self.type_expr(child),
                Rule::bad_statement => {
                    let span = self.span(&child);
                    self.broken(Rule::method_entry, span);
                    extend.methods.push(Item { doc: None, kind: ItemKind::Error, span });
                }
                _ => extend.methods.push(self.item(child)),
            }
        }
        extend
    }
}
