//! `bd ride`: the branch's events as one sealed file in one commit on the branch, for review and for where the branch
//! `beads` may not be pushed (STATE 6).

use super::named::{By, named_beads};
use super::own::{Own, own_events};
use super::rides::ride_lines;
use crate::error::{Error, ErrorKind, Result};
use crate::git::{Cas, CommitSpec, Expected, Head, Oid, Signature};
use crate::model::BeadId;
use crate::store::{Redactions, STATE_REF, SealedName, Snapshot, Store, edit_tree};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What should ride.
#[derive(Clone, Debug, Default)]
pub struct RideOptions {
    /// Everything of this clone that is not there yet.
    pub all: bool,
    /// These beads; none = those that the branch's commits or the actor's claims name.
    pub beads: Vec<BeadId>,
    /// The subject of the commit, instead of the usual one.
    pub message: Option<String>,
    /// Say what would ride, write nothing.
    pub dry_run: bool,
    /// With `beads`: everybody's events on them, and not only this clone's.
    pub everyone: bool,
    /// Files below `.beads/` that the same commit sets: records for the reviewer, pairs of path and bytes.
    pub files: Vec<(String, Vec<u8>)>,
    /// Lines at the end of the commit message, `Key: value`, before those that name the beads.
    pub trailers: Vec<String>,
    /// Text between the subject and the trailers.
    pub body: String,
}

/// What rides.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ride {
    /// The branch.
    pub branch: String,
    /// The file from the top of the tree; `None` if nothing was left to ride.
    pub path: Option<String>,
    /// The commit; `None` in a dry run.
    pub commit: Option<Oid>,
    /// True if neither a commit of the branch nor a claim names a bead, so that nothing could be chosen.
    pub nameless: bool,
    /// How many events.
    pub events: usize,
    /// About which beads.
    pub beads: Vec<BeadId>,
}

/// The branch that one stands on, checked for what a ride needs.
pub(crate) struct Stand {
    /// The full name of the branch.
    pub branch: String,
    /// Its tip.
    pub head: Oid,
}

impl Stand {
    /// # Errors
    /// No branch, no commit, no working tree, or a merge, rebase and the like under way (exit 2).
    pub fn find(store: &Store, what: &str) -> Result<Self> {
        let git = store.git();
        if git.paths().work_dir.is_none() {
            return Err(Error::usage(format!("{what} needs a working tree, and this is a bare repository")));
        }
        if let Some(operation) = git.operation() {
            return Err(Error::new(ErrorKind::Conflict, format!("{what} waits: a {operation} is under way in this working tree"))
                .hint(format!("Finish the {operation} first")));
        }
        match git.head()? {
            Head::Branch(branch, head) => Ok(Self { branch, head }),
            Head::Unborn(branch) => {
                Err(Error::usage(format!("{what} needs a commit to stand on, and `{}` has none yet", short(&branch))))
            }
            Head::Detached(_) => Err(Error::usage(format!("{what} needs a branch, and HEAD is detached"))
                .hint("`git switch` to the branch that the events belong to")),
        }
    }
}

/// The name of a branch as people write it.
pub(crate) fn short(branch: &str) -> &str {
    branch.strip_prefix("refs/heads/").unwrap_or(branch)
}

