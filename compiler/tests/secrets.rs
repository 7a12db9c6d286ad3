//! Secrets: what is made of one is one, and each that would be seen is told once, with the way that it took.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use compiler::{Analysis, Input, InputFile, analyze};
use diagnostics::Code;
use std::fmt::Write;
use std::path::Path;

fn analyzed(files: &[(&str, &str)]) -> Analysis {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../stdlib");
    let mut library = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "task") {
            let module = path.file_stem().unwrap().to_string_lossy().into_owned();
            library.push((module, std::fs::read_to_string(&path).unwrap()));
        }
    }
    library.sort();
    let files = files.iter().map(|(module, text)| InputFile {
        name: format!("{module}.task"),
        module: (*module).to_owned(),
        text: (*text).to_owned(),
    });
    analyze(Input { name: "test".into(), files: files.collect(), library, ..Input::default() })
}

/// Gives each error with its labels, as `line: text`.
fn told(files: &[(&str, &str)]) -> String {
    let analysis = analyzed(files);
    let mut said = String::new();
    for diagnostic in analysis.diagnostics.iter().filter(|each| each.is_error()) {
        writeln!(said, "{} {}", diagnostic.code.number(), diagnostic.message).unwrap();
        for label in std::iter::once(&diagnostic.primary).chain(&diagnostic.secondary) {
            let at = analysis.sources.start(label.place);
            let file = analysis.sources.file(label.place.file).name();
            let text = analysis.sources.text(label.place);
            writeln!(said, "  {file}:{} `{text}` {}", at.line, label.message).unwrap();
        }
    }
    said
}

fn leaks(text: &str) -> usize {
    let analysis = analyzed(&[("main", text)]);
    let errors: Vec<_> = analysis.diagnostics.iter().filter(|each| each.is_error()).collect();
    for error in &errors {
        assert_eq!(error.code, Code::SecretDisclosed, "{}", error.message);
    }
    errors.len()
}

const HEAD: &str = "secret TOKEN\n";

/// A task around statements.
fn task(body: &str) -> String {
    format!(
        "{HEAD}\n/// T.\ntask t()\n    needs net \"a.example\"\n    needs secret TOKEN\n    timeout 1m\n{{\n{body}\n}}\n"
    )
}

#[test]
fn a_way_goes_through_functions_records_lists_and_lambdas() {
    let shop = "record Login { user: string, token: secret<string> }\nfn bearer(token: secret<string>) -> secret<string> {\n    \"Bearer {token}\"\n}\n";
    let main = "use shop { Login, bearer }\nsecret TOKEN\n/// T.\ntask t()\n    needs secret TOKEN\n    timeout 1m\n{\n    let header = bearer(TOKEN)\n    let all = [Login(user: \"ann\", token: header)]\n    let loud = all.map(each => each.token.upper())\n    for text in loud {\n        log.info(text)\n    }\n}\n";
    let said = told(&[("main", main), ("shop", shop)]);
    let expected = r#"
E0602 the secret `TOKEN` would be seen by `log.info`, which does not take secrets
  main.task:12 `text` 15. `log.info` takes plain values
  main.task:2 `TOKEN` 1. the secret `TOKEN` is declared
  shop.task:2 `token` 2. `bearer` gets it as `token`
  shop.task:3 `"Bearer {token}"` 3. it is put into a text
  main.task:8 `bearer(TOKEN)` 4. `bearer` gives it back
  main.task:8 `header` 5. `header` keeps it
  main.task:9 `Login(user: "ann", token: header)` 6. it is put into the field `token` of `Login`
  main.task:9 `[Login(user: "ann", token: header)]` 7. it is put into a list
  main.task:9 `all` 8. `all` keeps it
  main.task:10 `each` 9. the lambda gets it as `each`
  main.task:10 `each.token` 10. it is read from the record
  main.task:10 `each.token.upper()` 11. `string.upper` of a secret is secret
  main.task:10 `all.map(each => each.token.upper())` 12. `list.map` passes it on
  main.task:10 `loud` 13. `loud` keeps it
  main.task:11 `text` 14. `text` keeps it
"#;
    assert_eq!(said.trim(), expected.trim());
}

