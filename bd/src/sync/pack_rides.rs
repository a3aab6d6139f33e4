//! `bd pack --rides`: the default branch's rides as one file, in one ordinary commit (STATE 6).

use super::ride::{Stand, commit_files, redactions, short};
use crate::error::{Error, Result};
use crate::git::Oid;
use crate::store::pack::{bare, lines};
use crate::store::{SealedName, Store, check_sealed, damaged, list_rides};
use std::collections::BTreeMap;

/// What was packed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PackedRides {
    /// How many files became one.
    pub files: usize,
    /// How many events it holds.
    pub events: usize,
    /// Its path; `None` if there was nothing to pack.
    pub path: Option<String>,
    /// The commit; `None` in a dry run.
    pub commit: Option<Oid>,
}

/// Packs the rides of the branch that one stands on, which must be the default branch. Every line is indented by one
/// space more than before, so that git never takes the pack for a rename of a ride that another branch still has.
///
/// # Errors
/// Another branch; a merge and the like under way; a damaged ride (exit 9); a ride that was edited in the working tree.
pub fn pack_rides(store: &Store, dry_run: bool) -> Result<PackedRides> {
    let stand = Stand::find(store, "packing rides")?;
    if store.sources().local_default.as_deref() != Some(stand.branch.as_str()) {
        let default = store.sources().local_default.as_deref().map_or("the default branch", short);
        return Err(Error::usage(format!("rides are packed on `{default}`, and this is `{}`", short(&stand.branch)))
            .hint("A branch's own rides stay as they are: they are what its review shows"));
    }
    let git = store.git();
    let files = list_rides(git, stand.head)?;
    let (redactions, _) = redactions(store)?;
    let mut out: BTreeMap<Vec<u8>, usize> = BTreeMap::new();
    let mut changes: Vec<(String, Option<Vec<u8>>)> = Vec::new();
    let mut redacted = false;
    let mut bytes = Vec::new();
    for file in &files {
        git.read_blob(file.oid, &mut bytes)?;
        check_sealed("events", &file.name, &bytes).map_err(|wrong| damaged(&file.name.to_string(), "ride", wrong))?;
        for line in lines(&bytes) {
            let indent = line.len() - bare(line).len();
            let stub = redactions.enforced_line(bare(line));
            redacted |= stub.is_some();
            let line = stub.map_or_else(|| bare(line).to_vec(), String::into_bytes);
            let deepest = out.entry(line).or_default();
            *deepest = (*deepest).max(indent + 1);
        }
        let path = format!(".beads/events/{}", file.name);
        let here = git.paths().work_dir.as_ref().and_then(|top| std::fs::read(top.join(&path)).ok());
        if here.is_some_and(|here| here != bytes) {
            return Err(Error::usage(format!("`{path}` was edited in the working tree"))
                .hint("A ride is write-once: restore it, then pack"));
        }
        changes.push((path, None));
    }
    if files.len() < 2 && !redacted {
        return Ok(PackedRides { files: files.len(), events: out.len(), ..PackedRides::default() });
    }
    let mut packed = Vec::new();
    for (line, indent) in &out {
        packed.resize(packed.len() + indent, b' ');
        packed.extend_from_slice(line);
        packed.push(b'\n');
    }
    let path = format!(".beads/events/{}", SealedName::pack(&packed));
    changes.push((path.clone(), Some(packed)));
    let mut done = PackedRides { files: files.len(), events: out.len(), path: Some(path), commit: None };
    if !dry_run {
        let message = format!("beads: pack {} rides\n", files.len());
        done.commit = commit_files(store, &stand, &changes, &message)?;
    }
    Ok(done)
}
