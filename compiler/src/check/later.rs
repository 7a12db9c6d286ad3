//! What the language has and this version does not run yet: told once at the item, so that nothing is silently left out.

use super::Checker;
use grammar::tree::{self, ItemKind};

impl<'t> Checker<'t> {
    /// Tells of an item that is not run yet.
    pub(super) fn tell_later_item(&mut self, item: &'t tree::Item) {
        let what = match &item.kind {
            ItemKind::Setting(_) => "settings",
            ItemKind::Connection { .. } => "connections",
            ItemKind::Agent { .. } => "agents",
            ItemKind::Use(_)
            | ItemKind::Function(_)
            | ItemKind::Task(_)
            | ItemKind::Record(_)
            | ItemKind::Enum(_)
            | ItemKind::Refined(_)
            | ItemKind::Const(_)
            | ItemKind::Event(_)
            | ItemKind::State(_)
            | ItemKind::Calendar(_)
            | ItemKind::ErrorKind { .. }
            | ItemKind::Secret(_)
            | ItemKind::Extend(_)
            | ItemKind::Test { .. }
            | ItemKind::Error => return,
        };
        let span = item.name().map_or(item.span, |name| name.span);
        self.not_yet(span, what);
    }
}
