//! A world in which every writing verb has something to do, and the verbs.

use crate::records;
use bd_tests::{Cmd, Options, Output, Remote, Sandbox, Work};
use std::path::{Path, PathBuf};

/// A writing verb: its words (names in capitals stand for beads of [`World`]) and its standard input.
pub struct Verb {
    /// The words.
    pub words: &'static [&'static str],
    /// Standard input.
    pub input: &'static str,
    /// True if it does more than write events here: the branch, the remote or files change as well, step by step.
    pub steps: bool,
    /// What completes it where it was refused half-way; the same words again if there is nothing here.
    pub again: &'static [&'static str],
}

const fn verb(words: &'static [&'static str]) -> Verb {
    Verb { words, input: "", steps: false, again: &[] }
}

const fn steps(words: &'static [&'static str]) -> Verb {
    Verb { words, input: "", steps: true, again: &[] }
}

/// Every verb that writes.
pub const VERBS: &[Verb] = &[
    verb(&["create", "A new bead", "-l", "red", "-d", "with words"]),
    verb(&["q", "A quick one"]),
    verb(&["create", "A private one", "--ephemeral"]),
    verb(&["update", "OPEN", "--title", "Another title", "-p", "0"]),
    verb(&["claim", "OPEN"]),
    verb(&["release", "CLAIMED"]),
    verb(&["close", "OPEN", "--reason", "done"]),
    verb(&["reopen", "CLOSED"]),
    verb(&["delete", "OPEN", "--force"]),
    verb(&["restore", "DELETED"]),
    verb(&["label", "add", "OPEN", "green"]),
    verb(&["dep", "add", "OPEN", "CLAIMED"]),
    verb(&["comment", "OPEN", "A comment"]),
    verb(&["note", "OPEN", "A note"]),
    verb(&["undo"]),
    verb(&["remember", "The build is slow", "--key", "build"]),
    verb(&["forget", "known"]),
    // What it says when it is refused: the redaction holds, and sync takes the text out.
    Verb { words: &["redact", "OPEN", "--containing", "sw0rdfish"], input: "", steps: true, again: &["sync", "--flush-only"] },
    Verb { words: &["batch"], input: "create \"One\"\ncreate \"Two\"\ncomment OPEN three\n", steps: false, again: &[] },
    verb(&["import", "in.jsonl"]),
    verb(&["ready", "--claim"]),
    steps(&["config", "set", "guard.replace", "refuse"]),
    steps(&["setup", "agents"]),
    steps(&["ride", "--all"]),
    steps(&["pack"]),
    steps(&["sync"]),
    steps(&["claim", "OPEN", "--push"]),
];

/// A clone (with a remote) in a folder of its own, to which every verb can be done, and which can be put back.
pub struct World {
    /// The sandbox.
    pub sandbox: Sandbox,
    /// The remote.
    pub remote: Remote,
    /// The clone.
    pub ann: Work,
    /// What the names in capitals stand for.
    pub names: Vec<(&'static str, String)>,
    disk: PathBuf,
}

impl World {
    /// Makes it in `disk`, a folder below the sandbox's root.
    pub fn new(disk: impl FnOnce(&Path)) -> Self {
        let sandbox = Options { in_memory: true, ..Options::default() }.build();
        let folder = sandbox.path("disk");
        std::fs::create_dir(&folder).unwrap();
        disk(&folder);
        std::fs::create_dir(folder.join("tmp")).unwrap();
        let remote = sandbox.remote("origin");
        let ann = remote.clone_as("disk/ann");
        let ann = Work::new(sandbox.clone(), ann.dir().to_owned(), "ann");
        ann.bd(&["init", "--publish", "--prefix", "t"]).ok();
        ann.git(&["push", "--quiet", "origin", "HEAD"]).ok();
        ann.git(&["switch", "--quiet", "--create", "feature"]).ok();
        let open = ann.create("An open bead", &["-p", "1"]);
        let claimed = ann.create("A claimed bead", &[]);
        let closed = ann.create("A closed bead", &[]);
        let deleted = ann.create("A deleted bead", &[]);
        ann.bd(&["sync"]).ok();
        let bob = remote.clone_as("bob");
        bob.bd(&["comment", &claimed, "news"]).ok();
        bob.bd(&["sync"]).ok();
        ann.bd(&["remember", "Known before", "--key", "known"]).ok();
        ann.bd(&["comment", &open, "The word is sw0rdfish"]).ok();
        ann.bd(&["claim", &claimed]).ok();
        ann.bd(&["close", &closed]).ok();
        ann.bd(&["delete", &deleted, "--force"]).ok();
        let record =
            r#"{"id":"t-imported","title":"Imported","created_at":"2025-01-01T00:00:00Z","updated_at":"2025-01-01T00:00:00Z"}"#;
        ann.write("in.jsonl", format!("{record}\n"));
        let names = vec![("OPEN", open.clone()), ("CLAIMED", claimed), ("CLOSED", closed), ("DELETED", deleted)];
        end_at_a_page(&ann, &open);
        let world = Self { sandbox, remote, ann, names, disk: folder };
        world.copy(&world.disk.join("ann"), &world.sandbox.path("saved/ann"));
        world.copy(world.remote.path(), &world.sandbox.path("saved/origin.git"));
        world
    }

