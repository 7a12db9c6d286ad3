//! The store: one SQLite database in a data folder, with one writer and any number of readers.
//!
//! A [`Work`] is applied whole or not at all, together with whatever else was queued (group commit); its answer comes
//! after the commit. All SQL of the project stands below this module. What the rows mean is decided by the engine.

mod backup;
mod between;
mod caches;
mod codec;
mod delays;
mod figures;
mod folder;
mod halts;
mod held;
mod images;
mod journal;
mod logs;
mod queue;
mod reactions;
mod reader;
mod requests;
mod retention;
mod retries;
mod runs;
mod schedules;
mod schema;
mod slots;
mod starts;
mod statements;
mod versions;
mod work;
mod writer;

pub(crate) use backup::{COPY, ORIGINAL, copy, found_anew, verify};
pub(crate) use codec::image_hash;
pub(crate) use folder::{Waits, open_folder};
pub(crate) use journal::TimerKey;
pub(crate) use queue::Store;
pub(crate) use reactions::{FAILURE_OF, KeptReaction, React, ReactionKey, SUCCESS_OF, prefix_of};
pub(crate) use reader::{Reader, StoredRun};
pub(crate) use requests::{Ask, PAGE, StartAsked, ask};
pub(crate) use retention::Old;
pub(crate) use runs::RunRow;
pub(crate) use schedules::{KeptSchedule, OccurrenceRow, ScheduleKey, StoredSchedule};
pub(crate) use starts::CLAIMS;
pub(crate) use work::{Advanced, Applied, Begun, Fire, Standing, Work};

pub use backup::GoesOn;
pub use figures::RunFigures;
pub use halts::{Halt, HaltKind};
pub use held::InFlight;
pub use logs::LogRow;
pub use versions::Version;

#[cfg(test)]
mod tests;
