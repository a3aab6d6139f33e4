//! Who acts.

use std::fmt;

/// The name of a person or the address of an agent. Only a claim unless the event is signed (PRODUCT, Trust).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct Actor(Box<str>);

impl Actor {
    /// The longest name in bytes; the rest is cut.
    pub const MAX: usize = 120;

    /// Makes a name safe to store: one line, no control characters, no e-mail address in angle brackets, never empty.
    pub fn new(text: &str) -> Self {
        let text = text.split('<').next().unwrap_or_default();
        let mut clean: String = text.chars().filter(|c| !c.is_control()).collect();
        // STATE 3: never an e-mail address. What stands before the `@` names the person well enough.
        if let Some((before, after)) = clean.split_once('@') {
            if !before.is_empty() && after.contains('.') && !after.contains('/') {
                clean = before.to_owned();
            }
        }
        let mut clean = clean.trim().to_owned();
        while clean.len() > Self::MAX {
            clean.pop();
        }
        if clean.is_empty() {
            clean.push_str("unknown");
        }
        Self(clean.into())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> serde::Deserialize<'de> for Actor {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Ok(Self::new(&<std::borrow::Cow<'de, str>>::deserialize(d)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_address_and_no_control_character_stays() {
        assert_eq!(Actor::new("Ann <ann@example.org>").as_str(), "Ann");
        assert_eq!(Actor::new("ann@example.org").as_str(), "ann");
        assert_eq!(Actor::new("rig/polecat").as_str(), "rig/polecat");
        assert_eq!(Actor::new("\u{1b}[31m\n").as_str(), "[31m");
        assert_eq!(Actor::new("  ").as_str(), "unknown");
    }
}
