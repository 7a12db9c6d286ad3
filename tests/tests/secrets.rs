//! Secrets from end to end: they arrive where they are meant to, and nothing that is kept or shown has them.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::Path;
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
fn a_missing_value_is_told_before_the_run_begins() {
    let scratch = scratch();
    let refused = scratch.run(&["run", "echo.task"]);
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("TASKWRIGHT_SECRET_SHOP_TOKEN"), "{}", refused.stderr);
    assert!(refused.stderr.contains("password.txt"), "{}", refused.stderr);
    let listed = scratch.run(&["runs", "list"]);
    assert!(!listed.stdout.contains("echo"), "{}", listed.stdout);
}
