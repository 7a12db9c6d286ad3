//! The messages of the protocol, each handed on in its first statement. Nothing here waits for the client or holds a lock.

use super::convert;
use crate::actor::{Event, Mailbox, Publication};
use crate::snapshot::Snapshot;
use crate::{definition, hover};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::mpsc;
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types as wire;
use tower_lsp::{Client, LanguageServer};

/// What the framework calls.
pub(super) struct Rim {
    client: Client,
    mailbox: Mailbox,
    /// Whether the client lets us ask for news of the disk.
    can_watch: AtomicBool,
}

impl Rim {
    pub(super) fn new(client: Client, mailbox: Mailbox) -> Self {
        Rim { client, mailbox, can_watch: AtomicBool::new(false) }
    }

    /// Gives the project that a position is asked about, as it was when the question came.
    async fn asked(&self, at: &wire::TextDocumentPositionParams) -> Option<Arc<Snapshot>> {
        self.mailbox.ask(convert::document(&at.text_document.uri)).await
    }
}

impl LanguageServer for Rim {
    async fn initialize(&self, params: wire::InitializeParams) -> Result<wire::InitializeResult> {
        let encoding = convert::encoding(&params.capabilities);
        self.mailbox.send(Event::Begin(encoding)).await;
        let watching = params.capabilities.workspace.and_then(|workspace| workspace.did_change_watched_files);
        self.can_watch.store(watching.and_then(|it| it.dynamic_registration).unwrap_or(false), Ordering::Relaxed);
        let sync = wire::TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(wire::TextDocumentSyncKind::INCREMENTAL),
            save: Some(wire::TextDocumentSyncSaveOptions::Supported(true)),
            ..wire::TextDocumentSyncOptions::default()
        };
        Ok(wire::InitializeResult {
            capabilities: wire::ServerCapabilities {
                position_encoding: Some(convert::encoding_kind(encoding)),
                text_document_sync: Some(wire::TextDocumentSyncCapability::Options(sync)),
                hover_provider: Some(wire::HoverProviderCapability::Simple(true)),
                definition_provider: Some(wire::OneOf::Left(true)),
                ..wire::ServerCapabilities::default()
            },
            server_info: Some(wire::ServerInfo {
                name: "taskwright".to_owned(),
                version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            }),
            ..wire::InitializeResult::default()
        })
    }

    async fn initialized(&self, _: wire::InitializedParams) {
        if self.can_watch.load(Ordering::Relaxed) {
            // The client answers this, so it must not be waited for here.
            tokio::spawn(watch(self.client.clone()));
        }
    }

    async fn shutdown(&self) -> Result<()> {
        Ok(())
    }

    async fn did_open(&self, params: wire::DidOpenTextDocumentParams) {
        let Some((id, document)) = convert::opened(params.text_document) else { return };
        self.mailbox.send(Event::Open(id, document)).await;
    }

    async fn did_change(&self, params: wire::DidChangeTextDocumentParams) {
        let id = convert::document(&params.text_document.uri);
        let changes = params.content_changes.into_iter().map(convert::change).collect();
        self.mailbox.send(Event::Change(id, params.text_document.version, changes)).await;
    }

    async fn did_close(&self, params: wire::DidCloseTextDocumentParams) {
        self.mailbox.send(Event::Close(convert::document(&params.text_document.uri))).await;
    }

    async fn did_save(&self, _: wire::DidSaveTextDocumentParams) {
        self.mailbox.send(Event::DiskChanged).await;
    }

    async fn did_change_watched_files(&self, _: wire::DidChangeWatchedFilesParams) {
        self.mailbox.send(Event::DiskChanged).await;
    }

    async fn hover(&self, params: wire::HoverParams) -> Result<Option<wire::Hover>> {
        let at = params.text_document_position_params;
        let Some(snapshot) = self.asked(&at).await else { return Ok(None) };
        let id = convert::document(&at.text_document.uri);
        let found = guarded(|| hover::hover(&snapshot, &id, convert::point(at.position)));
        Ok(found.map(convert::hover))
    }

    async fn goto_definition(
        &self,
        params: wire::GotoDefinitionParams,
    ) -> Result<Option<wire::GotoDefinitionResponse>> {
        let at = params.text_document_position_params;
        let Some(snapshot) = self.asked(&at).await else { return Ok(None) };
        let id = convert::document(&at.text_document.uri);
        let found = guarded(|| definition::definition(&snapshot, &id, convert::point(at.position)));
        Ok(found.and_then(|(document, range)| {
            let location = wire::Location::new(convert::uri(&document)?, convert::range(range));
            Some(wire::GotoDefinitionResponse::Scalar(location))
        }))
    }
}

/// Answers a question. A defect of ours costs this answer, not the session.
fn guarded<T>(question: impl FnOnce() -> Option<T>) -> Option<T> {
    catch_unwind(AssertUnwindSafe(question)).unwrap_or_else(|_| {
        tracing::error!("a defect of the compiler; one question stays without an answer");
        None
    })
}

/// Tells the client what the actor publishes, in its order.
pub(super) async fn publish(client: Client, mut publications: mpsc::Receiver<Publication>) {
    while let Some(publication) = publications.recv().await {
        let Some(uri) = convert::uri(&publication.document) else { continue };
        let diagnostics = publication.findings.into_iter().map(convert::finding).collect();
        client.publish_diagnostics(uri, diagnostics, publication.version).await;
    }
}

/// Asks the client to tell when sources or project files change on disk.
async fn watch(client: Client) {
    let globs = ["**/*.task", "**/*.ics", "**/taskwright.toml"];
    let watchers = globs.map(|glob| serde_json::json!({ "globPattern": glob }));
    let registration = wire::Registration {
        id: "files".to_owned(),
        method: "workspace/didChangeWatchedFiles".to_owned(),
        register_options: Some(serde_json::json!({ "watchers": watchers })),
    };
    if let Err(error) = client.register_capability(vec![registration]).await {
        tracing::warn!("the client does not watch files: {error}");
    }
}
