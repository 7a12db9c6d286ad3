//! `exec`: programs, without a shell, in a process group of their own that ends with the operation.

use crate::access;
use crate::arguments::{Arguments, answer};
use runtime::{Answer, Data, EffectContext, ErrorKind, Failure, Natives, PermissionKind, limits};
use rustix::process::{Pid, Signal, kill_process_group};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};

/// Adds the natives.
pub fn add(natives: &mut Natives) {
    natives.effect("exec.run", |context, arguments| async move { answer(run(context, arguments).await) });
}

/// Kills the program and all it started when it is dropped, unless they have ended.
struct Group(Option<Pid>);

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(group) = self.0 {
            // A group that has ended already is as wanted.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

async fn run(context: EffectContext, arguments: Vec<Data>) -> Result<Answer, Failure> {
    let mut arguments = Arguments::new(arguments);
    let program = arguments.string(0)?;
    let parameters = arguments.strings(1)?;
    let environment = arguments.string_map(2)?;
    let input = arguments.string(3)?;
    let folder = match arguments.take(4) {
        Data::String(path) => access::file(&context, PermissionKind::FilesRead, &path)?,
        _ => context.base.clone(),
    };
    let timeout = Duration::from_micros(u64::try_from(arguments.int(5)?).unwrap_or(0));
    let accepted = arguments.ints(6)?;
    access::program(&context, &program)?;

    let mut command = Command::new(&program);
    command
        .args(&parameters)
        .envs(environment)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true);
    let child = match command.spawn() {
        Ok(child) => child,
        // A program that did not start did nothing.
        Err(error) => {
            let failure = Failure::new(ErrorKind::Exec, format!("`{program}` does not start: {error}"));
            return Ok(Answer::Done(Err(failure)));
        }
    };
    let group = Group(child.id().and_then(|id| Pid::from_raw(id.cast_signed())));
    match tokio::time::timeout(timeout, finish(child, input)).await {
        Err(_) => {
            drop(group);
            let message = format!("`{program}` took longer than its timeout of {timeout:?} and was ended");
            Ok(Answer::Unknown(Failure::new(ErrorKind::Timeout, message)))
        }
        Ok(Err(error)) => {
            Ok(Answer::Unknown(Failure::new(ErrorKind::Exec, format!("`{program}` cannot be followed: {error}"))))
        }
        Ok(Ok((status, stdout, stderr))) => Ok(Answer::Done(outcome(&program, status, &accepted, stdout, stderr))),
    }
}

/// Feeds and reads the program to its end, all at once, so that no full pipe can stop it.
async fn finish(mut child: Child, input: String) -> std::io::Result<(ExitStatus, Kept, Kept)> {
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let feed = async move {
        if let Some(mut stdin) = stdin {
            // A program need not read what it is given.
            let _ = stdin.write_all(input.as_bytes()).await;
        }
    };
    let (_, stdout, stderr, status) = tokio::join!(feed, keep(stdout), keep(stderr), child.wait());
    Ok((status?, stdout?, stderr?))
}

/// What a program wrote, up to the limit.
struct Kept {
    text: String,
    is_whole: bool,
}

/// Reads all, and keeps what an outcome may have.
async fn keep(from: Option<impl AsyncRead + Unpin>) -> std::io::Result<Kept> {
    let Some(mut from) = from else { return Ok(Kept { text: String::new(), is_whole: true }) };
    let most = limits::OUTCOME / 2 - 1024;
    let mut bytes = Vec::new();
    (&mut from).take(most as u64).read_to_end(&mut bytes).await?;
    let more = tokio::io::copy(&mut from, &mut tokio::io::sink()).await?;
    Ok(Kept { text: String::from_utf8_lossy(&bytes).into_owned(), is_whole: more == 0 })
}

fn outcome(
    program: &str,
    status: ExitStatus,
    accepted: &[i64],
    stdout: Kept,
    stderr: Kept,
) -> Result<Data, Failure> {
    let Some(code) = status.code().map(i64::from) else {
        return Err(Failure::new(ErrorKind::Exec, format!("`{program}` was ended by a signal: {status}")));
    };
    if code != 0 && !accepted.contains(&code) {
        let said = last_words(&stderr.text).or_else(|| last_words(&stdout.text));
        let said = said.map_or_else(String::new, |words| format!(": {words}"));
        return Err(Failure::new(ErrorKind::Exec, format!("`{program}` ended with code {code}{said}")));
    }
    if !stdout.is_whole || !stderr.is_whole {
        let message = format!("`{program}` wrote more than an outcome may have; let it write to a file");
        return Err(Failure::new(ErrorKind::Limit, message));
    }
    Ok(Data::Record(vec![Data::Int(code), Data::String(stdout.text), Data::String(stderr.text)]))
}

/// Gives the end of what a program said, for a message.
fn last_words(text: &str) -> Option<String> {
    let lines: Vec<_> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let last = lines.get(lines.len().saturating_sub(3)..)?;
    let words: String = last.join(" / ").chars().take(500).collect();
    (!words.is_empty()).then_some(words)
}
