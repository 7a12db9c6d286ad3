//! An editor, as far as a test needs one. It gives up on a server that is silent for long.

use serde_json::{Value, json};
use std::collections::VecDeque;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, DuplexStream};
use tokio::task::JoinHandle;

/// How long an answer may take before the test fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// A client with its server.
pub struct Client {
    pub capabilities: Value,
    input: DuplexStream,
    output: BufReader<DuplexStream>,
    server: JoinHandle<()>,
    /// Notifications that nobody has looked at yet.
    told: VecDeque<Value>,
    last_id: i64,
}

impl Client {
    /// Starts a server that has heard nothing yet.
    pub fn connect() -> Client {
        let (input, server_input) = tokio::io::duplex(1 << 16);
        let (server_output, output) = tokio::io::duplex(1 << 16);
        let server = tokio::spawn(lsp::serve_on(library(), server_input, server_output));
        let output = BufReader::new(output);
        Client { capabilities: Value::Null, input, output, server, told: VecDeque::new(), last_id: 0 }
    }

    /// Starts a server and says hello, with the encodings that this client can do.
    pub async fn start(encodings: &[&str]) -> Client {
        let mut client = Client::connect();
        client.initialize(encodings).await;
        client
    }

    pub async fn initialize(&mut self, encodings: &[&str]) {
        let general = if encodings.is_empty() { json!({}) } else { json!({"positionEncodings": encodings}) };
        let answer = self.ask("initialize", json!({"capabilities": {"general": general}})).await;
        self.capabilities = answer["result"]["capabilities"].clone();
        self.notify("initialized", json!({})).await;
    }

    pub async fn open(&mut self, address: &str, text: &str) {
        let document = json!({"uri": address, "languageId": "taskwright", "version": 1, "text": text});
        self.notify("textDocument/didOpen", json!({"textDocument": document})).await;
    }

    pub async fn change(&mut self, address: &str, version: i32, changes: Value) {
        let document = json!({"uri": address, "version": version});
        self.notify("textDocument/didChange", json!({"textDocument": document, "contentChanges": changes})).await;
    }

    /// Waits for the next diagnostics of a document, and gives them with address and version.
    pub async fn diagnostics(&mut self, address: &str) -> Value {
        loop {
            let message = match self.told.pop_front() {
                Some(message) => message,
                None => self.read().await,
            };
            if message["method"] == "textDocument/publishDiagnostics" && message["params"]["uri"] == address {
                return message["params"].clone();
            }
        }
    }

    /// Sends a request and gives the whole answer.
    pub async fn ask(&mut self, method: &str, params: Value) -> Value {
        self.last_id += 1;
        let id = self.last_id;
        self.send(json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params})).await;
        loop {
            let message = self.read().await;
            if message["id"] == id && message["method"].is_null() {
                return message;
            }
            self.told.push_back(message);
        }
    }

    pub async fn notify(&mut self, method: &str, params: Value) {
        self.send(json!({"jsonrpc": "2.0", "method": method, "params": params})).await;
    }

    pub async fn raw(&mut self, bytes: &[u8]) {
        self.input.write_all(bytes).await.expect("the server reads");
    }

    /// Says goodbye and waits until the server has ended by itself.
    pub async fn end(mut self) {
        let answer = self.ask("shutdown", Value::Null).await;
        assert!(answer["error"].is_null(), "{answer}");
        self.notify("exit", Value::Null).await;
        tokio::time::timeout(PATIENCE, self.server).await.expect("the server ends").expect("the server does not panic");
    }

    async fn send(&mut self, message: Value) {
        let body = message.to_string();
        self.raw(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes()).await;
    }

    async fn read(&mut self) -> Value {
        tokio::time::timeout(PATIENCE, async {
            let mut length = 0;
            loop {
                let mut line = String::new();
                let read = self.output.read_line(&mut line).await.expect("the server writes text");
                assert!(read > 0, "the server has gone");
                match line.trim().strip_prefix("Content-Length: ") {
                    Some(value) => length = value.parse().expect("a length is a number"),
                    None if line.trim().is_empty() => break,
                    None => {}
                }
            }
            let mut body = vec![0; length];
            self.output.read_exact(&mut body).await.expect("the body has its length");
            serde_json::from_slice(&body).expect("the body is JSON")
        })
        .await
        .expect("the server answers in time")
    }
}

/// Gives the standard library as the command hands it over.
fn library() -> lsp::Library {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../stdlib");
    let paths =
        std::fs::read_dir(folder).expect("the library is there").map(|entry| entry.expect("it can be read").path());
    let modules = paths.filter(|path| path.extension().is_some_and(|ending| ending == "task")).map(|path| {
        let module = path.file_stem().expect("a file has a name").to_string_lossy().into_owned();
        (module, std::fs::read_to_string(&path).expect("the library is text"))
    });
    let mut modules: lsp::Library = modules.collect();
    modules.sort();
    modules
}
