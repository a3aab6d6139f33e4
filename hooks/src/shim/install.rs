//! Installing and taking out.

use super::{Beside, Layer, ask, files};
use bd::env::Env;
use bd::error::{Error, ErrorKind, Result};
use bd::git::Git;
use std::path::{Path, PathBuf};

/// What happened to one hook.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Changed {
    /// The hook.
    pub hook: &'static str,
    /// What was done.
    pub what: String,
}

impl Changed {
    /// A line of the report.
    pub fn new(hook: &'static str, what: &str) -> Self {
        Self { hook, what: what.to_owned() }
    }
}

/// How hooks get in here.
#[derive(Clone, Debug)]
pub enum Way {
    /// Into git's own folder.
    Beside(Beside),
    /// In front of somebody's folder.
    Layer(Layer, PathBuf),
}

/// Which way it is here: nobody's folder, or somebody's.
///
/// # Errors
/// A bare repository; hooks that somebody has switched off by pointing `core.hooksPath` at what is no folder.
pub fn find(git: &dyn Git) -> Result<Way> {
    let top = ask::work_dir(git)?;
    let common = &git.paths().common_dir;
    let layer = Layer::new(common);
    let own = common.join("hooks");
    let Some(set) = layer.under(git) else {
        // A link leads to somebody's folder, perhaps a tracked one.
        let linked = own.symlink_metadata().is_ok_and(|m| m.is_symlink());
        return Ok(if linked { Way::Layer(layer, own) } else { Way::Beside(Beside::new(own)) });
    };
    let folder = top.join(&set);
    if files::is_there(&folder) && !folder.is_dir() {
        return Err(Error::new(
            ErrorKind::Environment,
            format!("core.hooksPath is {}, which is no folder: somebody has switched hooks off here", set.display()),
        )
        .hint("`git config --show-origin --get-all core.hooksPath` shows where. Take it out there, then install again"));
    }
    Ok(Way::Layer(layer, folder))
}

/// Installs the hooks, or brings those that are there up to date.
///
/// # Errors
/// As [`find`]; a folder that cannot be written, and then nothing was changed.
pub fn install(git: &dyn Git, env: &Env) -> Result<(Way, Vec<Changed>)> {
    let binary = ask::binary(env)?;
    let way = find(git)?;
    let changed = match &way {
        Way::Beside(beside) => {
            let changed = beside.install(&binary)?;
            // Somebody's folder that we stood in front of is gone.
            Layer::new(&git.paths().common_dir).uninstall(git)?;
            changed
        }
        Way::Layer(layer, under) => {
            let changed = layer.install(git, &binary)?;
            forget_beside(git, under)?;
            changed
        }
    };
    Ok((way, changed))
}

/// Shims in git's own folder are of no use below ours.
fn forget_beside(git: &dyn Git, under: &Path) -> Result<()> {
    let beside = Beside::new(git.paths().common_dir.join("hooks"));
    if files::is_there(&beside.before) && under != beside.hooks {
        beside.uninstall()?;
    }
    Ok(())
}

/// Takes out whatever is ours; what was there before is there again.
///
/// # Errors
/// A folder or a configuration that cannot be written.
pub fn uninstall(git: &dyn Git) -> Result<Vec<Changed>> {
    ask::work_dir(git)?;
    let common = &git.paths().common_dir;
    let mut changed = Layer::new(common).uninstall(git)?;
    changed.extend(Beside::new(common.join("hooks")).uninstall()?);
    Ok(changed)
}
