//! Reading what is committed. Whoever reads borrows a connection, so there are as many as read at the same time.

use super::between::StoredEvent;
use super::figures::{self, FiguresPage};
use super::folder::{Trouble, Waits, open_reader};
use super::halts::Halt;
use super::held::InFlight;
use super::journal::TimerKey;
use super::logs::LogRow;
use super::requests::StoredRequest;
use super::retention::AgedRun;
use super::runs::RunRow;
use super::schedules::{OccurrenceRow, StoredSchedule};
use super::versions::{self, Version};
use super::{
    between, caches, delays, halts, held, images, journal, logs, reactions, requests, retention, runs, schedules,
    schema, slots,
};
use crate::Data;
use crate::clock::Micros;
use crate::engine::{EngineError, ImageHash, Row, RunId, RunPrefix, Snapshot, WaitKey};
use bytecode::Image;
use rusqlite::Connection;
use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// How many connections are kept that nobody reads with.
const IDLE: usize = 8;

/// How many images are kept ready.
const IMAGES: usize = 64;

/// The way to read a folder. Clones share their connections.
#[derive(Clone)]
pub(crate) struct Reader {
    shared: Arc<Shared>,
}

struct Shared {
    folder: PathBuf,
    commit: Waits,
    idle: Mutex<Vec<Connection>>,
    /// Images never change, so what was read once holds.
    images: Mutex<HashMap<ImageHash, Arc<Image>>>,
}

/// What is needed to bring a run back into memory, beside its rows.
#[derive(Debug)]
pub(crate) struct StoredRun {
    /// Its row.
    pub(crate) run: RunRow,
    /// Its last snapshot.
    pub(crate) snapshot: Option<Snapshot>,
    /// When it wakes, if it is parked.
    pub(crate) timer: Option<Micros>,
}

impl Reader {
    /// Opens a folder that has a database.
    pub(crate) fn open(folder: &Path) -> Result<Reader, EngineError> {
        Reader::beside(folder, Waits::ForDisk)
    }

    /// Opens one whose owner commits so: what nobody keeps is not put in order when the last connection goes.
    pub(crate) fn beside(folder: &Path, commit: Waits) -> Result<Reader, EngineError> {
        let connection = open_reader(folder, commit).map_err(|trouble| trouble.about(folder))?;
        let (idle, images) = (Mutex::new(vec![connection]), Mutex::default());
        Ok(Reader { shared: Arc::new(Shared { folder: folder.to_owned(), commit, idle, images }) })
    }

    /// Gives all tasks that have an image now, with their projects first.
    pub(crate) fn tasks(&self) -> Result<Vec<(String, String)>, EngineError> {
        self.read(images::tasks)
    }

    /// Gives the last halt of every task that ever had one.
    pub(crate) fn halts(&self) -> Result<Vec<Halt>, EngineError> {
        self.read_since(schema::WITH_HALTS, halts::all)
    }

    /// Gives why nothing of a task begins, if that is so.
    pub(crate) fn halt(&self, project: &str, task: &str) -> Result<Option<Halt>, EngineError> {
        self.read_since(schema::WITH_HALTS, |connection| halts::of(connection, project, task))
    }

    /// Finds the one run whose id begins so.
    pub(crate) fn find(&self, prefix: &RunPrefix) -> Result<RunRow, EngineError> {
        self.read(|connection| {
            let row = runs::find_by_prefix(connection, prefix)?;
            runs::read(connection, row)?.ok_or_else(|| Trouble::Refused(EngineError::NoRun(prefix.text.clone())))
        })
    }

    /// Reads what tells a folder that was made of a backup from its original.
    pub(crate) fn lineage(&self) -> Result<Vec<u8>, EngineError> {
        self.read(|connection| Ok(schema::lineage(connection)?))
    }

    /// Reads a run.
    pub(crate) fn run(&self, run: RunId) -> Result<RunRow, EngineError> {
        self.read(|connection| {
            let stored = runs::find(connection, run)?.map(|row| runs::read(connection, row)).transpose()?;
            stored.flatten().ok_or_else(|| Trouble::Refused(EngineError::NoRun(run.to_string())))
        })
    }

    /// Reads what is needed to load a run.
    pub(crate) fn load(&self, run: RunId) -> Result<StoredRun, EngineError> {
        let stored = self.run(run)?;
        self.read(|connection| {
            let snapshot = journal::snapshot(connection, stored.row)?;
            let timer = journal::timer(connection, stored.row)?;
            Ok(StoredRun { run: stored, snapshot, timer })
        })
    }

    /// Reads up to `limit` rows of a run's history from a place on, each with whether it was set aside.
    pub(crate) fn all_rows(&self, row: i64, from: u64, limit: u32) -> Result<Vec<(Row, bool)>, EngineError> {
        self.read(|connection| journal::read_all(connection, row, from, limit))
    }

