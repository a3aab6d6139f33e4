//! What a message is: an event of the kind `mail` on the pseudo-bead `_mail` (docs/design/events.md).

use super::artifact::Artifact;
use super::text::{MAX_SUBJECT, clean, cut, one_line};
use bd::model::{Event, EventId};
use bd::store::{Place, StoredEvent};
use serde::de::DeserializeOwned;

/// The kind of a message's event.
pub const MAIL: &str = "mail";
/// The kind of an acknowledgement's event.
pub const MAIL_ACK: &str = "mail-ack";

macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$one:meta])* $variant:ident = $text:literal),* $(,)? }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name { $($(#[$one])* $variant),* }

        impl $name {
            /// All, in their order.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Its word.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }

            /// By its word, in any case.
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str().eq_ignore_ascii_case(text.trim()))
            }
        }
    };
}

words! {
    /// What a message is for.
    MailKind {
        /// Something to do.
        Task = "task",
        /// Somebody needs help from higher up.
        Escalation = "escalation",
        /// Something to know: the usual one.
        #[default]
        Notification = "notification",
        /// An answer.
        Reply = "reply",
        /// Work goes on elsewhere.
        Handoff = "handoff",
        /// Something is blocked or broken.
        Alert = "alert",
    }
}

words! {
    /// How much a message presses.
    Priority {
        /// When there is time.
        Low = "low",
        /// The usual one.
        #[default]
        Normal = "normal",
        /// Soon.
        High = "high",
        /// Shown by `gt status` until it is read.
        Urgent = "urgent",
    }
}

/// Somebody who has acknowledged a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ack {
    /// Who.
    pub by: String,
    /// When, as that clone's clock said.
    pub at: String,
}

/// One message. Its texts are cleaned: what another clone wrote is never printed as it came.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// Its name.
    pub id: EventId,
    /// In whose name it was sent.
    pub from: String,
    /// The actor who wrote it: the same, but for what a worker sends in the name of its molecule.
    pub by: String,
    /// When, RFC 3339.
    pub at: String,
    /// Addresses as they resolved when it was sent.
    pub to: Vec<String>,
    /// Addresses of copies.
    pub cc: Vec<String>,
    /// The identities that the addresses stood for when it was sent.
    pub recipients: Vec<String>,
    /// One line.
    pub subject: String,
    /// Text of any length.
    pub body: String,
    /// What it is for.
    pub kind: MailKind,
    /// How much it presses.
    pub priority: Priority,
    /// The first message of the conversation.
    pub thread: EventId,
    /// What it answers.
    pub reply_to: Option<EventId>,
    /// Kept on top of the inbox.
    pub pinned: bool,
    /// Files it names.
    pub artifacts: Vec<Artifact>,
    /// The bead that it is about.
    pub about: Option<String>,
    /// Two messages with one key are one.
    pub key: Option<String>,
    /// Who has acknowledged it, by time.
    pub acks: Vec<Ack>,
    /// Its text was taken away (`bd redact`).
    pub redacted: bool,
    /// The most shared place in which it was found.
    pub place: Place,
}

/// What every list of addresses may hold at most: more is somebody's mistake or malice.
const MOST: usize = 200;

fn key<T: DeserializeOwned + Default>(event: &Event, name: &str) -> T {
    event.extra.get(name).and_then(bd::model::Value::decode).unwrap_or_default()
}

fn line(text: &str, most: usize) -> String {
    cut(&one_line(text), most)
}

fn addresses(event: &Event, name: &str) -> Vec<String> {
    let all: Vec<String> = key(event, name);
    all.iter().take(MOST).map(|a| line(a, 200)).filter(|a| !a.is_empty()).collect()
}

fn id(event: &Event, name: &str) -> Option<EventId> {
    key::<Option<String>>(event, name).and_then(|text| text.parse().ok())
}

