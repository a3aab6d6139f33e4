//! Events in, state out. Pure: no I/O, no clock, no order (STATE 4).
//!
//! Laws (tests/laws): commutative, associative, idempotent; adding events never removes a bead; absence never means
//! deletion; a writer's own write stands until somebody who saw it changes it.

mod bead;
mod claim;
mod conflict;
mod redact;
mod register;
mod state;

pub use bead::{Bead, Comment, LiveEdge};
pub use claim::Holding;
pub use conflict::Conflict;
pub use redact::{MACHINE_FIELDS, stub, stub_line};
pub use register::{Head, Register};
pub use state::{State, fold_bead};
