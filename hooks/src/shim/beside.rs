//! Hooks in git's own folder: a shim in the place of what was there, which is kept in a folder next to it.
//!
//! The folder is a sibling of the same depth (`hooks-before-bd`), the file keeps its name, and everything else of `hooks` is
//! linked into it: a hook that finds files by its own path, in either direction, or dispatches by its own name, still does.
//! The file `on` in it is the switch, made last and removed first: until then a shim only hands on, so that an install that
//! is cut off leaves hooks that behave as before.

use super::install::Changed;
use super::{HOOKS, Hook, files, script};
use bd::error::{Error, Result};
use std::path::{Path, PathBuf};

/// git's folder of hooks and ours next to it.
#[derive(Clone, Debug)]
pub struct Beside {
    /// Where git runs hooks from.
    pub hooks: PathBuf,
    /// Where what was there is kept.
    pub before: PathBuf,
}

/// What stands in the place of one hook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Nothing.
    Empty,
    /// A shim of ours, of this version.
    Ours(u32),
    /// Another manager took the place and calls our shim, which it moved aside.
    CalledByOther(u32),
    /// Somebody's.
    Foreign,
}

impl Beside {
    /// Around a folder of hooks.
    pub fn new(hooks: PathBuf) -> Self {
        let mut name = hooks.file_name().unwrap_or_default().to_owned();
        name.push("-before-bd");
        Self { before: hooks.with_file_name(name), hooks }
    }

    /// The switch.
    pub fn switch(&self) -> PathBuf {
        self.before.join("on")
    }

    /// True if the shims here call `bd-gate`.
    pub fn is_on(&self) -> bool {
        self.switch().is_file()
    }

    /// The hook that was here before, if it still runs.
    pub fn kept(&self, hook: Hook) -> Option<PathBuf> {
        Some(self.before.join(hook.name)).filter(|p| files::is_there(p))
    }

    /// What stands in the place of a hook.
    pub fn place(&self, hook: Hook) -> Place {
        let path = self.hooks.join(hook.name);
        if !files::is_there(&path) {
            return Place::Empty;
        }
        match files::version(&path) {
            Some(version) => Place::Ours(version),
            // The pre-commit framework runs `NAME.legacy`; lefthook moves to `NAME.old` and forgets it.
            None => files::version(&self.aside(hook, "legacy")).map_or(Place::Foreign, Place::CalledByOther),
        }
    }

    fn aside(&self, hook: Hook, end: &str) -> PathBuf {
        self.hooks.join(format!("{}.{end}", hook.name))
    }

    /// Puts shims in the places of all hooks. Every file is written before the first takes its place.
    ///
    /// # Errors
    /// A folder that cannot be written: then nothing was changed.
    pub fn install(&self, binary: &str) -> Result<Vec<Changed>> {
        let made = files::make_folder(&self.hooks)?;
        let wanted: Vec<Hook> = HOOKS.into_iter().filter(|h| !matches!(self.place(*h), Place::CalledByOther(_))).collect();
        let prepared = files::make_folder(&self.before)
            .and_then(|_| wanted.iter().try_for_each(|h| files::prepare(&self.hooks.join(h.name), &script::beside(*h, binary))))
            .and_then(|()| if made { files::write(&self.before.join("made-hooks"), "") } else { Ok(()) });
        if let Err(e) = prepared {
            self.forget_prepared();
            return Err(e);
        }
        // Before the first hook is kept there: it may look for what is next to it at once.
        self.link_siblings()?;
        let mut changed = Vec::new();
        for hook in HOOKS {
            changed.push(self.take(hook)?);
        }
        files::write(&self.switch(), "")?;
        Ok(changed)
    }

    fn take(&self, hook: Hook) -> Result<Changed> {
        let path = self.hooks.join(hook.name);
        let what = match self.place(hook) {
            Place::CalledByOther(_) => return Ok(Changed::new(hook.name, "called by the pre-commit framework, left as it is")),
            Place::Foreign => {
                let kept = self.before.join(hook.name);
                self.never_lose(&kept, &path)?;
                files::keep(&path, &kept)?;
                "installed; the hook that was here runs first"
            }
            Place::Ours(_) if files::is_program(&path) && files::read(&path)? == files::read(&files::temporary(&path))? => {
                files::remove(&files::temporary(&path))?;
                return Ok(Changed::new(hook.name, "as it should be"));
            }
            Place::Ours(_) => "renewed",
            Place::Empty => "installed",
        };
        files::settle(&path)?;
        if files::is_ours(&self.aside(hook, "old")) {
            files::remove(&self.aside(hook, "old"))?;
        }
        Ok(Changed::new(hook.name, what))
    }

    /// What is kept already, and is not an earlier edition of what is to be kept, gets a name of its own.
    fn never_lose(&self, kept: &Path, new: &Path) -> Result<()> {
        let (Some(old), Some(new)) = (files::read(kept)?, files::read(new)?) else { return Ok(()) };
        if old == new || (by_lefthook(&old) && by_lefthook(&new)) {
            return Ok(());
        }
        let free = (1..1000).map(|n| kept.with_extension(format!("earlier-{n}"))).find(|p| !files::is_there(p));
        free.map_or(Ok(()), |free| files::put_back(kept, &free))
    }

