//! What the ready rules need to know of beads and edges, whoever stores them.

use super::categories::StatusClass;
use crate::model::{DepType, Edge};
use std::borrow::Cow;

/// Who holds a bead, without names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lease {
    /// Nobody.
    Free,
    /// One holder, until then (milliseconds since 1970; `None` = no end).
    Held(Option<i64>),
    /// Several.
    Contested,
}

/// One bead for the ready rules. Small, so that a stored image can make it from one fixed-width record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node {
    /// What its status comes to.
    pub class: StatusClass,
    /// Deleted.
    pub deleted: bool,
    /// Named by others, created by nobody that is known.
    pub shadow: bool,
    /// Ended without success.
    pub failed: bool,
    /// The flag `pinned`.
    pub pinned: bool,
    /// Stays in this clone.
    pub ephemeral: bool,
    /// A template.
    pub template: bool,
    /// Its type is no work to pick up.
    pub not_work: bool,
    /// Some field has a visible conflict (told by `explain`, decides nothing).
    pub conflict: bool,
    /// A closed checkpoint about which two decided differently.
    pub undecided: bool,
    /// Not before (milliseconds since 1970).
    pub defer_until: Option<i64>,
    /// Who holds it.
    pub lease: Lease,
}

impl Node {
    /// True if the bead stands and is not finished: only such beads block, are blocked, or pass anything on to children.
    pub fn is_live(&self) -> bool {
        !self.deleted && !self.shadow && self.class != StatusClass::Done
    }

    /// True if the bead stands, finished or not.
    pub fn stands(&self) -> bool {
        !self.deleted && !self.shadow
    }

    /// True if the bead itself is put off at `now`: its date is to come, or it is on ice without a date.
    pub fn is_deferred(&self, now: i64) -> bool {
        match self.defer_until {
            Some(until) => until > now,
            None => self.class == StatusClass::Deferred,
        }
    }

    /// False if no passing of time can make the bead ready: what a presorted list of candidates may leave out.
    /// Blockage and types are not looked at.
    pub fn is_candidate(&self) -> bool {
        let status = match self.class {
            StatusClass::Active => true,
            StatusClass::InProgress => matches!(self.lease, Lease::Held(Some(_))),
            StatusClass::Deferred => self.defer_until.is_some(),
            _ => false,
        };
        let held_for_ever = matches!(self.lease, Lease::Held(None) | Lease::Contested);
        status && self.stands() && !self.pinned && !self.template && !held_for_ever
    }
}

/// What an edge means for the ready rules and the cycle check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum EdgeKind {
    /// `blocks`
    Blocks,
    /// `conditional-blocks`
    Conditional,
    /// `waits-for`, gate `all-children`
    WaitsAll,
    /// `waits-for`, gate `any-children`
    WaitsAny,
    /// `parent-child`
    ParentChild,
    /// A directed type that decides nothing; counts in the cycle check.
    Directed,
    /// A type that may run in circles: `relates-to`, `related`, `discovered-from`.
    Free,
}

impl EdgeKind {
    /// All, by number: what a stored kind is read back with.
    pub const ALL: [Self; 7] =
        [Self::Blocks, Self::Conditional, Self::WaitsAll, Self::WaitsAny, Self::ParentChild, Self::Directed, Self::Free];

    /// What a dependency type comes to.
    pub fn of(kind: &DepType, wait: Option<&Wait>) -> Self {
        match kind.as_str() {
            "blocks" => Self::Blocks,
            "conditional-blocks" => Self::Conditional,
            "waits-for" if wait.is_some_and(|w| w.any) => Self::WaitsAny,
            "waits-for" => Self::WaitsAll,
            "parent-child" => Self::ParentChild,
            "relates-to" | "related" | "discovered-from" => Self::Free,
            _ => Self::Directed,
        }
    }

    /// True for the kinds that can block their source.
    pub fn blocks(self) -> bool {
        matches!(self, Self::Blocks | Self::Conditional | Self::WaitsAll | Self::WaitsAny)
    }

