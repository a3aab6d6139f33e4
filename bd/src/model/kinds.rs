//! Statuses with their categories, and outcomes of a close.

use std::borrow::Cow;

/// What a status means for the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Category {
    /// Can be worked on.
    Active,
    /// Is being worked on, or is stuck in work.
    Wip,
    /// Is finished.
    Done,
    /// Rests on purpose; never offered.
    Frozen,
}

impl Category {
    /// Reads `active wip done frozen`.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "active" => Self::Active,
            "wip" => Self::Wip,
            "done" => Self::Done,
            "frozen" => Self::Frozen,
            _ => return None,
        })
    }

    /// The name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Wip => "wip",
            Self::Done => "done",
            Self::Frozen => "frozen",
        }
    }
}

/// A status: a built-in one or any other text (its category then comes from the configuration).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Status(Cow<'static, str>);

impl Status {
    /// Not begun.
    pub const OPEN: Self = Self(Cow::Borrowed("open"));
    /// Somebody works on it.
    pub const IN_PROGRESS: Self = Self(Cow::Borrowed("in_progress"));
    /// Somebody said that it is stuck.
    pub const BLOCKED: Self = Self(Cow::Borrowed("blocked"));
    /// On ice.
    pub const DEFERRED: Self = Self(Cow::Borrowed("deferred"));
    /// Finished.
    pub const CLOSED: Self = Self(Cow::Borrowed("closed"));
    /// Upstream: attached to an agent.
    pub const HOOKED: Self = Self(Cow::Borrowed("hooked"));
    /// Upstream: never closes.
    pub const PINNED: Self = Self(Cow::Borrowed("pinned"));
    /// Upstream: deleted. Ours is the field `deleted`; the text lives in imports and exports.
    pub const TOMBSTONE: Self = Self(Cow::Borrowed("tombstone"));

    /// The statuses that need no configuration, with their categories (STATE 4; upstream's hooked and pinned besides).
    pub const BUILT_IN: &[(Self, Category)] = &[
        (Self::OPEN, Category::Active),
        (Self::IN_PROGRESS, Category::Wip),
        (Self::BLOCKED, Category::Wip),
        (Self::DEFERRED, Category::Frozen),
        (Self::CLOSED, Category::Done),
        (Self::HOOKED, Category::Wip),
        (Self::PINNED, Category::Frozen),
        (Self::TOMBSTONE, Category::Done),
    ];

    /// Any text.
    pub fn new(text: &str) -> Self {
        match Self::BUILT_IN.iter().find(|(s, _)| s.as_str() == text) {
            Some((known, _)) => known.clone(),
            None => Self(Cow::Owned(text.to_owned())),
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The category of a built-in status.
    pub fn built_in_category(&self) -> Option<Category> {
        Self::BUILT_IN.iter().find(|(s, _)| s == self).map(|(_, c)| *c)
    }
}

/// How a bead ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// As intended.
    Done,
    /// Tried, did not work.
    Failed,
    /// Not wanted any more.
    Cancelled,
    /// The same as another bead.
    Duplicate,
    /// Replaced by another bead.
    Superseded,
}

impl Outcome {
    /// All, in the order of the documentation.
    pub const ALL: [Self; 5] = [Self::Done, Self::Failed, Self::Cancelled, Self::Duplicate, Self::Superseded];

    /// The name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Duplicate => "duplicate",
            Self::Superseded => "superseded",
        }
    }

    /// Reads a name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|o| o.as_str() == text)
    }

    /// True for the outcomes on which `conditional-blocks` lets its source run.
    pub fn is_failure(self) -> bool {
        matches!(self, Self::Failed | Self::Cancelled)
    }
}

/// The words by which upstream knows a close reason that tells of a failure (reference/beads.md 3.5).
pub const FAILURE_WORDS: [&str; 11] =
    ["failed", "rejected", "wontfix", "won't fix", "canceled", "cancelled", "abandoned", "blocked", "error", "timeout", "aborted"];

/// Upstream's reading of a close reason: true if a failure word stands in it (reference/beads.md 3.5).
/// Only for records that carry no outcome; words are matched whole, so that "fixed the error handling" with
/// an outcome of `done` is never asked.
pub fn is_failure_reason(reason: &str) -> bool {
    let reason = reason.to_lowercase();
    FAILURE_WORDS.iter().any(|word| {
        reason.match_indices(word).any(|(at, _)| {
            let before = reason[..at].chars().next_back();
            let after = reason[at + word.len()..].chars().next();
            !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip() {
        for outcome in Outcome::ALL {
            assert_eq!(Outcome::parse(outcome.as_str()), Some(outcome));
        }
        for (status, category) in Status::BUILT_IN {
            assert_eq!(Status::new(status.as_str()).built_in_category(), Some(*category));
        }
        assert_eq!(Status::new("review").built_in_category(), None);
    }

    #[test]
    fn failure_words_are_whole_words() {
        assert!(is_failure_reason("Rejected: too slow") && is_failure_reason("won't fix"));
        assert!(!is_failure_reason("unblocked by the terror team"));
    }
}
