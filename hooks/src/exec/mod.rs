//! Programs that a gate runs: in a process group of their own, with a time limit, bounded and redacted output; and the tree
//! that they run in.

mod clean;
mod group;
mod kept;
mod place;
mod run;

pub use clean::Cleaner;
pub use kept::Kept;
pub use place::{Place, place, staged_tree};
pub use run::{End, Program, Ran, run, variables};
