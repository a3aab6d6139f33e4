//! A world of its own for one test: folders, variables, clock, ids, remotes.

use crate::outside;
use crate::{Cmd, Forge, Work};
use jiff::{SignedDuration, Timestamp};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tempfile::TempDir;

/// What a sandbox may have that is not the default.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where ids begin. Two sandboxes with one seed that run the same commands make the same ids.
    pub seed: u64,
    /// What the clock says before the first command; every command adds a second.
    pub start: Timestamp,
    /// git settings beside (or instead of) the usual ones, for every command.
    pub config: Vec<(String, String)>,
    /// Variables beside the usual ones.
    pub env: Vec<(String, String)>,
    /// Prefer a file system in memory: for tests that make thousands of repositories.
    pub in_memory: bool,
}

impl Default for Options {
    fn default() -> Self {
        let start = "2026-03-01T09:00:00Z".parse().unwrap_or(Timestamp::UNIX_EPOCH);
        Self { seed: 1, start, config: Vec::new(), env: Vec::new(), in_memory: false }
    }
}

impl Options {
    /// Adds a git setting.
    #[must_use]
    pub fn config(mut self, key: &str, value: &str) -> Self {
        self.config.push((key.to_owned(), value.to_owned()));
        self
    }

    /// Makes the sandbox.
    pub fn build(self) -> Sandbox {
        Sandbox::with(self)
    }
}

/// A temporary folder in which nothing of the machine is seen but `git`: own HOME and TMPDIR, no system or user
/// configuration, a clock and ids that advance by one with every command. It is removed when the last handle goes.
#[derive(Clone)]
pub struct Sandbox {
    inner: Arc<Inner>,
}

struct Inner {
    root: PathBuf,
    _dir: Option<TempDir>,
    git: PathBuf,
    path: std::ffi::OsString,
    options: Options,
    commands: AtomicU64,
}

/// git settings of every command. Above the repository's own configuration, so nothing in a test depends on the machine.
const CONFIG: &[(&str, &str)] = &[
    ("init.defaultBranch", "main"),
    ("protocol.file.allow", "always"),
    ("commit.gpgSign", "false"),
    ("gc.auto", "0"),
    ("maintenance.auto", "false"),
    ("core.pager", "cat"),
    ("advice.detachedHead", "false"),
];

impl Default for Sandbox {
    fn default() -> Self {
        Self::new()
    }
}

impl Sandbox {
    /// A sandbox with the usual settings.
    pub fn new() -> Self {
        Self::with(Options::default())
    }

    /// A sandbox with settings of its own. `BD_TEST_KEEP=1` leaves the folder behind, to look into it.
    pub fn with(options: Options) -> Self {
        let mut builder = tempfile::Builder::new();
        let builder = builder.prefix("bd-test-");
        let in_memory = options.in_memory.then(|| builder.tempdir_in("/dev/shm").ok()).flatten();
        let dir = in_memory.unwrap_or_else(|| builder.tempdir().expect("a temporary folder"));
        // The real path: /tmp may be a link, and git prints real paths.
        let root = dir.path().canonicalize().expect("the temporary folder");
        let dir = if outside::setting("BD_TEST_KEEP").is_some() {
            let _kept = dir.keep();
            None
        } else {
            Some(dir)
        };
        for name in ["home", "tmp", "bin", "empty"] {
            std::fs::create_dir(root.join(name)).expect("a folder in the sandbox");
        }
        #[cfg(unix)]
        for (name, binary) in [
            ("bd", outside::binary()),
            ("bd-gate", outside::binary_of("bd-gate-under-test")),
            ("gt", outside::binary_of("gt-under-test")),
        ] {
            std::os::unix::fs::symlink(binary, root.join("bin").join(name)).expect("a link to a binary under test");
        }
        let git = outside::find_program("git").expect("git on the PATH");
        let path = outside::path_for(&root.join("bin"), &git);
        Self { inner: Arc::new(Inner { root, _dir: dir, git, path, options, commands: AtomicU64::new(0) }) }
    }

    /// The folder of the sandbox.
    pub fn root(&self) -> &Path {
        &self.inner.root
    }

