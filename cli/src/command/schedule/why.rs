//! `schedule why`: what became of a due time, by the ledger; and where it has no row, what the schedules say.

use crate::Answer;
use crate::data::DataFolder;
use crate::error::CliError;
use crate::events::short;
use crate::{terminal, times};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use runtime::engine::{OccurrenceOutcome, RunPrefix};
use runtime::history::{Halt, History, KnownSchedule, Occurrence, RunSummary};
use schedule::Rule;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;

/// How many rows before the time are looked at: jitter puts a start behind other due times.
const ROWS: u32 = 1_000;

/// What `schedule why` takes.
#[derive(clap::Args)]
#[command(after_help = "Example: taskwright schedule why backup 2026-03-29T03:00")]
pub struct Why {
    /// The task
    #[arg(value_name = "TASK")]
    task: String,
    /// A due time, or when the run should have started; without a zone, in that of the schedule
    #[arg(value_name = "TIME")]
    time: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    data: DataFolder,
}

/// The time that is asked about: an instant, or the minute or second that it begins.
struct Asked {
    from: i64,
    to: i64,
}

/// A schedule in force, with its rule.
struct InForce {
    rule: Rule,
    known: KnownSchedule,
}

/// What is told: a sentence, and its parts for programs.
struct Told {
    sentence: String,
    json: Value,
}

/// Runs it. The answer is no if the task is not due then.
pub fn run(arguments: Why) -> Result<Answer, CliError> {
    let history = arguments.data.history()?;
    let known = history.schedules(&arguments.task)?;
    if known.is_empty() {
        let message = format!("no schedule of a task `{}` was ever in force here", arguments.task);
        return Err(CliError::usage(
            message,
            "`taskwright serve` puts schedules in force; `--data` names another folder",
        ));
    }
    let in_force = in_force(&history, known)?;
    let zone = in_force.first().map_or(TimeZone::UTC, |schedule| schedule.rule.zone().clone());
    let asked = Asked::at(times::parse(&arguments.time, &zone)?);
    let rows = history.occurrences_in(Some(&arguments.task), i64::MIN..=asked.to - 1, ROWS)?;
    let mut told = Vec::new();
    for row in rows.iter().filter(|row| asked.covers(row, &in_force)) {
        let run = row.run.map(|run| history.run(&RunPrefix::from(run))).transpose()?;
        told.push(of_row(row, run.as_ref(), &zone));
    }
    let due = !told.is_empty() || in_force.iter().any(|schedule| asked.holds(schedule.rule.next(asked.from)));
    if told.is_empty() {
        let mut halts = history.halts()?;
        halts.retain(|halt| halt.task == arguments.task);
        told.extend(of_rules(&arguments.task, &asked, &in_force, (&rows, &halts)));
    }
    if arguments.json {
        terminal::line(&told.into_iter().map(|told| told.json).collect::<Value>().to_string())?;
    } else {
        told.iter().try_for_each(|told| terminal::line(&told.sentence))?;
    }
    Ok(if due { Answer::Yes } else { Answer::No })
}

/// Finds the rules of the schedules that are in force now.
fn in_force(history: &History, known: Vec<KnownSchedule>) -> Result<Vec<InForce>, CliError> {
    let mut found = Vec::new();
    for known in known.into_iter().filter(|known| known.until.is_none()) {
        let Some(hash) = history.current_image(&known.project, &known.task)? else { continue };
        let image = history.image(hash)?;
        let task = image.tasks.iter().find(|task| task.name == known.task);
        let written = task.and_then(|task| task.schedules.get(known.ordinal as usize));
        if let Some(Ok(rule)) = written.map(|written| Rule::new(&written.spec)) {
            found.push(InForce { rule, known });
        }
    }
    Ok(found)
}

impl Asked {
    /// Who names a full minute means what is due in it; so with a second.
    fn at(from: i64) -> Asked {
        let length = match from {
            minute if minute % MINUTE == 0 => MINUTE,
            second if second % SECOND == 0 => SECOND,
            _ => 1,
        };
        Asked { from, to: from.saturating_add(length) }
    }

    fn holds(&self, instant: Option<i64>) -> bool {
        instant.is_some_and(|instant| (self.from..self.to).contains(&instant))
    }

    fn covers(&self, row: &Occurrence, in_force: &[InForce]) -> bool {
        let in_span = row.until.is_some_and(|until| row.nominal < self.to && self.from <= until);
        // A span has only times at which its schedule is due; of one that is no longer in force that is not known.
        let rule = in_force.iter().find(|schedule| schedule.known.rule == row.rule);
        let is_due = rule.is_none_or(|schedule| self.holds(schedule.rule.next(self.from)));
        self.holds(Some(row.nominal)) || self.holds(Some(row.effective)) || in_span && is_due
    }
}

