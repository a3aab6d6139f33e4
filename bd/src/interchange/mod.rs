//! Records of upstream Beads in and out (STATE 9, docs/concepts/interchange.md). Pure: bytes and beads in, events and
//! bytes out; whoever calls commits the one and writes the other.

pub mod export;
pub mod import;
pub mod json;
mod keys;
pub mod markdown;
mod parts;
mod record;
mod shape;

pub use parts::comment_number;
pub use record::{RecordOptions, record, record_line};