/// Makes the ride.
///
/// # Errors
/// See [`Stand::find`]; a damaged ride; somebody moved the branch meanwhile (exit 6).
pub fn ride(store: &Store, options: &RideOptions) -> Result<Ride> {
    let stand = Stand::find(store, "a ride")?;
    if !options.dry_run {
        let lock = store.lock()?;
        store.commit_pending(&lock)?;
        if let Some(top) = store.git().paths().work_dir.clone() {
            sweep(store, &top, &stand)?;
        }
    }
    let snapshot = store.snapshot()?;
    let (redactions, _) = redactions(store)?;
    let chosen = choose(store, &snapshot, &stand, options, &redactions)?;
    let mut out = Ride { branch: short(&stand.branch).to_owned(), nameless: chosen.is_none(), ..Ride::default() };
    let chosen = chosen.unwrap_or_default();
    if let Some((path, _)) = options.files.iter().find(|(path, _)| !path.starts_with(".beads/") || path.contains("..")) {
        return Err(Error::internal(format!("a ride carries nothing outside of .beads: {path}")));
    }
    let mut files: Vec<(String, Option<Vec<u8>>)> = options.files.iter().map(|(p, b)| (p.clone(), Some(b.clone()))).collect();
    let Some(first) = chosen.first() else {
        if !files.is_empty() && !options.dry_run {
            let subject = options.message.clone().unwrap_or_else(|| "beads: records".to_owned());
            out.commit = commit_files(store, &stand, &files, &message(&subject, &[], options))?;
        }
        return Ok(out);
    };
    // A history that cannot be read had nothing: the ride itself needs none of it.
    let indent = super::ridden::indent(store, stand.head, &chosen.iter().map(|o| o.line.as_bytes()).collect()).unwrap_or(0);
    let mut bytes = Vec::new();
    for own in &chosen {
        bytes.resize(bytes.len() + indent, b' ');
        bytes.extend_from_slice(own.line.as_bytes());
        bytes.push(b'\n');
    }
    let name = SealedName::loose(&bytes, &first.event.at);
    let path = format!(".beads/events/{name}");
    out.events = chosen.len();
    out.beads = chosen.iter().map(|o| o.event.bead.clone()).collect::<BTreeSet<_>>().into_iter().collect();
    out.path = Some(path.clone());
    if !options.dry_run {
        let subject = options.message.clone().unwrap_or_else(|| subject(store, &out));
        files.push((path, Some(bytes)));
        out.commit = commit_files(store, &stand, &files, &message(&subject, &out.beads, options))?;
    }
    Ok(out)
}

/// What the state ref redacts.
pub(crate) fn redactions(store: &Store) -> Result<(Redactions, bool)> {
    let git = store.git();
    let root = git.tip(STATE_REF)?.map(|t| git.commit_tree(t)).transpose()?;
    store.redactions(root)
}

/// The tip of the default branch, for comparing.
pub(crate) fn default_tip(store: &Store) -> Result<Option<Oid>> {
    Ok(store.sources().default_branch.as_deref().map(|n| store.git().tip(n)).transpose()?.flatten())
}

/// The events of this clone (on some beads) that neither the branch nor the default branch carries.
pub(crate) fn not_riding(
    store: &Store,
    stand: &Stand,
    beads: Option<&BTreeSet<BeadId>>,
    redactions: &Redactions,
) -> Result<Vec<Own>> {
    let mut carried = ride_lines(store, stand.head, redactions)?;
    if let Some(tip) = default_tip(store)?.filter(|t| *t != stand.head) {
        carried.extend(ride_lines(store, tip, redactions)?);
    }
    Ok(own_events(store, beads, redactions)?.into_iter().filter(|o| !carried.contains(&o.line)).collect())
}

/// All events on some beads that neither the branch nor the default branch carries.
fn everyones(store: &Store, snapshot: &Snapshot, stand: &Stand, beads: &[BeadId], redactions: &Redactions) -> Result<Vec<Own>> {
    let mut carried = ride_lines(store, stand.head, redactions)?;
    if let Some(tip) = default_tip(store)?.filter(|t| *t != stand.head) {
        carried.extend(ride_lines(store, tip, redactions)?);
    }
    let mut out = Vec::new();
    for bead in beads {
        let stored = snapshot.events(bead)?.into_iter().filter(|s| s.place != crate::store::Place::Local);
        out.extend(stored.filter(|s| !carried.contains(&s.line)).map(|s| Own { line: s.line, event: s.event }));
    }
    out.sort_by(|a, b| (a.event.id, &a.line).cmp(&(b.event.id, &b.line)));
    out.dedup_by(|a, b| a.line == b.line);
    Ok(out)
}

