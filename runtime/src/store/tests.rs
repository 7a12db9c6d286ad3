#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::folder::{Waits, open_folder};
use super::*;
use crate::engine::{Act, Asked, Body, End, EngineError, ImageHash, NewRun, OccurrenceOutcome, Row, RunId, RunState};
use crate::engine::{Gates, Slots, Transition, Trigger};
use bytecode::{Class, Image, NativeId, WhenFull};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

fn start(folder: &Path) -> Store {
    let (connection, epoch) = open_folder(folder, Waits::ForDisk).unwrap();
    Store::start(folder, connection, epoch, Duration::from_millis(300)).unwrap()
}

fn deploy(store: &Store) -> ImageHash {
    let image = Image { name: "toy".to_owned(), ..Image::default() };
    let (bytes, hash) = (image.encode().into(), image_hash(&image));
    store.apply(Work::Deploy { image: Arc::new(image), bytes, hash, at: 0, standing: Standing::Current }).unwrap();
    hash
}

fn new_run(number: u8, image: ImageHash, trigger: Trigger) -> NewRun {
    NewRun {
        id: RunId([number; 16]),
        project: "toy".to_owned(),
        task: "tidy".to_owned(),
        image,
        position: 0,
        trigger,
        arguments: vec![],
        created_at: 5,
        timeout: Some(100),
        gates: Gates {
            slots: matches!(trigger, Trigger::Schedule { .. }).then(|| Slots {
                group: "toy/tidy/schedule".to_owned(),
                at_once: 1,
                otherwise: WhenFull::Skip,
            }),
            ..Gates::default()
        },
    }
}

fn row(seq: u64) -> Row {
    let asked = Asked { operation: seq, native: NativeId(0), class: Class::Once, request: 1 };
    Row { seq, at: 10, body: Body::Intent { asked, steps: Vec::new() } }
}

fn fire(number: u8, image: ImageHash, nominal: i64) -> Work {
    Work::Fire(Box::new(Fire {
        schedule: 1,
        run: new_run(number, image, Trigger::Schedule { due: nominal }),
        nominal,
        effective: nominal,
        at: nominal,
        outcome: OccurrenceOutcome::Ran,
    }))
}

#[test]
fn no_query_scans_a_table() {
    let folder = tempfile::tempdir().unwrap();
    let (connection, _) = open_folder(folder.path(), Waits::ForDisk).unwrap();
    let all = [
        backup::ALL,
        between::ALL,
        caches::ALL,
        delays::ALL,
        figures::ALL,
        halts::ALL,
        held::ALL,
        images::ALL,
        journal::ALL,
        logs::ALL,
        reactions::ALL,
        requests::ALL,
        retention::ALL,
        runs::ALL,
        schedules::ALL,
        slots::ALL,
        versions::ALL,
    ];
    for (name, sql) in all.into_iter().flatten() {
        let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let parameters = vec![rusqlite::types::Null; statement.parameter_count()];
        let mut rows = statement.query(rusqlite::params_from_iter(parameters)).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let detail: String = row.get(3).unwrap();
            // The partial index of active runs is as small as what is asked for.
            let small = detail.contains("runs_active") || detail.contains("CONSTANT ROW");
            assert!(!detail.contains("SCAN") || small, "{name}: {detail}");
        }
    }
}

#[test]
fn a_row_is_written_once_and_refused_the_second_time() {
    let folder = tempfile::tempdir().unwrap();
    let store = start(folder.path());
    let image = deploy(&store);
    store.apply(Work::Start(Box::new(new_run(1, image, Trigger::Manual)))).unwrap();
    let mut transition = Transition::new(RunId([1; 16]), 0);
    transition.rows = vec![row(0), row(1)];
    assert_eq!(store.apply(Work::Advance(transition.clone())).unwrap(), Applied::Done);
    assert!(store.apply(Work::Advance(transition)).is_err());
    assert!(store.fatal().is_none(), "one refused transition stops nothing");
    let reader = Reader::open(folder.path()).unwrap();
    assert_eq!(reader.rows(1, 0, 10).unwrap(), [row(0), row(1)]);
}

#[test]
fn a_transition_is_applied_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let store = start(folder.path());
    let image = deploy(&store);
    store.apply(Work::Start(Box::new(new_run(1, image, Trigger::Manual)))).unwrap();
    let mut transition = Transition::new(RunId([1; 16]), 0);
    transition.rows = vec![row(0)];
    let end = End { state: RunState::Cancelled, outcome: None, at: 9, operations: 0 };
    transition.acts = vec![Act::End(end.clone()), Act::End(end)];
    assert!(matches!(store.apply(Work::Advance(transition)), Err(EngineError::Ended(_))));
    let reader = Reader::open(folder.path()).unwrap();
    assert_eq!(reader.rows(1, 0, 10).unwrap(), []);
    assert_eq!(reader.load(RunId([1; 16])).unwrap().run.state, RunState::Running);
}

