//! All starts of some tasks in a span of time, counted: how many, at which hours, and which come together.
//!
//! Nothing but counts is kept, one for each minute and hour of the span, so a year of a thousand schedules takes a moment.
//! How a forecast is shown is left to others.

mod clock;
mod together;

use crate::{Becomes, Doors, Rule, jitter_of};
use clock::WallClock;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use together::Minutes;

pub use together::Together;

/// How many parts the line of a task has.
pub const PARTS: usize = 120;

/// The longest span, in days.
const MOST_DAYS: i64 = 3_660;

/// The most starts.
const MOST_STARTS: u64 = 10_000_000;

/// How many starts are listed, at most.
const MOST_LISTED: usize = 10_000;

const DAY: i64 = crate::wall::DAY;

/// A task with its schedules.
#[derive(Clone, Debug)]
pub struct Scheduled {
    /// The name of the task.
    pub task: String,
    /// Its schedules, each with the widest delay that spreads it.
    pub rules: Vec<(Rule, Option<i64>)>,
    /// How long its runs last, as far as that is known.
    pub lasts: Option<i64>,
    /// What stands before its starts.
    pub doors: Doors,
}

/// What is to come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forecast {
    /// A line for each task, in their order.
    pub tasks: Vec<Line>,
    /// How many starts there are in all.
    pub starts: u64,
    /// The starts of each hour, by the clock on the wall.
    pub hours: Hours,
    /// Which tasks start in the same minute, the most first.
    pub together: Vec<Together>,
    /// Every start, if they are not more than 10,000.
    pub list: Option<Vec<Start>>,
}

/// What is to come of one task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The task.
    pub task: String,
    /// How often it starts.
    pub starts: u64,
    /// Its first start.
    pub first: Option<i64>,
    /// Its last one.
    pub last: Option<i64>,
    /// How many starts come while the run before may still go on, by how long runs last.
    pub overlaps: u64,
    /// How many due times are put off, by windows or hours.
    pub delayed: u64,
    /// For how many due times nothing runs, by windows or hours.
    pub skipped: u64,
    /// The starts in each of [`PARTS`] equal parts of the span.
    pub parts: Vec<u64>,
}

/// The starts of each hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hours {
    /// The first hour, a full one.
    pub first: DateTime,
    /// Its starts, and those of each hour that the clock shows after it. An hour that comes twice is one.
    pub starts: Vec<u64>,
}

/// A start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Start {
    /// When, jitter included.
    pub at: i64,
    /// The number of its task.
    pub task: usize,
    /// The number of its schedule.
    pub schedule: usize,
}

/// Why there is no forecast.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ForecastError {
    /// The span ends before it begins.
    #[error("the time ends before it begins")]
    Empty,
    /// The span is too long.
    #[error("the time is longer than {MOST_DAYS} days")]
    TooLong,
    /// There are too many starts.
    #[error("there are more than {MOST_STARTS} starts in this time")]
    TooMany,
}

/// Counts the starts of tasks from an instant on and before another, with the hours of a zone.
///
/// # Errors
/// A span that is empty, or longer than ten years, and more than ten million starts.
pub fn forecast(tasks: &[Scheduled], from: i64, to: i64, zone: &TimeZone) -> Result<Forecast, ForecastError> {
    if to <= from {
        return Err(ForecastError::Empty);
    }
    if to.checked_sub(from).is_none_or(|length| length > MOST_DAYS * DAY) {
        return Err(ForecastError::TooLong);
    }
    let mut count = Count::new(from, to, zone);
    let mut lines = Vec::new();
    for (number, task) in tasks.iter().enumerate() {
        lines.push(count.task(number, task)?);
    }
    if let Some(list) = &mut count.list {
        list.sort_unstable();
    }
    let together = count.minutes.together(tasks);
    Ok(Forecast { tasks: lines, starts: count.starts, hours: count.clock.hours(), together, list: count.list })
}

/// What is counted on the way.
struct Count {
    from: i64,
    to: i64,
    starts: u64,
    clock: WallClock,
    minutes: Minutes,
    list: Option<Vec<Start>>,
}

