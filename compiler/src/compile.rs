//! The last step of the way: from an analysis without errors to an image.

use crate::{Analysis, lower};
use bytecode::Image;
use diagnostics::Diagnostic;

/// Compiles what was analysed. The image bears the name of the project.
///
/// # Errors
/// Gives the errors of the analysis, or what does not fit the limits of an image.
pub fn compile(analysis: &Analysis) -> Result<Image, Vec<Diagnostic>> {
    match &analysis.program {
        Some(program) if !analysis.has_errors() => lower::image(program, &analysis.sources, &analysis.name),
        Some(_) | None => Err(analysis.diagnostics.iter().filter(|each| each.is_error()).cloned().collect()),
    }
}
