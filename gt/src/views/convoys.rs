//! The convoys of a store, as their beads say.

use super::kept::{Kept, Kind, Made};
use super::text::{put_list, take_list, take_opt};
use crate::convoy::bead::{TYPE, among, bead_id};
use crate::convoy::{Convoy, name};
use bd::error::Result;
use bd::fold::Bead;
use bd::model::BeadId;
use bd::store::wire::{Broken, Read, Take, put_opt_str, put_str};
use bd::store::{Snapshot, Store};
use jiff::Timestamp;
use std::collections::BTreeSet;

struct OfConvoys;

impl Kind for OfConvoys {
    const FILE: &'static str = "gt-convoys";
    const TYPE: &'static str = TYPE;
    const TEMPLATES: bool = true;

    fn make(_: &Snapshot, bead: Bead, _: Timestamp) -> Result<Option<Made>> {
        if bead.is_deleted() {
            return Ok(None);
        }
        let raw = crate::convoy::bead::Raw::of(&bead);
        let mut front = Vec::new();
        let out = &mut front;
        for text in [raw.bead.as_str(), &raw.id, &raw.name, &raw.status] {
            put_str(out, text);
        }
        for text in [&raw.owner, &raw.file, &raw.stage] {
            put_opt_str(out, text.as_deref());
        }
        out.extend([raw.launched, raw.is_held_by_several].map(u8::from));
        for list in [&raw.teams, &raw.tracks, &raw.watchers, &raw.conflicts] {
            put_list(out, list);
        }
        let landed = raw.landed.as_ref();
        put_opt_str(out, landed.map(|l| l.target.as_str()));
        put_opt_str(out, landed.map(|l| l.tip.as_str()));
        Ok(Some(Made { order: raw.id, depends_on: BTreeSet::new(), front, body: Vec::new() }))
    }
}

fn raw(content: &[u8]) -> Read<crate::convoy::bead::Raw> {
    let mut take = Take::new(content);
    let t = &mut take;
    let mut out = crate::convoy::bead::Raw {
        bead: BeadId::new(t.str()?).map_err(|_| Broken)?,
        id: t.str()?.to_owned(),
        name: t.str()?.to_owned(),
        status: t.str()?.to_owned(),
        owner: take_opt(t)?,
        file: take_opt(t)?,
        stage: take_opt(t)?,
        launched: t.bool()?,
        is_held_by_several: t.bool()?,
        teams: take_list(t)?,
        tracks: take_list(t)?,
        watchers: take_list(t)?,
        conflicts: take_list(t)?,
        landed: None,
    };
    let (target, tip) = (take_opt(t)?, take_opt(t)?);
    out.landed = target.zip(tip).map(|(target, tip)| crate::convoy::bead::Landed { target, tip });
    Ok(out)
}

/// Every convoy that stands, by id; the closed ones too.
pub struct Convoys {
    kept: Kept,
}

impl Convoys {
    /// Those that there are.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn load(snapshot: &Snapshot) -> Result<Self> {
        Ok(Self { kept: Kept::load::<OfConvoys>(snapshot, Timestamp::MIN)? })
    }

    fn iter(&self, store: &Store) -> impl Iterator<Item = Convoy> {
        self.kept.seen().filter_map(|seen| raw(seen.front).ok()).map(|raw| raw.judged(store.config()))
    }

    /// All of them.
    pub fn all(&self, store: &Store) -> Vec<Convoy> {
        self.iter(store).collect()
    }

    /// The one that a text names, as [`crate::convoy::find`].
    ///
    /// # Errors
    /// As there.
    pub fn find(&self, store: &Store, snapshot: &Snapshot, text: &str) -> Result<Convoy> {
        match self.named(store, text) {
            Some(convoy) => Ok(convoy),
            None => among(store, snapshot, text, self.all(store)),
        }
    }

    /// The one with this id, where it has the bead that belongs to it.
    fn named(&self, store: &Store, text: &str) -> Option<Convoy> {
        let text = text.trim();
        let bead = Some(text).filter(|t| name::is_name(t)).and_then(|t| bead_id(store.config().prefix(), t).ok())?;
        self.iter(store).find(|convoy| convoy.bead == bead)
    }
}
