//! `files`: files and folders.
//!
//! The work is done by blocking threads. A write is atomic: a temporary file beside the target, synced, then renamed.

use crate::access;
use crate::arguments::{Arguments, answer};
use globset::GlobBuilder;
use runtime::{Answer, Data, EffectContext, ErrorKind, Failure, Natives, PermissionKind, limits};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

/// How much of a file one part of its lines has, in bytes.
const PART: usize = 512 << 10;
/// The most paths that one pattern gives.
const MOST_PATHS: usize = 100_000;

/// Adds the natives.
pub fn add(natives: &mut Natives) {
    natives.effect("files.read", |context, arguments| blocking(move || read(&context, arguments)));
    natives.effect("files.lines", |context, arguments| blocking(move || lines(&context, arguments)));
    natives.effect("files.write", |context, arguments| blocking(move || write(&context, arguments)));
    natives.effect("files.append", |context, arguments| blocking(move || append(&context, arguments)));
    natives.effect("files.exists", |context, arguments| blocking(move || exists(&context, arguments)));
    natives.effect("files.list", |context, arguments| blocking(move || list(&context, arguments)));
    natives.effect("files.delete", |context, arguments| blocking(move || delete(&context, arguments)));
    natives.effect("files.size", |context, arguments| blocking(move || size(&context, arguments)));
    natives.effect("files.modified", |context, arguments| blocking(move || modified(&context, arguments)));
    natives.effect("files.make_dir", |context, arguments| blocking(move || make_dir(&context, arguments)));
}

/// Does the work on a thread that may block. What such a thread began it ends, so a cancelled write is whole.
async fn blocking(work: impl FnOnce() -> Result<Data, Failure> + Send + 'static) -> Answer {
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => Answer::Done(outcome),
        Err(error) => answer(Err(Failure::new(ErrorKind::Internal, format!("a file operation ended early: {error}")))),
    }
}

fn read(context: &EffectContext, arguments: Vec<Data>) -> Result<Data, Failure> {
    let (name, path) = target(context, PermissionKind::FilesRead, arguments)?;
    let mut file = open(&name, &path)?;
    let mut bytes = Vec::new();
    file.by_ref().take(limits::OUTCOME as u64 + 1).read_to_end(&mut bytes).map_err(|error| failed(&name, &error))?;
    if bytes.len() > limits::OUTCOME {
        let message = format!(
            "`{name}` has more than {} bytes; walk it with `for line in files.lines({name:?})`",
            limits::OUTCOME
        );
        return Err(Failure::new(ErrorKind::Limit, message));
    }
    text(&name, bytes).map(Data::String)
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
    let content = arguments.string(1)?;
    let path = access::file(context, PermissionKind::FilesWrite, &name)?;
    let folder = path.parent().unwrap_or(Path::new("/"));
    let replace = || -> io::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(content.as_bytes())?;
        // A temporary file is private; the target keeps the mode it had, or gets that of any new file.
        let mode = match fs::metadata(&path) {
            Ok(known) => known.permissions(),
            Err(_) => std::os::unix::fs::PermissionsExt::from_mode(0o644),
        };
        file.as_file().set_permissions(mode)?;
        file.as_file().sync_all()?;
        file.persist(&path).map_err(|error| error.error)?;
        sync_folder(folder)
    };
    replace().map_err(|error| failed(&name, &error))?;
    Ok(Data::None)
}

fn append(context: &EffectContext, arguments: Vec<Data>) -> Result<Data, Failure> {
    let mut arguments = Arguments::new(arguments);
    let name = arguments.string(0)?;
    let content = arguments.string(1)?;
    let path = access::file(context, PermissionKind::FilesWrite, &name)?;
    let add = || -> io::Result<()> {
        let is_new = !path.exists();
        let mut file = OpenOptions::new().append(true).create(true).open(&path)?;
        file.write_all(content.as_bytes())?;
        file.sync_all()?;
        if is_new { sync_folder(path.parent().unwrap_or(Path::new("/"))) } else { Ok(()) }
    };
    add().map_err(|error| failed(&name, &error))?;
    Ok(Data::None)
}

fn exists(context: &EffectContext, arguments: Vec<Data>) -> Result<Data, Failure> {
    let (name, path) = target(context, PermissionKind::FilesRead, arguments)?;
    path.try_exists().map(Data::Bool).map_err(|error| failed(&name, &error))
}

fn list(context: &EffectContext, arguments: Vec<Data>) -> Result<Data, Failure> {
    let pattern = Arguments::new(arguments).string(0)?;
    let glob = GlobBuilder::new(&pattern)
        .literal_separator(true)
        .build()
        .map_err(|error| Failure::new(ErrorKind::Invalid, format!("{pattern:?} is not a pattern of files: {error}")))?
        .compile_matcher();
    // The part without wildcards says where to look; it must be permitted as a folder's content.
    let fixed: PathBuf = Path::new(&pattern)
        .components()
        .take_while(|part| !part.as_os_str().to_string_lossy().contains(['*', '?', '[', '{']))
        .collect();
    let root = if Path::new(&pattern).is_absolute() { PathBuf::new() } else { context.base.clone() };
    let mut found = Vec::new();
    let mut folders = vec![fixed];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(root.join(&folder)) else { continue };
        for entry in entries.flatten() {
            let path = folder.join(entry.file_name());
            let kind = entry.file_type().map_err(|error| failed(&pattern, &error))?;
            let name = path.to_string_lossy().into_owned();
            if kind.is_dir() {
                folders.push(path);
            } else if glob.is_match(&name) {
                access::file(context, PermissionKind::FilesRead, &name)?;
                found.push(name);
            }
            if found.len() > MOST_PATHS {
                let message = format!("{pattern:?} fits more than {MOST_PATHS} files; use a narrower pattern");
                return Err(Failure::new(ErrorKind::Limit, message));
            }
        }
    }
    found.sort();
    Ok(Data::List(found.into_iter().map(Data::String).collect()))
}

fn delete(context: &EffectContext, arguments: Vec<Data>) -> Result<Data, Failure> {
    let (name, path) = target(context, PermissionKind::FilesWrite, arguments)?;
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
    if known.is_file() {
        Ok(file)
    } else {
        Err(Failure::new(ErrorKind::Io, format!("`{name}` is not a file")))
    }
}

fn text(name: &str, bytes: Vec<u8>) -> Result<String, Failure> {
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Failure::new(ErrorKind::Parse, format!("`{name}` is not UTF-8 text: byte {at} of what was read"))
    })
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

fn failed(name: &str, error: &io::Error) -> Failure {
    let kind = match error.kind() {
        io::ErrorKind::NotFound => ErrorKind::NotFound,
        io::ErrorKind::PermissionDenied => ErrorKind::Denied,
        _ => ErrorKind::Io,
    };
    Failure::new(kind, format!("`{name}`: {error}"))
}
