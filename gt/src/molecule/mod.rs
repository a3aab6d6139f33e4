//! Molecules: poured formulas. The events of their beads are the truth; a [`View`] is computed from them.

pub mod model;
mod view;

pub use model::{CheckpointState, MoleculeState, StepState, Validation};
pub use view::{CheckpointView, StepView, View};
