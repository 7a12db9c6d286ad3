//! The command line as it is typed: global options and the list of commands.

use crate::command::{
    backup, check, compile, completions, deploy, disasm, explain, lsp, new, plan, run, runs, schedule, serve, simulate,
    stats, tasks,
};
use clap::{Parser, Subcommand, ValueEnum};

/// Typed automation that survives crashes: check, run and schedule `.task` files.
#[derive(Parser)]
#[command(name = "taskwright", version, max_term_width = 100, arg_required_else_help = true)]
#[command(
    after_help = "Exit codes: 0 done, 1 the answer is no (findings, a failed run), 2 wrong use, 3 a defect of ours."
)]
pub struct Arguments {
    /// When to colour what is printed
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub color: Color,
    /// What is done.
    #[command(subcommand)]
    pub command: Command,
}

/// Gives who does something: whoever is named, otherwise the user of this system.
pub fn user(named: Option<String>) -> String {
    let user =
        || std::env::var("USER").or_else(|_| std::env::var("USERNAME")).unwrap_or_else(|_| "somebody".to_owned());
    named.unwrap_or_else(user)
}

/// When to colour.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The commands, in the order of the help.
#[derive(Subcommand)]
pub enum Command {
    /// Make a project with a first task
    New(new::Arguments),
    /// Report every mistake in tasks, without running anything
    Check(check::Arguments),
    /// Show the page of a diagnostic's code, or of something in the library
    Explain(explain::Arguments),
    /// Run a task here and now, durably, and print its result
    Run(run::Arguments),
    /// Run schedules and go on with runs until stopped
    Serve(serve::Arguments),
    /// Show what a deployment would change, before it does
    Plan(plan::Arguments),
    /// Put a version of a project into a data folder, also while it is served
    Deploy(deploy::Arguments),
    /// Show when tasks are due, and what became of it
    #[command(subcommand)]
    Schedule(schedule::Command),
    /// Show every start of all schedules in a span of time, without running anything
    Simulate(simulate::Arguments),
    /// List, show and cancel runs
    #[command(subcommand)]
    Runs(runs::Command),
    /// Show how a task does: how its runs ended, how long they took, day by day
    Stats(stats::Arguments),
    /// List, show, pause and archive tasks, and take a project back to an earlier version
    #[command(subcommand)]
    Tasks(tasks::Command),
    /// Copy a data folder, also while it is served
    Backup(backup::Backup),
    /// Make a data folder of a backup
    Restore(backup::Restore),
    /// Compile tasks to an image
    Compile(compile::Arguments),
    /// List the instructions of an image beside its source
    Disasm(disasm::Arguments),
    /// Serve an editor, on standard input and output
    Lsp(lsp::Arguments),
    /// Print the completions of a shell
    Completions(completions::Arguments),
}
