//! A filter before the server: only whole, well-formed messages get through.
//!
//! The framework ends a session at the first message that it cannot read. Here such a message costs itself: it is logged and
//! left out, and reading goes on at the next header.

use std::io;
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tower_lsp::jsonrpc::{Request, Response};

/// The longest message, in bytes.
const LONGEST_MESSAGE: u64 = 128 << 20;
/// The longest line of a header, in bytes.
const LONGEST_LINE: u64 = 4096;

/// Forwards messages until the input ends or nobody reads any more.
pub(super) async fn forward(input: impl AsyncRead + Unpin, mut output: impl AsyncWrite + Unpin) {
    let mut input = BufReader::new(input);
    while let Ok(Some(body)) = next(&mut input).await {
        if !is_message(&body) {
            tracing::warn!("a message of {} bytes is not JSON-RPC 2.0", body.len());
            continue;
        }
        let header = format!("Content-Length: {}\r\n\r\n", body.len());
        if output.write_all(header.as_bytes()).await.is_err() || output.write_all(&body).await.is_err() {
            return;
        }
    }
}

fn is_message(body: &[u8]) -> bool {
    serde_json::from_slice::<Request>(body).is_ok() || serde_json::from_slice::<Response>(body).is_ok()
}

/// Reads one message; `None` at the end of the input.
async fn next(input: &mut (impl AsyncBufRead + Unpin)) -> io::Result<Option<Vec<u8>>> {
    let mut length = None;
    loop {
        let mut line = Vec::new();
        let read = (&mut *input).take(LONGEST_LINE).read_until(b'\n', &mut line).await?;
        if read == 0 {
            return Ok(None);
        }
        let line = String::from_utf8_lossy(&line).to_ascii_lowercase();
        // What stands before the name is the rest of something unreadable.
        if let Some((_, value)) = line.split_once("content-length:") {
            length = value.trim().parse::<u64>().ok();
        }
        if !line.trim().is_empty() {
            continue;
        }
        match length.take() {
            Some(length) if length <= LONGEST_MESSAGE => return body(input, length).await.map(Some),
            Some(length) => {
                tracing::warn!("a message of {length} bytes is too long");
                tokio::io::copy(&mut (&mut *input).take(length), &mut tokio::io::sink()).await?;
            }
            None => tracing::warn!("a header without a length"),
        }
    }
}

async fn body(input: &mut (impl AsyncBufRead + Unpin), length: u64) -> io::Result<Vec<u8>> {
    // Memory grows with what comes, not with what the header promises.
    let mut body = Vec::new();
    (&mut *input).take(length).read_to_end(&mut body).await?;
    if (body.len() as u64) < length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn through(input: &[u8]) -> String {
        let mut output = Vec::new();
        forward(input, &mut output).await;
        String::from_utf8_lossy(&output).into_owned()
    }

    fn frame(body: &str) -> String {
        format!("Content-Length: {}\r\n\r\n{body}", body.len())
    }

    #[tokio::test]
    async fn sound_messages_get_through_and_others_cost_themselves() {
        let sound = frame(r#"{"jsonrpc":"2.0","method":"exit"}"#);
        let answer = frame(r#"{"jsonrpc":"2.0","id":1,"result":null}"#);
        let unsound = [
            frame("{"),
            frame("[]"),
            frame("{\"jsonrpc\":\"1.0\"}"),
            frame(&"[".repeat(10_000)),
            "garbage\r\n\r\n".into(),
            "Content-Length: many\r\n\r\n".into(),
            "garbage without an end ".into(),
        ];
        for bad in unsound {
            let input = [&sound[..], &bad, &answer, &sound].concat();
            assert_eq!(through(input.as_bytes()).await, [&sound[..], &answer, &sound].concat(), "{bad}");
        }
        let lower = sound.replace("Content-Length", "content-length");
        assert_eq!(through(lower.as_bytes()).await, sound);
    }

    #[tokio::test]
    async fn a_cut_message_ends_quietly() {
        assert_eq!(through(b"Content-Length: 900\r\n\r\n{").await, "");
        assert_eq!(through(b"Content-Len").await, "");
        assert_eq!(through(&[0xff; 10_000]).await, "");
    }
}
