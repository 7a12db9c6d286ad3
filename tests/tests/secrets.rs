//! Secrets from end to end: they arrive where they are meant to, and nothing that is kept or shown has them.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use runtime::engine::{Engine, EngineError, EngineOptions, RunId, StartRun};
use runtime::history::{Step, StepKind};
use std::path::Path;
use std::time::Duration;
use tests::Scratch;

const TOKEN: &str = "tok-5f1c-secret-value";
const PASSWORD: &str = "correct horse battery";

const SOURCE: &str = r#"
secret SHOP_TOKEN
secret PASSWORD

record Login { user: string, password: secret<string> }

fn bearer(token: secret<string>) -> secret<string> {
    "Bearer {token}"
}

/// Gives secrets to a program that sends them back.
task echo(fails: bool = false) -> string
    needs exec "sh"
    needs secret SHOP_TOKEN, PASSWORD
    timeout 1m
{
    let logins = [Login(user: "ann", password: PASSWORD.upper())]
    let headers = [bearer(SHOP_TOKEN)].map(each => "{each}!")
    wait 10ms
    let env = {"HEADER": headers.first() ?? "", "LOGIN": logins[0].password, "PLAIN": "plain"}
    let script = r"""printf '%s,%s,%s,%s,' "${#HEADER}" "$LOGIN" "$PLAIN" "$HEADER"; cat; exit $CODE"""
    let output = exec.run("sh", ["-c", script], env: env.merge({"CODE": if fails { "3" } else { "0" }}), input: PASSWORD)
    log.info("said", output: output.stdout)
    output.stdout
}
"#;

fn scratch() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("taskwright.toml", "[project]\nname = \"shop\"\n[secrets]\nPASSWORD = { file = \"password.txt\" }\n");
    scratch.write("echo.task", SOURCE);
    scratch
}

/// Gives the files of a folder that have a text in them.
fn holding(folder: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(holding(&path, text));
        } else if std::fs::read(&path).unwrap().windows(text.len()).any(|part| part == text.as_bytes()) {
            found.push(path.display().to_string());
        }
    }
    found
}

