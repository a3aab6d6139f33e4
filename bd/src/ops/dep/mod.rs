//! `bd dep`: edges between beads.

mod add;
mod spec;

pub use add::{EdgeChange, add, check, check_new};
pub use spec::{DepSpec, parse_deps};
