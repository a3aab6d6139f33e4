//! Definitions, layers, the evaluator, verdicts, waivers.

mod cache;
mod define;
mod evaluate;
mod events;
mod globs;
pub mod grep_trap;
pub mod kinds;
mod layers;
mod model;
mod outcome;
mod problem;
mod read;
mod schedule;
mod target;
mod terms;
mod verdict;
mod waived;
pub mod waivers;

#[cfg(test)]
mod cache_tests;
#[cfg(test)]
mod define_tests;
#[cfg(test)]
mod evaluate_tests;
#[cfg(test)]
mod evaluate_words_tests;
#[cfg(test)]
mod events_tests;
#[cfg(test)]
mod lab;
#[cfg(test)]
mod target_tests;

pub use cache::latest;
pub use define::{KINDS, LIMITS, is_id};
pub(crate) use evaluate::select;
pub use evaluate::{Options, evaluate};
pub use events::{Recorded, is_recorded, record, recorded};
pub use globs::Globs;
pub use layers::{BUILT_IN, Definitions, RULES_DIR, load, parse};
pub use model::{Answer, Ask, Expect, Gate, Kind, Layer};
pub use outcome::{AllGatesPassed, Outcome};
pub use problem::{Problem, Problems, Wrong};
pub use target::{Found, Target, Tree};
pub use terms::{Action, Status, When};
pub use verdict::Verdict;
pub use waived::{NoWaivers, Waived, Waivers};
