//! `bd defer` and `bd undefer`.

use super::change::{Done, done, set_event, standing};
use crate::error::{Error, Result};
use crate::model::{Category, Fields, Kind, Status, Value, format_time};
use crate::store::Tx;
use jiff::Timestamp;

/// Puts a bead off: status `deferred`, and not before `until` where one is given.
///
/// # Errors
/// No such bead, or it is closed (exit 2).
pub fn defer(tx: &mut Tx<'_>, id: &str, until: Option<Timestamp>) -> Result<Done> {
    let bead = standing(tx, id)?;
    if tx.store().config().category(&bead.status()) == Category::Done {
        return Err(Error::usage(format!("`{}` is closed, so it cannot be put off", tx.snapshot().short(&bead.id)))
            .hint("`bd reopen` opens it again"));
    }
    let mut fields = Fields::new().with("status", Value::text(Status::DEFERRED.as_str()));
    if let Some(until) = until {
        fields.set("defer_until", Value::text(&format_time(until)));
    }
    let detail = until.map_or_else(String::new, |u| format!("until {}", super::claim::minute(u)));
    change(tx, &bead, &fields, "Deferred", detail)
}

/// Takes a bead up again: what was `deferred` is open, and no date holds it back.
///
/// # Errors
/// No such bead (exit 2).
pub fn undefer(tx: &mut Tx<'_>, id: &str) -> Result<Done> {
    let bead = standing(tx, id)?;
    let mut fields = Fields::new().with("defer_until", Value::null());
    if bead.status() == Status::DEFERRED {
        fields.set("status", Value::text(Status::OPEN.as_str()));
    }
    change(tx, &bead, &fields, "No longer deferred", "")
}

fn change(tx: &mut Tx<'_>, bead: &crate::fold::Bead, fields: &Fields, what: &str, detail: impl Into<String>) -> Result<Done> {
    let event = set_event(tx, bead, Kind::SET, fields)?;
    let changed = event.is_some();
    if let Some(event) = event {
        tx.push(event);
    }
    let mut out = done(tx, &bead.id, if changed { what } else { "Unchanged" }, detail)?;
    out.changed = changed;
    Ok(out)
}
