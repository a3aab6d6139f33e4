//! Where a verb stands: the repository, the store where there is one, and what decides.

use crate::gate::{self, Definitions, Gate, Layer, Target};
use bd::cli::Ctx;
use bd::error::Result;
use bd::git::Git;
use bd::store::{Sources, Store};
use std::rc::Rc;
use std::sync::Arc;

/// The repository with what decides in it.
pub struct Place {
    /// The repository.
    pub git: Arc<dyn Git>,
    /// Which refs are read.
    pub sources: Sources,
    /// The store; `None` where `bd init` was never run: scans need none.
    pub store: Option<Rc<Store>>,
}

impl Place {
    /// Finds it.
    ///
    /// # Errors
    /// No repository; a store that is there and cannot be opened.
    pub fn find(ctx: &mut Ctx<'_, '_>) -> Result<Self> {
        let git: Arc<dyn Git> = Arc::from(bd::git::open(&ctx.env)?);
        let sources = Sources::find(&*git)?;
        let has_store = Store::attach(Arc::clone(&ctx.env), Arc::clone(&git))?.is_initialised()?;
        let store = if has_store { Some(ctx.store()?) } else { None };
        Ok(Self { git, sources, store })
    }

    /// The gates and rules that decide.
    ///
    /// # Errors
    /// As [`gate::load`].
    pub fn definitions(&self) -> Result<Definitions> {
        gate::load(&*self.git, &self.sources, &Target::Default)
    }

    /// Whether a gate's program may run here; `None` for a gate that starts none.
    ///
    /// # Errors
    /// The list of what is trusted cannot be read.
    pub fn trusted(&self, gate: &Gate) -> Result<Option<bool>> {
        match (&gate.layer, gate.kind.program(), &self.store) {
            (Layer::Project { file, file_digest, .. }, Some(_), Some(store)) => {
                bd::ops::trust::is_trusted_digest(store, file, file_digest).map(Some)
            }
            (Layer::Project { .. }, Some(_), None) => Ok(Some(false)),
            _ => Ok(None),
        }
    }
}
