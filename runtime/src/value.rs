//! Values inside the machine.

/// A value.
#[derive(Clone, Debug)]
pub enum Value {
    /// `none`.
    None,
}
