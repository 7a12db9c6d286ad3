//! Errors of the language, as data.

use crate::Data;
use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident $text:literal $retryable:literal;)*) => {
        /// The kinds of errors that are built in. A project's own kinds exist by name only.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ErrorKind {
            $($(#[$doc])* $name,)*
        }

        impl ErrorKind {
            /// Every kind, in the order of the manual.
            pub const ALL: &[ErrorKind] = &[$(ErrorKind::$name,)*];

            /// Gives the name of the kind in the language.
            pub fn name(self) -> &'static str {
                match self { $(ErrorKind::$name => $text,)* }
            }

            /// Says whether trying again may help.
            pub fn retryable(self) -> bool {
                match self { $(ErrorKind::$name => $retryable,)* }
            }
        }
    };
}

kinds! {
    /// What was given does not fit.
    Invalid "invalid" false;
    /// The other side refuses.
    Denied "denied" false;
    /// It is not there.
    NotFound "not_found" false;
    /// It is not as expected, or there already.
    Conflict "conflict" false;
    /// It took too long.
    Timeout "timeout" true;
    /// The connection failed.
    Network "network" true;
    /// The other side cannot now.
    Unavailable "unavailable" true;
    /// The other side wants a pause.
    RateLimited "rate_limited" true;
    /// A file or a disk failed.
    Io "io" false;
    /// A text is not of its form.
    Parse "parse" false;
    /// A program failed.
    Exec "exec" false;
    /// A number does not fit, or was divided by zero.
    Arithmetic "arithmetic" false;
    /// An index or key is not there.
    OutOfRange "out_of_range" false;
    /// The task may not touch it.
    Forbidden "forbidden" false;
    /// A limit was reached.
    Limit "limit" false;
    /// Nobody knows whether it happened.
    Interrupted "interrupted" false;
    /// A promise of the task does not hold.
    Assertion "assertion" false;
    /// A defect of ours.
    Internal "internal" false;
}

impl ErrorKind {
    /// Says whether a `catch` without kinds passes it by.
    pub fn must_be_named(self) -> bool {
        matches!(
            self,
            ErrorKind::Forbidden
                | ErrorKind::Limit
                | ErrorKind::Interrupted
                | ErrorKind::Assertion
                | ErrorKind::Internal
        )
    }

    /// Finds a built-in kind by its name.
    pub fn from_name(name: &str) -> Option<ErrorKind> {
        ErrorKind::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}

/// An error of the language outside the machine: what a native or a run fails with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    /// The name of the kind.
    pub kind: String,
    /// What was found and what was expected.
    pub message: String,
    /// Whether trying again may help.
    pub retryable: bool,
}

impl Failure {
    /// Makes a failure of a built-in kind.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Failure { kind: kind.name().to_owned(), message: message.into(), retryable: kind.retryable() }
    }

    /// Gives the fields of the language's record `Error`: kind, message, retryable, where, cause.
    pub fn to_record(&self) -> Data {
        Data::Record(vec![
            Data::String(self.kind.clone()),
            Data::String(self.message.clone()),
            Data::Bool(self.retryable),
            Data::None,
            Data::None,
        ])
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.kind, self.message)
    }
}

impl std::error::Error for Failure {}
