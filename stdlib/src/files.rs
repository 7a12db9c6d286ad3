//! `files`: files and folders.
//!
//! The work is done by blocking threads. A write is atomic: a temporary file beside the target, synced, then renamed.

use crate::access;
use crate::arguments::Arguments;
use crate::limits;
use globset::GlobBuilder;
use runtime::{Answer, Data, EffectContext, ErrorKind, Failure, Natives, PermissionKind};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

/// How much of a file one part of its lines has, in bytes.
const PART: usize = 512 << 10;
/// The most paths that one pattern gives.
const MOST_PATHS: usize = 100_000;
/// The most files and folders that are looked at for one pattern.
const MOST_SEEN: usize = 1_000_000;

/// Adds the natives.
pub fn add(natives: &mut Natives) {
    natives.effect("files.read", |context, arguments| blocking(move || read(&context, arguments)));
    natives.effect("files.read_bytes", |context, arguments| blocking(move || read_bytes(&context, arguments)));
    natives.effect("files.lines", |context, arguments| blocking(move || lines(&context, arguments)));
    natives.effect("files.write", |context, arguments| blocking(move || write(&context, arguments)));
    natives.effect("files.write_bytes", |context, arguments| blocking(move || write_bytes(&context, arguments)));
    natives.effect("files.append", |context, arguments| deciding(move || append(&context, arguments)));
    natives.effect("files.exists", |context, arguments| blocking(move || exists(&context, arguments)));
    natives.effect("files.list", |context, arguments| blocking(move || list(&context, arguments)));
    natives.effect("files.copy", |context, arguments| blocking(move || copy(&context, arguments)));
    natives.effect("files.move", |context, arguments| blocking(move || rename(&context, arguments)));
    natives.effect("files.delete", |context, arguments| blocking(move || delete(&context, arguments)));
    natives.effect("files.size", |context, arguments| blocking(move || size(&context, arguments)));
    natives.effect("files.modified", |context, arguments| blocking(move || modified(&context, arguments)));
    natives.effect("files.make_dir", |context, arguments| blocking(move || make_dir(&context, arguments)));
}

/// Does work that is done as a whole or not at all.
async fn blocking(work: impl FnOnce() -> Result<Data, Failure> + Send + 'static) -> Answer {
    deciding(move || Ok(Answer::Done(work()))).await
}

/// Does the work on a thread that may block. What such a thread began it ends, so a cancelled write is whole.
async fn deciding(work: impl FnOnce() -> Result<Answer, Failure> + Send + 'static) -> Answer {
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => outcome.unwrap_or_else(|failure| Answer::Done(Err(failure))),
        // The runtime ends, or the work panicked.
        Err(error) => {
            Answer::Unknown(Failure::new(ErrorKind::Internal, format!("a file operation ended early: {error}")))
        }
    }
}

fn read(context: &EffectContext, arguments: Vec<Data>) -> Result<Data, Failure> {
    let (name, path) = target(context, PermissionKind::FilesRead, arguments)?;
    let bytes = whole(&name, &path, &format!("; walk it with `for line in files.lines({name:?})`"))?;
    text(&name, bytes).map(Data::String)
}

fn read_bytes(context: &EffectContext, arguments: Vec<Data>) -> Result<Data, Failure> {
    let (name, path) = target(context, PermissionKind::FilesRead, arguments)?;
    whole(&name, &path, ", the most that is recorded").map(Data::Bytes)
}

/// Reads a file as a whole; what `instead` says follows the words about one that is too large.
fn whole(name: &str, path: &Path, instead: &str) -> Result<Vec<u8>, Failure> {
    let file = open(name, path)?;
    let mut bytes = Vec::new();
    file.take(limits::OUTCOME as u64 + 1).read_to_end(&mut bytes).map_err(|error| failed(name, &error))?;
    if bytes.len() > limits::OUTCOME {
        let message = format!("`{name}` has more than {} bytes{instead}", limits::OUTCOME);
        return Err(Failure::new(ErrorKind::Limit, message));
    }
    Ok(bytes)
}

