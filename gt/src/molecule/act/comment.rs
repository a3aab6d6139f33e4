//! `gt checkpoint comment`: a word on what was handed in; the checkpoint stays as it is.

use super::super::change::{Acted, Change};
use super::super::machine::CheckpointAction;
use super::super::texts;
use bd::error::{Error, Result};
use bd::model::{BeadId, Kind};
use bd::store::Tx;

/// Comments on a checkpoint.
///
/// # Errors
/// Nothing to say, or too much (exit 2); the step is no checkpoint.
pub fn comment(tx: &mut Tx<'_>, id: &BeadId, step: &str, text: &str) -> Result<Acted> {
    let text = super::super::handin::visible(text.trim());
    if text.is_empty() {
        return Err(Error::usage("a comment needs a text").hint("--text TEXT"));
    }
    bd::ops::change::check_text("comment", &text)?;
    let mut change = Change::new(tx, id.clone());
    let view = change.view()?;
    let (step, _) = super::checkpoint_for(&view, step, CheckpointAction::Comment)?;
    let mut event = change.tx.event(&step.bead, Kind::COMMENT)?;
    event.text = Some(text.clone());
    let key = format!("comment {}", event.id);
    change.tx.push(event);
    let by = change.tx.actor().as_str().to_owned();
    change.letters.push(texts::commented(&view, step, &by, &text, &key));
    change.end()
}
