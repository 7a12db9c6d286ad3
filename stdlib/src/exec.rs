//! `exec`: programs, without a shell, in a process group of their own that ends with the operation.

use crate::access;
use crate::arguments::{Arguments, answer};
use crate::limits;
use runtime::engine::MARK;
use runtime::{Answer, Data, EffectContext, ErrorKind, Failure, Natives};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};

/// Adds the natives.
pub fn add(natives: &mut Natives) {
    natives.effect("exec.run", |context, arguments| async move { answer(run(context, arguments).await) });
}

/// A program with all that it started; they are killed when it is dropped.
struct Running {
    child: Child,
    /// The process group, as long as its number cannot have gone to another one.
    group: Option<Pid>,
}

impl Running {
    /// Waits until the program has ended, and ends what it left behind, which may hold its pipes open. The program is
    /// reaped after that: until then no other group can get its number.
    async fn ended(&mut self) -> io::Result<ExitStatus> {
        if let Some(group) = self.group {
            let watch = move || waitid(WaitId::Pid(group), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT);
            tokio::task::spawn_blocking(watch).await.map_err(io::Error::other)??;
            self.kill();
        }
        self.child.wait().await
    }

    fn kill(&mut self) {
        if let Some(group) = self.group.take() {
            // A group that has ended already is as wanted.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}

async fn run(context: EffectContext, arguments: Vec<Data>) -> Result<Answer, Failure> {
    let mut arguments = Arguments::new(arguments);
    let program = arguments.string(0)?;
    let parameters = arguments.strings(1)?;
    let environment = arguments.string_map(2)?;
    let input = arguments.string(3)?;
    // A program is not held to `files`, so neither is the folder in which it begins.
    let folder = arguments.optional_string(4)?.map_or_else(|| context.base.clone(), |path| context.base.join(path));
    let timeout = Duration::from_micros(u64::try_from(arguments.int(5)?).unwrap_or(0));
    let accepted = arguments.ints(6)?;
    access::program(&context, &program)?;

    let mut command = Command::new(find(&program, &context.base)?);
    for name in context.withheld.iter() {
        command.env_remove(name);
    }
    command
        .arg0(&program)
        .args(&parameters)
        .envs(environment)
        .env(MARK, &*context.mark)
        .current_dir(&folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true);
    // A program that did not start did nothing.
    let child = command.spawn().map_err(|error| {
        let place = if folder.is_dir() { String::new() } else { format!(" in the folder `{}`", folder.display()) };
        Failure::new(ErrorKind::Exec, format!("`{program}` does not start{place}: {error}"))
    })?;
    let group = child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
    let mut running = Running { child, group };
    Ok(match tokio::time::timeout(timeout, finish(&mut running, input)).await {
        Ok(Ok((status, stdout, stderr))) => Answer::Done(outcome(&program, status, &accepted, stdout, stderr)),
        Ok(Err(error)) => {
            Answer::Unknown(Failure::new(ErrorKind::Exec, format!("`{program}` cannot be followed: {error}")))
        }
        Err(_) => {
            let message = format!("`{program}` took longer than its timeout of {timeout:?} and was ended");
            Answer::Unknown(Failure::new(ErrorKind::Timeout, message))
        }
    })
}

/// Finds a program by the search path of this process: the `env` of a call must not choose another one.
fn find(program: &str, base: &Path) -> Result<PathBuf, Failure> {
    if program.is_empty() || program.contains('\0') {
        return Err(Failure::new(ErrorKind::Invalid, format!("{program:?} is not the name of a program")));
    }
    if program.contains('/') {
        return Ok(base.join(program));
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file());
    found.ok_or_else(|| Failure::new(ErrorKind::Exec, format!("there is no program `{program}` on this machine")))
}

/// Feeds and reads the program to its end, all at once, so that no full pipe can stop it.
async fn finish(running: &mut Running, input: String) -> io::Result<(ExitStatus, Kept, Kept)> {
    let child = &mut running.child;
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let feed = async move {
        if let Some(mut stdin) = stdin {
            // A program need not read what it is given.
            let _ = stdin.write_all(input.as_bytes()).await;
        }
    };
    let (_, stdout, stderr, status) = tokio::join!(feed, keep(stdout), keep(stderr), running.ended());
    Ok((status?, stdout?, stderr?))
}

/// What a program wrote, up to the limit.
struct Kept {
    text: String,
    is_whole: bool,
}

/// Reads all, and keeps what an outcome may have.
async fn keep(from: Option<impl AsyncRead + Unpin>) -> io::Result<Kept> {
    let Some(mut from) = from else { return Ok(Kept { text: String::new(), is_whole: true }) };
    let mut bytes = Vec::new();
    (&mut from).take(limits::OUTPUT as u64).read_to_end(&mut bytes).await?;
    let more = tokio::io::copy(&mut from, &mut tokio::io::sink()).await?;
    Ok(Kept { text: String::from_utf8_lossy(&bytes).into_owned(), is_whole: more == 0 })
}

fn outcome(program: &str, status: ExitStatus, accepted: &[i64], stdout: Kept, stderr: Kept) -> Result<Data, Failure> {
    let Some(code) = status.code().map(i64::from) else {
        let signal = status.signal().unwrap_or(0);
        return Err(Failure::new(ErrorKind::Exec, format!("`{program}` was ended by signal {signal}")));
    };
    if code != 0 && !accepted.contains(&code) {
        let said = last_words(&stderr.text).or_else(|| last_words(&stdout.text));
        let said = said.map_or_else(String::new, |words| format!(": {words}"));
        return Err(Failure::new(ErrorKind::Exec, format!("`{program}` ended with code {code}{said}")));
    }
    if !stdout.is_whole || !stderr.is_whole {
        let most = limits::OUTPUT >> 10;
        let message = format!("`{program}` wrote more than {most} KiB; let it write to a file and use `files.lines`");
        return Err(Failure::new(ErrorKind::Limit, message));
    }
    // Replacing what is not UTF-8 can triple a text; the whole must still be an outcome.
    if stdout.text.len() + stderr.text.len() > limits::OUTCOME {
        let message = format!("`{program}` wrote what is not text; let it write to a file");
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
