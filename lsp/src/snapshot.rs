//! All that is known about a project at one moment. It never changes, so a request may hold it as long as it likes.

mod present;

use crate::Library;
use crate::documents::{Document, DocumentId};
use crate::position::Encoding;
use crate::project::Project;
use compiler::{Analysis, Input, InputFile};
use diagnostics::{FileId, SourceFile};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// An analysis, and which of its files are which documents.
pub struct Snapshot {
    /// What the compiler knows.
    pub analysis: Analysis,
    /// How the editor counts.
    pub encoding: Encoding,
    /// The documents, at the numbers of their files; the library's files come behind them.
    documents: Vec<(FileId, DocumentId)>,
}

impl Snapshot {
    /// Analyzes a project with those of its documents that are open.
    pub fn take(
        project: &Project,
        open: &BTreeMap<&DocumentId, &Document>,
        library: &Library,
        encoding: Encoding,
    ) -> Snapshot {
        let on_disk = project.files.keys().cloned().map(DocumentId::File);
        let ids: BTreeSet<DocumentId> = on_disk.chain(open.keys().map(|id| (*id).clone())).collect();
        let files = ids.iter().map(|id| {
            let text = open.get(id).map(|document| &document.text);
            let text = text.or_else(|| project.files.get(id.path()?)).cloned().unwrap_or_default();
            InputFile { name: id.name(), module: project.module(id), text }
        });
        let analysis = compiler::analyze(Input {
            name: project.name.clone(),
            files: files.collect(),
            calendars: project.calendars.clone(),
            library: library.clone(),
            zone: project.zone.clone(),
            levels: project.levels.clone(),
            now: present::now(),
        });
        // Names of documents are paths and addresses, so none of them is one of the library's.
        let numbers: HashMap<&str, FileId> =
            analysis.sources.iter().map(|(number, file)| (file.name(), number)).collect();
        let documents = ids.iter().filter_map(|id| Some((*numbers.get(&*id.name())?, id.clone()))).collect();
        Snapshot { analysis, encoding, documents }
    }

    /// Gives the file that a document is.
    pub fn file(&self, id: &DocumentId) -> Option<(FileId, &SourceFile)> {
        let (number, _) = self.documents.iter().find(|(_, one)| one == id)?;
        Some((*number, self.analysis.sources.file(*number)))
    }

    /// Gives the document that a file is; `None` for a file of the library.
    pub fn document(&self, file: FileId) -> Option<&DocumentId> {
        self.documents.iter().find(|(number, _)| *number == file).map(|(_, id)| id)
    }

    /// Gives the documents of the project.
    pub fn documents(&self) -> impl Iterator<Item = (FileId, &DocumentId)> {
        self.documents.iter().map(|(number, id)| (*number, id))
    }
}
