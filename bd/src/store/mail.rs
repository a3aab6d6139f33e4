//! The stream `mail`, read: messages and what was said about them. No fold of beads sees it, and no other command reads it.

use super::cache::mail::MailIndex;
use super::cache::wire::put_bytes;
use super::journal::{Journal, Spot};
use super::load::{Loader, Place, StoredEvent};
use super::marks::Marks;
use super::pack::{bare, lines};
use super::redactions::Redactions;
use super::snapshot::Snapshot;
use crate::error::Result;
use crate::git::Oid;
use crate::model::{BeadId, Event, Kind, MAIL_BEAD};
use std::collections::{BTreeMap, HashSet};

impl Snapshot {
    /// Every event of the stream `mail` that this clone knows, by id, each once, with its line; what was redacted comes as
    /// its stub. Lines that are no events are passed over: `bd doctor` names them.
    ///
    /// # Errors
    /// The journal or an object that cannot be read.
    pub fn mail(&self) -> Result<Vec<StoredEvent>> {
        let mut found = read(self.loader())?;
        // A redaction may also be among the ordinary events.
        let mut redactions = Redactions::default();
        for stored in self.events(&BeadId::new(MAIL_BEAD)?)?.iter().filter(|e| e.event.kind == Kind::REDACT) {
            redactions.collect(stored.line.as_bytes());
        }
        found.keys().for_each(|line| redactions.collect(line.as_bytes()));
        if !redactions.is_empty() {
            for (line, place) in std::mem::take(&mut found) {
                let line = redactions.enforced_line(line.as_bytes()).unwrap_or(line);
                raise(&mut found, line, place);
            }
        }
        let parsed = found.into_iter().filter_map(|(line, place)| {
            let event = Event::parse(&line).ok()?;
            Some(StoredEvent { event, line, place })
        });
        let mut out: Vec<StoredEvent> = parsed.collect();
        out.sort_by(|a, b| (a.event.id, &a.line).cmp(&(b.event.id, &b.line)));
        Ok(out)
    }
}

impl Snapshot {
    /// What tells the stream `mail` from what it was at another time: the trees that hold it, what is not in them yet, what was taken
    /// out of it. Two that are equal are of the same messages.
    ///
    /// # Errors
    /// As [`Snapshot::mail`].
    pub fn mail_mark(&self) -> Result<Vec<u8>> {
        let loader = self.loader();
        let marks = Marks::read(&loader.dir);
        let tips = loader.tips()?;
        let mut out = Vec::new();
        for tip in [tips.state, tips.published] {
            let tree = tip.map(|tip| loader.git.commit_tree(tip)).transpose()?;
            let entry = tree.map(|tree| loader.git.entry_at(tree, ".beads/mail")).transpose()?.flatten();
            put_bytes(&mut out, entry.as_ref().map_or(&[], |e| e.oid.as_bytes()));
        }
        let at = if tips.state.is_some() && tips.state == marks.tip { marks.at } else { Spot::default() };
        for record in Journal::new(&loader.dir).read_after(at)?.records.iter().filter(|r| r.path.starts_with("mail/")) {
            put_bytes(&mut out, &record.bytes);
        }
        for stored in self.events(&BeadId::new(MAIL_BEAD)?)?.iter().filter(|e| e.event.kind == Kind::REDACT) {
            put_bytes(&mut out, stored.line.as_bytes());
        }
        let mut taken: Vec<String> = super::quarantine::quarantined(&loader.dir)?.into_iter().collect();
        taken.sort();
        taken.iter().for_each(|oid| put_bytes(&mut out, oid.as_bytes()));
        Ok(out)
    }
}

fn raise(found: &mut BTreeMap<String, Place>, line: String, place: Place) {
    let slot = found.entry(line).or_insert(place);
    *slot = (*slot).max(place);
}

/// The distinct lines, and the most shared place of each.
fn read(loader: &Loader) -> Result<BTreeMap<String, Place>> {
    let mut found = BTreeMap::new();
    let mut take = |bytes: &[u8], place: Place| {
        for line in lines(bytes).map(bare) {
            if let Ok(line) = std::str::from_utf8(line) {
                raise(&mut found, line.to_owned(), place);
            }
        }
    };
    let marks = Marks::read(&loader.dir);
    let tips = loader.tips()?;
    // What the mark names is in the tip that was just seen; whatever came since is behind it.
    let at = if tips.state.is_some() && tips.state == marks.tip { marks.at } else { Spot::default() };
    for record in Journal::new(&loader.dir).read_after(at)?.records.iter().filter(|r| r.path.starts_with("mail/")) {
        take(&record.bytes, Place::Journal);
    }
    let blobs = loader.blobs_of("mail", &tips)?;
    let place = |uses: &[(String, Place, super::SealedName)]| uses.iter().map(|u| u.1).max().unwrap_or(Place::State);
    let mut index = MailIndex::open(loader);
    let mut missing: Vec<Oid> = Vec::new();
    for blob in &blobs {
        match index.get(blob.oid) {
            Some(bytes) => take(bytes, place(&blob.uses)),
            None => missing.push(blob.oid),
        }
    }
    if !missing.is_empty() {
        let places: std::collections::HashMap<Oid, Place> = blobs.iter().map(|b| (b.oid, place(&b.uses))).collect();
        loader.git.read_blobs(&missing, &mut |oid, bytes| {
            take(bytes, places.get(&oid).copied().unwrap_or(Place::State));
            index.add(oid, bytes);
            Ok(())
        })?;
    }
    index.save(loader, &blobs.iter().map(|b| b.oid).collect::<HashSet<Oid>>());
    Ok(found)
}
