//! One event: who did what to which bead when. One JSON line (STATE 3, docs/design/events.md).

use super::{Actor, BeadId, Edge, EventId, Fields, Value};
use std::borrow::Cow;

/// The version that we write. A reader keeps lines of later versions byte for byte and reads what it understands.
pub const VERSION: u64 = 1;
/// The longest line in bytes, without its end.
pub const MAX_LINE: usize = 1 << 20;
/// The longest text field in bytes.
pub const MAX_TEXT: usize = 256 << 10;

/// What was done. The fold looks at the payload, not at the kind, except for `comment`, `note` and `redact`;
/// the kind is what people and `history` read.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Kind(Cow<'static, str>);

macro_rules! kinds {
    ($($name:ident = $text:literal),* $(,)?) => {
        impl Kind {
            $(#[doc = concat!("`", $text, "`")] pub const $name: Self = Self(Cow::Borrowed($text));)*
            /// The kinds that the tracker itself writes.
            pub const KNOWN: &[Self] = &[$(Self::$name),*];
        }
    };
}

kinds! {
    CREATE = "create", SET = "set", LABEL = "label", UNLABEL = "unlabel", LINK = "link", UNLINK = "unlink",
    COMMENT = "comment", NOTE = "note", CLAIM = "claim", RELEASE = "release", CLOSE = "close", REOPEN = "reopen",
    DELETE = "delete", RESTORE = "restore", REDACT = "redact", IMPORT = "import", REMEMBER = "remember", FORGET = "forget",
    RENEW = "renew", RESOLVE = "resolve", UNCOMMENT = "uncomment",
    VERDICT = "verdict", ACCEPT = "accept", REJECT = "reject", REQUIRE = "require", WAIVE = "waive",
}

impl Kind {
    /// Any kind; later versions and plugins bring their own.
    pub fn new(text: &str) -> Self {
        match Self::KNOWN.iter().find(|k| k.as_str() == text) {
            Some(known) => known.clone(),
            None => Self(Cow::Owned(text.to_owned())),
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An event in memory. The line that it was read from is the truth and is kept beside it where it matters.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Format version.
    pub v: u64,
    /// Name.
    pub id: EventId,
    /// When, as the writer's clock said. RFC 3339.
    pub at: String,
    /// Who.
    pub by: Actor,
    /// About which bead.
    pub bead: BeadId,
    /// What.
    pub kind: Kind,
    /// The heads that the writer saw on everything that this event changes, and the adds that it removes.
    pub on: Vec<EventId>,
    /// Fields written; `null` clears.
    pub set: Fields,
    /// Labels added.
    pub labels: Vec<String>,
    /// Labels removed (those adds that `on` names).
    pub unlabels: Vec<String>,
    /// Edges added.
    pub links: Vec<Edge>,
    /// Edges removed (those adds that `on` names).
    pub unlinks: Vec<Edge>,
    /// The text of a comment or note.
    pub text: Option<String>,
    /// Events that a redaction takes the content from.
    pub ids: Vec<EventId>,
    /// Keys that this version does not know, kept.
    pub extra: Fields,
}

/// Why a line is no event.
#[derive(Debug, thiserror::Error)]
pub enum EventError {
    /// Not JSON, or a field of the wrong type.
    #[error("{0}")]
    Json(String),
    /// Over [`MAX_LINE`].
    #[error("the line has {0} bytes; at most {MAX_LINE} are allowed")]
    TooLong(usize),
    /// A text field over [`MAX_TEXT`].
    #[error("`{field}` has {bytes} bytes; at most {MAX_TEXT} are allowed")]
    TextTooLong {
        /// Which.
        field: String,
        /// Its length.
        bytes: usize,
    },
}

/// Key order on write: the envelope, then the payload in this order, then unknown keys as they came.
#[derive(serde::Serialize)]
struct Out<'a> {
    v: u64,
    id: EventId,
    at: &'a str,
    by: &'a Actor,
    bead: &'a BeadId,
    #[serde(rename = "do")]
    kind: &'a Kind,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    on: &'a [EventId],
    #[serde(skip_serializing_if = "Fields::is_empty")]
    set: &'a Fields,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    labels: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    unlabels: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    links: &'a [Edge],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    unlinks: &'a [Edge],
    #[serde(skip_serializing_if = "Option::is_none")]
    text: &'a Option<String>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    ids: &'a [EventId],
}

impl Event {
    /// An event without payload.
    pub fn new(id: EventId, at: String, by: Actor, bead: BeadId, kind: Kind) -> Self {
        Self {
            v: VERSION,
            id,
            at,
            by,
            bead,
            kind,
            on: Vec::new(),
            set: Fields::new(),
            labels: Vec::new(),
            unlabels: Vec::new(),
            links: Vec::new(),
            unlinks: Vec::new(),
            text: None,
            ids: Vec::new(),
            extra: Fields::new(),
        }
    }

    /// The line, compact, without its end.
    pub fn to_line(&self) -> Result<String, EventError> {
        for (field, value) in self.set.iter() {
            // A metadata object is bounded by the line; a text field has its own bound, so that the error can name it.
            if value.json().len() > MAX_TEXT && value.as_str().is_some_and(|t| t.len() > MAX_TEXT) {
                return Err(EventError::TextTooLong { field: field.to_owned(), bytes: value.json().len() - 2 });
            }
        }
        if let Some(text) = self.text.as_ref().filter(|t| t.len() > MAX_TEXT) {
            return Err(EventError::TextTooLong { field: "text".to_owned(), bytes: text.len() });
        }
        let out = Out {
            v: self.v,
            id: self.id,
            at: &self.at,
            by: &self.by,
            bead: &self.bead,
            kind: &self.kind,
            on: &self.on,
            set: &self.set,
            labels: &self.labels,
            unlabels: &self.unlabels,
            links: &self.links,
            unlinks: &self.unlinks,
            text: &self.text,
            ids: &self.ids,
        };
        let mut line = serde_json::to_string(&out).map_err(|e| EventError::Json(e.to_string()))?;
        if !self.extra.is_empty() {
            let extra = serde_json::to_string(&self.extra).map_err(|e| EventError::Json(e.to_string()))?;
            line.pop();
            line.push(',');
            line.push_str(&extra[1..]);
        }
        if line.len() > MAX_LINE {
            return Err(EventError::TooLong(line.len()));
        }
        Ok(line)
    }

    /// Reads a line (leading spaces, as packed rides have them, are allowed).
    pub fn parse(line: &str) -> Result<Self, EventError> {
        if line.len() > MAX_LINE + 64 {
            return Err(EventError::TooLong(line.len()));
        }
        let json = |e: serde_json::Error| EventError::Json(e.to_string());
        let mut keys: Fields = serde_json::from_str(line.trim_start_matches(' ')).map_err(json)?;
        fn need<T: serde::de::DeserializeOwned>(keys: &mut Fields, name: &'static str) -> Result<T, EventError> {
            let value = keys.remove(name).ok_or_else(|| EventError::Json(format!("the key `{name}` is missing")))?;
            serde_json::from_str(value.json()).map_err(|e| EventError::Json(format!("`{name}`: {e}")))
        }
        fn may<T: serde::de::DeserializeOwned + Default>(keys: &mut Fields, name: &'static str) -> Result<T, EventError> {
            match keys.remove(name) {
                Some(value) => serde_json::from_str(value.json()).map_err(|e| EventError::Json(format!("`{name}`: {e}"))),
                None => Ok(T::default()),
            }
        }
        let v: u64 = need(&mut keys, "v")?;
        let kind: String = need(&mut keys, "do")?;
        Ok(Self {
            v,
            id: need(&mut keys, "id")?,
            at: need(&mut keys, "at")?,
            by: need(&mut keys, "by")?,
            bead: need(&mut keys, "bead")?,
            kind: Kind::new(&kind),
            on: may(&mut keys, "on")?,
            set: may(&mut keys, "set")?,
            labels: may(&mut keys, "labels")?,
            unlabels: may(&mut keys, "unlabels")?,
            links: may(&mut keys, "links")?,
            unlinks: may(&mut keys, "unlinks")?,
            text: may(&mut keys, "text")?,
            ids: may(&mut keys, "ids")?,
            extra: keys,
        })
    }

    /// Sets a field (builder form).
    #[must_use]
    pub fn setting(mut self, name: &str, value: Value) -> Self {
        self.set.set(name, value);
        self
    }

    /// True if the event is a stub that a redaction left.
    pub fn is_stub(&self) -> bool {
        self.extra.get("redacted").is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_round_trips_with_unknown_keys() {
        let line = r#"{"v":1,"id":"00000000000000000000000001","at":"2026-01-01T00:00:00.000Z","by":"ann","bead":"bd-1","do":"set","on":["00000000000000000000000000"],"set":{"title":"x","priority":9007199254740993},"sig":{"z":1,"a":[1e400]}}"#;
        let event = Event::parse(line).unwrap();
        assert_eq!(event.to_line().unwrap(), line);
        assert_eq!(Event::parse(&format!("   {line}")).unwrap(), event);
        assert!(event.extra.get("sig").is_some());
    }

    #[test]
    fn what_is_no_event_says_why() {
        for (bad, why) in [("{}", "`v` is missing"), ("<<<<<<< HEAD", "expected"), (r#"{"v":1,"id":"x"}"#, "`do`")] {
            let error = Event::parse(bad).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        }
        let mut long =
            Event::parse(r#"{"v":1,"id":"00000000000000000000000001","at":"","by":"a","bead":"b","do":"note"}"#).unwrap();
        long.text = Some("x".repeat(MAX_TEXT + 1));
        assert!(matches!(long.to_line(), Err(EventError::TextTooLong { .. })));
    }
}
