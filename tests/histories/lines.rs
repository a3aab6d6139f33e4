//! What a clone holds, read without any code of `bd`: git's own commands and the journal's bytes.

use bd_tests::{Cmd, Remote, Work};
use std::collections::BTreeSet;
use std::path::Path;

/// The event lines of some trees.
#[derive(Default, Debug)]
pub struct Lines {
    /// The distinct ones, without indent.
    pub all: BTreeSet<String>,
    /// How many there are with repetitions.
    pub stored: usize,
}

impl Lines {
    fn take(&mut self, bytes: &[u8]) {
        for line in String::from_utf8_lossy(bytes).lines().map(str::trim_start).filter(|l| l.starts_with('{')) {
            self.stored += 1;
            self.all.insert(line.to_owned());
        }
    }
}

/// The name of the event in a line.
pub fn id_of(line: &str) -> &str {
    value_of(line, "id")
}

/// The text of one of the envelope's keys; the first occurrence is the envelope's.
pub fn value_of<'a>(line: &'a str, key: &str) -> &'a str {
    let start = format!("\"{key}\":\"");
    let rest = line.split_once(&start).map_or("", |(_, rest)| rest);
    rest.split_once('"').map_or("", |(value, _)| value)
}

/// Everything that this clone reads (STATE 2): state ref, tracking ref, rides on the remote's default branch, journal.
pub fn of_clone(work: &Work) -> Lines {
    let mut lines = Lines::default();
    let refs = [
        ("refs/beads/state", ".beads/events"),
        ("refs/remotes/origin/beads", ".beads/events"),
        ("refs/remotes/origin/main", ".beads/events"),
    ];
    let trees: Vec<String> = refs.iter().map(|(name, path)| format!("{name}:{path}")).collect();
    read_trees(&|args| work.git_cmd(args), &trees, &mut lines);
    for record in journal(&work.beads_dir().join("journal")) {
        lines.take(&record);
    }
    lines
}

/// What one ref of a clone holds.
pub fn of_ref(work: &Work, name: &str) -> Lines {
    let mut lines = Lines::default();
    read_trees(&|args| work.git_cmd(args), &[format!("{name}:.beads/events")], &mut lines);
    lines
}

/// What is published.
pub fn of_remote(remote: &Remote) -> Lines {
    let mut lines = Lines::default();
    read_trees(&|args| remote.git_cmd(args), &["refs/heads/beads:.beads/events".to_owned()], &mut lines);
    lines
}

fn read_trees(git: &dyn Fn(&[&str]) -> Cmd, trees: &[String], lines: &mut Lines) {
    let mut asked = String::new();
    // One process says which of the trees there are and what they are.
    let named = git(&["cat-file", "--batch-check=%(objectname)"]).stdin(trees.join("\n") + "\n").run();
    let found: BTreeSet<&str> = named.stdout().lines().filter(|l| !l.ends_with(" missing")).collect();
    for tree in found {
        let listed = git(&["ls-tree", "-r", tree]).run();
        if listed.succeeded() {
            // `100644 blob ID<tab>PATH`
            for id in listed.stdout().lines().filter_map(|e| e.strip_suffix(".jsonl")?.split([' ', '\t']).nth(2)) {
                asked.extend([id, "\n"]);
            }
        }
    }
    if asked.is_empty() {
        return;
    }
    let out = git(&["cat-file", "--batch"]).stdin(asked).run();
    lines.take(out.stdout().as_bytes());
}

/// The bodies of the whole records of a journal: `rec PATH BYTES DIGEST`, then the bytes.
pub fn journal(path: &Path) -> Vec<Vec<u8>> {
    let bytes = std::fs::read(path).unwrap_or_default();
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(end) = bytes[at..].iter().position(|b| *b == b'\n').map(|n| at + n) {
        let head = String::from_utf8_lossy(&bytes[at..end]).into_owned();
        let Some(len) = head.strip_prefix("rec ").and_then(|h| h.split(' ').nth(1)?.parse::<usize>().ok()) else { break };
        let Some(body) = bytes.get(end + 1..end + 1 + len) else { break };
        out.push(body.to_vec());
        at = end + 1 + len;
    }
    out
}
