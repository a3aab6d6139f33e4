//! `molecule.toml`.

use crate::molecule::View;
use crate::molecule::beads::Beads;
use crate::molecule::change::decoded;
use crate::molecule::handin::HandIn;
use crate::molecule::model::{field, percent};
use bd::model::format_time;
use toml_edit::{Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, Value, value};

/// What stands on the first line of every record.
pub const HEAD: &str =
    "# Rendered by gt from the events of the molecule, for reviewers. Never read back: changes here have no effect.\n";

/// The text.
pub fn text(view: &View, beads: &Beads) -> String {
    let mut doc = DocumentMut::new();
    let mut set = |name: &str, text: Option<&str>| {
        if let Some(text) = text {
            doc.insert(name, value(text));
        }
    };
    set("molecule_id", Some(&view.name));
    set("bead", Some(view.bead.as_str()));
    set("formula", Some(&view.recipe.name));
    set("formula_version", Some(&view.recipe.version));
    set("formula_sha", Some(&view.recipe.digest));
    set("convoy", view.convoy.as_deref());
    set("owner", view.owner.as_deref());
    set("team", view.team.as_deref());
    set("created", view.poured.map(format_time).as_deref());
    set("state", Some(view.state.as_str()));
    set("current_step", view.current().filter(|_| !view.open.is_empty()).map(|s| s.def.id.as_str()));
    set("why", view.why.as_deref());
    set("last_update", view.note.as_deref());
    let (done, total) = view.progress();
    let share = if total == 0 { 0.0 } else { done as f64 * 100.0 / total as f64 };
    doc.insert("progress_percent", value(percent(share).parse::<f64>().unwrap_or(0.0)));
    if !view.waits_for.is_empty() {
        doc.insert("waits_for", value(view.waits_for.iter().collect::<Array>()));
    }
    let inputs: Vec<serde_json::Value> = decoded(&beads.molecule, field::INPUTS).unwrap_or_default();
    if !inputs.is_empty() {
        let one = |i: &serde_json::Value| {
            let mut table = InlineTable::new();
            for key in ["path", "blob"] {
                table.insert(key, i[key].as_str().unwrap_or_default().into());
            }
            Value::from(table)
        };
        doc.insert("inputs", value(inputs.iter().map(one).collect::<Array>()));
    }
    if let Some(v) = &view.validation {
        let mut table = Table::new();
        table.insert("passed", value(v.passed));
        for (name, n) in [("total", v.total), ("ok", v.ok), ("failed", v.failed), ("skipped", v.skipped)] {
            table.insert(name, value(i64::from(n)));
        }
        // What nobody counted has no rate.
        if let Some(rate) = v.counted_rate() {
            table.insert("pass_rate", value(percent(rate)));
        }
        table.insert("counted", value(v.counted));
        let open = v.findings.iter().filter(|f| f.waived.is_none()).count();
        table.insert("findings", value(i64::try_from(open).unwrap_or(i64::MAX)));
        if !v.code.is_empty() {
            table.insert("code", value(&v.code));
        }
        doc.insert("validation", Item::Table(table));
    }
    if let Some(fix) = &view.fix {
        let mut table = Table::new();
        for (name, text) in [("step", &fix.step), ("to", &fix.to), ("cause", &fix.cause), ("reason", &fix.reason)] {
            table.insert(name, value(text));
        }
        doc.insert("blocked", Item::Table(table));
    }
    let mut steps = ArrayOfTables::new();
    for (step, (bead, _)) in view.steps.iter().zip(&beads.steps) {
        let mut table = Table::new();
        table.insert("id", value(&step.def.id));
        table.insert("bead", value(step.bead.as_str()));
        if let Some(phase) = &step.def.phase {
            table.insert("phase", value(phase));
        }
        table.insert("state", value(step.state.as_str()));
        table.insert("attempt", value(i64::from(step.attempt)));
        let hand_in: Option<HandIn> = decoded(bead, field::HAND_IN);
        if let Some(hand_in) = hand_in {
            let by = bead.fields.get(field::HAND_IN).map(bd::fold::Register::shown);
            if let Some(head) = by {
                table.insert("finished", value(&head.at));
                table.insert("by", value(head.by.as_str()));
            }
            if let Some(line) = hand_in.body.lines().next() {
                table.insert("note", value(line));
            }
        }
        steps.push(table);
    }
    doc.insert("step", Item::ArrayOfTables(steps));
    format!("{HEAD}{doc}")
}
