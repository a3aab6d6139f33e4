//! Questions that only git itself can answer.

use bd::env::Env;
use bd::error::{Error, ErrorKind, Result};
use bd::git::Git;
use std::path::{Path, PathBuf};

/// Every value of `core.hooksPath`, as git reads paths, the one in force last.
pub fn hooks_paths(git: &dyn Git) -> Vec<PathBuf> {
    // Exit 1 = there is none.
    let values = git.run(&["config", "--type=path", "--get-all", "core.hooksPath"]).unwrap_or_default();
    values.lines().filter(|l| !l.is_empty()).map(PathBuf::from).collect()
}

/// The folder from which git runs hooks here: its own answer, absolute.
///
/// # Errors
/// git does not say.
pub fn hooks_folder(git: &dyn Git) -> Result<PathBuf> {
    let said = git.run(&["rev-parse", "--git-path", "hooks"])?;
    Ok(work_dir(git)?.join(said.trim_end_matches(['\n', '\r'])))
}

/// The top of the working tree.
///
/// # Errors
/// A bare repository: nobody commits in it, and hooks of its own are the server's.
pub fn work_dir(git: &dyn Git) -> Result<&Path> {
    git.paths().work_dir.as_deref().ok_or_else(|| {
        Error::new(ErrorKind::Environment, "this is a bare repository: nobody commits in it, so it gets no hooks")
            .hint("Go into a clone or a worktree of it. On a server, CI gives the same verdicts: `bd gate check RANGE`")
    })
}

/// This program as a shim should call it: by the name on the PATH that leads to it, which outlives an upgrade, else by its own.
///
/// # Errors
/// The system does not say which program this is.
pub fn binary(env: &Env) -> Result<String> {
    let own = env.executable().ok_or_else(|| Error::internal("this program does not know where it is"))?;
    let real = own.canonicalize().unwrap_or_else(|_| own.clone());
    let name = format!("bd-gate{}", std::env::consts::EXE_SUFFIX);
    let path = env.var("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(path).filter(|d| d.is_absolute()).map(|d| d.join(&name));
    let found = on_path.into_iter().find(|p| p.canonicalize().is_ok_and(|p| p == real)).unwrap_or(own);
    found.to_str().map(str::to_owned).ok_or_else(|| {
        Error::usage(format!("`{}` is not UTF-8, so no hook can name it", found.display())).hint("Install bd-gate somewhere else")
    })
}
