//! `runs list` finds runs by what is known of them.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use tests::Scratch;

const SOURCE: &str = r#"
/// Gives its number, or has none.
task number(n: int) -> int
    timeout 1m
{
    if n < 0 { fail not_found "There is NO number {n}" }
    n
}

/// Calls it.
task calls()
    timeout 1m
    tags "outer", "late shift"
{
    log.info("{call number(n: 4)}")
}
"#;

#[test]
fn runs_are_found_by_task_state_trigger_tag_age_and_error() {
    let scratch = Scratch::new();
    scratch.write("number.task", SOURCE);
    for n in ["1", "-2", "3", "-3"] {
        scratch.run(&["run", "number.task:number", &format!("n={n}")]);
    }
    scratch.run(&["run", "number.task:calls"]).expect_code(0);
    let count = |filters: &[&str]| {
        let found = scratch.run(&[&["runs", "list", "--json"], filters].concat());
        (found.code, found.json().as_array().unwrap().len())
    };
    assert_eq!(count(&[]), (0, 6));
    assert_eq!(count(&["--task", "number"]), (0, 5));
    assert_eq!(count(&["--state", "failed"]), (0, 2));
    assert_eq!(count(&["--state", "failed", "--state", "succeeded", "-n", "4"]), (0, 4));
    assert_eq!(count(&["--trigger", "task"]), (0, 1));
    assert_eq!(count(&["--tag", "outer"]), (0, 1));
    assert_eq!(count(&["--tag", "inner"]), (1, 0));
    assert_eq!(count(&["--error", "no number -3"]), (0, 1));
    assert_eq!(count(&["--error", "not_found", "--since", "2h"]), (0, 2));
    assert_eq!(count(&["--since", "2999-01-01"]), (1, 0));
    let wrong = scratch.run(&["runs", "list", "--state", "faild"]).expect_code(2);
    assert!(wrong.stderr.contains("failed"), "{}", wrong.stderr);
    let wrong = scratch.run(&["runs", "list", "--since", "yesterday"]).expect_code(2);
    assert!(wrong.stderr.contains("`yesterday` is not a time"), "{}", wrong.stderr);
}
