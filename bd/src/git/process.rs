//! The one place that starts `git`.
//!
//! Inside a hook git sets variables that name its own repository, index and quarantine; every one of them would turn
//! our commands to the wrong place, so they are taken out. The working directory alone says which repository is meant,
//! which also leaves git's own refusal of repositories owned by others in force.

use super::GitError;
use super::redact::redact;
use crate::env::Env;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// Variables that bind git to one repository or change what its output means (`git rev-parse --local-env-vars` and
/// what hooks add). `GIT_CONFIG_COUNT` and `GIT_CONFIG_PARAMETERS` stay: they carry the user's `-c` settings.
const LOCAL: &[&str] = &[
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_ATTR_SOURCE",
    "GIT_CEILING_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
    "GIT_CURL_VERBOSE",
    "GIT_DEFAULT_HASH",
    "GIT_DEFAULT_REF_FORMAT",
    "GIT_DIR",
    "GIT_GLOB_PATHSPECS",
    "GIT_GRAFT_FILE",
    "GIT_ICASE_PATHSPECS",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_INDEX_VERSION",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_LITERAL_PATHSPECS",
    "GIT_NAMESPACE",
    "GIT_NOGLOB_PATHSPECS",
    "GIT_NO_LAZY_FETCH",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_QUARANTINE_PATH",
    "GIT_REFLOG_ACTION",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
    "LANGUAGE",
];

/// True for a variable that binds git to one repository or changes what its output means: a program that we start inside
/// of a hook, git or another, must not inherit it.
pub fn is_repo_local(name: &str) -> bool {
    LOCAL.contains(&name) || name.starts_with("GIT_TRACE") || name.starts_with("GIT_PUSH_OPTION")
}

/// Starts git for one repository.
pub(super) struct Runner {
    dir: PathBuf,
    env: Vec<(String, String)>,
    search: String,
    /// Nobody sits at a terminal: nothing may wait for an answer.
    pub unattended: bool,
    /// `BD_NETWORK_TIMEOUT`, in seconds.
    pub network_timeout: Option<u64>,
    git: OnceLock<Option<PathBuf>>,
}

/// What a finished `git` left.
pub(super) struct Output {
    /// Its exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// Standard output, untouched.
    pub stdout: Vec<u8>,
    /// Standard error, credentials removed.
    pub stderr: String,
}

impl Output {
    /// True if git exited with 0.
    pub fn ok(&self) -> bool {
        self.code == Some(0)
    }

    /// Standard output as text, without the last line end.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).trim_end_matches(['\n', '\r']).to_owned()
    }

    /// What git said about its failure: the fatal or error line if there is one, else all of it.
    pub fn why(&self) -> String {
        let said = self.stderr.trim();
        let line = said.lines().find(|l| l.starts_with("fatal: ") || l.starts_with("error: "));
        let line = line.map(|l| l.split_once(": ").map_or(l, |(_, rest)| rest));
        match (line, self.code) {
            (Some(line), _) => line.to_owned(),
            (None, _) if !said.is_empty() => said.to_owned(),
            (None, Some(code)) => format!("git exited with {code}"),
            (None, None) => "git was ended by a signal".to_owned(),
        }
    }

    /// The failure as an error that names the step.
    pub fn error(&self, step: &str) -> GitError {
        let why = self.why();
        if refused_format(&self.stderr) {
            return GitError::Unsupported(format!("this repository needs a newer git than the one on the PATH: {why}"));
        }
        if self.stderr.contains("detected dubious ownership") {
            return GitError::Unsupported(format!("{why}; git works in it only once `safe.directory` names it"));
        }
        GitError::Other(format!("git {step} failed: {why}"))
    }
}

/// True if git's words say that it does not know the format of this repository.
fn refused_format(stderr: &str) -> bool {
    [
        "unknown repository extension",
        "Expected git repo version",
        "unknown hash algorithm",
        "unknown ref storage format",
        "invalid value for 'extensions.",
    ]
    .iter()
    .any(|words| stderr.contains(words))
}

