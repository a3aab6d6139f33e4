//! Is the code on the target? Proven from git alone: every commit that names a member and stands on some branch is reachable
//! from the target, or the target has the same change (patch), or merging its branch would change nothing there.

use bd::error::{Error, Result};
use bd::git::{Git, Oid};
use bd::model::BeadId;
use bd::store::{Snapshot, Store};
use std::collections::{BTreeMap, BTreeSet};

/// The most commits that are looked at.
const MAX_COMMITS: usize = 20_000;
/// How many commits of a branch are looked at one by one.
const MAX_ALONE: usize = 50;
/// How many commits of the target are tried as the one that took a branch in as a squash.
const MAX_SQUASHES: usize = 100;

/// The branch that code has to be on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The branch: `main`.
    pub name: String,
    /// The ref that says what is on it here: the remote's as fetched, else the local one.
    pub full: String,
    /// Its tip; `None` = it has no commit yet.
    pub tip: Option<Oid>,
}

impl Target {
    /// What people call it: `main`, `origin/main`.
    pub fn shown(&self) -> &str {
        let full = self.full.as_str();
        full.strip_prefix("refs/heads/").or_else(|| full.strip_prefix("refs/remotes/")).unwrap_or(full)
    }

    /// The default branch, or the branch of this name; the store remote's as it was fetched comes before the local one.
    ///
    /// # Errors
    /// There is no such branch (exit 2).
    pub fn find(store: &Store, name: Option<&str>) -> Result<Self> {
        let (git, sources) = (store.git(), store.sources());
        let Some(name) = name else {
            let full = sources.default_branch.clone().or_else(|| sources.local_default.clone());
            let full =
                full.ok_or_else(|| Error::usage("it is not known which branch is the default one").hint("Say --target BRANCH"))?;
            let name = short(&full, sources.remote.as_deref());
            return Ok(Self { name, tip: git.tip(&full)?, full });
        };
        let shown: String = name.chars().take(100).collect();
        let odd = |c: char| c.is_control() || c.is_whitespace() || "~^:?*[\\".contains(c);
        if name.is_empty() || name.starts_with('-') || name.contains("..") || name.contains(odd) {
            return Err(Error::usage(format!("`{}` is no name of a branch", shown.escape_debug())));
        }
        let remote = sources.remote.iter().map(|r| format!("refs/remotes/{r}/{name}"));
        for full in remote.chain([format!("refs/heads/{name}")]) {
            if let Some(tip) = git.tip(&full)? {
                return Ok(Self { name: name.to_owned(), full, tip: Some(tip) });
            }
        }
        Err(Error::usage(format!("there is no branch `{}`", shown.escape_debug())))
    }
}

fn short(full: &str, remote: Option<&str>) -> String {
    let local = full.strip_prefix("refs/heads/");
    let fetched = || full.strip_prefix("refs/remotes/")?.strip_prefix(remote?)?.strip_prefix('/');
    local.or_else(fetched).unwrap_or(full).to_owned()
}

/// A branch with commits about members that the target does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unlanded {
    /// The branch: `search`, `origin/search`.
    pub branch: String,
    /// The first of these commits, abbreviated.
    pub commit: String,
    /// How many there are.
    pub commits: usize,
    /// The members that they name, sorted.
    pub members: Vec<String>,
}

/// Looks at every branch. `beads` maps the whole name of a bead to the member that it is, or is a part of.
/// Branches in `given_up` are not asked for.
///
/// # Errors
/// History that cannot be read.
pub fn unlanded(
    store: &Store,
    snapshot: &Snapshot,
    beads: &BTreeMap<BeadId, String>,
    target: &Target,
    given_up: &[String],
) -> Result<Vec<Unlanded>> {
    let git = store.git();
    let mut out: Vec<Unlanded> = Vec::new();
    // Local branches come first: the remote's branch of the same tip says nothing new.
    let mut seen: BTreeSet<Oid> = BTreeSet::new();
    for (name, tip) in branches(store, target)? {
        if given_up.contains(&name) || !seen.insert(tip) {
            continue;
        }
        let commits: Vec<(Oid, BTreeSet<String>)> = named(git, store, snapshot, tip, target.tip, beads)?;
        if commits.is_empty() || contains(store, snapshot, target, tip, &commits, beads)? {
            continue;
        }
        // Not the whole branch at once: commit by commit, each with what stands before it.
        let mut missing = Vec::new();
        for commit in without_patches(git, target, tip, commits) {
            if missing.len() >= MAX_ALONE || !contains(store, snapshot, target, commit.0, std::slice::from_ref(&commit), beads)? {
                missing.push(commit);
            }
        }
        if let Some((first, _)) = missing.last() {
            let members: BTreeSet<String> = missing.iter().flat_map(|(_, m)| m.iter().cloned()).collect();
            let commit = format!("{first}").chars().take(10).collect();
            out.push(Unlanded { branch: name, commit, commits: missing.len(), members: members.into_iter().collect() });
        }
    }
    Ok(out)
}

/// Every branch here and as fetched, but for the target and the one that holds events.
fn branches(store: &Store, target: &Target) -> Result<Vec<(String, Oid)>> {
    let (git, sources) = (store.git(), store.sources());
    let mut out = Vec::new();
    for prefix in ["refs/heads/", "refs/remotes/"] {
        for (full, tip) in git.refs(prefix)? {
            let events = sources.tracking.as_deref() == Some(full.as_str()) || full == format!("refs/heads/{}", sources.branch);
            if full == target.full || events || full.ends_with("/HEAD") {
                continue;
            }
            out.push((full[prefix.len()..].to_owned(), tip));
        }
    }
    Ok(out)
}