fn lines(context: &EffectContext, arguments: Vec<Data>) -> Result<Data, Failure> {
    let mut arguments = Arguments::new(arguments);
    let name = arguments.string(0)?;
    let from = u64::try_from(arguments.int(1)?)
        .map_err(|_| Failure::new(ErrorKind::Invalid, "lines begin at a byte from 0 on".to_owned()))?;
    let path = access::file(context, PermissionKind::FilesRead, &name)?;
    let mut file = BufReader::new(open(&name, &path)?);
    file.seek(SeekFrom::Start(from)).map_err(|error| failed(&name, &error))?;
    let (mut found, mut taken) = (Vec::new(), 0);
    loop {
        let mut line = Vec::new();
        let length = file
            .by_ref()
            .take(limits::OUTCOME as u64)
            .read_until(b'\n', &mut line)
            .map_err(|error| failed(&name, &error))?;
        if length == 0 {
            return Ok(Data::Record(vec![Data::List(found), Data::None]));
        }
        if length == limits::OUTCOME && line.last() != Some(&b'\n') {
            let message = format!("`{name}` has a line of more than {} bytes", limits::OUTCOME);
            return Err(Failure::new(ErrorKind::Limit, message));
        }
        if found.is_empty() || taken + length <= PART {
            taken += length;
            let ended = line.strip_suffix(b"\n").map(|line| line.strip_suffix(b"\r").unwrap_or(line));
            let line = ended.map(<[u8]>::to_vec).unwrap_or(line);
            found.push(Data::String(text(&name, line)?));
        } else {
            let next = i64::try_from(from + taken as u64).unwrap_or(i64::MAX);
            return Ok(Data::Record(vec![Data::List(found), Data::Int(next)]));
        }
    }
}

fn write(context: &EffectContext, arguments: Vec<Data>) -> Result<Data, Failure> {
    let mut arguments = Arguments::new(arguments);
    let name = arguments.string(0)?;
    let text = arguments.string(1)?;
    write_whole(context, &name, text.as_bytes())
}

fn write_bytes(context: &EffectContext, arguments: Vec<Data>) -> Result<Data, Failure> {
    let mut arguments = Arguments::new(arguments);
    let name = arguments.string(0)?;
    let bytes = arguments.bytes(1)?;
    write_whole(context, &name, &bytes)
}

fn write_whole(context: &EffectContext, name: &str, content: &[u8]) -> Result<Data, Failure> {
    let path = access::file(context, PermissionKind::FilesWrite, name)?;
    replace(&path, |file| file.write_all(content)).map_err(|error| not_written(name, &path, &error))?;
    Ok(Data::None)
}

/// Gives a file new content as a whole: by a temporary file beside it that takes its place.
fn replace(path: &Path, fill: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    if path.is_dir() {
        return Err(io::Error::from(io::ErrorKind::IsADirectory));
    }
    let folder = folder_of(path);
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    fill(file.as_file_mut())?;
    // A temporary file is private; the target keeps the mode it had, or gets that of any new file.
    let mode = match fs::metadata(path) {
        Ok(known) => known.permissions(),
        Err(_) => fs::Permissions::from_mode(0o644),
    };
    file.as_file().set_permissions(mode)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    sync_folder(folder)
}

fn append(context: &EffectContext, arguments: Vec<Data>) -> Result<Answer, Failure> {
    let mut arguments = Arguments::new(arguments);
    let name = arguments.string(0)?;
    let content = arguments.string(1)?;
    let path = access::file(context, PermissionKind::FilesWrite, &name)?;
    let is_new = !path.exists();
    let mut file =
        OpenOptions::new().append(true).create(true).open(&path).map_err(|error| not_written(&name, &path, &error))?;
    let mut add = || -> io::Result<()> {
        file.write_all(content.as_bytes())?;
        file.sync_all()?;
        if is_new { sync_folder(folder_of(&path)) } else { Ok(()) }
    };
    Ok(match add() {
        Ok(()) => Answer::Done(Ok(Data::None)),
        // A part may have been added, and others may have added more since: nothing can be taken back.
        Err(error) => Answer::Unknown(failed(&name, &error)),
    })
}

