//! What a task may touch: one form for the clause, the compiler's check and the check before an operation.

mod host;
mod path;

use serde::{Deserialize, Serialize};

/// One operand of a `needs` clause.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Permission {
    /// What kind of thing.
    pub kind: PermissionKind,
    /// Which: a host pattern, a glob, a program; or the name of a secret, a connection or a channel.
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
    /// A declared secret, by its name.
    Secret,
    /// A declared connection, by its name.
    Connection,
    /// A channel that messages go to, by its name.
    Channel,
}

impl PermissionKind {
    /// Gives its words in a head: `files read`.
    pub fn words(self) -> &'static str {
        match self {
            PermissionKind::Net => "net",
            PermissionKind::FilesRead => "files read",
            PermissionKind::FilesWrite => "files write",
            PermissionKind::Exec => "exec",
            PermissionKind::Secret => "secret",
            PermissionKind::Connection => "connection",
            PermissionKind::Channel => "channel",
        }
    }
}

impl Permission {
    /// Says whether this permits to touch one thing: the host (`example.com:8080`), the file by its normalised path, or
    /// the program (a name or a path) that is given. A host pattern without a port permits every port; which port a
    /// scheme has is the caller's matter.
    pub fn covers(&self, kind: PermissionKind, target: &str) -> bool {
        self.kind == kind
            && match kind {
                PermissionKind::Net => host::covers(&self.target, target),
                PermissionKind::FilesRead | PermissionKind::FilesWrite => path::covers(&self.target, target),
                PermissionKind::Exec
                | PermissionKind::Secret
                | PermissionKind::Connection
                | PermissionKind::Channel => self.target == target,
            }
    }

    /// Says whether this permits all that another permission permits, as far as their texts show it: never yes where
    /// it is no.
    pub fn covers_pattern(&self, other: &Permission) -> bool {
        self.kind == other.kind
            && match self.kind {
                PermissionKind::Net => host::covers_pattern(&self.target, &other.target),
                PermissionKind::FilesRead | PermissionKind::FilesWrite => {
                    path::covers_pattern(&self.target, &other.target)
                }
                PermissionKind::Exec
                | PermissionKind::Secret
                | PermissionKind::Connection
                | PermissionKind::Channel => self.target == other.target,
            }
    }
}

#[cfg(test)]
mod tests;
