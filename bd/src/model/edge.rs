//! Edges between beads.

use super::Value;
use std::borrow::Cow;

/// The type of a dependency. Any text of 1 to 50 bytes is legal; the ones with a meaning are constants here
/// (upstream's list: reference/beads.md 3.4).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct DepType(Cow<'static, str>);

macro_rules! dep_types {
    ($($(#[$doc:meta])* $name:ident = $text:literal),* $(,)?) => {
        impl DepType {
            $($(#[$doc])* pub const $name: Self = Self(Cow::Borrowed($text));)*
            /// Every type with a known meaning, in the order of the documentation.
            pub const KNOWN: &[Self] = &[$(Self::$name),*];
        }
    };
}

dep_types! {
    /// The target must be closed first.
    BLOCKS = "blocks",
    /// The source is a child of the target and inherits its blockage.
    PARENT_CHILD = "parent-child",
    /// The source runs only if the target closed with a failure.
    CONDITIONAL_BLOCKS = "conditional-blocks",
    /// The source waits for the target's children.
    WAITS_FOR = "waits-for",
    /// Association.
    RELATED = "related",
    /// Association in both directions.
    RELATES_TO = "relates-to",
    /// The source was found while working on the target.
    DISCOVERED_FROM = "discovered-from",
    /// Conversation thread.
    REPLIES_TO = "replies-to",
    /// The source is a duplicate of the target.
    DUPLICATES = "duplicates",
    /// The source replaces the target.
    SUPERSEDES = "supersedes",
    /// Entity link.
    AUTHORED_BY = "authored-by",
    /// Entity link.
    ASSIGNED_TO = "assigned-to",
    /// Entity link.
    APPROVED_BY = "approved-by",
    /// Entity link.
    ATTESTS = "attests",
    /// A convoy tracks a bead.
    TRACKS = "tracks",
    /// Reference.
    UNTIL = "until",
    /// Reference.
    CAUSED_BY = "caused-by",
    /// Reference.
    VALIDATES = "validates",
    /// Reference.
    DELEGATED_FROM = "delegated-from",
}

impl DepType {
    /// The longest type in bytes.
    pub const MAX: usize = 50;

    /// Any legal type. `None` if empty, too long, or with control characters.
    pub fn new(text: &str) -> Option<Self> {
        let fits = !text.is_empty() && text.len() <= Self::MAX && !text.chars().any(char::is_control);
        fits.then(|| match Self::KNOWN.iter().find(|k| k.as_str() == text) {
            Some(known) => known.clone(),
            None => Self(Cow::Owned(text.to_owned())),
        })
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// True for the types that decide over `ready` (docs/concepts/ready.md).
    pub fn affects_ready(&self) -> bool {
        [Self::BLOCKS, Self::PARENT_CHILD, Self::CONDITIONAL_BLOCKS, Self::WAITS_FOR].contains(self)
    }

    /// True if upstream knows the type. Others are legal and do not block; commands say so.
    pub fn is_known(&self) -> bool {
        Self::KNOWN.contains(self)
    }
}

/// One edge as written: the bead of the event depends on `to`.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Edge {
    /// A bead's id or `external:<project>:<capability>`.
    pub to: String,
    /// The type.
    #[serde(rename = "type")]
    pub kind: DepType,
    /// Anything else that came with it (`created_at`, `created_by`, `metadata`, `thread_id` of an import), as JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meta: Option<Value>,
}

impl Edge {
    /// An edge without more.
    pub fn new(to: impl Into<String>, kind: DepType) -> Self {
        Self { to: to.into(), kind, meta: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_and_odd_types() {
        assert!(DepType::new("blocks").unwrap().affects_ready());
        let typo = DepType::new("parent_child").unwrap();
        assert!(!typo.affects_ready() && !typo.is_known());
        assert!(DepType::new("").is_none() && DepType::new(&"x".repeat(51)).is_none());
    }
}