/// True if a commit changes something outside of `.beads/` that its parents do not have: records and rides are no code, and
/// neither is a merge that git makes by itself.
fn is_code(git: &dyn Git, commit: Oid) -> Result<bool> {
    let (tree, parents) = (git.commit_tree(commit)?, git.commit_parents(commit)?);
    let before = match parents.as_slice() {
        [] => None,
        [one] => Some(git.commit_tree(*one)?),
        [one, two] => {
            let merged = git.run(&["merge-tree", "--write-tree", "--no-messages", &one.to_string(), &two.to_string()]);
            let Some(merged) = merged.ok().and_then(|t| Oid::from_hex(t.lines().next()?)) else { return Ok(true) };
            Some(merged)
        }
        _ => return Ok(true),
    };
    Ok(git.tree_changes(before, Some(tree))?.iter().any(|c| !c.path.starts_with(b".beads/")))
}

/// The commits of a branch that the target lacks and that name a member, newest first.
fn named(
    git: &dyn Git,
    store: &Store,
    snapshot: &Snapshot,
    tip: Oid,
    target: Option<Oid>,
    beads: &BTreeMap<BeadId, String>,
) -> Result<Vec<(Oid, BTreeSet<String>)>> {
    let all = git.commits_between(tip, target, MAX_COMMITS + 1)?;
    if all.len() > MAX_COMMITS {
        return Err(Error::usage(format!("a branch has more than {MAX_COMMITS} commits that the target lacks"))
            .hint("Fetch the whole history, or say which branch is the --target"));
    }
    let mut out = Vec::new();
    for commit in all {
        let members = members_in(&git.read_commit(commit)?, store, snapshot, beads);
        if !members.is_empty() && is_code(git, commit)? {
            out.push((commit, members));
        }
    }
    Ok(out)
}

/// The members that a commit's message names: in `Bead:` trailers, or by an id anywhere.
fn members_in(commit: &[u8], store: &Store, snapshot: &Snapshot, beads: &BTreeMap<BeadId, String>) -> BTreeSet<String> {
    let text = String::from_utf8_lossy(commit);
    let Some((_, message)) = text.split_once("\n\n") else { return BTreeSet::new() };
    let prefix = format!("{}-", store.config().prefix());
    let mut out = BTreeSet::new();
    let words = message.split(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_' | '.')));
    for word in words.map(|w| w.trim_matches(['.', '-'])).filter(|w| w.contains('-')) {
        let Ok(id) = BeadId::new(word) else { continue };
        if let Some(member) = beads.get(&id) {
            out.insert(member.clone());
            continue;
        }
        let begins = word.strip_prefix(&prefix).is_some_and(|t| t.len() >= 4) && beads.keys().any(|b| b.as_str().starts_with(word));
        if let Some(member) = begins.then(|| snapshot.resolve(word).ok()).flatten().and_then(|id| beads.get(&id)) {
            out.insert(member.clone());
        }
    }
    out
}

/// True if merging the branch would change nothing on the target outside of `.beads/`: now, or at the moment when a commit of
/// the target took it in as a squash.
fn contains(
    store: &Store,
    snapshot: &Snapshot,
    target: &Target,
    tip: Oid,
    commits: &[(Oid, BTreeSet<String>)],
    beads: &BTreeMap<BeadId, String>,
) -> Result<bool> {
    let git = store.git();
    let Some(onto) = target.tip else { return Ok(false) };
    if merges_to_nothing(git, onto, tip)? {
        return Ok(true);
    }
    let base = git.merge_base(onto, tip)?;
    let wanted: BTreeSet<&String> = commits.iter().flat_map(|(_, m)| m).collect();
    let mut tried = 0;
    for commit in git.commits_between(onto, base, MAX_COMMITS)? {
        let about = members_in(&git.read_commit(commit)?, store, snapshot, beads);
        if !about.iter().any(|m| wanted.contains(m)) {
            continue;
        }
        if merges_to_nothing(git, commit, tip)? {
            return Ok(true);
        }
        tried += 1;
        if tried == MAX_SQUASHES {
            break;
        }
    }
    Ok(false)
}

fn merges_to_nothing(git: &dyn Git, onto: Oid, tip: Oid) -> Result<bool> {
    // Without a common history there is nothing that a merge could prove.
    if git.merge_base(onto, tip)?.is_none() {
        return Ok(false);
    }
    let (onto_hex, tip_hex) = (onto.to_string(), tip.to_string());
    // A conflict ends it with an error: then the target has something else there.
    let Ok(printed) = git.run(&["merge-tree", "--write-tree", "--no-messages", &onto_hex, &tip_hex]) else { return Ok(false) };
    let Some(merged) = printed.lines().next().and_then(Oid::from_hex) else { return Ok(false) };
    let changes = git.tree_changes(Some(git.commit_tree(onto)?), Some(merged))?;
    Ok(changes.iter().all(|c| c.path.starts_with(b".beads/")))
}

/// Leaves out the commits of which the target has the same patch.
fn without_patches(
    git: &dyn Git,
    target: &Target,
    tip: Oid,
    commits: Vec<(Oid, BTreeSet<String>)>,
) -> Vec<(Oid, BTreeSet<String>)> {
    let Some(onto) = target.tip else { return commits };
    let range = format!("{onto}...{tip}");
    let Ok(printed) = git.run(&["rev-list", "--cherry-mark", "--right-only", "--no-merges", &range]) else { return commits };
    let same: BTreeSet<Oid> = printed.lines().filter_map(|l| Oid::from_hex(l.strip_prefix('=')?)).collect();
    commits.into_iter().filter(|(c, _)| !same.contains(c)).collect()
}