impl Message {
    /// Reads an event; `None` if it is no message. What a key holds that it cannot hold counts as not there.
    pub fn of(stored: &StoredEvent) -> Option<Self> {
        let event = &stored.event;
        if event.kind.as_str() != MAIL || event.bead.as_str() != bd::model::MAIL_BEAD {
            return None;
        }
        let by = line(event.by.as_str(), 200);
        let from = key::<Option<String>>(event, "from").map(|f| line(&f, 200)).filter(|f| !f.is_empty());
        let word = |name: &str| key::<Option<String>>(event, name).unwrap_or_default();
        let redacted = event.is_stub();
        let subject = line(&word("subject"), MAX_SUBJECT);
        Some(Self {
            id: event.id,
            from: from.unwrap_or_else(|| by.clone()),
            by,
            at: line(&event.at, 40),
            to: addresses(event, "to"),
            cc: addresses(event, "cc"),
            recipients: addresses(event, "for"),
            subject: match (redacted, subject.is_empty()) {
                (true, _) => "(redacted)".to_owned(),
                (false, true) => "(no subject)".to_owned(),
                (false, false) => subject,
            },
            body: clean(event.text.as_deref().unwrap_or_default()),
            kind: MailKind::parse(&word("type")).unwrap_or_default(),
            priority: Priority::parse(&word("priority")).unwrap_or_default(),
            thread: id(event, "thread").unwrap_or(event.id),
            reply_to: id(event, "reply_to"),
            pinned: key(event, "pinned"),
            artifacts: key::<Vec<Artifact>>(event, "artifacts").into_iter().take(MOST).map(|a| a.cleaned()).collect(),
            about: key::<Option<String>>(event, "about").map(|a| line(&a, 200)),
            key: key(event, "key"),
            acks: Vec::new(),
            redacted,
            place: stored.place,
        })
    }

    /// The message that an acknowledgement names, and the acknowledgement; `None` if it is none.
    pub fn ack_of(stored: &StoredEvent) -> Option<(EventId, Ack)> {
        let event = &stored.event;
        if event.kind.as_str() != MAIL_ACK {
            return None;
        }
        Some((id(event, "mail")?, Ack { by: line(event.by.as_str(), 200), at: line(&event.at, 40) }))
    }

    /// What people wrote in it, a line each.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.subject.as_str()).chain(self.body.lines()).map(str::trim)
    }

    /// True if it was found nowhere but here: nobody else has it yet, so it was made in this clone.
    pub fn is_from_here(&self) -> bool {
        self.place <= Place::State
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(keys: &str) -> Option<Message> {
        let line = format!(
            r#"{{"v":1,"id":"00000000000000000000000001","at":"2026-01-01T00:00:00.000Z","by":"ann","bead":"_mail","do":"mail"{keys}}}"#
        );
        let event = Event::parse(&line).unwrap();
        Message::of(&StoredEvent { event, line, place: Place::State })
    }

    #[test]
    fn what_a_stranger_wrote_is_read_as_far_as_it_makes_sense() {
        let odd = read(
            r#","to":"no list","subject":"a\u001b[2J\nb","priority":7,"type":"boo","thread":"x","pinned":"yes","text":"x\u0007y""#,
        );
        let odd = odd.unwrap();
        assert_eq!((odd.subject.as_str(), odd.body.as_str()), ("a[2J b", "xy"));
        assert_eq!((odd.to.len(), odd.priority, odd.kind, odd.pinned), (0, Priority::Normal, MailKind::Notification, false));
        assert_eq!(odd.thread, odd.id);
        let whole =
            read(r#","to":["@ann","rig/x"],"for":["ann","rig/x"],"type":"alert","priority":"urgent","from":"day3 (Polecat)""#);
        let whole = whole.unwrap();
        assert_eq!((whole.kind, whole.priority, whole.from.as_str()), (MailKind::Alert, Priority::Urgent, "day3 (Polecat)"));
        assert_eq!(whole.subject, "(no subject)");
    }

    #[test]
    fn words_come_back() {
        for kind in MailKind::ALL {
            assert_eq!(MailKind::parse(kind.as_str()), Some(*kind));
        }
        assert_eq!(Priority::parse("URGENT"), Some(Priority::Urgent));
        assert_eq!(Priority::parse("p0"), None);
    }
}
