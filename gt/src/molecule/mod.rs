//! Molecules: poured formulas. The events of their beads are the truth; a [`View`] is computed from them.

pub mod beads;
pub mod compute;
pub mod model;
pub mod names;
mod view;

pub use compute::{load, load_all, named};
pub use model::{CheckpointState, MoleculeState, StepState, Validation};
pub use view::{CheckpointView, StepView, View};