    /// A path in the sandbox.
    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.inner.root.join(name)
    }

    /// The folder that comes first on every command's PATH: put fake programs and plugins here.
    pub fn bin(&self) -> PathBuf {
        self.path("bin")
    }

    /// `bd` anywhere; see [`Work::cmd`] for the usual way.
    pub fn bd_in(&self, dir: &Path, actor: &str, args: &[&str]) -> Cmd {
        self.command(&self.path("bin/bd"), dir, actor, args)
    }

    /// `git` anywhere.
    pub fn git_in(&self, dir: &Path, actor: &str, args: &[&str]) -> Cmd {
        self.command(&self.inner.git, dir, actor, args)
    }

    /// Any program of the sandbox's `bin`, of git's folder or of the system.
    pub fn program_in(&self, program: &Path, dir: &Path, actor: &str, args: &[&str]) -> Cmd {
        self.command(program, dir, actor, args)
    }

    /// A repository of its own, without a remote, with one commit.
    pub fn repo(&self, name: &str) -> Work {
        let work = self.empty_repo(name);
        work.write("README.md", "# A project\n");
        work.commit_all("First commit");
        work
    }

    /// A repository without any commit.
    pub fn empty_repo(&self, name: &str) -> Work {
        let path = self.path(name);
        std::fs::create_dir_all(&path).expect("a folder in the sandbox");
        let work = Work::new(self.clone(), path, name);
        work.git(&["init", "--quiet"]).ok();
        work
    }

    /// A bare remote whose `main` has one commit.
    pub fn remote(&self, name: &str) -> Remote {
        let remote = self.empty_remote(name);
        let tree = remote.git(&["write-tree"]).line();
        let commit = remote.git(&["commit-tree", "-m", "First commit", &tree]).line();
        remote.git(&["update-ref", "refs/heads/main", &commit]).ok();
        remote
    }

    /// A bare remote without any branch.
    pub fn empty_remote(&self, name: &str) -> Remote {
        let path = self.path(format!("{name}.git"));
        std::fs::create_dir_all(&path).expect("a folder in the sandbox");
        self.git_in(&path, "forge", &["init", "--quiet", "--bare"]).run().ok();
        Remote { sandbox: self.clone(), path }
    }

    /// The usual world: a bare remote and two clones with a store that is published, `ann` (who made it) and `bob`.
    pub fn two_clones(&self) -> (Remote, Work, Work) {
        let remote = self.remote("origin");
        let ann = remote.clone_as("ann");
        ann.bd(&["init", "--publish"]).ok();
        ann.git(&["push", "--quiet", "origin", "HEAD"]).ok();
        ann.bd(&["sync"]).ok();
        let bob = remote.clone_as("bob");
        bob.bd(&["init", "--publish"]).ok();
        bob.bd(&["sync"]).ok();
        (remote, ann, bob)
    }

    /// How many commands were started.
    pub fn commands(&self) -> u64 {
        self.inner.commands.load(Ordering::SeqCst)
    }

    fn command(&self, program: &Path, dir: &Path, actor: &str, args: &[&str]) -> Cmd {
        let inner = &self.inner;
        let number = inner.commands.fetch_add(1, Ordering::SeqCst) + 1;
        let now = inner.options.start.saturating_add(SignedDuration::from_secs(number as i64)).unwrap_or(inner.options.start);
        let mut cmd = Cmd::new(self.clone(), program, dir, args, now);
        let home = self.path("home");
        let tmp = self.path("tmp");
        let set: [(&str, &std::ffi::OsStr); 14] = [
            ("PATH", &inner.path),
            ("HOME", home.as_os_str()),
            ("TMPDIR", tmp.as_os_str()),
            ("LC_ALL", "C.UTF-8".as_ref()),
            ("TZ", "UTC".as_ref()),
            ("TERM", "dumb".as_ref()),
            ("COLUMNS", "100".as_ref()),
            ("GIT_CONFIG_SYSTEM", "/dev/null".as_ref()),
            ("GIT_CONFIG_GLOBAL", "/dev/null".as_ref()),
            ("GIT_TERMINAL_PROMPT", "0".as_ref()),
            ("GIT_EDITOR", "true".as_ref()),
            ("GIT_CEILING_DIRECTORIES", inner.root.as_os_str()),
            ("GIT_MERGE_AUTOEDIT", "no".as_ref()),
            ("GIT_ADVICE", "0".as_ref()),
        ];
        for (key, value) in set {
            cmd = cmd.env(key, value);
        }
        cmd = cmd.env("GIT_TEMPLATE_DIR", self.path("empty"));
        // git counts in seconds since 1970; `@` makes one-digit numbers unambiguous.
        let date = format!("@{} +0000", now.as_second());
        cmd = cmd.env("GIT_AUTHOR_DATE", &date).env("GIT_COMMITTER_DATE", &date);
        cmd = cmd.env("BD_NOW", now.to_string()).env("BD_SEED", (inner.options.seed.wrapping_mul(1 << 24) + number).to_string());
        let identity = [("user.name".to_owned(), actor.to_owned()), ("user.email".to_owned(), format!("{actor}@example.test"))];
        let usual = CONFIG.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        for (key, value) in identity.into_iter().chain(usual).chain(inner.options.config.iter().cloned()) {
            cmd = cmd.config(&key, &value);
        }
        for (key, value) in &inner.options.env {
            cmd = cmd.env(key, value);
        }
        cmd
    }
}

/// A bare repository that plays the forge: reached over `file://`, without hooks or configuration.
#[derive(Clone)]
pub struct Remote {
    sandbox: Sandbox,
    path: PathBuf,
}

impl Remote {
    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its URL.
    pub fn url(&self) -> String {
        format!("file://{}", self.path.display())
    }

    /// Runs git in it.
    pub fn git(&self, args: &[&str]) -> crate::Output {
        self.sandbox.git_in(&self.path, "forge", args).run()
    }

    /// A command of git in it, to be shaped first.
    pub fn git_cmd(&self, args: &[&str]) -> Cmd {
        self.sandbox.git_in(&self.path, "forge", args)
    }

    /// The tip of a branch.
    pub fn tip(&self, branch: &str) -> Option<String> {
        let out = self.git(&["rev-parse", "--verify", "--quiet", &format!("refs/heads/{branch}^{{commit}}")]);
        (out.code() == 0).then(|| out.line())
    }

    /// A clone of it, named and owned by an actor.
    pub fn clone_as(&self, name: &str) -> Work {
        self.clone_with(name, &[])
    }

    /// A clone with further flags (`--depth=1`, `--filter=blob:none`, `--bare`, …).
    pub fn clone_with(&self, name: &str, flags: &[&str]) -> Work {
        let path = self.sandbox.path(name);
        let (url, target) = (self.url(), path.display().to_string());
        let args: Vec<&str> = ["clone", "--quiet"].iter().chain(flags).copied().chain([url.as_str(), target.as_str()]).collect();
        self.sandbox.git_in(self.sandbox.root(), name, &args).run().ok();
        Work::new(self.sandbox.clone(), path, name)
    }

    /// What a forge does with a pull request.
    pub fn forge(&self) -> Forge<'_> {
        Forge::new(self)
    }
}
