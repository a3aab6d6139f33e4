//! The compliance report: what the tool can prove, and what a person must judge.

mod facts;

pub use facts::Facts;
