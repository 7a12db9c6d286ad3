//! Diagnostics as text: one file per form.

mod human;
mod json;
mod short;

pub use human::human;
pub use json::{JSON_VERSION, json};
pub use short::short;