#[test]
fn timers_are_read_in_pages_also_where_many_are_due_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let store = start(folder.path());
    let image = deploy(&store);
    for (number, until) in [(1, 50), (2, 70), (3, 50), (4, 50), (5, 50), (6, 90)] {
        store.apply(Work::Start(Box::new(new_run(number, image, Trigger::Manual)))).unwrap();
        let mut transition = Transition::new(RunId([number; 16]), 0);
        transition.acts = vec![Act::Park { until }];
        store.apply(Work::Advance(transition)).unwrap();
    }
    let reader = Reader::open(folder.path()).unwrap();
    let (mut behind, mut found) = ((i64::MIN, i64::MIN), Vec::new());
    loop {
        let page = reader.due_timers(behind, 90, 2).unwrap();
        let Some((_, last)) = page.last() else { break };
        behind = *last;
        found.extend(page.iter().map(|(run, (at, _))| (run.0[0], *at)));
    }
    assert_eq!(found, [(1, 50), (3, 50), (4, 50), (5, 50), (2, 70)]);
}

#[test]
fn what_queues_up_is_committed_together() {
    let folder = tempfile::tempdir().unwrap();
    let store = start(folder.path());
    let image = deploy(&store);
    let (sender, receiver) = mpsc::channel();
    for number in 1..=200 {
        let sender = sender.clone();
        let work = Work::Start(Box::new(new_run(number, image, Trigger::Manual)));
        store.submit(work, move |applied| sender.send(applied.is_ok()).unwrap());
    }
    drop(sender);
    store.help();
    assert_eq!(receiver.iter().filter(|done| *done).count(), 200);
    assert_eq!(Reader::open(folder.path()).unwrap().runs(i64::MAX, 1000).unwrap().len(), 200);
}

#[test]
fn what_breaks_a_rule_is_taken_out_of_its_batch_and_the_others_are_committed() {
    let folder = tempfile::tempdir().unwrap();
    let store = start(folder.path());
    let image = deploy(&store);
    for number in 1..=3 {
        store.apply(Work::Start(Box::new(new_run(number, image, Trigger::Manual)))).unwrap();
    }
    let (sender, receiver) = mpsc::channel();
    // The second run writes a row that is there already by the end of the batch; the others write one each.
    for (place, number) in [1, 2, 2, 3].into_iter().enumerate() {
        let mut transition = Transition::new(RunId([number; 16]), 0);
        transition.rows = vec![row(0)];
        let sender = sender.clone();
        store.submit(Work::Advance(transition), move |applied| sender.send((place, applied.is_ok())).unwrap());
    }
    drop(sender);
    store.help();
    let mut outcomes: Vec<(usize, bool)> = receiver.iter().collect();
    outcomes.sort_unstable();
    assert_eq!(outcomes, [(0, true), (1, true), (2, false), (3, true)]);
    let reader = Reader::open(folder.path()).unwrap();
    assert!((1..=3).all(|run| reader.rows(run, 0, 10).unwrap() == [row(0)]));
    assert!(store.fatal().is_none());
}

#[test]
fn a_reader_that_holds_on_stops_nobody_and_its_room_is_given_back() {
    let folder = tempfile::tempdir().unwrap();
    let store = start(folder.path());
    let image = deploy(&store);
    let held = rusqlite::Connection::open(folder.path().join("taskwright.db")).unwrap();
    held.execute_batch("BEGIN").unwrap();
    let runs = || -> i64 { held.query_row("SELECT count(*) FROM runs", [], |row| row.get(0)).unwrap() };
    assert_eq!(runs(), 0);
    let wal = || std::fs::metadata(folder.path().join("taskwright.db-wal")).unwrap().len();
    let mut long = new_run(0, image, Trigger::Manual);
    long.arguments = vec![Some(crate::Data::String("x".repeat(100_000)))];
    for number in 1..=100 {
        store.apply(Work::Start(Box::new(NewRun { id: RunId([number; 16]), ..long.clone() }))).unwrap();
    }
    assert_eq!(runs(), 0, "it sees what was there when it began");
    let grown = wal();
    assert!(grown > 10_000_000, "nothing can be moved behind a reader: {grown}");
    held.execute_batch("COMMIT").unwrap();
    assert_eq!(runs(), 100);
    for number in 101..=200 {
        store.apply(Work::Start(Box::new(NewRun { id: RunId([number; 16]), ..long.clone() }))).unwrap();
    }
    // One commit more finds nobody in its way.
    assert!(wal() < grown + 1_000_000, "the log begins again at its front: {} behind {grown}", wal());
}

