//! The server as an editor meets it: JSON-RPC over a pair of streams in memory.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod client;

use client::Client;
use serde_json::json;

const SOUND: &str = "/// Doubles.\nfn twice(n: int) -> int {\n    n * 2\n}\n\nfn four() -> int {\n    twice(2)\n}\n";

#[tokio::test]
async fn an_error_is_told_on_open_and_is_gone_after_the_change_that_mends_it() {
    let mut client = Client::start(&["utf-16"]).await;
    client.open("untitled:1", "fn f() -> int {\n    1 + \"🗻\" @@\n}\n").await;
    let told = client.diagnostics("untitled:1").await;
    assert_eq!(told["version"], 1);
    let first = &told["diagnostics"][0];
    assert_eq!(first["severity"], 1, "{told}");
    assert_eq!(first["source"], "taskwright");
    assert!(first["code"].as_str().unwrap().starts_with('E'), "{told}");

    // The change removes ` + "🗻" @@`: the mountain is two units of UTF-16.
    client.change("untitled:1", 2, json!([{"range": range((1, 5), (1, 15)), "text": ""}])).await;
    let told = client.diagnostics("untitled:1").await;
    assert_eq!(told["version"], 2);
    assert_eq!(errors(&told), 0, "{told}");
    client.end().await;
}

#[tokio::test]
async fn columns_are_bytes_where_the_client_can_count_them() {
    let mut client = Client::start(&["utf-16", "utf-8"]).await;
    assert_eq!(client.capabilities["positionEncoding"], "utf-8");
    client.open("untitled:1", "fn f() -> int {\n    1 + \"🗻\" @@\n}\n").await;
    client.diagnostics("untitled:1").await;
    client.change("untitled:1", 2, json!([{"range": range((1, 5), (1, 17)), "text": ""}])).await;
    assert_eq!(errors(&client.diagnostics("untitled:1").await), 0);
    client.end().await;
}

#[tokio::test]
async fn hover_shows_signature_and_documentation() {
    let mut client = Client::start(&[]).await;
    assert_eq!(client.capabilities["positionEncoding"], "utf-16");
    client.open("untitled:1", SOUND).await;
    let hover = client.ask("textDocument/hover", at("untitled:1", 6, 6)).await;
    let text = hover["result"]["contents"]["value"].as_str().unwrap_or_else(|| panic!("{hover}"));
    assert!(text.contains("twice") && text.contains("int"), "{text}");
    assert!(text.contains("Doubles."), "{text}");
    assert_eq!(hover["result"]["range"], range((6, 4), (6, 9)));
    let nothing = client.ask("textDocument/hover", at("untitled:1", 4, 0)).await;
    assert!(nothing["result"].is_null(), "{nothing}");
    client.end().await;
}

#[tokio::test]
async fn definition_leads_to_the_declaration() {
    let mut client = Client::start(&[]).await;
    client.open("untitled:1", SOUND).await;
    let found = client.ask("textDocument/definition", at("untitled:1", 6, 4)).await;
    assert_eq!(found["result"]["uri"], "untitled:1", "{found}");
    assert_eq!(found["result"]["range"]["start"], json!({"line": 1, "character": 3}), "{found}");
    let nothing = client.ask("textDocument/definition", at("untitled:1", 4, 0)).await;
    assert!(nothing["result"].is_null(), "{nothing}");
    client.end().await;
}

#[tokio::test]
async fn a_request_sees_the_changes_sent_before_it() {
    let mut client = Client::start(&[]).await;
    client.open("untitled:1", "").await;
    for version in 2..200 {
        client.change("untitled:1", version, json!([{"range": range((0, 0), (0, 0)), "text": "\n"}])).await;
    }
    client.change("untitled:1", 200, json!([{"range": range((0, 0), (9999, 0)), "text": SOUND}])).await;
    let found = client.ask("textDocument/definition", at("untitled:1", 6, 4)).await;
    assert_eq!(found["result"]["range"]["start"]["line"], 1, "{found}");
    client.end().await;
}

