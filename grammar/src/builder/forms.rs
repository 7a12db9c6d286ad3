//! Items of one line: constants, settings, states, secrets, connections, tests.

use super::Builder;
use crate::parser::{Node, Rule};
use crate::tree::{Binding, Block, ItemKind, Name, StringText};
use crate::words;
use diagnostics::{Code, Diagnostic, Span};

impl Builder<'_> {
    /// Builds `const`, `setting` and `state`.
    pub(super) fn binding_item(&mut self, node: Node<'_>) -> ItemKind {
        let span = self.span(&node);
        let rule = node.as_rule();
        let mut binding = Binding { name: self.no_name(span), type_: None, value: None };
        for child in node.into_inner().flat_map(Node::into_inner) {
            match child.as_rule() {
                Rule::word => binding.name = self.new_name(&child),
                Rule::type_ => binding.type_ = Some(self.type_expr(child)),
                _ => binding.value = Some(self.expr(child)),
            }
        }
        match rule {
            Rule::const_ => ItemKind::Const(binding),
            Rule::setting => ItemKind::Setting(binding),
            _ => ItemKind::State(binding),
        }
    }

    /// Builds `secret`, `error_kind`, `connection`, `agent` and `test`.
    pub(super) fn short_item(&mut self, node: Node<'_>, span: Span) -> ItemKind {
        let rule = node.as_rule();
        let mut names: Vec<Name> = Vec::new();
        let mut arguments = Vec::new();
        let mut retryable = false;
        let mut title = StringText { text: String::new(), span };
        let mut body = Block { statements: Vec::new(), span };
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::word if names.is_empty() => names.push(self.new_name(&child)),
                Rule::word => names.push(self.name(&child)),
                Rule::retryable => retryable = true,
                Rule::arguments => arguments = self.arguments(child),
                Rule::string => title = self.plain_text(child),
                _ => body = self.block(child),
            }
        }
        let mut names = names.into_iter();
        let name = names.next().unwrap_or_else(|| self.no_name(span));
        match rule {
            Rule::secret => ItemKind::Secret(name),
            Rule::error_kind => ItemKind::ErrorKind { name, retryable },
            Rule::connection => {
                let driver = names.next().unwrap_or_else(|| self.no_name(span));
                ItemKind::Connection { name, driver, arguments }
            }
            Rule::agent => ItemKind::Agent { name, arguments },
            _ => ItemKind::Test { title, body },
        }
    }

    /// Tells that a reserved word stands as a name.
    pub(super) fn tell_reserved(&mut self, name: &Name) {
        debug_assert!(words::is_reserved(&name.text), "only reserved words are told");
        let place = self.place(name.span);
        self.tell(
            Diagnostic::new(
                Code::ReservedWord,
                place,
                format!("`{}` is a word of the language and no name", name.text),
            )
            .label("a name is expected here")
            .help(format!("choose another name, `{}_` for one", name.text)),
        );
    }
}
