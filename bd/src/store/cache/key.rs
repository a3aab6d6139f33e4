//! What an image was made from. A cache whose key differs from what is there now is never read as if it were fresh.

use super::block::read_at;
use super::hash::hash64;
use super::wire::{Broken, Read, Take, put_bytes};
use crate::error::Result;
use crate::git::Oid;
use crate::store::load::{Loader, Tips};
use std::fs::File;
use std::path::Path;

/// Raised with every change of the format; another one's cache is rebuilt.
pub const VERSION: u64 = 2;
/// How much of a log's end counts.
const TAIL: u64 = 96;

/// A log's length and tail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LogMark {
    /// Bytes.
    pub len: u64,
    /// A checksum of the last ones.
    pub tail: u64,
}

/// Everything that an image depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// Where the refs were.
    pub tips: Tips,
    /// The journal.
    pub journal: LogMark,
    /// The log of ephemeral beads.
    pub local: LogMark,
    /// The names of the refs, the statuses of the configuration, what is in quarantine.
    pub frame: u64,
}

impl LogMark {
    /// The mark of a log of this clone; `upto` looks at it as it was when it had that many bytes.
    pub fn of(path: &Path, upto: Option<u64>) -> Read<Self> {
        let file = match File::open(path) {
            Ok(file) => file,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(_) => return Err(Broken),
        };
        let len = file.metadata()?.len();
        let len = upto.map_or(len, |upto| upto.min(len));
        let from = len.saturating_sub(TAIL);
        let mut bytes = vec![0; (len - from) as usize];
        read_at(&file, &mut bytes, from)?;
        Ok(Self { len, tail: if len == 0 { 0 } else { hash64(len, &bytes) } })
    }
}

/// The marks of the journal and of the local log.
pub fn logs(dir: &Path) -> Read<(LogMark, LogMark)> {
    Ok((LogMark::of(&dir.join("journal"), None)?, LogMark::of(&dir.join("local"), None)?))
}

/// A checksum of what decides how lines are found and read.
pub fn frame(loader: &Loader) -> Read<u64> {
    let mut bytes = VERSION.to_le_bytes().to_vec();
    for name in [&loader.sources.tracking, &loader.sources.default_branch] {
        put_bytes(&mut bytes, name.as_deref().unwrap_or_default().as_bytes());
    }
    for (status, category) in loader.categories.all() {
        put_bytes(&mut bytes, status.as_str().as_bytes());
        put_bytes(&mut bytes, category.as_str().as_bytes());
    }
    match std::fs::read(loader.dir.join("quarantine").join("index")) {
        Ok(index) => put_bytes(&mut bytes, &index),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
        Err(_) => return Err(Broken),
    }
    Ok(hash64(0xf4a3, &bytes))
}

impl Key {
    /// What is there now. The logs are looked at first (see [`Loader::logs`]).
    ///
    /// # Errors
    /// A ref that cannot be read. What else cannot be read is `Ok(None)`: then nothing is cached.
    pub fn now(loader: &Loader) -> Result<Option<Self>> {
        let Ok((journal, local)) = logs(&loader.dir) else { return Ok(None) };
        let tips = loader.tips()?;
        Ok(frame(loader).ok().map(|frame| Self { tips, journal, local, frame }))
    }

    /// Appends it.
    pub fn put(&self, out: &mut Vec<u8>) {
        for tip in [self.tips.state, self.tips.published, self.tips.rides] {
            put_bytes(out, tip.as_ref().map_or(&[], Oid::as_bytes));
        }
        for mark in [self.journal, self.local] {
            out.extend_from_slice(&mark.len.to_le_bytes());
            out.extend_from_slice(&mark.tail.to_le_bytes());
        }
        out.extend_from_slice(&self.frame.to_le_bytes());
    }

    /// Reads it.
    pub fn take(take: &mut Take<'_>) -> Read<Self> {
        let mut tip = || -> Read<Option<Oid>> {
            match take.bytes()? {
                [] => Ok(None),
                raw => Oid::from_bytes(raw).map(Some).ok_or(Broken),
            }
        };
        let tips = Tips { state: tip()?, published: tip()?, rides: tip()? };
        let mut mark = || -> Read<LogMark> { Ok(LogMark { len: take.u64()?, tail: take.u64()? }) };
        Ok(Self { tips, journal: mark()?, local: mark()?, frame: take.u64()? })
    }
}