#[test]
fn each_sink_is_told() {
    for body in [
        "    log.info(\"{TOKEN}\")",
        "    log.info(\"x\", token: TOKEN)",
        "    fail invalid \"no {TOKEN}\"",
        "    http.get(\"https://a.example/{TOKEN}\")",
        "    http.get(\"https://a.example/\", query: {\"t\": TOKEN})",
        "    if TOKEN == \"x\" { log.info(\"x\") }",
        "    if TOKEN in [\"x\"] { log.info(\"x\") }",
        "    match TOKEN {\n        \"x\" => {}\n        _ => {}\n    }",
        "    log.info(\"{TOKEN.len()}\")",
        "    let plain: string = TOKEN\n    log.info(plain)",
        "    var plain = \"\"\n    plain = TOKEN\n    log.info(plain)",
        "    let body: json = {\"token\": [TOKEN]}\n    http.post(\"https://a.example/\", json: body)",
        "    log.info(\"{[TOKEN].filter(t => t == \"x\").len()}\")",
    ] {
        assert_eq!(leaks(&task(body)), 1, "{body}\n{}", told(&[("main", &task(body))]));
    }
}

#[test]
fn what_takes_secrets_takes_all_that_is_made_of_them() {
    for body in [
        "    http.get(\"https://a.example/\", headers: {\"authorization\": \"Bearer {TOKEN}\", \"accept\": \"*/*\"})",
        "    let headers = {\"a\": \"x\", \"b\": TOKEN}\n    http.get(\"https://a.example/\", headers: headers)",
        "    http.post(\"https://a.example/\", json: {\"id\": 7, \"keys\": [TOKEN, \"x\"], \"more\": {\"k\": TOKEN.trim()}})",
        "    http.post(\"https://a.example/\", body: \"a\" + TOKEN + \"b\")",
        "    let body = if now() > run_start() { TOKEN } else { \"none\" }\n    http.post(\"https://a.example/\", body: body)",
        "    let first = [TOKEN].first() ?? \"x\"\n    http.post(\"https://a.example/\", body: first)",
        "    http.post(\"https://a.example/\", body: \"plain\", json: none)",
        "    let basic = base64.encode(\"ann:{TOKEN}\".bytes())\n    http.post(\"https://a.example/\", body: \"Basic {basic}\")",
        "    let signed = hash.hmac(TOKEN, \"x\".bytes())\n    http.post(\"https://a.example/\", body: signed)",
    ] {
        let text = format!("{}fn run_start() -> datetime {{ now() }}\n", task(body));
        let said = told(&[("main", &text)]);
        assert!(said.is_empty(), "{body}\n{said}");
    }
}

#[test]
fn functions_tell_by_their_signatures_and_once() {
    let plain = format!("{}fn show(text: string) {{ log.info(text) }}\n", task("    show(TOKEN)\n    show(\"x\")"));
    assert_eq!(leaks(&plain), 1);
    let inside =
        format!("{}fn show(text: secret<string>) {{ log.info(text) }}\n", task("    show(TOKEN)\n    show(TOKEN)"));
    assert_eq!(leaks(&inside), 1);
    let back = format!("{}fn back(text: secret<string>) -> string {{ text }}\n", task("    log.info(back(TOKEN))"));
    assert_eq!(leaks(&back), 1);
}

#[test]
fn functions_that_call_each_other_end() {
    let text = format!(
        "{}fn a(t: secret<string>, n: int) -> secret<string> {{ if n == 0 {{ t }} else {{ b(t, n - 1) }} }}\n\
         fn b(t: secret<string>, n: int) -> secret<string> {{ a(\"x{{t}}\", n) }}\n",
        task("    log.info(a(TOKEN, 3))")
    );
    assert_eq!(leaks(&text), 1);
}

#[test]
fn what_cannot_be_secret_is_told() {
    let said = told(&[(
        "main",
        "record R { a: string }\nevent E { t: secret<string> }\nfn f(a: secret<int>, b: secret<R>, c: secret<list<string>>) {}\nconst C = \"{T}\"\nsecret T\n/// T.\ntask t(p: secret<string>) -> secret<string> { p }\n",
    )]);
    assert_eq!(said.matches("E0603").count(), 6, "{said}");
}
