//! A line as the few bytes that the index fold needs.
//!
//! Layout: id (16), time in milliseconds (8), kind (1), flags (1), then sections, each a tag and its content, to [`END`].
//! The parser takes a line only where [`Event::parse`] would read the same; whatever it does not like goes there.

use super::times::millis_of;
use crate::model::{Claim, DepType, Edge, Event, EventError, EventId, MAX_LINE, Outcome, Value, is_failure_reason};
use crate::query::Wait;
use crate::store::cache::hash::hash64;
use crate::store::cache::wire::{put_bytes, put_int, put_opt_int, put_opt_str, put_str, put_var};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

pub(super) const HEAD: usize = 26;
/// What stands for a time that cannot be read.
pub(super) const NO_TIME: i64 = i64::MIN;

/// Came with an import: its time is not one of this bead's changes.
pub(super) const FLAG_IMPORTED: u8 = 1;
/// The exact fold has to look at the bead.
pub(super) const FLAG_STRANGE: u8 = 2;
/// Has a text.
pub(super) const FLAG_TEXT: u8 = 4;

pub(super) const END: u8 = 0;
pub(super) const ON: u8 = 1;
pub(super) const FIELD: u8 = 2;
pub(super) const UNKNOWN: u8 = 3;
pub(super) const LABEL: u8 = 4;
pub(super) const UNLABEL: u8 = 5;
pub(super) const LINK: u8 = 6;
pub(super) const UNLINK: u8 = 7;

pub(super) const KIND_OTHER: u8 = 0;
pub(super) const KIND_CREATE: u8 = 1;
pub(super) const KIND_IMPORT: u8 = 2;
pub(super) const KIND_COMMENT: u8 = 3;
pub(super) const KIND_REDACT: u8 = 4;

/// The fields that the row shows, and the common ones of which only the heads matter ([`code::PLAIN`] and above).
pub(super) mod code {
    pub const TITLE: u8 = 0;
    pub const STATUS: u8 = 1;
    pub const ISSUE_TYPE: u8 = 2;
    pub const ASSIGNEE: u8 = 3;
    pub const OWNER: u8 = 4;
    pub const PRIORITY: u8 = 5;
    pub const OUTCOME: u8 = 6;
    pub const CLOSE_REASON: u8 = 7;
    pub const CLAIM: u8 = 8;
    pub const DELETED: u8 = 9;
    pub const PINNED: u8 = 10;
    pub const EPHEMERAL: u8 = 11;
    pub const TEMPLATE: u8 = 12;
    pub const CREATED_AT: u8 = 13;
    pub const UPDATED_AT: u8 = 14;
    pub const CLOSED_AT: u8 = 15;
    pub const DEFER_UNTIL: u8 = 16;
    pub const DUE_AT: u8 = 17;
    /// How many there are with a value.
    pub const PLAIN: u8 = 18;
    const NAMES: [&str; 14] = [
        "description",
        "design",
        "acceptance_criteria",
        "notes",
        "metadata",
        "external_ref",
        "spec_id",
        "estimated_minutes",
        "created_by",
        "started_at",
        "source_repo",
        "mol_type",
        "closed_by_session",
        "content_hash",
    ];

    /// The code of a field; `None` for names that are not that common.
    pub fn of(name: &str) -> Option<u8> {
        Some(match name {
            "title" => TITLE,
            "status" => STATUS,
            "issue_type" => ISSUE_TYPE,
            "assignee" => ASSIGNEE,
            "owner" => OWNER,
            "priority" => PRIORITY,
            "outcome" => OUTCOME,
            "close_reason" => CLOSE_REASON,
            "claim" => CLAIM,
            "deleted" => DELETED,
            "pinned" => PINNED,
            "ephemeral" => EPHEMERAL,
            "is_template" => TEMPLATE,
            "created_at" => CREATED_AT,
            "updated_at" => UPDATED_AT,
            "closed_at" => CLOSED_AT,
            "defer_until" => DEFER_UNTIL,
            "due_at" => DUE_AT,
            _ => PLAIN + NAMES.iter().position(|n| *n == name)? as u8,
        })
    }
}

/// The event id of encoded bytes.
pub fn encoded_id(bytes: &[u8]) -> u128 {
    bytes.first_chunk::<16>().map_or(0, |b| u128::from_le_bytes(*b))
}

