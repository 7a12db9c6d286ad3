//! Standard input as a stream whose reading does not keep the process alive.
//!
//! An editor that has said `exit` may leave the pipe open. A read that waits on it must not hold up our end, so a thread
//! that nobody joins does the reading.

use std::io::Read;
use tokio::io::{AsyncRead, AsyncWriteExt};
use tokio::sync::mpsc;

/// How much is read at once, in bytes.
const CHUNK: usize = 16 << 10;
/// How many chunks wait at most.
const CHUNKS: usize = 16;

/// Gives standard input.
pub(super) fn stdin() -> std::io::Result<impl AsyncRead + Unpin + Send + 'static> {
    let (chunks, mut read) = mpsc::channel::<Vec<u8>>(CHUNKS);
    std::thread::Builder::new().name("stdin".into()).spawn(move || {
        let mut input = std::io::stdin().lock();
        let mut buffer = vec![0; CHUNK];
        while let Ok(count @ 1..) = input.read(&mut buffer) {
            if chunks.blocking_send(buffer.iter().take(count).copied().collect()).is_err() {
                return;
            }
        }
    })?;
    let (mut inside, outside) = tokio::io::duplex(CHUNK);
    tokio::spawn(async move {
        while let Some(chunk) = read.recv().await {
            if inside.write_all(&chunk).await.is_err() {
                return;
            }
        }
    });
    Ok(outside)
}
