//! Files, programs and the web, against real folders, real processes and a real server.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use runtime::{Answer, Data, EffectContext, NativeFn, Permission, PermissionKind};
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use PermissionKind::{Exec, FilesRead, FilesWrite, Net};

fn context(base: &Path, permissions: &[(PermissionKind, &str)]) -> EffectContext {
    let permissions = permissions.iter().map(|(kind, target)| Permission { kind: *kind, target: (*target).to_owned() });
    EffectContext {
        permissions: permissions.collect::<Vec<_>>().into(),
        idempotency_key: "5".repeat(64),
        base: base.to_owned(),
        dir: base.join(".private"),
        mark: "test".into(),
        withheld: ["TASKWRIGHT_TEST_WITHHELD".into()].into(),
    }
}

async fn perform(context: &EffectContext, name: &str, arguments: Vec<Data>) -> Answer {
    match stdlib::natives().get(name) {
        Some(NativeFn::Effect(effect)) => effect(context.clone(), arguments).await,
        _ => panic!("{name} is no operation of the library"),
    }
}

fn text(text: &str) -> Data {
    Data::String(text.to_owned())
}

fn texts(items: &[&str]) -> Data {
    Data::List(items.iter().map(|item| text(item)).collect())
}

fn kind(answer: &Answer) -> &str {
    match answer {
        Answer::Done(Ok(_)) => "done",
        Answer::Done(Err(failure))
        | Answer::NotDone(failure)
        | Answer::NotNow { failure, .. }
        | Answer::Unknown(failure) => &failure.kind,
    }
}

fn done(answer: Answer) -> Data {
    match answer {
        Answer::Done(Ok(data)) => data,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_file_is_written_read_copied_moved_listed_and_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let context = context(folder.path(), &[(FilesRead, "data/**"), (FilesWrite, "data/**")]);
    let missing = perform(&context, "files.write", vec![text("data/a.txt"), text("one")]).await;
    assert!(
        matches!(&missing, Answer::Done(Err(failure)) if failure.message.contains("files.make_dir")),
        "{missing:?}"
    );
    done(perform(&context, "files.make_dir", vec![text("data/sub")]).await);
    done(perform(&context, "files.make_dir", vec![text("data/sub")]).await);
    done(perform(&context, "files.write", vec![text("data/a.txt"), text("one\n")]).await);
    done(perform(&context, "files.append", vec![text("data/a.txt"), text("two\n")]).await);
    assert_eq!(done(perform(&context, "files.read", vec![text("data/a.txt")]).await), text("one\ntwo\n"));
    assert_eq!(done(perform(&context, "files.size", vec![text("data/a.txt")]).await), Data::Int(8));
    done(perform(&context, "files.copy", vec![text("data/a.txt"), text("data/sub/b.txt")]).await);
    done(perform(&context, "files.move", vec![text("data/a.txt"), text("data/c.txt")]).await);
    let listed = done(perform(&context, "files.list", vec![text("data/**/*.txt")]).await);
    assert_eq!(listed, texts(&["data/c.txt", "data/sub/b.txt"]));
    assert_eq!(done(perform(&context, "files.list", vec![text("data/*.txt")]).await), texts(&["data/c.txt"]));
    for folder in ["data", "./data/"] {
        assert_eq!(kind(&perform(&context, "files.list", vec![text(folder)]).await), "invalid", "{folder}");
    }
    let lines = done(perform(&context, "files.lines", vec![text("data/c.txt"), Data::Int(0)]).await);
    assert_eq!(lines, Data::Record(vec![texts(&["one", "two"]), Data::None]));
    done(perform(&context, "files.delete", vec![text("data/c.txt")]).await);
    done(perform(&context, "files.delete", vec![text("data/c.txt")]).await);
    assert_eq!(done(perform(&context, "files.exists", vec![text("data/c.txt")]).await), Data::Bool(false));
    assert_eq!(kind(&perform(&context, "files.read", vec![text("data/c.txt")]).await), "not_found");
}

#[tokio::test]
async fn nothing_outside_of_what_is_permitted_is_touched() {
    let folder = tempfile::tempdir().unwrap();
    let outside = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("data")).unwrap();
    std::fs::write(outside.path().join("secret"), "s").unwrap();
    std::os::unix::fs::symlink(outside.path(), folder.path().join("data/way")).unwrap();
    std::os::unix::fs::symlink(outside.path().join("new"), folder.path().join("data/new")).unwrap();
    let context = context(folder.path(), &[(FilesRead, "data/**"), (FilesWrite, "data/**")]);
    for path in ["other.txt", "data/../other.txt", "/etc/hostname", "../x", "data/way/secret", "data/new"] {
        for (native, arguments) in [("files.read", vec![text(path)]), ("files.write", vec![text(path), text("x")])] {
            let answer = perform(&context, native, arguments).await;
            assert_eq!(kind(&answer), "forbidden", "{native} {path}: {answer:?}");
        }
    }
    assert!(!outside.path().join("new").exists());
    done(perform(&context, "files.delete", vec![text("data/new")]).await);
    assert_eq!(kind(&perform(&context, "files.list", vec![text("*")]).await), "done");
    assert_eq!(kind(&perform(&context, "files.read", vec![text("")]).await), "invalid");
}

