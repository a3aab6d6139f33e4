//! Molecules: poured formulas. The events of their beads are the truth; a [`View`] is computed from them.

pub mod act;
pub mod beads;
pub mod change;
mod clock;
pub mod compute;
pub mod deadline;
pub mod facts;
pub mod glance;
pub mod handin;
pub mod inputs;
mod judge;
pub mod letter;
pub mod machine;
pub mod model;
pub mod names;
pub mod own;
pub mod post;
pub mod pour;
pub mod predicate;
pub mod review;
mod shelf;
pub mod texts;
pub mod validate;
mod view;

pub use change::Acted;
pub use compute::{load, load_all, load_bead, load_open, named};
pub use facts::{Brief, BriefStep};
pub use glance::{Glance, OpenStep};
pub use model::{CheckpointState, MoleculeState, StepState, Validation};
pub use shelf::Shelf;
pub use view::{CheckpointView, StepView, View};

/// The program that drives these beads, as the field `driver` names it.
pub const DRIVER: &str = "gt";
