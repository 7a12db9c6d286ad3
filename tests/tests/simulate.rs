//! `taskwright simulate` shows what is to come, as a picture, as SVG and as JSON, and runs nothing.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use tests::Scratch;

const CHORES: &str = r#"
/// Backs up.
task backup()
    on daily at 02:30, 14:30
    timeout 1h
{
    log.info("backed up")
}

/// Reports.
task report()
    on cron "30 2 * * MON-FRI"
    timeout 1h
{
    log.info("reported")
}

/// Looks, whenever the clock shows a full hour.
task look()
    on cron "0 * * * *"
    timeout 1m
{
    log.info("looked")
}

/// Closes the books.
task books()
    on monthly on last day at 06:00 in "UTC"
    on monthly on last day, 15 at 06:00 in "UTC"
    timeout 1h
{
    log.info("closed")
}
"#;

fn chores() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("taskwright.toml", "[project]\nname = \"chores\"\nzone = \"Europe/Berlin\"\n");
    scratch.write("chores.task", CHORES);
    scratch
}

#[test]
fn a_few_days_are_shown_with_every_day_and_the_change_of_the_clock() {
    let scratch = chores();
    let shown = scratch.run(&["simulate", "--from", "2026-03-28", "--to", "2026-04-01"]).expect_code(0);
    insta::assert_snapshot!(shown.stdout, @r#"
    106 starts of 4 tasks in 5 schedules, from Sat 2026-03-28 00:00 to Wed 2026-04-01 00:00 in Europe/Berlin

    Time line (a mark is 1h 35m)
      backup          8  ·█·······█······█······█·······█······█·······█·······█·····  daily at 02:30, 14:30 in Europe/Berlin
      report          2  ·······························█··············█·············  cron "30 2 * * MON-FRI" in Europe/Berlin
      look           95  ██▄█▄██▄█▄█▄██▄█▄██▄█▄█▄██▄█▄██▄█▄█▄██▄█▄██▄█▄█▄██▄█▄██▄█▄█▄  cron "0 * * * *" in Europe/Berlin
      books           1  ·················································█··········  monthly on last day at 06:00 in UTC; monthly on last day, 15 at 06:00 in UTC

    Load (starts in each hour; ██ is 3)
                      00    03    06    09    12    15    18    21
      Sat 2026-03-28  ▒▒▒▒▓▓▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▓▓▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒
      Sun 2026-03-29  ▒▒▒▒··▓▓▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▓▓▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒
      Mon 2026-03-30  ▒▒▒▒██▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▓▓▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒
      Tue 2026-03-31  ▒▒▒▒██▒▒▒▒▒▒▒▒▒▒▓▓▒▒▒▒▒▒▒▒▒▒▓▓▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒
      the busiest hour begins Mon 2026-03-30 02:00 with 3 starts

    Together in one minute (`jitter` spreads them)
            2 ×  2 tasks, first Mon 2026-03-30 02:30: backup, report
            1 ×  2 tasks, first Sun 2026-03-29 03:00: backup, look
            1 ×  2 tasks, first Tue 2026-03-31 08:00: look, books

    Where the clock changes
      Sun 2026-03-29  due 1 time less, in the hour that Europe/Berlin leaves out: look
      Sun 2026-03-29  02:30 does not exist in Europe/Berlin, due at 03:00: backup
    "#);
    assert_eq!(shown.stderr, "");
    assert!(!scratch.path(".taskwright").exists(), "nothing runs, so nothing is written");
}

#[test]
fn a_year_is_shown_by_weekdays_and_drawn() {
    let scratch = chores();
    let arguments = ["simulate", "chores.task", "--from", "2026-01-01", "--to", "2027-01-01", "--svg", "year.svg"];
    let shown = scratch.run(&arguments).expect_code(0);
    insta::assert_snapshot!(shown.stdout, @r#"
    9,775 starts of 4 tasks in 5 schedules, from Thu 2026-01-01 00:00 to Fri 2027-01-01 00:00 in Europe/Berlin

    Time line (a mark is 6d 02h)
      backup        730  ████████████████████████████████████████████████████████████  daily at 02:30, 14:30 in Europe/Berlin
      report        261  ▇█▇▇██▇▇▇▇▇███▇▇▇▇▇██▇▇▇█▇▇██▇▇▇▇▇███▇▇▇▇▇██▇▇▇▇▇███▇▇▇▇▇██▇  cron "30 2 * * MON-FRI" in Europe/Berlin
      look        8,760  ████████████████████████████████████████████████████████████  cron "0 * * * *" in Europe/Berlin
      books          24  ··█·█··█·█··█·█··█·█··█·█··█·█··█·█··█·█··█·█··█·█··█·█··█·█  monthly on last day at 06:00 in UTC; monthly on last day, 15 at 06:00 in UTC

    Load (starts in each hour, the most of any such day; ██ is 3)
           00    03    06    09    12    15    18    21
      mon  ▒▒▒▒██▒▒▒▒▒▒▒▒▓▓▓▓▒▒▒▒▒▒▒▒▒▒▓▓▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒
      tue  ▒▒▒▒██▒▒▒▒▒▒▒▒▓▓▓▓▒▒▒▒▒▒▒▒▒▒▓▓▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒
      wed  ▒▒▒▒██▒▒▒▒▒▒▒▒▒▒▓▓▒▒▒▒▒▒▒▒▒▒▓▓▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒
      thu  ▒▒▒▒██▒▒▒▒▒▒▒▒▓▓▓▓▒▒▒▒▒▒▒▒▒▒▓▓▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒
      fri  ▒▒▒▒██▒▒▒▒▒▒▒▒▒▒▓▓▒▒▒▒▒▒▒▒▒▒▓▓▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒
      sat  ▒▒▒▒▓▓▒▒▒▒▒▒▒▒▓▓▓▓▒▒▒▒▒▒▒▒▒▒▓▓▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒
      sun  ▒▒▒▒██▓▓▒▒▒▒▒▒▓▓▓▓▒▒▒▒▒▒▒▒▒▒▓▓▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒
      the busiest hour begins Thu 2026-01-01 02:00 with 3 starts

    Together in one minute (`jitter` spreads them)
          261 ×  2 tasks, first Thu 2026-01-01 02:30: backup, report
           24 ×  2 tasks, first Thu 2026-01-15 07:00: look, books
            1 ×  2 tasks, first Sun 2026-03-29 03:00: backup, look

    Where the clock changes
      Sun 2026-03-29  due 1 time less, in the hour that Europe/Berlin leaves out: look
      Sun 2026-03-29  02:30 does not exist in Europe/Berlin, due at 03:00: backup
      Sun 2026-10-25  02:30 comes twice in Europe/Berlin, due the first time: backup
      Sun 2026-10-25  due 1 time more, in the hour that comes twice in Europe/Berlin: look
    "#);
    let drawing = scratch.read("year.svg");
    assert!(drawing.starts_with("<svg xmlns=") && drawing.ends_with("</svg>\n"));
    assert!(drawing.contains("<title>mon 02:00, 3 starts</title>"), "{drawing}");
    assert_eq!(drawing.matches("<rect").count(), drawing.matches("</rect>").count() + 1);
}

#[test]
fn the_same_is_there_as_json() {
    let scratch = chores();
    let arguments = ["simulate", "--from", "2026-10-24T12:00", "--to", "2026-10-25T12:00", "--json"];
    let found = scratch.run(&arguments).expect_code(0).json();
    assert_eq!(found["version"], 1);
    assert_eq!(found["from"], "2026-10-24T10:00:00Z");
    assert_eq!(found["zone"], "Europe/Berlin");
    assert_eq!(found["starts"], 27);
    assert_eq!(found["tasks"][2]["task"], "look");
    assert_eq!(found["tasks"][2]["starts"], 25);
    assert_eq!(found["tasks"][2]["rules"][0], "cron \"0 * * * *\" in Europe/Berlin");
    assert_eq!(found["tasks"][0]["first"], "2026-10-24T12:30:00Z");
    assert_eq!(found["tasks"][0]["overlaps"], serde_json::Value::Null);
    let twice = &found["hours"][14];
    assert_eq!((&twice["local"], &twice["starts"]), (&"2026-10-25T02:00:00".into(), &3.into()));
    let changes = found["clock_changes"].as_array().unwrap();
    let told: Vec<_> = changes.iter().map(|change| (change["effect"].as_str().unwrap(), &change["tasks"][0])).collect();
    assert_eq!(told, [("first_of_two", &"backup".into()), ("repeated", &"look".into())]);
    assert_eq!(found["list"].as_array().unwrap().len(), 27);
    assert_eq!(found["list"][1]["at"], "2026-10-24T11:00:00Z");
}

#[test]
fn starts_that_come_before_a_run_is_done_are_told_from_the_runs_that_were() {
    let scratch = Scratch::new();
    let slow = "/// Waits.\ntask slow()\n    on every 1s\n    timeout 1m\n{\n    wait 1100ms\n}\n";
    scratch.write("slow.task", slow);
    scratch.run(&["run", "slow.task"]).expect_code(0);
    let shown =
        scratch.run(&["simulate", "slow.task", "--from", "2026-01-01", "--to", "2026-01-01T00:01"]).expect_code(0);
    let told = shown.stdout.lines().find(|line| line.starts_with("  slow: 59 starts, for its runs last up to "));
    assert!(told.is_some(), "{}", shown.stdout);
}

#[test]
fn what_makes_no_sense_is_said() {
    let scratch = chores();
    let refused = |from: &str, to: &str| scratch.run(&["simulate", "--from", from, "--to", to]).expect_code(2).stderr;
    assert!(refused("2026-01-02", "2026-01-01").contains("the time ends before it begins"));
    assert!(refused("2026-01-01", "2046-01-01").contains("the time is longer than 3660 days"));
    assert!(refused("soon", "2026-01-01").contains("`soon` is not a time"));
    let none = Scratch::new();
    none.write("a.task", "/// Greets.\ntask a() timeout 1m { log.info(\"hello\") }\n");
    let quiet = none.run(&["simulate", "a.task"]).expect_code(1);
    assert_eq!((quiet.stdout.as_str(), quiet.stderr.as_str()), ("", "no task has a schedule\n"));
}
