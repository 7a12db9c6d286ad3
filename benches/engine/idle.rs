//! What `serve` uses while nothing is due.

use crate::engine::process::Usage;
use benches::{Goal, taskwright};
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

const FILE: &str = "//! Nothing is due.\n\n/// Says it.\ntask hello() -> string\n    on yearly on 1 jan at 00:00 in \"UTC\"\n    timeout 1m\n{\n    \"hello\"\n}\n";

/// How long it has to come to rest, and how long it is watched then.
const SPAN: Duration = Duration::from_secs(5);

/// Measures it.
///
/// # Errors
/// The command cannot be started.
pub fn serve(folder: &Path) -> io::Result<Vec<Goal>> {
    let folder = folder.join("idle");
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("idle.task"), FILE)?;
    let command = taskwright().map_err(io::Error::other)?;
    let mut child = Command::new(command)
        .args(["serve", "idle.task"])
        .current_dir(&folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    sleep(SPAN);
    let before = Usage::of(&child.id().to_string());
    sleep(SPAN);
    let after = Usage::of(&child.id().to_string());
    child.kill()?;
    child.wait()?;
    let (before, after) = (before?, after?);
    let memory = after.memory as f64 / f64::from(1 << 20);
    let used = (after.processor - before.processor).as_secs_f64() / SPAN.as_secs_f64() * 100.0;
    println!("`serve` idle: {memory:.1} MB resident, {used:.2} % of a processor");
    Ok(vec![
        Goal::at_most("memory of an idle `serve`", memory, 40.0, "MB"),
        Goal::at_most("processor time of an idle `serve`", used, 0.2, "%"),
    ])
}
