//! Where else than in this working tree a clone can have records: its other working trees, and its latest branches.

use bd::error::Result;
use bd::git::{Git, Mode, Oid};
use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// So many branches, the newest first, are looked through.
const BRANCHES: usize = 100;

/// The folders of a folder, by name: branches often have the same one.
type Folders = HashMap<String, Vec<Oid>>;

/// The other places.
pub struct Elsewhere<'g> {
    git: &'g dyn Git,
    trees: Vec<WorkingTree>,
    /// What stands at `.beads` in the branches, each once, once somebody asked.
    beads: OnceCell<Vec<Oid>>,
    known: RefCell<HashMap<String, Rc<Folders>>>,
}

impl<'g> Elsewhere<'g> {
    /// Those of a clone, once for all molecules.
    pub fn of(git: &'g dyn Git) -> Self {
        let trees = tops(&git.paths().common_dir).into_iter().map(WorkingTree::at).collect();
        Self { git, trees, beads: OnceCell::new(), known: RefCell::default() }
    }

    /// True if the records of a molecule, by their folder, are there.
    ///
    /// # Errors
    /// Refs or history that cannot be read.
    pub fn has(&self, folder: &str) -> Result<bool> {
        if self.trees.iter().any(|tree| tree.has(folder)) {
            return Ok(true);
        }
        let Some((above, name)) = folder.strip_prefix(".beads/").and_then(|path| path.rsplit_once('/')) else { return Ok(false) };
        for tree in self.folders(above)?.get(name).into_iter().flatten() {
            if self.git.entry_at(*tree, "molecule.toml")?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn beads(&self) -> Result<&[Oid]> {
        if let Some(beads) = self.beads.get() {
            return Ok(beads);
        }
        let mut tips: BTreeSet<Oid> = BTreeSet::new();
        for prefix in ["refs/heads/", "refs/remotes/"] {
            tips.extend(self.git.refs(prefix)?.into_iter().map(|(_, tip)| tip));
        }
        // Somebody may fetch tags or blobs to a place of branches: what is no commit has no records.
        let mut roots: Vec<(i64, Oid)> = Vec::new();
        let is_many = tips.len() > BRANCHES;
        for tip in tips {
            let Ok(root) = self.git.commit_tree(tip) else { continue };
            let at = if is_many { committed(&self.git.read_commit(tip)?) } else { 0 };
            roots.push((at, root));
        }
        roots.sort();
        let mut beads = BTreeSet::new();
        for (_, root) in roots.into_iter().rev().take(BRANCHES) {
            let there = self.git.entry_at(root, ".beads")?;
            beads.extend(there.filter(|e| e.mode == Mode::Tree).map(|e| e.oid));
        }
        Ok(self.beads.get_or_init(|| beads.into_iter().collect()))
    }

    /// The folders that the branches have in a folder below `.beads`.
    fn folders(&self, above: &str) -> Result<Rc<Folders>> {
        if let Some(known) = self.known.borrow().get(above) {
            return Ok(known.clone());
        }
        let mut trees = BTreeSet::new();
        for beads in self.beads()? {
            let there = self.git.entry_at(*beads, above)?;
            trees.extend(there.filter(|e| e.mode == Mode::Tree).map(|e| e.oid));
        }
        let mut out = Folders::new();
        for tree in trees {
            for entry in self.git.read_tree(tree)?.into_iter().filter(|e| e.mode == Mode::Tree) {
                let seen = out.entry(entry.name).or_default();
                if !seen.contains(&entry.oid) {
                    seen.push(entry.oid);
                }
            }
        }
        let out = Rc::new(out);
        self.known.borrow_mut().insert(above.to_owned(), out.clone());
        Ok(out)
    }
}

/// The records of a working tree. A folder is listed once, however many molecules are looked for in it.
pub struct WorkingTree {
    top: PathBuf,
    known: RefCell<HashMap<String, BTreeSet<OsString>>>,
}

impl WorkingTree {
    /// The one at this top.
    pub fn at(top: PathBuf) -> Self {
        Self { top, known: RefCell::default() }
    }

    /// True if the records of a molecule, by their folder, are there.
    pub fn has(&self, folder: &str) -> bool {
        let Some((above, name)) = folder.rsplit_once('/') else { return false };
        let mut known = self.known.borrow_mut();
        let names = known.entry(above.to_owned()).or_insert_with(|| {
            let entries = std::fs::read_dir(self.top.join(above)).into_iter().flatten().flatten();
            entries.map(|entry| entry.file_name()).collect()
        });
        names.contains(OsStr::new(name)) && self.top.join(folder).join("molecule.toml").is_file()
    }
}

/// The tops of the working trees, as `git worktree list` finds them: beside the shared folder, and where the files `gitdir` lead.
fn tops(common: &Path) -> Vec<PathBuf> {
    let beside = |git: &Path| Some(git.parent()?.to_owned()).filter(|_| git.ends_with(".git"));
    let mut out: Vec<PathBuf> = beside(common).into_iter().collect();
    for entry in std::fs::read_dir(common.join("worktrees")).into_iter().flatten().flatten() {
        let text = std::fs::read_to_string(entry.path().join("gitdir")).unwrap_or_default();
        out.extend(beside(&entry.path().join(text.trim_end_matches(['\n', '\r']))));
    }
    out
}

/// When a commit was made, seconds since 1970; 0 where it does not say so.
fn committed(commit: &[u8]) -> i64 {
    let mut head = commit.split(|b| *b == b'\n').take_while(|line| !line.is_empty());
    let line = head.find_map(|line| line.strip_prefix(b"committer ")).unwrap_or_default();
    let text = String::from_utf8_lossy(line);
    let mut words = text.rsplit(' ');
    words.nth(1).and_then(|seconds| seconds.parse().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn when_commits_were_made() {
        let of = |text: &str| committed(text.as_bytes());
        let head = "tree x\nauthor A <a> 5 +0000\n";
        assert_eq!(of(&format!("{head}committer A B <a@b> 1234567890 -0130\n\ncommitter C <c> 7 +0000\n")), 1_234_567_890);
        assert_eq!((of(head), of("\ncommitter A <a> 7 +0000\n"), of("committer A <a> x +0000\n")), (0, 0, 0));
    }

    #[test]
    fn working_trees_are_where_their_files_say() {
        let dir = tempfile::tempdir().unwrap();
        let common = dir.path().join("main/.git");
        for (name, at) in [("a", "/elsewhere/a/.git\n"), ("b", "../../../../b/.git\n"), ("c", "/bare\n")] {
            let of = common.join("worktrees").join(name);
            std::fs::create_dir_all(&of).unwrap();
            std::fs::write(of.join("gitdir"), at).unwrap();
        }
        std::fs::create_dir_all(common.join("worktrees/d")).unwrap();
        let mut found = tops(&common);
        found.sort();
        let relative = common.join("worktrees/b/../../../../b");
        let mut expected = [dir.path().join("main"), PathBuf::from("/elsewhere/a"), relative];
        expected.sort();
        assert_eq!(found, expected);
        assert!(tops(Path::new("/no/such.git")).is_empty());
    }
}
