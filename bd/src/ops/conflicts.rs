//! `bd conflicts`: fields that two writers changed without having seen each other.

use super::change::{Done, check_text, done};
use super::words;
use crate::error::{Error, ErrorKind, Result};
use crate::fold::{Bead, Conflict};
use crate::model::{BeadId, EventId, Kind, Value};
use crate::store::{Snapshot, Tx};

/// A bead with its conflicts.
#[derive(Clone, Debug)]
pub struct Conflicted {
    /// The bead.
    pub bead: Bead,
    /// Its conflicts, by field.
    pub conflicts: Vec<Conflict>,
}

/// All beads with a visible conflict or a contested claim, by id.
pub fn list(snapshot: &Snapshot) -> Result<Vec<Conflicted>> {
    let mut out = Vec::new();
    for row in snapshot.rows()?.into_iter().filter(|r| r.conflict || r.contested) {
        let bead = snapshot.must(&BeadId::new(&row.id)?)?;
        out.push(Conflicted { conflicts: bead.conflicts(), bead });
    }
    Ok(out)
}

/// How a conflict ends.
#[derive(Clone, Debug)]
pub enum Choice {
    /// With the value of one of the events that stand.
    Take(EventId),
    /// With another value.
    Value(String),
}

/// Ends the conflict on a field with an event that names all of its heads.
///
/// # Errors
/// No such bead; the field has no conflict; the event is none of its heads; a value that the field cannot have.
pub fn resolve(tx: &mut Tx<'_>, id: &str, field: &str, choice: &Choice) -> Result<Done> {
    let id = tx.resolve(id)?;
    let bead = tx.bead(&id)?.ok_or_else(|| Error::usage(format!("there is no bead `{id}`")))?;
    let short = tx.snapshot().short(&id);
    if field == "claim" {
        return Err(Error::usage("a contested claim ends when all but one of its holders release it, or somebody takes it over")
            .hint("`bd release`, or `bd claim --take-over` with a reason"));
    }
    if !bead.conflicts().iter().any(|c| c.field == field) {
        let fields: Vec<String> = bead.conflicts().into_iter().map(|c| c.field).collect();
        let error = Error::usage(format!("`{short}` has no conflict on `{}`", field.escape_debug()));
        return Err(match fields.as_slice() {
            [] => error.hint("`bd conflicts` shows what is in conflict"),
            fields => error.hint(format!("In conflict: {}", fields.join(", "))),
        });
    }
    let value = match choice {
        Choice::Take(event) => taken(&bead, field, *event)?,
        Choice::Value(text) => typed(tx, &bead, field, text)?,
    };
    if field == "deleted" {
        let deleted = value.as_bool() == Some(true);
        let mut event = tx.event(&id, if deleted { Kind::DELETE } else { Kind::RESTORE })?;
        event.on = if deleted { bead.all_heads() } else { bead.heads(["deleted"]) };
        event.set.set("deleted", Value::of(&deleted));
        tx.push(event);
        return done(tx, &id, "Resolved", if deleted { "deleted" } else { "not deleted" });
    }
    let mut event = tx.event(&id, Kind::RESOLVE)?;
    event.on = bead.heads([field]);
    event.set.set(field, value);
    tx.push(event);
    done(tx, &id, "Resolved", words::spoken(field))
}

fn taken(bead: &Bead, field: &str, event: EventId) -> Result<Value> {
    let heads = bead.fields.get(field).map(crate::fold::Register::heads).unwrap_or_default();
    if let Some(head) = heads.iter().find(|h| h.id == event) {
        return Ok(head.value.clone());
    }
    // A change that stands beside a deletion says: not deleted.
    let beside = bead.conflicts().iter().any(|c| c.field == field && c.others.iter().any(|h| h.id == event));
    if field == "deleted" && beside {
        return Ok(Value::of(&false));
    }
    let names: Vec<String> = heads.iter().map(|h| h.id.to_string()).collect();
    Err(Error::new(ErrorKind::Usage, format!("{event} is no event that stands on `{field}`"))
        .hint(format!("These do: {}", names.join(", "))))
}

fn typed(tx: &Tx<'_>, bead: &Bead, field: &str, text: &str) -> Result<Value> {
    let config = tx.store().config();
    Ok(match field {
        "title" => Value::text(&words::title(text)?),
        "status" => Value::text(words::status(config, text)?.as_str()),
        "issue_type" => Value::text(&words::issue_type(config, text)?),
        "priority" => Value::of(&words::priority(text)?),
        "deleted" => match text {
            "true" | "yes" => Value::of(&true),
            "false" | "no" => Value::of(&false),
            _ => return Err(Error::usage("`deleted` is true or false")),
        },
        _ => {
            check_text(field, text)?;
            let shown = bead.fields.get(field).map(|r| r.shown().value.json().starts_with('"'));
            match Value::from_json(text).filter(|_| shown == Some(false)) {
                Some(value) => value,
                None if text.is_empty() => Value::null(),
                None => Value::text(text),
            }
        }
    })
}
