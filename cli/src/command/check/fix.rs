//! `check --fix`: writes the safe fixes into the files, and checks again until there are none.
//!
//! A file is replaced as a whole, and only while it still holds the text that was checked.

use crate::error::CliError;
use crate::project::Project;
use crate::terminal;
use diagnostics::{Mended, Sources};
use std::fs;
use std::io::Write;
use std::path::Path;

/// How often what was mended is checked again: a fix may show what another mistake hid.
const ROUNDS: usize = 10;

/// Mends the files of a project, and says of each fix where it was and what it did.
pub(super) fn mend(project: &Project) -> Result<(), CliError> {
    for _ in 0..ROUNDS {
        let analysis = project.analyze()?;
        let mended = diagnostics::mend(&analysis.sources, &analysis.diagnostics);
        if mended.is_empty() {
            break;
        }
        for file in mended {
            write(project, &analysis.sources, &file)?;
        }
    }
    Ok(())
}

fn write(project: &Project, sources: &Sources, mended: &Mended) -> Result<(), CliError> {
    let source = sources.file(mended.file);
    let Some(path) = project.path_of(source.name()) else { return Ok(()) };
    let failed = |source| CliError::Write { path: path.to_owned(), source };
    // Behind a link the file itself is replaced, and the link stays.
    let path = fs::canonicalize(path).map_err(failed)?;
    if fs::read(&path).map_err(failed)? != source.text().as_bytes() {
        return Err(CliError::usage(
            format!("`{}` was changed while it was checked, and is left as it is", source.name()),
            "save it, and check again",
        ));
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    file.write_all(mended.text.as_bytes()).map_err(failed)?;
    let permissions = fs::metadata(&path).map_err(failed)?.permissions();
    file.as_file().set_permissions(permissions).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist(&path).map_err(|error| failed(error.error))?;
    for (place, title) in &mended.fixes {
        let at = source.position(place.span.start);
        terminal::talk(&format!("fixed {}:{}:{}: {title}", source.name(), at.line, at.column));
    }
    Ok(())
}
