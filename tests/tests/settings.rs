//! Settings and calendars from end to end: what stands beside the sources of a project reaches its programs.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use tests::Scratch;

const SOURCE: &str = r#"
type Percent = int where it in 0..=100

setting REGION: string = "eu"
setting SHARE: Percent
setting PAUSE: duration = 30s
setting LIMITS: map<string, int> = {}
setting NOTE: string?

/// Says what is configured.
task show() -> string
    timeout 1m
{
    "{REGION} {SHARE} {PAUSE} {LIMITS} {NOTE}"
}
"#;

fn scratch(settings: &str) -> Scratch {
    let scratch = Scratch::new();
    scratch.write("taskwright.toml", format!("[project]\nname = \"shop\"\n[settings]\n{settings}"));
    scratch.write("show.task", SOURCE);
    scratch
}

#[test]
fn the_environment_goes_before_the_file_and_the_file_before_the_default() {
    let scratch = scratch("SHARE = 20\nPAUSE = \"90s\"\nLIMITS = { a = 1 }\n");
    let run = ["run", "show.task", "--ephemeral"];
    assert_eq!(scratch.run(&run).stdout.trim(), r#"eu 20 1m30s {"a": 1} none"#);
    let output = scratch
        .command(&run)
        .env("TASKWRIGHT_SETTING_SHARE", "30")
        .env("TASKWRIGHT_SETTING_REGION", "us")
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), r#"us 30 1m30s {"a": 1} none"#);
}

#[test]
fn what_does_not_fit_is_told_before_anything_runs() {
    let told = |settings: &str| {
        let refused = scratch(settings).run(&["run", "show.task", "--ephemeral"]);
        assert_eq!(refused.code, 2);
        refused.stderr
    };
    let missing = told("");
    assert!(missing.contains("the setting `SHARE` has no value: write `SHARE = …` below [settings]"), "{missing}");
    assert!(missing.contains("`TASKWRIGHT_SETTING_SHARE`"), "{missing}");
    let wrong = told("SHARE = 120\nPAUSE = \"soon\"\nREGOIN = \"eu\"\n");
    for expected in [
        "the setting `SHARE`: found 120, which is no `Percent`",
        "the setting `PAUSE`: expected a duration like `1h30m` or `PT1H30M`, found string \"soon\"",
        "the program has no setting `REGOIN`; did you mean `REGION`?",
    ] {
        assert!(wrong.contains(expected), "{expected} in {wrong}");
    }
}

#[test]
fn a_calendar_beside_the_sources_is_read() {
    let scratch = Scratch::new();
    let events = "BEGIN:VEVENT\nDTSTART;VALUE=DATE:20251225\nRRULE:FREQ=YEARLY\nEND:VEVENT\n";
    scratch.write("days/holidays.ics", format!("BEGIN:VCALENDAR\n{events}END:VCALENDAR\n"));
    let source = "calendar holidays from \"days/holidays.ics\"\n\n/// Works.\ntask work() -> bool\n    timeout 1m\n    \
                  on daily at 09:00 in \"UTC\" except holidays\n{\n    holidays.contains(2031-12-25)\n}\n";
    scratch.write("work.task", source);
    assert_eq!(scratch.run(&["run", "work.task", "--ephemeral"]).stdout.trim(), "true");
    let due =
        scratch.run(&["schedule", "next", "work.task", "-n", "2", "--from", "2026-12-24T00:00Z", "--json"]).stdout;
    assert!(due.contains("2026-12-24T09:00:00Z") && due.contains("2026-12-26T09:00:00Z"), "{due}");

    scratch.write("days/holidays.ics", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:soon\nEND:VEVENT\nEND:VCALENDAR\n");
    let checked = scratch.run(&["check", "work.task"]);
    let told = checked.stderr + &checked.stdout;
    assert!(told.contains("`days/holidays.ics`, line 3: found `soon`, expected a date like `20261225`"), "{told}");
    assert!(told.contains("DTSTART:soon"), "{told}");
}