    fn copy(&self, from: &Path, to: &Path) {
        let _not_there = std::fs::remove_dir_all(to);
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        let args = ["-a", &from.display().to_string(), &to.display().to_string()];
        self.sandbox.program_in(Path::new("cp"), self.sandbox.root(), "world", &args).run().ok();
    }

    /// Everything is as it was in the beginning.
    pub fn put_back(&self) {
        self.copy(&self.sandbox.path("saved/ann"), &self.disk.join("ann"));
        self.copy(&self.sandbox.path("saved/origin.git"), self.remote.path());
    }

    /// Runs what completes a verb that was refused.
    pub fn act_again(&self, verb: &Verb) -> Output {
        self.act(&Verb { words: if verb.again.is_empty() { verb.words } else { verb.again }, ..*verb })
    }

    /// The verb as a command: the same clock and ids in every run, temporary files on the disk in question.
    fn command(&self, verb: &Verb, shell: Option<&str>) -> Cmd {
        let named = |text: &str| self.names.iter().fold(text.to_owned(), |text, (name, id)| text.replace(name, id));
        let words: Vec<String> = verb.words.iter().map(|w| named(w)).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let cmd = match shell {
            None => self.ann.cmd(&words),
            Some(script) => {
                let args: Vec<&str> = ["-c", script, "sh", "bd"].into_iter().chain(words).collect();
                self.sandbox.program_in(Path::new("/bin/sh"), self.ann.dir(), "ann", &args)
            }
        };
        let cmd = cmd.env("BD_SEED", "77").now("2026-04-01T12:00:00Z").env("TMPDIR", self.disk.join("tmp"));
        // A test's git would otherwise have another date and make other commits.
        let cmd = cmd.env("GIT_AUTHOR_DATE", "@1775044800 +0000").env("GIT_COMMITTER_DATE", "@1775044800 +0000");
        cmd.stdin(named(verb.input))
    }

    /// Runs the verb.
    pub fn act(&self, verb: &Verb) -> Output {
        self.command(verb, None).run()
    }

    /// Runs the verb in a shell after some words of the shell, e.g. a limit.
    pub fn act_after(&self, words: &str, verb: &Verb) -> Output {
        self.command(verb, Some(&format!("{words}; exec \"$@\""))).run()
    }

    /// What the clone knows and what is the user's: records, memories, refs, files.
    pub fn facts(&self) -> Vec<String> {
        let work = |args: &[&str]| self.ann.git(args).ok().to_owned();
        let file = |path: PathBuf| String::from_utf8_lossy(&std::fs::read(path).unwrap_or_default()).into_owned();
        vec![
            format!("{:?}", records(&self.ann)),
            self.ann.bd(&["list", "--all", "--limit", "0", "--json"]).ok().to_owned(),
            self.ann.bd(&["memories", "--json"]).ok().to_owned(),
            work(&["for-each-ref", "refs/heads", "refs/tags"]),
            work(&["status", "--porcelain=v2", "--untracked-files=all"]),
            file(self.ann.path(".beads/config.toml")),
            file(self.ann.path(".git/config")),
            self.ann.git(&["grep", "-h", "-o", "sw0rdfish", "refs/beads/state"]).stdout().to_owned(),
        ]
    }

    /// What a command must not leave behind: locks, halves of files.
    pub fn litter(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut folders = vec![self.disk.join("tmp"), self.ann.common_dir()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
                let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
                // What git itself leaves of an object or pack that it could not finish is git gc's to remove.
                if name.starts_with("tmp_obj_") || name.starts_with("tmp_pack_") || name.starts_with("tmp_idx_") {
                    continue;
                }
                if path.is_dir() {
                    folders.push(path);
                } else if folder.ends_with("tmp")
                    || path.extension().is_some_and(|e| e == "lock" || e == "new")
                    || name.contains("tmp")
                {
                    found.push(path.display().to_string());
                }
            }
        }
        found
    }
}

/// Lets the journal end just before a page of the disk ends: the next record needs another page, which a full disk has not.
fn end_at_a_page(work: &Work, bead: &str) {
    let len = || std::fs::metadata(work.beads_dir().join("journal")).unwrap().len();
    let before = len();
    work.bd(&["comment", bead, &"x".repeat(100)]).ok();
    let overhead = len() - before - 100;
    let text = 8192 - 16 - overhead - len() % 4096;
    work.bd(&["comment", bead, &"x".repeat(usize::try_from(text).unwrap())]).ok();
    assert!(4096 - len() % 4096 < 64, "{} bytes to the end of the page", 4096 - len() % 4096);
}
