//! THE table of run states, what starts runs, and what becomes of due times.

use super::id::RunId;
use crate::clock::Micros;

macro_rules! states {
    ($(#[$outer:meta])* $name:ident { $($(#[$doc:meta])* $case:ident $text:literal;)* }) => {
        $(#[$outer])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$doc])* $case,)*
        }

        impl $name {
            /// All of them, in the order of the table.
            pub const ALL: &[$name] = &[$($name::$case,)*];

            /// Gives its name.
            pub fn name(self) -> &'static str {
                match self { $($name::$case => $text,)* }
            }

            /// Finds it by its name.
            pub fn from_name(name: &str) -> Option<$name> {
                $name::ALL.iter().copied().find(|state| state.name() == name)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.pad(self.name())
            }
        }
    };
}

states! {
    /// Where a run is.
    RunState {
        /// It exists and has not begun, because another run of its task is active.
        Queued "queued";
        /// It computes, or an operation of it is in flight.
        Running "running";
        /// It sleeps; only its snapshot is left.
        Waiting "waiting";
        /// It ended with a result.
        Succeeded "succeeded";
        /// It ended with a failure.
        Failed "failed";
        /// It was stopped by a person.
        Cancelled "cancelled";
        /// It took longer than its task allows.
        TimedOut "timed_out";
    }
}

impl RunState {
    /// Says whether nothing more will happen to the run.
    pub fn is_final(self) -> bool {
        match self {
            RunState::Queued | RunState::Running | RunState::Waiting => false,
            RunState::Succeeded | RunState::Failed | RunState::Cancelled | RunState::TimedOut => true,
        }
    }
}

states! {
    /// What became of a due time.
    OccurrenceOutcome {
        /// A run began.
        Ran "ran";
        /// A run began, later than it should have.
        Late "late";
        /// Nothing began, by a rule of the task.
        Skipped "skipped";
        /// Nothing began, because nobody was there.
        Missed "missed";
        /// A later due time stands for it.
        Coalesced "coalesced";
    }
}

/// What started a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// A person or a program.
    Manual,
    /// A schedule, at a nominal time.
    Schedule {
        /// The nominal time.
        due: Micros,
    },
    /// Another run called or started it.
    Task {
        /// That run.
        run: RunId,
    },
    /// An event.
    Event {
        /// Its place among all events.
        position: u64,
    },
    /// A run that succeeded.
    Success {
        /// That run.
        run: RunId,
    },
    /// A run that failed.
    Failure {
        /// That run.
        run: RunId,
    },
}

impl Trigger {
    /// Gives its name.
    pub fn name(self) -> &'static str {
        match self {
            Trigger::Manual => "manual",
            Trigger::Schedule { .. } => "schedule",
            Trigger::Task { .. } => "task",
            Trigger::Event { .. } => "event",
            Trigger::Success { .. } => "success",
            Trigger::Failure { .. } => "failure",
        }
    }
}
