//! Sealed files: write once, named by the minute of their first event and the digest of their bytes.

use crate::error::{Error, Result};
use crate::model::Event;
use sha2::{Digest, Sha256};
use std::fmt;

/// The name of a file of events.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum SealedName {
    /// `20261121T0217-<digest>.jsonl`: what one command or one ride wrote.
    Loose {
        /// `yyyymmddThhmm`, UTC.
        minute: String,
        /// 32 hex digits: the first half of the SHA-256 of the bytes.
        digest: String,
    },
    /// `pack-<digest>.jsonl`: many in one.
    Pack {
        /// As above.
        digest: String,
    },
}

/// The digest in a name: the first 16 bytes of the SHA-256, in hex.
pub fn digest(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(32);
    // By hand: a first read makes thousands of them.
    for byte in &Sha256::digest(bytes)[..16] {
        out.extend([byte >> 4, byte & 15].map(|n| char::from(b"0123456789abcdef"[usize::from(n)])));
    }
    out
}

impl SealedName {
    /// The name of a pack of these bytes.
    pub fn pack(bytes: &[u8]) -> Self {
        Self::Pack { digest: digest(bytes) }
    }

    /// The name of a loose file of these bytes, whose first event says `at` (RFC 3339, UTC).
    pub fn loose(bytes: &[u8], at: &str) -> Self {
        let digits: String = at.chars().filter(char::is_ascii_digit).take(12).collect();
        let minute = if digits.len() == 12 { format!("{}T{}", &digits[..8], &digits[8..]) } else { "19700101T0000".to_owned() };
        Self::Loose { minute, digest: digest(bytes) }
    }

    /// Reads a file name; `None` for foreign files.
    pub fn parse(name: &str) -> Option<Self> {
        let hex = |s: &str| s.len() == 32 && s.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        let (front, digest) = name.strip_suffix(".jsonl")?.rsplit_once('-')?;
        if !hex(digest) {
            return None;
        }
        if front == "pack" {
            return Some(Self::Pack { digest: digest.to_owned() });
        }
        let minute = front.as_bytes();
        let shape =
            minute.len() == 13 && minute.iter().enumerate().all(|(i, b)| if i == 8 { *b == b'T' } else { b.is_ascii_digit() });
        shape.then(|| Self::Loose { minute: front.to_owned(), digest: digest.to_owned() })
    }

    /// True for a pack of ours.
    pub fn is_pack(&self) -> bool {
        matches!(self, Self::Pack { .. })
    }

    /// The digest in the name.
    pub fn digest(&self) -> &str {
        match self {
            Self::Loose { digest, .. } | Self::Pack { digest } => digest,
        }
    }

    /// True if these are the bytes that the name promises.
    pub fn matches(&self, bytes: &[u8]) -> bool {
        digest(bytes) == self.digest()
    }

    /// The day directory of a loose file in the state ref, `yyyy-mm-dd`.
    pub fn day(&self) -> Option<String> {
        match self {
            Self::Loose { minute, .. } => Some(format!("{}-{}-{}", &minute[..4], &minute[4..6], &minute[6..8])),
            Self::Pack { .. } => None,
        }
    }

    /// The path in the state ref below `.beads/`, for a stream.
    pub fn state_path(&self, stream: &str) -> String {
        match self.day() {
            Some(day) => format!("{stream}/{day}/{self}"),
            None => format!("{stream}/{self}"),
        }
    }
}

impl fmt::Display for SealedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Loose { minute, digest } => write!(f, "{minute}-{digest}.jsonl"),
            Self::Pack { digest } => write!(f, "pack-{digest}.jsonl"),
        }
    }
}

/// Events as the bytes of a sealed file, and its name. At least one event is needed.
///
/// # Errors
/// A line or a text over its limit.
pub fn seal(events: &[Event]) -> Result<(SealedName, Vec<u8>)> {
    let Some(first) = events.first() else { return Err(Error::internal("a sealed file needs an event")) };
    let mut bytes = Vec::new();
    for event in events {
        bytes.extend_from_slice(event.to_line()?.as_bytes());
        bytes.push(b'\n');
    }
    Ok((SealedName::loose(&bytes, &first.at), bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip_and_foreign_files_are_foreign() {
        let name = SealedName::loose(b"x\n", "2026-11-21T02:17:00.123Z");
        assert_eq!(name.day().as_deref(), Some("2026-11-21"));
        assert_eq!(SealedName::parse(&name.to_string()), Some(name.clone()));
        assert!(name.matches(b"x\n") && !name.matches(b"x"));
        let pack = SealedName::pack(b"x\n");
        assert_eq!(SealedName::parse(&pack.to_string()), Some(pack.clone()));
        assert_eq!(pack.state_path("events"), format!("events/{pack}"));
        for foreign in ["README.md", "issues.jsonl", "pack-abc.jsonl", "20261121-0123456789abcdef0123456789abcdef.jsonl"] {
            assert_eq!(SealedName::parse(foreign), None);
        }
    }
}
