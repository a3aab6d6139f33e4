//! All messages of a clone, each once.

use super::model::{MAIL, MAIL_ACK, Message};
use bd::error::{Error, Result};
use bd::model::EventId;
use bd::store::Snapshot;
use std::collections::HashMap;

/// The messages that this clone knows, by id.
#[derive(Clone, Debug, Default)]
pub struct Mailbox {
    messages: Vec<Message>,
}

impl Mailbox {
    /// Reads them. Of several messages with one key the one with the smallest id stands, and what was said about the others
    /// counts for it.
    ///
    /// # Errors
    /// As [`Snapshot::mail`].
    pub fn load(snapshot: &Snapshot) -> Result<Self> {
        let stored = snapshot.mail()?;
        let mut messages: Vec<Message> = Vec::with_capacity(stored.len());
        let mut by_key: HashMap<String, usize> = HashMap::new();
        let mut by_id: HashMap<EventId, usize> = HashMap::new();
        for one in &stored {
            let Some(message) = Message::of(one) else { continue };
            // Two lines with one id: the first stands, in every clone.
            if by_id.contains_key(&message.id) {
                continue;
            }
            let standing = message.key.as_ref().and_then(|key| by_key.get(key)).copied();
            let at = standing.unwrap_or(messages.len());
            by_id.insert(message.id, at);
            match standing {
                Some(at) => {
                    let first: &mut Message = &mut messages[at];
                    first.place = first.place.max(message.place);
                    for who in message.recipients {
                        if !first.recipients.contains(&who) {
                            first.recipients.push(who);
                        }
                    }
                }
                None => {
                    if let Some(key) = &message.key {
                        by_key.insert(key.clone(), at);
                    }
                    messages.push(message);
                }
            }
        }
        for one in stored.iter().filter(|s| s.event.kind.as_str() == MAIL_ACK) {
            let Some((id, ack)) = Message::ack_of(one) else { continue };
            let Some(message) = by_id.get(&id).and_then(|at| messages.get_mut(*at)) else { continue };
            if !message.acks.iter().any(|a| a.by == ack.by) {
                message.acks.push(ack);
            }
        }
        // What answers a duplicate is in the conversation of the one that stands.
        let names: HashMap<EventId, EventId> = by_id.iter().filter_map(|(id, at)| Some((*id, messages.get(*at)?.id))).collect();
        for message in &mut messages {
            message.thread = names.get(&message.thread).copied().unwrap_or(message.thread);
        }
        Ok(Self { messages })
    }

    /// All, oldest first.
    pub fn all(&self) -> &[Message] {
        &self.messages
    }

    /// The message of a key.
    pub fn by_key(&self, key: &str) -> Option<&Message> {
        self.messages.iter().find(|m| m.key.as_deref() == Some(key))
    }

    /// A conversation, oldest first.
    pub fn thread(&self, thread: EventId) -> Vec<&Message> {
        self.messages.iter().filter(|m| m.thread == thread || m.id == thread).collect()
    }

    /// The message that a text names, as [`named`] says.
    ///
    /// # Errors
    /// As there.
    pub fn find(&self, text: &str) -> Result<&Message> {
        named(text, self.messages.iter(), |m| m.id)
    }

    /// The shortest end of a message's id, of at least eight characters, that names no other.
    pub fn short(&self, message: &Message) -> String {
        short(message.id, self.messages.iter().map(|m| m.id))
    }
}

/// The shortest end of an id, of at least eight characters, that none of the others has.
pub fn short(id: EventId, all: impl Iterator<Item = EventId> + Clone) -> String {
    if all.clone().filter(|other| end_of(*other) == end_of(id)).all(|other| other == id) {
        return short_alone(id);
    }
    let text = id.to_string();
    let end = |id: EventId, n: usize| id.0 & ((1u128 << (5 * n)) - 1);
    let alone = |n: &usize| !all.clone().any(|other| other != id && end(other, *n) == end(id, *n));
    let take = (9..text.len() - 1).find(alone).unwrap_or(text.len());
    text[text.len() - take..].to_owned()
}

/// The same where no other has this one's [`end_of`].
pub fn short_alone(id: EventId) -> String {
    let text = id.to_string();
    text[text.len() - 8..].to_owned()
}

/// The last eight characters of an id, five bits each: those of two are rarely the same.
pub fn end_of(id: EventId) -> u64 {
    id.0 as u64 & ((1 << (5 * 8)) - 1)
}

/// The shortest part of an id that names a message: less is the number of a row.
const SHORT: usize = 6;

/// Which of these messages, oldest first, a text names: by its whole id, or by a unique beginning or end of it of at least six
/// characters.
///
/// # Errors
/// None or several fit (exit 2).
pub fn named<T>(text: &str, all: impl Iterator<Item = T> + Clone, id: impl Fn(&T) -> EventId) -> Result<T> {
    let part = Part::of(text);
    let by = |fits: fn(&Part, EventId) -> bool| -> Vec<T> {
        part.iter().flat_map(|part| all.clone().filter(|one| fits(part, id(one)))).take(6).collect()
    };
    // An end first: that is what is shown.
    let mut found = by(Part::ends);
    if found.is_empty() {
        found = by(Part::begins);
    }
    let several = found.len() > 1;
    let names = || found.iter().map(|one| short(id(one), all.clone().map(|other| id(&other)))).collect::<Vec<_>>().join(", ");
    if several {
        return Err(Error::usage(format!("`{}` fits several messages", text.escape_debug())).hint(format!("One of {}", names())));
    }
    found.pop().ok_or_else(|| {
        Error::usage(format!("there is no message `{}`", text.escape_debug()))
            .hint("`gt mail inbox` shows yours, `gt mail search TEXT` finds others")
    })
}

