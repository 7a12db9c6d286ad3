//! `// allow W0203: reason`: takes away what it silences, and tells an `allow` that silences nothing or cannot be read.

use crate::check::Unit;
use crate::levels;
use diagnostics::{Code, Diagnostic, Place, Span};
use grammar::Allow;

/// How an `allow` is written.
const FORM: &str = "write the code of a lint and why it does not count here: `// allow W0203: reason`";

/// An `allow` that can be read.
struct Silence {
    code: Code,
    reach: Place,
    /// The comment, as it is told where it silences nothing.
    place: Place,
    /// What is taken away with it: the whole line, where it has one.
    whole: Span,
    silenced: bool,
}

/// Takes away the lints that comments silence, and tells what is wrong with the comments.
///
/// Where there are errors lints were not looked for, so nothing is said of a comment that silences none.
pub(crate) fn heed(units: &[Unit], diagnostics: &mut Vec<Diagnostic>) {
    let mut silences = Vec::new();
    for unit in units.iter().filter(|unit| !unit.library) {
        for allow in &unit.allows {
            match read(unit, *allow) {
                Ok(silence) => silences.push(silence),
                Err(wrong) => diagnostics.push(*wrong),
            }
        }
    }
    if silences.is_empty() {
        return;
    }
    diagnostics.retain(|diagnostic| {
        let at = diagnostic.primary.place;
        let mut kept = true;
        // Each that speaks of it is of use, so that none is told beside another.
        for silence in silences.iter_mut().filter(|silence| silence.code == diagnostic.code && holds(silence.reach, at))
        {
            silence.silenced = true;
            kept = false;
        }
        kept
    });
    if !diagnostics.iter().any(Diagnostic::is_error) {
        diagnostics.extend(silences.iter().filter(|silence| !silence.silenced).map(unused));
    }
}

/// Says whether what is told begins in what a comment reaches.
fn holds(reach: Place, told: Place) -> bool {
    reach.file == told.file && reach.span.start <= told.span.start && told.span.start < reach.span.end
}

fn read(unit: &Unit, allow: Allow) -> Result<Silence, Box<Diagnostic>> {
    let place = allow.comment.in_file(unit.file);
    let comment = allow.comment.text(&unit.text);
    let rest = comment.trim_start_matches('/').trim_start().strip_prefix("allow").unwrap_or_default().trim();
    let (number, reason) = rest.split_once(':').unwrap_or((rest, ""));
    let number = number.trim();
    let wrong = |message: String| Diagnostic::new(Code::AllowForm, place, message);
    let code = levels::lint(number).map_err(|message| {
        let told = wrong(message);
        Box::new(match (Code::from_number(number), levels::near(number)) {
            (Some(_), _) => {
                told.help("mend what the error tells; only lints, whose codes begin with W or N, can be allowed")
            }
            (None, Some(near)) => told.label(format!("write `{near}`")),
            (None, None) => told.help(FORM),
        })
    })?;
    if reason.trim().is_empty() {
        let message = format!("this allows `{}` and does not say why", code.number());
        return Err(Box::new(wrong(message).help(FORM)));
    }
    let whole = whole_line(&unit.text, allow.comment);
    Ok(Silence { code, reach: allow.reach.in_file(unit.file), place, whole, silenced: false })
}

/// Gives the line of a comment with its end, or, behind something, the comment with the blanks before it.
fn whole_line(text: &str, comment: Span) -> Span {
    let before = text.get(..comment.start as usize).unwrap_or_default();
    let kept = before.trim_end_matches([' ', '\t']);
    let has_line = kept.is_empty() || kept.ends_with('\n');
    let behind = text.get(comment.end as usize..).unwrap_or_default();
    let end = if has_line { behind.find('\n').map_or(behind.len(), |at| at + 1) } else { 0 };
    Span::new(kept.len() as u32, comment.end + end as u32)
}

fn unused(silence: &Silence) -> Diagnostic {
    let number = silence.code.number();
    Diagnostic::new(Code::UnusedAllow, silence.place, format!("nothing is told here by `{number}`"))
        .label("silences nothing")
        .safe_fix("remove it", silence.whole.in_file(silence.place.file), "")
}
