//! The language server: what an editor shows while somebody types.
//!
//! The protocol stands at the rim, in `protocol`: everything else speaks of documents, points and findings, and no type of
//! the protocol gets past it. One actor owns the documents and takes what happens to them in the order in which the client
//! sent it; a request gets a snapshot from it and holds nothing. An editor shows exactly what `taskwright check` says.

mod actor;
mod definition;
mod documents;
mod findings;
mod hover;
mod position;
mod project;
mod protocol;
mod snapshot;

pub use protocol::{serve, serve_on};

/// The sources of the standard library: module and text.
pub type Library = Vec<(String, String)>;
