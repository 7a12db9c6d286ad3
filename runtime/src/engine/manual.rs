//! Runs that a person starts, here or from another process.

use super::error::EngineError;
use super::gates::{Entrant, gates_of};
use super::id::{ImageHash, RunId};
use super::shared::Shared;
use super::state::Trigger;
use super::transition::NewRun;
use crate::store::{Standing, StartAsked, Work};
use crate::vm::{Program, Vm};
use crate::{Data, ErrorKind, Failure};
use bytecode::Image;
use std::rc::Rc;
use std::sync::Arc;

/// A run that is asked for.
#[derive(Clone, Debug)]
pub struct StartRun {
    /// The image, which has been deployed.
    pub image: ImageHash,
    /// The task.
    pub task: String,
    /// Its arguments, decoded and checked, by position; `None` where the default stands.
    pub arguments: Vec<Option<Data>>,
}

/// Makes the run that is asked for. `linked` keeps its program ready for the next one.
pub(super) fn new_run(
    shared: &Shared,
    id: RunId,
    start: StartRun,
    linked: &mut Option<(ImageHash, Rc<Program>)>,
) -> Result<NewRun, EngineError> {
    let image = shared.reader.image(start.image)?;
    let position = image.tasks.iter().position(|task| task.name == start.task);
    let Some((position, task)) = position.and_then(|at| image.tasks.get(at).map(|task| (at, task))) else {
        return Err(EngineError::NoTask(start.task));
    };
    let zone = &shared.zone;
    let entrant = Entrant { project: &image.name, image: start.image, task, trigger: Trigger::Manual, zone };
    let gates = gates_of(entrant, |key| {
        let program = match linked.take() {
            Some((hash, program)) if hash == start.image => program,
            Some(_) | None => Program::new(Arc::clone(&image), &shared.natives)
                .map_err(|error| Failure::new(ErrorKind::Internal, error.to_string()))?,
        };
        let found = Vm::of_arguments(&program, key, position, &start.arguments);
        *linked = Some((start.image, program));
        found
    });
    let gates = gates.map_err(|failure| EngineError::BadKey { task: start.task.clone(), what: failure.message })?;
    Ok(NewRun {
        id,
        project: image.name.clone(),
        task: start.task,
        image: start.image,
        position: u32::try_from(position).unwrap_or(u32::MAX),
        trigger: Trigger::Manual,
        arguments: start.arguments,
        created_at: shared.clock.now(),
        timeout: task.timeout,
        gates,
    })
}

/// Starts a run that another process asks for. Its program is stored, and is not in force for others.
pub(super) fn start_asked(shared: &Arc<Shared>, id: RunId, asked: StartAsked) -> Result<(), EngineError> {
    if shared.reader.find(&id.into()).is_ok() {
        // The process was killed between starting it and taking the request away.
        return Ok(());
    }
    let bad = |error: bytecode::ImageError| EngineError::BadImage(error.to_string());
    let image = Image::decode(&asked.image).map_err(bad)?;
    image.verify().map_err(bad)?;
    let (hash, at) = (crate::store::image_hash(&image), shared.clock.now());
    let image = Arc::new(image);
    let bytes = asked.image.into();
    shared.store.apply(Work::Deploy { image: Arc::clone(&image), bytes, hash, at, standing: Standing::Stored })?;
    shared.reader.keep(hash, &image);
    let start = StartRun { image: hash, task: asked.task, arguments: asked.arguments };
    let run = new_run(shared, id, start, &mut None)?;
    shared.follow(shared.store.apply(Work::Start(Box::new(run)))?);
    Ok(())
}
