//! Views that were computed once and are kept beside the cache of `bd`, so that a look costs what it shows (docs/design/workflow.md,
//! What is kept of views). No mutation asks them.

mod convoys;
mod feed;
pub mod file;
mod files;
mod formulas;
mod front;
mod held;
mod ids;
mod kept;
mod letter;
mod mail;
mod molecules;
mod people;
mod slips;
mod text;

pub use convoys::Convoys;
pub use feed::told;
pub use files::Files;
pub use formulas::list as formulas;
pub use held::{assigned, assigned_beads};
pub use ids::Ids;
pub use mail::Letters;
pub use molecules::Molecules;
pub use people::people;
pub use slips::{Slip, newest};
