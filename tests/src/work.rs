//! A clone, a linked worktree or a lone repository: where a test stands when it types.

use crate::{Cmd, Output, Sandbox};
use std::path::{Path, PathBuf};

/// A working tree with the actor who works in it.
#[derive(Clone)]
pub struct Work {
    sandbox: Sandbox,
    path: PathBuf,
    actor: String,
}

impl Work {
    /// A handle for a folder that is (or will be) a working tree.
    pub fn new(sandbox: Sandbox, path: PathBuf, actor: &str) -> Self {
        Self { sandbox, path, actor: actor.to_owned() }
    }

    /// The sandbox that it is in.
    pub fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }

    /// Its folder.
    pub fn dir(&self) -> &Path {
        &self.path
    }

    /// Who works here.
    pub fn actor(&self) -> &str {
        &self.actor
    }

    /// The same place, another actor.
    #[must_use]
    pub fn acting_as(&self, actor: &str) -> Self {
        Self { actor: actor.to_owned(), ..self.clone() }
    }

    /// A folder below, as the place to stand.
    #[must_use]
    pub fn below(&self, folder: &str) -> Self {
        Self { path: self.path.join(folder), ..self.clone() }
    }

    /// Runs `bd`.
    pub fn bd(&self, args: &[&str]) -> Output {
        self.cmd(args).run()
    }

    /// A `bd` command to be shaped first: variables, standard input, a failpoint; then `run` or `spawn`.
    pub fn cmd(&self, args: &[&str]) -> Cmd {
        self.sandbox.bd_in(&self.path, &self.actor, args)
    }

    /// A `bd-gate` command: as `bd` calls its plugin, and as a hook does.
    pub fn gate_cmd(&self, args: &[&str]) -> Cmd {
        self.sandbox.program_in(&self.sandbox.bin().join("bd-gate"), &self.path, &self.actor, args)
    }

    /// Runs `gt`.
    pub fn gt(&self, args: &[&str]) -> Output {
        self.gt_cmd(args).run()
    }

    /// A `gt` command to be shaped first.
    pub fn gt_cmd(&self, args: &[&str]) -> Cmd {
        self.sandbox.program_in(&self.sandbox.bin().join("gt"), &self.path, &self.actor, args)
    }

    /// Runs `git`.
    pub fn git(&self, args: &[&str]) -> Output {
        self.git_cmd(args).run()
    }

    /// A `git` command to be shaped first.
    pub fn git_cmd(&self, args: &[&str]) -> Cmd {
        self.sandbox.git_in(&self.path, &self.actor, args)
    }

    /// `bd create TITLE FLAGS --json`; the new bead's id.
    pub fn create(&self, title: &str, flags: &[&str]) -> String {
        let args: Vec<&str> = ["create", title].iter().chain(flags).copied().chain(["--json"]).collect();
        let json = self.bd(&args).json();
        json["id"].as_str().unwrap_or_else(|| panic!("no id in {json}")).to_owned()
    }

    /// `bd show ID --json`; the one record.
    pub fn show(&self, id: &str) -> serde_json::Value {
        let json = self.bd(&["show", id, "--json"]).json();
        match json {
            serde_json::Value::Array(mut rows) if rows.len() == 1 => rows.remove(0),
            other => other,
        }
    }

    /// A path in the working tree.
    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.path.join(name)
    }

    /// Writes a file, with the folders above it.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path.join(name);
        if let Some(above) = path.parent() {
            std::fs::create_dir_all(above).expect("a folder in the working tree");
        }
        std::fs::write(&path, content).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    }

    /// Reads a file as text.
    pub fn read(&self, name: &str) -> String {
        let path = self.path.join(name);
        std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
    }

    /// True if there is something at this path.
    pub fn exists(&self, name: &str) -> bool {
        self.path.join(name).symlink_metadata().is_ok()
    }

    /// Adds everything and commits it; the commit.
    pub fn commit_all(&self, message: &str) -> String {
        self.git(&["add", "--all"]).ok();
        self.git(&["commit", "--quiet", "--message", message]).ok();
        self.rev("HEAD")
    }

    /// Writes one file and commits it alone; the commit.
    pub fn commit_file(&self, name: &str, content: &str) -> String {
        self.write(name, content);
        self.git(&["add", "--", name]).ok();
        self.git(&["commit", "--quiet", "--message", &format!("Change {name}"), "--", name]).ok();
        self.rev("HEAD")
    }

    /// The object that a revision names.
    pub fn rev(&self, rev: &str) -> String {
        self.git(&["rev-parse", "--verify", rev]).line()
    }

    /// The object that a revision names, if there is one.
    pub fn try_rev(&self, rev: &str) -> Option<String> {
        let out = self.git(&["rev-parse", "--verify", "--quiet", rev]);
        (out.code() == 0).then(|| out.line())
    }

    /// A new linked worktree on a new branch, next to this one, with an actor of its own.
    #[must_use]
    pub fn worktree(&self, name: &str, branch: &str) -> Self {
        let path = self.sandbox.path(name);
        let target = path.display().to_string();
        self.git(&["worktree", "add", "--quiet", "-b", branch, &target]).ok();
        Self { sandbox: self.sandbox.clone(), path, actor: name.to_owned() }
    }

    /// The folder of git that all worktrees share.
    pub fn common_dir(&self) -> PathBuf {
        let own = self.path.join(".git");
        // A process less where the answer is plain.
        if own.is_dir() {
            return own;
        }
        self.path.join(self.git(&["rev-parse", "--git-common-dir"]).line())
    }

    /// This clone's own folder of the store.
    pub fn beads_dir(&self) -> PathBuf {
        self.common_dir().join("beads")
    }

    /// Everything that a user calls "my work" and that no command of ours may touch: HEAD, branches, the index,
    /// status, staged and unstaged differences outside `.beads/`. Compare before and after.
    pub fn user_state(&self) -> String {
        let mut all = String::new();
        for args in [
            &["symbolic-ref", "--quiet", "HEAD"][..],
            &["for-each-ref", "refs/heads", "refs/tags", "refs/stash"],
            &["ls-files", "--stage", "--", ":!.beads"],
            &["status", "--porcelain=v2", "--untracked-files=all", "--", ":!.beads"],
            &["diff", "--cached", "--binary", "--", ":!.beads"],
            &["diff", "--binary", "--", ":!.beads"],
        ] {
            let out = self.git_cmd(args).env("GIT_OPTIONAL_LOCKS", "0").run();
            all.extend(["$ git ", &args.join(" "), "\n", out.stdout()]);
        }
        all
    }
}
