//! Definitions, layers, the evaluator, verdicts, waivers.

mod model;
mod terms;

pub use model::{Answer, Ask, Expect, Gate, Kind, Layer};
pub use terms::{Action, Status, When};