/// The events that ride; `None` where nothing names a bead.
fn choose(
    store: &Store,
    snapshot: &Snapshot,
    stand: &Stand,
    options: &RideOptions,
    redactions: &Redactions,
) -> Result<Option<Vec<Own>>> {
    if options.all {
        return not_riding(store, stand, None, redactions).map(Some);
    }
    if options.everyone {
        return everyones(store, snapshot, stand, &options.beads, redactions).map(Some);
    }
    let beads: BTreeSet<BeadId> = if options.beads.is_empty() {
        let default = default_tip(store)?;
        let base = match default {
            Some(default) => store.git().merge_base(default, stand.head)?,
            None => None,
        };
        let (beads, by) = named_beads(store, snapshot, stand.head, base)?;
        if by == By::Nothing {
            return Ok(None);
        }
        beads
    } else {
        options.beads.iter().cloned().collect()
    };
    not_riding(store, stand, Some(&beads), redactions).map(Some)
}

/// The first line of the commit; git config `beads.ride.message` may give another one, with `{events}` and `{beads}`.
fn subject(store: &Store, ride: &Ride) -> String {
    let names: Vec<&str> = ride.beads.iter().take(3).map(BeadId::as_str).collect();
    let more = if ride.beads.len() > 3 { format!(" and {} more", ride.beads.len() - 3) } else { String::new() };
    let (events, beads) = (super::report::events(ride.events), format!("{}{more}", names.join(", ")));
    match store.git().config("beads.ride.message").filter(|t| !t.trim().is_empty()) {
        Some(template) => template.replace("{events}", &events).replace("{beads}", &beads),
        None => format!("beads: {events} on {beads}"),
    }
}

fn message(subject: &str, beads: &[BeadId], options: &RideOptions) -> String {
    let mut out = format!("{}\n\n", subject.trim_end());
    if !options.body.is_empty() {
        out.push_str(&format!("{}\n\n", options.body.trim_end()));
    }
    for trailer in &options.trailers {
        out.push_str(&format!("{trailer}\n"));
    }
    for bead in beads.iter().filter(|b| beads.len() <= 20 && !b.is_pseudo()) {
        out.push_str(&format!("Bead: {bead}\n"));
    }
    out
}

/// One commit on the branch that sets (`Some`) or removes files under `.beads/` and nothing else: files in the working
/// tree, entries in the index, then the branch by compare-and-swap. Everything else that is staged or edited stays. `None`: the branch has
/// all of it already, and a commit that changes nothing says nothing.
pub(crate) fn commit_files(
    store: &Store,
    stand: &Stand,
    files: &[(String, Option<Vec<u8>>)],
    message: &str,
) -> Result<Option<Oid>> {
    let git = store.git();
    let Some(top) = git.paths().work_dir.clone() else {
        return Err(Error::internal("a commit on a branch without a working tree"));
    };
    sweep(store, &top, stand)?;
    let mut changes: BTreeMap<String, Option<Oid>> = BTreeMap::new();
    for (path, bytes) in files {
        let oid = bytes.as_deref().map(|b| git.write_blob(b)).transpose()?;
        changes.insert(path.clone(), oid);
    }
    let before = git.commit_tree(stand.head)?;
    let tree = edit_tree(git, Some(before), &changes)?;
    if tree == before {
        return Ok(None);
    }
    let author = store.signature();
    let name = git.config("user.name").filter(|n| !n.is_empty()).unwrap_or_else(|| author.name.clone());
    let committer = Signature { name, ..author.clone() };
    let spec = CommitSpec { tree, parents: vec![stand.head], author, committer, message: message.to_owned(), sign: true };
    let new = git.write_commit(&spec)?;
    // The index before the branch: what a crash in between leaves is a staged addition, which the next commit carries.
    let old: Vec<(String, Option<Oid>)> =
        changes.keys().map(|path| Ok((path.clone(), git.entry_at(before, path)?.map(|e| e.oid)))).collect::<Result<_>>()?;
    let mark = store.dir().join("marks").join("riding");
    remember(&mark, &top, old.iter().filter(|(_, oid)| oid.is_none()).map(|(path, _)| path.as_str()))?;
    for (path, bytes) in files.iter().filter_map(|(p, b)| Some((p, b.as_ref()?))) {
        put(&top.join(path), bytes)?;
    }
    let entries: Vec<(String, Option<Oid>)> = changes.into_iter().collect();
    let undo = || {
        let _ = git.index_set(&old);
        for (path, _) in files.iter().filter(|(p, b)| b.is_some() && old.iter().any(|(o, oid)| o == p && oid.is_none())) {
            crate::failpoint!("ride.undo.before");
            let _ = std::fs::remove_file(top.join(path));
            crate::failpoint!("ride.undo.after");
        }
        forget(&mark);
    };
    crate::failpoint!("ride.index.before");
    if let Err(e) = git.index_set(&entries) {
        undo();
        return Err(e.into());
    }
    crate::failpoint!("ride.index.after");
    let cas = git.update_ref(
        &stand.branch,
        Expected::Is(stand.head),
        Some(new),
        &format!("bd: {}", message.lines().next().unwrap_or("ride")),
    );
    crate::failpoint!("ride.branch.after");
    match cas {
        Ok(Cas::Done) => {}
        Ok(Cas::Moved(_)) => {
            undo();
            return Err(Error::new(
                ErrorKind::Conflict,
                format!("`{}` was moved by another command meanwhile; nothing was committed", short(&stand.branch)),
            )
            .hint("Run it again"));
        }
        Err(e) => {
            undo();
            return Err(e.into());
        }
    }
    for (path, _) in files.iter().filter(|(_, b)| b.is_none()) {
        crate::failpoint!("ride.remove.before");
        let _ = std::fs::remove_file(top.join(path));
        crate::failpoint!("ride.remove.after");
    }
    forget(&mark);
    Ok(Some(new))
}

