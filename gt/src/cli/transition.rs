//! What every verb that changes a molecule does around its own transition.

use crate::molecule::{Acted, beads};
use bd::cli::Ctx;
use bd::error::Result;
use bd::model::BeadId;
use bd::store::Tx;

/// The arguments of a verb that takes a molecule and a reason.
#[derive(clap::Args)]
pub struct Reasoned {
    /// Which molecule
    #[arg(value_name = "NAME")]
    pub name: String,
    /// Why
    #[arg(short, long, value_name = "TEXT")]
    pub reason: Option<String>,
}

/// Finds the molecule, makes the transition in one commit, and renders its records where the actor holds it.
///
/// # Errors
/// No such molecule (exit 2); what the transition refuses.
pub fn transition(ctx: &mut Ctx<'_, '_>, name: &str, make: impl FnOnce(&mut Tx<'_>, &BeadId) -> Result<Acted>) -> Result<Acted> {
    let (store, snapshot) = (ctx.store()?, ctx.snapshot()?);
    let id = beads::find(&store, &snapshot, name)?;
    let mut acted = ctx.write(|tx| make(tx, &id))?;
    crate::records::after(ctx, &mut acted)?;
    Ok(acted)
}
