//! What a task may touch: one form for the clause, the compiler's check and the check before an operation.

use serde::{Deserialize, Serialize};

/// One operand of a `needs` clause.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Permission {
    /// What kind of thing.
    pub kind: PermissionKind,
    /// Which: a host pattern, a glob, a program; or a name.
    pub target: String,
}

/// The kinds of things that can be touched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum PermissionKind {
    /// A host, with or without a port: `example.com`, `*.example.com:8080`.
    Net,
    /// Files that are read.
    FilesRead,
    /// Files that are written, created, moved or deleted.
    FilesWrite,
    /// A program.
    Exec,
}
