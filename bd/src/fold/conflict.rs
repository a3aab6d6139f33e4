//! Visible conflicts.

use super::register::Head;

/// Two writers who had not seen each other.
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict {
    /// The field, or `deleted` for a change that did not know of the deletion.
    pub field: String,
    /// What shows.
    pub shown: Head,
    /// What else stands, by id ascending.
    pub others: Vec<Head>,
}
