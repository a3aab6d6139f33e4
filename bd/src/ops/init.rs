//! `bd init`: a store in this repository (STATE 2).
//!
//! Commits exactly our four files on the current branch, by plumbing and compare-and-swap; what the user has staged and
//! what else is in the working tree stays as it is.

use super::files::{There, look};
use crate::config::{CONFIG_PATH, check_prefix};
use crate::env::Env;
use crate::error::{Error, Result};
use crate::git::{Cas, CommitSpec, Expected, Git, Head, Oid, Signature};
use crate::store::{Sources, Store};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub struct InitRequest {
    /// What bead ids begin with; else the folder's name.
    pub prefix: Option<String>,
    /// The store remote.
    pub remote: Option<String>,
    /// Publish to the store remote; `None` = leave as it is (off in a new store).
    pub publish: Option<bool>,
    /// Nothing in the repository's history, nothing in `git status`.
    pub stealth: bool,
    /// The branch on the remote that holds the beads.
    pub branch: Option<String>,
}

/// What was done.
#[derive(Clone, Debug, Default)]
pub struct InitReport {
    /// What bead ids begin with.
    pub prefix: String,
    /// True if there was a store before.
    pub existed: bool,
    /// The files that were written, from the top of the tree.
    pub written: Vec<String>,
    /// The commit that holds them.
    pub commit: Option<Oid>,
    /// The URLs to which the project publishes.
    pub publish_to: Vec<String>,
    /// The store remote.
    pub remote: Option<String>,
    /// What was taken over from a tracked upstream store.
    pub adopted: Option<super::import::Imported>,
    /// Things to say on stderr.
    pub notes: Vec<String>,
}

const ATTRIBUTES: &str = "\
# Event files are what they are, byte for byte.
** -text -filter -ident -working-tree-encoding
events/** linguist-generated
# Packs share little with each other: as differences they take more room in git, and more time to read.
events/**/pack-*.jsonl -delta
";
const IGNORE: &str = "# Nothing of ours is ignored by a rule from elsewhere; the view is written for other tools and never committed.\n!*\nissues.jsonl\n";
const METADATA: &str = "{\n  \"backend\": \"git\",\n  \"jsonl_export\": \"issues.jsonl\"\n}\n";

/// Makes a store here, or completes the one that is here. Doing it twice changes nothing.
///
/// # Errors
/// No repository, a bare one without a store, a prefix that cannot be one or differs from the store's, a remote that does
/// not exist, several remotes and none named when one is needed.
pub fn init(env: &Arc<Env>, request: &InitRequest) -> Result<InitReport> {
    let git: Arc<dyn Git> = Arc::from(crate::git::open(env)?);
    if let Some(prefix) = &request.prefix {
        check_prefix(prefix)?;
    }
    if let Some(remote) = &request.remote {
        if !git.remotes().contains(remote) {
            return Err(Error::usage(format!("there is no remote `{}`", remote.escape_debug())).hint(format!(
                "Remotes: {}",
                if git.remotes().is_empty() { "none".to_owned() } else { git.remotes().join(", ") }
            )));
        }
        git.set_config("beads.remote", remote)?;
    }
    if let Some(branch) = &request.branch {
        git.set_config("beads.branch", branch)?;
    }
    let store = Store::attach(Arc::clone(env), Arc::clone(&git))?;
    let mut report = InitReport { existed: store.config().is_from_repository(), ..InitReport::default() };
    report.prefix = request.prefix.clone().unwrap_or_else(|| store.config().prefix().to_owned());
    if report.existed && report.prefix != store.config().prefix() {
        return Err(Error::usage(format!("this repository's beads begin with `{}` already", store.config().prefix()))
            .hint("One bead can have another prefix: `bd create --prefix`"));
    }
    report.publish_to = store.config().publish_to().to_vec();
    let mut touched = !report.existed || (!request.stealth && is_unfinished(&*git)?);
    if request.publish == Some(true) {
        touched |= add_url(&git, store.sources(), &mut report)?;
        if report.existed && git.config("beads.share").as_deref() == Some("false") {
            git.unset_config("beads.share")?;
        }
    } else if request.publish == Some(false) && report.existed {
        // The project's choice is everybody's; this clone's is its own.
        git.set_config("beads.share", "false")?;
    }
    report.remote.clone_from(&store.sources().remote);
    if touched {
        write_files(&store, request, &mut report)?;
    }
    if !request.stealth {
        // The branch may have moved: what decides is read anew.
        let store = Store::attach(Arc::clone(env), Arc::clone(&git))?;
        report.adopted = super::adopt::adopt(&store, &mut report)?;
    }
    if store.sources().ambiguous && request.remote.is_none() {
        report.notes.push("this clone has several remotes; `bd init --remote NAME` names the one that holds the beads".to_owned());
    }
    Ok(report)
}

