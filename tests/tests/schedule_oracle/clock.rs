//! The clock on the wall around a change of a zone, read at every minute, and what a rule gives by that reading.
//!
//! It knows nothing of gaps and folds, and does no arithmetic on zones: a time that comes once is due when the clock
//! first shows it or has gone past it, what repeats is due whenever the clock shows it.

use crate::rules::Due;
use jiff::Timestamp;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;

pub const MINUTE: i64 = 60_000_000;
pub const HOUR: i64 = 60 * MINUTE;
const MINUTES_OF_DAY: i64 = 1_440;

/// How far to each side of a change instants are compared.
pub const REACH: i64 = 36 * HOUR;

/// How much earlier the reading begins: a window of the day before and a missing day have to be seen from their start.
const WARM_UP: i64 = 56 * HOUR;

/// What the clock shows in one minute.
#[derive(Clone, Copy)]
pub struct Face {
    /// Days since 1970.
    pub day: i64,
    pub hour: i64,
    pub minute: i64,
    pub month: i8,
    pub number: i8,
    /// The length of its month.
    pub last: i8,
    /// Sunday is 0, as in cron.
    pub weekday: i8,
}

impl Face {
    pub fn is(&self, hour: i64, minute: i64) -> bool {
        self.hour == hour && self.minute == minute
    }
}

/// The days that the modifiers of a schedule leave.
#[derive(Clone, Copy)]
pub struct Life {
    pub starting: i64,
    pub ending: i64,
    pub except: i64,
}

impl Life {
    fn holds(this: Option<&Life>, day: i64) -> bool {
        this.is_none_or(|life| (life.starting..=life.ending).contains(&day) && day != life.except)
    }
}

/// The readings of one clock, minute by minute.
pub struct Clock {
    /// The instant of the first reading, in minutes since 1970.
    first: i64,
    /// From where on instants are compared.
    compared: i64,
    /// Everything the clock shows or goes past, in order.
    faces: Vec<Face>,
    /// For each minute: the number of the face that is shown, and of the latest one so far.
    shown: Vec<(usize, usize)>,
}

impl Clock {
    /// Reads the clock of a zone around an instant.
    pub fn read(zone: &TimeZone, change: i64) -> Clock {
        assert_eq!(change % MINUTE, 0, "a change that is not at a full minute");
        let (from, to) = (change - REACH - WARM_UP, change + REACH);
        let walls: Vec<i64> = (from / MINUTE..to / MINUTE).map(|minute| wall_minute(zone, minute * MINUTE)).collect();
        let (lowest, highest) =
            walls.iter().fold((i64::MAX, i64::MIN), |(low, high), at| (low.min(*at), high.max(*at)));
        let mut latest = 0;
        let shown = walls.iter().map(|wall| {
            let number = usize::try_from(wall - lowest).unwrap();
            latest = latest.max(number);
            (number, latest)
        });
        let shown = shown.collect();
        Clock { first: from / MINUTE, compared: (change - REACH) / MINUTE, faces: faces(lowest, highest), shown }
    }

    /// Gives the instants at which a rule is due, rising.
    pub fn due(&self, due: &Due, life: Option<&Life>) -> Vec<i64> {
        let mut found = match due {
            Due::Once { named, seconds } => self.once(*named, seconds, life),
            Due::Shown { named, seconds } => self.shown(*named, seconds, life),
            Due::Grid { period, days } => self.grid(*period, *days, life),
            Due::Window { from, length, period, days } => self.window(*from, *length, *period, *days, life),
        };
        found.retain(|instant| *instant >= self.compared * MINUTE);
        found.sort_unstable();
        found.dedup();
        found
    }

    fn instant(&self, at: usize) -> i64 {
        (self.first + i64::try_from(at).unwrap()) * MINUTE
    }

    /// Gives the faces that the clock shows for the first time, or goes past, in one minute.
    fn passed(&self, at: usize) -> std::ops::RangeInclusive<usize> {
        self.shown[at - 1].1 + 1..=self.shown[at].1
    }

