//! One rule engine; the rules are TOML data (`hooks/rules/*.toml`, the project's in `.beads/rules/`).
//!
//! A [`RuleSet`] has rules by id, a [`Scanner`] looks for some of them in many files. One pass over the bytes of a file finds the
//! words of all rules; only where one stands is the file masked ([`crate::lang`]) and an expression tried on the lines around
//! it. What surrounds the place (function, loop, line, file) can then change the verdict.

mod blocks;
mod calls;
mod context;
mod kinds;
mod languages;
mod loops;
mod names;
mod nest;
mod read;
pub mod reference;
mod rule;
mod scanner;
mod sealed;
mod set;
mod source;
mod waiver;

#[cfg(test)]
mod tests;

pub use languages::Languages;
pub use names::{CHECK_NAMES, rule_of_check, severity_of_condition};
pub use read::Problem;
pub use rule::{Alias, Context, Example, Expr, Globs, Pattern, Rule, Text, Within, Wrappers};
pub use scanner::{Marked, Scanned, Scanner};
pub use sealed::sealed;
pub use set::{RuleSet, built_in_with_examples};
pub use waiver::{BadWaiver, Mark};
