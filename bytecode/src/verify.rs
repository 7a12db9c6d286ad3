//! What must hold of an image before it is run, so that running it cannot go beyond its tables and registers.
//!
//! After this every register is inside its frame, every window inside the caller's frame, every number of a table in
//! range, every jump at an instruction; no function runs over its end; tasks and types fit their functions. What a
//! reference holds is not known here: the machine asks.

mod code;
mod heads;
mod tables;

use crate::{Image, ImageError, limits};

impl Image {
    /// Checks all that the machine relies on.
    ///
    /// # Errors
    /// Gives the first rule that is broken, and where.
    pub fn verify(&self) -> Result<(), ImageError> {
        at_most("the functions", self.functions.len(), limits::TABLE)?;
        at_most("the natives", self.natives.len(), limits::TABLE)?;
        at_most("the types", self.types.len(), limits::TABLE)?;
        at_most("the tasks", self.tasks.len(), limits::TASKS)?;
        at_most("the events", self.events.len(), limits::TABLE)?;
        at_most("the states", self.states.len(), limits::TABLE)?;
        at_most("the settings", self.settings.len(), limits::TABLE)?;
        tables::verify_types(self)?;
        tables::verify_natives(self)?;
        tables::verify_events(self)?;
        tables::verify_states(self)?;
        tables::verify_settings(self)?;
        for function in &self.functions {
            code::verify_function(self, function)?;
        }
        self.tasks.iter().try_for_each(|task| tables::verify_task(self, task))
    }
}

/// Makes the error of a broken rule.
fn broken(place: impl Into<String>, message: impl Into<String>) -> ImageError {
    ImageError::Rule { place: place.into(), message: message.into() }
}

fn at_most(what: &str, found: usize, limit: usize) -> Result<(), ImageError> {
    if found > limit { Err(broken(what, format!("{found} are there, at most {limit} may be"))) } else { Ok(()) }
}
