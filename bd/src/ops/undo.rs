//! `bd undo`: ordinary events that restore what was before (STATE 3). Undoing an undo does it again.

use super::change::{Done, done};
use super::graph;
use crate::error::{Error, ErrorKind, Result};
use crate::fold::{Bead, fold_bead};
use crate::model::{BeadId, Claim, Event, EventId, Fields, Kind, MEMORY_BEAD, Value};
use crate::query::millis;
use crate::store::{Snapshot, Tx};

/// What is to be undone.
#[derive(Clone, Debug, Default)]
pub enum Target {
    /// The last command of the acting actor.
    #[default]
    Last,
    /// The last command of anybody on a bead, as typed.
    Bead(String),
    /// One event.
    Event(EventId),
}

/// The events of the command that a target names: one actor's at one instant.
///
/// # Errors
/// Nothing to undo, no such bead, no such event (exit 2).
pub fn find(tx: &Tx<'_>, target: &Target) -> Result<Vec<Event>> {
    let snapshot = tx.snapshot();
    let me = tx.actor();
    let of = |id: &BeadId| -> Result<Vec<Event>> { Ok(snapshot.events(id)?.into_iter().map(|s| s.event).collect()) };
    let newest = match target {
        Target::Event(id) => {
            for bead in snapshot.ids()? {
                if let Some(event) = of(&bead)?.into_iter().find(|e| e.id == *id) {
                    return Ok(vec![event]);
                }
            }
            return Err(Error::usage(format!("there is no event {id}")).hint("`bd history ID` names the events of a bead"));
        }
        Target::Bead(text) => {
            let id = tx.resolve(text)?;
            of(&id)?.into_iter().max_by_key(|e| e.id).ok_or_else(|| Error::usage(format!("nothing happened to `{id}`")))?
        }
        Target::Last => {
            let mut newest: Option<Event> = None;
            for bead in by_change(snapshot)? {
                // No event of a bead is later than the bead's last change.
                if newest.as_ref().is_some_and(|n| millis(Some(&n.at)).is_some_and(|at| bead.changed < at)) {
                    break;
                }
                let own = of(&bead.id)?.into_iter().filter(|e| e.by == *me && e.kind != Kind::IMPORT);
                newest = own.chain(newest).max_by_key(|e| e.id);
            }
            newest.ok_or_else(|| Error::usage(format!("there is nothing of {me} to undo")))?
        }
    };
    let same = |e: &Event| e.by == newest.by && e.at == newest.at && e.kind != Kind::IMPORT;
    if let Target::Bead(_) = target {
        return Ok(of(&newest.bead)?.into_iter().filter(same).collect());
    }
    let at = millis(Some(&newest.at)).unwrap_or(i64::MIN);
    let mut out = Vec::new();
    for bead in by_change(snapshot)?.into_iter().take_while(|b| b.changed >= at) {
        out.extend(of(&bead.id)?.into_iter().filter(same));
    }
    Ok(out)
}

/// A bead and when it was last changed, in milliseconds.
struct Changed {
    id: BeadId,
    changed: i64,
}

/// All beads, those that were changed last first; the store's own pseudo-beads before them.
fn by_change(snapshot: &Snapshot) -> Result<Vec<Changed>> {
    let mut out = vec![Changed { id: BeadId::new(MEMORY_BEAD)?, changed: i64::MAX }];
    for row in snapshot.rows()? {
        out.push(Changed { id: BeadId::new(&row.id)?, changed: row.updated_at });
    }
    out.sort_by_key(|b| std::cmp::Reverse(b.changed));
    Ok(out)
}

/// Writes the events that restore what was before these.
///
/// # Errors
/// Something was replaced since, or is in conflict (exit 6, naming what and by whom); a redaction, which cannot be undone.
/// Then nothing is undone.
pub fn undo(tx: &mut Tx<'_>, events: &[Event]) -> Result<Vec<Done>> {
    let mut beads: Vec<&BeadId> = events.iter().map(|e| &e.bead).collect();
    beads.sort();
    beads.dedup();
    let mut out = Vec::new();
    for id in beads {
        let group: Vec<&Event> = events.iter().filter(|e| e.bead == *id).collect();
        out.push(one(tx, id, &group)?);
    }
    Ok(out)
}

