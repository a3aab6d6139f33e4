//! Names of beads.

use super::event_id::CROCKFORD;
use std::fmt;
use std::str::FromStr;

/// The pseudo-bead that holds memories (`bd remember`); its fields are the memories' keys. Never listed as work.
pub const MEMORY_BEAD: &str = "_memory";
/// The pseudo-bead that holds waivers of gates (`bd gate waive`): two fields a waiver, so that none meets another's.
pub const GATES_BEAD: &str = "_gates";
/// The pseudo-bead whose events are verdicts of gates that were asked about no bead.
pub const VERDICTS_BEAD: &str = "_verdicts";
/// The pseudo-bead whose events are messages; they are in the stream `mail`, and no fold of beads sees them.
pub const MAIL_BEAD: &str = "_mail";

/// The opaque name of a bead: `<prefix>-` and 12 random characters for ours, anything safe for imported ones (STATE 3).
///
/// A value of this type never holds `/`, `\`, `..`, a control character, white space, or a leading `-`,
/// so it can stand in a path, a ref, a trailer and an argument list.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BeadId(Box<str>);

/// A text that cannot name a bead.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum BeadIdError {
    /// Nothing at all.
    #[error("a bead id cannot be empty")]
    Empty,
    /// Over [`BeadId::MAX`] bytes.
    #[error("a bead id has at most {max} bytes, this one has {0}", max = BeadId::MAX)]
    TooLong(usize),
    /// A character or sequence that could leave its place.
    #[error("`{id}` cannot be a bead id: it {why}")]
    Unsafe {
        /// The text, escaped for a terminal.
        id: String,
        /// What is wrong with it.
        why: &'static str,
    },
}

impl BeadId {
    /// The longest name in bytes.
    pub const MAX: usize = 200;

    /// Checks a name.
    pub fn new(text: &str) -> Result<Self, BeadIdError> {
        if text.is_empty() {
            return Err(BeadIdError::Empty);
        }
        if text.len() > Self::MAX {
            return Err(BeadIdError::TooLong(text.len()));
        }
        let why = if text.contains("..") {
            "holds `..`"
        } else if text.starts_with(['-', '.']) {
            "starts with `-` or `.`"
        } else if text.chars().any(|c| matches!(c, '/' | '\\')) {
            "holds a path separator"
        } else if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            "holds white space or a control character"
        } else if text.chars().any(|c| {
            matches!(
                c,
                '~' | '^'
                    | ':'
                    | '?'
                    | '*'
                    | '['
                    | '"'
                    | '\''
                    | '`'
                    | '$'
                    | '<'
                    | '>'
                    | '|'
                    | ';'
                    | '&'
                    | '('
                    | ')'
                    | '{'
                    | '}'
                    | '!'
                    | '#'
                    | '%'
                    | '@'
                    | ','
                    | '='
            )
        }) {
            "holds a character with a meaning of its own in shells, globs or refs"
        } else {
            return Ok(Self(text.into()));
        };
        Err(BeadIdError::Unsafe { id: text.escape_debug().to_string(), why })
    }

    /// Makes a fresh name from a prefix and 60 random bits.
    pub fn mint(prefix: &str, random: [u8; 8]) -> Result<Self, BeadIdError> {
        let mut value = u64::from_be_bytes(random);
        let mut text = String::with_capacity(prefix.len() + 13);
        text.push_str(prefix);
        text.push('-');
        for _ in 0..12 {
            text.push(char::from(CROCKFORD[(value & 31) as usize]));
            value >>= 5;
        }
        Self::new(&text)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// True for names that hold the store's own state (memories) and are never work.
    pub fn is_pseudo(&self) -> bool {
        self.0.starts_with('_')
    }
}

impl fmt::Display for BeadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for BeadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for BeadId {
    type Err = BeadIdError;
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        Self::new(s)
    }
}

impl AsRef<str> for BeadId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl std::borrow::Borrow<str> for BeadId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl serde::Serialize for BeadId {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.0)
    }
}

impl<'de> serde::Deserialize<'de> for BeadId {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
        Self::new(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minted_names_are_prefix_and_twelve_characters() {
        let id = BeadId::mint("bd", [7; 8]).unwrap();
        assert_eq!(id.as_str().len(), 15);
        assert!(id.as_str().starts_with("bd-"));
        assert_ne!(id, BeadId::mint("bd", [8; 8]).unwrap());
    }

    #[test]
    fn real_names_pass_and_unsafe_ones_do_not() {
        for good in ["bd-a3f8.1", "hq-cv-abc", "beads_rust-hn1o", "bd-mol-8x.gate-ci", "_memory", "x"] {
            assert!(BeadId::new(good).is_ok(), "{good}");
        }
        for bad in ["", "a/b", "..", "bd-..x", "-x", "a b", "a\nb", "a\u{7}", "a;b", "$(x)", "a:b"] {
            assert!(BeadId::new(bad).is_err(), "{bad:?}");
        }
    }
}
