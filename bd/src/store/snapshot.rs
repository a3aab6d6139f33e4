//! What is known at one moment.

use super::Store;
use super::damage::Damage;
use super::load::{StoredEvent, Universe};
use crate::error::{Error, Result};
use crate::fold::{Bead, fold_bead};
use crate::model::{BeadId, Event};
use std::cell::OnceCell;

/// A fixed view of the events of one clone. Cheap to ask for one bead; [`Snapshot::all`] folds everything.
pub struct Snapshot {
    universe: Universe,
    all: OnceCell<Vec<Bead>>,
}

impl Snapshot {
    pub(super) fn take(store: &Store) -> Result<Self> {
        Ok(Self { universe: Universe::load(&store.loader())?, all: OnceCell::new() })
    }

    /// One bead, folded exactly; `None` if no event creates or fills it. Deleted beads are returned too.
    pub fn bead(&self, id: &BeadId) -> Result<Option<Bead>> {
        let Some(events) = self.universe.events.get(id) else { return Ok(None) };
        let events: Vec<&Event> = events.iter().map(|e| &e.event).collect();
        Ok(Some(fold_bead(id, &events)).filter(Bead::exists))
    }

    /// Every bead that exists, by id: deleted ones included, pseudo-beads not.
    pub fn all(&self) -> Result<&[Bead]> {
        if self.all.get().is_none() {
            let ids = self.universe.events.keys().filter(|id| !id.is_pseudo());
            let beads = ids.filter_map(|id| self.bead(id).transpose()).collect::<Result<Vec<_>>>()?;
            let _ = self.all.set(beads);
        }
        Ok(self.all.get().map_or(&[], Vec::as_slice))
    }

    /// The events of a bead with their lines, by id; what was redacted comes as its stub.
    pub fn events(&self, id: &BeadId) -> Result<Vec<StoredEvent>> {
        let mut out = self.universe.events.get(id).cloned().unwrap_or_default();
        let redacted: Vec<_> = out.iter().flat_map(|e| e.event.ids.clone()).collect();
        for stored in &mut out {
            if redacted.contains(&stored.event.id) && stored.event.kind != crate::model::Kind::REDACT {
                stored.event = crate::fold::stub(&stored.event, &stored.line);
                stored.line = stored.event.to_line()?;
            }
        }
        out.sort_by(|a, b| (a.event.id, &a.line).cmp(&(b.event.id, &b.line)));
        out.dedup_by(|a, b| a.line == b.line);
        Ok(out)
    }

    /// Every bead that an event names, in order, pseudo-beads and shadows included.
    pub fn ids(&self) -> Result<Vec<BeadId>> {
        Ok(self.universe.events.keys().cloned().collect())
    }

    /// The bead that a text names: a whole id, a unique prefix of one, or a unique prefix of the part after
    /// the project's prefix (`a3f` for `bd-a3f8…`). Deleted beads answer to their whole id only.
    ///
    /// # Errors
    /// None or several fit (exit 2); the nearest or the candidates are named.
    pub fn resolve(&self, text: &str) -> Result<BeadId> {
        if let Ok(id) = BeadId::new(text) {
            if !id.is_pseudo() && self.bead(&id)?.is_some() {
                return Ok(id);
            }
        }
        let wanted = text.to_lowercase();
        let mut fits: Vec<&BeadId> = Vec::new();
        if !wanted.is_empty() {
            for id in self.universe.events.keys().filter(|id| !id.is_pseudo()) {
                let name = id.as_str();
                let tail = name.split_once('-').map_or("", |(_, t)| t);
                let last = name.rsplit_once('-').map_or("", |(_, t)| t);
                if (name.starts_with(&wanted) || tail.starts_with(&wanted) || last.starts_with(&wanted))
                    && self.bead(id)?.is_some_and(|b| !b.is_deleted())
                {
                    fits.push(id);
                }
            }
        }
        match fits.as_slice() {
            [one] => Ok((*one).clone()),
            [] => {
                let error = Error::usage(format!("there is no bead `{}`", text.escape_debug()));
                let near = nearest(text, self.universe.events.keys().map(BeadId::as_str));
                Err(match near {
                    Some(near) => error.hint(format!("Did you mean `{near}`?")),
                    None => error.hint("`bd list` shows the beads that there are"),
                })
            }
            many => {
                let mut names: Vec<&str> = many.iter().take(5).map(|id| id.as_str()).collect();
                let more = format!("… {} more", many.len().saturating_sub(5));
                if many.len() > 5 {
                    names.push(&more);
                }
                Err(Error::usage(format!("`{}` fits {} beads", text.escape_debug(), many.len())).hint(format!("One of {}", names.join(", "))))
            }
        }
    }

    /// A bead by its whole id.
    ///
    /// # Errors
    /// There is none (exit 2).
    pub fn must(&self, id: &BeadId) -> Result<Bead> {
        self.bead(id)?.ok_or_else(|| Error::usage(format!("there is no bead `{id}`")))
    }

    /// The shortest prefix of an id, of at least four characters after the project's prefix, that names no other bead.
    pub fn short(&self, id: &BeadId) -> String {
        let name = id.as_str();
        let Some((prefix, tail)) = name.split_once('-') else { return name.to_owned() };
        // Imported ids are names of their own: `bd-a3f8.1` stays what people call it.
        if tail.len() != 12 || !tail.bytes().all(|b| b.is_ascii_digit() || (b.is_ascii_lowercase() && !b"ilou".contains(&b))) {
            return name.to_owned();
        }
        let others = |take: usize| {
            let start = &name[..prefix.len() + 1 + take];
            let mut range = self.universe.events.range::<str, _>((std::ops::Bound::Included(start), std::ops::Bound::Unbounded));
            range.any(|(other, _)| other != id && other.as_str().starts_with(start))
                || self.universe.events.range::<str, _>((std::ops::Bound::Included(start), std::ops::Bound::Unbounded)).next().is_some_and(|(o, _)| o != id && o.as_str().starts_with(start))
        };
        let mut take = 4;
        while take < tail.len() && others(take) {
            take += 1;
        }
        name[..prefix.len() + 1 + take].to_owned()
    }

    /// What is wrong with the store's bytes; empty when all is well.
    pub fn damage(&self) -> &[Damage] {
        &self.universe.damage
    }

    /// How many lines the sources hold, and how many of them are distinct.
    pub fn line_counts(&self) -> (usize, usize) {
        (self.universe.lines, self.universe.distinct)
    }

}

/// The nearest name, if one is near.
fn nearest<'a>(text: &str, names: impl Iterator<Item = &'a str>) -> Option<String> {
    let limit = (text.len() / 3).max(1);
    let best = names.filter(|n| !n.starts_with('_')).map(|n| (distance(text, n), n)).min()?;
    (best.0 <= limit).then(|| best.1.to_owned())
}

fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let next = (corner + usize::from(ca != *cb)).min(row[j] + 1).min(row[j + 1] + 1);
            corner = row[j + 1];
            row[j + 1] = next;
        }
    }
    row[b.len()]
}
