//! `bd update`: fields, labels, parent, notes and claim of one bead.

use super::change::{Done, check_text, done, guard_replace, standing, text_value};
use super::claim::{ClaimRequest, claim, fence, give_back};
use super::close::{CloseRequest, close};
use super::dep::{DepSpec, check};
use super::words;
use crate::error::{Error, Result};
use crate::fold::{Bead, Holding};
use crate::model::{Category, DepType, Edge, Event, Fields, Kind, Status, Value, format_time};
use crate::store::Tx;
use jiff::Timestamp;

/// What is to change; `None` = stays. An empty text clears its field.
#[derive(Clone, Debug, Default)]
pub struct UpdateRequest {
    /// The title.
    pub title: Option<String>,
    /// The status.
    pub status: Option<String>,
    /// The type.
    pub issue_type: Option<String>,
    /// The priority.
    pub priority: Option<i64>,
    /// Texts and references by field name.
    pub texts: Vec<(&'static str, String)>,
    /// Whose it is to be.
    pub assignee: Option<String>,
    /// Notes to add below those that are there.
    pub append_notes: Option<String>,
    /// Minutes.
    pub estimate: Option<i64>,
    /// Wanted by; `Some(None)` clears.
    pub due: Option<Option<Timestamp>>,
    /// Not before; `Some(None)` clears.
    pub defer: Option<Option<Timestamp>>,
    /// Labels to add.
    pub add_labels: Vec<String>,
    /// Labels to remove.
    pub remove_labels: Vec<String>,
    /// The labels that are to be there, all others go.
    pub set_labels: Option<Vec<String>>,
    /// The parent; empty = none.
    pub parent: Option<String>,
    /// Metadata keys to set.
    pub set_metadata: Vec<(String, Value)>,
    /// Metadata keys to remove.
    pub unset_metadata: Vec<String>,
    /// All metadata: other keys go.
    pub metadata: Option<Vec<(String, Value)>>,
    /// Flags by field name.
    pub flags: Vec<(&'static str, bool)>,
    /// Take the bead as well.
    pub claim: bool,
    /// The fencing number of the writer's claim.
    pub epoch: Option<u64>,
    /// Replace another actor's text where the project asks first.
    pub replace: bool,
    /// The agent's session, where the status becomes closed.
    pub session: Option<String>,
}

/// Changes one bead.
///
/// # Errors
/// A word, text or name that may not be stored; a claim that somebody else holds; a stale fencing number; a close that
/// something speaks against; another actor's text where the project asks first.
pub fn update(tx: &mut Tx<'_>, id: &str, request: &UpdateRequest) -> Result<Done> {
    let bead = standing(tx, id)?;
    fence(tx, &bead, request.epoch)?;
    let mut change = Change { event: tx.event(&bead.id, Kind::SET)?, fields: Fields::new(), notes: Vec::new() };
    fields(tx, &bead, request, &mut change)?;
    metadata(&bead, request, &mut change);
    labels(&bead, request, &mut change)?;
    parent(tx, &bead, request, &mut change)?;
    let mut notes = guard_replace(tx, &bead, &change.fields, request.replace)?;
    let note = request.append_notes.as_deref().filter(|t| !t.trim().is_empty());
    if let Some(text) = note {
        check_text("notes", text)?;
    }
    let before = tx.pushed().len();
    if request.claim {
        notes.extend(claim(tx, bead.id.as_str(), &ClaimRequest::default())?.notes);
    }
    status(tx, &bead, request, &mut change)?;
    change.push(tx, &bead)?;
    if let Some(text) = note {
        let mut event = tx.event(&bead.id, Kind::NOTE)?;
        event.text = Some(text.trim_end().to_owned());
        tx.push(event);
    }
    let changed = tx.pushed().len() > before;
    let mut out = done(tx, &bead.id, if changed { "Updated" } else { "Unchanged" }, "")?;
    out.changed = changed;
    notes.append(&mut change.notes);
    out.notes = notes;
    Ok(out)
}

/// One event in the making.
struct Change {
    event: Event,
    fields: Fields,
    notes: Vec<String>,
}

impl Change {
    /// Pushes the event if anything in it changes the bead as it now is.
    fn push(&mut self, tx: &mut Tx<'_>, before: &Bead) -> Result<()> {
        // With the claim or close that this update has pushed already.
        let bead = tx.bead(&before.id)?.unwrap_or_else(|| before.clone());
        let mut event = self.event.clone();
        if let Some(set) = super::change::set_event(tx, &bead, Kind::SET, &self.fields)? {
            event.set = set.set;
            event.on.extend(set.on);
        }
        let (set, add, remove) = (!event.set.is_empty(), !event.labels.is_empty(), !event.unlabels.is_empty());
        let (link, unlink) = (!event.links.is_empty(), !event.unlinks.is_empty());
        // The kind is what people read: an event that does only one thing is named by it.
        event.kind = match (set, add, remove, link, unlink) {
            (false, false, false, false, false) => return Ok(()),
            (false, true, false, false, false) => Kind::LABEL,
            (false, false, true, false, false) => Kind::UNLABEL,
            (false, false, false, true, _) => Kind::LINK,
            (false, false, false, false, true) => Kind::UNLINK,
            _ => Kind::SET,
        };
        event.on.sort_unstable();
        event.on.dedup();
        tx.push(event);
        Ok(())
    }
}

fn fields(tx: &Tx<'_>, bead: &Bead, request: &UpdateRequest, change: &mut Change) -> Result<()> {
    let config = tx.store().config();
    if let Some(title) = &request.title {
        let title = words::title(title)?;
        check_text("title", &title)?;
        change.fields.set("title", Value::text(&title));
    }
    if let Some(kind) = &request.issue_type {
        let kind = words::issue_type(config, kind)?;
        if kind != bead.issue_type() {
            super::change::not_driven(tx, bead, "changing its type")?;
        }
        change.fields.set("issue_type", Value::text(&kind));
    }
    if let Some(priority) = request.priority {
        change.fields.set("priority", Value::of(&priority));
    }
    for (name, text) in &request.texts {
        check_text(name, text)?;
        change.fields.set(name, text_value(text));
    }
    if let Some(minutes) = request.estimate {
        change.fields.set("estimated_minutes", Value::of(&minutes));
    }
    for (name, at) in [("due_at", request.due), ("defer_until", request.defer)] {
        if let Some(at) = at {
            change.fields.set(name, at.map_or_else(Value::null, |at| Value::text(&format_time(at))));
        }
    }
    for (name, on) in &request.flags {
        change.fields.set(name, if *on { Value::of(&true) } else { Value::null() });
    }
    if let Some(who) = &request.assignee {
        change.fields.set("assignee", text_value(who.trim()));
        hand_over(tx, bead, who.trim(), change);
    }
    Ok(())
}

/// An assignment beside a claim: one's own claim goes with it, another's stays and is named.
fn hand_over(tx: &Tx<'_>, bead: &Bead, to: &str, change: &mut Change) {
    let Holding::Held(claim) = bead.holding() else { return };
    let Some(holder) = claim.holder.as_ref().filter(|h| h.as_str() != to) else { return };
    if holder == tx.actor() || claim.expired(tx.now()) {
        give_back(bead, &mut change.fields);
        change.notes.push(format!("the claim of {holder} is released"));
    } else {
        change.notes.push(format!("{holder} still holds it; an assignment does not take a claim away"));
    }
}

fn status(tx: &mut Tx<'_>, bead: &Bead, request: &UpdateRequest, change: &mut Change) -> Result<()> {
    let Some(text) = &request.status else { return Ok(()) };
    let status = words::status(tx.store().config(), text)?;
    if status != bead.status() {
        super::change::not_driven(tx, bead, "changing its status")?;
    }
    let category = |s: &Status| tx.store().config().category(s);
    let (was_done, is_done) = (category(&bead.status()) == Category::Done, category(&status) == Category::Done);
    if is_done {
        if bead.status() != status {
            let close_as = CloseRequest { status: Some(status), session: request.session.clone(), ..CloseRequest::default() };
            change.notes.extend(close(tx, bead.id.as_str(), &close_as)?.notes);
        }
        return Ok(());
    }
    if was_done {
        change.fields.set("outcome", Value::null());
        change.fields.set("close_reason", Value::null());
        if bead.fields.contains_key("closed_at") {
            change.fields.set("closed_at", Value::null());
        }
    }
    change.fields.set("status", Value::text(status.as_str()));
    if status == Status::OPEN
        && !request.claim
        && let Holding::Held(claim) = bead.holding()
    {
        let mine = claim.holder.as_ref() == Some(tx.actor());
        if mine || claim.expired(tx.now()) {
            give_back(bead, &mut change.fields);
        } else if let Some(holder) = claim.holder {
            change.notes.push(format!("{holder} still holds it"));
        }
    }
    Ok(())
}

fn metadata(bead: &Bead, request: &UpdateRequest, change: &mut Change) {
    let name = |key: &str| format!("metadata.{key}");
    if let Some(all) = &request.metadata {
        for field in bead.fields.keys().filter(|f| f.starts_with("metadata.") && !all.iter().any(|(key, _)| name(key) == ***f)) {
            change.fields.set(field, Value::null());
        }
        if bead.get("metadata").is_some() {
            change.fields.set("metadata", Value::null());
        }
        for (key, value) in all {
            change.fields.set(&name(key), value.clone());
        }
    }
    for (key, value) in &request.set_metadata {
        change.fields.set(&name(key), value.clone());
    }
    for key in &request.unset_metadata {
        if bead.metadata().is_some_and(|m| m.get(key).is_some()) {
            change.fields.set(&name(key), Value::null());
        }
    }
}

fn labels(bead: &Bead, request: &UpdateRequest, change: &mut Change) -> Result<()> {
    let mut add = super::create::labels(&request.add_labels)?;
    let mut remove: Vec<String> = request.remove_labels.iter().flat_map(|l| l.split(',')).map(|l| l.trim().to_owned()).collect();
    if let Some(set) = &request.set_labels {
        let set = super::create::labels(set)?;
        remove.extend(bead.labels.keys().filter(|l| !set.contains(l)).cloned());
        add.extend(set);
    }
    for label in add {
        if !bead.labels.contains_key(&label) && !change.event.labels.contains(&label) {
            change.event.labels.push(label);
        }
    }
    for label in remove {
        if let Some(adds) = bead.labels.get(&label).filter(|_| !change.event.unlabels.contains(&label)) {
            change.event.on.extend(adds);
            change.event.unlabels.push(label);
        }
    }
    Ok(())
}

fn parent(tx: &Tx<'_>, bead: &Bead, request: &UpdateRequest, change: &mut Change) -> Result<()> {
    let Some(parent) = request.parent.as_deref().map(str::trim) else { return Ok(()) };
    let new = match parent {
        "" | "none" => None,
        parent => {
            let edge = DepSpec::new(DepType::PARENT_CHILD, parent).resolve(tx)?;
            check(tx, bead, &edge)?;
            Some(edge)
        }
    };
    for old in bead.edges.iter().filter(|e| e.edge.kind == DepType::PARENT_CHILD) {
        if new.as_ref().is_none_or(|new| new.to != old.edge.to) {
            change.event.on.extend(&old.adds);
            change.event.unlinks.push(Edge::new(old.edge.to.clone(), DepType::PARENT_CHILD));
        }
    }
    if let Some(new) = new.filter(|new| bead.parent() != Some(&new.to)) {
        change.event.links.push(new);
    }
    Ok(())
}

/// Reads `key=value`; the value is JSON where it reads as JSON, else text.
///
/// # Errors
/// No key (exit 2).
pub fn metadata_pair(text: &str) -> Result<(String, Value)> {
    match text.split_once('=') {
        Some((key, value)) if !key.trim().is_empty() => {
            let value = Value::from_json(value).filter(|v| !v.is_null()).unwrap_or_else(|| Value::text(value));
            Ok((metadata_key(key)?, value))
        }
        _ => Err(Error::usage(format!("`{}` sets no metadata", text.escape_debug())).hint("key=value")),
    }
}

/// Checks a metadata key: one line, at most 200 bytes.
///
/// # Errors
/// It is not (exit 2).
pub fn metadata_key(text: &str) -> Result<String> {
    let key = text.trim();
    if key.is_empty() || key.len() > 200 || key.contains(char::is_control) {
        return Err(
            Error::usage(format!("`{}` cannot be a metadata key", text.escape_debug())).hint("A key is a short text on one line")
        );
    }
    Ok(key.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_pairs() {
        assert_eq!(metadata_pair("a=1").unwrap(), ("a".into(), Value::of(&1)));
        assert_eq!(metadata_pair("a.b=x=y").unwrap(), ("a.b".into(), Value::text("x=y")));
        assert_eq!(metadata_pair("a=").unwrap().1, Value::text(""));
        assert!(metadata_pair("novalue").is_err() && metadata_pair("=x").is_err());
    }
}
