//! Sync: one set of events in many clones, by way of the user's git (STATE 7).
//!
//! Rooms: [`union`] joins two trees, [`absorb`] makes the union our state, [`publish`] makes it the remote's,
//! [`choice`] says whether to. Code branches, HEAD, the index and the working tree are never touched.

pub mod absorb;
pub mod choice;
pub mod claim;
pub mod contest;
pub mod diff;
pub mod flow;
pub mod lost;
pub mod maintain;
pub mod named;
pub mod own;
pub mod pack_rides;
pub mod publish;
pub mod redact;
pub mod remote;
pub mod report;
mod ridden;
pub mod ride;
pub mod rides;
mod shelf;
pub mod status;
mod tidy;
pub mod union;
pub mod verify;

#[cfg(test)]
mod tests;

pub use choice::{Choice, Why};
pub use flow::{Options, sync};
pub use report::{LostClaim, Report};
