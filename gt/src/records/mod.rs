//! Records: TOML and Markdown for the reviewer of a pull request, rendered from the events. Never read back.

use crate::molecule::View;
use bd::cli::Ctx;
use bd::error::Result;

/// Renders what a transition changed, where the acting actor holds the molecule.
///
/// # Errors
/// A file cannot be written.
pub fn after(ctx: &mut Ctx<'_, '_>, view: &View) -> Result<()> {
    let _ = (ctx, view);
    Ok(())
}
