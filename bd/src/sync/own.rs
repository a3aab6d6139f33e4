//! What this clone wrote itself: the events that came into the state ref by its own commands, not by a fetch.

use crate::error::Result;
use crate::git::{GitError, Oid};
use crate::model::{BeadId, Event};
use crate::store::{Redactions, STATE_REF, Store, diff_trees};
use std::collections::BTreeSet;

/// An event of this clone with its line, redactions enforced.
#[derive(Clone, Debug, PartialEq)]
pub struct Own {
    /// The line, without indent and end.
    pub line: String,
    /// The event.
    pub event: Event,
}

/// The events that this clone wrote, in the order of their ids: all of them, or those of some beads. The journal must be
/// committed. Commits of our own commands name the actor in a trailer; those of a fetch, a pack or a repair do not.
///
/// # Errors
/// An object that cannot be read.
pub fn own_events(store: &Store, beads: Option<&BTreeSet<BeadId>>, redactions: &Redactions) -> Result<Vec<Own>> {
    let git = store.git();
    let mut out: Vec<Own> = Vec::new();
    let mut seen = BTreeSet::new();
    let mut at = git.tip(STATE_REF)?;
    while let Some(commit) = at {
        let text = match git.read_commit(commit) {
            Ok(text) => text,
            // Where history was cut there is nothing more of ours to find.
            Err(GitError::Object { .. }) => break,
            Err(e) => return Err(e.into()),
        };
        let parent = git.commit_parents(commit)?.first().copied();
        if concerns(&String::from_utf8_lossy(&text), beads) {
            for line in added(store, commit, parent)? {
                let line = redactions.enforced_line(line.as_bytes()).unwrap_or(line);
                let Ok(event) = Event::parse(&line) else { continue };
                if event.bead.is_pseudo() && beads.is_some() || beads.is_some_and(|b| !b.contains(&event.bead)) {
                    continue;
                }
                if seen.insert(line.clone()) {
                    out.push(Own { line, event });
                }
            }
        }
        at = parent;
    }
    out.sort_by(|a, b| (a.event.id, &a.line).cmp(&(b.event.id, &b.line)));
    Ok(out)
}

/// True for a commit of one of our commands that can hold events of these beads. A bulk command names no beads.
fn concerns(commit: &str, beads: Option<&BTreeSet<BeadId>>) -> bool {
    let Some((_, message)) = commit.split_once("\n\n") else { return false };
    if !message.lines().any(|l| l.starts_with("Actor: ")) {
        return false;
    }
    let mut named = message.lines().filter_map(|l| l.strip_prefix("Bead: ")).peekable();
    match beads {
        Some(beads) if named.peek().is_some() => named.any(|n| beads.contains(n)),
        _ => true,
    }
}

fn added(store: &Store, commit: Oid, parent: Option<Oid>) -> Result<Vec<String>> {
    let git = store.git();
    let before = match parent.map(|p| git.commit_tree(p)) {
        Some(Err(GitError::Object { .. })) | None => None,
        Some(tree) => Some(tree?),
    };
    let files = diff_trees(git, before, Some(git.commit_tree(commit)?))?.b;
    let oids: Vec<Oid> = files.iter().filter(|f| f.stream == "events").map(|f| f.oid).collect();
    let mut out = Vec::new();
    git.read_blobs(&oids, &mut |_, bytes| {
        out.extend(crate::store::pack::lines(bytes).filter_map(|l| std::str::from_utf8(l).ok()).map(str::to_owned));
        Ok(())
    })?;
    Ok(out)
}
