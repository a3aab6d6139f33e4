//! `bd duplicate`, `bd supersede`: a bead ends because another one stands for it.

use super::change::{Done, standing};
use super::close::{CloseRequest, close};
use super::dep::{self, DepSpec};
use crate::error::{Error, Result};
use crate::model::{DepType, Outcome};
use crate::store::Tx;

/// Why another bead stands for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replaced {
    /// Both say the same.
    Duplicate,
    /// The other one came after it.
    Superseded,
}

/// Closes a bead because `other` stands for it, and links the two. In both cases the edge leaves the bead that goes on
/// existing only as history: `id` duplicates `other`; `other` supersedes `id`.
///
/// # Errors
/// No such bead, the two are one (exit 2); what speaks against closing (exit 3).
pub fn replace(tx: &mut Tx<'_>, id: &str, other: &str, how: Replaced) -> Result<Done> {
    let (bead, kept) = (standing(tx, id)?, standing(tx, other)?);
    if bead.id == kept.id {
        return Err(Error::usage(format!("`{}` cannot stand for itself", bead.id)));
    }
    let short = tx.snapshot().short(&kept.id);
    let (from, to, kind, outcome, word) = match how {
        Replaced::Duplicate => (&bead.id, &kept.id, DepType::DUPLICATES, Outcome::Duplicate, "duplicate of"),
        Replaced::Superseded => (&kept.id, &bead.id, DepType::SUPERSEDES, Outcome::Superseded, "superseded by"),
    };
    dep::add(tx, from.as_str(), &DepSpec::new(kind, to.as_str()))?;
    let reason = format!("{word} {}", kept.id);
    let mut out =
        close(tx, bead.id.as_str(), &CloseRequest { outcome: Some(outcome), reason: Some(reason), ..CloseRequest::default() })?;
    out.detail = format!("{word} {short}");
    Ok(out)
}
