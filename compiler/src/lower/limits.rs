//! How large things may get, in one place.

/// Rows of a table that two bytes count: functions, natives, types.
pub(super) const TABLE: usize = 65_535;
/// Parameters of a task: one bit each says whether it was given.
pub(super) const TASK_PARAMETERS: usize = 63;
/// How deep type arguments may be nested; only a generic function that calls itself with ever larger types gets there.
pub(super) const TYPE_DEPTH: usize = 24;
/// How many uses with different types a generic function may have.
pub(super) const INSTANCES: usize = 4_096;
/// How deep expressions may be nested.
pub(super) const EXPRESSION_DEPTH: usize = 400;
/// Instructions of an image.
pub(super) const INSTRUCTIONS: usize = 16_000_000;
