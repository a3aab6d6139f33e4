//! What a waiver let through. Finding them (in the code, in events) is the room of the waivers; the evaluator only asks.

use super::Gate;
use crate::Finding;

/// One use of a waiver: it is counted in the report and stands in the verdict.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Waived {
    /// The finding; `None` = the gate as a whole.
    pub finding: Option<Finding>,
    /// Why. Never empty: no reason, no waiver.
    pub reason: String,
    /// Who waived it.
    pub by: String,
    /// Until when, RFC 3339; `None` = a mark in the code, which goes when the line goes.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub until: Option<String>,
    /// Where the waiver stands: `path:line` of the mark, or the id of the event.
    pub place: String,
}

impl Waived {
    /// The day until when, for people; `None` = a mark in the code.
    pub fn until_day(&self) -> Option<&str> {
        self.until.as_deref().map(|until| until.get(..10).unwrap_or(until))
    }
}

/// The waivers that hold for one check: at its moment, for its authors, at its time.
pub trait Waivers: Sync {
    /// The waiver of one finding, or (`None`) of a gate as a whole.
    fn waives(&self, gate: &Gate, finding: Option<&Finding>) -> Option<Waived>;
}

/// No waiver at all.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoWaivers;

impl Waivers for NoWaivers {
    fn waives(&self, _: &Gate, _: Option<&Finding>) -> Option<Waived> {
        None
    }
}
