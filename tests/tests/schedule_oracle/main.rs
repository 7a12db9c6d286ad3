//! Every rule against two other readings of it, around the changes of the zones of the world from 2000 to 2040: a scan
//! of every minute ([`clock`]), and croner where it means the same.
//!
//! An ordinary run takes a spread sample; with `TASKWRIGHT_ORACLE=all` in the environment it takes every change of every
//! zone, which is for a release build: `TASKWRIGHT_ORACLE=all cargo test --release -p tests --test schedule_oracle`.

mod clock;
mod compare;
mod rules;
mod zones;

use compare::Tally;
use std::io::Write;
use zones::Database;

/// Of so many changes one is in the sample of an ordinary run.
const SPREAD: usize = 100;

/// Compares what a selection of zones gives, tells the figures and insists that there is no difference.
fn agree(database: &Database, sample: usize) -> Tally {
    let changes: Vec<_> = database.changes.iter().step_by(sample).collect();
    let tally = compare::all(&changes, &rules::cases());
    assert!(tally.differences.is_empty(), "{} differences, the first:\n{}", tally.differences.len(), tally.first());
    tally
}

fn agree_in(name: &str) -> Tally {
    let database = zones::database(|zone| zone == name);
    assert_eq!(database.zones, 1, "the time zone database has no {name}");
    agree(&database, 1)
}

#[test]
fn the_zones_of_the_world() {
    let whole = std::env::var("TASKWRIGHT_ORACLE").is_ok_and(|set| set == "all");
    let database = zones::database(|_| true);
    let tally = agree(&database, if whole { 1 } else { SPREAD });
    let rules = rules::cases().len();
    let Database { zones, transitions, .. } = &database;
    let what = if whole { "all" } else { "a sample" };
    let report =
        format!("{zones} zones with {transitions} transitions from 2000 to 2040 × {rules} rules, {what}: {tally}\n");
    // Past the capture of the test harness: the figures are what somebody runs this for.
    std::io::stdout().lock().write_all(report.as_bytes()).unwrap();
    assert!(rules >= 40);
    assert!(*zones > 400, "the time zone database has only {zones} zones");
    assert!(tally.instants > 100_000 && tally.croner > 10_000, "little was compared: {tally}");
}

#[test]
fn lord_howe_where_half_an_hour_is_missing() {
    assert!(agree_in("Australia/Lord_Howe").transitions > 80);
}

#[test]
fn apia_where_a_day_is_missing() {
    assert!(agree_in("Pacific/Apia").transitions > 20);
}

#[test]
fn cairo_where_midnight_is_missing() {
    assert!(agree_in("Africa/Cairo").transitions > 50);
}

#[test]
fn sao_paulo_where_midnight_was_missing() {
    assert!(agree_in("America/Sao_Paulo").transitions > 30);
}

#[test]
fn morocco_where_the_clock_goes_back_for_ramadan() {
    assert!(agree_in("Africa/Casablanca").transitions > 80);
}
