//! A web server on this machine whose pages answer well, slowly, with an error, or not at all.

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
    /// With 200, after a while.
    Slow(Duration),
    /// Never: the connection stays open.
    Silent,
    /// By closing the connection.
    Broken,
}

/// The server; it ends with the test.
pub struct Server {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Starts a server with some pages, by path; any other path is 404.
    pub fn start(pages: impl IntoIterator<Item = (&'static str, Page)>) -> Server {
        let pages: Arc<HashMap<_, _>> = Arc::new(pages.into_iter().collect());
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("a listener has an address");
        let seen = Arc::new(Mutex::new(Vec::new()));
        let ledger = Arc::clone(&seen);
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let (pages, ledger) = (Arc::clone(&pages), Arc::clone(&ledger));
                thread::spawn(move || serve(connection, &pages, &ledger));
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
        self.seen.lock().expect("no test panicked with the ledger").clone()
    }
}

fn serve(mut connection: TcpStream, pages: &HashMap<&'static str, Page>, ledger: &Mutex<Vec<String>>) {
    let mut lines = BufReader::new(connection.try_clone().expect("a socket can be shared")).lines();
    let Some(Ok(request)) = lines.next() else { return };
    while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
    ledger.lock().expect("no test panicked with the ledger").push(request.clone());
    let path = request.split(' ').nth(1).unwrap_or("/");
    let (status, body) = match pages.get(path) {
        None => (404, "no such page".to_owned()),
        Some(Page::Answer(status, body)) => (*status, body.clone()),
        Some(Page::Slow(time)) => {
            thread::sleep(*time);
            (200, "late".to_owned())
        }
        Some(Page::Silent) => {
            thread::sleep(Duration::from_secs(600));
            return;
        }
        Some(Page::Broken) => return,
    };
    // The other side may have gone.
    let _ = write!(
        connection,
        "HTTP/1.1 {status} Status\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
}
