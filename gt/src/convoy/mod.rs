//! Convoys: sets of beads and molecules that are tracked to landing.
//!
//! People write `.beads/convoys/<id>/convoy.toml`; a bead of the type `convoy` holds what happens: members (edges `tracks`),
//! stage, watchers, landing. Whatever can be counted is counted anew each time ([`board`]).

pub mod bead;
pub mod board;
pub mod days;
pub mod edit;
pub mod fresh;
pub mod gates;
pub mod graph;
pub mod health;
pub mod land;
pub mod launch;
mod line;
mod look;
pub mod make;
pub mod members;
pub mod membership;
mod model;
pub mod name;
pub mod nodes;
mod parse;
pub mod place;
pub mod proof;
mod scene;
pub mod stage;
pub mod status_file;
pub mod teams;
mod text;
mod values;

pub use bead::{Convoy, State, all, bead_id, find};
pub use board::{Board, Facts, Next, Tally, Unit, board};
pub use line::{Line, Poured, Standing};
pub use look::{Look, others};
pub use members::{Members, Plain};
pub use membership::track;
pub use model::{ConvoyFile, Lesson, Planned, QualityGates, Risk, Scope, Teams, Timeline, ask_of, requires_of, waiting_for};
pub use parse::{MAX_FILE, parse};
pub use place::{file_in, file_of};
pub use scene::{Outlook, Scene, facts, path_of};
pub use text::time;