    /// Reads up to `limit` rows of a run's history from a place on, without those that were set aside.
    pub(crate) fn rows(&self, row: i64, from: u64, limit: u32) -> Result<Vec<Row>, EngineError> {
        self.read(|connection| journal::read(connection, row, from, limit))
    }

    /// Lists up to `limit` runs before a row, newest first.
    pub(crate) fn runs(&self, before: i64, limit: u32) -> Result<Vec<RunRow>, EngineError> {
        self.read(|connection| runs::list(connection, before, limit))
    }

    /// Reads what up to `limit` runs before a row took, for whoever wants those of one task.
    pub(crate) fn figures(&self, task: (&str, &str), before: i64, limit: u32) -> Result<FiguresPage, EngineError> {
        self.read(|connection| figures::page(connection, task, before, limit))
    }

    /// Gives the runs that go on and are not parked.
    pub(crate) fn running(&self) -> Result<Vec<RunId>, EngineError> {
        self.read(runs::running)
    }

    /// Says whether the time has come of a run that waits for it.
    pub(crate) fn any_due_delay(&self, now: Micros) -> Result<bool, EngineError> {
        self.read(|connection| delays::any_due(connection, now))
    }

    /// Lists slots that are held.
    pub(crate) fn holds(&self, limit: u32) -> Result<Vec<(RunId, String)>, EngineError> {
        self.read(|connection| slots::held(connection, limit))
    }

    /// Gives the first group behind another in which runs wait for a slot.
    pub(crate) fn next_line(&self, behind: &str) -> Result<Option<String>, EngineError> {
        self.read(|connection| slots::next_line(connection, behind))
    }

    /// Says whether the next run that waits in a group could begin.
    pub(crate) fn has_room_in_line(&self, group: &str) -> Result<bool, EngineError> {
        self.read(|connection| match slots::head(connection, group)? {
            Some((_, at_once)) => Ok(!slots::is_full(connection, group, at_once)?),
            None => Ok(false),
        })
    }

    /// Says whether a due time has a row in the ledger.
    pub(crate) fn is_accounted_for(&self, schedule: i64, nominal: Micros) -> Result<bool, EngineError> {
        self.read(|connection| schedules::is_accounted_for(connection, schedule, nominal))
    }

    /// Gives parked runs that wake before a time, of those behind a timer, earliest first.
    pub(crate) fn due_timers(
        &self,
        behind: TimerKey,
        before: Micros,
        limit: usize,
    ) -> Result<Vec<(RunId, TimerKey)>, EngineError> {
        self.read(|connection| journal::due_timers(connection, behind, before, limit))
    }

    /// Reads an image.
    pub(crate) fn image(&self, hash: ImageHash) -> Result<Arc<Image>, EngineError> {
        let known = self.shared.images.lock().unwrap_or_else(PoisonError::into_inner).get(&hash).map(Arc::clone);
        if let Some(image) = known {
            return Ok(image);
        }
        let found = self.read(|connection| images::read_image(connection, hash))?;
        let image = Arc::new(found.ok_or_else(|| EngineError::NoImage(hash.to_string()))?);
        self.keep(hash, &image);
        Ok(image)
    }

    /// Keeps an image ready that is in the folder.
    pub(crate) fn keep(&self, hash: ImageHash, image: &Arc<Image>) {
        let mut images = self.shared.images.lock().unwrap_or_else(PoisonError::into_inner);
        if images.len() >= IMAGES {
            images.clear();
        }
        images.insert(hash, Arc::clone(image));
    }

    /// Gives the image that a task has now.
    pub(crate) fn current_image(&self, project: &str, task: &str) -> Result<Option<ImageHash>, EngineError> {
        self.read(|connection| images::current_image(connection, project, task))
    }

    /// Reads lines of a run's log.
    pub(crate) fn logs(&self, row: i64, behind: i64, limit: u32) -> Result<Vec<LogRow>, EngineError> {
        self.read(|connection| logs::read(connection, row, behind, limit))
    }

    /// Reads the ledger of due times, newest first, with their schedules.
    pub(crate) fn occurrences(
        &self,
        task: Option<&str>,
        span: RangeInclusive<Micros>,
        limit: u32,
    ) -> Result<Vec<(StoredSchedule, OccurrenceRow)>, EngineError> {
        self.read(|connection| schedules::read(connection, task, span, limit))
    }

    /// Reads the schedules that are or were in force.
    pub(crate) fn schedules(&self) -> Result<Vec<StoredSchedule>, EngineError> {
        self.read(schedules::all)
    }

    /// Reads what other processes ask, behind a request, up to a page.
    pub(crate) fn requests(&self, behind: i64) -> Result<Vec<StoredRequest>, EngineError> {
        self.read(|connection| requests::read(connection, behind))
    }

