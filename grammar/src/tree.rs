//! The syntax tree: what was written, with its places, before any name or type is known.
//!
//! Spans are byte ranges of the one file that was parsed. A part that could not be read is an error node
//! ([`ItemKind::Error`], [`StatementKind::Error`], [`ExprKind::Error`]) that has its diagnostic already: whoever walks
//! the tree says nothing more about it.

mod expr;
mod head;
mod item;

pub use expr::*;
pub use head::*;
pub use item::*;

use diagnostics::Span;
use smol_str::SmolStr;

/// A name as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The text of the name.
    pub text: SmolStr,
    /// Where it stands.
    pub span: Span,
}

/// A dotted name: `a`, `http.Response`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// The names, at least one.
    pub names: Vec<Name>,
    /// From the first to the last.
    pub span: Span,
}

/// One parsed file.
#[derive(Clone, Debug, Default)]
pub struct File {
    /// The `//!` lines at the top, without their markers.
    pub doc: Option<String>,
    /// The items, in their order.
    pub items: Vec<Item>,
}

/// A type as it was written.
#[derive(Clone, Debug)]
pub struct TypeExpr {
    /// Which type.
    pub kind: TypeExprKind,
    /// Where it stands.
    pub span: Span,
}

/// The forms of a written type.
#[derive(Clone, Debug)]
pub enum TypeExprKind {
    /// `int`, `http.Response`, `list<int>`.
    Named {
        /// The name of the type.
        path: Path,
        /// The arguments in `< >`.
        arguments: Vec<TypeExpr>,
    },
    /// `T?`.
    Optional(Box<TypeExpr>),
    /// `fn(A, B) -> C`; without `->` it gives nothing.
    Function {
        /// The types of the parameters.
        parameters: Vec<TypeExpr>,
        /// The type of the result.
        result: Option<Box<TypeExpr>>,
    },
    /// Not readable; already told.
    Error,
}
