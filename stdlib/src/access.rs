//! The check before anything is touched: a computed host, path or program against what the task declares.

use runtime::{EffectContext, ErrorKind, Failure, PermissionKind};
use std::path::{Component, Path, PathBuf};

/// Gives the absolute path of a file that the task may touch in this way.
///
/// Both the path as it is written and the one behind symbolic links must be permitted, so that no link leads out.
/// Patterns that are relative, as the paths they permit, begin at the project's folder.
pub fn file(context: &EffectContext, kind: PermissionKind, path: &str) -> Result<PathBuf, Failure> {
    let (base, written) = placed(context, path)?;
    let behind_links = real(&written);
    check(context, kind, path, &base, &written)?;
    if behind_links != written {
        check(context, kind, path, &base, &behind_links)?;
    }
    Ok(behind_links)
}

/// Gives the absolute path of an entry of a folder: as [`file`], but where the entry itself is a link, it is the link
/// and not what it leads to. For deleting, moving and listing.
pub fn entry(context: &EffectContext, kind: PermissionKind, path: &str) -> Result<PathBuf, Failure> {
    let (base, written) = placed(context, path)?;
    let (Some(folder), Some(name)) = (written.parent(), written.file_name()) else {
        return Err(Failure::new(ErrorKind::Invalid, format!("{path:?} is not in a folder")));
    };
    let found = real(folder).join(name);
    check(context, kind, path, &base, &written)?;
    if found != written {
        check(context, kind, path, &base, &found)?;
    }
    Ok(found)
}

/// Gives the base and, below it, the path without `.` and `..`.
fn placed(context: &EffectContext, path: &str) -> Result<(PathBuf, PathBuf), Failure> {
    if path.is_empty() || path.contains('\0') {
        return Err(Failure::new(ErrorKind::Invalid, format!("{path:?} is not a path")));
    }
    let base = real(&absolute(&context.base)?);
    let written = plain(&base.join(path));
    Ok((base, written))
}

/// Fails unless the task may run a program.
pub fn program(context: &EffectContext, program: &str) -> Result<(), Failure> {
    let permitted = context.permissions.iter().any(|it| it.covers(PermissionKind::Exec, program));
    if permitted { Ok(()) } else { Err(forbidden(program, PermissionKind::Exec, program)) }
}

/// Fails unless the task may talk to a host.
pub fn host(context: &EffectContext, host: &str, port: u16) -> Result<(), Failure> {
    let target = format!("{host}:{port}");
    let permitted = context.permissions.iter().any(|it| it.covers(PermissionKind::Net, &target));
    if permitted { Ok(()) } else { Err(forbidden(&target, PermissionKind::Net, host)) }
}

/// Says whether the task names the host itself, not by a pattern.
pub fn is_host_named(context: &EffectContext, host: &str, port: u16) -> bool {
    let target = format!("{host}:{port}");
    context.permissions.iter().any(|it| !it.target.starts_with('*') && it.covers(PermissionKind::Net, &target))
}

fn check(context: &EffectContext, kind: PermissionKind, asked: &str, base: &Path, path: &Path) -> Result<(), Failure> {
    if is_private(context, path) {
        return Ok(());
    }
    let inside = path.strip_prefix(base).ok().map(Path::to_string_lossy);
    let whole = path.to_string_lossy();
    let permitted = context.permissions.iter().any(|permission| {
        if permission.target.starts_with('/') {
            permission.covers(kind, &whole)
        } else {
            inside.as_ref().is_some_and(|inside| permission.covers(kind, inside))
        }
    });
    if permitted {
        return Ok(());
    }
    let shown = inside.unwrap_or(whole);
    if plain(&base.join(asked)) == path {
        Err(forbidden(asked, kind, &shown))
    } else {
        let asked = format!("{asked}`, a link to `{shown}");
        Err(forbidden(&asked, kind, &shown))
    }
}

/// Says whether a path is the run's private folder or below it, by its name or behind links.
fn is_private(context: &EffectContext, path: &Path) -> bool {
    let Ok(dir) = absolute(&context.dir) else { return false };
    path.starts_with(plain(&dir)) || path.starts_with(real(&dir))
}

fn forbidden(touched: &str, kind: PermissionKind, target: &str) -> Failure {
    let message = format!("the task may not touch `{touched}`: its head has no `needs {} {target:?}`", kind.words());
    Failure::new(ErrorKind::Forbidden, message)
}

fn absolute(path: &Path) -> Result<PathBuf, Failure> {
    std::path::absolute(path).map_err(|error| Failure::new(ErrorKind::Io, format!("{}: {error}", path.display())))
}

/// Resolves `.` and `..` by the text alone.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => plain.push(component),
        }
    }
    plain
}

/// How many links to nowhere are followed one after the other.
const MOST_LINKS: usize = 40;

/// Follows the links of the part of a path that exists. A link that leads nowhere counts with where it would lead, since
/// writing to it would make a file there.
fn real(path: &Path) -> PathBuf {
    let mut followed = 0;
    let mut rest = Vec::new();
    let mut existing = path.to_owned();
    loop {
        if let Ok(canonical) = existing.canonicalize() {
            return rest.iter().rev().fold(canonical, |path, part| path.join(part));
        }
        if followed < MOST_LINKS
            && let Ok(target) = existing.read_link()
        {
            followed += 1;
            existing = plain(&existing.parent().unwrap_or(Path::new("/")).join(target));
            continue;
        }
        match (existing.parent().map(Path::to_owned), existing.file_name()) {
            (Some(parent), Some(name)) => {
                rest.push(name.to_owned());
                existing = parent;
            }
            _ => return path.to_owned(),
        }
    }
}