/// Appends the encoded event and returns the name of its bead (not checked to be one); `None` (and nothing appended) for a line that
/// [`Event::parse`] has to look at.
fn encode<'a>(line: &'a str, out: &mut Vec<u8>) -> Option<Cow<'a, str>> {
    if line.len() > MAX_LINE {
        return None;
    }
    let start = out.len();
    out.extend_from_slice(&[0; HEAD]);
    let mut de = serde_json::Deserializer::from_str(line);
    let head = de.deserialize_map(LineVisitor { out }).and_then(|head| de.end().map(|()| head));
    let Ok(head) = head else {
        out.truncate(start);
        return None;
    };
    out.push(END);
    out[start..start + 16].copy_from_slice(&head.id.0.to_le_bytes());
    out[start + 16..start + 24].copy_from_slice(&head.at.to_le_bytes());
    out[start + 24] = head.kind;
    out[start + 25] = head.flags;
    Some(head.bead)
}

/// [`encode`], and for what it does not take an entry that sends the bead to the exact fold.
///
/// # Errors
/// The line is no event.
pub fn encode_any<'a>(line: &'a str, out: &mut Vec<u8>) -> Result<Cow<'a, str>, EventError> {
    if let Some(bead) = encode(line, out) {
        return Ok(bead);
    }
    let event = Event::parse(line)?;
    out.extend_from_slice(&event.id.0.to_le_bytes());
    out.extend_from_slice(&NO_TIME.to_le_bytes());
    out.extend_from_slice(&[KIND_OTHER, FLAG_STRANGE, END]);
    Ok(Cow::Owned(event.bead.as_str().to_owned()))
}

struct Head<'a> {
    id: EventId,
    at: i64,
    kind: u8,
    flags: u8,
    bead: Cow<'a, str>,
}

#[derive(Clone, Copy, PartialEq)]
enum Key {
    V,
    Id,
    At,
    By,
    Bead,
    Do,
    On,
    Set,
    Labels,
    Unlabels,
    Links,
    Unlinks,
    Text,
    Ids,
    Imported,
    Other,
}

/// Any text, borrowed where it has no escapes.
struct Text<'a>(Cow<'a, str>);

macro_rules! text_visitor {
    ($name:ident, $out:ty, $what:literal, |$text:ident| $of:expr) => {
        struct $name;
        impl<'de> Visitor<'de> for $name {
            type Value = $out;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str($what)
            }
            fn visit_borrowed_str<E: Error>(self, v: &'de str) -> Result<Self::Value, E> {
                let $text: Cow<'de, str> = Cow::Borrowed(v);
                $of
            }
            fn visit_str<E: Error>(self, v: &str) -> Result<Self::Value, E> {
                let $text: Cow<'de, str> = Cow::Owned(v.to_owned());
                $of
            }
        }
    };
}

text_visitor!(KeyVisitor, Key, "a key", |text| Ok(match &*text {
    "v" => Key::V,
    "id" => Key::Id,
    "at" => Key::At,
    "by" => Key::By,
    "bead" => Key::Bead,
    "do" => Key::Do,
    "on" => Key::On,
    "set" => Key::Set,
    "labels" => Key::Labels,
    "unlabels" => Key::Unlabels,
    "links" => Key::Links,
    "unlinks" => Key::Unlinks,
    "text" => Key::Text,
    "ids" => Key::Ids,
    "at_imported" | "meta" => Key::Imported,
    _ => Key::Other,
}));

text_visitor!(TextVisitor, Text<'de>, "a text", |text| Ok(Text(text)));

impl<'de> serde::Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        d.deserialize_str(KeyVisitor)
    }
}

impl<'de: 'a, 'a> serde::Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        d.deserialize_str(TextVisitor)
    }
}

struct LineVisitor<'o> {
    out: &'o mut Vec<u8>,
}

