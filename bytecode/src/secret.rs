//! What stands for a secret in the machine: how it is made, never what it is.
//!
//! A secret is a case with a number that no enum has, so all that carries values (snapshots, rows, lists, closures) can
//! carry it, and can only ever write down names. Its text is put together where an operation of the world takes it, and
//! is forgotten with that operation.

/// A declared secret: its name.
pub const NAMED: u16 = u16::MAX;
/// A text that is joined of others, each plain or a secret.
pub const JOINED: u16 = u16::MAX - 1;
/// The result of a pure native: its name, then its arguments.
pub const APPLIED: u16 = u16::MAX - 2;

/// What is shown in the place of a secret.
pub const REDACTED: &str = "[secret]";

/// Says whether the number of a case is that of a secret.
pub const fn is_secret(tag: u16) -> bool {
    tag >= APPLIED
}
