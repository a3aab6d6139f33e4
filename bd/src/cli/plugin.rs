//! Commands that others add: `bd NAME` runs `bd-NAME`, as git does (and `gt NAME` runs `gt-NAME`).

use super::globals::Globals;
use crate::env::Env;
use crate::error::{Error, ErrorKind, Result};
use crate::ui::Printer;
use std::path::{Path, PathBuf};

/// The program of a plugin: next to the running executable, else on the PATH. Never in the working tree by itself.
pub fn find(env: &Env, own: &str, name: &str) -> Option<PathBuf> {
    let plain =
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_') && !name.starts_with('-');
    if !plain {
        return None;
    }
    find_file(env, own, &format!("{own}-{name}{}", std::env::consts::EXE_SUFFIX))
}

/// One of our own programs, by its name: next to `bd`, else on the PATH.
pub fn program(env: &Env, name: &'static str) -> Option<PathBuf> {
    find_file(env, "bd", &format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

fn find_file(env: &Env, own: &str, file: &str) -> Option<PathBuf> {
    // Beside us only where we are installed as ourselves: a build folder holds programs of other builds under our plugins' names.
    let ours = |exe: &PathBuf| exe.file_stem().is_some_and(|stem| stem == own || stem == "gt");
    let here = std::env::current_exe().ok().filter(ours).and_then(|exe| Some(exe.parent()?.join(file)));
    let path = env.var("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(path).filter(|dir| dir.is_absolute()).map(|dir| dir.join(file));
    here.into_iter().chain(on_path).find(|path| is_program(path))
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.is_file()
}

/// Runs it in our place; returns its exit code. Global flags that it may want to know stand before its own.
pub fn run(env: &Env, program: &Path, args: &[String], globals: &Globals, printer: &mut Printer<'_>) -> Result<u8> {
    printer.finish()?;
    let mut command = std::process::Command::new(program);
    command.args(globals.before_args()).args(args).current_dir(&env.cwd);
    let status = command.status().map_err(|e| Error::new(ErrorKind::Environment, format!("{}: {e}", program.display())))?;
    Ok(status.code().map_or(ErrorKind::Interrupted.exit_code(), |code| code as u8))
}

/// Asks it something: its exit code (`None` = a signal ended it) and what it printed. What it says beside goes where ours goes.
pub(super) fn ask(env: &Env, program: &Path, words: &[&str]) -> Result<(Option<i32>, String)> {
    let mut command = std::process::Command::new(program);
    command.args(words).current_dir(&env.cwd).stdin(std::process::Stdio::null()).stderr(std::process::Stdio::inherit());
    let out = command.output().map_err(|e| Error::new(ErrorKind::Gate, format!("{}: {e}", program.display())))?;
    Ok((out.status.code(), String::from_utf8_lossy(&out.stdout).into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn names_that_could_leave_the_path_find_nothing() {
        let env = Env::new("/".into(), BTreeMap::from([("PATH".into(), "/bin:.".into())]));
        for name in ["", "../x", "a/b", "-x", "no-such-plugin-anywhere", "x y"] {
            assert_eq!(find(&env, "bd", name), None, "{name}");
        }
    }
}
