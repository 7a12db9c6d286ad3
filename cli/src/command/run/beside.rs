//! A run in a data folder that another process serves: that process is asked to do it, and followed from here.

use crate::error::CliError;
use crate::events::log;
use crate::follow::Log;
use crate::terminal;
use bytecode::Image;
use runtime::Data;
use runtime::engine;
use runtime::history::{History, RunSummary};
use std::path::Path;
use std::sync::mpsc::Receiver;

/// Has a task of an image run, and follows it to its end; whoever leaves it gets how it stands.
pub fn run(
    folder: &Path,
    (image, task): (&Image, &str),
    values: Vec<Option<Data>>,
    signals: &Receiver<()>,
) -> Result<RunSummary, CliError> {
    let run = engine::start(folder, image, task, values)?;
    let history = History::open(folder)?;
    Log::of(&history, run).follow(signals, |line| {
        terminal::talk(&log(&line.entry));
        Ok(())
    })
}