fn one(tx: &mut Tx<'_>, id: &BeadId, group: &[&Event]) -> Result<Done> {
    let all: Vec<Event> = tx.snapshot().events(id)?.into_iter().map(|s| s.event).collect();
    let ids: Vec<EventId> = group.iter().map(|e| e.id).collect();
    let kinds: Vec<&str> = group.iter().map(|e| e.kind.as_str()).collect();
    let short = graph::short(tx.snapshot(), id.as_str());
    if group.iter().any(|e| e.kind == Kind::REDACT) {
        return Err(Error::new(ErrorKind::Conflict, format!("a redaction on `{short}` cannot be undone: the text is gone")));
    }
    if group.iter().any(|e| e.is_stub()) {
        return Err(Error::new(
            ErrorKind::Conflict,
            format!("what happened to `{short}` then was redacted since, and cannot be undone"),
        ));
    }
    let whole: Vec<&Event> = all.iter().collect();
    let before: Vec<&Event> = all.iter().filter(|e| !ids.contains(&e.id)).collect();
    let (now, was) = (fold_bead(id, &whole), fold_bead(id, &before));
    if now.exists() && !was.exists() && !id.is_pseudo() {
        return uncreate(tx, &now, group, &short);
    }
    let mut event = tx.event(id, Kind::SET)?;
    fields(&now, &was, group, &mut event, &short)?;
    labels(&now, &was, group, &mut event, &short)?;
    edges(&now, &was, group, &mut event, &short)?;
    let withdrawn: Vec<EventId> =
        group.iter().filter(|e| [Kind::COMMENT, Kind::UNCOMMENT].contains(&e.kind)).map(|e| e.id).collect();
    let restores = !event.set.is_empty()
        || !event.labels.is_empty()
        || !event.unlabels.is_empty()
        || !event.links.is_empty()
        || !event.unlinks.is_empty();
    if restores {
        event.kind = kind_of(&event);
        event.extra.set("undo", Value::of(&ids));
        event.on.sort_unstable();
        event.on.dedup();
        tx.push(event);
    }
    if !withdrawn.is_empty() {
        let mut event = tx.event(id, Kind::UNCOMMENT)?;
        event.on = withdrawn;
        tx.push(event);
    } else if !restores {
        return Err(Error::new(ErrorKind::Conflict, format!("nothing of that is left on `{short}` to undo")));
    }
    let mut out = if id.is_pseudo() {
        Done { what: String::new(), detail: String::new(), short, bead: now, notes: Vec::new(), changed: true }
    } else {
        done(tx, id, "", "")?
    };
    "Undid".clone_into(&mut out.what);
    out.detail = kinds.join(", ");
    Ok(out)
}

/// The ordinary kind of a restoring event.
fn kind_of(event: &Event) -> Kind {
    let wrote = |field: &str| event.set.get(field);
    if let Some(deleted) = wrote("deleted") {
        return if deleted.as_bool() == Some(true) { Kind::DELETE } else { Kind::RESTORE };
    }
    if wrote("claim").and_then(Value::decode::<Claim>).is_some_and(|c| c.holder.is_none()) && wrote("outcome").is_none() {
        return Kind::RELEASE;
    }
    Kind::SET
}

/// Takes back a creation: a deletion, if nothing else has happened.
fn uncreate(tx: &mut Tx<'_>, now: &Bead, group: &[&Event], short: &str) -> Result<Done> {
    if let Some(since) = now.events.iter().find(|id| !group.iter().any(|e| e.id == **id)) {
        return Err(Error::new(ErrorKind::Conflict, format!("`{short}` was changed since it was created ({since})"))
            .hint("`bd history` shows what happened to it"));
    }
    let dependents = graph::dependents(tx.snapshot(), &now.id)?;
    let mut others = Vec::new();
    for (bead, _) in dependents {
        // The same undo may take these away as well.
        if tx.bead(&bead.id)?.is_some_and(|b| !b.is_deleted() && b.edges.iter().any(|e| e.edge.to == now.id.as_str())) {
            others.push(tx.snapshot().short(&bead.id));
        }
    }
    let mut event = tx.event(&now.id, Kind::DELETE)?;
    event.on = now.all_heads();
    event.set.set("deleted", Value::of(&true));
    tx.push(event);
    let mut out = done(tx, &now.id, "Undid", "create")?;
    if !others.is_empty() {
        out.notes.push(format!("{} refer to it", others.join(", ")));
    }
    Ok(out)
}