    /// Gives the newest version of a project that has an image and was deployed up to a time.
    pub(crate) fn version_of_image(
        &self,
        project: &str,
        image: ImageHash,
        until: Micros,
    ) -> Result<Option<Version>, EngineError> {
        self.read_since(schema::WITH_VERSIONS, |connection| versions::of_image(connection, project, image, until))
    }

    /// Gives the newest version of a project.
    pub(crate) fn newest_version(&self, project: &str) -> Result<Option<Version>, EngineError> {
        self.read_since(schema::WITH_VERSIONS, |connection| versions::newest(connection, project))
    }

    /// Gives a version of a project by its number.
    pub(crate) fn version(&self, project: &str, number: u32) -> Result<Option<Version>, EngineError> {
        self.read_since(schema::WITH_VERSIONS, |connection| versions::find(connection, project, number))
    }

    /// Says whether the owner has not yet acted on what it was asked to let go on, or to put in force.
    pub(crate) fn is_asked(&self, id: RunId) -> Result<bool, EngineError> {
        self.read(|connection| requests::is_asked(connection, id))
    }

    /// Gives the run whose result another one has, by `cache` of their task.
    pub(crate) fn result_of(&self, row: i64) -> Result<Option<RunId>, EngineError> {
        self.read(|connection| caches::source(connection, row))
    }

    /// Gives the row of the newest run, or 0 where there is none.
    pub(crate) fn newest_run(&self) -> Result<i64, EngineError> {
        self.read(held::newest)
    }

    /// Counts the runs that have not ended, by task.
    pub(crate) fn in_flight(&self, now: Micros) -> Result<Vec<InFlight>, EngineError> {
        self.read(|connection| held::in_flight(connection, now))
    }

    /// Gives the runs of a task that have begun and not ended.
    pub(crate) fn runs_of_task(&self, task: &str) -> Result<Vec<RunId>, EngineError> {
        self.read(|connection| held::of_task(connection, task))
    }

    /// Gives the runs whose end a run waits for.
    pub(crate) fn waited_by(&self, row: i64) -> Result<Vec<RunId>, EngineError> {
        self.read(|connection| held::waited_by(connection, row))
    }

    /// Reads up to `limit` runs behind a row, for whoever looks for old ones.
    pub(crate) fn aged_runs(&self, behind: i64, limit: u32) -> Result<Vec<AgedRun>, EngineError> {
        self.read(|connection| retention::page(connection, behind, limit))
    }

    /// Gives the place of the newest event.
    pub(crate) fn newest_event(&self) -> Result<u64, EngineError> {
        self.read(retention::newest_event)
    }

    /// Gives the runs that wait for something.
    pub(crate) fn waiting(&self, project: &str, key: &WaitKey) -> Result<Vec<RunId>, EngineError> {
        self.read(|connection| between::waiting(connection, project, key))
    }

    /// Gives the runs for which something may have happened that they wait for.
    pub(crate) fn may_go_on(&self) -> Result<Vec<RunId>, EngineError> {
        self.read(between::may_go_on)
    }

    /// Reads events of a name behind a position, of those since a run began.
    pub(crate) fn events(
        &self,
        run: RunId,
        event: (&str, &str),
        behind: u64,
        limit: u32,
    ) -> Result<Vec<StoredEvent>, EngineError> {
        self.read(|connection| between::events(connection, run, event, behind, limit))
    }

    /// Reads events of a name behind a position.
    pub(crate) fn events_behind(
        &self,
        event: (&str, &str),
        position: u64,
        limit: u32,
    ) -> Result<Vec<StoredEvent>, EngineError> {
        self.read(|connection| reactions::behind(connection, event, position, limit))
    }

    /// Reads a state with its version.
    pub(crate) fn state(&self, project: &str, name: &str) -> Result<Option<(u64, Data)>, EngineError> {
        self.read(|connection| between::state(connection, project, name))
    }

    /// Reads what a folder has from a version on; in an older one, which nobody has opened to write since, there is nothing.
    fn read_since<T: Default>(
        &self,
        version: i64,
        read: impl FnOnce(&Connection) -> Result<T, Trouble>,
    ) -> Result<T, EngineError> {
        self.read(|connection| if schema::version(connection)? < version { Ok(T::default()) } else { read(connection) })
    }

    fn read<T>(&self, read: impl FnOnce(&Connection) -> Result<T, Trouble>) -> Result<T, EngineError> {
        let Shared { folder, commit, idle, .. } = &*self.shared;
        let free = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection =
            free.map_or_else(|| open_reader(folder, *commit), Ok).map_err(|trouble| trouble.about(folder))?;
        let found = read(&connection);
        // One that the database complained of is not lent again.
        if !matches!(found, Err(Trouble::Sqlite(_))) {
            let mut idle = idle.lock().unwrap_or_else(PoisonError::into_inner);
            if idle.len() < IDLE {
                idle.push(connection);
            }
        }
        found.map_err(|trouble| trouble.about(folder))
    }
}
