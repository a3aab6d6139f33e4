//! Urgent mail that nobody has answered for: shown by `gt status` to those who sent it and those who received it.

use super::deliver::Reader;
use super::mailbox::Mailbox;
use super::marks::Marks;
use super::model::{Message, Priority};

/// Urgent messages that wait.
#[derive(Clone, Debug, Default)]
pub struct Urgent<'a> {
    /// Sent to the reader, and not read in this clone.
    pub received: Vec<&'a Message>,
    /// Sent by the reader, and acknowledged by nobody.
    pub sent: Vec<&'a Message>,
}

/// The urgent messages that wait for a reader, and those of his that wait for others. Who has read one is known in the
/// reader's own clone only; what a sender sees are acknowledgements.
pub fn urgent_unread<'a>(mailbox: &'a Mailbox, marks: &Marks, reader: &Reader) -> Urgent<'a> {
    urgent_of(mailbox.all(), marks, reader)
}

/// The same of some messages.
pub fn urgent_of<'a>(all: &'a [Message], marks: &Marks, reader: &Reader) -> Urgent<'a> {
    let urgent = || all.iter().filter(|m| m.priority == Priority::Urgent && !m.redacted);
    let acked = |m: &Message| m.acks.iter().any(|a| super::identity(&a.by) == reader.identity);
    Urgent {
        received: urgent().filter(|m| reader.receives(m) && !marks.is_read(m) && !marks.is_archived(m) && !acked(m)).collect(),
        sent: urgent().filter(|m| reader.sent(m) && m.acks.is_empty() && !reader.receives(m)).collect(),
    }
}
