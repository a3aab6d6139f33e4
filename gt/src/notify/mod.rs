//! Notifications: alerts about mail, by e-mail, webhook or a command of the user's own (docs/guides/notifications.md).
//!
//! An alert says that there is something to look at and how; the content stays in the mail. Where alerts go is known in
//! this clone only. A delivery that fails never fails a command: the next one tries again.

mod alert;
mod channel;
mod choose;
mod config;
mod curl;
mod email;
mod flush;
mod smtp;
mod state;

pub use alert::Alert;
pub use config::missing;
pub use flush::{begin, flush};
