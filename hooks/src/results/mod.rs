//! Readers of test reports: `FORMAT` in `report = "FORMAT:GLOB"` of a command gate (GATES, Test results).

mod counts;

pub use counts::{Counts, Failure};
