//! Losses, copies, and people who mean harm.
#![expect(clippy::unnecessary_wraps, reason = "every operation has one signature")]

use crate::lines;
use crate::world::{Broken, Peer, World};
use bd_tests::Work;
use std::time::{Duration, SystemTime};

impl World {
    /// Somebody copies the folder of a clone and goes on in the copy, under another name.
    pub fn copied_clone(&mut self, peer: usize) -> Result<bool, Broken> {
        if self.peers.len() >= 5 {
            return Ok(false);
        }
        let name = format!("copy{}", self.number());
        let from = self.peers[peer].work.dir().display().to_string();
        let to = self.sandbox.path(&name);
        let copy = std::path::Path::new("cp");
        self.sandbox.program_in(copy, self.sandbox.root(), &name, &["-a", &from, &to.display().to_string()]).run().ok();
        self.log.push(format!("copy of {} as {name}", self.peers[peer].work.actor()));
        let p = &self.peers[peer];
        let work = Work::new(self.sandbox.clone(), to, &name);
        let copied = Peer { work, clock: p.clock, known: p.known.clone(), acked: p.acked.clone(), bereft: p.bereft };
        self.peers.push(copied);
        Ok(true)
    }

    /// `git fetch --prune +refs/*:refs/*`: every ref of this clone that the remote lacks is gone.
    pub fn mirror_fetch(&mut self, peer: usize) -> Result<bool, Broken> {
        // What a thief took from the remote and a mirror fetch takes from the only clone that knew it is lost in any design.
        if self.remote_robbed {
            return Ok(false);
        }
        if !self.git(peer, &["switch", "--quiet", "--detach"]).succeeded() {
            return Ok(false);
        }
        let out = self.git(peer, &["fetch", "--quiet", "--prune", "--update-head-ok", "origin", "+refs/*:refs/*"]);
        self.peers[peer].bereft = true;
        // Back to a usual clone: its own remote refs, on main.
        self.git(peer, &["fetch", "--quiet", "origin"]).ok();
        self.git(peer, &["switch", "--quiet", "main"]).ok();
        Ok(out.succeeded())
    }

    pub fn deleted_ref(&mut self, peer: usize) -> Result<bool, Broken> {
        if self.remote_robbed || self.peers[peer].work.try_rev("refs/beads/state").is_none() {
            return Ok(false);
        }
        self.unlock_state(peer);
        self.git(peer, &["update-ref", "-d", "refs/beads/state"]).ok();
        self.check_peer(peer)?;
        Ok(true)
    }

    /// The state ref goes back to an older commit.
    pub fn shortened_ref(&mut self, peer: usize) -> Result<bool, Broken> {
        let Some(older) = self.peers[peer].work.try_rev("refs/beads/state~2").filter(|_| !self.remote_robbed) else {
            return Ok(false);
        };
        self.unlock_state(peer);
        self.git(peer, &["update-ref", "refs/beads/state", &older]).ok();
        self.check_peer(peer)?;
        Ok(true)
    }

    /// git itself does not pass a lock that a dead process left: whoever loses a ref by git has taken it away first.
    fn unlock_state(&self, peer: usize) {
        let _there_is_none = std::fs::remove_file(self.peers[peer].work.common_dir().join("refs/beads/state.lock"));
    }

