//! Rows by hand, and the rules one by one. The whole definition is checked against a second implementation in tests/laws.

mod cycles;
mod filter;
mod language;
mod ready;

use super::{Categories, StatusClass};
use super::{Graph, Row, RowClaim, RowEdge, Wait};
use crate::model::{Category, DepType, Status};

/// 2026-01-01.
pub(super) const NOW: i64 = 1_767_225_600_000;

/// An open task.
pub(super) fn row(id: &str) -> Row {
    Row {
        id: id.into(),
        title: format!("title of {id}"),
        status: Status::OPEN,
        category: Category::Active,
        class: StatusClass::Active,
        priority: 2,
        issue_type: "task".into(),
        assignee: None,
        owner: None,
        created_at: NOW - 1000,
        updated_at: NOW - 1000,
        closed_at: None,
        defer_until: None,
        due_at: None,
        outcome: None,
        failed: false,
        deleted: false,
        shadow: false,
        pinned: false,
        ephemeral: false,
        template: false,
        conflict: false,
        contested: false,
        undecided: false,
        claim: None,
        parent: None,
        labels: Vec::new(),
        edges: Vec::new(),
        comments: 0,
    }
}

impl Row {
    pub(super) fn with_status(mut self, status: &str) -> Self {
        let categories = Categories::with_custom([("review", Category::Wip), ("shipped", Category::Done)]);
        self.status = Status::new(status);
        self.category = categories.of(&self.status);
        self.class = categories.class(&self.status);
        self.closed_at = self.is_closed().then_some(NOW - 500);
        self
    }

    pub(super) fn edge(mut self, kind: DepType, to: &str) -> Self {
        let wait = (kind == DepType::WAITS_FOR).then(Wait::default);
        if kind == DepType::PARENT_CHILD {
            self.parent = Some(to.into());
        }
        self.edges.push(RowEdge { kind, to: to.into(), wait });
        self
    }

    pub(super) fn held(mut self, until: Option<i64>) -> Self {
        self.claim = Some(RowClaim { holder: Some("ann".into()), epoch: 1, until });
        self
    }
}

pub(super) fn graph(rows: impl IntoIterator<Item = Row>) -> Graph {
    Graph::new(rows.into_iter().collect())
}
