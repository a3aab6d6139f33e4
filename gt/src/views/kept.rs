//! What was computed of each bead of a type, kept in one file with the moment of which it is: after that only what depends on
//! beads that changed since is computed again.

use super::file;
use bd::error::Result;
use bd::fold::Bead;
use bd::model::BeadId;
use bd::query::{Filter, Row};
use bd::store::wire::{Read, Take, put_bytes, put_str, put_var};
use bd::store::{Moment, Snapshot};
use std::collections::{BTreeSet, HashSet};
use std::ops::Range;

/// What is computed of one bead.
pub struct Made {
    /// By what the pieces are sorted, before their beads.
    pub order: String,
    /// Every bead on which it depends; its own need not be named.
    pub depends_on: BTreeSet<String>,
    /// What was computed.
    pub content: Vec<u8>,
}

/// How it is computed.
pub trait Kind {
    /// The file's name.
    const FILE: &'static str;
    /// The type of the beads; none of it is work ([`bd::query::NOT_WORK`]).
    const TYPE: &'static str;
    /// Templates too.
    const TEMPLATES: bool;

    /// Computes what is kept of a bead of the type; `None` where it is none after all.
    ///
    /// # Errors
    /// As [`Snapshot::bead`].
    fn make(snapshot: &Snapshot, bead: Bead) -> Result<Option<Made>>;
}

/// The pieces of a kind, in order.
pub struct Kept {
    file: Vec<u8>,
    pieces: Vec<Piece>,
}

enum Piece {
    Read(Range<usize>),
    Fresh(Vec<u8>),
}

/// One of them.
#[derive(Clone, Copy)]
pub struct Seen<'a> {
    order: &'a str,
    bead: &'a str,
    /// False if its bead is closed.
    pub open: bool,
    depends_on: Take<'a>,
    /// What was computed.
    pub content: &'a [u8],
}

impl<'a> Seen<'a> {
    fn take(bytes: &'a [u8]) -> Read<Self> {
        let mut take = Take::new(bytes);
        let (open, order, bead) = (take.bool()?, take.str()?, take.str()?);
        Ok(Self { order, bead, open, depends_on: Take::new(take.bytes()?), content: take.rest() })
    }

    /// The beads on which it depends, its own among them.
    pub fn beads(self) -> impl Iterator<Item = &'a str> {
        let mut take = self.depends_on;
        std::iter::once(self.bead).chain(std::iter::from_fn(move || take.str().ok()))
    }
}

impl Kept {
    /// What is there now.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn load<K: Kind>(snapshot: &Snapshot) -> Result<Self> {
        let Some(moment) = snapshot.moment() else { return Self::anew::<K>(snapshot) };
        let folder = snapshot.cache_folder();
        if let Some((then, mut kept)) = file::read(&folder, K::FILE).and_then(|bytes| Self::parse(bytes).ok()) {
            if then == moment {
                return Ok(kept);
            }
            if let Some(changed) = snapshot.changed_since(&then) {
                kept.renew::<K>(snapshot, &changed)?;
                kept.save::<K>(snapshot, &moment);
                return Ok(kept);
            }
        }
        let kept = Self::anew::<K>(snapshot)?;
        kept.save::<K>(snapshot, &moment);
        Ok(kept)
    }

    /// The pieces.
    pub fn seen(&self) -> impl Iterator<Item = Seen<'_>> {
        self.pieces.iter().filter_map(|piece| Seen::take(self.bytes(piece)).ok())
    }

    fn bytes<'s>(&'s self, piece: &'s Piece) -> &'s [u8] {
        match piece {
            Piece::Read(range) => self.file.get(range.clone()).unwrap_or_default(),
            Piece::Fresh(bytes) => bytes,
        }
    }

    fn anew<K: Kind>(snapshot: &Snapshot) -> Result<Self> {
        let mut out = Self { file: Vec::new(), pieces: Vec::new() };
        for row in crate::rows::not_work(snapshot, &filter::<K>(true))? {
            out.pieces.extend(piece::<K>(snapshot, &row)?);
        }
        out.sort();
        Ok(out)
    }

    fn parse(file: Vec<u8>) -> Read<(Moment, Self)> {
        let mut take = Take::new(file.get(file::HEAD..).unwrap_or_default());
        let moment = Moment::take(&mut take)?;
        let mut pieces = Vec::new();
        for _ in 0..take.count(1)? {
            let bytes = take.bytes()?;
            let end = file.len() - take.rest().len();
            pieces.push(Piece::Read(end - bytes.len()..end));
        }
        Ok((moment, Self { file, pieces }))
    }

    fn renew<K: Kind>(&mut self, snapshot: &Snapshot, changed: &[BeadId]) -> Result<()> {
        let changed: HashSet<&str> = changed.iter().map(BeadId::as_str).collect();
        let mut again: BTreeSet<String> = changed.iter().map(|id| (*id).to_owned()).collect();
        let mut stays = Vec::with_capacity(self.pieces.len());
        for piece in &self.pieces {
            let seen = Seen::take(self.bytes(piece)).ok().filter(|seen| !seen.beads().any(|id| changed.contains(id)));
            if let (None, Ok(gone)) = (seen, Seen::take(self.bytes(piece))) {
                again.insert(gone.bead.to_owned());
            }
            stays.push(seen.is_some());
        }
        let mut stays = stays.into_iter();
        self.pieces.retain(|_| stays.next().unwrap_or(false));
        let filter = filter::<K>(true);
        for id in again {
            let row = snapshot.row(&BeadId::new(&id)?)?.filter(|row| filter.matches_row(row));
            if let Some(row) = row {
                self.pieces.extend(piece::<K>(snapshot, &row)?);
            }
        }
        self.sort();
        Ok(())
    }

    fn sort(&mut self) {
        let mut pieces = std::mem::take(&mut self.pieces);
        let key =
            |piece: &Piece| Seen::take(self.bytes(piece)).map(|s| (s.order.to_owned(), s.bead.to_owned())).unwrap_or_default();
        pieces.sort_by_cached_key(key);
        self.pieces = pieces;
    }

    /// Writes it, unless the snapshot is not what it was: then something in it may be of a later moment.
    fn save<K: Kind>(&self, snapshot: &Snapshot, moment: &Moment) {
        if snapshot.moment().as_ref() != Some(moment) {
            return;
        }
        let mut out = file::begin();
        moment.put(&mut out);
        put_var(&mut out, self.pieces.len() as u64);
        self.pieces.iter().for_each(|piece| put_bytes(&mut out, self.bytes(piece)));
        file::write(&snapshot.cache_folder(), K::FILE, out);
    }
}

fn filter<K: Kind>(closed_too: bool) -> Filter {
    Filter { types: vec![K::TYPE.to_owned()], closed_too, templates_too: K::TEMPLATES, ..Filter::default() }
}

fn piece<K: Kind>(snapshot: &Snapshot, row: &Row) -> Result<Option<Piece>> {
    let Some(bead) = snapshot.bead(&BeadId::new(&row.id)?)? else { return Ok(None) };
    let Some(made) = K::make(snapshot, bead)? else { return Ok(None) };
    let mut out = vec![u8::from(filter::<K>(false).matches_row(row))];
    put_str(&mut out, &made.order);
    put_str(&mut out, &row.id);
    let mut beads = Vec::new();
    made.depends_on.iter().filter(|id| **id != row.id).for_each(|id| put_str(&mut beads, id));
    put_bytes(&mut out, &beads);
    out.extend_from_slice(&made.content);
    Ok(Some(Piece::Fresh(out)))
}
