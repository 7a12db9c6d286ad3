//! What is known of a text that is put together: `"https://{HOST}/{path}"` begins with a constant.

use super::{evaluate, operators};
use crate::ir::{Binary, Expr, ExprKind, LocalId, Program};
use bytecode::inner::Inner;

/// How many parts of a text are followed.
const MOST_PIECES: usize = 12;
/// How much text of one is kept, in bytes.
const LONGEST: usize = 400;

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Piece {
    /// Constant text.
    Text(String),
    /// The value of a local.
    Local(LocalId),
    /// The run's private folder.
    RunDir,
    /// Something else; nothing is kept behind it.
    Unknown,
}

/// The constant beginning of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Beginning {
    /// What it begins with.
    pub text: String,
    /// Whether that is all of it.
    pub whole: bool,
}

/// Gives what a text is put together from, up to the first part that is neither constant nor a local.
pub(crate) fn pieces(program: &Program, expr: &Expr) -> Vec<Piece> {
    let mut pieces = Vec::new();
    collect(program, expr, &mut pieces);
    bounded(pieces)
}

/// Cuts a text that was put together to the size that is kept, and joins its constant parts.
pub(crate) fn bounded(pieces: impl IntoIterator<Item = Piece>) -> Vec<Piece> {
    let mut kept: Vec<Piece> = Vec::new();
    let mut length = 0;
    for piece in pieces {
        if let Piece::Text(text) = &piece {
            length += text.len();
        }
        if length > LONGEST || kept.len() >= MOST_PIECES {
            kept.push(Piece::Unknown);
            break;
        }
        match (kept.last_mut(), piece) {
            (Some(Piece::Text(before)), Piece::Text(text)) => before.push_str(&text),
            (_, Piece::Text(text)) if text.is_empty() => {}
            (_, Piece::Unknown) => {
                kept.push(Piece::Unknown);
                break;
            }
            (_, piece) => kept.push(piece),
        }
    }
    kept
}

/// Gives the constant beginning of a text.
pub(crate) fn beginning(pieces: &[Piece]) -> Beginning {
    match pieces {
        [] => Beginning { text: String::new(), whole: true },
        [Piece::Text(text)] => Beginning { text: text.clone(), whole: true },
        [Piece::Text(text), ..] => Beginning { text: text.clone(), whole: false },
        [Piece::Local(_) | Piece::RunDir | Piece::Unknown, ..] => Beginning { text: String::new(), whole: false },
    }
}

/// Says whether a path leads into the run's private folder, whatever the run finds for its unknown parts: they hold no
/// `..` where a path is built of them.
pub(crate) fn is_in_run_dir(pieces: &[Piece]) -> bool {
    let texts = || pieces.iter().filter_map(|piece| if let Piece::Text(text) = piece { Some(text) } else { None });
    match pieces {
        [Piece::RunDir] => true,
        [Piece::RunDir, Piece::Text(next), ..] => next.starts_with('/') && !texts().any(|text| text.contains("..")),
        _ => false,
    }
}

fn collect(program: &Program, expr: &Expr, pieces: &mut Vec<Piece>) {
    if pieces.last() == Some(&Piece::Unknown) {
        return;
    }
    match &expr.kind {
        ExprKind::Text(parts) => parts.iter().for_each(|part| collect(program, part, pieces)),
        ExprKind::Binary { operator: Binary::Add, left, right } => {
            collect(program, left, pieces);
            collect(program, right, pieces);
        }
        ExprKind::Retype(value) | ExprKind::Refine { value, .. } | ExprKind::Unwrap(value) | ExprKind::Some(value) => {
            collect(program, value, pieces);
        }
        ExprKind::Local(local) => pieces.push(Piece::Local(*local)),
        ExprKind::Inner { operation: Inner::RunDir, .. } => pieces.push(Piece::RunDir),
        _ => {
            let value = evaluate(program, expr);
            let text = value.and_then(|value| operators::shown(program, &value));
            pieces.push(text.map_or(Piece::Unknown, Piece::Text));
        }
    }
}
