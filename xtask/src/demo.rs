//! `demo`: builds the command and shows its main job: a task fires on its schedule, is stopped, and has its history.

use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

/// How long the schedule is watched.
const WATCHED: Duration = Duration::from_secs(9);

const TASK: &str = r#"//! A task for a first look.

/// Reads the clock, keeps a diary, and says so.
task heartbeat() -> int
    on every 2s
    needs files read "diary.txt"
    needs files write "diary.txt"
    timeout 1s
{
    files.append("diary.txt", "{now()}\n")
    let beats = files.read("diary.txt").lines().len()
    log.info("beat", number: beats)
    beats
}
"#;

/// Runs it; the error says what could not be done.
pub fn run(root: &Path, tell: &mut dyn FnMut(&str)) -> Result<(), String> {
    let folder = root.join("target/demo");
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    if folder.exists() {
        std::fs::remove_dir_all(&folder).map_err(failed)?;
    }
    std::fs::create_dir_all(&folder).map_err(failed)?;
    std::fs::write(folder.join("heartbeat.task"), TASK).map_err(failed)?;

    tell("── build");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    succeed(Command::new(cargo).args(["build", "--release", "--package", "cli"]).current_dir(root))?;
    let taskwright = root.join("target/release/taskwright");
    let command = |arguments: &[&str]| {
        let mut command = Command::new(&taskwright);
        command.args(arguments).current_dir(&folder).stdin(Stdio::null());
        command
    };

    tell("\n── target/demo/heartbeat.task");
    tell(TASK.trim_end());
    tell("\n── taskwright check heartbeat.task");
    succeed(&mut command(&["check", "heartbeat.task"]))?;
    tell("\n── taskwright schedule next heartbeat.task -n 3");
    succeed(&mut command(&["schedule", "next", "heartbeat.task", "-n", "3"]))?;
    tell(&format!("\n── taskwright serve heartbeat.task, for {} seconds", WATCHED.as_secs()));
    let mut serve = command(&["serve", "heartbeat.task"]).spawn().map_err(failed)?;
    sleep(WATCHED);
    succeed(Command::new("kill").args(["-TERM", &serve.id().to_string()]))?;
    serve.wait().map_err(failed)?;
    tell("\n── taskwright runs list");
    succeed(&mut command(&["runs", "list"]))?;
    tell("\n── taskwright runs show last");
    succeed(&mut command(&["runs", "show", "last"]))?;
    tell("\nthe project and its data are in target/demo");
    Ok(())
}

fn succeed(command: &mut Command) -> Result<(), String> {
    let status = command.status().map_err(|error| format!("{command:?} does not start: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{command:?} ended with {status}")) }
}
