//! Bytes of sealed files while a union is made.

use crate::error::Result;
use crate::git::{Git, Oid};
use crate::store::FileEntry;
use crate::store::pack::Known;
use std::collections::HashMap;

/// Blobs by id.
#[derive(Default)]
pub struct Shelf(HashMap<Oid, Vec<u8>>);

impl Shelf {
    /// Reads the files, what a partial clone lacks in one call.
    pub fn read<'a>(git: &dyn Git, files: impl Iterator<Item = &'a FileEntry>) -> Result<Self> {
        let mut out = Self::default();
        out.add(git, files)?;
        Ok(out)
    }

    /// Reads more files.
    pub fn add<'a>(&mut self, git: &dyn Git, files: impl Iterator<Item = &'a FileEntry>) -> Result<()> {
        let mut oids: Vec<Oid> = files.map(|f| f.oid).filter(|oid| !self.0.contains_key(oid)).collect();
        oids.sort_unstable();
        oids.dedup();
        git.read_blobs(&oids, &mut |oid, bytes| {
            self.0.insert(oid, bytes.to_vec());
            Ok(())
        })?;
        Ok(())
    }

    /// The bytes of a file that was read; empty for others.
    pub fn bytes(&self, oid: Oid) -> &[u8] {
        self.0.get(&oid).map_or(&[], Vec::as_slice)
    }
}

/// A file in the union, redactions enforced.
pub struct Item {
    /// Name, size and lines.
    pub known: Known,
    /// Bytes.
    pub bytes: Vec<u8>,
    /// The object; `None` if a redaction changed the bytes.
    pub oid: Option<Oid>,
}
