//! `bd dep`: edges between beads.

mod add;
mod look;
mod remove;
mod spec;

pub use add::{EdgeChange, add, check, check_new};
pub use look::{Listed, Tree, cycles, direction, list, tree};
pub use remove::{relate, remove, unrelate};
pub use spec::{DepSpec, parse_deps};
