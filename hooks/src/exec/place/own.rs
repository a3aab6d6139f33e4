//! A tree of our own: in the temporary folder, with a git directory that shares the repository's objects and refs as a linked
//! worktree's does, so that programs that ask git find what they find elsewhere. Its own index and a detached HEAD: what
//! they stage or commit there moves nothing of the user's.
//!
//! Beside the repository, in `<common dir>/beads/cache/trees/`, stands a file for each, locked while its owner lives. What
//! a killed process left is known by a file that nobody locks, and is removed by the next that makes a tree.

use crate::diff::hook_index;
use bd::env::Env;
use bd::git::{Git, Head, Mode, Oid};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

/// What the folders' names begin with; nothing else is ever removed.
const PREFIX: &str = "bd-gate-tree-";

/// A folder of our own with a git directory in it.
pub(super) struct Base {
    folder: Folder,
    env: Env,
    git_dir: PathBuf,
    index: Option<PathBuf>,
    work: Option<PathBuf>,
}

/// A tree that was checked out.
pub(super) struct OwnTree {
    folder: Folder,
}

impl OwnTree {
    /// Its top.
    pub fn top(&self) -> PathBuf {
        self.folder.path.join("tree")
    }
}

impl Base {
    /// Makes the folder, with a copy of the index that the user's command works with.
    pub fn new(env: &Env, git: &dyn Git) -> Result<Self, String> {
        let paths = git.paths();
        let said = |e: std::io::Error| format!("no folder for a tree of our own can be made: {e}");
        let folder = Folder::new(env, &paths.beads_dir().join("cache/trees")).map_err(said)?;
        let head = match git.head().map_err(|e| e.to_string())? {
            Head::Unborn(branch) => format!("ref: {branch}"),
            Head::Branch(_, at) | Head::Detached(at) => at.to_string(),
        };
        let git_dir = git_dir(&folder.path, &paths.common_dir, &head).map_err(said)?;
        let named = paths.work_dir.as_deref().and_then(|top| hook_index(env, top));
        let index = named.unwrap_or_else(|| paths.git_dir.join("index"));
        let copied = copy_index(&index, &git_dir).map_err(|e| format!("the index cannot be read: {e}"))?;
        let vars = env.vars().iter().filter(|(name, _)| !bd::git::is_repo_local(name));
        let own_env = Env::new(folder.path.join("tree"), vars.map(|(k, v)| (k.clone(), v.clone())).collect());
        Ok(Self { folder, env: own_env, git_dir, index: copied.then_some(index), work: paths.work_dir.clone() })
    }

    /// True if there is an index.
    pub fn has_index(&self) -> bool {
        self.index.is_some()
    }

    /// Runs git with our own index; on the user's working tree, of which it only reads, or on ours.
    fn git(&self, work: Option<&Path>, args: &[&str]) -> Result<String, String> {
        let git = bd::git::open(&self.env).map_err(|e| e.to_string())?;
        let dir = format!("--git-dir={}", self.git_dir.display());
        let tree = work.map_or_else(|| self.folder.path.join("tree"), Path::to_owned);
        let tree = format!("--work-tree={}", tree.display());
        let mut all = vec!["-c", "core.fsmonitor=false", "-c", "core.untrackedCache=false", "-c", "core.hooksPath=/dev/null"];
        all.extend([dir.as_str(), tree.as_str()]);
        all.extend(args);
        git.run(&all).map_err(|e| e.to_string())
    }

    /// True if the tracked files of this working tree are exactly those of the index, or of this commit.
    pub fn is_exactly(&self, work: &Path, commit: Option<Oid>) -> Result<bool, String> {
        let commit = commit.map(|c| c.to_string());
        let mut args = vec!["diff", "--name-only", "--no-ext-diff", "--no-textconv", "--no-renames", "--ignore-submodules=none"];
        args.extend(commit.as_deref());
        args.extend(["--", ":(top)", ":(top,exclude).beads"]);
        if !self.git(Some(work), &args)?.is_empty() {
            return Ok(false);
        }
        // Files that git was told not to look at (`assume-unchanged`), or not to have here (a sparse checkout).
        let flags = self.git(Some(work), &["ls-files", "-v"])?;
        Ok(!flags.lines().any(|l| l.starts_with(|c: char| c.is_ascii_lowercase() || c == 'S')))
    }