fn of_row(row: &Occurrence, run: Option<&RunSummary>, zone: &TimeZone) -> Told {
    let Occurrence { task, nominal, effective, .. } = row;
    let rule = if row.rule.is_empty() { String::new() } else { format!(" by `{}`", row.rule) };
    let mut sentence = match row.until {
        Some(until) => format!(
            "`{task}` was due{rule} again and again from {} to {}, and all of it",
            local(*nominal, zone),
            local(until, zone)
        ),
        None => format!("`{task}` was due on {}{rule}", local(*nominal, zone)),
    };
    if effective != nominal && row.until.is_none() {
        sentence.push_str(&format!(", to start at {} by its jitter,", clock(*effective, zone)));
    }
    let and = if row.until.is_some() { "" } else { " and" };
    let why = row.why.as_deref().unwrap_or("nobody wrote why");
    sentence.push_str(&match row.outcome {
        OccurrenceOutcome::Ran => format!("{and} started on time"),
        OccurrenceOutcome::Late => format!("{and} started {} late", times::length(row.decided_at - effective)),
        OccurrenceOutcome::Skipped => format!("{and} was skipped: {why}"),
        OccurrenceOutcome::Missed => format!("{and} was missed: {why}"),
        OccurrenceOutcome::Coalesced => format!("{and} was not run for itself: {why}"),
    });
    if let Some(run) = run {
        sentence.push_str(&format!(". Run {} {}", short(run.id), state(run, zone)));
    }
    sentence.push('.');
    let json = json!({
        "task": task,
        "due": times::universal(*nominal),
        "until": row.until.map(times::universal),
        "start": times::universal(*effective),
        "decided": times::universal(row.decided_at),
        "outcome": row.outcome.name(),
        "why": row.why,
        "rule": row.rule,
        "run": run.map(|run| run.id.to_string()),
        "started": run.and_then(|run| run.started_at).map(times::universal),
        "state": run.map(|run| run.state.name()),
        "sentence": sentence,
    });
    Told { sentence, json }
}

fn state(run: &RunSummary, zone: &TimeZone) -> String {
    match (run.started_at, run.ended_at) {
        (None, None) => "waits to begin".to_owned(),
        (None, Some(_)) => format!("is {} and never began", run.state),
        (Some(from), None) => format!("began at {} and is {}", clock(from, zone), run.state),
        (Some(from), Some(to)) => {
            format!("began at {} and {} after {}", clock(from, zone), ended(run), times::length(to - from))
        }
    }
}

fn ended(run: &RunSummary) -> &'static str {
    use runtime::engine::RunState;
    match run.state {
        RunState::Succeeded => "succeeded",
        RunState::Failed => "failed",
        RunState::Cancelled => "was cancelled",
        RunState::TimedOut => "took too long",
        RunState::Queued | RunState::Running | RunState::Waiting => "goes on",
    }
}

/// Tells what the schedules in force say of a time that has no row.
fn of_rules(task: &str, asked: &Asked, in_force: &[InForce], (rows, halts): (&[Occurrence], &[Halt])) -> Vec<Told> {
    let mut told = Vec::new();
    for InForce { rule, known } in in_force {
        let Some(due) = rule.next(asked.from).filter(|due| *due < asked.to) else { continue };
        let when = local(due, rule.zone());
        let words = &known.rule;
        let (outcome, sentence) = if due > times::now() {
            ("to_come", format!("`{task}` will be due on {when} by `{words}`."))
        } else if due < known.since {
            let since = local(known.since, rule.zone());
            let but = "and a schedule never runs what was before it";
            ("before", format!("`{task}` was not due on {when}: `{words}` is in force only since {since}, {but}."))
        } else if let Some(halt) = halts.iter().find(|halt| halt.stands() && halt.project == known.project) {
            let open =
                "and nothing is decided yet. `taskwright tasks resume` lets it go, and makes up for it by `catchup`";
            ("halted", format!("`{task}` was due on {when} by `{words}`, but is {}, {open}.", halt.words()))
        } else if rows.iter().any(|row| row.nominal > due) {
            let gone = "and has no row any more: history that is older than `retain` goes";
            ("gone", format!("`{task}` was due on {when} by `{words}`, {gone}."))
        } else {
            let open = "and nothing is decided yet: nothing has served since. The next `serve` does, by `catchup`";
            ("undecided", format!("`{task}` was due on {when} by `{words}`, {open}."))
        };
        told.push(without_row(task, Some(due), words, outcome, sentence));
    }
    if told.is_empty() {
        told.push(not_due(task, asked, in_force));
    }
    told
}

fn not_due(task: &str, asked: &Asked, in_force: &[InForce]) -> Told {
    let zone = in_force.first().map_or(TimeZone::UTC, |schedule| schedule.rule.zone().clone());
    let before: BTreeSet<i64> = in_force.iter().filter_map(|schedule| schedule.rule.previous(asked.from)).collect();
    let after: BTreeSet<i64> = in_force.iter().filter_map(|schedule| schedule.rule.next(asked.to)).collect();
    let mut sentence = format!("`{task}` is not due on {}", local(asked.from, &zone));
    if let Some(before) = before.last() {
        sentence.push_str(&format!(", but before that on {}", local(*before, &zone)));
    }
    if let Some(after) = after.first() {
        let and = if before.is_empty() { ", but" } else { " and" };
        sentence.push_str(&format!("{and} after it on {}", local(*after, &zone)));
    }
    sentence.push('.');
    without_row(task, None, "", "not_due", sentence)
}

fn without_row(task: &str, due: Option<i64>, rule: &str, outcome: &str, sentence: String) -> Told {
    let json = json!({
        "task": task,
        "due": due.map(times::universal),
        "until": null,
        "start": null,
        "decided": null,
        "outcome": outcome,
        "why": null,
        "rule": rule,
        "run": null,
        "started": null,
        "state": null,
        "sentence": sentence,
    });
    Told { sentence, json }
}

fn local(at: i64, zone: &TimeZone) -> String {
    shown(at, zone, "%a %F %T%.f")
}

fn clock(at: i64, zone: &TimeZone) -> String {
    shown(at, zone, "%T")
}

fn shown(at: i64, zone: &TimeZone, format: &str) -> String {
    Timestamp::from_microsecond(at)
        .map_or_else(|_| "a time out of range".to_owned(), |at| at.to_zoned(zone.clone()).strftime(format).to_string())
}
