//! Taking changes of the sources over while they are served: what does not check is refused, and what was in force stays.

use crate::Answer;
use crate::command::build;
use crate::error::CliError;
use crate::project::Project;
use crate::terminal;
use runtime::engine::{Deployed, deploy};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The sources of a project as they were last seen.
pub struct Watch {
    path: PathBuf,
    folder: PathBuf,
    project: Project,
    seen: Vec<(PathBuf, Stamp)>,
    /// Whether they changed at the last look: an editor may be in the middle of it.
    moving: bool,
}

/// What tells that a file or folder was changed; nothing where it is not there.
type Stamp = Option<(SystemTime, u64)>;

impl Watch {
    /// Begins to watch the sources at a path, which are served from a data folder.
    pub fn new(path: PathBuf, folder: PathBuf, project: Project) -> Watch {
        let seen = project.watched().into_iter().map(|path| {
            let stamp = stamp(&path);
            (path, stamp)
        });
        Watch { path, folder, seen: seen.collect(), project, moving: false }
    }

    /// Looks, and takes over what has changed and lies still since the last look. What is wrong is told.
    pub fn look(&mut self) {
        let mut moved = false;
        for (path, seen) in &mut self.seen {
            let now = stamp(path);
            moved |= now != *seen;
            *seen = now;
        }
        if moved || !std::mem::take(&mut self.moving) {
            self.moving = moved;
            return;
        }
        match self.take_over() {
            Ok(Answer::Yes) => {}
            Ok(Answer::No) => terminal::talk("not taken over: what was in force stays"),
            Err(error) => {
                terminal::report(&error);
                terminal::talk("not taken over: what was in force stays");
            }
        }
    }

    fn take_over(&mut self) -> Result<Answer, CliError> {
        let project = Project::of(&self.path)?;
        if project.name != self.project.name {
            let found = format!("the project is named `{}` now, and `{}` is served", project.name, self.project.name);
            return Err(CliError::usage(found, "stop and start `taskwright serve` to serve it under its new name"));
        }
        let restart = !project.is_set_up_like(&self.project);
        *self = Watch::new(self.path.clone(), self.folder.clone(), project);
        if restart {
            terminal::talk(
                "the zone, secrets, settings and maintenance of taskwright.toml are taken over at the next start",
            );
        }
        let Some(image) = build(&self.project)? else { return Ok(Answer::No) };
        self.project.expect_settings(&image)?;
        super::introduce(&self.project, &image);
        // As any other process would: the engine examines it, and tells of the version.
        match deploy(&self.folder, image)? {
            Deployed::New(_) | Deployed::Same(_) => {}
            Deployed::Asked => terminal::talk("the change is taken over as soon as the engine comes to it"),
        }
        Ok(Answer::Yes)
    }
}

fn stamp(path: &Path) -> Stamp {
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}