fn exists(context: &EffectContext, arguments: Vec<Data>) -> Result<Data, Failure> {
    let (name, path) = target(context, PermissionKind::FilesRead, arguments)?;
    path.try_exists().map(Data::Bool).map_err(|error| failed(&name, &error))
}

fn list(context: &EffectContext, arguments: Vec<Data>) -> Result<Data, Failure> {
    let pattern = Arguments::new(arguments).string(0)?;
    let wrong = |error: globset::Error| {
        Failure::new(ErrorKind::Invalid, format!("{pattern:?} is not a pattern of files: {error}"))
    };
    let clean = pattern.strip_prefix("./").unwrap_or(&pattern);
    if !is_pattern(clean) && context.base.join(clean).is_dir() {
        let folder = pattern.trim_end_matches('/');
        let message =
            format!("{pattern:?} is a folder: its files are \"{folder}/*\", with those of its folders \"{folder}/**\"");
        return Err(Failure::new(ErrorKind::Invalid, message));
    }
    let glob = GlobBuilder::new(clean).literal_separator(true).build().map_err(wrong)?.compile_matcher();
    let mut found = Vec::new();
    let mut folders = vec![fixed_part(clean)];
    let mut seen = 0_usize;
    while let Some(folder) = folders.pop() {
        let entries = match fs::read_dir(context.base.join(&folder)) {
            Ok(entries) => entries,
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => continue,
            Err(error) => return Err(failed(&folder.to_string_lossy(), &error)),
        };
        for entry in entries {
            let entry = entry.map_err(|error| failed(&pattern, &error))?;
            let path = folder.join(entry.file_name());
            let kind = entry.file_type().map_err(|error| failed(&pattern, &error))?;
            let name = path.to_string_lossy().into_owned();
            seen += 1;
            if seen > MOST_SEEN || found.len() >= MOST_PATHS {
                let message = format!("{pattern:?} fits more than {MOST_PATHS} files; use a narrower pattern");
                return Err(Failure::new(ErrorKind::Limit, message));
            }
            // Links to folders are not walked: they could lead out, or in circles.
            if kind.is_dir() {
                folders.push(path);
            } else if glob.is_match(&name) {
                access::entry(context, PermissionKind::FilesRead, &name)?;
                found.push(name);
            }
        }
    }
    found.sort();
    Ok(Data::List(found.into_iter().map(Data::String).collect()))
}

/// Gives the folders at the beginning of a pattern, up to the first one with a wildcard.
fn fixed_part(pattern: &str) -> PathBuf {
    let folders = Path::new(pattern).parent().unwrap_or(Path::new(""));
    folders.components().take_while(|part| !is_pattern(&part.as_os_str().to_string_lossy())).collect()
}

/// Says whether a path has a wildcard.
fn is_pattern(path: &str) -> bool {
    path.contains(['*', '?', '[', '{'])
}

fn copy(context: &EffectContext, arguments: Vec<Data>) -> Result<Data, Failure> {
    let mut arguments = Arguments::new(arguments);
    let (from, to) = (arguments.string(0)?, arguments.string(1)?);
    let source = access::file(context, PermissionKind::FilesRead, &from)?;
    let target = access::file(context, PermissionKind::FilesWrite, &to)?;
    let mut content = open(&from, &source)?;
    replace(&target, |file| io::copy(&mut content, file).map(|_| ()))
        .map_err(|error| not_written(&to, &target, &error))?;
    Ok(Data::None)
}

