//! What stands where in the project's files: filled while checking, asked by hover and definition.
//!
//! An entry is a few numbers; texts are made only when somebody asks.

use crate::check::ItemRef;
use crate::ir::Type;
use diagnostics::{FileId, Place, Span};
use std::sync::OnceLock;

/// What a name in a text means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// A top-level item.
    Item(ItemRef),
    /// A part of an item: the method of an `extend`, the parameter of a function or task, the field of a record, the
    /// case of an enum.
    Member(ItemRef, u32),
    /// A local, with where it is declared and its type there.
    Local(Span, Type),
    /// A module.
    Module(u32),
}

/// Use and meaning.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Use {
    /// The name.
    pub place: Place,
    /// What it means.
    pub target: Target,
}

/// All uses.
#[derive(Clone, Debug, Default)]
pub(crate) struct Index {
    uses: Vec<Use>,
    /// The same in the order of places, made when somebody asks.
    sorted: OnceLock<Vec<Use>>,
}

impl Index {
    /// Keeps a use.
    pub fn add(&mut self, place: Place, target: Target) {
        self.uses.push(Use { place, target });
    }

    /// Finds the smallest use that an offset touches.
    pub fn find(&self, file: FileId, offset: u32) -> Option<Use> {
        let uses = self.sorted.get_or_init(|| {
            let mut uses = self.uses.clone();
            uses.sort_by_key(|each| (each.place.file, each.place.span.start, each.place.span.end));
            uses
        });
        let behind = uses.partition_point(|each| (each.place.file, each.place.span.start) <= (file, offset));
        let before = uses[..behind].iter().rev().take_while(|each| each.place.file == file);
        before.take(8).filter(|each| each.place.span.touches(offset)).min_by_key(|each| each.place.span.len()).copied()
    }
}
