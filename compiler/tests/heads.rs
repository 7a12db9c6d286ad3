//! Heads, permissions and lints: sources with what is said about them.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use compiler::{Analysis, Input, InputFile};
use diagnostics::Diagnostic;

fn analyze(text: &str) -> Analysis {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../stdlib");
    let mut library = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "task") {
            let module = path.file_stem().unwrap().to_string_lossy().into_owned();
            library.push((module, std::fs::read_to_string(&path).unwrap()));
        }
    }
    library.sort();
    let file = InputFile { name: "a.task".to_owned(), module: "a".to_owned(), text: text.to_owned() };
    compiler::analyze(Input { name: "a".to_owned(), files: vec![file], library, ..Input::default() })
}

/// Gives each diagnostic as `CODE "what is underlined" message`, and its help behind `=`.
fn told(text: &str) -> String {
    let analysis = analyze(text);
    let show = |diagnostic: &Diagnostic| {
        let place = analysis.sources.text(diagnostic.primary.place).lines().next().unwrap_or("").to_owned();
        let help: String = diagnostic.help.iter().map(|help| format!("\n  = {help}")).collect();
        format!("{} <{place}> {}{help}\n", diagnostic.code.number(), diagnostic.message)
    };
    analysis.diagnostics.iter().map(show).collect()
}

/// Makes a task of clauses and a body.
fn task(parameters: &str, clauses: &[&str], body: &str) -> String {
    let clauses: String = clauses.iter().map(|clause| format!("    {clause}\n")).collect();
    format!("/// Does it.\ntask t({parameters})\n{clauses}    timeout 1h\n{{\n    {body}\n}}\n")
}

fn head(clause: &str) -> String {
    told(&task("", &[clause], "log.info(\"x\")"))
}

fn body(clauses: &[&str], body: &str) -> String {
    told(&task("", clauses, body))
}

/// Applies the only fix of the only diagnostic.
fn fixed(text: &str) -> String {
    let analysis = analyze(text);
    let [diagnostic] = analysis.diagnostics.as_slice() else { panic!("{}", told(text)) };
    let [fix] = diagnostic.fixes.as_slice() else { panic!("{diagnostic:?}") };
    let mut edited = text.to_owned();
    for edit in fix.edits.iter().rev() {
        edited.replace_range(edit.place.span.start as usize..edit.place.span.end as usize, &edit.text);
    }
    edited
}

#[test]
fn a_wrong_word_or_zone_is_told_at_the_word_with_the_near_one() {
    let weekly = head("on weekly on mondai, friday at 09:00 in \"UTC\"");
    assert!(weekly.contains("E0504 <mondai> `mondai` is not a day of the week"), "{weekly}");
    assert!(weekly.contains("E0504 <friday> `friday` is not a day of the week\n  = did you mean `fri`?"), "{weekly}");
    let zone = head("on daily at 02:30 in \"Europe/Berln\"");
    let expected = "E0505 <Europe/Berln> there is no time zone `Europe/Berln`\n  = did you mean `Europe/Berlin`?\n";
    assert_eq!(zone, expected);
}

#[test]
fn a_cron_expression_is_told_at_the_field_that_is_wrong() {
    let found = head("on cron \"61 9 * * *\" in \"UTC\"");
    assert!(found.starts_with("E0506 <61> the minute of the cron expression is `61`"), "{found}");
    let found = head("on cron \"0 0 31 2 *\" in \"UTC\"");
    assert!(found.starts_with("E0507 <0 0 31 2 *> the schedule is never due"), "{found}");
}

#[test]
fn arguments_of_a_schedule_fit_the_parameters() {
    let found = told(&task(
        "keep: int where it >= 1, name: string",
        &["on daily at 02:30 in \"UTC\" with (keep: 0, nam: \"x\")"],
        "log.info(\"{keep} {name}\")",
    ));
    assert!(found.contains("E0510 <0> the parameter `keep` refuses this value"), "{found}");
    assert!(found.contains("E0508 <nam> the task `t` has no parameter `nam`\n  = did you mean `name`?"), "{found}");
    // What is missing is what was misspelt.
    assert!(!found.contains("E0509"), "{found}");
    let missing = told(&task("name: string", &["on daily at 02:30 in \"UTC\""], "log.info(name)"));
    assert!(missing.contains("E0509"), "{missing}");
    let text = task("keep: duration", &["on daily at 02:30 in \"UTC\" with (keep: 90m)"], "log.info(\"{keep}\")");
    let program = analyze(&text).program.expect("right");
    assert_eq!(program.tasks[0].schedules[0].arguments, [("keep".to_owned(), "\"PT1H30M\"".to_owned())]);
    assert_eq!(program.tasks[0].timeout, Some(3_600_000_000));
}

#[test]
fn constants_are_followed_to_what_they_touch() {
    let found = body(&[], "let host = \"api.example.com\"\n    http.get(\"https://{host}/x\")");
    assert!(found.contains("`http.get` talks to `api.example.com`, and the head of `t` does not permit it"), "{found}");
    let found = body(&["needs files read \"logs/**\""], "log.info(files.read(\"data/{today()}\"))");
    assert!(found.starts_with("E0601") && found.contains("needs files read \"data/**\""), "{found}");
    assert_eq!(body(&["needs files read \"data/**\""], "log.info(files.read(\"./data/{today()}\"))"), "");
    let lambda = "let codes = [1].map(x => exec.run(\"zip\", [\"{x}\"]).code)\n    log.info(\"{codes.len()}\")";
    assert!(body(&["needs exec \"tar\""], lambda).starts_with("E0601 <exec.run"));
}

#[test]
fn what_a_function_touches_counts_where_it_is_called() {
    let fetch = "fn fetch(host: string) {\n    http.post(\"https://{host}/x\")\n}\n";
    let calls = task("", &["needs net \"a.com\""], "fetch(\"a.com\")\n    fetch(\"b.com\")");
    let found = told(&format!("{fetch}{calls}"));
    let expected = "E0601 <fetch(\"b.com\")> `http.post` talks to `b.com`, and the head of `t` does not permit it\n  \
                    = add `needs net \"b.com\"` to the head\n";
    assert_eq!(found, expected);
}

#[test]
fn fixes_add_and_remove_clauses() {
    let get = "http.get(\"https://a.com\")";
    let right = task("", &["needs net \"a.com\""], get);
    assert_eq!(fixed(&task("", &["needs exec \"tar\"", "needs net \"a.com\""], get)), right);
    assert_eq!(fixed(&task("", &["needs net \"b.com\", \"a.com\""], get)), right);
    assert_eq!(told(&right), "");
    let bare = task("", &[], get);
    assert_eq!(told(&fixed(&bare)), "");
}