#[tokio::test]
async fn a_large_file_is_read_in_parts() {
    let folder = tempfile::tempdir().unwrap();
    let context = context(folder.path(), &[(FilesRead, "big.txt")]);
    std::fs::write(folder.path().join("big.txt"), "0123456789abcde\n".repeat(400_000)).unwrap();
    let whole = perform(&context, "files.read", vec![text("big.txt")]).await;
    assert!(
        matches!(&whole, Answer::Done(Err(failure)) if failure.kind == "limit" && failure.message.contains("files.lines"))
    );
    let (mut from, mut count) = (0, 0);
    loop {
        let part = done(perform(&context, "files.lines", vec![text("big.txt"), Data::Int(from)]).await);
        let Data::Record(fields) = part else { panic!() };
        let [Data::List(lines), next] = fields.as_slice() else { panic!() };
        count += lines.len();
        match next {
            Data::Int(next) => from = *next,
            _ => break,
        }
    }
    assert_eq!(count, 400_000);
}

fn run(program: &str, args: &[&str], input: &str, timeout: Duration, accept: &[i64]) -> Vec<Data> {
    vec![
        text(program),
        texts(args),
        Data::Map(vec![]),
        text(input),
        Data::None,
        Data::Int(i64::try_from(timeout.as_micros()).unwrap()),
        Data::List(accept.iter().map(|code| Data::Int(*code)).collect()),
    ]
}

const LONG: Duration = Duration::from_secs(20);

#[tokio::test]
async fn a_program_is_fed_and_read() {
    let folder = tempfile::tempdir().unwrap();
    let context = context(folder.path(), &[(Exec, "cat"), (Exec, "sh")]);
    let output = done(perform(&context, "exec.run", run("cat", &[], &"x".repeat(300_000), LONG, &[])).await);
    assert_eq!(output, Data::Record(vec![Data::Int(0), text(&"x".repeat(300_000)), text("")]));
    let script = &["-c", "echo out; echo bad >&2; exit 3"];
    let failed = perform(&context, "exec.run", run("sh", script, "", LONG, &[])).await;
    assert!(
        matches!(&failed, Answer::Done(Err(failure)) if failure.message == "`sh` ended with code 3: bad"),
        "{failed:?}"
    );
    let accepted = done(perform(&context, "exec.run", run("sh", script, "", LONG, &[3])).await);
    assert_eq!(accepted, Data::Record(vec![Data::Int(3), text("out\n"), text("bad\n")]));
    assert_eq!(kind(&perform(&context, "exec.run", run("ls", &[], "", LONG, &[])).await), "forbidden");
    let flood = perform(&context, "exec.run", run("sh", &["-c", "yes | head -c 9000000"], "", LONG, &[])).await;
    assert_eq!(kind(&flood), "limit");
}

#[tokio::test]
async fn a_program_ends_with_its_children() {
    let folder = tempfile::tempdir().unwrap();
    let context = context(folder.path(), &[(Exec, "sh")]);
    let late = "(sleep 1; touch late) & echo started; sleep 30";
    let started = Instant::now();
    let answer = perform(&context, "exec.run", run("sh", &["-c", late], "", Duration::from_millis(300), &[])).await;
    assert!(matches!(&answer, Answer::Unknown(failure) if failure.kind == "timeout"), "{answer:?}");
    // One that leaves a child behind ends when it ends itself, though the child holds its pipes.
    let left =
        done(perform(&context, "exec.run", run("sh", &["-c", "(sleep 1; touch late) & echo hi"], "", LONG, &[])).await);
    assert_eq!(left, Data::Record(vec![Data::Int(0), text("hi\n"), text("")]));
    // One that is cancelled ends, too.
    let cancelled = perform(&context, "exec.run", run("sh", &["-c", late], "", LONG, &[]));
    assert!(tokio::time::timeout(Duration::from_millis(300), cancelled).await.is_err());
    assert!(started.elapsed() < Duration::from_secs(5));
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert!(!folder.path().join("late").exists());
}

/// Answers each connection with one text, after reading what comes first; gives the port.
async fn server(answer: &'static str) -> (u16, tokio::sync::mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (told, requests) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let told = told.clone();
            tokio::spawn(async move {
                let mut bytes = vec![0; 65_536];
                let length = stream.read(&mut bytes).await.unwrap_or(0);
                let _ = told.send(String::from_utf8_lossy(&bytes[..length]).into_owned());
                match answer {
                    "silence" => tokio::time::sleep(Duration::from_secs(30)).await,
                    "reset" => {}
                    answer => {
                        let _ = stream.write_all(answer.as_bytes()).await;
                    }
                }
            });
        }
    });
    (port, requests)
}

fn get(url: String, timeout_ms: i64, accept: &[i64]) -> Vec<Data> {
    let accept = accept.iter().map(|status| Data::Int(*status)).collect();
    vec![
        Data::String(url),
        Data::Map(vec![]),
        Data::Map(vec![(text("q"), text("a b"))]),
        Data::Int(timeout_ms * 1_000),
        Data::List(accept),
    ]
}

