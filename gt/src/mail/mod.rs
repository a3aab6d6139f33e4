//! Mail: messages between people, teams and agents, as events of the stream `mail` (docs/concepts/mail.md).
//!
//! What was sent and who has acknowledged it is shared; what somebody has read or archived stays in the clone.

mod address;
mod artifact;
mod config;
mod convoys;
mod deliver;
mod directory;
mod draft;
mod inject;
mod mailbox;
mod marks;
mod model;
mod search;
pub mod seen;
mod send;
pub mod text;
mod urgent;

pub use address::{identity, team_key};
pub use artifact::Artifact;
pub use convoys::Crew;
pub use deliver::Reader;
pub use directory::{Directory, Recipient, Team};
pub use draft::Draft;
pub use inject::inject;
pub use mailbox::{Mailbox, copies, end_of, named, short, short_alone};
pub use marks::Marks;
pub use model::{Ack, MAIL, MAIL_ACK, MailKind, Message, Priority};
pub use search::{Words, looked_through};
pub use send::{Sent, ack, send};
pub use urgent::{Urgent, urgent_of, urgent_unread};
