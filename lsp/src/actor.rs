//! The one owner of the documents: a thread that takes what happens in the order in which it was sent.
//!
//! It analyzes when nothing more is waiting, or when somebody asks, so a burst of typing costs one analysis. A defect of
//! the compiler ends at its edge: the last snapshot stays, and the server goes on.

use crate::Library;
use crate::documents::{Change, Document, DocumentId, Documents};
use crate::findings::{Finding, findings};
use crate::position::Encoding;
use crate::project::{Project, Root};
use crate::snapshot::Snapshot;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};

/// The most events that wait; whoever sends more waits for the thread.
const QUEUE: usize = 1024;
/// The stack of the thread, in bytes: nesting is bounded, and this is enough for the bound.
const STACK: usize = 16 << 20;

/// Something that happens to the documents, or a question about them.
pub enum Event {
    /// The editor said how it counts. Comes first.
    Begin(Encoding),
    /// A document was opened.
    Open(DocumentId, Document),
    /// A document was changed, to a version.
    Change(DocumentId, i32, Vec<Change>),
    /// A document was closed.
    Close(DocumentId),
    /// Files on disk have changed.
    DiskChanged,
    /// Somebody asks for the project of a document as it is after all events before this one.
    Ask(DocumentId, oneshot::Sender<Arc<Snapshot>>),
}

/// What the editor is told about a document.
pub struct Publication {
    /// The document.
    pub document: DocumentId,
    /// Its version, if it is open.
    pub version: Option<i32>,
    /// Its findings, which replace all that were told before.
    pub findings: Vec<Finding>,
}

/// The way to the actor.
#[derive(Clone)]
pub struct Mailbox {
    events: mpsc::Sender<Event>,
}

impl Mailbox {
    /// Hands over an event. Events are taken in the order of the calls.
    pub async fn send(&self, event: Event) {
        if self.events.send(event).await.is_err() {
            tracing::error!("the documents are gone");
        }
    }

    /// Gives the project of a document as it is now; `None` if it is not open.
    pub async fn ask(&self, document: DocumentId) -> Option<Arc<Snapshot>> {
        let (reply, answer) = oneshot::channel();
        self.send(Event::Ask(document, reply)).await;
        answer.await.ok()
    }
}

/// Starts the actor. It ends when the last mailbox is gone.
pub fn start(library: Library) -> std::io::Result<(Mailbox, mpsc::Receiver<Publication>)> {
    let (events, inbox) = mpsc::channel(QUEUE);
    let (outbox, publications) = mpsc::channel(QUEUE);
    let actor = Actor {
        library,
        encoding: Encoding::Utf16,
        documents: Documents::default(),
        roots: BTreeMap::new(),
        projects: BTreeMap::new(),
        outbox,
    };
    std::thread::Builder::new().name("documents".into()).stack_size(STACK).spawn(move || actor.run(inbox))?;
    Ok((Mailbox { events }, publications))
}

struct Actor {
    library: Library,
    encoding: Encoding,
    documents: Documents,
    /// The project of each open document.
    roots: BTreeMap<DocumentId, Root>,
    projects: BTreeMap<Root, Known>,
    outbox: mpsc::Sender<Publication>,
}

/// A project with at least one open document.
struct Known {
    project: Project,
    snapshot: Option<Arc<Snapshot>>,
    /// Whether something happened since the snapshot.
    is_stale: bool,
    /// The documents for which the editor still shows findings.
    marked: BTreeSet<DocumentId>,
}

