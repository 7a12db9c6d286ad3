//! The comparison itself, on all processors.

use crate::clock::{Clock, Life, REACH, wall_minute};
use crate::rules::{Case, Croner};
use crate::zones::Shared;
use croner::Cron;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use schedule::{Bound, Catchup, Form, Rule, Spec};
use std::fmt;
use std::str::FromStr;

/// How many differences are shown.
const SHOWN: usize = 12;

/// What was compared, and what did not agree.
#[derive(Default)]
pub struct Tally {
    pub transitions: usize,
    pub rules: usize,
    pub instants: usize,
    pub croner: usize,
    pub differences: Vec<String>,
}

impl Tally {
    pub fn first(&self) -> String {
        self.differences.iter().take(SHOWN).map(|difference| format!("{difference}\n")).collect()
    }

    fn add(&mut self, other: Tally) {
        self.transitions += other.transitions;
        self.rules += other.rules;
        self.instants += other.instants;
        self.croner += other.croner;
        self.differences.extend(other.differences);
    }

    fn check(&mut self, what: &str, case: &Case, zone: &TimeZone, found: &[i64], expected: &[i64]) {
        self.instants += found.len();
        if found == expected {
            return;
        }
        let only = |these: &[i64], those: &[i64]| {
            let only = these.iter().filter(|instant| !those.contains(instant)).take(5);
            only.map(|instant| zoned(*instant, zone).to_string()).collect::<Vec<_>>().join(", ")
        };
        self.differences.push(format!(
            "{} {what}: ours alone [{}], missing [{}]",
            case.name,
            only(found, expected),
            only(expected, found)
        ));
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Tally { transitions, rules, instants, croner, differences } = self;
        write!(
            out,
            "{transitions} transitions, {rules} pairs of a transition and a rule, {instants} instants compared with a scan of \
             every minute, {croner} of them with croner too; {} differences",
            differences.len()
        )
    }
}

/// Compares all rules at all changes.
pub fn all(changes: &[&Shared], cases: &[Case]) -> Tally {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let mut tally = Tally::default();
    std::thread::scope(|scope| {
        let parts = changes.chunks(changes.len().div_ceil(processors).max(1));
        let workers: Vec<_> = parts
            .map(|part| {
                scope.spawn(move || {
                    let mut tally = Tally::default();
                    part.iter().for_each(|shared| one(&mut tally, shared, cases));
                    tally
                })
            })
            .collect();
        workers.into_iter().for_each(|worker| tally.add(worker.join().unwrap()));
    });
    tally
}

fn one(tally: &mut Tally, shared: &Shared, cases: &[Case]) {
    let change = shared.change.instant;
    let zones: Vec<TimeZone> = shared.zones.iter().map(|name| TimeZone::get(name).unwrap()).collect();
    // Around the change the clocks of these zones show the same, so one reading is enough.
    let clock = Clock::read(&zones[0], change);
    let day = wall_minute(&zones[0], change).div_euclid(1_440);
    let life = Life { starting: day - 1, ending: day + 1, except: day };
    tally.transitions += zones.len();
    tally.rules += zones.len() * cases.len();
    for case in cases {
        let expected = clock.due(&case.due, None);
        for (name, zone) in shared.zones.iter().zip(&zones) {
            let found = instants(&spec(&case.form, name), change);
            tally.check(name, case, zone, &found, &expected);
        }
        let bounded = instants(&bounded(&case.form, &shared.zones[0], &life), change);
        let what = format!("{}, two days and not the one between", shared.zones[0]);
        tally.check(&what, case, &zones[0], &bounded, &clock.due(&case.due, Some(&life)));
        look_back(tally, case, &shared.zones[0], change, &expected);
        with_croner(tally, case, shared, &zones[0], &expected);
    }
}

fn spec(form: &Form, zone: &str) -> Spec {
    Spec {
        form: form.clone(),
        zone: Some(zone.to_owned()),
        jitter: None,
        except: Vec::new(),
        starting: None,
        ending: None,
        catchup: Catchup::Latest,
    }
}

fn bounded(form: &Form, zone: &str, life: &Life) -> Spec {
    let day = |day: i64| i32::try_from(day).unwrap();
    Spec {
        except: vec![day(life.except)],
        starting: Some(Bound::Date(day(life.starting))),
        ending: Some(Bound::Date(day(life.ending))),
        ..spec(form, zone)
    }
}

/// Gives our instants around a change, which rise.
fn instants(spec: &Spec, change: i64) -> Vec<i64> {
    let rule = Rule::new(spec).unwrap();
    let found: Vec<i64> = rule.iter(change - REACH).take_while(|instant| *instant < change + REACH).collect();
    assert!(found.is_sorted_by(|a, b| a < b), "the instants of {spec:?} do not rise");
    found
}

/// Looking back must find what lies before: the last of all, and those next to the change.
fn look_back(tally: &mut Tally, case: &Case, name: &str, change: i64, expected: &[i64]) {
    let rule = Rule::new(&spec(&case.form, name)).unwrap();
    let near = expected.partition_point(|instant| *instant < change);
    for &wanted in expected.iter().skip(near.saturating_sub(1)).take(3) {
        let before = rule.previous(wanted + 1);
        if before != Some(wanted) {
            let zone = rule.zone();
            let found = before.map(|instant| zoned(instant, zone).to_string());
            let wanted = zoned(wanted, zone);
            tally.differences.push(format!("{} {name}: before {wanted} and a moment lies {found:?}", case.name));
        }
    }
}

fn with_croner(tally: &mut Tally, case: &Case, shared: &Shared, zone: &TimeZone, expected: &[i64]) {
    let Form::Cron(text) = &case.form else { return };
    let change = shared.change.instant;
    // It gives up in a gap of more than two hours.
    let comparable = match case.croner {
        Croner::Same => shared.change.forward() <= 7_200,
        Croner::SameWithinDay => shared.change.forward() <= 7_200 && !shared.change.leaves_day(),
        Croner::Other => false,
    };
    if !comparable {
        return;
    }
    let cron = Cron::from_str(text).unwrap();
    let due = cron.iter_from(zoned(change - REACH, zone), croner::Direction::Forward);
    let due = due.map(|due| due.timestamp().as_microsecond()).take_while(|due| *due < change + REACH);
    let due: Vec<i64> = due.collect();
    tally.croner += due.len();
    tally.check(&format!("{} against croner", shared.zones[0]), case, zone, expected, &due);
}

fn zoned(instant: i64, zone: &TimeZone) -> Zoned {
    Timestamp::from_microsecond(instant).unwrap().to_zoned(zone.clone())
}
