//! A message before it is sent.

use super::artifact::Artifact;
use super::model::{MailKind, Message, Priority};
use bd::model::EventId;

/// What to send. Everything but addresses and subject may stay at its default.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// Addresses.
    pub to: Vec<String>,
    /// Addresses of copies.
    pub cc: Vec<String>,
    /// One line; what is longer than 500 characters is cut.
    pub subject: String,
    /// Text.
    pub body: String,
    /// What it is for.
    pub kind: MailKind,
    /// How much it presses.
    pub priority: Priority,
    /// Two messages with one key are one: for what a repeated command, or another clone, would send again.
    pub key: Option<String>,
    /// The bead that it is about (its whole id).
    pub about: Option<String>,
    /// Files that it names.
    pub artifacts: Vec<Artifact>,
    /// In whose name; the acting actor's unless said. Readers see both.
    pub from: Option<String>,
    /// The message that it answers.
    pub reply_to: Option<EventId>,
    /// The first message of the conversation.
    pub thread: Option<EventId>,
    /// Kept on top of the inbox.
    pub pinned: bool,
    /// The addresses come from the project's own data (an owner, a team): one that nobody knows is taken for the name of a
    /// user instead of being refused.
    pub any_name: bool,
}

impl Draft {
    /// An answer to a message: to its sender, in its conversation, about its bead.
    pub fn reply(to: &Message, body: &str) -> Self {
        let subject = if to.subject.starts_with("Re: ") { to.subject.clone() } else { format!("Re: {}", to.subject) };
        Self {
            to: vec![to.by.clone()],
            subject,
            body: body.to_owned(),
            kind: MailKind::Reply,
            priority: to.priority.min(Priority::High),
            about: to.about.clone(),
            reply_to: Some(to.id),
            thread: Some(to.thread),
            any_name: true,
            ..Self::default()
        }
    }
}
