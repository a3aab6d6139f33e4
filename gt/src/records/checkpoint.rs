//! `checkpoints/<id>.toml`: what was asked and everything that was said.

use super::molecule::HEAD;
use crate::molecule::beads::Beads;
use crate::molecule::change::decoded;
use crate::molecule::handin::HandIn;
use crate::molecule::model::field;
use crate::molecule::{StepView, View};
use bd::error::Result;
use bd::model::{Value as Json, format_time};
use bd::store::Snapshot;
use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, value};

/// The kinds of events that are told.
const TOLD: [&str; 6] = ["open", "approve", "reject", "comment", "expire", "reopen"];

/// The text.
///
/// # Errors
/// The store cannot be read.
pub fn text(snapshot: &Snapshot, view: &View, beads: &Beads, step: &StepView) -> Result<String> {
    let mut doc = DocumentMut::new();
    let checkpoint = step.checkpoint.clone().unwrap_or_default();
    doc.insert("id", value(&step.def.id));
    doc.insert("molecule", value(&view.name));
    doc.insert("bead", value(step.bead.as_str()));
    doc.insert("state", value(checkpoint.state.as_str()));
    for (name, at) in [("opened", checkpoint.opened), ("expires", checkpoint.deadline)] {
        if let Some(at) = at {
            doc.insert(name, value(format_time(at)));
        }
    }
    if let Some(timeout) = &step.def.timeout {
        doc.insert("timeout", value(timeout));
    }
    if checkpoint.overridden {
        doc.insert("overridden", value(true));
    }
    if !step.def.approval_criteria.is_empty() {
        doc.insert("criteria", value(step.def.approval_criteria.iter().collect::<Array>()));
    }
    let before = step.def.needs.last().and_then(|n| beads.step(n));
    let hand_in: Option<HandIn> = before.and_then(|(bead, _)| decoded(bead, field::HAND_IN));
    if let Some(hand_in) = hand_in {
        if !hand_in.body.is_empty() {
            doc.insert("summary", value(&hand_in.body));
        }
        for (name, list) in [("questions", &hand_in.questions), ("concerns", &hand_in.concerns), ("gaps", &hand_in.gaps)] {
            if !list.is_empty() {
                doc.insert(name, value(list.iter().collect::<Array>()));
            }
        }
        if let Some(text) = &hand_in.recommendation {
            doc.insert("recommendation", value(text));
        }
        if let Some(n) = hand_in.confidence {
            doc.insert("confidence", value(i64::from(n)));
        }
    }
    let mut events = ArrayOfTables::new();
    for stored in snapshot.events(&step.bead)? {
        let e = stored.event;
        if !TOLD.contains(&e.kind.as_str()) {
            continue;
        }
        let mut table = Table::new();
        table.insert("at", value(&e.at));
        table.insert("actor", value(e.by.as_str()));
        table.insert("kind", value(e.kind.as_str()));
        let extra = |name: &str| e.extra.get(name).map(Json::to_plain);
        let text = e.text.clone().or_else(|| extra("why")).or_else(|| e.set.get(field::WHY)?.as_str().map(Into::into));
        if let Some(text) = text {
            table.insert("text", value(text));
        }
        for name in ["to", "against", "commit"] {
            if let Some(text) = extra(name) {
                table.insert(name, value(text));
            }
        }
        events.push(table);
    }
    doc.insert("event", Item::ArrayOfTables(events));
    Ok(format!("{HEAD}{doc}"))
}
