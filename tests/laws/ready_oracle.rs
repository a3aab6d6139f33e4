//! The second implementation of docs/concepts/ready.md: read from the page, on folded beads, without numbers, caches or
//! early ends. It shares nothing with bd/src/query.

use bd::fold::{Bead, Holding};
use bd::model::{Category, Status};
use std::collections::{BTreeMap, BTreeSet};

/// Everything that the page's definitions speak of.
pub struct Oracle<'a> {
    pub beads: BTreeMap<String, &'a Bead>,
    pub custom: BTreeMap<String, Category>,
    pub now: i64,
    pub ephemeral: bool,
    pub any_type: bool,
    pub deferred: bool,
    pub shipped: BTreeSet<String>,
}

/// A blocking reason: how far above, whose edge, the rule, what decides. Its order is that of the page.
pub type Reason = (usize, String, usize, String);

/// The rules of the blocking table, in its order.
pub const TABLE: [&str; 7] =
    ["blocks", "undecided", "conditional-open", "conditional-succeeded", "waits-for-all", "waits-for-any", "external"];

/// What the page says of a bead.
#[derive(Debug, PartialEq, Eq)]
pub struct Said {
    pub rule: &'static str,
    pub ready: bool,
    pub blocked: bool,
    pub by: Option<String>,
    pub reasons: BTreeSet<Reason>,
    pub dangling: Vec<String>,
}