impl<'de> Visitor<'de> for LineVisitor<'_> {
    type Value = Head<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Head<'de>, A::Error> {
        let out = self.out;
        let mut seen = 0u16;
        let (mut id, mut at, mut bead, mut kind, mut flags) = (None, NO_TIME, None, KIND_OTHER, 0);
        while let Some(key) = map.next_key::<Key>()? {
            if key != Key::Other && key != Key::Imported {
                let bit = 1 << key as u16;
                if seen & bit != 0 {
                    return Err(A::Error::custom("a key stands twice"));
                }
                seen |= bit;
            }
            match key {
                Key::V => drop(map.next_value::<u64>()?),
                Key::Id => id = Some(map.next_value::<EventId>()?),
                Key::At => at = millis_of(&map.next_value::<Text<'de>>()?.0).unwrap_or(NO_TIME),
                Key::By => drop(map.next_value::<Text<'de>>()?),
                Key::Bead => bead = Some(map.next_value::<Text<'de>>()?.0),
                Key::Do => {
                    kind = match &*map.next_value::<Text<'de>>()?.0 {
                        "create" => KIND_CREATE,
                        "import" => KIND_IMPORT,
                        "comment" => KIND_COMMENT,
                        "redact" => KIND_REDACT,
                        // Takes a comment back, or takes that back.
                        "uncomment" => {
                            flags |= FLAG_STRANGE;
                            KIND_OTHER
                        }
                        _ => KIND_OTHER,
                    }
                }
                Key::On => map.next_value_seed(each(|id: EventId| {
                    out.push(ON);
                    out.extend_from_slice(&id.0.to_le_bytes());
                }))?,
                Key::Set => map.next_value_seed(Set(&mut *out))?,
                Key::Labels => map.next_value_seed(each(|label: Text<'de>| labelled(out, LABEL, &label)))?,
                Key::Unlabels => map.next_value_seed(each(|label: Text<'de>| {
                    // The digest in the place of a redacted name: the exact fold knows which label it is.
                    if label.0.starts_with("sha256:") {
                        flags |= FLAG_STRANGE;
                    }
                    labelled(out, UNLABEL, &label);
                }))?,
                Key::Links => map.next_value_seed(each(|edge: RawEdge<'de>| link(out, LINK, &edge)))?,
                Key::Unlinks => map.next_value_seed(each(|edge: RawEdge<'de>| link(out, UNLINK, &edge)))?,
                Key::Text => {
                    if map.next_value::<Option<Text<'de>>>()?.is_some() {
                        flags |= FLAG_TEXT;
                    }
                }
                Key::Ids => map.next_value_seed(each(|_: EventId| ()))?,
                Key::Imported => {
                    map.next_value::<IgnoredAny>()?;
                    flags |= FLAG_IMPORTED;
                }
                Key::Other => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        // All six of the envelope.
        if seen & 0b11_1111 != 0b11_1111 {
            return Err(A::Error::custom("a key is missing"));
        }
        match (id, bead) {
            (Some(id), Some(bead)) => Ok(Head { id, at, kind, flags, bead }),
            _ => Err(A::Error::custom("a key is missing")),
        }
    }
}

/// Hands every element of an array to a function.
struct Each<T, F>(F, PhantomData<T>);

fn each<T, F: FnMut(T)>(f: F) -> Each<T, F> {
    Each(f, PhantomData)
}

impl<'de, T: serde::Deserialize<'de>, F: FnMut(T)> DeserializeSeed<'de> for Each<T, F> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, d: D) -> Result<(), D::Error> {
        d.deserialize_seq(self)
    }
}

impl<'de, T: serde::Deserialize<'de>, F: FnMut(T)> Visitor<'de> for Each<T, F> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }
    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<(), A::Error> {
        while let Some(item) = seq.next_element()? {
            (self.0)(item);
        }
        Ok(())
    }
}

/// An edge as it stands in the line.
#[derive(serde::Deserialize)]
struct RawEdge<'a> {
    #[serde(borrow)]
    to: Text<'a>,
    #[serde(borrow, rename = "type")]
    kind: Text<'a>,
    #[serde(borrow, default)]
    meta: Option<&'a RawValue>,
}

fn labelled(out: &mut Vec<u8>, tag: u8, label: &Text<'_>) {
    out.push(tag);
    put_str(out, &label.0);
}

fn link(out: &mut Vec<u8>, tag: u8, edge: &RawEdge<'_>) {
    out.push(tag);
    put_str(out, &edge.to.0);
    put_str(out, &edge.kind.0);
    if tag == UNLINK {
        return;
    }
    let waits = edge.kind.0 == DepType::WAITS_FOR.as_str();
    out.push(u8::from(waits));
    if waits {
        let meta = edge.meta.and_then(|raw| Value::from_json(raw.get()));
        let wait = Wait::of(&Edge { to: String::new(), kind: DepType::WAITS_FOR, meta });
        put_opt_str(out, wait.spawner.as_deref());
        out.push(u8::from(wait.any));
    }
}

/// The fields that an event writes.
struct Set<'o>(&'o mut Vec<u8>);

impl<'de> DeserializeSeed<'de> for Set<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, d: D) -> Result<(), D::Error> {
        d.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Set<'_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of fields")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<Text<'de>>()? {
            let value = map.next_value::<&'de RawValue>()?;
            match code::of(&name.0) {
                Some(code) => {
                    self.0.extend_from_slice(&[FIELD, code]);
                    field(self.0, code, value.get());
                }
                None => {
                    self.0.push(UNKNOWN);
                    self.0.extend_from_slice(&hash64(0, name.0.as_bytes()).to_le_bytes());
                }
            }
        }
        Ok(())
    }
}

