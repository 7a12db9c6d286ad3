//! The check before anything is touched: a computed host, path or program against what the task declares.

use runtime::{EffectContext, ErrorKind, Failure, PermissionKind};
use std::path::{Component, Path, PathBuf};

/// Gives the absolute path of a file that the task may touch in this way.
///
/// Both the path as it is written and the one behind symbolic links must be permitted, so that no link leads out.
/// Patterns that are relative, as the paths they permit, begin at the project's folder.
pub fn file(context: &EffectContext, kind: PermissionKind, path: &str) -> Result<PathBuf, Failure> {
    if path.is_empty() || path.contains('\0') {
        return Err(Failure::new(ErrorKind::Invalid, format!("{path:?} is not a path")));
    }
    let base = real(&absolute(&context.base)?);
    let written = plain(&base.join(path));
    let behind_links = real(&written);
    for candidate in [&written, &behind_links] {
        if !file_permitted(context, kind, &base, candidate) {
            return Err(forbidden(path, &clause(kind, path), candidate != &written));
        }
    }
    Ok(behind_links)
}

/// Fails unless the task may run a program.
pub fn program(context: &EffectContext, program: &str) -> Result<(), Failure> {
    let permitted = context.permissions.iter().any(|it| it.covers(PermissionKind::Exec, program));
    if permitted { Ok(()) } else { Err(forbidden(program, &clause(PermissionKind::Exec, program), false)) }
}

/// Fails unless the task may talk to a host, given as `host:port`.
pub fn host(context: &EffectContext, host: &str, port: u16) -> Result<(), Failure> {
    let target = format!("{host}:{port}");
    let permitted = context.permissions.iter().any(|it| it.covers(PermissionKind::Net, &target));
    if permitted { Ok(()) } else { Err(forbidden(&target, &clause(PermissionKind::Net, host), false)) }
}

fn file_permitted(context: &EffectContext, kind: PermissionKind, base: &Path, path: &Path) -> bool {
    let inside = path.strip_prefix(base).ok().map(|path| path.to_string_lossy());
    let whole = path.to_string_lossy();
    context.permissions.iter().filter(|permission| permission.kind == kind).any(|permission| {
        if permission.target.starts_with('/') {
            permission.covers(kind, &whole)
        } else {
            inside.as_ref().is_some_and(|inside| permission.covers(kind, inside))
        }
    })
}

fn forbidden(target: &str, clause: &str, through_link: bool) -> Failure {
    let link = if through_link { ", which is a symbolic link," } else { "" };
    Failure::new(ErrorKind::Forbidden, format!("the task may not touch `{target}`{link}: its head has no `{clause}`"))
}

fn clause(kind: PermissionKind, target: &str) -> String {
    let words = match kind {
        PermissionKind::Net => "needs net",
        PermissionKind::FilesRead => "needs files read",
        PermissionKind::FilesWrite => "needs files write",
        PermissionKind::Exec => "needs exec",
    };
    format!("{words} {target:?}")
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

/// Follows the links of the part of a path that exists. A link that leads nowhere counts with where it would lead.
fn real(path: &Path) -> PathBuf {
    let mut rest = Vec::new();
    let mut existing = path.to_owned();
    loop {
        if let Ok(canonical) = existing.canonicalize() {
            return rest.iter().rev().fold(canonical, |path, part| path.join(part));
        }
        if let Ok(target) = existing.read_link() {
            let folder = existing.parent().unwrap_or(Path::new("/"));
            let target = plain(&folder.join(target));
            let target = rest.iter().rev().fold(target, |path, part| path.join(part));
            // One step only: what a dangling link leads to cannot exist, so nothing further can be followed.
            return target;
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
