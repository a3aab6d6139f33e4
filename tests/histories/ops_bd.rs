//! Operations of `bd`.
#![expect(clippy::unnecessary_wraps, reason = "every operation has one signature")]

use crate::lines::{id_of, value_of};
use crate::world::{Broken, World};

/// A command on a bead may be refused: it is deleted here (2), blocked or has children (3), is held by another (6).
const MAY_REFUSE: &[i32] = &[0, 2, 3, 6];

impl World {
    fn a_bead(&mut self, peer: usize) -> Option<String> {
        let known: Vec<String> = self.peers[peer].known.iter().cloned().collect();
        self.rng.pick(&known).cloned()
    }

    fn create(&mut self, peer: usize) -> Result<bool, Broken> {
        let n = self.number();
        let title = format!("Bead number {n}");
        let mut args = vec!["create", &title, "--json"];
        let flags: [&[&str]; 5] = [&[], &["-p", "1"], &["-t", "bug"], &["-l", "red,blue"], &["-d", "Some words.\n\nAnd more."]];
        args.extend(flags[self.rng.below(flags.len())]);
        let parent = if self.rng.one_in(5) { self.a_bead(peer) } else { None };
        if let Some(parent) = &parent {
            args.extend(["--parent", parent]);
        }
        let out = self.bd(peer, &args, if parent.is_some() { MAY_REFUSE } else { &[0] })?;
        if out.succeeded() {
            let id = out.json()["id"].as_str().unwrap_or("").to_owned();
            // Without a configuration on the default branch (its commit can be reverted) the folder's name is the prefix.
            if id.starts_with("evil") {
                return Err(format!("the prefix of {id} is that of a stranger's branch"));
            }
            self.peers[peer].known.insert(id);
        }
        Ok(out.succeeded())
    }

    /// A random change of a random bead.
    pub fn mutate(&mut self, peer: usize) -> Result<bool, Broken> {
        let Some(id) = (if self.rng.one_in(4) { None } else { self.a_bead(peer) }) else { return self.create(peer) };
        let other = self.a_bead(peer).unwrap_or_else(|| id.clone());
        let n = self.number().to_string();
        let text = format!("Words {n}");
        let (id, other) = (id.as_str(), other.as_str());
        let priority = self.rng.below(5).to_string();
        let choices: &[&[&str]] = &[
            &["update", id, "--title", &text],
            &["update", id, "--priority", &priority],
            &["update", id, "--description", &text],
            &["update", id, "--status", "in_progress"],
            &["update", id, "--status", "open"],
            &["label", "add", id, "red"],
            &["label", "add", id, "green"],
            &["label", "remove", id, "red"],
            &["dep", "add", id, other],
            &["dep", "remove", id, other],
            &["comment", id, &text],
            &["comment", id, &text],
            &["claim", id],
            &["release", id],
            &["close", id, "--reason", &text],
            &["reopen", id],
            &["delete", id, "--force"],
            &["restore", id],
        ];
        let args = choices[self.rng.below(choices.len())];
        Ok(self.bd(peer, args, MAY_REFUSE)?.succeeded())
    }

    /// Several changes as one.
    pub fn batch(&mut self, peer: usize) -> Result<bool, Broken> {
        let Some(id) = self.a_bead(peer) else { return Ok(false) };
        let n = self.number();
        let script = format!("create \"Batch {n}\"\nlabel add {id} batch\ncomment {id} \"in a batch {n}\"\n");
        Ok(self.bd_with(peer, &["batch"], &script, MAY_REFUSE, None)?.succeeded())
    }

    pub fn undo(&mut self, peer: usize) -> Result<bool, Broken> {
        let Some(id) = self.a_bead(peer) else { return Ok(false) };
        Ok(self.bd(peer, &["undo", &id], MAY_REFUSE)?.succeeded())
    }

    /// A sync, and at times a second one, which has nothing to push.
    pub fn sync_twice(&mut self, peer: usize) -> Result<bool, Broken> {
        self.sync(peer)?;
        if self.rng.one_in(3) {
            let before = self.remote.tip("beads");
            self.sync(peer)?;
            if before != self.remote.tip("beads") {
                return Err("a second sync pushed although nothing was new".to_owned());
            }
        }
        Ok(true)
    }

