//! The world that a history happens in: a remote, its clones, and what was promised in them.

use crate::lines::{self, id_of};

use bd_tests::{Options, Output, Remote, Rng, Sandbox, Work};
use std::collections::{BTreeMap, BTreeSet};

/// A clone with the person who works in it.
pub struct Peer {
    pub work: Work,
    /// By how many seconds its clock is wrong.
    pub clock: i64,
    /// Beads that it knows.
    pub known: BTreeSet<String>,
    /// Lines that a command here has promised to keep.
    pub acked: BTreeSet<String>,
    /// A mirror fetch took its refs away: until the next sync it may answer "not fetched" (exit 8).
    pub bereft: bool,
}

/// Everything.
pub struct World {
    pub sandbox: Sandbox,
    pub remote: Remote,
    pub peers: Vec<Peer>,
    pub rng: Rng,
    /// Numbers for names: files, branches, titles.
    pub counter: usize,
    /// Ids of redacted events.
    pub redacted: BTreeSet<String>,
    /// Ids of events that only hostile branches carry.
    pub forged: BTreeSet<String>,
    /// Somebody took events away from the published branch, and no sync has put them back yet.
    pub remote_robbed: bool,
    /// Places at which a command can be killed, as far as seen.
    pub points: BTreeSet<String>,
    /// What was done, for the report of a failure.
    pub log: Vec<String>,
    /// How often each operation had its effect.
    pub done: BTreeMap<&'static str, usize>,
}

/// A broken promise.
pub type Broken = String;

impl World {
    pub fn new(seed: u64) -> Result<Self, Broken> {
        let mut rng = Rng::new(seed);
        let sandbox = Options { seed: seed + 1, in_memory: true, ..Options::default() }.build();
        let remote = sandbox.remote("origin");
        let mut world = Self {
            sandbox,
            remote,
            peers: Vec::new(),
            counter: 0,
            redacted: BTreeSet::new(),
            forged: BTreeSet::new(),
            remote_robbed: false,
            points: BTreeSet::new(),
            log: Vec::new(),
            done: BTreeMap::new(),
            rng: Rng::new(seed ^ 0xabcd),
        };
        let ann = world.add_peer("ann");
        world.bd(ann, &["init", "--publish"], &[0]).map(drop)?;
        world.git(ann, &["push", "--quiet", "origin", "main"]).ok();
        world.bd(ann, &["create", "The first"], &[0]).map(drop)?;
        world.bd(ann, &["sync"], &[0]).map(drop)?;
        for name in ["bob", "cyd", "dee", "eve"].iter().take(1 + rng.below(4)) {
            let peer = world.add_peer(name);
            world.bd(peer, &["sync"], &[0]).map(drop)?;
        }
        Ok(world)
    }

    fn add_peer(&mut self, name: &str) -> usize {
        self.log.push(format!("clone {name}"));
        let work = self.remote.clone_as(name);
        self.peers.push(Peer { work, clock: 0, known: BTreeSet::new(), acked: BTreeSet::new(), bereft: false });
        self.peers.len() - 1
    }

    /// A fresh number.
    pub fn number(&mut self) -> usize {
        self.counter += 1;
        self.counter
    }

    /// Runs `bd` for a peer; any exit code but the allowed ones is a broken promise.
    pub fn bd(&mut self, peer: usize, args: &[&str], allowed: &[i32]) -> Result<Output, Broken> {
        self.bd_with(peer, args, "", allowed, None)
    }

