//! Definitions, layers, the evaluator, verdicts, waivers.

pub mod grep_trap;
pub mod kinds;
mod model;
mod outcome;
mod terms;
mod verdict;
mod waived;
pub mod waivers;

pub use model::{Answer, Ask, Expect, Gate, Kind, Layer};
pub use outcome::{AllGatesPassed, Outcome};
pub use terms::{Action, Status, When};
pub use verdict::Verdict;
pub use waived::{NoWaivers, Waived, Waivers};
