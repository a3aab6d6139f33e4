//! What was computed of each bead of a type, kept in one file with the moment of which it is: after that only what depends on
//! beads that changed since is computed again.
//!
//! Of each bead there is a head, with a front that lists and boards look at, and a body that is read when it is shown.

use super::file::{self, Stretch};
use bd::error::Result;
use bd::fold::Bead;
use bd::model::BeadId;
use bd::query::{Filter, Row};
use bd::store::wire::{Broken, Read, Take, put_bytes, put_str, put_var};
use bd::store::{Moment, Snapshot};
use jiff::Timestamp;
use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};
use std::fs::File;
use std::ops::Range;
use std::path::Path;

/// What is computed of one bead.
pub struct Made {
    /// By what the pieces are sorted, before their beads.
    pub order: String,
    /// Every bead on which it depends; its own need not be named.
    pub depends_on: BTreeSet<String>,
    /// What was computed for lists.
    pub front: Vec<u8>,
    /// All of it, where the front is not.
    pub body: Vec<u8>,
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
    fn make(snapshot: &Snapshot, bead: Bead, now: Timestamp) -> Result<Option<Made>>;

    /// Whether a front that was computed says at this time what it would say if it were computed again.
    fn stands(_front: &[u8], _now: Timestamp) -> bool {
        true
    }

    /// The front of a body as it is at this time.
    fn front(body: &[u8], _now: Timestamp) -> Vec<u8> {
        body.to_vec()
    }
}

/// The pieces of a kind, in order.
pub struct Kept {
    heads: Vec<u8>,
    file: Option<File>,
    pieces: Vec<Piece>,
}

struct Piece {
    head: Head,
    body: Body,
}

enum Head {
    Read(Range<usize>),
    Fresh(Vec<u8>),
}

enum Body {
    InFile(Stretch),
    Fresh(Vec<u8>),
}

/// One of them.
#[derive(Clone, Copy)]
pub struct Seen<'a> {
    order: &'a str,
    bead: &'a str,
    /// False if its bead is closed.
    pub open: bool,
    depends_on: &'a [u8],
    /// What was computed for lists.
    pub front: &'a [u8],
    body: &'a Body,
}

impl<'a> Seen<'a> {
    fn take(head: &'a [u8], body: &'a Body) -> Read<Self> {
        let mut take = Take::new(head);
        let (open, order, bead, depends_on) = (take.bool()?, take.str()?, take.str()?, take.bytes()?);
        Ok(Self { order, bead, open, depends_on, front: take.rest(), body })
    }

    /// By what it is sorted.
    pub fn order(self) -> &'a str {
        self.order
    }

    /// Its bead.
    pub fn bead(self) -> &'a str {
        self.bead
    }

    /// The beads on which it depends, its own among them.
    pub fn beads(self) -> impl Iterator<Item = &'a str> {
        let mut take = Take::new(self.depends_on);
        std::iter::once(self.bead).chain(std::iter::from_fn(move || take.str().ok()))
    }

    fn head(self, front: &[u8]) -> Head {
        Head::Fresh(head(self.open, self.order, self.bead, self.depends_on, front))
    }
}

