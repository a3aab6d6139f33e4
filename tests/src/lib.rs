//! What every cross-binary test stands on: a hermetic [`Sandbox`] with real git, fixed clock and ids.
//!
//! ```text
//! let sandbox = Sandbox::new();
//! let remote = sandbox.remote("origin");
//! let ann = remote.clone_as("ann");
//! ann.bd(&["init", "--publish"]).ok();
//! let id = ann.bd(&["create", "A title", "--json"]).json()["id"].clone();
//! ann.bd(&["show", "nothing"]).fails(2);
//! remote.forge().squash("main", "feature").unwrap();
//! ```
//! How to write a test with it: CONTRIBUTING.md, "Writing a test".

mod command;
pub mod corpus;
mod counts;
mod forge;
mod http;
mod mounts;
mod normalise;
mod outside;
pub mod reference;
mod rng;
mod sandbox;
pub mod schema;
pub mod traceability;
mod work;

pub use command::{Cmd, Output, Running};
pub use counts::{Counts, counts};
pub use forge::{Conflict, Forge, Landed};
pub use http::{Door, HttpForge};
pub use mounts::{Mounts, mount_disk, mount_read_only, own_mounts, unmount};
pub use normalise::Normalise;
pub use outside::{binary_of, compat_data, repository_root, setting};
pub use rng::Rng;
pub use sandbox::{Options, Remote, Sandbox};
pub use work::Work;