/// Some characters of an id as a number: thousands of ids are compared with them, and none of those is spelled for it.
struct Part {
    value: u128,
    len: usize,
}

impl Part {
    /// What somebody typed; `None` where it is in no id.
    fn of(text: &str) -> Option<Self> {
        let wanted = text.trim().to_lowercase();
        let len = Some(wanted.len()).filter(|len| (SHORT..=EventId::LEN).contains(len))?;
        let value = EventId::parse(format!("{wanted:0>width$}", width = EventId::LEN).as_bytes())?.0;
        Some(Self { value, len })
    }

    // A character is five bits; the first of a whole id has three.
    fn ends(&self, id: EventId) -> bool {
        self.len == EventId::LEN && id.0 == self.value
            || self.len < EventId::LEN && (id.0 ^ self.value) << (128 - 5 * self.len) == 0
    }

    fn begins(&self, id: EventId) -> bool {
        id.0 >> (5 * (EventId::LEN - self.len)) == self.value
    }
}

/// The events of a message and of every copy of it: two clones that made one letter with one key wrote its text twice.
///
/// # Errors
/// As [`Snapshot::mail`].
pub fn copies(snapshot: &Snapshot, message: &Message) -> Result<Vec<EventId>> {
    let mut out = vec![message.id];
    if let Some(key) = &message.key {
        let same = |e: &bd::model::Event| {
            e.kind.as_str() == MAIL && e.extra.get("key").and_then(bd::model::Value::decode::<String>).as_ref() == Some(key)
        };
        out.extend(snapshot.mail()?.iter().map(|s| &s.event).filter(|e| same(e)).map(|e| e.id));
    }
    out.sort_unstable();
    out.dedup();
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bd::model::Event;
    use bd::store::{Place, StoredEvent};

    fn message(id: u128, key: &str) -> Message {
        let id = EventId(id);
        let line = format!(
            r#"{{"v":1,"id":"{id}","at":"2026-01-01T00:00:00.000Z","by":"ann","bead":"_mail","do":"mail","subject":"s","key":"{key}"}}"#
        );
        let event = Event::parse(&line).unwrap();
        Message::of(&StoredEvent { event, line, place: Place::State }).unwrap()
    }

    #[test]
    fn a_short_name_is_an_end_that_no_other_has_and_finds_its_message() {
        let near = [1u128 << 60, (1 << 60) | (1 << 50), 7, (1 << 120) | 7];
        let mailbox = Mailbox { messages: near.iter().map(|n| message(*n, "k")).collect() };
        for one in mailbox.all() {
            let short = mailbox.short(one);
            assert!(short.len() >= 8);
            assert_eq!(mailbox.find(&short).unwrap().id, one.id, "{short}");
            let alone = mailbox.all().iter().filter(|m| end_of(m.id) == end_of(one.id)).count() == 1;
            assert_eq!((alone, short_alone(one.id) == short), (short.len() == 8, short.len() == 8), "{short}");
            assert_eq!(mailbox.find(&one.id.to_string()).unwrap().id, one.id);
        }
        assert!(mailbox.find("0000000").unwrap_err().hints[0].starts_with("One of"));
        assert!(mailbox.find("0000").is_err() && mailbox.find("").is_err() && mailbox.find("zzzzzzzz").is_err());
    }
    #[test]
    fn a_part_of_an_id_fits_as_its_letters_do() {
        let ids = [0, 1, u128::MAX, 7 << 125, 1 << 60, (1 << 125) | 5, 0x0123_4567_89ab_cdef_0123_4567_89ab_cdef].map(EventId);
        let fits = |text: &str, f: fn(&Part, EventId) -> bool| -> Vec<EventId> {
            Part::of(text).iter().flat_map(|part| ids.iter().copied().filter(|id| f(part, *id))).collect()
        };
        for id in ids {
            let text = id.to_string();
            for len in 1..=text.len() {
                let (head, tail) = (&text[..len], &text[text.len() - len..]);
                for part in [head.to_owned(), tail.to_uppercase(), format!(" {tail}\n")] {
                    let wanted = part.trim().to_lowercase();
                    let by = |f: fn(&str, &str) -> bool| -> Vec<EventId> {
                        ids.iter().copied().filter(|id| len >= SHORT && f(&id.to_string(), &wanted)).collect()
                    };
                    assert_eq!(fits(&part, Part::ends), by(|id, part| id.ends_with(part)), "{part}");
                    assert_eq!(fits(&part, Part::begins), by(|id, part| id.starts_with(part)), "{part}");
                }
            }
        }
        for odd in
            ["", "000", "zzzzzzzzzzzzzzzzzzzzzzzzzz", "00000000000000000000000000000", "il0ou-", "0000é0", "-00000", "+00000"]
        {
            assert!(fits(odd, Part::ends).is_empty() && fits(odd, Part::begins).is_empty(), "{odd}");
        }
    }
}