impl Oracle<'_> {
    fn stands(&self, id: &str) -> bool {
        self.beads.get(id).is_some_and(|b| b.exists() && !b.id.as_str().starts_with('_') && !self.deleted(id))
    }

    fn deleted(&self, id: &str) -> bool {
        self.beads.get(id).is_some_and(|b| match b.get("deleted").map(|v| v.json().to_owned()).as_deref() {
            Some("true" | "1") => true,
            Some("false" | "0") => false,
            _ => self.status(id) == "tombstone",
        })
    }

    fn status(&self, id: &str) -> String {
        self.beads[id].text("status").unwrap_or_else(|| "open".into())
    }

    fn category(&self, id: &str) -> Category {
        let status = self.status(id);
        match status.as_str() {
            "open" => Category::Active,
            "in_progress" | "hooked" | "blocked" => Category::Wip,
            "deferred" | "pinned" => Category::Frozen,
            "closed" | "tombstone" => Category::Done,
            other => self.custom.get(other).copied().unwrap_or(Category::Active),
        }
    }

    fn live(&self, id: &str) -> bool {
        self.stands(id) && self.category(id) != Category::Done
    }

    /// Edges as (type, target, metadata).
    fn edges(&self, id: &str) -> Vec<(String, String, serde_json::Value)> {
        let Some(bead) = self.beads.get(id) else { return Vec::new() };
        let edge = |e: &bd::fold::LiveEdge| {
            let meta = e.edge.meta.as_ref().map_or(serde_json::Value::Null, |m| serde_json::from_str(m.json()).unwrap());
            (e.edge.kind.as_str().to_owned(), e.edge.to.clone(), meta)
        };
        bead.edges.iter().map(edge).collect()
    }

    fn parents(&self, id: &str) -> BTreeSet<String> {
        self.edges(id).into_iter().filter(|(kind, ..)| kind == "parent-child").map(|(_, to, _)| to).collect()
    }

    fn children(&self, of: &str) -> BTreeSet<String> {
        self.beads.keys().filter(|id| self.parents(id).contains(of)).cloned().collect()
    }

    /// Live ancestors with their distance, level by level; the bead itself is level 0.
    fn levels(&self, id: &str) -> Vec<BTreeSet<String>> {
        let mut levels = vec![BTreeSet::from([id.to_owned()])];
        loop {
            let known: BTreeSet<&String> = levels.iter().flatten().collect();
            let above = levels.last().unwrap().iter().flat_map(|at| self.parents(at));
            let next: BTreeSet<String> = above.filter(|p| self.live(p) && !known.contains(p)).collect();
            if next.is_empty() {
                return levels;
            }
            levels.push(next);
        }
    }

    fn failed(&self, id: &str) -> bool {
        let bead = self.beads[id];
        if let Some(outcome) =
            bead.text("outcome").filter(|o| ["done", "failed", "cancelled", "duplicate", "superseded"].contains(&o.as_str()))
        {
            return outcome == "failed" || outcome == "cancelled";
        }
        let reason = bead.text("close_reason").unwrap_or_default().to_lowercase();
        let words = r"(?:^|[^\p{Alphabetic}\p{N}])(?:failed|rejected|wontfix|won't fix|canceled|cancelled|abandoned|blocked|error|timeout|aborted)(?:$|[^\p{Alphabetic}\p{N}])";
        regex::Regex::new(words).unwrap().is_match(&reason)
    }

    /// The gate and the spawner of a `waits-for` edge.
    fn wait(to: &str, meta: &serde_json::Value) -> (bool, String) {
        let inner = match &meta["metadata"] {
            serde_json::Value::String(text) => serde_json::from_str(text).unwrap_or_default(),
            serde_json::Value::Null => meta.clone(),
            other => other.clone(),
        };
        let spawner = inner["spawner_id"].as_str().filter(|s| !s.is_empty()).unwrap_or(to).to_owned();
        (inner["gate"] == "any-children", spawner)
    }

    /// The direct reasons: (rule's place in the table, what decides), and the dangling targets.
    fn direct(&self, id: &str) -> (BTreeSet<(usize, String)>, Vec<String>) {
        let (mut reasons, mut dangling) = (BTreeSet::new(), Vec::new());
        for (kind, to, meta) in self.edges(id) {
            if !["blocks", "conditional-blocks", "waits-for"].contains(&kind.as_str()) {
                continue;
            }
            let (any, target) = if kind == "waits-for" { Self::wait(&to, &meta) } else { (false, to) };
            if target.starts_with("external:") {
                if !self.shipped.contains(&target) {
                    reasons.insert((6, target));
                }
                continue;
            }
            if !self.stands(&target) {
                dangling.push(target);
                continue;
            }
            let others: BTreeSet<String> = self.children(&target).into_iter().filter(|c| c != id).collect();
            match kind.as_str() {
                "blocks" if target != id && self.live(&target) => {
                    reasons.insert((0, target));
                }
                "blocks" if target != id && self.undecided(&target) => {
                    reasons.insert((1, target));
                }
                "conditional-blocks" if target != id && self.live(&target) => {
                    reasons.insert((2, target));
                }
                "conditional-blocks" if target != id && !self.failed(&target) => {
                    reasons.insert((3, target));
                }
                "waits-for" if any => {
                    let none = !others.iter().any(|c| self.stands(c) && !self.live(c));
                    reasons.extend(none.then_some((5, target)));
                }
                "waits-for" => reasons.extend(others.into_iter().filter(|c| self.live(c)).map(|c| (4, c))),
                _ => {}
            }
        }
        (reasons, dangling)
    }

    fn undecided(&self, id: &str) -> bool {
        let bead = self.beads[id];
        let said = |heads: &[bd::fold::Head]| heads.iter().any(|h| h.value != heads[0].value);
        bead.issue_type() == "checkpoint" && bead.fields.get("cp.state").is_some_and(|r| said(r.heads()))
    }

    fn time(&self, id: &str, field: &str) -> Option<i64> {
        let text = self.beads[id].text(field)?;
        text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_millisecond)
    }

    fn put_off(&self, id: &str) -> Option<&'static str> {
        match self.time(id, "defer_until") {
            Some(until) if until > self.now => Some("deferred-until"),
            None if self.status(id) == "deferred" => Some("deferred"),
            _ => None,
        }
    }

    /// The rule that holds the bead back by itself.
    fn own(&self, id: &str) -> Option<&'static str> {
        const NO_WORK: [&str; 12] = [
            "gate",
            "checkpoint",
            "molecule",
            "convoy",
            "merge-request",
            "message",
            "event",
            "agent",
            "role",
            "rig",
            "slot",
            "queue",
        ];
        let bead = self.beads[id];
        let (status, category, holding) = (self.status(id), self.category(id), bead.holding());
        let until = |c: &bd::model::Claim| c.until.map(jiff::Timestamp::as_millisecond);
        let ended = matches!(&holding, Holding::Held(c) if until(c).is_some_and(|u| u <= self.now));
        if !bead.exists() || id.starts_with('_') {
            return Some("unknown");
        }
        let rules = [
            ("deleted", self.deleted(id)),
            ("closed", category == Category::Done),
            ("template", bead.flag("is_template")),
            ("pinned", bead.flag("pinned") || status == "pinned"),
            ("ephemeral", bead.flag("ephemeral") && !self.ephemeral),
            ("type", NO_WORK.contains(&bead.issue_type().as_str()) && !self.any_type),
            ("contested", matches!(holding, Holding::Contested(_))),
            ("claimed", matches!(holding, Holding::Held(_)) && !ended),
            ("status-blocked", status == "blocked"),
            ("in-progress", (status == "in_progress" || status == "hooked") && !ended),
            ("status-wip", category == Category::Wip && Status::new(&status).built_in_category().is_none()),
            ("status-frozen", category == Category::Frozen && status != "deferred" && status != "pinned"),
            ("deferred", !self.deferred && self.put_off(id) == Some("deferred")),
            ("deferred-until", !self.deferred && self.put_off(id) == Some("deferred-until")),
        ];
        rules.into_iter().find(|(_, holds)| *holds).map(|(rule, _)| rule)
    }

    /// The whole page for one bead.
    pub fn say(&self, id: &str) -> Said {
        let mut reasons = BTreeSet::new();
        if self.live(id) {
            for (distance, level) in self.levels(id).into_iter().enumerate() {
                for at in level {
                    reasons.extend(self.direct(&at).0.into_iter().map(|(rule, by)| (distance, at.clone(), rule, by)));
                }
            }
        }
        let dangling = self.direct(id).1;
        let blocked = self.live(id) && (!reasons.is_empty() || self.status(id) == "blocked");
        let said = |rule, by| Said { rule, ready: false, blocked, by, reasons: reasons.clone(), dangling: dangling.clone() };
        if let Some(rule) = self.own(id) {
            return said(rule, None);
        }
        if !self.deferred {
            for ancestor in self.levels(id).into_iter().skip(1).flatten() {
                if self.put_off(&ancestor).is_some() {
                    return said("ancestor-deferred", Some(ancestor));
                }
            }
        }
        if let Some((_, _, rule, by)) = reasons.first() {
            return said(TABLE[*rule], Some(by.clone()));
        }
        let held = matches!(self.beads[id].holding(), Holding::Held(_));
        let over = self.status(id) == "deferred" && self.put_off(id).is_none();
        let rule = if held {
            "lease-expired"
        } else if over {
            "deferral-over"
        } else {
            "ready"
        };
        Said { ready: true, ..said(rule, None) }
    }
}