    /// The same, with standard input and a place at which it is killed.
    pub fn bd_with(
        &mut self,
        peer: usize,
        args: &[&str],
        input: &str,
        allowed: &[i32],
        point: Option<&str>,
    ) -> Result<Output, Broken> {
        let p = &self.peers[peer];
        let watched = self.rng.one_in(8).then(|| p.work.user_state());
        let points = self.sandbox.path("tmp/points");
        let mut cmd = p.work.cmd(args).clock_off_by(p.clock).env("BD_FAILPOINT_LOG", &points).stdin(input);
        if let Some(point) = point {
            cmd = cmd.fail_at(point);
        }
        let out = cmd.run();
        let killed = point.map_or(String::new(), |p| format!(" (killed at {p})"));
        self.log.push(format!("{}: bd {}{killed} -> {}", p.work.actor(), args.join(" "), out.code()));
        if let Ok(text) = std::fs::read_to_string(&points) {
            self.points.extend(text.lines().map(str::to_owned));
            let _gone = std::fs::remove_file(&points);
        }
        let promised = lines::journal(&p.work.beads_dir().join("journal"));
        let p = &mut self.peers[peer];
        for body in promised {
            p.acked.extend(String::from_utf8_lossy(&body).lines().map(|l| l.trim_start().to_owned()));
        }
        let may_be_bereft = p.bereft && out.code() == 8;
        let was_killed = point.is_some() && out.code() == 128 + 6;
        if !allowed.contains(&out.code()) && !may_be_bereft && !was_killed {
            return Err(format!("exit code {} is none of {allowed:?}:\n{out}", out.code()));
        }
        if let Some(before) = watched {
            let after = p.work.user_state();
            // A ride is a commit on the user's branch: it is asked for.
            if before != after && args.first() != Some(&"ride") && args != ["pack", "--rides"] && args.first() != Some(&"init") {
                return Err(format!("`bd {}` changed the user's work:\n{before}\n-- became --\n{after}", args.join(" ")));
            }
        }
        Ok(out)
    }

    /// Runs `git` for a peer.
    pub fn git(&mut self, peer: usize, args: &[&str]) -> Output {
        let p = &self.peers[peer];
        let out = p.work.git(args);
        self.log.push(format!("{}: git {} -> {}", p.work.actor(), args.join(" "), out.code()));
        out
    }

    /// Runs a command of git that may stop: then nothing below `.beads/` may be in conflict, and it is called off.
    pub fn git_may_stop(&mut self, peer: usize, args: &[&str]) -> Result<bool, Broken> {
        let out = self.git(peer, args);
        if out.succeeded() {
            return Ok(true);
        }
        let unmerged = self.git(peer, &["ls-files", "--unmerged"]);
        if unmerged.stdout().contains("\t.beads/") {
            return Err(format!("a conflict below .beads/:\n{}\n{out}", unmerged.stdout()));
        }
        if out.stderr().contains(".beads/") && out.stderr().contains("would be overwritten") {
            return Err(format!("our files are in the way:\n{out}"));
        }
        for verb in ["merge", "rebase", "cherry-pick", "revert"] {
            let _none_under_way = self.git(peer, &[verb, "--abort"]);
        }
        self.git(peer, &["reset", "--hard", "--quiet"]).ok();
        Ok(false)
    }

    /// The branch that a peer is on; empty where HEAD is detached.
    pub fn branch(&mut self, peer: usize) -> String {
        self.peers[peer].work.git(&["branch", "--show-current"]).line()
    }

    /// The local branches of a peer that are theirs: a mirror fetch brings strangers' branches too, and who merges one of those
    /// wants what is on it.
    pub fn branches(&mut self, peer: usize) -> Vec<String> {
        let out = self.peers[peer].work.git(&["for-each-ref", "--format=%(refname:short)", "refs/heads"]);
        out.lines().into_iter().filter(|b| *b != "beads" && !b.starts_with("evil")).map(str::to_owned).collect()
    }

    /// `bd sync` of a peer; a lost claim (6) is an answer, not a failure.
    pub fn sync(&mut self, peer: usize) -> Result<(), Broken> {
        self.bd(peer, &["sync"], &[0, 6]).map(drop)?;
        self.peers[peer].bereft = false;
        if self.remote_robbed {
            let published = lines::of_remote(&self.remote).all;
            let ids: BTreeSet<&str> = published.iter().map(|l| id_of(l)).collect();
            let mut own = self.peers.iter().flat_map(|p| &p.acked);
            self.remote_robbed = !own.all(|l| ids.contains(id_of(l)));
        }
        self.learn(peer);
        Ok(())
    }

    /// What a peer knows after a sync: every bead that its refs name.
    pub fn learn(&mut self, peer: usize) {
        let lines = lines::of_clone(&self.peers[peer].work);
        let beads = lines.all.iter().map(|l| lines::value_of(l, "bead").to_owned());
        self.peers[peer].known.extend(beads.filter(|b| !b.is_empty() && !b.starts_with('_')));
    }

    /// Counts an operation that had its effect.
    pub fn did(&mut self, what: &'static str) {
        *self.done.entry(what).or_default() += 1;
    }
}