/// True if the files are in the working tree and not in the branch: an earlier call died before its commit, or could
/// make none. Where `.beads/` is hidden, that is as it should be.
fn is_unfinished(git: &dyn Git) -> Result<bool> {
    let here = git.paths().work_dir.as_ref().is_some_and(|top| top.join(CONFIG_PATH).is_file());
    Ok(here && !git.is_tracked(CONFIG_PATH)? && !is_excluded(&exclude_path(&git.paths().common_dir))?)
}

/// Adds the store remote's URL to those to which the project publishes; `true` if it was not there.
fn add_url(git: &Arc<dyn Git>, sources: &Sources, report: &mut InitReport) -> Result<bool> {
    let Some(remote) = sources.need_remote()? else {
        report.notes.push("there is no remote yet; publish once there is one, with `bd init --publish`".to_owned());
        return Ok(false);
    };
    let url = git.remote_url(remote).ok_or_else(|| Error::usage(format!("the remote `{remote}` has no URL")))?;
    let url = place(&url);
    if report.publish_to.iter().any(|known| crate::sync::choice::is_place(known, &url)) {
        return Ok(false);
    }
    report.publish_to.push(url);
    Ok(true)
}

/// The one name of a place that has several URLs.
fn place(url: &str) -> String {
    crate::sync::choice::normalise(url)
}

fn write_files(store: &Store, request: &InitRequest, report: &mut InitReport) -> Result<()> {
    let git = store.git();
    let Some(top) = git.paths().work_dir.clone() else {
        return Err(Error::usage("this is a bare repository, which has no place for .beads/config.toml")
            .hint("Run `bd init` in a worktree of it, or in a clone"));
    };
    let tracked = git.is_tracked(CONFIG_PATH)?;
    if request.stealth && tracked {
        return Err(Error::usage("this repository tracks .beads/ already, so it cannot be hidden"));
    }
    let old = store.config().text().map(str::to_owned);
    let mut files = vec![(CONFIG_PATH, config_text(old.as_deref(), report)?), (".beads/metadata.json", METADATA.to_owned())];
    if !request.stealth {
        files.push((".beads/.gitattributes", ATTRIBUTES.to_owned()));
        files.push((".beads/.gitignore", IGNORE.to_owned()));
    }
    // All of them, before anything is changed.
    let mut wanted = Vec::new();
    for (path, text) in files {
        let there = look(&top.join(path))?;
        if path == CONFIG_PATH && there == There::Other {
            return Err(Error::usage(format!("{path} is not a plain file, and bd neither follows nor replaces it"))
                .hint("The configuration has to be a file of the repository's own"));
        }
        wanted.push((path, text, there));
    }
    if request.stealth {
        exclude(&git.paths().common_dir)?;
    }
    if !report.existed {
        // Before the configuration says that the state is published: a call that dies in between would leave a clone that
        // waits for a state which nobody has.
        store.begin_here()?;
    }
    let mut changes: BTreeMap<String, Option<Oid>> = BTreeMap::new();
    for (path, text, there) in wanted {
        match there {
            There::File(bytes) if bytes == text.as_bytes() => {}
            // Foreign files in `.beads/` are left alone (STATE 2).
            There::File(_) | There::Other if path != CONFIG_PATH => {
                report.notes.push(format!("{path} was here before and stays as it is"));
                continue;
            }
            There::File(_) | There::Nothing | There::Other => write(&top.join(path), &text)?,
        }
        report.written.push(path.to_owned());
        if !request.stealth {
            changes.insert(path.to_owned(), Some(git.write_blob(text.as_bytes())?));
        }
    }
    if request.stealth {
        report.notes.push("stealth: .beads/ is in .git/info/exclude, and nothing was committed".to_owned());
        return Ok(());
    }
    let message = format!(
        "Track work with bd\n\nBeads begin with `{}-`. The state is on refs/beads/state, not on this branch.\n",
        report.prefix
    );
    commit(store, &changes, &message, report)
}

