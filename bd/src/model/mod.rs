//! Pure data: events, beads' names, values, times. No I/O, no clock.

mod actor;
mod bead_id;
mod claim;
mod edge;
mod event;
mod event_id;
mod json;
mod kinds;
mod record;
mod time;
mod value;

pub use actor::Actor;
pub use bead_id::{BeadId, BeadIdError, GATES_BEAD, MAIL_BEAD, MEMORY_BEAD, VERDICTS_BEAD};
pub use claim::Claim;
pub use edge::{DepType, Edge};
pub use event::{Event, EventError, Kind, MAX_LINE, MAX_TEXT, VERSION};
pub use event_id::{EventId, EventIdError};
pub use kinds::{Category, FAILURE_WORDS, Outcome, Status, is_failure_reason};
pub use record::{RECORD_KEYS, is_record_key, record_place};
pub use time::{format_time, parse_time};
pub use value::{Fields, Value};
