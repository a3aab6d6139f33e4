//! Orders of lists.

use super::row::Row;
use std::cmp::Ordering;

/// How a list is ordered. Ties fall to the id, so that every order is total.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum SortKey {
    /// Most urgent first, then oldest (the default).
    #[default]
    Priority,
    /// Created in the last 48 hours: by priority, then oldest; after them all others, oldest first.
    Hybrid,
    /// Oldest first.
    Oldest,
    /// Newest first.
    Created,
    /// Last changed first.
    Updated,
    /// Last closed first; not closed ones at the end.
    Closed,
    /// Soonest due first; those without a date at the end.
    Due,
    /// By status, then as [`SortKey::Priority`].
    Status,
    /// By id.
    Id,
    /// By title, whatever its case.
    Title,
    /// By type, then as [`SortKey::Priority`].
    Type,
    /// By assignee, then as [`SortKey::Priority`]; nobody's at the end.
    Assignee,
}

/// The span in which [`SortKey::Hybrid`] calls a bead new, in milliseconds.
const RECENT: i64 = 48 * 3_600_000;

impl SortKey {
    /// The names, for help and errors.
    pub const NAMES: &'static [(&'static str, Self)] = &[
        ("priority", Self::Priority),
        ("hybrid", Self::Hybrid),
        ("oldest", Self::Oldest),
        ("created", Self::Created),
        ("updated", Self::Updated),
        ("closed", Self::Closed),
        ("due", Self::Due),
        ("status", Self::Status),
        ("id", Self::Id),
        ("title", Self::Title),
        ("type", Self::Type),
        ("assignee", Self::Assignee),
    ];

    /// Reads a name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(name, _)| *name == text).map(|(_, key)| *key)
    }

    /// Compares two rows at `now` (milliseconds since 1970; only [`SortKey::Hybrid`] looks at it).
    pub fn compare(self, a: &Row, b: &Row, now: i64) -> Ordering {
        let urgent = || a.priority.cmp(&b.priority).then(a.created_at.cmp(&b.created_at));
        let order = match self {
            Self::Priority => urgent(),
            Self::Hybrid => {
                let recent = |row: &Row| row.created_at > now - RECENT;
                recent(b).cmp(&recent(a)).then_with(|| if recent(a) { urgent() } else { a.created_at.cmp(&b.created_at) })
            }
            Self::Oldest => a.created_at.cmp(&b.created_at),
            Self::Created => b.created_at.cmp(&a.created_at),
            Self::Updated => b.updated_at.cmp(&a.updated_at),
            Self::Closed => b.closed_at.cmp(&a.closed_at),
            Self::Due => last(a.due_at.as_ref(), b.due_at.as_ref()),
            Self::Status => a.status.cmp(&b.status).then_with(urgent),
            Self::Id => Ordering::Equal,
            Self::Title => a.title.to_lowercase().cmp(&b.title.to_lowercase()),
            Self::Type => a.issue_type.cmp(&b.issue_type).then_with(urgent),
            Self::Assignee => last(a.assignee.as_ref(), b.assignee.as_ref()).then_with(urgent),
        };
        order.then_with(|| a.id.cmp(&b.id))
    }

    /// Sorts rows in place.
    pub fn sort(self, rows: &mut [&Row], reverse: bool, now: i64) {
        rows.sort_by(|a, b| self.compare(a, b, now));
        if reverse {
            rows.reverse();
        }
    }
}

/// Ascending, with the missing ones at the end.
fn last<T: Ord>(a: Option<&T>, b: Option<&T>) -> Ordering {
    a.is_none().cmp(&b.is_none()).then(a.cmp(&b))
}
