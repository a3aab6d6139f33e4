//! A folder of ours in front of somebody's `core.hooksPath`: husky's, a team's, a user's own for all repositories.
//!
//! The last line of `.git/config` includes a file of ours that sets `core.hooksPath` to our folder; what others have set, and
//! set again with every `npm install`, stays below it and is read whenever a hook runs. The include holds only while the
//! repository is where it was: in one that was moved or copied, their hooks run as if we had never been there.

use super::install::Changed;
use super::{HOOKS, Hook, PASSED_ON, PASSED_ON_IF_THERE, ask, files, script};
use bd::error::{Error, ErrorKind, Result};
use bd::git::Git;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Our folder.
#[derive(Clone, Debug)]
pub struct Layer {
    common: PathBuf,
}

impl Layer {
    /// In a repository.
    pub fn new(common_dir: &Path) -> Self {
        Self { common: common_dir.to_owned() }
    }

    fn home(&self) -> PathBuf {
        self.common.join("bd-hooks")
    }

    /// Where our shims are.
    pub fn folder(&self) -> PathBuf {
        self.home().join("run")
    }

    /// The keys of our include: one for the repository itself, one for its linked worktrees, and neither holds once it is
    /// somewhere else. What would be a wildcard in its path is none.
    fn includes(&self) -> [String; 2] {
        let mut path = String::new();
        for c in self.common.to_string_lossy().chars() {
            if matches!(c, '*' | '?' | '[' | '\\') {
                path.push('\\');
            }
            path.push(c);
        }
        [format!("includeIf.gitdir:{path}.path"), format!("includeIf.gitdir:{path}/worktrees/.path")]
    }

    /// True if there is anything of ours.
    pub fn is_there(&self) -> bool {
        files::is_there(&self.home())
    }

    /// The folder that git would use without ours; `None` = its own.
    pub fn under(&self, git: &dyn Git) -> Option<PathBuf> {
        let own = self.folder();
        ask::hooks_paths(git).into_iter().rfind(|p| *p != own)
    }

    /// Writes our folder, then puts it in front.
    ///
    /// # Errors
    /// A folder or a configuration that cannot be written; a value of `core.hooksPath` that no include comes after.
    pub fn install(&self, git: &dyn Git, binary: &str) -> Result<Vec<Changed>> {
        let dir = self.folder();
        let fresh = files::make_folder(&dir)?;
        let under = ask::work_dir(git)?.join(self.under(git).unwrap_or_else(|| self.common.join("hooks")));
        let mut changed = Vec::new();
        for hook in HOOKS {
            let old = under.join(hook.name);
            let chained = if files::is_program(&old) { "; the hook that was here runs first" } else { "" };
            let what = self.put(hook.name, &script::layer(hook, binary))?;
            changed.push(Changed::new(hook.name, &format!("{what}{}", if what == "installed" { chained } else { "" })));
        }
        let there = PASSED_ON_IF_THERE.into_iter().filter(|n| files::is_program(&under.join(n)));
        for name in PASSED_ON.into_iter().chain(there) {
            self.put(name, &script::passed_on(name))?;
        }
        for name in PASSED_ON_IF_THERE.into_iter().filter(|n| !files::is_program(&under.join(n))) {
            files::remove(&dir.join(name))?;
        }
        let mut text = String::new();
        let quoted = dir.to_string_lossy().replace('\\', r"\\").replace('"', r#"\""#);
        let _ = write!(
            text,
            "# Written by `bd hooks install`; `bd hooks uninstall` takes it out.\n[core]\n\thooksPath = \"{quoted}\"\n"
        );
        files::write(&self.home().join("config"), &text)?;
        for key in self.includes() {
            git.set_config(&key, "bd-hooks/config")?;
        }
        let reached = ask::hooks_folder(git)?;
        if reached.canonicalize().ok() != dir.canonicalize().ok() {
            if fresh {
                self.uninstall(git)?;
            }
            return Err(Error::new(
                ErrorKind::Environment,
                format!("git runs hooks from {}, whatever this repository's configuration says", reached.display()),
            )
            .hint(
                "core.hooksPath is set where it counts for more: in config.worktree, or for this command alone. Take it out there",
            ));
        }
        Ok(changed)
    }

    fn put(&self, name: &str, text: &str) -> Result<&'static str> {
        let path = self.folder().join(name);
        let old = files::read(&path)?;
        if old.as_deref() == Some(text.as_bytes()) && files::is_program(&path) {
            return Ok("as it should be");
        }
        files::prepare(&path, text)?;
        files::settle(&path)?;
        Ok(if old.is_some() { "renewed" } else { "installed" })
    }

    /// Takes the folder away; theirs is in force again.
    ///
    /// # Errors
    /// A configuration or folder that cannot be written.
    pub fn uninstall(&self, git: &dyn Git) -> Result<Vec<Changed>> {
        if !self.is_there() {
            return Ok(Vec::new());
        }
        for key in self.includes() {
            git.unset_config(&key)?;
        }
        let home = self.home();
        bd::failpoint!("hooks.layer.remove.before");
        std::fs::remove_dir_all(&home).map_err(|e| Error::io(&home, &e))?;
        bd::failpoint!("hooks.layer.remove.after");
        Ok(HOOKS.iter().map(|h| Changed::new(h.name, "removed")).collect())
    }

    /// Hooks of the folder below that ours does not hand on: they came after the install.
    pub fn not_handed_on(&self, under: &Path) -> Vec<&'static str> {
        let all = PASSED_ON.into_iter().chain(PASSED_ON_IF_THERE);
        all.filter(|n| files::is_program(&under.join(n)) && !files::is_there(&self.folder().join(n))).collect()
    }

    /// The hook that runs below a shim of ours.
    pub fn chained(&self, git: &dyn Git, hook: Hook) -> PathBuf {
        self.under(git).unwrap_or_else(|| self.common.join("hooks")).join(hook.name)
    }
}