fn fields(now: &Bead, was: &Bead, group: &[&Event], event: &mut Event, short: &str) -> Result<()> {
    let written: Fields =
        group.iter().flat_map(|e| e.set.iter()).fold(Fields::new(), |all, (name, _)| all.with(name, Value::null()));
    for (name, _) in written.iter() {
        let Some(register) = now.fields.get(name) else { continue };
        if let Some(other) = register.heads().iter().find(|h| !group.iter().any(|e| e.id == h.id)) {
            let how = if register.heads().len() > 1 { "is in conflict" } else { "was replaced since" };
            return Err(Error::new(ErrorKind::Conflict, format!("{name} of `{short}` {how}, by {} at {}", other.by, other.at))
                .hint("`bd history` shows all its values; write the one that is meant to stand"));
        }
        let old = was.fields.get(name).map(|r| r.shown().value.clone());
        let value = match name {
            "claim" => claim(old.as_ref(), &register.shown().value),
            _ => old.unwrap_or_else(Value::null),
        };
        event.set.set(name, value);
    }
    if group.iter().any(|e| e.kind == Kind::NOTE) {
        let gone = |e: &&&Event| e.kind == Kind::NOTE && !now.notes.iter().any(|n| n.id == e.id);
        if let Some(rewritten) = group.iter().find(gone) {
            return Err(Error::new(ErrorKind::Conflict, format!("the notes of `{short}` were rewritten since {}", rewritten.at)));
        }
        event.set.set("notes", was.notes_text().map_or_else(Value::null, |t| Value::text(&t)));
    }
    // A deletion answers for the whole bead: what it does not name would stand against it as a conflict.
    let deletes = event.set.get("deleted").and_then(Value::as_bool) == Some(true);
    event.on = if deletes { now.all_heads() } else { now.heads(event.set.iter().map(|(name, _)| name).collect::<Vec<_>>()) };
    Ok(())
}

/// The claim that was before. The epoch never falls: a number that was once given away stays used.
fn claim(old: Option<&Value>, current: &Value) -> Value {
    let current = current.decode::<Claim>();
    let epoch = current.as_ref().map_or(0, |c| c.epoch);
    match old.and_then(Value::decode::<Claim>) {
        Some(old) if old.epoch == epoch => Value::of(&old),
        // Another had taken it over: the first holder gets a number of its own.
        Some(old) if old.holder.is_some() => Value::of(&Claim { epoch: epoch + 1, ..old }),
        _ => Value::of(&Claim { holder: None, epoch, until: None }),
    }
}

fn labels(now: &Bead, was: &Bead, group: &[&Event], event: &mut Event, short: &str) -> Result<()> {
    for label in group.iter().flat_map(|e| &e.labels) {
        let adds: Vec<EventId> =
            now.labels.get(label).into_iter().flatten().copied().filter(|a| group.iter().any(|e| e.id == *a)).collect();
        if adds.is_empty() {
            return Err(Error::new(ErrorKind::Conflict, format!("the label `{label}` of `{short}` was removed since")));
        }
        if !event.unlabels.contains(label) {
            event.on.extend(adds);
            event.unlabels.push(label.clone());
        }
    }
    for label in group.iter().flat_map(|e| &e.unlabels) {
        if was.labels.contains_key(label) && !now.labels.contains_key(label) && !event.labels.contains(label) {
            event.labels.push(label.clone());
        }
    }
    Ok(())
}

fn edges(now: &Bead, was: &Bead, group: &[&Event], event: &mut Event, short: &str) -> Result<()> {
    for edge in group.iter().flat_map(|e| &e.links) {
        let live = now.edges.iter().find(|e| e.edge.to == edge.to && e.edge.kind == edge.kind);
        let adds: Vec<EventId> =
            live.into_iter().flat_map(|l| &l.adds).copied().filter(|a| group.iter().any(|e| e.id == *a)).collect();
        if adds.is_empty() {
            return Err(Error::new(ErrorKind::Conflict, format!("the dependency of `{short}` on `{}` was removed since", edge.to)));
        }
        event.on.extend(adds);
        event.unlinks.push(crate::model::Edge::new(edge.to.clone(), edge.kind.clone()));
    }
    for edge in group.iter().flat_map(|e| &e.unlinks) {
        let same = |e: &&crate::fold::LiveEdge| e.edge.to == edge.to && e.edge.kind == edge.kind;
        if let (Some(old), None) = (was.edges.iter().find(same), now.edges.iter().find(same)) {
            event.links.push(old.edge.clone());
        }
    }
    Ok(())
}

/// What an undo would look at, for `--dry-run`.
pub fn describe(snapshot: &Snapshot, event: &Event) -> String {
    let fields: Vec<&str> = event.set.iter().map(|(name, _)| name).collect();
    let what = if fields.is_empty() { String::new() } else { format!(": {}", fields.join(", ")) };
    format!("{} {} by {} at {}{what}", event.kind.as_str(), graph::short(snapshot, event.bead.as_str()), event.by, event.at)
}