fn rename(context: &EffectContext, arguments: Vec<Data>) -> Result<Data, Failure> {
    let mut arguments = Arguments::new(arguments);
    let (from, to) = (arguments.string(0)?, arguments.string(1)?);
    let source = access::entry(context, PermissionKind::FilesWrite, &from)?;
    let target = access::entry(context, PermissionKind::FilesWrite, &to)?;
    fs::symlink_metadata(&source).map_err(|error| failed(&from, &error))?;
    fs::rename(&source, &target).map_err(|error| not_written(&to, &target, &error))?;
    let synced = sync_folder(folder_of(&source)).and_then(|()| sync_folder(folder_of(&target)));
    synced.map_err(|error| failed(&to, &error))?;
    Ok(Data::None)
}

fn delete(context: &EffectContext, arguments: Vec<Data>) -> Result<Data, Failure> {
    let name = Arguments::new(arguments).string(0)?;
    let path = access::entry(context, PermissionKind::FilesWrite, &name)?;
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(&name, &error)),
        Ok(()) | Err(_) => Ok(Data::None),
    }
}

fn size(context: &EffectContext, arguments: Vec<Data>) -> Result<Data, Failure> {
    let (name, path) = target(context, PermissionKind::FilesRead, arguments)?;
    let length = fs::metadata(&path).map_err(|error| failed(&name, &error))?.len();
    Ok(Data::Int(i64::try_from(length).unwrap_or(i64::MAX)))
}

fn modified(context: &EffectContext, arguments: Vec<Data>) -> Result<Data, Failure> {
    let (name, path) = target(context, PermissionKind::FilesRead, arguments)?;
    let changed = fs::metadata(&path).and_then(|known| known.modified()).map_err(|error| failed(&name, &error))?;
    let since = changed.duration_since(UNIX_EPOCH).unwrap_or_default();
    Ok(Data::DateTime(i64::try_from(since.as_micros()).unwrap_or(i64::MAX), "UTC".to_owned()))
}

fn make_dir(context: &EffectContext, arguments: Vec<Data>) -> Result<Data, Failure> {
    let (name, path) = target(context, PermissionKind::FilesWrite, arguments)?;
    fs::create_dir_all(&path).map_err(|error| failed(&name, &error))?;
    Ok(Data::None)
}

fn target(context: &EffectContext, kind: PermissionKind, arguments: Vec<Data>) -> Result<(String, PathBuf), Failure> {
    let name = Arguments::new(arguments).string(0)?;
    let path = access::file(context, kind, &name)?;
    Ok((name, path))
}

fn open(name: &str, path: &Path) -> Result<File, Failure> {
    let file = File::open(path).map_err(|error| failed(name, &error))?;
    // A pipe or a device would block for ever.
    let known = file.metadata().map_err(|error| failed(name, &error))?;
    if known.is_file() { Ok(file) } else { Err(Failure::new(ErrorKind::Io, format!("`{name}` is not a file"))) }
}

fn text(name: &str, bytes: Vec<u8>) -> Result<String, Failure> {
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Failure::new(ErrorKind::Parse, format!("`{name}` is not UTF-8 text: byte {at} of what was read"))
    })
}

fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new("/"))
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// As [`failed`], for a target whose folder may be what is missing.
fn not_written(name: &str, path: &Path, error: &io::Error) -> Failure {
    if error.kind() == io::ErrorKind::NotFound && !folder_of(path).exists() {
        let message = format!("the folder of `{name}` is not there; `files.make_dir` makes it");
        return Failure::new(ErrorKind::NotFound, message);
    }
    failed(name, error)
}

fn failed(name: &str, error: &io::Error) -> Failure {
    let kind = match error.kind() {
        io::ErrorKind::NotFound => ErrorKind::NotFound,
        io::ErrorKind::PermissionDenied => ErrorKind::Denied,
        _ => ErrorKind::Io,
    };
    Failure::new(kind, format!("`{name}`: {error}"))
}
