//! What Taskwright says about a source: codes, places, and one plain-data [`Diagnostic`].
//!
//! Nothing here knows a terminal, an editor or a file system: renderers give text, and callers put it somewhere.
//! A diagnostic is always made from a row of the table in [`code`], so every code has a title and a page.

pub mod code;
mod diagnostic;
mod mend;
mod place;
pub mod render;
mod sort;
mod sources;
mod suggest;

pub use code::{Code, Severity};
pub use diagnostic::{Diagnostic, Edit, Fix, Label};
pub use mend::{Mended, mend};
pub use place::{FileId, Place, Span};
pub use sort::sort;
pub use sources::{Position, SourceFile, Sources};
pub use suggest::nearest;
