//! Putting images in force, on the thread that fires schedules: when a runtime starts, and while it lives.
//!
//! Nothing changes before everything is known to be right. Between what was in force and what is, no due time is lost and
//! none fires twice: the old schedules fire up to a moment, the new ones from there.

use super::Beat;
use crate::clock::Micros;
use crate::engine::agenda::Scheduled;
use crate::engine::error::EngineError;
use crate::engine::event::EngineEvent;
use crate::engine::halt::{Halting, Halts};
use crate::engine::id::ImageHash;
use crate::engine::shared::ReactorMessage;
use crate::engine::{reaction, reactor, sweep, timetable};
use crate::store::{ScheduleKey, Standing, Work, image_hash};
use bytecode::Image;
use std::sync::Arc;

type Images = Vec<(ImageHash, Arc<Image>)>;

/// What is to be in force, with its schedules.
pub(super) struct Planned {
    images: Images,
    schedules: Vec<(ScheduleKey, Scheduled)>,
}

/// A version that another process wants in the folder.
struct Wanted {
    image: Arc<Image>,
    hash: ImageHash,
    bytes: Arc<[u8]>,
    /// What is in force with it; nothing where its project is not served here.
    planned: Option<Planned>,
}

impl Beat {
    /// Looks at stored images that are to be in force. Changes nothing.
    pub(super) fn plan(&self, images: &[ImageHash]) -> Result<Planned, EngineError> {
        let loaded = images.iter().map(|&hash| Ok((hash, self.shared.reader.image(hash)?)));
        self.plan_loaded(loaded.collect::<Result<_, EngineError>>()?)
    }

    fn plan_loaded(&self, images: Images) -> Result<Planned, EngineError> {
        let schedules = timetable::plan(&self.shared, &images)?;
        Ok(Planned { images, schedules })
    }

    /// Puts the schedules and reactions of images in force, and all others out of it.
    pub(super) fn put_in_force(&mut self, planned: Planned) -> Result<(), EngineError> {
        let Planned { images, schedules } = planned;
        let from: Micros = self.shared.clock.now();
        self.agenda.fire_due(&self.shared)?;
        let halts = Halts::read(&self.shared.reader)?;
        let mut schedules = schedules;
        schedules.retain(|(key, _)| !halts.is_archived(&key.project, &key.task));
        let schedules = timetable::keep(&self.shared, schedules)?;
        self.agenda.put_in_force(&self.shared, schedules, &halts, from)?;
        self.sweep.begin(sweep::retained(images.iter().map(|(_, image)| &**image)));
        let reactions = reaction::put_in_force(&self.shared.store, &images, &halts)?;
        if !reactions.is_empty() {
            reactor::begin(&self.shared)?;
        }
        self.shared.tell_reactor(ReactorMessage::InForce(reactions));
        self.in_force = images;
        Ok(())
    }

    /// Pauses, archives or lets go a task, as another process asks: its schedules and reactions are put in force anew.
    pub(super) fn halt(&mut self, halting: Halting) -> Result<(), EngineError> {
        // What is due at this moment was due before.
        self.agenda.fire_due(&self.shared)?;
        let (task, to, by, why) = (halting.task.clone(), halting.to, halting.by.clone(), halting.why.clone());
        let applied = self.shared.store.apply(halting.work(self.shared.clock.now()))?;
        self.shared.follow(applied);
        let planned = self.plan_loaded(self.in_force.clone())?;
        self.put_in_force(planned)?;
        self.shared.tell(match to {
            Some(kind) => EngineEvent::Halted { task, kind, by, why },
            None => EngineEvent::LetGo { task, by },
        });
        Ok(())
    }

    /// Takes a version over that another process deploys. One that cannot be in force is refused, and told where the owner
    /// talks; what was in force stays.
    pub(super) fn deploy(&mut self, bytes: Vec<u8>) -> Result<(), EngineError> {
        let wanted = match (self.examine(bytes), self.shared.store.fatal()) {
            (Ok(wanted), _) => wanted,
            (Err(_), Some(fatal)) => return Err(fatal),
            (Err(error), None) => {
                tracing::warn!(%error, "a version was not deployed");
                return Ok(());
            }
        };
        let Wanted { image, hash, bytes, planned } = wanted;
        let (project, at) = (image.name.clone(), self.shared.clock.now());
        self.shared.store.apply(Work::Deploy {
            image: Arc::clone(&image),
            bytes,
            hash,
            at,
            standing: Standing::Version,
        })?;
        self.shared.reader.keep(hash, &image);
        if let Some(planned) = planned {
            self.put_in_force(planned)?;
        }
        if let Some(version) = self.shared.reader.newest_version(&project)? {
            self.shared.tell(EngineEvent::Deployed { project, version: version.number });
        }
        Ok(())
    }

    fn examine(&self, bytes: Vec<u8>) -> Result<Wanted, EngineError> {
        let bad = |error: bytecode::ImageError| EngineError::BadImage(error.to_string());
        let image = Image::decode(&bytes).map_err(bad)?;
        image.verify().map_err(bad)?;
        let (hash, image) = (image_hash(&image), Arc::new(image));
        let mut images = self.in_force.clone();
        let served = images.iter_mut().find(|(_, served)| served.name == image.name);
        let Some(served) = served else {
            return Ok(Wanted { image, hash, bytes: bytes.into(), planned: None });
        };
        let problems = self.shared.settings.problems(&image, &self.shared.natives);
        if !problems.is_empty() {
            return Err(EngineError::BadImage(problems.join("; ")));
        }
        *served = (hash, Arc::clone(&image));
        Ok(Wanted { planned: Some(self.plan_loaded(images)?), image, hash, bytes: bytes.into() })
    }
}
