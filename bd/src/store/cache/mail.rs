//! The files of the stream `mail` in one file of this clone, so that thousands of messages are read without opening
//! thousands of objects. As discardable as the rest of the cache: a checksum over all of it, and every piece is named by
//! the object that it came from.

use super::hash::hash64;
use super::keep::{folder, lock};
use super::wire::{Broken, Read, Take, put_bytes};
use crate::git::Oid;
use crate::store::load::Loader;
use std::collections::{HashMap, HashSet};
use std::time::Duration;

const MAGIC: &[u8; 8] = b"bdmail1\n";
const HEAD: usize = 16;
/// As many files are read as objects before they are worth a new index.
const FEW: usize = 16;

/// What the index holds.
#[derive(Default)]
pub struct MailIndex {
    files: HashMap<Oid, Vec<u8>>,
    fresh: usize,
}

impl MailIndex {
    /// Reads it; an empty one where there is none that can be believed.
    pub fn open(loader: &Loader) -> Self {
        let bytes = std::fs::read(folder(loader).join("mail")).unwrap_or_default();
        Self { files: parse(&bytes).unwrap_or_default(), fresh: 0 }
    }

    /// The bytes of a file.
    pub fn get(&self, oid: Oid) -> Option<&[u8]> {
        self.files.get(&oid).map(Vec::as_slice)
    }

    /// Adds a file that had to be read as an object.
    pub fn add(&mut self, oid: Oid, bytes: &[u8]) {
        self.fresh += usize::from(self.files.insert(oid, bytes.to_vec()).is_none());
    }

    /// Writes it if that is worth while: many files are new, or it holds what is there no more (redacted texts among it).
    /// Best effort; only one writer at a time.
    pub fn save(&mut self, loader: &Loader, there: &HashSet<Oid>) {
        let before = self.files.len();
        self.files.retain(|oid, _| there.contains(oid));
        if self.files.len() == before && self.fresh <= FEW {
            return;
        }
        let dir = folder(loader);
        let Some(_lock) = lock(&dir, Duration::ZERO) else { return };
        let mut bytes = vec![0; HEAD];
        for (oid, file) in &self.files {
            put_bytes(&mut bytes, oid.as_bytes());
            put_bytes(&mut bytes, file);
        }
        bytes[..8].copy_from_slice(MAGIC);
        let sum = hash64(0x3a11, &bytes[HEAD..]);
        bytes[8..HEAD].copy_from_slice(&sum.to_le_bytes());
        let temp = dir.join("mail.new");
        let _ = std::fs::write(&temp, bytes).and_then(|()| std::fs::rename(&temp, dir.join("mail")));
    }
}

fn parse(bytes: &[u8]) -> Read<HashMap<Oid, Vec<u8>>> {
    let sum = bytes.get(8..HEAD).filter(|_| bytes.starts_with(MAGIC)).ok_or(Broken)?;
    let body = &bytes[HEAD..];
    if hash64(0x3a11, body).to_le_bytes() != sum {
        return Err(Broken);
    }
    let mut take = Take::new(body);
    let mut out = HashMap::new();
    while !take.rest().is_empty() {
        let oid = Oid::from_bytes(take.bytes()?).ok_or(Broken)?;
        out.insert(oid, take.bytes()?.to_vec());
    }
    Ok(out)
}