#[test]
fn a_secret_arrives_and_is_kept_nowhere() {
    let scratch = scratch();
    scratch.write("password.txt", format!("{PASSWORD}\n"));
    let run = |arguments: &[&str]| {
        let mut command = scratch.command(arguments);
        let output = command.env("TASKWRIGHT_SECRET_SHOP_TOKEN", TOKEN).output().unwrap();
        (
            output.status.code().unwrap(),
            String::from_utf8(output.stdout).unwrap(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    let (code, result, talk) = run(&["run", "echo.task"]);
    assert_eq!(code, 0, "{talk}");
    // The length shows that the program had the real value; the value itself is taken out of what it said.
    let length = "Bearer !".len() + TOKEN.len();
    assert_eq!(result.trim(), format!("{length},[secret],plain,[secret],[secret]"), "{talk}");

    let (code, failed, talk_of_failure) = run(&["run", "echo.task", "fails=true", "--json"]);
    assert_eq!(code, 1);
    let (_, shown, _) = run(&["runs", "show", "last"]);
    let (_, logs, _) = run(&["runs", "logs", "last"]);
    for secret in [TOKEN, PASSWORD, &PASSWORD.to_uppercase()] {
        for said in [&result, &talk, &failed, &talk_of_failure, &shown, &logs] {
            assert!(!said.contains(secret), "{said}");
        }
        assert_eq!(holding(&scratch.path(".taskwright"), secret), Vec::<String>::new());
    }
    assert!(failed.contains("[secret]"), "{failed}");
}

#[test]
fn a_program_does_not_inherit_the_secrets_of_others() {
    let scratch = Scratch::new();
    scratch.write("taskwright.toml", "[project]\nname = \"shop\"\n[secrets]\nPASSWORD = { env = \"SHOP_PASSWORD\" }\n");
    scratch.write(
        "print.task",
        "
/// Prints its environment.
task print() -> string
    needs exec \"env\"
    timeout 1m
{
    exec.run(\"env\", [], env: {\"SHOP_GIVEN\": \"given\"}).stdout
}
",
    );
    let mut command = scratch.command(&["run", "print.task"]);
    command.env("TASKWRIGHT_SECRET_SHOP_TOKEN", TOKEN).env("SHOP_PASSWORD", PASSWORD).env("SHOP_PLAIN", "plain");
    let output = command.env("TASKWRIGHT_DATA_KEY", "17".repeat(32)).output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(printed.contains("SHOP_GIVEN=given") && printed.contains("SHOP_PLAIN=plain"), "{printed}");
    for withheld in ["TASKWRIGHT_SECRET", "TASKWRIGHT_DATA_KEY", "SHOP_PASSWORD", TOKEN, PASSWORD] {
        assert!(!printed.contains(withheld), "{withheld} in {printed}");
    }
}

#[test]
fn a_missing_value_is_told_before_the_run_begins() {
    let scratch = scratch();
    let refused = scratch.run(&["run", "echo.task"]);
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("TASKWRIGHT_SECRET_SHOP_TOKEN"), "{}", refused.stderr);
    assert!(refused.stderr.contains("password.txt"), "{}", refused.stderr);
    let listed = scratch.run(&["runs", "list"]);
    assert!(!listed.stdout.contains("echo"), "{}", listed.stdout);
}

/// What a sign-in gives is not in the program, nor in the environment: its parts are put together by another process.
const HELD: &str = "held-5f1c-by-the-run";
const OTHER: &str = "part-of-another-kind";

const SIGN_IN: &str = r#"
record Session { user: string, token: secret<string> }

fn part() -> secret<string> {
    secret(exec.run("sh", ["-c", "printf 'part-%s' of-another-kind"]).stdout)
}

/// Signs in, sleeps, and uses what it was given.
task sign_in() -> string
    needs exec "sh"
    timeout 1m
{
    let said = exec.run("sh", ["-c", r"""printf '{"user": "ann", "token": "held-%s"}' 5f1c-by-the-run"""]).stdout
    let session: Session = json.parse(said).decode()
    let other = part()
    log.info("signed in", user: session.user)
    wait 300ms
    let env = {"TOKEN": "{session.token}!", "PART": other}
    let used = exec.run("sh", ["-c", r"""printf '%s,%s,%s' "${#TOKEN}" "${#PART}" "$TOKEN" """], env: env)
    used.stdout
}
"#;

fn open(folder: &Path) -> Result<Engine, EngineError> {
    Engine::open(EngineOptions {
        // The wait leaves the memory, and comes back from its snapshot.
        park_after: Duration::from_millis(10),
        ..EngineOptions::new(folder, stdlib::natives())
    })
}

/// Starts to sign in, and lets the process go once the run waits.
fn sign_in_until_it_waits(folder: &Path) -> RunId {
    let engine = open(folder).unwrap();
    let image = engine.deploy(tests::compile(SIGN_IN)).unwrap();
    let run = engine.start(StartRun { image, task: "sign_in".to_owned(), arguments: Vec::new() }).unwrap();
    let waits = |step: &Step| matches!(&step.what, StepKind::Waits { .. });
    while !engine.history().unwrap().steps(run, 0, 100).unwrap().iter().any(waits) {
        assert_eq!(engine.follow_for(run, Duration::from_millis(5)).unwrap(), None);
    }
    run
}

#[test]
fn what_a_run_finds_and_holds_is_sealed_and_outlives_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let run = sign_in_until_it_waits(folder.path());
    let engine = open(folder.path()).unwrap();
    let summary = engine.follow_for(run, Duration::from_secs(30)).unwrap().unwrap();
    let expected = format!("{},{},[secret]", HELD.len() + 1, OTHER.len());
    assert_eq!(summary.outcome, Some(Ok(runtime::Data::String(expected))));
    let steps = format!("{:?}", engine.history().unwrap().steps(run, 0, 100).unwrap());
    drop(engine);
    for secret in [HELD, OTHER] {
        assert!(!steps.contains(secret), "{steps}");
        assert_eq!(holding(folder.path(), secret), Vec::<String>::new());
    }
}

#[test]
fn a_run_whose_key_is_gone_waits_until_it_is_back() {
    let folder = tempfile::tempdir().unwrap();
    let run = sign_in_until_it_waits(folder.path());
    let (key, aside) = (folder.path().join("secret.key"), folder.path().join("aside"));
    std::fs::rename(&key, &aside).unwrap();
    let without = open(folder.path()).unwrap();
    let error = without.follow_for(run, Duration::from_secs(30)).unwrap_err();
    assert!(matches!(error, EngineError::Key { .. }), "{error}");
    drop(without);
    std::fs::rename(&aside, &key).unwrap();
    let engine = open(folder.path()).unwrap();
    let summary = engine.follow_for(run, Duration::from_secs(30)).unwrap().unwrap();
    assert!(matches!(summary.outcome, Some(Ok(_))), "{summary:?}");
}