    /// Every lock that a dead process left below `refs/` is a minute old.
    pub fn age_locks(&mut self, peer: usize) -> Result<(), Broken> {
        #[expect(clippy::disallowed_methods, reason = "the age of a file is a matter of the file system's clock")]
        let minute_ago = SystemTime::now() - Duration::from_secs(60);
        let mut folders = vec![self.peers[peer].work.common_dir().join("refs")];
        while let Some(folder) = folders.pop() {
            for path in std::fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path()) {
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|e| e == "lock") {
                    let lock = std::fs::File::options().write(true).open(&path).map_err(|e| e.to_string())?;
                    lock.set_modified(minute_ago).map_err(|e| e.to_string())?;
                    self.log.push(format!("{} is a minute old", path.display()));
                }
            }
        }
        Ok(())
    }

    /// A process died a minute ago and left the lock of the state ref.
    pub fn stale_lock(&mut self, peer: usize) -> Result<bool, Broken> {
        let path = self.peers[peer].work.common_dir().join("refs/beads/state.lock");
        let made = path.parent().is_some_and(|dir| std::fs::create_dir_all(dir).is_ok()) && std::fs::write(&path, "").is_ok();
        self.age_locks(peer)?;
        let n = self.number().to_string();
        self.bd(peer, &["create", &n], &[0]).map(drop)?;
        // A clone whose refs a mirror fetch took may answer 8 and write nothing.
        if path.exists() && !self.peers[peer].bereft {
            return Err("the stale lock is still there".to_owned());
        }
        let _gone = std::fs::remove_file(&path);
        Ok(made)
    }

    /// A stranger's branch: forged events, removed and edited rides, a changed configuration. Somebody looks at it.
    pub fn hostile_branch(&mut self, peer: usize) -> Result<bool, Broken> {
        let name = format!("evil{}", self.number());
        let mallory = self.stranger(&name);
        let lines = lines::of_clone(&self.peers[peer].work).all;
        let Some(model) = lines.iter().find(|l| lines::value_of(l, "do") == "create").cloned() else { return Ok(false) };
        let bead = lines::value_of(&model, "bead").to_owned();
        let id = forged_id(self.number());
        self.forged.insert(id.clone());
        let line = format!(
            "{{\"v\":1,\"id\":\"{id}\",\"at\":\"2039-01-01T00:00:00.000Z\",\"by\":\"ann\",\"bead\":\"{bead}\",\"do\":\"close\",\"set\":{{\"status\":\"closed\"}}}}\n"
        );
        // A stranger can compute a well-formed name as well as we can.
        let sealed = bd::store::SealedName::loose(line.as_bytes(), "2039-01-01T00:00:00.000Z");
        mallory.write(&format!(".beads/events/{sealed}"), &line);
        for (n, ride) in mallory.git(&["ls-files", ".beads/events"]).lines().into_iter().enumerate() {
            if n % 2 == 0 {
                mallory.write(ride, "{}\n");
            } else {
                std::fs::remove_file(mallory.path(ride)).map_err(|e| e.to_string())?;
            }
        }
        mallory.write(".beads/config.toml", "prefix = \"evil\"\n");
        mallory.git(&["add", "--all", "--force", ".beads"]).ok();
        mallory.git(&["commit", "--quiet", "--message", "Helpful change"]).ok();
        mallory.git(&["push", "--quiet", "origin", &format!("HEAD:refs/heads/{name}")]).ok();
        let back = self.branch(peer);
        self.git(peer, &["fetch", "--quiet", "origin"]).ok();
        if back.is_empty() || !self.git_may_stop(peer, &["switch", "--quiet", "--detach", &format!("origin/{name}")])? {
            return Ok(false);
        }
        self.mutate(peer)?;
        self.check_peer(peer)?;
        self.git_may_stop(peer, &["switch", "--quiet", &back])
    }

    fn stranger(&mut self, name: &str) -> Work {
        let work = self.remote.clone_as(name);
        self.log.push(format!("a stranger clones as {name}"));
        work
    }

    /// Somebody with the right to push harms the published branch: junk, removed files, an older tip, no branch at all.
    pub fn hostile_remote(&mut self, _peer: usize) -> Result<bool, Broken> {
        let Some(tip) = self.remote.tip("beads") else { return Ok(false) };
        let name = format!("vandal{}", self.number());
        match self.rng.below(4) {
            0 => {
                let vandal = self.stranger(&name);
                vandal.git(&["switch", "--quiet", "--detach", "origin/beads"]).ok();
                vandal.write(".beads/events/notes.txt", "junk\n");
                vandal.write(".beads/events/2026-03-01/readme.jsonl", "not json\n");
                vandal.write("other/file", "junk\n");
                self.publish(&vandal, "Add junk");
            }
            1 => {
                let vandal = self.stranger(&name);
                vandal.git(&["switch", "--quiet", "--detach", "origin/beads"]).ok();
                let files = vandal.git(&["ls-files", ".beads"]);
                for file in files.lines().iter().step_by(2) {
                    std::fs::remove_file(vandal.path(file)).map_err(|e| e.to_string())?;
                }
                self.publish(&vandal, "Clean up");
                self.remote_robbed = true;
            }
            2 => {
                let older = self.remote.git(&["rev-parse", "--verify", "--quiet", "refs/heads/beads~1"]);
                if !older.succeeded() {
                    return Ok(false);
                }
                self.log.push("vandal: beads goes back by one".to_owned());
                self.remote.git(&["update-ref", "refs/heads/beads", &older.line()]).ok();
                self.remote_robbed = true;
            }
            _ => {
                self.log.push("vandal: beads is deleted".to_owned());
                self.remote.git(&["update-ref", "-d", "refs/heads/beads", &tip]).ok();
                self.remote_robbed = true;
            }
        }
        Ok(true)
    }

    fn publish(&mut self, vandal: &Work, message: &str) {
        vandal.git(&["add", "--all", "--force"]).ok();
        vandal.git(&["commit", "--quiet", "--allow-empty", "--message", message]).ok();
        vandal.git(&["push", "--quiet", "origin", "HEAD:refs/heads/beads"]).ok();
        self.log.push(format!("{}: {message}", vandal.actor()));
    }
}

/// An event id that no clone makes: its time is in 2039.
fn forged_id(n: usize) -> String {
    format!("01zzzzzzzz{n:016}")
}