    /// True for the kinds that the cycle check follows (docs/concepts/dependencies.md).
    pub fn counts_in_cycles(self) -> bool {
        self != Self::Free
    }
}

/// What a `waits-for` edge waits for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wait {
    /// Whose children; the target of the edge if `None`.
    pub spawner: Option<String>,
    /// One closed child is enough (gate `any-children`); else all must be closed.
    pub any: bool,
}

impl Wait {
    /// Reads what came with the edge: upstream's `metadata` (an object, or an object in a string, reference/beads.md 1.3)
    /// or the same keys directly. An unknown gate is `all-children`.
    pub fn of(edge: &Edge) -> Self {
        let Some(meta) = edge.meta.as_ref().map(crate::model::Value::to_tree) else { return Self::default() };
        let inner = match meta.get("metadata") {
            Some(serde_json::Value::String(text)) => serde_json::from_str(text).unwrap_or(serde_json::Value::Null),
            Some(object) => object.clone(),
            None => meta,
        };
        let text = |key: &str| inner.get(key).and_then(serde_json::Value::as_str).filter(|t| !t.is_empty());
        Self { spawner: text("spawner_id").map(str::to_owned), any: text("gate") == Some("any-children") }
    }
}

/// Where an edge leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target<'a> {
    /// To the bead with this number.
    Bead(usize),
    /// To a capability of another project (`external:<project>:<capability>`).
    External(&'a str),
    /// To a name that no bead has.
    Missing(&'a str),
}

/// True for the targets that another project has to satisfy.
pub fn is_external(target: &str) -> bool {
    target.starts_with("external:")
}

/// Beads by number (0 to `len() - 1`) and the edges between them.
///
/// A `waits-for` edge is shown as one to its spawner. Shadows and deleted beads may have numbers; their [`Node`] says so.
pub trait GraphView {
    /// The number of a bead.
    fn find(&self, id: &str) -> Option<usize>;
    /// How many numbers there are.
    fn len(&self) -> usize;
    /// True if there is none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The name of a bead.
    fn name(&self, i: usize) -> Cow<'_, str>;
    /// What the rules look at.
    fn node(&self, i: usize) -> Node;
    /// Calls `f` with every outgoing edge.
    fn out(&self, i: usize, f: &mut dyn FnMut(EdgeKind, Target<'_>));
    /// Calls `f` with every incoming edge and the bead that it comes from.
    fn incoming(&self, i: usize, f: &mut dyn FnMut(EdgeKind, usize));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Value;

    #[test]
    fn kinds_and_gates() {
        assert_eq!(EdgeKind::of(&DepType::TRACKS, None), EdgeKind::Directed);
        assert_eq!(EdgeKind::of(&DepType::DISCOVERED_FROM, None), EdgeKind::Free);
        assert!(!EdgeKind::of(&DepType::new("parent_child").unwrap(), None).blocks());
        for kind in EdgeKind::ALL {
            assert_eq!(EdgeKind::ALL[kind as usize], kind);
        }
        let mut edge = Edge::new("bd-1", DepType::WAITS_FOR);
        assert_eq!(Wait::of(&edge), Wait::default());
        for meta in [
            r#"{"metadata":"{\"gate\":\"any-children\",\"spawner_id\":\"bd-2\"}"}"#,
            r#"{"metadata":{"gate":"any-children","spawner_id":"bd-2"}}"#,
            r#"{"gate":"any-children","spawner_id":"bd-2","created_by":"x"}"#,
        ] {
            edge.meta = Value::from_json(meta);
            assert_eq!(Wait::of(&edge), Wait { spawner: Some("bd-2".into()), any: true }, "{meta}");
        }
        edge.meta = Value::from_json(r#"{"metadata":"{broken","gate":7}"#);
        assert_eq!(Wait::of(&edge), Wait::default());
    }
}
