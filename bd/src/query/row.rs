//! The light row of a bead: what lists, filters and the ready rules look at, without its texts.

use super::categories::{Categories, StatusClass};
use super::graph::{EdgeKind, Lease, Node, Wait};
use crate::fold::{Bead, Holding, Register};
use crate::model::{Category, DepType, Outcome, Status, is_failure_reason, parse_time};

/// Types that are not work to pick up (docs/concepts/ready.md says why each); `--type` overrides.
pub const NOT_WORK: &[&str] =
    &["agent", "checkpoint", "convoy", "event", "gate", "merge-request", "message", "molecule", "queue", "rig", "role", "slot"];

/// The field of a checkpoint that says what was decided (docs/design/workflow.md, Fields).
const DECISION: &str = "cp.state";

/// The claim on a bead as the fold left it; expiry is asked later, with the caller's clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowClaim {
    /// Who holds it; `None` if several do (contested).
    pub holder: Option<String>,
    /// The fencing number.
    pub epoch: u64,
    /// End of the lease in milliseconds since 1970; `None` = no end.
    pub until: Option<i64>,
}

/// One outgoing edge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowEdge {
    /// The type.
    pub kind: DepType,
    /// A bead's id or `external:<project>:<capability>`.
    pub to: String,
    /// What a `waits-for` edge waits for.
    pub wait: Option<Wait>,
}

impl RowEdge {
    /// What the graph makes of the type.
    pub fn edge_kind(&self) -> EdgeKind {
        EdgeKind::of(&self.kind, self.wait.as_ref())
    }

    /// The name that the edge leads to for the ready rules: the spawner of a `waits-for`, else the target.
    pub fn target(&self) -> &str {
        self.wait.as_ref().and_then(|w| w.spawner.as_deref()).unwrap_or(&self.to)
    }
}

/// A bead without its texts. Times are milliseconds since 1970.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Its name.
    pub id: String,
    /// The title.
    pub title: String,
    /// The status as shown.
    pub status: Status,
    /// The status's category.
    pub category: Category,
    /// What the ready rules make of the status.
    pub class: StatusClass,
    /// 0 (most urgent) to 4; imported values outside stay.
    pub priority: i64,
    /// The type.
    pub issue_type: String,
    /// The holder of the claim, else the field.
    pub assignee: Option<String>,
    /// The owner.
    pub owner: Option<String>,
    /// When it was created; 0 where nobody knows.
    pub created_at: i64,
    /// When it was last changed.
    pub updated_at: i64,
    /// When it was closed.
    pub closed_at: Option<i64>,
    /// Not before.
    pub defer_until: Option<i64>,
    /// Wanted by.
    pub due_at: Option<i64>,
    /// How it ended, where that was recorded.
    pub outcome: Option<Outcome>,
    /// True if it ended without success: by its outcome, or (without one) by a failure word in its close reason.
    pub failed: bool,
    /// A standing deletion or an imported tombstone.
    pub deleted: bool,
    /// True for a bead that others name and nobody created.
    pub shadow: bool,
    /// The flag `pinned`.
    pub pinned: bool,
    /// Stays in this clone.
    pub ephemeral: bool,
    /// The flag `is_template`.
    pub template: bool,
    /// Some field has a visible conflict.
    pub conflict: bool,
    /// Several actors hold it.
    pub contested: bool,
    /// A checkpoint about which two decided differently, without having seen each other.
    pub undecided: bool,
    /// Who holds it.
    pub claim: Option<RowClaim>,
    /// The parent that shows.
    pub parent: Option<String>,
    /// Labels, sorted.
    pub labels: Vec<String>,
    /// Outgoing edges, in the fold's order.
    pub edges: Vec<RowEdge>,
    /// How many comments there are.
    pub comments: usize,
}

/// Milliseconds of a time field's text.
pub fn millis(text: Option<&str>) -> Option<i64> {
    text.and_then(parse_time).map(jiff::Timestamp::as_millisecond)
}

impl Row {
    /// The row of a folded bead.
    pub fn of(bead: &Bead, categories: &Categories) -> Self {
        let status = bead.status();
        let outcome = bead.outcome();
        let holding = bead.holding();
        let claim = match &holding {
            Holding::Free => None,
            Holding::Held(c) => Some(RowClaim {
                holder: c.holder.as_ref().map(|h| h.as_str().to_owned()),
                epoch: c.epoch,
                until: c.until.map(jiff::Timestamp::as_millisecond),
            }),
            Holding::Contested(all) => {
                Some(RowClaim { holder: None, epoch: all.iter().map(|(_, c)| c.epoch).max().unwrap_or(0), until: None })
            }
        };
        let edge = |e: &crate::fold::LiveEdge| RowEdge {
            kind: e.edge.kind.clone(),
            to: e.edge.to.clone(),
            wait: (e.edge.kind == DepType::WAITS_FOR).then(|| Wait::of(&e.edge)),
        };
        let created_at = millis(bead.created_at().as_deref()).unwrap_or(0);
        Self {
            id: bead.id.as_str().to_owned(),
            title: bead.title(),
            category: categories.of(&status),
            class: categories.class(&status),
            status,
            priority: bead.priority(),
            issue_type: bead.issue_type(),
            assignee: bead.assignee(),
            owner: bead.text("owner"),
            created_at,
            updated_at: millis(bead.updated_at().as_deref()).unwrap_or(created_at),
            closed_at: millis(bead.closed_at().as_deref()),
            defer_until: millis(bead.text("defer_until").as_deref()),
            due_at: millis(bead.text("due_at").as_deref()),
            outcome,
            failed: match outcome {
                Some(outcome) => outcome.is_failure(),
                None => bead.text("close_reason").is_some_and(|r| is_failure_reason(&r)),
            },
            deleted: bead.is_deleted(),
            shadow: !bead.exists() || bead.id.is_pseudo(),
            pinned: bead.flag("pinned"),
            ephemeral: bead.flag("ephemeral"),
            template: bead.flag("is_template"),
            conflict: !bead.conflicts().is_empty(),
            contested: matches!(holding, Holding::Contested(_)),
            undecided: bead.issue_type() == "checkpoint" && bead.fields.get(DECISION).is_some_and(Register::in_conflict),
            claim,
            parent: bead.parent().map(str::to_owned),
            labels: bead.labels.keys().cloned().collect(),
            edges: bead.edges.iter().map(edge).collect(),
            comments: bead.comments.len(),
        }
    }

    /// What the ready rules look at.
    pub fn node(&self) -> Node {
        Node {
            class: self.class,
            deleted: self.deleted,
            shadow: self.shadow,
            failed: self.failed,
            pinned: self.pinned,
            ephemeral: self.ephemeral,
            template: self.template,
            not_work: NOT_WORK.contains(&self.issue_type.as_str()),
            conflict: self.conflict,
            undecided: self.undecided && self.is_closed(),
            defer_until: self.defer_until,
            lease: match &self.claim {
                None => Lease::Free,
                Some(_) if self.contested => Lease::Contested,
                Some(claim) => Lease::Held(claim.until),
            },
        }
    }

    /// True for a bead that lists show at all: not deleted, not a shadow.
    pub fn is_listed(&self) -> bool {
        !self.deleted && !self.shadow
    }

    /// True if the status's category is done.
    pub fn is_closed(&self) -> bool {
        self.class == StatusClass::Done
    }
}