#[tokio::test]
async fn a_project_is_checked_as_a_whole_and_open_documents_override_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| format!("file://{}/{name}", folder.path().display());
    std::fs::create_dir(folder.path().join("jobs")).unwrap();
    std::fs::write(folder.path().join("taskwright.toml"), "[project]\nname = \"shop\"\n").unwrap();
    std::fs::write(folder.path().join("jobs/sales.task"), "fn f() -> int {\n    @@\n}\n").unwrap();
    std::fs::write(folder.path().join("main.task"), "fn g() -> int {\n    2\n}\n").unwrap();

    let mut client = Client::start(&[]).await;
    client.open(&path("main.task"), "fn g() -> int {\n    2\n}\n").await;
    let told = client.diagnostics(&path("jobs/sales.task")).await;
    assert!(errors(&told) > 0 && told["version"].is_null(), "a file that is not open is told about too: {told}");

    client.open(&path("jobs/sales.task"), "fn f() -> int {\n    1\n}\n").await;
    let told = client.diagnostics(&path("jobs/sales.task")).await;
    assert_eq!((errors(&told), &told["version"]), (0, &json!(1)), "the open document counts, not the disk");

    client.notify("textDocument/didClose", json!({"textDocument": {"uri": path("jobs/sales.task")}})).await;
    let told = client.diagnostics(&path("jobs/sales.task")).await;
    assert!(errors(&told) > 0, "after closing it the disk counts again: {told}");

    std::fs::write(folder.path().join("jobs/sales.task"), "fn f() -> int {\n    3\n}\n").unwrap();
    client.notify("workspace/didChangeWatchedFiles", json!({"changes": []})).await;
    let told = client.diagnostics(&path("jobs/sales.task")).await;
    assert_eq!(errors(&told), 0, "news of the disk are read: {told}");
    client.end().await;
}

#[tokio::test]
async fn closing_a_lone_document_takes_its_findings_away() {
    let mut client = Client::start(&[]).await;
    client.open("untitled:1", "fn f( {").await;
    assert!(errors(&client.diagnostics("untitled:1").await) > 0);
    client.notify("textDocument/didClose", json!({"textDocument": {"uri": "untitled:1"}})).await;
    assert_eq!(errors(&client.diagnostics("untitled:1").await), 0);
    client.end().await;
}

#[tokio::test]
async fn wrong_order_is_answered_or_ignored() {
    let mut client = Client::connect();
    let early = client.ask("textDocument/hover", at("untitled:1", 0, 0)).await;
    assert_eq!(early["error"]["code"], -32002, "{early}");
    client.initialize(&[]).await;
    client.change("untitled:1", 7, json!([{"text": "let"}])).await;
    client.notify("textDocument/didClose", json!({"textDocument": {"uri": "untitled:1"}})).await;
    let unknown = client.ask("textDocument/hover", at("untitled:1", 3, 3)).await;
    assert!(unknown["result"].is_null() && unknown["error"].is_null(), "{unknown}");
    let again = client.ask("initialize", json!({"capabilities": {}})).await;
    assert_eq!(again["error"]["code"], -32600, "{again}");
    client.open("untitled:1", SOUND).await;
    client.open("untitled:1", SOUND).await;
    client.change("untitled:1", -5, json!([{"range": range((90, 90), (0, 0)), "text": "\n"}])).await;
    client.ask("textDocument/hover", at("untitled:1", u32::MAX, u32::MAX)).await;
    client.end().await;
}

#[tokio::test]
async fn garbage_does_not_end_the_session() {
    let mut client = Client::start(&[]).await;
    for garbage in ["\r\n\r\n", "Content-Length: x\r\n\r\n", "Content-Length: 3\r\n\r\n{]}", "\u{0}\u{1}garbage\n\n"] {
        client.raw(garbage.as_bytes()).await;
    }
    client.raw(b"Content-Length: 2\r\n\r\n\xff\xfe").await;
    client.raw(b"Content-Length: 2\r\n\r\n[]").await;
    let unknown = client.ask("textDocument/made_up", json!({"a": [1, 2]})).await;
    assert_eq!(unknown["error"]["code"], -32601, "{unknown}");
    let wrong = client.ask("textDocument/hover", json!({"position": "here"})).await;
    assert_eq!(wrong["error"]["code"], -32602, "{wrong}");
    client.notify("textDocument/didOpen", json!({"textDocument": 3})).await;
    client.open("untitled:1", "fn f( {").await;
    assert!(errors(&client.diagnostics("untitled:1").await) > 0);
    client.end().await;
}

#[tokio::test]
async fn awkward_texts_are_taken() {
    let mut client = Client::start(&[]).await;
    let texts = ["", "\u{feff}", "\r\n\r", "\u{0}", "🗻", "\"", "/*", "task", "((((((", "`", "fn f() {\r\n\t\"{\r\n"];
    let deep = "[".repeat(10_000);
    for (number, text) in texts.into_iter().chain([deep.as_str()]).enumerate() {
        let address = format!("untitled:{number}");
        client.open(&address, text).await;
        client.diagnostics(&address).await;
        client.ask("textDocument/hover", at(&address, 0, 0)).await;
        client.ask("textDocument/definition", at(&address, 0, 1)).await;
    }
    client.end().await;
}

fn at(address: &str, line: u32, character: u32) -> serde_json::Value {
    json!({"textDocument": {"uri": address}, "position": {"line": line, "character": character}})
}

fn range(start: (u32, u32), end: (u32, u32)) -> serde_json::Value {
    let point = |(line, character)| json!({"line": line, "character": character});
    json!({"start": point(start), "end": point(end)})
}

fn errors(told: &serde_json::Value) -> usize {
    told["diagnostics"].as_array().unwrap().iter().filter(|one| one["severity"] == 1).count()
}