/// Writes down which new files a commit is about to put into a working tree.
fn remember<'a>(mark: &Path, top: &Path, paths: impl Iterator<Item = &'a str>) -> Result<()> {
    let mut text = format!("{}\n", top.display());
    paths.for_each(|path| text.extend([path, "\n"]));
    crate::failpoint!("ride.mark.before");
    let written = mark.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(mark, text));
    crate::failpoint!("ride.mark.after");
    written.map_err(|e| Error::io(mark, &e))
}

fn forget(mark: &Path) {
    crate::failpoint!("ride.forget.before");
    let _ = std::fs::remove_file(mark);
    crate::failpoint!("ride.forget.after");
}

/// Takes away what a ride that was killed half-way left in this working tree: files of ours that no commit carries.
/// Their events are in the state ref, and the next ride takes them again.
fn sweep(store: &Store, top: &Path, stand: &Stand) -> Result<()> {
    let mark = store.dir().join("marks").join("riding");
    let Ok(text) = std::fs::read_to_string(&mark) else { return Ok(()) };
    let mut lines = text.lines();
    // Another working tree's is left to it.
    if lines.next().is_none_or(|there| Path::new(there) != top) {
        return Ok(());
    }
    let git = store.git();
    let tree = git.commit_tree(stand.head)?;
    for path in lines.filter(|p| p.starts_with(".beads/events/")) {
        if git.entry_at(tree, path)?.is_some() {
            continue;
        }
        git.index_set(&[(path.to_owned(), None)])?;
        let file = top.join(path);
        let ours = SealedName::parse(path.rsplit('/').next().unwrap_or("")).is_some_and(|name| {
            std::fs::read(&file).is_ok_and(|bytes| crate::store::check_sealed("events", &name, &bytes).is_ok())
        });
        if ours {
            crate::failpoint!("ride.sweep.before");
            let _ = std::fs::remove_file(&file);
            crate::failpoint!("ride.sweep.after");
        }
    }
    forget(&mark);
    Ok(())
}

fn put(path: &Path, bytes: &[u8]) -> Result<()> {
    crate::failpoint!("ride.file.before");
    let io = |e: std::io::Error| Error::io(path, &e);
    if let Some(dir) = path.parent() {
        std::fs::create_dir_all(dir).map_err(io)?;
    }
    std::fs::write(path, bytes).map_err(io)?;
    crate::failpoint!("ride.file.after");
    Ok(())
}