    /// Takes the place back from a manager that wrote over our shim (lefthook does, whenever its configuration changes): its
    /// hook is chained as it would be by an install. `true` if there was something to do.
    ///
    /// # Errors
    /// As [`Beside::install`].
    pub fn heal(&self, hook: Hook, binary: &str) -> Result<bool> {
        let path = self.hooks.join(hook.name);
        let lefthook = || files::read(&path).ok().flatten().is_some_and(|b| by_lefthook(&b));
        if !self.is_on() || self.place(hook) != Place::Foreign || !lefthook() {
            return Ok(false);
        }
        files::prepare(&path, &script::beside(hook, binary))?;
        self.take(hook)?;
        Ok(true)
    }

    /// Everything in git's folder that is neither ours nor a hook of ours is there in the other folder too.
    fn link_siblings(&self) -> Result<()> {
        let here = files::names(&self.hooks)?;
        for name in &here {
            let to = self.before.join(name);
            if HOOKS.iter().any(|h| h.name == name)
                || is_litter(name)
                || files::is_there(&to)
                || files::is_ours(&self.hooks.join(name))
            {
                continue;
            }
            let target = Path::new("..").join(self.hooks.file_name().unwrap_or_default()).join(name);
            link(&target, &to)?;
        }
        // What is gone here is gone there.
        for name in files::names(&self.before)? {
            let path = self.before.join(&name);
            if is_sibling(&path) && !here.contains(&name) {
                files::remove(&path)?;
            }
        }
        Ok(())
    }

    /// Puts everything back as it was.
    ///
    /// # Errors
    /// A folder that cannot be written.
    pub fn uninstall(&self) -> Result<Vec<Changed>> {
        let mut changed = Vec::new();
        files::remove(&self.switch())?;
        for hook in HOOKS {
            changed.extend(self.give_back(hook)?);
        }
        self.forget_prepared();
        for name in files::names(&self.before)? {
            let path = self.before.join(&name);
            if is_sibling(&path) {
                files::remove(&path)?;
            }
        }
        let made = self.before.join("made-hooks");
        let made_hooks = files::is_there(&made);
        if made_hooks {
            files::remove(&made)?;
        }
        // A folder that is not empty holds what somebody else took over: it stays.
        let _not_empty = std::fs::remove_dir(&self.before);
        if made_hooks {
            let _not_empty = std::fs::remove_dir(&self.hooks);
        }
        Ok(changed)
    }

    fn give_back(&self, hook: Hook) -> Result<Option<Changed>> {
        let (path, kept) = (self.hooks.join(hook.name), self.before.join(hook.name));
        for end in ["legacy", "old"] {
            let aside = self.aside(hook, end);
            if files::is_ours(&aside) {
                files::remove(&aside)?;
            }
        }
        let was = files::is_there(&kept);
        Ok(match self.place(hook) {
            Place::Ours(_) | Place::Empty if was => {
                files::put_back(&kept, &path)?;
                Some(Changed::new(hook.name, "put back"))
            }
            Place::Ours(_) => {
                files::remove(&path)?;
                Some(Changed::new(hook.name, "removed"))
            }
            Place::Foreign | Place::CalledByOther(_) if was => {
                if files::read(&kept)? == files::read(&path)? {
                    files::remove(&kept)?;
                    None
                } else {
                    let where_ = format!("another program took its place; what was here before it and us is {}", kept.display());
                    Some(Changed::new(hook.name, &where_))
                }
            }
            _ => None,
        })
    }

    fn forget_prepared(&self) {
        for hook in HOOKS {
            files::drop_quietly(&files::temporary(&self.hooks.join(hook.name)));
        }
        files::drop_quietly(&files::temporary(&self.switch()));
        let _not_empty = std::fs::remove_dir(&self.before);
    }
}

/// True for a hook that lefthook has generated.
fn by_lefthook(bytes: &[u8]) -> bool {
    memchr::memmem::find(bytes, b"call_lefthook").is_some()
}

/// Samples, and what an install that was cut off left.
fn is_litter(name: &str) -> bool {
    name.ends_with(".sample") || name.ends_with(".bd-new")
}

/// True for the links that [`Beside::link_siblings`] makes.
fn is_sibling(path: &Path) -> bool {
    let ours = |name: &std::ffi::OsStr| HOOKS.iter().any(|h| name == h.name);
    !path.file_name().is_some_and(ours) && path.symlink_metadata().is_ok_and(|m| m.is_symlink())
}

#[cfg(unix)]
fn link(target: &Path, at: &Path) -> Result<()> {
    bd::failpoint!("hooks.sibling.before");
    std::os::unix::fs::symlink(target, at).map_err(|e| Error::io(at, &e))?;
    bd::failpoint!("hooks.sibling.after");
    Ok(())
}

#[cfg(not(unix))]
fn link(_: &Path, _: &Path) -> Result<()> {
    Ok(())
}
