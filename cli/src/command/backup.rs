//! `backup` and `restore`: a copy of a data folder, whoever works with it, and a data folder made of one.

use crate::Answer;
use crate::data::DataFolder;
use crate::error::CliError;
use crate::terminal;
use runtime::backup::{self, Contents};
use std::path::PathBuf;

/// What `backup` takes.
#[derive(clap::Args)]
#[command(after_help = "Example: taskwright backup /backups/monday\n\n\
It may be made while `serve` runs. The key of sealed histories, `secret.key`, is not in it: keep that apart.")]
pub struct Backup {
    /// A folder that is new or empty
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
    #[command(flatten)]
    data: DataFolder,
}

/// What `restore` takes.
#[derive(clap::Args)]
#[command(after_help = "Example: taskwright restore /backups/monday --data .taskwright\n\n\
Runs that went on when the backup was made go on from there once the folder is served. What they did since then is \
not known any more and is done again, with other idempotency keys.")]
pub struct Restore {
    /// The folder of a backup
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
    #[command(flatten)]
    data: DataFolder,
}

/// How many runs are named.
const NAMED: usize = 20;

/// Runs `backup`.
pub fn backup(arguments: Backup) -> Result<Answer, CliError> {
    let contents = backup::backup(&arguments.data.here(), &arguments.folder)?;
    let goes_on = count(&contents);
    terminal::talk(&format!(
        "{} holds {} KB, read back and in order; {goes_on}",
        arguments.folder.display(),
        contents.bytes.div_ceil(1024)
    ));
    Ok(Answer::Yes)
}

/// Runs `restore`.
pub fn restore(arguments: Restore) -> Result<Answer, CliError> {
    let data = arguments.data.here();
    let contents = backup::restore(&arguments.folder, &data)?;
    terminal::talk(&format!("{} is restored; {}", data.display(), count(&contents)));
    if !contents.going_on.is_empty() {
        terminal::talk("what these did since the backup is done again once the folder is served:");
    }
    for goes_on in contents.going_on.iter().take(NAMED) {
        terminal::line(&format!("{}  {}", goes_on.run, goes_on.task))?;
    }
    if contents.going_on.len() > NAMED {
        terminal::talk("and more: `taskwright runs list` shows them");
    }
    Ok(Answer::Yes)
}

fn count(contents: &Contents) -> String {
    match contents.going_on.len() {
        0 => "no run goes on".to_owned(),
        1 => "1 run goes on".to_owned(),
        number => format!("{number} runs go on"),
    }
}