/// The configuration, the old one's other lines kept.
fn config_text(old: Option<&str>, report: &InitReport) -> Result<String> {
    let Some(old) = old else {
        let mut out = format!(
            "# How this project tracks its work with bd. What counts is this file on the default branch.\nversion = 1\nprefix = \"{}\"\n",
            report.prefix
        );
        if !report.publish_to.is_empty() {
            let urls =
                report.publish_to.iter().map(|u| toml_edit::Value::from(u.as_str()).to_string()).collect::<Vec<_>>().join(", ");
            out.push_str("\n[sync]\n# Where the beads are published. Whoever can read the repository can read them.\n");
            out.push_str("publish_to = [");
            out.push_str(urls.trim());
            out.push_str("]\n");
        }
        return Ok(out);
    };
    if report.publish_to.is_empty() {
        return Ok(old.to_owned());
    }
    let mut doc: toml_edit::DocumentMut = old.parse().map_err(|e| Error::usage(format!("{CONFIG_PATH}: {e}")))?;
    let urls: toml_edit::Array = report.publish_to.iter().map(String::as_str).collect();
    if doc.get("sync").is_none() {
        doc["sync"] = toml_edit::table();
    }
    doc["sync"]["publish_to"] = toml_edit::value(urls);
    Ok(doc.to_string())
}

/// One commit on the current branch that changes our paths and nothing else. Where there can be none, the files wait in
/// the working tree for the user's own commit.
pub(super) fn commit(store: &Store, changes: &BTreeMap<String, Option<Oid>>, message: &str, report: &mut InitReport) -> Result<()> {
    let git = store.git();
    let why_not = match (git.head()?, git.operation()) {
        (Head::Unborn(_), _) => Some("this branch has no commit yet".to_owned()),
        (Head::Detached(_), _) => Some("HEAD is not on a branch".to_owned()),
        (Head::Branch(..), Some(operation)) => Some(format!("a {operation} is under way")),
        (Head::Branch(..), None) if git.config("user.name").is_none() || git.config("user.email").is_none() => {
            Some("git does not know who you are (user.name, user.email)".to_owned())
        }
        (Head::Branch(..), None) => None,
    };
    if let Some(why) = why_not {
        report.notes.push(format!("{why}: the files in .beads/ are for your next commit"));
        return Ok(());
    }
    for _ in 0..5 {
        let Head::Branch(branch, tip) = git.head()? else { break };
        let root = git.commit_tree(tip)?;
        let tree = crate::store::edit_tree(git, Some(root), changes)?;
        if tree == root {
            // Committed by a call that died before it told the index, which is as the commit before it then.
            let mut trees = vec![Some(root)];
            match git.commit_parents(tip)?.first() {
                None => trees.push(None),
                // In a shallow clone it need not be there.
                Some(parent) if git.object_ok(*parent) => trees.push(Some(git.commit_tree(*parent)?)),
                Some(_) => {}
            }
            git.index_set(&not_staged(git, &trees, changes)?)?;
            return Ok(());
        }
        let entries = not_staged(git, &[Some(root), Some(tree)], changes)?;
        let who = Signature {
            name: git.config("user.name").unwrap_or_default(),
            email: git.config("user.email").unwrap_or_default(),
            seconds: store.now().as_second(),
        };
        let spec =
            CommitSpec { tree, parents: vec![tip], author: who.clone(), committer: who, message: message.to_owned(), sign: true };
        let new = git.write_commit(&spec)?;
        crate::failpoint!("init.commit.before");
        let cas = git.update_ref(&branch, Expected::Is(tip), Some(new), "commit: bd init")?;
        crate::failpoint!("init.commit.after");
        if cas == Cas::Done {
            git.index_set(&entries)?;
            report.commit = Some(new);
            let left = changes.keys().filter(|path| !entries.iter().any(|(set, _)| set == *path));
            report
                .notes
                .extend(left.map(|path| format!("what you have staged of {path} stays staged, without what was committed now")));
            return Ok(());
        }
    }
    report.notes.push("the branch kept moving: the files in .beads/ are for your next commit".to_owned());
    Ok(())
}

