//! Lines that one tree holds and another one lacks, whatever files they are in.

use super::shelf::Shelf;
use crate::error::Result;
use crate::git::{Git, Oid};
use crate::store::pack::{bare, lines};
use crate::store::{FileEntry, Redactions, diff_trees, list_files_at};
use std::collections::BTreeSet;

/// The lines of `known` that `there` has in no file. A line and its redacted stub are one.
///
/// # Errors
/// An object that cannot be read.
pub fn missing_lines(git: &dyn Git, known: Option<Oid>, there: Option<Oid>, redactions: &Redactions) -> Result<BTreeSet<Vec<u8>>> {
    let diff = diff_trees(git, known, there)?;
    let mut out = BTreeSet::new();
    if diff.a.is_empty() {
        return Ok(out);
    }
    let mut shelf = Shelf::read(git, diff.a.iter().chain(&diff.b))?;
    let form = |line: &[u8]| match redactions.enforced_line(bare(line)) {
        Some(stub) => stub.into_bytes(),
        None => bare(line).to_vec(),
    };
    for file in &diff.a {
        out.extend(lines(shelf.bytes(file.oid)).map(form));
    }
    let take = |files: &[FileEntry], shelf: &Shelf, out: &mut BTreeSet<Vec<u8>>| {
        for line in files.iter().flat_map(|f| lines(shelf.bytes(f.oid))) {
            out.remove(&form(line));
        }
    };
    take(&diff.b, &shelf, &mut out);
    if let (Some(there), false) = (there, out.is_empty()) {
        // The two may share a pack that holds them.
        let streams: BTreeSet<&String> = diff.a.iter().map(|f| &f.stream).collect();
        let rest: Vec<FileEntry> = list_files_at(git, there)?.into_iter().filter(|f| streams.contains(&f.stream)).collect();
        shelf.add(git, rest.iter())?;
        take(&rest, &shelf, &mut out);
    }
    Ok(out)
}
