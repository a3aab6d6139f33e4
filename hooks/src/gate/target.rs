//! Where what decides is read: a branch is judged by its target's gates, rules and waivers, never by its own (PRODUCT,
//! Trust). The target is the default branch of the store remote, unless a check names another commit; from the working
//! tree only while that branch has none (STATE 2).

use bd::error::{Error, Result};
use bd::git::{Git, Mode, Oid};
use bd::store::Sources;
use std::fmt;
use std::path::PathBuf;

/// What is asked for the definitions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Target {
    /// The default branch.
    #[default]
    Default,
    /// This commit, and nothing else: what it has not, is not there.
    Commit(Oid),
}

/// One place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tree {
    /// The tree of a commit, with the name under which it was found.
    Commit(String, Oid),
    /// The working tree.
    Working(PathBuf),
}

/// A file that decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where it is.
    pub tree: Tree,
    /// What it says.
    pub text: String,
}

impl fmt::Display for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Commit(name, _) => f.write_str(name),
            Self::Working(_) => f.write_str("working tree"),
        }
    }
}

impl Target {
    /// The places in the order in which they are asked.
    fn trees(self, git: &dyn Git, sources: &Sources) -> Result<Vec<Tree>> {
        if let Self::Commit(commit) = self {
            return Ok(vec![Tree::Commit(commit.to_string(), commit)]);
        }
        let mut names: Vec<&String> = sources.default_branch.iter().chain(&sources.local_default).collect();
        names.dedup();
        let mut out = Vec::new();
        for name in names {
            out.extend(git.tip(name)?.map(|commit| Tree::Commit(name.clone(), commit)));
        }
        out.extend(git.paths().work_dir.clone().map(Tree::Working));
        Ok(out)
    }

    /// True where others have a default branch, and this is another place: what stands there is a change's own.
    ///
    /// # Errors
    /// A ref that cannot be read.
    pub fn may_only_add(self, git: &dyn Git, sources: &Sources, place: &Tree) -> Result<bool> {
        let first = self.trees(git, sources)?.into_iter().next();
        Ok(first.is_some_and(|tree| match &tree {
            Tree::Commit(name, commit) => {
                name.starts_with("refs/remotes/") && !matches!(place, Tree::Commit(_, other) if other == commit)
            }
            Tree::Working(_) => false,
        }))
    }

    /// The first place that has a file, and the file.
    ///
    /// # Errors
    /// An object or file that cannot be read, or is not UTF-8 (exit 2).
    pub fn find(self, git: &dyn Git, sources: &Sources, path: &str) -> Result<Option<Found>> {
        for tree in self.trees(git, sources)? {
            if let Some(text) = tree.read(git, path)? {
                return Ok(Some(Found { tree, text }));
            }
        }
        Ok(None)
    }

    /// The first place that has something in a folder.
    ///
    /// # Errors
    /// As [`Target::find`].
    pub fn first_with(self, git: &dyn Git, sources: &Sources, dir: &str) -> Result<Option<Tree>> {
        for tree in self.trees(git, sources)? {
            if !tree.list(git, dir)?.is_empty() {
                return Ok(Some(tree));
            }
        }
        Ok(None)
    }
}

impl Tree {
    /// A file's text; `None` = there is no such file.
    ///
    /// # Errors
    /// It cannot be read, is a link (it could lead out of the repository, and taking it for missing would let another place
    /// decide), or is not UTF-8 (exit 2).
    pub fn read(&self, git: &dyn Git, path: &str) -> Result<Option<String>> {
        let bytes = match self {
            Self::Commit(_, commit) => {
                let entry = git.entry_at(git.commit_tree(*commit)?, path)?;
                let Some(entry) = entry else { return Ok(None) };
                if !matches!(entry.mode, Mode::Blob | Mode::Executable) {
                    return Err(self.no_file(path));
                }
                let mut bytes = Vec::new();
                git.read_blob(entry.oid, &mut bytes)?;
                bytes
            }
            Self::Working(top) => {
                let file = top.join(path);
                match std::fs::symlink_metadata(&file) {
                    Ok(meta) if meta.is_file() => std::fs::read(&file).map_err(|e| Error::io(&file, &e))?,
                    Ok(_) => return Err(self.no_file(path)),
                    Err(e) if is_missing(&e) => return Ok(None),
                    Err(e) => return Err(Error::io(&file, &e)),
                }
            }
        };
        String::from_utf8(bytes).map(Some).map_err(|_| Error::usage(format!("{path} ({self}) is not UTF-8")))
    }

    fn no_file(&self, path: &str) -> Error {
        Error::usage(format!("{path} ({self}) is no plain file"))
    }

    /// The names of the files in a folder, sorted; none where there is no such folder.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn list(&self, git: &dyn Git, dir: &str) -> Result<Vec<String>> {
        let mut names = match self {
            Self::Commit(_, commit) => match git.entry_at(git.commit_tree(*commit)?, dir)?.filter(|e| e.mode == Mode::Tree) {
                Some(tree) => {
                    let files = git.read_tree(tree.oid)?.into_iter().filter(|e| matches!(e.mode, Mode::Blob | Mode::Executable));
                    files.map(|e| e.name).collect()
                }
                None => Vec::new(),
            },
            Self::Working(top) => {
                let folder = top.join(dir);
                match std::fs::read_dir(&folder) {
                    Ok(entries) => {
                        let mut names = Vec::new();
                        for entry in entries {
                            let entry = entry.map_err(|e| Error::io(&folder, &e))?;
                            if entry.file_type().is_ok_and(|t| t.is_file()) {
                                names.extend(entry.file_name().into_string());
                            }
                        }
                        names
                    }
                    Err(e) if is_missing(&e) => Vec::new(),
                    Err(e) => return Err(Error::io(&folder, &e)),
                }
            }
        };
        names.sort();
        Ok(names)
    }
}

fn is_missing(e: &std::io::Error) -> bool {
    matches!(e.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory)
}
