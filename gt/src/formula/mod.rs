//! Formulas: TOML (and JSON) templates of steps. Parse, compose, check; pouring is [`crate::molecule`]'s.

mod recipe;

pub use recipe::{Estimate, OnFail, Progression, Recipe, Step, StepKind};