impl Runner {
    /// For the repository that git itself finds from `dir`.
    pub fn new(env: &Env, dir: &Path) -> Self {
        let mut vars: Vec<_> = env.vars().iter().filter(|(k, _)| !is_repo_local(k)).map(|(k, v)| (k.clone(), v.clone())).collect();
        for (name, value) in [("LC_ALL", "C"), ("GIT_TERMINAL_PROMPT", "0"), ("GIT_NO_REPLACE_OBJECTS", "1")] {
            vars.retain(|(k, _)| k != name);
            vars.push((name.to_owned(), value.to_owned()));
        }
        let search = env.var("PATH").unwrap_or_default().to_owned();
        let unattended = !env.stdin_tty && !env.stderr_tty;
        let network_timeout = env.var("BD_NETWORK_TIMEOUT").and_then(|t| t.parse().ok());
        Self { dir: dir.to_owned(), env: vars, search, unattended, network_timeout, git: OnceLock::new() }
    }

    /// True if the child will have this variable.
    pub fn has_var(&self, name: &str) -> bool {
        self.env.iter().any(|(k, v)| k == name && !v.is_empty())
    }

    /// Where `git` is; looked for once, in the PATH of the [`Env`] and nowhere else.
    pub fn program(&self) -> Result<&Path, GitError> {
        self.git.get_or_init(|| find_git(&self.search)).as_deref().ok_or(GitError::NoGit)
    }

    /// A `git` in this repository with a clean environment and nothing on its standard input.
    pub fn command(&self) -> Result<Command, GitError> {
        let mut command = Command::new(self.program()?);
        command.current_dir(&self.dir).env_clear().envs(self.env.iter().map(|(k, v)| (k, v)));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Ok(command)
    }

    /// Runs git to its end with `input` on its standard input.
    pub fn output<S: AsRef<std::ffi::OsStr>>(&self, args: &[S], input: &[u8]) -> Result<Output, GitError> {
        let mut command = self.command()?;
        command.args(args);
        finish(command, input)
    }

    /// Runs git to its end; its standard output if it exited with 0, else the error of `step`.
    pub fn ok<S: AsRef<std::ffi::OsStr>>(&self, step: &str, args: &[S], input: &[u8]) -> Result<Vec<u8>, GitError> {
        let out = self.output(args, input)?;
        if out.ok() { Ok(out.stdout) } else { Err(out.error(step)) }
    }
}

/// Runs a prepared command to its end. Input is fed from a thread of its own, because a pipe holds only so much: git
/// may block on its output before it has read all of its input.
pub(super) fn finish(mut command: Command, input: &[u8]) -> Result<Output, GitError> {
    if !input.is_empty() {
        command.stdin(Stdio::piped());
    }
    crate::failpoint!("git.child.before");
    let mut child = command.spawn().map_err(|e| spawn_error(&command, e))?;
    let stdin = child.stdin.take();
    let done = std::thread::scope(|scope| {
        if let Some(mut pipe) = stdin {
            // A git that has seen enough closes its end: its exit code says what that means.
            scope.spawn(move || pipe.write_all(input).is_ok());
        }
        child.wait_with_output()
    })
    .map_err(|e| GitError::Other(format!("git could not be waited for: {e}")))?;
    crate::failpoint!("git.child.after");
    let stderr = redact(&String::from_utf8_lossy(&done.stderr));
    Ok(Output { code: done.status.code(), stdout: done.stdout, stderr })
}

/// Why a command could not be started.
pub(super) fn spawn_error(command: &Command, source: std::io::Error) -> GitError {
    // A working directory that went away is "not found" as well: only a missing program means that there is no git.
    let here = command.get_current_dir().is_none_or(Path::is_dir);
    match source.kind() {
        ErrorKind::NotFound if here => GitError::NoGit,
        _ => GitError::Io { path: command.get_current_dir().map_or_else(|| command.get_program().into(), Path::to_owned), source },
    }
}

/// The first executable `git` in a PATH. Relative entries are passed over: they would let a checkout choose the program.
fn find_git(search: &str) -> Option<PathBuf> {
    let name = if cfg!(windows) { "git.exe" } else { "git" };
    std::env::split_paths(search).filter(|dir| dir.is_absolute()).map(|dir| dir.join(name)).find(|path| is_executable(path))
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    path.is_file()
}
