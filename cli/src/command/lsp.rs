//! `lsp`: the language server, on standard input and output.

use crate::Answer;
use crate::error::CliError;
use crate::project::library;

/// What `lsp` takes.
#[derive(clap::Args)]
#[command(after_help = "Editors start it; nobody needs to type it.")]
pub struct Arguments {
    /// Accepted for editors that pass it; there is no other way to talk
    #[arg(long)]
    stdio: bool,
}

/// Runs it until the editor ends it.
pub fn run(arguments: Arguments) -> Result<Answer, CliError> {
    let _ = arguments.stdio;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(lsp::serve(library()));
    Ok(Answer::Yes)
}
