//! `check`: all diagnostics of all files in one go.

mod fix;

use crate::Answer;
use crate::error::CliError;
use crate::project::Project;
use crate::terminal;
use clap::ValueEnum;
use diagnostics::{Severity, render};
use std::path::PathBuf;

/// What `check` takes.
#[derive(clap::Args)]
#[command(after_help = "Example: taskwright check examples/ --format short")]
pub struct Arguments {
    /// Files and folders; the current folder where none is named
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// How diagnostics are written
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// What counts as a finding besides errors
    #[arg(long, value_enum, value_name = "LEVEL")]
    deny: Option<Denied>,
    /// Write the fixes that are safe into the files first
    #[arg(long)]
    fix: bool,
}

/// The forms of diagnostics.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Source excerpts with carets, on standard error
    Human,
    /// One line each
    Short,
    /// One JSON object
    Json,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Denied {
    /// Warnings fail the check too
    Warnings,
}

/// Runs it. The answer is no if there are errors, or warnings where they are denied.
pub fn run(arguments: Arguments) -> Result<Answer, CliError> {
    let mut all = Vec::new();
    let mut sources = diagnostics::Sources::new();
    let mut files = 0;
    let mut last = None;
    for project in Project::find(&arguments.paths)? {
        if arguments.fix {
            fix::mend(&project)?;
        }
        let analysis = project.analyze()?;
        files += project.file_count();
        // Projects are compiled apart and reported together: file numbers of the later ones move up.
        let offset = sources.len();
        for (_, file) in analysis.sources.iter() {
            sources.add(file.clone());
        }
        all.extend(analysis.diagnostics.iter().map(|diagnostic| diagnostic.clone().moved_by(offset)));
        last = Some(analysis);
    }
    // The process ends soon, and takes its memory back faster than the trees of a large project are taken apart.
    std::mem::forget(last);
    diagnostics::sort(&mut all);
    let errors = all.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).count();
    let warnings = all.iter().filter(|diagnostic| diagnostic.severity == Severity::Warning).count();
    match arguments.format {
        Format::Human => {
            terminal::diagnostics(&sources, &all);
            terminal::talk(&summary(files, errors, warnings));
            let mendable = all.iter().filter(|it| it.fixes.iter().any(|fix| fix.safe)).count();
            if mendable > 0 {
                terminal::talk(&format!("{mendable} of them can be mended by `taskwright check --fix`"));
            }
        }
        Format::Short => {
            let text = render::short(&sources, &all);
            if !text.is_empty() {
                terminal::line(text.trim_end())?;
            }
        }
        Format::Json => terminal::line(&render::json(&sources, &all).to_string())?,
    }
    let denied = arguments.deny == Some(Denied::Warnings) && warnings > 0;
    Ok(if errors > 0 || denied { Answer::No } else { Answer::Yes })
}

fn summary(files: usize, errors: usize, warnings: usize) -> String {
    let count = |number: usize, noun: &str| format!("{number} {noun}{}", if number == 1 { "" } else { "s" });
    format!("checked {}: {}, {}", count(files, "file"), count(errors, "error"), count(warnings, "warning"))
}
