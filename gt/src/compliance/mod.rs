//! The compliance report: what the tool can prove, and what a person must judge.

mod facts;

pub use facts::Facts;

use crate::molecule::{StepView, View};
use bd::error::{Error, ErrorKind, Result};
use bd::store::Store;

/// The numbers of a finished report.
///
/// # Errors
/// There is none, or a marked place in it is empty (exit 4).
pub fn final_facts(_store: &Store, view: &View, step: &StepView) -> Result<Facts> {
    Err(Error::new(ErrorKind::Gate, format!("`{}/{}` has no report", view.name, step.def.id)))
}