impl Count {
    fn new(from: i64, to: i64, zone: &TimeZone) -> Count {
        let (clock, minutes) = (WallClock::new(from, to, zone), Minutes::new(from, to));
        Count { from, to, starts: 0, clock, minutes, list: Some(Vec::new()) }
    }

    fn task(&mut self, number: usize, task: &Scheduled) -> Result<Line, ForecastError> {
        let parts = vec![0; PARTS];
        let mut line = Line {
            task: task.task.clone(),
            starts: 0,
            first: None,
            last: None,
            overlaps: 0,
            delayed: 0,
            skipped: 0,
            parts,
        };
        let mut add = |count: &mut Count, due, at, schedule| {
            let start = Start { at, task: number, schedule };
            match count.pass(task, due, &mut line, start) {
                Some(at) => count.add(&mut line, Start { at, ..start }, task.lasts.unwrap_or(0)),
                None => Ok(()),
            }
        };
        match task.rules.as_slice() {
            [only] => self.starts_of(&task.task, 0, only).try_for_each(|(due, at)| add(self, due, at, 0))?,
            several => {
                let mut all = Vec::new();
                let room = usize::try_from(MOST_STARTS).unwrap_or(usize::MAX);
                for (schedule, rule) in several.iter().enumerate() {
                    let starts = self.starts_of(&task.task, schedule, rule).take(room);
                    all.extend(starts.map(|(due, at)| (due, at, schedule)));
                    if all.len() > room {
                        return Err(ForecastError::TooMany);
                    }
                }
                all.sort_unstable();
                // Equal instants of one task are one fire.
                all.dedup_by_key(|(due, _, _)| *due);
                all.sort_unstable_by_key(|(_, at, schedule)| (*at, *schedule));
                all.into_iter().try_for_each(|(due, at, schedule)| add(self, due, at, schedule))?;
            }
        }
        Ok(line)
    }

    /// Gives the due times of a schedule with the starts that come of them.
    fn starts_of<'r>(
        &self,
        task: &str,
        schedule: usize,
        (rule, jitter): &'r (Rule, Option<i64>),
    ) -> impl Iterator<Item = (i64, i64)> + use<'r> {
        let delay = jitter.map_or(0, |widest| jitter_of(task, schedule, widest));
        let to = self.to;
        let starts = rule.iter(self.from.saturating_sub(delay)).map(move |due| (due, due.saturating_add(delay)));
        starts.take_while(move |(_, at)| *at < to)
    }

    /// Gives when a start begins behind what stands before it, if it does, and before the end of the span.
    fn pass(&self, task: &Scheduled, due: i64, line: &mut Line, start: Start) -> Option<i64> {
        if task.doors.are_open() {
            return Some(start.at);
        }
        let next = || task.rules.get(start.schedule)?.0.next(due.saturating_add(1)).map(|next| next + (start.at - due));
        match task.doors.pass(start.at, &next) {
            Becomes::Starts => Some(start.at),
            Becomes::Delayed { to, .. } => {
                line.delayed += 1;
                Some(to).filter(|to| *to < self.to)
            }
            Becomes::Skipped { .. } | Becomes::Coalesced { .. } => {
                line.skipped += 1;
                None
            }
        }
    }

    fn add(&mut self, line: &mut Line, start: Start, lasts: i64) -> Result<(), ForecastError> {
        self.starts += 1;
        if self.starts > MOST_STARTS {
            return Err(ForecastError::TooMany);
        }
        line.starts += 1;
        line.overlaps += u64::from(line.last.is_some_and(|last| start.at - last < lasts));
        line.first = line.first.or(Some(start.at));
        line.last = Some(start.at);
        let part = i128::from(start.at - self.from) * PARTS as i128 / i128::from(self.to - self.from);
        if let Some(part) = usize::try_from(part).ok().and_then(|part| line.parts.get_mut(part)) {
            *part += 1;
        }
        self.clock.add(start.at);
        self.minutes.add(start.task, start.at);
        match &mut self.list {
            Some(list) if list.len() < MOST_LISTED => list.push(start),
            list @ Some(_) => *list = None,
            None => {}
        }
        Ok(())
    }
}