fn post(url: String) -> Vec<Data> {
    let json = Data::Map(vec![(text("a"), Data::Int(1))]);
    vec![Data::String(url), text(""), json, Data::Map(vec![]), Data::Int(2_000_000), Data::List(vec![])]
}

#[tokio::test]
async fn a_page_is_fetched() {
    let (port, mut requests) = server("HTTP/1.1 200 OK\r\nX-A: 1\r\nx-a: 2\r\nContent-Length: 2\r\n\r\nhi").await;
    let context = context(Path::new("/"), &[(Net, "127.0.0.1")]);
    let page = done(perform(&context, "http.get", get(format!("http://127.0.0.1:{port}/p"), 5_000, &[])).await);
    let headers = Data::Map(vec![(text("x-a"), text("1, 2")), (text("content-length"), text("2"))]);
    assert_eq!(page, Data::Record(vec![Data::Int(200), headers, text("hi")]));
    assert!(requests.recv().await.unwrap().starts_with("GET /p?q=a+b HTTP/1.1\r\n"));
}

#[tokio::test]
async fn a_body_is_sent_with_its_key() {
    let (port, mut requests) = server("HTTP/1.1 204 No Content\r\n\r\n").await;
    let context = context(Path::new("/"), &[(Net, "127.0.0.1")]);
    done(perform(&context, "http.post_keyed", post(format!("http://127.0.0.1:{port}/"))).await);
    let request = requests.recv().await.unwrap();
    assert!(request.contains("content-type: application/json"), "{request}");
    assert!(request.contains(&format!("idempotency-key: {}", "5".repeat(64))), "{request}");
}

#[tokio::test]
async fn each_status_and_each_loss_has_its_answer() {
    let context = context(Path::new("/"), &[(Net, "127.0.0.1")]);
    for (answer, expected, is_not_done) in [
        ("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone", "not_found", false),
        ("HTTP/1.1 422 No\r\nContent-Length: 0\r\n\r\n", "invalid", false),
        ("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", "unavailable", false),
        ("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n", "unavailable", true),
        ("HTTP/1.1 429 No\r\nContent-Length: 0\r\n\r\n", "rate_limited", true),
    ] {
        let (port, _requests) = server(answer).await;
        let found = perform(&context, "http.post_once", post(format!("http://127.0.0.1:{port}/"))).await;
        assert_eq!(kind(&found), expected, "{found:?}");
        assert_eq!(matches!(found, Answer::NotDone(_)), is_not_done, "{found:?}");
        if expected == "not_found" {
            let accepted = perform(&context, "http.get", get(format!("http://127.0.0.1:{port}/"), 2_000, &[404])).await;
            assert_eq!(kind(&accepted), "done");
        }
    }
    let (port, _requests) = server("silence").await;
    let silent = perform(&context, "http.get", get(format!("http://127.0.0.1:{port}/"), 200, &[])).await;
    assert!(matches!(&silent, Answer::Unknown(failure) if failure.kind == "timeout"), "{silent:?}");
    let (port, _requests) = server("reset").await;
    let reset = perform(&context, "http.post_once", post(format!("http://127.0.0.1:{port}/"))).await;
    assert!(matches!(&reset, Answer::Unknown(failure) if failure.kind == "network"), "{reset:?}");
    let refused = perform(&context, "http.post_once", post("http://127.0.0.1:1/".to_owned())).await;
    assert!(matches!(&refused, Answer::NotDone(failure) if failure.kind == "network"), "{refused:?}");
}

#[tokio::test]
async fn a_host_that_is_not_permitted_is_not_reached_also_by_redirect() {
    let (hidden, mut reached) = server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    let redirect = format!("HTTP/1.1 302 Found\r\nLocation: http://localhost:{hidden}/\r\nContent-Length: 0\r\n\r\n");
    let (port, _requests) = server(Box::leak(redirect.into_boxed_str())).await;
    let named = context(Path::new("/"), &[(Net, "127.0.0.1")]);
    let answer = perform(&named, "http.get", get(format!("http://127.0.0.1:{port}/"), 2_000, &[])).await;
    assert_eq!(kind(&answer), "forbidden");
    // A pattern does not name a private address.
    let pattern = context(Path::new("/"), &[(Net, "*.localhost")]);
    let answer = perform(&pattern, "http.get", get(format!("http://x.localhost:{hidden}/"), 2_000, &[])).await;
    assert_ne!(kind(&answer), "done");
    assert!(reached.try_recv().is_err());
}

#[tokio::test]
async fn an_endless_body_is_cut_off() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.read(&mut [0; 65_536]).await;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
        while stream.write_all(&[b'x'; 65_536]).await.is_ok() {}
    });
    let context = context(Path::new("/"), &[(Net, "127.0.0.1")]);
    let answer = perform(&context, "http.get", get(format!("http://127.0.0.1:{port}/"), 20_000, &[])).await;
    assert_eq!(kind(&answer), "limit");
}
