//! One field: its heads.

use crate::model::{Actor, EventId, Kind, Value};

/// A write that no other write on the field names.
#[derive(Clone, Debug, PartialEq)]
pub struct Head {
    /// The event.
    pub id: EventId,
    /// Its kind.
    pub kind: Kind,
    /// Who wrote.
    pub by: Actor,
    /// When, as the writer's clock said.
    pub at: String,
    /// What.
    pub value: Value,
}

/// The heads of one field, by id ascending; never empty.
#[derive(Clone, Debug, PartialEq)]
pub struct Register {
    pub(super) heads: Vec<Head>,
}

impl Register {
    /// The head that shows: the greatest id (a tie-break, not a cause).
    pub fn shown(&self) -> &Head {
        // A register is only ever made with a head in it.
        &self.heads[self.heads.len() - 1]
    }

    /// All heads, by id ascending.
    pub fn heads(&self) -> &[Head] {
        &self.heads
    }

    /// True if several heads have different values.
    pub fn in_conflict(&self) -> bool {
        let shown = self.shown();
        self.heads.iter().any(|h| h.value != shown.value)
    }
}
