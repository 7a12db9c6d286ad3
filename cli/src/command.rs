//! The commands, one file each.

pub mod backup;
pub mod check;
pub mod compile;
pub mod completions;
pub mod deploy;
pub mod disasm;
pub mod explain;
pub mod lsp;
pub mod new;
mod pick;
pub mod plan;
pub mod run;
pub mod runs;
pub mod schedule;
pub mod serve;
pub mod simulate;
pub mod stats;
pub mod tasks;

use crate::Answer;
use crate::arguments::Command;
use crate::error::CliError;
use crate::project::Project;
use crate::terminal;
use bytecode::Image;

/// Runs one command.
pub fn run(command: Command) -> Result<Answer, CliError> {
    match command {
        Command::New(arguments) => new::run(arguments),
        Command::Check(arguments) => check::run(arguments),
        Command::Explain(arguments) => explain::run(arguments),
        Command::Run(arguments) => run::run(arguments),
        Command::Serve(arguments) => serve::run(arguments),
        Command::Plan(arguments) => plan::run(arguments),
        Command::Deploy(arguments) => deploy::run(arguments),
        Command::Schedule(command) => schedule::run(command),
        Command::Simulate(arguments) => simulate::run(arguments),
        Command::Runs(command) => runs::run(command),
        Command::Stats(arguments) => stats::run(arguments),
        Command::Tasks(command) => tasks::run(command),
        Command::Backup(arguments) => backup::backup(arguments),
        Command::Restore(arguments) => backup::restore(arguments),
        Command::Compile(arguments) => compile::run(arguments),
        Command::Disasm(arguments) => disasm::run(arguments),
        Command::Lsp(arguments) => lsp::run(arguments),
        Command::Completions(arguments) => completions::run(arguments),
    }
}

/// Compiles a project; `None` where its sources have errors, which are then shown.
fn build(project: &Project) -> Result<Option<Image>, CliError> {
    let analysis = project.analyze()?;
    if analysis.has_errors() {
        terminal::diagnostics(&analysis.sources, &analysis.diagnostics);
        return Ok(None);
    }
    match compiler::compile(&analysis) {
        Ok(image) => Ok(Some(image)),
        Err(diagnostics) => {
            terminal::diagnostics(&analysis.sources, &diagnostics);
            Ok(None)
        }
    }
}