impl Kept {
    /// What is there now.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn load<K: Kind>(snapshot: &Snapshot, now: Timestamp) -> Result<Self> {
        let Some(moment) = snapshot.moment() else { return Self::anew::<K>(snapshot, now) };
        let folder = snapshot.cache_folder();
        if let Ok((then, mut kept)) = Self::open(&folder, K::FILE) {
            let is_same = then == moment;
            let changed = if is_same { Some(Vec::new()) } else { snapshot.changed_since(&then) };
            if let Some(changed) = changed {
                if !is_same {
                    kept.renew::<K>(snapshot, &changed, now)?;
                }
                // A body that is not what it was is found where somebody needs it: then everything is computed again.
                let settled = kept.settle::<K>(now);
                let saved = settled.and_then(|news| if news || !is_same { kept.save::<K>(snapshot, &moment) } else { Ok(()) });
                if saved.is_ok() {
                    return Ok(kept);
                }
            }
        }
        let kept = Self::anew::<K>(snapshot, now)?;
        let _nothing_to_read = kept.save::<K>(snapshot, &moment);
        Ok(kept)
    }

    /// The pieces.
    pub fn seen(&self) -> impl Iterator<Item = Seen<'_>> {
        self.pieces.iter().filter_map(|piece| self.see(piece).ok())
    }

    /// All that was computed of one.
    ///
    /// # Errors
    /// It cannot be read, or it is not what was written: it has to be computed.
    pub fn body<'s>(&self, seen: Seen<'s>) -> Read<Cow<'s, [u8]>> {
        self.whole(seen.body)
    }

    fn whole<'s>(&self, body: &'s Body) -> Read<Cow<'s, [u8]>> {
        match body {
            Body::Fresh(bytes) => Ok(Cow::Borrowed(bytes)),
            Body::InFile(stretch) => file::body(self.file.as_ref().ok_or(Broken)?, *stretch).map(Cow::Owned),
        }
    }

    fn see<'s>(&'s self, piece: &'s Piece) -> Read<Seen<'s>> {
        Seen::take(self.head(piece), &piece.body)
    }

    fn head<'s>(&'s self, piece: &'s Piece) -> &'s [u8] {
        match &piece.head {
            Head::Read(range) => self.heads.get(range.clone()).unwrap_or_default(),
            Head::Fresh(bytes) => bytes,
        }
    }

    fn anew<K: Kind>(snapshot: &Snapshot, now: Timestamp) -> Result<Self> {
        let mut out = Self { heads: Vec::new(), file: None, pieces: Vec::new() };
        for row in crate::rows::not_work(snapshot, &filter::<K>(true))? {
            out.pieces.extend(piece::<K>(snapshot, &row, now)?);
        }
        out.sort();
        Ok(out)
    }

    fn open(folder: &Path, name: &str) -> Read<(Moment, Self)> {
        let (file, heads, mut at) = file::open(folder, name)?;
        let mut take = Take::new(&heads);
        let moment = Moment::take(&mut take)?;
        let count = take.count(10)?;
        let mut pieces = Vec::with_capacity(count);
        for _ in 0..count {
            let bytes = take.bytes()?;
            let end = heads.len() - take.rest().len();
            let (len, sum) = (usize::try_from(take.var()?).map_err(|_| Broken)?, take.u64()?);
            pieces.push(Piece { head: Head::Read(end - bytes.len()..end), body: Body::InFile(Stretch { at, len, sum }) });
            at = at.checked_add(len as u64).ok_or(Broken)?;
        }
        Ok((moment, Self { heads, file: Some(file), pieces }))
    }

    fn renew<K: Kind>(&mut self, snapshot: &Snapshot, changed: &[BeadId], now: Timestamp) -> Result<()> {
        let changed: HashSet<&str> = changed.iter().map(BeadId::as_str).collect();
        let mut again: BTreeSet<String> = changed.iter().map(|id| (*id).to_owned()).collect();
        let mut stays = Vec::with_capacity(self.pieces.len());
        for piece in &self.pieces {
            let seen = self.see(piece).ok();
            let stands = seen.filter(|seen| !seen.beads().any(|id| changed.contains(id)));
            if let (None, Some(gone)) = (stands, seen) {
                again.insert(gone.bead.to_owned());
            }
            stays.push(stands.is_some());
        }
        let mut stays = stays.into_iter();
        self.pieces.retain(|_| stays.next().unwrap_or(false));
        let filter = filter::<K>(true);
        for id in again {
            let row = snapshot.row(&BeadId::new(&id)?)?.filter(|row| filter.matches_row(row));
            if let Some(row) = row {
                self.pieces.extend(piece::<K>(snapshot, &row, now)?);
            }
        }
        self.sort();
        Ok(())
    }

    /// Computes the fronts again that time has changed; true if one of them will stand for a while.
    fn settle<K: Kind>(&mut self, now: Timestamp) -> Read<bool> {
        let mut fresh = Vec::new();
        for (at, piece) in self.pieces.iter().enumerate() {
            let seen = self.see(piece)?;
            if !K::stands(seen.front, now) {
                let front = K::front(&self.body(seen)?, now);
                fresh.push((at, K::stands(&front, now), seen.head(&front)));
            }
        }
        let news = fresh.iter().any(|(_, stands, _)| *stands);
        for (at, _, head) in fresh {
            if let Some(piece) = self.pieces.get_mut(at) {
                piece.head = head;
            }
        }
        Ok(news)
    }

    fn sort(&mut self) {
        let mut pieces = std::mem::take(&mut self.pieces);
        let key = |piece: &Piece| self.see(piece).map(|s| (s.order.to_owned(), s.bead.to_owned())).unwrap_or_default();
        pieces.sort_by_cached_key(key);
        self.pieces = pieces;
    }

    /// Writes it, unless the snapshot is not what it was: then something in it may be of a later moment. Best effort, but for
    /// bodies that cannot be read.
    fn save<K: Kind>(&self, snapshot: &Snapshot, moment: &Moment) -> Read<()> {
        if snapshot.moment().as_ref() != Some(moment) {
            return Ok(());
        }
        let (mut heads, mut bodies) = (Vec::new(), Vec::new());
        moment.put(&mut heads);
        put_var(&mut heads, self.pieces.len() as u64);
        for piece in &self.pieces {
            let body = self.whole(&piece.body)?;
            put_bytes(&mut heads, self.head(piece));
            put_var(&mut heads, body.len() as u64);
            heads.extend_from_slice(&file::sum(&body).to_le_bytes());
            bodies.extend_from_slice(&body);
        }
        let folder = snapshot.cache_folder();
        let _best_effort = file::write_parts(&folder, K::FILE, &heads, &bodies);
        file::let_go(snapshot, &folder, K::FILE);
        Ok(())
    }
}

fn filter<K: Kind>(closed_too: bool) -> Filter {
    Filter { types: vec![K::TYPE.to_owned()], closed_too, templates_too: K::TEMPLATES, ..Filter::default() }
}

fn head(open: bool, order: &str, bead: &str, depends_on: &[u8], front: &[u8]) -> Vec<u8> {
    let mut out = vec![u8::from(open)];
    put_str(&mut out, order);
    put_str(&mut out, bead);
    put_bytes(&mut out, depends_on);
    out.extend_from_slice(front);
    out
}

fn piece<K: Kind>(snapshot: &Snapshot, row: &Row, now: Timestamp) -> Result<Option<Piece>> {
    let Some(bead) = snapshot.bead(&BeadId::new(&row.id)?)? else { return Ok(None) };
    let Some(made) = K::make(snapshot, bead, now)? else { return Ok(None) };
    let mut beads = Vec::new();
    made.depends_on.iter().filter(|id| **id != row.id).for_each(|id| put_str(&mut beads, id));
    let head = head(filter::<K>(false).matches_row(row), &made.order, &row.id, &beads, &made.front);
    Ok(Some(Piece { head: Head::Fresh(head), body: Body::Fresh(made.body) }))
}
