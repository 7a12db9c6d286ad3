//! A web server on this machine whose pages answer well, slowly, with an error, or not at all; and which keeps a ledger of
//! all that it was asked.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// How a page answers.
#[derive(Clone, Debug)]
pub enum Page {
    /// With a status and a body.
    Answer(u16, String),
    /// With a status, and after how many seconds to ask again.
    Later(u16, u32),
    /// With 200, after a while.
    Slow(Duration),
    /// Never: the connection stays open.
    Silent,
    /// By closing the connection.
    Broken,
}

/// What the server was asked.
#[derive(Clone, Debug)]
pub struct Asked {
    /// `GET /path HTTP/1.1`.
    pub line: String,
    /// Its `Idempotency-Key`.
    pub key: Option<String>,
    /// Its body.
    pub body: String,
}

impl Asked {
    /// Gives the method and the parts of the path: `("PUT", ["orders", "7"])`.
    pub fn parts(&self) -> (&str, Vec<&str>) {
        let mut words = self.line.split(' ');
        let method = words.next().unwrap_or_default();
        (method, words.next().unwrap_or_default().split('/').skip(1).collect())
    }
}

/// The server; it ends with the test.
pub struct Server {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Asked>>>,
}

type Answering = dyn Fn(&Asked) -> Page + Send + Sync;

impl Server {
    /// Starts a server with some pages, by path; any other path is 404.
    pub fn start(pages: impl IntoIterator<Item = (&'static str, Page)>) -> Server {
        let pages: HashMap<_, _> = pages.into_iter().collect();
        Server::answering(move |asked| {
            let path = asked.line.split(' ').nth(1).unwrap_or("/");
            pages.get(path).cloned().unwrap_or_else(|| Page::Answer(404, "no such page".to_owned()))
        })
    }

    /// Starts a server that answers as a function says, which is called once a request is in the ledger.
    pub fn answering(answer: impl Fn(&Asked) -> Page + Send + Sync + 'static) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("a listener has an address");
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (ledger, answer): (_, Arc<Answering>) = (Arc::clone(&seen), Arc::new(answer));
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let (answer, ledger) = (Arc::clone(&answer), Arc::clone(&ledger));
                thread::spawn(move || serve(connection, &*answer, &ledger));
            }
        });
        Server { address, seen }
    }

    /// Gives the address of a page.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Gives the first lines of all requests so far.
    pub fn seen(&self) -> Vec<String> {
        self.ledger().into_iter().map(|asked| asked.line).collect()
    }

    /// Gives all requests so far, in the order in which they came.
    pub fn ledger(&self) -> Vec<Asked> {
        self.seen.lock().expect("no test panicked with the ledger").clone()
    }
}

fn serve(mut connection: TcpStream, answer: &Answering, ledger: &Mutex<Vec<Asked>>) {
    let reader = BufReader::new(connection.try_clone().expect("a socket can be shared"));
    let Some(asked) = read(reader) else { return };
    ledger.lock().expect("no test panicked with the ledger").push(asked.clone());
    let mut headers = String::new();
    let (status, body) = match answer(&asked) {
        Page::Answer(status, body) => (status, body),
        Page::Later(status, seconds) => {
            headers = format!("Retry-After: {seconds}\r\n");
            (status, "not now".to_owned())
        }
        Page::Slow(time) => {
            thread::sleep(time);
            (200, "late".to_owned())
        }
        Page::Silent => {
            thread::sleep(Duration::from_secs(600));
            return;
        }
        Page::Broken => return,
    };
    // The other side may have gone.
    let _ = write!(
        connection,
        "HTTP/1.1 {status} Status\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
}

/// Reads a whole request; one whose sender is gone before its end was never asked.
fn read(mut reader: impl BufRead) -> Option<Asked> {
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let (mut key, mut length) = (None, 0);
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        let (name, value) = match header.trim_end().split_once(':') {
            Some((name, value)) => (name.to_ascii_lowercase(), value.trim().to_owned()),
            None if header.ends_with('\n') => break,
            None => return None,
        };
        match name.as_str() {
            "idempotency-key" => key = Some(value),
            "content-length" => length = value.parse().ok()?,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Asked { line: line.trim_end().to_owned(), key, body: String::from_utf8_lossy(&body).into_owned() })
}
