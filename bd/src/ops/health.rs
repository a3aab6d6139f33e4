//! What can be wrong with beads though the store is well: edges that lead nowhere, doubles, leftovers of tests.

use crate::error::Result;
use crate::fold::Bead;
use crate::model::{BeadId, DepType, Edge, Fields, Kind, Value};
use crate::query::is_external;
use crate::store::{Snapshot, Tx};
use std::collections::BTreeMap;

/// An edge whose target does not stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loose {
    /// The bead that has the edge.
    pub from: BeadId,
    /// What it leads to.
    pub to: String,
    /// The type.
    pub kind: DepType,
    /// True if the target was deleted; false if no event of it is here (a sync may bring it).
    pub deleted: bool,
}

/// The edges of standing beads that lead to a deleted bead or to none that is known here.
pub fn loose_edges(snapshot: &Snapshot) -> Result<Vec<Loose>> {
    let all = snapshot.all()?;
    let stands: BTreeMap<&str, bool> = all.iter().map(|b| (b.id.as_str(), !b.is_deleted())).collect();
    let mut out = Vec::new();
    for bead in all.iter().filter(|b| !b.is_deleted()) {
        for edge in bead.edges.iter().map(|e| &e.edge).filter(|e| !is_external(&e.to)) {
            let known = stands.get(edge.to.as_str());
            if known != Some(&true) {
                out.push(Loose { from: bead.id.clone(), to: edge.to.clone(), kind: edge.kind.clone(), deleted: known.is_some() });
            }
        }
    }
    Ok(out)
}

/// Removes the edges to deleted beads; those to unknown ones stay, since absence never means deletion. Returns how many.
///
/// # Errors
/// The system has no randomness to give.
pub fn cut_loose(tx: &mut Tx<'_>) -> Result<usize> {
    let loose: Vec<Loose> = loose_edges(tx.snapshot())?.into_iter().filter(|l| l.deleted).collect();
    for edge in &loose {
        let Some(bead) = tx.bead(&edge.from)? else { continue };
        let Some(live) = bead.edges.iter().find(|e| e.edge.to == edge.to && e.edge.kind == edge.kind) else { continue };
        let mut event = tx.event(&bead.id, Kind::UNLINK)?;
        event.unlinks.push(Edge::new(edge.to.clone(), edge.kind.clone()));
        event.on.clone_from(&live.adds);
        tx.push(event);
    }
    Ok(loose.len())
}

/// Open beads that say the same: type, title and texts. Each group by age, the oldest (the one to keep) first.
pub fn doubles(snapshot: &Snapshot, is_open: &dyn Fn(&Bead) -> bool) -> Result<Vec<Vec<Bead>>> {
    let mut groups: BTreeMap<Vec<String>, Vec<Bead>> = BTreeMap::new();
    for bead in snapshot.all()?.iter().filter(|b| !b.is_deleted() && is_open(b)) {
        let text = |field: &str| bead.text(field).unwrap_or_default().trim().to_owned();
        let says = vec![
            bead.issue_type(),
            bead.title().trim().to_lowercase(),
            text("description"),
            text("design"),
            text("acceptance_criteria"),
        ];
        groups.entry(says).or_default().push(bead.clone());
    }
    let mut out: Vec<Vec<Bead>> = groups.into_values().filter(|g| g.len() > 1).collect();
    for group in &mut out {
        group.sort_by(|a, b| (a.created_at(), &a.id).cmp(&(b.created_at(), &b.id)));
    }
    out.sort_by(|a, b| a[0].id.cmp(&b[0].id));
    Ok(out)
}

/// Words that a throw-away title consists of, beside numbers.
const TEST_WORDS: &[&str] = &["test", "tests", "testing", "benchmark", "bench", "sample", "dummy", "tmp", "temp", "foo", "bar"];
const THING_WORDS: &[&str] = &["issue", "bead", "bug", "task", "feature", "item", "data"];

/// True for what only a test makes: a title that is nothing but such words and numbers (`test issue 3`), no text, no
/// comment, no edge. `Test the parser` is work.
pub fn is_leftover(bead: &Bead) -> bool {
    let title = bead.title().to_lowercase();
    let words: Vec<&str> = title.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    let throw_away = words.first().is_some_and(|w| TEST_WORDS.contains(&w.trim_end_matches(|c: char| c.is_ascii_digit())))
        && words[1..].iter().all(|w| {
            let bare = w.trim_end_matches(|c: char| c.is_ascii_digit());
            bare.is_empty() || TEST_WORDS.contains(&bare) || THING_WORDS.contains(&bare)
        });
    let bare = ["description", "design", "acceptance_criteria", "notes", "external_ref"]
        .iter()
        .all(|f| bead.text(f).is_none_or(|t| t.is_empty()));
    throw_away && bare && bead.comments.is_empty() && bead.notes.is_empty() && bead.edges.is_empty() && !bead.is_deleted()
}

/// The beads that [`is_leftover`] finds and that no other bead has an edge to, by id.
pub fn leftovers(snapshot: &Snapshot) -> Result<Vec<Bead>> {
    let mut out = Vec::new();
    for bead in snapshot.all()?.iter().filter(|b| is_leftover(b)) {
        if super::graph::dependents(snapshot, &bead.id)?.is_empty() {
            out.push(bead.clone());
        }
    }
    Ok(out)
}

/// Deletes the [`leftovers`]; `bd restore` brings one back. Returns them.
///
/// # Errors
/// The system has no randomness to give.
pub fn clean(tx: &mut Tx<'_>) -> Result<Vec<Bead>> {
    let found = leftovers(tx.snapshot())?;
    let fields = Fields::new().with("deleted", Value::of(&true)).with("delete_reason", Value::text("left behind by a test"));
    for bead in &found {
        if let Some(event) = super::change::set_event(tx, bead, Kind::DELETE, &fields)? {
            tx.push(event);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::fold_bead;
    use crate::model::{Actor, Event, EventId};

    fn bead(title: &str, description: &str) -> Bead {
        let id = BeadId::new("bd-1").unwrap();
        let create = Event::new(EventId(1), "2026-01-01T00:00:00.000Z".into(), Actor::new("ann"), id.clone(), Kind::CREATE)
            .setting("title", Value::text(title))
            .setting("description", Value::text(description));
        fold_bead(&id, &[&create])
    }

    #[test]
    fn only_what_a_test_makes_is_a_leftover() {
        for title in ["test", "Test issue 3", "tmp-12", "test1", "Sample data", "foo bar"] {
            assert!(is_leftover(&bead(title, "")), "{title}");
        }
        for title in ["Test the parser", "Temperature is wrong", "Testing strategy", "Sample rate of the codec", "", "Bar chart"] {
            assert!(!is_leftover(&bead(title, "")), "{title}");
        }
        assert!(!is_leftover(&bead("test 1", "with a reason")));
    }
}
