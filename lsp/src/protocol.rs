//! The rim: the only place that knows the language server protocol.

mod convert;
mod frames;
mod server;
mod stdin;

use crate::{Library, actor};
use server::Rim;
use tokio::io::{AsyncRead, AsyncWrite};
use tower_lsp::{LspService, Server};

/// How many bytes of input are on their way inside the server.
const PIPE: usize = 64 << 10;

/// Serves an editor on standard input and output until it says goodbye or goes away.
pub async fn serve(library: Library) {
    match stdin::stdin() {
        Ok(input) => serve_on(library, input, tokio::io::stdout()).await,
        Err(error) => tracing::error!("standard input cannot be read: {error}"),
    }
}

/// Serves an editor on any pair of streams.
pub async fn serve_on(
    library: Library,
    input: impl AsyncRead + Unpin + Send + 'static,
    output: impl AsyncWrite + Unpin + Send + 'static,
) {
    let (mailbox, publications) = match actor::start(library) {
        Ok(started) => started,
        Err(error) => {
            tracing::error!("no thread for the documents: {error}");
            return;
        }
    };
    let (service, socket) = LspService::new(|client| {
        tokio::spawn(server::publish(client.clone(), publications));
        Rim::new(client, mailbox)
    });
    let (sound, messages) = tokio::io::duplex(PIPE);
    let filter = tokio::spawn(frames::forward(input, sound));
    Server::new(messages, output, socket).serve(service).await;
    filter.abort();
}
