//! Upstream's records out: one line a bead, sorted by id, streamed (reference/beads.md 1.6).

use super::record::{RecordOptions, record_line};
use crate::fold::Bead;
use crate::model::{Fields, Kind, Value};
use std::borrow::Borrow;
use std::io::{self, Write};

/// What an export leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExportOptions {
    /// Deleted beads are written as tombstones.
    pub tombstones: bool,
}

impl Default for ExportOptions {
    fn default() -> Self {
        Self { tombstones: true }
    }
}

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exported {
    /// Lines of beads, tombstones included.
    pub written: usize,
    /// Of these the tombstones.
    pub tombstones: usize,
    /// Beads that the filter or the options left out; ephemeral ones and the store's own do not count.
    pub left_out: usize,
}

/// Writes the record of every bead that `keep` takes, one line each. `beads` come in the order of their ids (that of
/// [`crate::fold::State::ids`]), so that nothing has to be held.
///
/// # Errors
/// The writer's; and an error of kind `InvalidInput` where an id is not above the one before it.
pub fn export<B: Borrow<Bead>>(
    beads: impl IntoIterator<Item = B>,
    options: ExportOptions,
    keep: &dyn Fn(&Bead) -> bool,
    out: &mut dyn Write,
) -> io::Result<Exported> {
    let mut done = Exported::default();
    let mut last: Option<String> = None;
    for bead in beads {
        let bead = bead.borrow();
        if last.as_deref().is_some_and(|l| l >= bead.id.as_str()) {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, format!("{} is out of order", bead.id)));
        }
        last = Some(bead.id.as_str().to_owned());
        if !is_shared(bead) {
            continue;
        }
        if (bead.is_deleted() && !options.tombstones) || !keep(bead) {
            done.left_out += 1;
            continue;
        }
        writeln!(out, "{}", record_line(bead, RecordOptions::EXPORT))?;
        done.written += 1;
        done.tombstones += usize::from(bead.is_deleted());
    }
    Ok(done)
}

/// False for what stays in the store: pseudo-beads, beads that are only named by others, and ephemeral ones of ours.
/// Real files hold ephemeral records; what came in with an import goes out with an export.
pub fn is_shared(bead: &Bead) -> bool {
    let local = |r: &crate::fold::Register| r.shown().kind != Kind::IMPORT;
    let ephemeral = bead.flag("ephemeral") && bead.fields.get("ephemeral").is_some_and(local);
    !bead.id.is_pseudo() && bead.exists() && !ephemeral
}

/// Writes the memories (the fields of the bead `_memory`) as lines of upstream v1, by key; returns how many.
/// Readers of older generations take each line for an issue without an id, so that they are only written when asked for.
///
/// # Errors
/// The writer's.
pub fn export_memories(memory: &Bead, out: &mut dyn Write) -> io::Result<usize> {
    let mut written = 0;
    for key in memory.fields.keys() {
        let Some(value) = memory.get(key) else { continue };
        let line = Fields::new().with("_type", Value::text("memory")).with("key", Value::text(key)).with("value", value.clone());
        writeln!(out, "{}", serde_json::to_string(&line)?)?;
        written += 1;
    }
    Ok(written)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::State;
    use crate::model::{Actor, BeadId, Event, EventId};

    fn event(id: &str, n: u128, kind: Kind) -> Event {
        let bead = BeadId::new(id).unwrap();
        Event::new(EventId(n), "2026-01-01T00:00:00.000Z".into(), Actor::new("ann"), bead, kind).setting("title", Value::text(id))
    }

    fn state() -> State {
        let mut state = State::new();
        state.add(event("bd-b", 1, Kind::CREATE));
        state.add(event("bd-a", 2, Kind::CREATE).setting("deleted", Value::of(&true)));
        state.add(event("bd-c", 3, Kind::CREATE).setting("ephemeral", Value::of(&true)));
        state.add(event("bd-d", 4, Kind::IMPORT).setting("ephemeral", Value::of(&1)));
        state.add(event("_memory", 5, Kind::REMEMBER));
        let mut shadow = event("bd-e", 6, Kind::LABEL);
        shadow.set = Fields::new();
        state.add(shadow);
        state
    }

    fn ids(options: ExportOptions, keep: &dyn Fn(&Bead) -> bool) -> (Vec<String>, Exported) {
        let mut out = Vec::new();
        let done = export(state().beads(), options, keep, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        (text.lines().map(|l| l[7..11].to_owned()).collect(), done)
    }

    #[test]
    fn sorted_with_tombstones_and_without_what_stays_home() {
        let (found, done) = ids(ExportOptions::default(), &|_| true);
        assert_eq!(found, ["bd-a", "bd-b", "bd-d"]);
        assert_eq!((done.written, done.tombstones, done.left_out), (3, 1, 0));
        assert_eq!(ids(ExportOptions { tombstones: false }, &|_| true).0, ["bd-b", "bd-d"]);
        let (found, done) = ids(ExportOptions::default(), &|b| b.id.as_str() == "bd-b");
        assert_eq!((found, done.left_out), (vec!["bd-b".to_owned()], 2));
    }

    #[test]
    fn out_of_order_is_refused_and_memories_are_lines_of_their_own() {
        let beads = state().beads();
        let error = export([&beads[2], &beads[1]], ExportOptions::default(), &|_| true, &mut Vec::new()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
        let mut out = Vec::new();
        let memory = state().bead(&BeadId::new("_memory").unwrap()).unwrap();
        assert_eq!(export_memories(&memory, &mut out).unwrap(), 1);
        assert_eq!(String::from_utf8(out).unwrap(), "{\"_type\":\"memory\",\"key\":\"title\",\"value\":\"_memory\"}\n");
    }
}
