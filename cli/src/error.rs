//! Why a command could not do its work, with what to do about it.

use std::io;
use std::path::PathBuf;

/// The failures of commands. What is wrong in a source is a diagnostic, not one of these.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum CliError {
    /// Nothing is there.
    #[error("there is no file or folder `{}`", path.display())]
    #[diagnostic(help("check the path; a task is named as FILE.task or FILE.task:NAME"))]
    Missing {
        /// What was named.
        path: PathBuf,
    },
    /// A folder has nothing for us.
    #[error("no .task file in `{}`", path.display())]
    #[diagnostic(help("`taskwright new DIR` makes a project with a first task"))]
    NoTasks {
        /// The folder.
        path: PathBuf,
    },
    /// A file cannot be read.
    #[error("`{}` cannot be read: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file cannot be written.
    #[error("`{}` cannot be written: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// `taskwright.toml` is wrong.
    #[error("`{}` is not a valid project file: {message}", path.display())]
    #[diagnostic(help(
        "a project file has a table [project] with name and zone, one [secrets] with where their values are, one [settings] with values, one [lints] with levels, and any number of [[maintenance]], all optional"
    ))]
    Project {
        /// The file.
        path: PathBuf,
        /// What is wrong, with its line.
        message: String,
    },
    /// The command line asks for what does not make sense.
    #[error("{message}")]
    Usage {
        /// What was found.
        message: String,
        /// What to do.
        #[help]
        help: String,
    },
    /// A task's arguments do not fit its parameters.
    #[error("the arguments of `{task}` do not fit:\n{}", problems.join("\n"))]
    #[diagnostic(help("its parameters are: {parameters}"))]
    Arguments {
        /// The task.
        task: String,
        /// A line each.
        problems: Vec<String>,
        /// As in its head.
        parameters: String,
    },
    /// A task needs secrets that have no value.
    #[error("`{task}` was not started:\n  {}", missing.join("\n  "))]
    #[diagnostic(help(
        "a secret can be read from a file too; in taskwright.toml: [secrets] NAME = {{ file = \"…\" }}"
    ))]
    Secrets {
        /// The task.
        task: String,
        /// What to set, a line each.
        missing: Vec<String>,
    },
    /// Nothing of a task begins now.
    #[error("`{task}` was not started: it is {halt}")]
    #[diagnostic(help("`taskwright tasks resume {task}` lets it go again"))]
    Halted {
        /// The task.
        task: String,
        /// How, by whom and why.
        halt: String,
    },
    /// Settings of the program have no value, or one that does not fit.
    #[error("the settings do not fit:\n  {}", problems.join("\n  "))]
    #[diagnostic(help("a setting is a line below [settings] in taskwright.toml: NAME = value"))]
    Settings {
        /// What is wrong, a line each.
        problems: Vec<String>,
    },
    /// A file is no image.
    #[error("`{}` is not a usable image: {message}", path.display())]
    #[diagnostic(help("compile it again: taskwright compile FILE.task -o FILE.taskc"))]
    Image {
        /// The file.
        path: PathBuf,
        /// Why.
        message: String,
    },
    /// The engine refuses.
    #[error("{message}")]
    Engine {
        /// What happened.
        message: String,
        /// What to do.
        #[help]
        help: Option<String>,
    },
    /// Standard output is gone.
    #[error("the output cannot be written: {0}")]
    Output(#[from] io::Error),
    /// A defect of ours.
    #[error("a defect of Taskwright: {message}")]
    #[diagnostic(help("please report it with the command and the file that led to it"))]
    Defect {
        /// What should not be.
        message: String,
    },
}

impl CliError {
    /// Makes a complaint about the command line.
    pub fn usage(message: impl Into<String>, help: impl Into<String>) -> Self {
        CliError::Usage { message: message.into(), help: help.into() }
    }

    /// Gives the exit code: 3 for our own defects, 1 where the world failed, 2 where the command was wrong.
    pub fn exit_code(&self) -> u8 {
        match self {
            CliError::Missing { .. }
            | CliError::NoTasks { .. }
            | CliError::Project { .. }
            | CliError::Usage { .. }
            | CliError::Secrets { .. }
            | CliError::Settings { .. }
            | CliError::Arguments { .. } => 2,
            CliError::Read { .. }
            | CliError::Write { .. }
            | CliError::Image { .. }
            | CliError::Engine { .. }
            | CliError::Halted { .. }
            | CliError::Output(_) => 1,
            CliError::Defect { .. } => 3,
        }
    }
}
