//! How large the parts of an image may be, in one place.

/// The bytes of an encoded image.
pub const IMAGE_BYTES: usize = 64 << 20;

/// Tasks of an image.
pub const TASKS: usize = 10_000;

/// Functions, natives, types: rows of a table that two bytes count.
pub const TABLE: usize = 65_535;

/// Parameters of a task: one bit each says whether it was given.
pub const TASK_PARAMETERS: usize = 63;

/// Cases of an enum: the numbers behind them are those of secrets.
pub const CASES: usize = crate::secret::SEALED as usize;

/// Parameters of a function.
pub const PARAMETERS: usize = 255;

/// Instructions of a function.
pub const INSTRUCTIONS: usize = 1 << 20;

/// Schedules of a task.
pub const SCHEDULES: usize = 1_000;

/// Operands of a task's `needs`.
pub const NEEDS: usize = 10_000;

/// Triggers of a task that are no schedules.
pub const TRIGGERS: usize = 1_000;

/// Entries of one clause of a task.
pub const CLAUSE_ENTRIES: usize = 1_000;
