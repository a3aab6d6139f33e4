//! Which messages make an alert.

use crate::mail::{MailKind, Message, Reader};

/// True if a message is worth an alert at all: alerts, notifications, calls for help, and what the workflow asks a person
/// for (a task with a key).
pub(super) fn is_due(message: &Message) -> bool {
    !message.redacted
        && match message.kind {
            MailKind::Alert | MailKind::Notification | MailKind::Escalation => true,
            MailKind::Task => message.key.is_some(),
            MailKind::Reply | MailKind::Handoff => false,
        }
}

/// True if it is this clone's: it reaches one of its users, or the workflow made it here. What a person wrote to somebody
/// else is that one's alert only.
pub(super) fn is_ours(message: &Message, readers: &[Reader]) -> bool {
    let composed = message.key.is_some() || message.kind == MailKind::Alert;
    readers.iter().any(|r| r.receives(message)) || (composed && message.is_from_here())
}
