//! The standard library: its sources, and the natives behind their `extern fn`.

mod sources;

pub use sources::SOURCES;