#[test]
fn a_due_time_has_one_row_and_one_run() {
    let folder = tempfile::tempdir().unwrap();
    let store = start(folder.path());
    let image = deploy(&store);
    assert!(matches!(store.apply(fire(1, image, 60)).unwrap(), Applied::Began(_)));
    assert_eq!(store.apply(fire(2, image, 60)).unwrap(), Applied::Already);
    assert_eq!(store.apply(fire(3, image, 120)).unwrap(), Applied::Skipped("previous still running"));
    let reader = Reader::open(folder.path()).unwrap();
    assert_eq!(reader.runs(i64::MAX, 10).unwrap().len(), 1);
}

#[test]
fn a_full_disk_is_waited_for_and_then_told() {
    let folder = tempfile::tempdir().unwrap();
    let (connection, epoch) = open_folder(folder.path(), Waits::ForDisk).unwrap();
    let pages: i64 = connection.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
    connection.pragma_update(None, "max_page_count", pages + 4).unwrap();
    let store = Store::start(folder.path(), connection, epoch, Duration::from_millis(300)).unwrap();
    let image = deploy(&store);
    let mut failed = None;
    let mut started = 0_usize;
    for number in 1..=200 {
        match store.apply(Work::Start(Box::new(new_run(number, image, Trigger::Manual)))) {
            Ok(_) => started += 1,
            Err(error) => {
                failed = Some(error);
                break;
            }
        }
    }
    assert!(matches!(failed, Some(EngineError::DiskFull { .. })), "{failed:?}");
    assert!(matches!(store.apply(Work::Answered { request: 1 }), Err(EngineError::DiskFull { .. })));
    store.close();
    // What was acknowledged is there, and nothing else.
    let store = start(folder.path());
    assert_eq!(Reader::open(folder.path()).unwrap().runs(i64::MAX, 1000).unwrap().len(), started);
    store.close();
}

#[test]
fn a_process_that_lost_the_folder_is_fenced() {
    let folder = tempfile::tempdir().unwrap();
    let before = start(folder.path());
    let image = deploy(&before);
    let after = start(folder.path());
    let started = before.apply(Work::Start(Box::new(new_run(1, image, Trigger::Manual))));
    assert!(matches!(started, Err(EngineError::Fenced { .. })), "{started:?}");
    assert!(matches!(before.fatal(), Some(EngineError::Fenced { .. })));
    after.apply(Work::Start(Box::new(new_run(1, image, Trigger::Manual)))).unwrap();
}

#[test]
fn what_somebody_may_ask_for_is_not_trimmed() {
    let folder = tempfile::tempdir().unwrap();
    let store = start(folder.path());
    let image = deploy(&store);
    let parent = RunId([1; 16]);
    store.apply(Work::Start(Box::new(new_run(1, image, Trigger::Manual)))).unwrap();
    store.apply(Work::Start(Box::new(new_run(2, image, Trigger::Task { run: parent })))).unwrap();
    store.apply(Work::Start(Box::new(new_run(3, image, Trigger::Manual)))).unwrap();
    store.apply(Work::Start(Box::new(new_run(4, image, Trigger::Manual)))).unwrap();
    let end = |number: u8, seq: u64, emits: bool| {
        let mut transition = Transition::new(RunId([number; 16]), seq);
        transition.rows = vec![row(seq)];
        if emits {
            let data = crate::Data::Int(7);
            transition.acts.push(Act::Emit { operation: 1, at: 9, name: "paid".to_owned(), data });
        }
        let end = End { state: RunState::Succeeded, outcome: None, at: 10, operations: 1 };
        transition.acts.push(Act::End(end));
        store.apply(Work::Advance(transition)).unwrap();
    };
    let left = || -> Vec<i64> {
        let runs = Reader::open(folder.path()).unwrap().runs(i64::MAX, 10).unwrap();
        runs.iter().rev().map(|run| run.row).collect()
    };
    let trim = |unseen_to| store.apply(Work::Trim(Old::Runs { rows: vec![1, 2, 3, 4], unseen_to })).unwrap();
    end(2, 0, false);
    end(3, 0, true);
    end(4, 0, false);
    assert_eq!(trim(0), Applied::Trimmed(4));
    assert_eq!(left(), [1, 2, 3, 4], "the parent goes on, an event may be seen, the newest stays");
    end(1, 0, false);
    assert_eq!(trim(0), Applied::Trimmed(4));
    assert_eq!(left(), [3, 4], "the parent went before its child, which nobody can ask for any more");
    trim(1);
    assert_eq!(left(), [4]);
    let reader = Reader::open(folder.path()).unwrap();
    assert!(reader.rows(3, 0, 10).unwrap().is_empty());
    assert_eq!(reader.rows(4, 0, 10).unwrap().len(), 1);
}