/// The entries of the index that may be set: those that are as in one of these trees. Any other holds what the user has staged.
pub(super) fn not_staged(
    git: &dyn Git,
    trees: &[Option<Oid>],
    changes: &BTreeMap<String, Option<Oid>>,
) -> Result<Vec<(String, Option<Oid>)>> {
    let mut free: BTreeSet<&String> = BTreeSet::new();
    for tree in trees {
        let staged = git.index_changes(None, *tree)?;
        let is_staged = |path: &str| {
            staged.changes.iter().any(|c| c.path == path.as_bytes()) || staged.conflicts.iter().any(|c| c == path.as_bytes())
        };
        free.extend(changes.keys().filter(|path| !is_staged(path)));
    }
    Ok(changes.iter().filter(|(path, _)| free.contains(path)).map(|(path, oid)| (path.clone(), *oid)).collect())
}

fn exclude_path(common_dir: &Path) -> std::path::PathBuf {
    common_dir.join("info").join("exclude")
}

fn read_or_empty(path: &Path) -> Result<String> {
    match std::fs::read_to_string(path) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        other => other.map_err(|e| Error::io(path, &e)),
    }
}

fn is_excluded(path: &Path) -> Result<bool> {
    Ok(read_or_empty(path)?.lines().any(|l| l.trim() == "/.beads/"))
}

fn exclude(common_dir: &Path) -> Result<()> {
    let path = exclude_path(common_dir);
    if is_excluded(&path)? {
        return Ok(());
    }
    let mut text = read_or_empty(&path)?;
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text.push_str("/.beads/\n");
    write(&path, &text)
}

/// Writes a file beside its place and renames it, so that no reader ever sees half of it.
fn write(path: &Path, text: &str) -> Result<()> {
    let io = |e: std::io::Error| Error::io(path, &e);
    if let Some(above) = path.parent() {
        std::fs::create_dir_all(above).map_err(io)?;
    }
    let beside = path.with_extension("bd-new");
    crate::failpoint!("init.write.before");
    std::fs::write(&beside, text).map_err(io)?;
    crate::failpoint!("init.rename.before");
    std::fs::rename(&beside, path).map_err(io)?;
    crate::failpoint!("init.rename.after");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_configuration_parses_and_an_old_one_keeps_its_lines() {
        let mut report = InitReport { prefix: "app".into(), ..InitReport::default() };
        let env = Env::new("/".into(), BTreeMap::new());
        let parse = |text: &str| crate::config::Config::parse(Some(text.to_owned()), None, "x", &env).unwrap();
        assert!(!parse(&config_text(None, &report).unwrap()).sync_published());
        report.publish_to = vec!["example.org/a/b".into()];
        let text = config_text(None, &report).unwrap();
        assert_eq!(parse(&text).publish_to(), ["example.org/a/b"]);
        assert_eq!(parse(&text).prefix(), "app");
        let old = "# ours\nprefix = \"app\" # why\n[status]\nreview = \"wip\"\n";
        let text = config_text(Some(old), &report).unwrap();
        assert!(text.starts_with("# ours\nprefix = \"app\" # why\n[status]\nreview = \"wip\"\n"), "{text}");
        assert!(parse(&text).sync_published());
    }
}
