//! A prepared world that is put back after every kill.

use bd_tests::{Cmd, Options, Output, Remote, Sandbox, Work};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The time and the seed of the command that is killed: the same in every run, so that its events are the same.
const SEED: &str = "424242";
const NOW: &str = "2026-04-01T12:00:00Z";

/// Where commands note the failpoints that they pass.
pub fn log(sandbox: &Sandbox) -> PathBuf {
    sandbox.path("tmp/failpoints")
}

/// The failpoints that were passed since the last call, in order.
pub fn passed(sandbox: &Sandbox) -> Vec<String> {
    let text = std::fs::read_to_string(log(sandbox)).unwrap_or_default();
    let _gone = std::fs::remove_file(log(sandbox));
    text.lines().map(str::to_owned).collect()
}

/// Sets the time of a lock file, if it is there, back by a minute: a lock of a dead process is respected for ten seconds.
pub fn age(lock: &Path) {
    if let Ok(file) = std::fs::File::options().write(true).open(lock) {
        let then = file.metadata().and_then(|m| m.modified()).expect("a time") - std::time::Duration::from_secs(60);
        file.set_modified(then).expect("its time can be set");
    }
}

/// Two clones and their remote, with a copy of all three.
pub struct Stage {
    pub sandbox: Sandbox,
    pub remote: Remote,
    pub ann: Work,
    /// A bead that everybody knows.
    pub bead: String,
    /// Another one.
    pub other: String,
}

impl Stage {
    /// Makes the world: two published beads, news from bob on the remote, an unpublished bead of ann's, a branch with code.
    pub fn new() -> Self {
        let sandbox = Options { in_memory: true, ..Options::default() }.build();
        let (remote, ann, bob) = sandbox.two_clones();
        let bead = ann.create("Everybody knows it", &["-d", "words"]);
        let other = ann.create("This too", &[]);
        ann.bd(&["sync"]).ok();
        bob.bd(&["sync"]).ok();
        bob.bd(&["comment", &bead, "News from bob"]).ok();
        bob.create("Made by bob", &[]);
        bob.bd(&["sync"]).ok();
        ann.git(&["switch", "--quiet", "--create", "feature"]).ok();
        ann.commit_file("code.txt", "code\n");
        ann.bd(&["comment", &other, "Not published"]).ok();
        Self::of(sandbox, remote, ann, [bead, other])
    }

    /// A world that is made already: clones and remote are where the usual ones are.
    pub fn of(sandbox: Sandbox, remote: Remote, ann: Work, [bead, other]: [String; 2]) -> Self {
        let stage = Self { sandbox, remote, ann, bead, other };
        stage.keep();
        stage
    }

    fn copy(&self, from: &str, to: &str) {
        let root = self.sandbox.root();
        for name in ["ann", "bob", "origin.git"] {
            let place = |kind: &str| if kind == "live" { root.join(name) } else { root.join("saved").join(name) };
            let (from, to) = (place(from), place(to));
            if !from.exists() {
                continue;
            }
            let _not_there = std::fs::remove_dir_all(&to);
            std::fs::create_dir_all(to.parent().unwrap_or(root)).expect("a folder in the sandbox");
            let args = ["-a", &from.display().to_string(), &to.display().to_string()];
            self.sandbox.program_in(Path::new("cp"), root, "stage", &args).run().ok();
        }
    }

    /// Everything as it was when the stage was made.
    pub fn put_back(&self) {
        self.copy("saved", "live");
    }

    /// Makes what is there now the state that is put back.
    pub fn keep(&self) {
        self.copy("live", "saved");
    }

    /// Runs the command in question, killed at a point or not; its failpoints go to a log.
    pub fn act(&self, args: &[&str], input: &str, point: Option<&str>) -> Output {
        self.shaped(self.ann.cmd(args), point).stdin(input).run()
    }

    /// A command of one's own making as the one in question: its ids and its time, its failpoints noted, killed at a point or not.
    pub fn shaped(&self, cmd: Cmd, point: Option<&str>) -> Cmd {
        let cmd = cmd.env("BD_SEED", SEED).now(NOW).env("BD_FAILPOINT_LOG", log(&self.sandbox));
        match point {
            Some(point) => cmd.fail_at(point),
            None => cmd,
        }
    }

    /// The failpoints that were passed since the last call, in order.
    pub fn passed(&self) -> Vec<String> {
        passed(&self.sandbox)
    }

    /// Every event line that ann's clone has: state ref, journal, fetched branch.
    pub fn lines(&self) -> BTreeSet<String> {
        let mut out = BTreeSet::new();
        for name in ["refs/beads/state", "refs/remotes/origin/beads"] {
            let grep = self.ann.git(&["grep", "--no-color", "-h", "-a", "-e", "^ *{", name, "--", ".beads/events"]);
            out.extend(grep.stdout().lines().map(|l| l.trim_start().to_owned()));
        }
        let journal = std::fs::read(self.ann.beads_dir().join("journal")).unwrap_or_default();
        out.extend(String::from_utf8_lossy(&journal).lines().filter(|l| l.starts_with('{')).map(str::to_owned));
        out
    }

    /// A file as it was when the world was kept.
    pub fn kept(&self, name: &str) -> Option<Vec<u8>> {
        std::fs::read(self.sandbox.root().join("saved/ann").join(name)).ok()
    }

    /// Lock files and half-made files below git's folder.
    pub fn leftovers(&self) -> Vec<PathBuf> {
        let (mut out, mut dirs) = (Vec::new(), vec![self.ann.common_dir()]);
        while let Some(dir) = dirs.pop() {
            for path in std::fs::read_dir(dir).into_iter().flatten().flatten().map(|e| e.path()) {
                if path.is_dir() {
                    dirs.push(path);
                } else if path.extension().is_some_and(|e| e == "lock" || e == "new") {
                    out.push(path);
                }
            }
        }
        out
    }

    /// What the remote has.
    pub fn published(&self) -> BTreeSet<String> {
        let grep = self.remote.git(&["grep", "--no-color", "-h", "-a", "-e", "^ *{", "refs/heads/beads", "--", ".beads/events"]);
        grep.stdout().lines().map(|l| l.trim_start().to_owned()).collect()
    }
}