/// What a value comes to where the row looks at it: the same questions that [`crate::fold::Bead`] asks of a value.
fn field(out: &mut Vec<u8>, code: u8, json: &str) {
    match code {
        code::TITLE | code::STATUS | code::ISSUE_TYPE | code::ASSIGNEE | code::OWNER => {
            put_bytes(out, shown(json).as_deref().unwrap_or_default().as_bytes());
        }
        code::PRIORITY => put_opt_int(out, serde_json::from_str(json).ok()),
        code::OUTCOME => {
            let outcome = shown(json).and_then(|t| Outcome::ALL.iter().position(|o| o.as_str() == t));
            out.push(outcome.map_or(0, |at| at as u8 + 1));
        }
        code::CLOSE_REASON => out.push(u8::from(shown(json).is_some_and(|t| may_fail(&t) && is_failure_reason(&t)))),
        code::CLAIM => match serde_json::from_str::<Claim>(json) {
            Ok(Claim { holder: Some(holder), epoch, until }) => {
                out.push(1);
                put_str(out, holder.as_str());
                put_var(out, epoch);
                put_opt_int(out, until.map(jiff::Timestamp::as_millisecond));
            }
            _ => out.push(0),
        },
        code::DELETED | code::PINNED | code::EPHEMERAL | code::TEMPLATE => out.push(match json {
            "true" | "1" => 2,
            "false" | "0" => 1,
            _ => 0,
        }),
        code::CREATED_AT..code::PLAIN => match shown(json).map(|t| millis_of(&t)) {
            Some(Some(at)) => {
                out.push(2);
                put_int(out, at);
            }
            Some(None) => out.push(1),
            None => out.push(0),
        },
        _ => {}
    }
}

/// The text of a JSON string; empty ones and everything else are nothing.
fn shown(json: &str) -> Option<Cow<'_, str>> {
    let inner = json.strip_prefix('"')?.strip_suffix('"')?;
    let text = if memchr::memchr(b'\\', inner.as_bytes()).is_some() {
        serde_json::from_str::<Text<'_>>(json).ok()?.0
    } else {
        Cow::Borrowed(inner)
    };
    (!text.is_empty()).then_some(text)
}

/// False only where no failure word can be: they are matched whole, and each begins with one of these.
fn may_fail(reason: &str) -> bool {
    let bytes = reason.as_bytes();
    let begins = |at: usize| at == 0 || !bytes[at - 1].is_ascii_alphanumeric();
    !reason.is_ascii()
        || bytes.windows(3).enumerate().any(|(at, w)| {
            let part = [w[0].to_ascii_lowercase(), w[1].to_ascii_lowercase(), w[2].to_ascii_lowercase()];
            begins(at) && matches!(&part, b"fai" | b"rej" | b"won" | b"can" | b"aba" | b"blo" | b"err" | b"tim" | b"abo")
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::FAILURE_WORDS;

    #[test]
    fn no_failure_word_slips_through() {
        for word in FAILURE_WORDS {
            assert!(is_failure_reason(word) && may_fail(word) && may_fail(&word.to_uppercase()), "{word}");
        }
        assert!(!may_fail("done, merged as planned"));
        assert!(!may_fail("the socket and the ablock"), "no word begins within one");
        for text in ["it (failed)", "x-timeout", "a b,ERROR.", "_blocked_"] {
            assert!(is_failure_reason(text) && may_fail(text), "{text}");
        }
        assert!(may_fail("bloc\u{212a}ed"), "not ASCII: lower case may be anything");
    }

    #[test]
    fn what_parse_refuses_is_not_taken() {
        let good =
            r#"{"v":1,"id":"00000000000000000000000001","at":"2026-01-01T00:00:00.000Z","by":"ann","bead":"bd-1","do":"set""#;
        let mut out = Vec::new();
        assert_eq!(encode(&format!("{good}}}"), &mut out).as_deref(), Some("bd-1"));
        let len = out.len();
        for bad in [
            good.to_owned(),
            format!("{good}}} x"),
            format!(r#"{good},"bead":"bd-2"}}"#),
            format!(r#"{good},"on":null}}"#),
            format!(r#"{good},"links":[{{"to":"x"}}]}}"#),
            format!(r#"{good},"set":[]}}"#),
            good.replace("\"by\":\"ann\"", "\"by\":7") + "}",
            good.replace("\"v\":1,", "") + "}",
            good.replace("\"v\":1", "\"v\":-1") + "}",
        ] {
            assert!(encode(&bad, &mut out).is_none(), "{bad}");
            assert_eq!(out.len(), len, "nothing is left behind by {bad}");
        }
    }
}