    /// A ride of the branch's events; refused (2) on a detached HEAD, and without `--all` where nothing names the branch's beads.
    pub fn ride(&mut self, peer: usize) -> Result<bool, Broken> {
        let args: &[&str] = if self.rng.one_in(2) { &["ride", "--all"] } else { &["ride"] };
        let allowed: &[i32] = match (self.branch(peer).is_empty(), args.len()) {
            (true, _) => &[2],
            (false, 1) => &[0, 2],
            (false, _) => &[0],
        };
        let state =
            |w: &mut Self| (w.peers[peer].work.try_rev("HEAD"), w.git(peer, &["status", "--porcelain"]).stdout().to_owned());
        let before = state(self);
        let out = self.bd(peer, args, allowed)?;
        let after = state(self);
        // What a killed ride left in the working tree goes with the next one that is made; one that is refused changes nothing.
        let wanted = if out.succeeded() { "" } else { before.1.as_str() };
        if after.1 != wanted {
            return Err(format!("a ride left something behind:\n{}-- was --\n{}", after.1, before.1));
        }
        Ok(before.0 != after.0)
    }

    /// From now on a peer's clock is wrong, by up to twenty years.
    pub fn wrong_clock(&mut self, peer: usize) -> Result<bool, Broken> {
        let choices = [0, 86_400, -86_400, 20 * 31_557_600, -20 * 31_557_600];
        self.peers[peer].clock = choices[self.rng.below(choices.len())];
        Ok(true)
    }

    pub fn pack(&mut self, peer: usize) -> Result<bool, Broken> {
        Ok(self.bd(peer, &["pack"], &[0])?.succeeded())
    }

    /// Packs the rides of the default branch, where a peer is on it, and pushes.
    pub fn pack_rides(&mut self, peer: usize) -> Result<bool, Broken> {
        if !self.git_may_stop(peer, &["switch", "--quiet", "main"])? {
            return Ok(false);
        }
        self.git(peer, &["fetch", "--quiet", "origin"]).ok();
        if !self.git_may_stop(peer, &["merge", "--quiet", "--no-edit", "origin/main"])? {
            return Ok(false);
        }
        let before = self.peers[peer].work.try_rev("HEAD");
        self.bd(peer, &["pack", "--rides"], &[0]).map(drop)?;
        let _may_be_refused = self.git(peer, &["push", "--quiet", "origin", "main"]);
        Ok(before != self.peers[peer].work.try_rev("HEAD"))
    }

    /// Takes the text of an event away for good.
    pub fn redact(&mut self, peer: usize) -> Result<bool, Broken> {
        let texts = ["comment", "create", "set"];
        let own: Vec<&String> = self.peers[peer].acked.iter().filter(|l| texts.contains(&value_of(l, "do"))).collect();
        let Some((id, bead)) = self.rng.pick(&own).map(|l| (id_of(l).to_owned(), value_of(l, "bead").to_owned())) else {
            return Ok(false);
        };
        if !self.peers[peer].known.contains(&bead) || self.redacted.contains(&id) {
            return Ok(false);
        }
        let out = self.bd(peer, &["redact", &id], MAY_REFUSE)?;
        if out.succeeded() {
            self.redacted.insert(id);
        }
        Ok(out.succeeded())
    }

    /// A command that is killed at a random place; the next one goes on.
    pub fn kill(&mut self, peer: usize) -> Result<bool, Broken> {
        let points: Vec<String> = self.points.iter().cloned().collect();
        let Some(point) = self.rng.pick(&points).cloned() else { return Ok(false) };
        let id = self.a_bead(peer).unwrap_or_default();
        let n = self.number().to_string();
        let choices: &[&[&str]] =
            &[&["create", &n], &["sync"], &["comment", &id, &n], &["close", &id], &["pack"], &["claim", &id], &["ride", "--all"]];
        let args = choices[self.rng.below(choices.len())];
        let out = self.bd_with(peer, args, "", MAY_REFUSE, Some(&point))?;
        // A ride that was cut off may have moved the branch and not yet the index: the user's reset is the way on.
        if args[0] == "ride" {
            self.git(peer, &["reset", "--hard", "--quiet"]).ok();
        }
        // A lock that the dead process left is young; the next command comes later than ten seconds after.
        self.age_locks(peer)?;
        self.check_peer(peer)?;
        Ok(out.code() == 128 + 6)
    }
}