impl Actor {
    fn run(mut self, mut inbox: mpsc::Receiver<Event>) {
        while let Some(event) = inbox.blocking_recv() {
            self.take(event);
            while let Ok(event) = inbox.try_recv() {
                self.take(event);
            }
            let stale: Vec<Root> =
                self.projects.iter().filter(|(_, known)| known.is_stale).map(|(root, _)| root.clone()).collect();
            for root in stale {
                self.refresh(&root);
            }
        }
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Begin(encoding) => self.encoding = encoding,
            Event::Open(id, document) => {
                self.documents.open(id.clone(), document);
                self.attach(id);
            }
            Event::Change(id, version, changes) => {
                self.documents.change(&id, version, changes, self.encoding);
                self.touch(&id);
            }
            Event::Close(id) => self.close(&id),
            Event::DiskChanged => self.reread(),
            Event::Ask(id, reply) => {
                if let Some(snapshot) = self.snapshot_of(&id) {
                    // Whoever asked may have gone.
                    let _ = reply.send(snapshot);
                }
            }
        }
    }

    /// Notes the project of an open document, and reads it if it is new.
    fn attach(&mut self, id: DocumentId) {
        let root = Root::of(&id);
        self.roots.insert(id, root.clone());
        let known = self.projects.entry(root.clone()).or_insert_with(|| Known {
            project: Project::read(root),
            snapshot: None,
            is_stale: true,
            marked: BTreeSet::new(),
        });
        known.is_stale = true;
    }

    fn touch(&mut self, id: &DocumentId) {
        if let Some(known) = self.roots.get(id).and_then(|root| self.projects.get_mut(root)) {
            known.is_stale = true;
        }
    }

    /// Closes a document: the disk counts again, and a project without open documents is forgotten with its findings.
    fn close(&mut self, id: &DocumentId) {
        self.documents.close(id);
        let Some(root) = self.roots.remove(id) else { return };
        if self.roots.values().any(|other| *other == root) {
            if let Some(known) = self.projects.get_mut(&root) {
                known.project = Project::read(root);
                known.is_stale = true;
            }
        } else if let Some(known) = self.projects.remove(&root) {
            for document in known.marked {
                self.publish(Publication { document, version: None, findings: Vec::new() });
            }
        }
    }

    /// Reads every project again. A project file may have come or gone, so every document finds its project anew.
    fn reread(&mut self) {
        let before = std::mem::take(&mut self.projects);
        for id in std::mem::take(&mut self.roots).into_keys() {
            self.attach(id);
        }
        for (root, known) in before {
            if let Some(now) = self.projects.get_mut(&root) {
                (now.snapshot, now.marked) = (known.snapshot, known.marked);
                continue;
            }
            for document in known.marked {
                self.publish(Publication { document, version: None, findings: Vec::new() });
            }
        }
    }

    fn snapshot_of(&mut self, id: &DocumentId) -> Option<Arc<Snapshot>> {
        let root = self.roots.get(id)?.clone();
        if self.projects.get(&root)?.is_stale {
            self.refresh(&root);
        }
        self.projects.get(&root)?.snapshot.clone()
    }

    /// Analyzes a project and tells the editor.
    fn refresh(&mut self, root: &Root) {
        let Some(known) = self.projects.get_mut(root) else { return };
        known.is_stale = false;
        let members = self.roots.iter().filter(|(_, one)| *one == root);
        let open = members.filter_map(|(id, _)| Some((id, self.documents.get(id)?))).collect();
        let analyze = || Snapshot::take(&known.project, &open, &self.library, self.encoding);
        let Ok(snapshot) = catch_unwind(AssertUnwindSafe(analyze)) else {
            tracing::error!("a defect of the compiler; the findings before it stay");
            return;
        };
        let mut publications = Vec::new();
        let mut marked = BTreeSet::new();
        for (file, id) in snapshot.documents() {
            let findings = findings(&snapshot, file);
            let version = self.documents.get(id).map(|document| document.version);
            if !findings.is_empty() {
                marked.insert(id.clone());
            } else if version.is_none() && !known.marked.contains(id) {
                continue;
            }
            publications.push(Publication { document: id.clone(), version, findings });
        }
        let gone = known.marked.iter().filter(|id| snapshot.file(id).is_none());
        publications.extend(gone.map(|id| Publication { document: id.clone(), version: None, findings: Vec::new() }));
        known.marked = marked;
        known.snapshot = Some(Arc::new(snapshot));
        for publication in publications {
            self.publish(publication);
        }
    }

    fn publish(&self, publication: Publication) {
        // The editor may have gone; then nobody listens.
        let _ = self.outbox.blocking_send(publication);
    }
}
