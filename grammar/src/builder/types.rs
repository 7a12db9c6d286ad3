//! Written types.

use super::Builder;
use crate::parser::{Node, Rule};
use crate::tree::{Path, TypeExpr, TypeExprKind};

impl Builder<'_> {
    pub(super) fn type_expr(&mut self, node: Node<'_>) -> TypeExpr {
        let span = self.span(&node);
        let optional = node.as_str().trim_end().ends_with('?');
        let Some(inner) = node.into_inner().next() else { return TypeExpr { kind: TypeExprKind::Error, span } };
        let bare = self.span(&inner);
        let kind = match inner.as_rule() {
            Rule::function_type => self.function_type(inner),
            _ => self.named_type(inner),
        };
        let type_ = TypeExpr { kind, span: bare };
        if optional && bare.end < span.end {
            TypeExpr { kind: TypeExprKind::Optional(Box::new(type_)), span }
        } else {
            type_
        }
    }

    fn named_type(&mut self, node: Node<'_>) -> TypeExprKind {
        let span = self.span(&node);
        let mut path = Path { names: Vec::new(), span };
        let mut arguments = Vec::new();
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::path => path = self.path(child),
                _ => arguments.push(self.type_expr(child)),
            }
        }
        TypeExprKind::Named { path, arguments }
    }

    fn function_type(&mut self, node: Node<'_>) -> TypeExprKind {
        let mut parameters = Vec::new();
        let mut result = None;
        for child in node.into_inner() {
            match child.as_rule() {
                Rule::function_result => {
                    result = child.into_inner().next().map(|type_| Box::new(self.type_expr(type_)));
                }
                _ => parameters.push(self.type_expr(child)),
            }
        }
        TypeExprKind::Function { parameters, result }
    }
}