    /// The index as a tree.
    pub fn write_tree(&self) -> Result<Oid, String> {
        let said = self.git(None, &["write-tree"])?;
        Oid::from_hex(said.trim()).ok_or_else(|| format!("git write-tree said `{}`", said.trim().escape_debug()))
    }

    /// Checks a tree out.
    pub fn check_out(self, tree: Oid) -> Result<OwnTree, String> {
        // Without what the copy knows of the user's files: every file is written.
        remove(&self.git_dir.join("index")).map_err(|e| format!("the folder of our own tree cannot be used: {e}"))?;
        self.git(None, &["read-tree", "--reset", "-u", "--no-sparse-checkout", &tree.to_string()])?;
        if let Some(work) = &self.work {
            let git = bd::git::open(&self.env).map_err(|e| e.to_string())?;
            self.submodules(git.as_ref(), tree, work, &self.folder.path.join("tree"), "", 0)?;
        }
        Ok(OwnTree { folder: self.folder })
    }

    /// Submodules that the user has here are checked out as well, each at the commit that the tree names.
    fn submodules(&self, git: &dyn Git, tree: Oid, work: &Path, top: &Path, below: &str, depth: u32) -> Result<(), String> {
        if depth == 0 && git.entry_at(tree, ".gitmodules").map_err(|e| e.to_string())?.is_none() {
            return Ok(());
        }
        for entry in git.read_tree(tree).map_err(|e| e.to_string())? {
            let path = format!("{below}{}", entry.name);
            match entry.mode {
                Mode::Tree => self.submodules(git, entry.oid, work, top, &format!("{path}/"), depth + 1)?,
                Mode::Submodule if work.join(&path).join(".git").exists() => {
                    self.submodule(&work.join(&path), &top.join(&path), entry.oid)
                        .map_err(|e| format!("the submodule `{}` cannot be checked out: {e}", path.escape_debug()))?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn submodule(&self, from: &Path, to: &Path, commit: Oid) -> Result<(), String> {
        let theirs = bd::git::open(&Env::new(from.to_owned(), self.env.vars().clone())).map_err(|e| e.to_string())?;
        let tree = theirs.commit_tree(commit).map_err(|e| e.to_string())?;
        let number = std::fs::read_dir(&self.folder.path).map_err(|e| e.to_string())?.count();
        let home = self.folder.path.join(format!("sub{number}"));
        let made = std::fs::create_dir_all(&home).and_then(|()| git_dir(&home, &theirs.paths().common_dir, &commit.to_string()));
        let own = made.map_err(|e| e.to_string())?;
        std::fs::create_dir_all(to).and_then(|()| dot_git(to, &own)).map_err(|e| e.to_string())?;
        let ours = bd::git::open(&Env::new(to.to_owned(), self.env.vars().clone())).map_err(|e| e.to_string())?;
        let (dir, work_tree) = (format!("--git-dir={}", own.display()), format!("--work-tree={}", to.display()));
        let read = [&dir, &work_tree, "read-tree", "--reset", "-u", "--no-sparse-checkout", &tree.to_string()];
        ours.run(&read).map_err(|e| e.to_string())?;
        self.submodules(ours.as_ref(), tree, from, to, "", 0)
    }
}

/// A git directory that shares another's objects, refs and configuration, and a tree that names it.
fn git_dir(folder: &Path, common: &Path, head: &str) -> std::io::Result<PathBuf> {
    let dir = folder.join("git");
    std::fs::create_dir(&dir)?;
    std::fs::write(dir.join("HEAD"), format!("{head}\n"))?;
    std::fs::write(dir.join("commondir"), format!("{}\n", common.display()))?;
    let tree = folder.join("tree");
    std::fs::create_dir(&tree)?;
    dot_git(&tree, &dir)?;
    Ok(dir)
}

fn dot_git(tree: &Path, git_dir: &Path) -> std::io::Result<()> {
    std::fs::write(tree.join(".git"), format!("gitdir: {}\n", git_dir.display()))
}

/// Copies an index with its time, by which git knows the entries that it must not believe; false if there is none.
fn copy_index(index: &Path, git_dir: &Path) -> std::io::Result<bool> {
    let mut from = match File::open(index) {
        Ok(file) => file,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(false),
        Err(e) => return Err(e),
    };
    let time = from.metadata()?.modified()?;
    let mut bytes = Vec::new();
    from.read_to_end(&mut bytes)?;
    let mut to = File::create(git_dir.join("index"))?;
    to.write_all(&bytes)?;
    to.set_modified(time)?;
    // A split index is a small one that names a large one beside it.
    for entry in index.parent().into_iter().flat_map(std::fs::read_dir).flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with("sharedindex.") {
            std::fs::copy(entry.path(), git_dir.join(entry.file_name()))?;
        }
    }
    Ok(true)
}

/// A folder in the temporary folder with its locked note.
struct Folder {
    path: PathBuf,
    note: PathBuf,
    _lock: File,
}

impl Folder {
    fn new(env: &Env, notes: &Path) -> std::io::Result<Self> {
        std::fs::create_dir_all(notes)?;
        sweep(notes);
        let temporary = PathBuf::from(env.var("TMPDIR").unwrap_or("/tmp")).canonicalize()?;
        let drawn = env.random::<12>()?;
        let name = format!("{PREFIX}{}", drawn.iter().map(|b| format!("{b:02x}")).collect::<String>());
        let (path, note) = (temporary.join(&name), notes.join(&name));
        // The note is there, and locked, before the folder is: a kill in between leaves nothing that nobody knows of.
        let mut lock = OpenOptions::new().write(true).create_new(true).open(&note)?;
        lock.lock()?;
        lock.write_all(path.as_os_str().as_encoded_bytes())?;
        bd::failpoint!("exec.tree.before");
        std::fs::DirBuilder::new().mode(0o700).create(&path)?;
        bd::failpoint!("exec.tree.after");
        Ok(Self { path, note, _lock: lock })
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed now is removed by the next run: its note stays.
        if remove_folder(&self.path).is_ok() {
            let _ = remove(&self.note);
        }
    }
}

/// Removes what processes that are gone left behind.
fn sweep(notes: &Path) {
    for entry in std::fs::read_dir(notes).into_iter().flatten().flatten() {
        let (name, note) = (entry.file_name(), entry.path());
        let Ok(mut file) = OpenOptions::new().read(true).write(true).open(&note) else { continue };
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock | TryLockError::Error(_)) => continue,
        }
        let mut named = String::new();
        let path = file.read_to_string(&mut named).ok().map(|_| PathBuf::from(&named));
        // Only a folder of the name that the note itself has: no text can lead us anywhere else.
        let ours = |p: &PathBuf| p.is_absolute() && p.file_name() == Some(&name) && name.to_string_lossy().starts_with(PREFIX);
        let gone = path.filter(ours).is_none_or(|p| remove_folder(&p).is_ok());
        if gone {
            let _ = remove(&note);
        }
    }
}

fn remove(file: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(file) {
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// Removes a folder of ours; what a program made read-only in it as well.
fn remove_folder(path: &Path) -> std::io::Result<()> {
    match std::fs::remove_dir_all(path) {
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(()),
        Err(e) if e.kind() == ErrorKind::PermissionDenied => {
            writable(path)?;
            std::fs::remove_dir_all(path)
        }
        other => other,
    }
}

/// Makes every folder below writable for us. Links are not followed.
fn writable(dir: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(dir, std::fs::Permissions::from_mode(0o700))?;
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            writable(&entry.path())?;
        }
    }
    Ok(())
}