    fn once(&self, named: fn(&Face) -> bool, seconds: &[i64], life: Option<&Life>) -> Vec<i64> {
        let mut found = Vec::new();
        for at in 1..self.shown.len() {
            for number in self.passed(at) {
                let face = &self.faces[number];
                if named(face) && Life::holds(life, face.day) {
                    // What the clock went past is due at once, whatever its second.
                    let is_shown = number == self.shown[at].0;
                    found.extend(
                        seconds.iter().map(|second| self.instant(at) + i64::from(is_shown) * second * 1_000_000),
                    );
                }
            }
        }
        found
    }

    fn shown(&self, named: fn(&Face) -> bool, seconds: &[i64], life: Option<&Life>) -> Vec<i64> {
        let mut found = Vec::new();
        for (at, (number, _)) in self.shown.iter().enumerate() {
            let face = &self.faces[*number];
            if named(face) && Life::holds(life, face.day) {
                found.extend(seconds.iter().map(|second| self.instant(at) + second * 1_000_000));
            }
        }
        found
    }

    fn grid(&self, period: i64, days: fn(&Face) -> bool, life: Option<&Life>) -> Vec<i64> {
        let begins = life.map(|life| {
            let reached = |at: &usize| self.faces[self.shown[*at].1].day >= life.starting;
            self.instant((0..self.shown.len()).find(reached).unwrap())
        });
        let named = |at: &usize| {
            let face = &self.faces[self.shown[*at].0];
            let instant = self.instant(*at);
            let on_grid = (instant - begins.unwrap_or(0)) % (period * MINUTE) == 0;
            on_grid && begins.is_none_or(|begins| instant >= begins) && days(face) && Life::holds(life, face.day)
        };
        (0..self.shown.len()).filter(named).map(|at| self.instant(at)).collect()
    }

    fn window(&self, from: i64, length: i64, period: i64, days: fn(&Face) -> bool, life: Option<&Life>) -> Vec<i64> {
        let mut found = Vec::new();
        for opens in 1..self.shown.len() {
            for number in self.passed(opens) {
                let face = &self.faces[number];
                if face.hour * 60 + face.minute != from || !days(face) || !Life::holds(life, face.day) {
                    continue;
                }
                let end = number + usize::try_from(length).unwrap();
                let closes = (opens..self.shown.len()).find(|at| self.shown[*at].1 >= end);
                let closes = closes.unwrap_or(self.shown.len() - 1);
                let steps = (opens..=closes).step_by(usize::try_from(period).unwrap());
                found.extend(steps.map(|at| self.instant(at)));
            }
        }
        found
    }
}

/// Gives what the clock shows at an instant, in minutes since 1970.
pub fn wall_minute(zone: &TimeZone, instant: i64) -> i64 {
    let offset = zone.to_offset(Timestamp::from_microsecond(instant).unwrap());
    assert_eq!(offset.seconds() % 60, 0, "an offset that is not of full minutes");
    instant / MINUTE + i64::from(offset.seconds()) / 60
}

fn faces(lowest: i64, highest: i64) -> Vec<Face> {
    let mut known: Option<(i64, Date)> = None;
    let faces = (lowest..=highest).map(|wall| {
        let day = wall.div_euclid(MINUTES_OF_DAY);
        let of_day = match known {
            Some((known, of_day)) if known == day => of_day,
            Some(_) | None => date(1970, 1, 1).checked_add(jiff::Span::new().days(day)).unwrap(),
        };
        known = Some((day, of_day));
        let minute = wall.rem_euclid(MINUTES_OF_DAY);
        Face {
            day,
            hour: minute / 60,
            minute: minute % 60,
            month: of_day.month(),
            number: of_day.day(),
            last: of_day.days_in_month(),
            weekday: of_day.weekday().to_sunday_zero_offset(),
        }
    });
    faces.collect()
}
