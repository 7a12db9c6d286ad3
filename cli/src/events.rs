//! What an engine tells, as lines on a terminal.

use crate::{terminal, times};
use anstyle::{AnsiColor, Style};
use runtime::Data;
use runtime::engine::{EngineEvent, LogEntry, LogLevel, RunId, RunState};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

/// A thread that writes what an engine tells, until the engine is gone.
pub struct Talk {
    thread: Option<JoinHandle<()>>,
    /// The runs whose end was told.
    ended: mpsc::Receiver<RunId>,
}

/// How long one waits for the last lines of a run that has ended.
const LAST_LINES: Duration = Duration::from_millis(500);

impl Talk {
    /// Writes what runs log.
    pub fn logs(events: Receiver<EngineEvent>) -> Talk {
        Talk::of(events, |event| match event {
            EngineEvent::Log { entry, .. } => Some(log(entry)),
            EngineEvent::Broken(error) => Some(format!("{}: {error}", red("stopped"))),
            _ => None,
        })
    }

    /// Writes everything that an operator wants to see.
    pub fn all(events: Receiver<EngineEvent>) -> Talk {
        Talk::of(events, line)
    }

    fn of(mut events: Receiver<EngineEvent>, words: fn(&EngineEvent) -> Option<String>) -> Talk {
        let (told, ended) = mpsc::channel();
        let work = move || {
            loop {
                match events.blocking_recv() {
                    Ok(event) => {
                        if let Some(text) = words(&event) {
                            terminal::talk(&text);
                        }
                        if let EngineEvent::Finished { run, .. } = event {
                            // Nobody may want to know.
                            let _ = told.send(run);
                        }
                    }
                    Err(RecvError::Lagged(missed)) => terminal::talk(&format!("({missed} lines are left out)")),
                    Err(RecvError::Closed) => return,
                }
            }
        };
        // Without a thread nothing is written; the runs go on all the same.
        Talk { thread: std::thread::Builder::new().name("talk".to_owned()).spawn(work).ok(), ended }
    }

    /// Waits until all is written that a run told before it ended, but not long: lines may have been left out.
    pub fn hear_out(&self, run: RunId) {
        while let Ok(ended) = self.ended.recv_timeout(LAST_LINES) {
            if ended == run {
                return;
            }
        }
    }

    /// Waits until everything is written. The engine must be gone.
    pub fn end(mut self) {
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Gives the line of an event for an operator; operations are left to the history.
fn line(event: &EngineEvent) -> Option<String> {
    let text = match event {
        EngineEvent::Fired { task, run, nominal } => {
            row("fired", AnsiColor::Cyan, task, Some(*run), &format!("due {}", times::here(*nominal)))
        }
        EngineEvent::Skipped { task, nominal, why } => {
            row("skipped", AnsiColor::Yellow, task, None, &format!("due {}: {why}", times::here(*nominal)))
        }
        EngineEvent::Missed { task, first, last } => {
            let span = if first == last {
                times::here(*first)
            } else {
                format!("{} to {}", times::here(*first), times::here(*last))
            };
            row("missed", AnsiColor::Yellow, task, None, &format!("due {span}, while nobody was there"))
        }
        EngineEvent::Deployed { project, version } => {
            row("deployed", AnsiColor::Blue, project, None, &format!("version {version}"))
        }
        EngineEvent::Halted { task, kind, by, why } => {
            row(kind.name(), AnsiColor::Yellow, task, None, &format!("by {by}: {why}"))
        }
        EngineEvent::LetGo { task, by } => row("resumed", AnsiColor::Blue, task, None, &format!("by {by}")),
        EngineEvent::NextDue { task, at } => row("next", AnsiColor::BrightBlack, task, None, &times::here(*at)),
        EngineEvent::Started { run, task, trigger } => {
            row("started", AnsiColor::Blue, task, Some(*run), &format!("by {}", trigger.name()))
        }
        EngineEvent::Recovered { run, task } => row("goes on", AnsiColor::Blue, task, Some(*run), "after a restart"),
        EngineEvent::Watchdog { found } => row("watchdog", AnsiColor::Red, "", None, found),
        EngineEvent::Stranded { run, task, why } => {
            row("left", AnsiColor::Yellow, task, Some(*run), &format!("as it is: {why}"))
        }
        EngineEvent::Operation { .. } => return None,
        EngineEvent::Waiting { run, task, until } => {
            let until = until.map(|until| format!("until {}", times::here(until))).unwrap_or_default();
            row("waiting", AnsiColor::BrightBlack, task, Some(*run), &until)
        }
        EngineEvent::Log { run, task, entry } => row("log", AnsiColor::White, task, Some(*run), &log(entry)),
        EngineEvent::Finished { run, task, state, failure } => {
            let why = failure.as_ref().map(|failed| failed.failure.to_string()).unwrap_or_default();
            row(state.name(), state_color(*state), task, Some(*run), &why)
        }
        EngineEvent::Broken(error) => return Some(format!("{}: {error}", red("stopped"))),
    };
    Some(text)
}

fn row(what: &str, color: AnsiColor, task: &str, run: Option<RunId>, rest: &str) -> String {
    let style = Style::new().fg_color(Some(color.into()));
    let run = run.map(short).unwrap_or_default();
    let text = format!("{}  {style}{what:<9}{style:#}  {task}  {run}  {rest}", times::clock(times::now()));
    text.trim_end().to_owned()
}

/// Gives enough of an id to name the run.
pub fn short(run: RunId) -> String {
    run.to_string().chars().take(8).collect()
}

/// Gives the colour of a state.
pub fn state_color(state: RunState) -> AnsiColor {
    match state {
        RunState::Queued | RunState::Waiting => AnsiColor::BrightBlack,
        RunState::Running => AnsiColor::Blue,
        RunState::Succeeded => AnsiColor::Green,
        RunState::Failed | RunState::TimedOut => AnsiColor::Red,
        RunState::Cancelled => AnsiColor::Yellow,
    }
}

fn red(text: &str) -> String {
    let style = AnsiColor::Red.on_default();
    format!("{style}{text}{style:#}")
}

/// Gives the words of a logged line: `warn: message field=value`.
pub fn log(entry: &LogEntry) -> String {
    let fields: String = entry.fields.iter().map(|(name, value)| format!(" {name}={}", plain(value))).collect();
    match entry.level {
        LogLevel::Info => format!("{}{fields}", entry.message),
        LogLevel::Debug | LogLevel::Warn | LogLevel::Error => {
            format!("{}: {}{fields}", entry.level.name(), entry.message)
        }
    }
}

/// Gives a value of JSON as a person reads it: a string without quotes.
fn plain(value: &Data) -> String {
    match value {
        Data::String(text) => text.clone(),
        value => runtime::json::untyped(value).to_string(),
    }
}
