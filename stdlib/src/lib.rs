//! The standard library: its sources, and the natives behind their `extern fn`.
//!
//! `clock`, `run` and `log` have no natives here: the engine does them itself, together with its transactions.

mod access;
mod arguments;
mod exec;
mod files;
mod http;
mod limits;
mod pure;
mod sources;

pub use sources::SOURCES;

use runtime::Natives;

/// Gives all natives of the library.
pub fn natives() -> Natives {
    let mut natives = Natives::new();
    pure::add(&mut natives);
    files::add(&mut natives);
    exec::add(&mut natives);
    http::add(&mut natives);
    natives
}
