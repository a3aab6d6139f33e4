//! Operations of the user's git and of the forge.
#![expect(clippy::unnecessary_wraps, reason = "every operation has one signature")]

use crate::world::{Broken, World};
use bd_tests::Conflict;

/// The forge may meet a conflict in code, never in ours.
fn only_code(result: Result<(), Conflict>) -> Result<bool, Broken> {
    match result {
        Ok(()) => Ok(true),
        Err(conflict) if conflict.is_ours() => Err(format!("the forge sees a conflict below .beads/: {:?}", conflict.paths)),
        Err(_) => Ok(false),
    }
}

impl World {
    /// A commit of code in a file of its own.
    pub fn code_commit(&mut self, peer: usize) -> Result<bool, Broken> {
        let n = self.number();
        self.log.push(format!("{}: code/{n}.txt", self.peers[peer].work.actor()));
        self.peers[peer].work.commit_file(&format!("code/{n}.txt"), &format!("line {n}\n"));
        Ok(true)
    }

    pub fn new_branch(&mut self, peer: usize) -> Result<bool, Broken> {
        let name = format!("b{}", self.number());
        self.git_may_stop(peer, &["switch", "--quiet", "--create", &name])
    }

    pub fn switch(&mut self, peer: usize) -> Result<bool, Broken> {
        let branches = self.branches(peer);
        let Some(name) = self.rng.pick(&branches).cloned() else { return Ok(false) };
        self.git_may_stop(peer, &["switch", "--quiet", &name])
    }

    pub fn branch_rename(&mut self, peer: usize) -> Result<bool, Broken> {
        let Some(old) = self.a_feature(peer) else { return Ok(false) };
        let new = format!("b{}", self.number());
        Ok(self.git(peer, &["branch", "--move", &old, &new]).succeeded())
    }

    pub fn branch_delete(&mut self, peer: usize) -> Result<bool, Broken> {
        let current = self.branch(peer);
        let others: Vec<String> = self.branches(peer).into_iter().filter(|b| *b != "main" && *b != current).collect();
        let Some(name) = self.rng.pick(&others).cloned() else { return Ok(false) };
        Ok(self.git(peer, &["branch", "--delete", "--force", &name]).succeeded())
    }

    fn a_feature(&mut self, peer: usize) -> Option<String> {
        let features: Vec<String> = self.branches(peer).into_iter().filter(|b| b != "main").collect();
        self.rng.pick(&features).cloned()
    }

    /// A command on a detached HEAD.
    pub fn detached(&mut self, peer: usize) -> Result<bool, Broken> {
        let branch = self.branch(peer);
        if branch.is_empty() || !self.git_may_stop(peer, &["switch", "--quiet", "--detach"])? {
            return Ok(false);
        }
        self.mutate(peer)?;
        self.ride(peer)?;
        self.git_may_stop(peer, &["switch", "--quiet", &branch])
    }

    /// A branch with code, a change of a bead and a ride, pushed for review.
    pub fn pull_request(&mut self, peer: usize) -> Result<bool, Broken> {
        if !self.new_branch(peer)? {
            return Ok(false);
        }
        self.code_commit(peer)?;
        self.mutate(peer)?;
        self.ride(peer)?;
        self.push(peer)
    }

    /// Pushes the branch that a peer is on, as people do with a branch that is theirs.
    pub fn push(&mut self, peer: usize) -> Result<bool, Broken> {
        let branch = self.branch(peer);
        if branch.is_empty() || branch == "main" {
            return Ok(false);
        }
        Ok(self.git(peer, &["push", "--quiet", "--force", "origin", &branch]).succeeded())
    }

    pub fn push_main(&mut self, peer: usize) -> Result<bool, Broken> {
        Ok(self.git(peer, &["push", "--quiet", "origin", "main"]).succeeded())
    }

    fn a_pull_request(&mut self) -> Option<String> {
        let out = self.remote.git(&["for-each-ref", "--format=%(refname:short)", "refs/heads"]);
        let other = |b: &&str| *b != "main" && *b != "beads" && !b.starts_with("evil");
        let branches: Vec<String> = out.lines().into_iter().filter(other).map(str::to_owned).collect();
        // A branch whose very first commit was amended has no history in common: a forge refuses it.
        self.rng.pick(&branches).filter(|b| self.remote.git_cmd(&["merge-base", "main", b]).run().succeeded()).cloned()
    }

    pub fn forge_merge(&mut self, _peer: usize) -> Result<bool, Broken> {
        let Some(branch) = self.a_pull_request() else { return Ok(false) };
        self.log.push(format!("forge: merge {branch}"));
        let result = self.remote.forge().merge("main", &branch).map(drop);
        only_code(result)
    }

    pub fn forge_squash(&mut self, _peer: usize) -> Result<bool, Broken> {
        let Some(branch) = self.a_pull_request() else { return Ok(false) };
        self.log.push(format!("forge: squash {branch}"));
        let result = self.remote.forge().squash("main", &branch).map(drop);
        only_code(result)
    }

    pub fn forge_rebase(&mut self, _peer: usize) -> Result<bool, Broken> {
        let Some(branch) = self.a_pull_request() else { return Ok(false) };
        self.log.push(format!("forge: rebase {branch}"));
        let result = self.remote.forge().rebase("main", &branch).map(drop);
        only_code(result)
    }

    pub fn pull(&mut self, peer: usize) -> Result<bool, Broken> {
        let how = if self.rng.one_in(2) { "--rebase" } else { "--no-rebase" };
        self.git_may_stop(peer, &["pull", "--quiet", how, "origin", "main"])
    }

    pub fn merge(&mut self, peer: usize) -> Result<bool, Broken> {
        let Some(other) = self.a_feature(peer) else { return Ok(false) };
        self.git_may_stop(peer, &["merge", "--quiet", "--no-edit", &other])
    }

    pub fn rebase(&mut self, peer: usize) -> Result<bool, Broken> {
        let branches = self.branches(peer);
        let Some(onto) = self.rng.pick(&branches).cloned() else { return Ok(false) };
        self.git_may_stop(peer, &["rebase", "--quiet", &onto])
    }

    /// True if HEAD has a parent and a grandparent, none of them a merge.
    fn has_two_commits(&mut self, peer: usize) -> bool {
        let work = &self.peers[peer].work;
        let plain = |rev: &str| work.try_rev(&format!("{rev}^1")).is_some() && work.try_rev(&format!("{rev}^2")).is_none();
        plain("HEAD") && plain("HEAD~1")
    }

    /// Drops the commit before the last one.
    pub fn drop_commit(&mut self, peer: usize) -> Result<bool, Broken> {
        if !self.has_two_commits(peer) || self.branch(peer).is_empty() {
            return Ok(false);
        }
        self.git_may_stop(peer, &["rebase", "--quiet", "--onto", "HEAD~2", "HEAD~1"])
    }

    /// Swaps the last two commits.
    pub fn reorder(&mut self, peer: usize) -> Result<bool, Broken> {
        if !self.has_two_commits(peer) || self.branch(peer).is_empty() {
            return Ok(false);
        }
        let (last, before) = (self.peers[peer].work.rev("HEAD"), self.peers[peer].work.rev("HEAD~1"));
        self.git(peer, &["reset", "--hard", "--quiet", "HEAD~2"]).ok();
        let picked = self.git_may_stop(peer, &["cherry-pick", "--allow-empty", "--keep-redundant-commits", &last, &before])?;
        if !picked {
            self.git(peer, &["reset", "--hard", "--quiet", &last]).ok();
        }
        Ok(picked)
    }

    pub fn cherry_pick(&mut self, peer: usize) -> Result<bool, Broken> {
        // A mirror fetch makes a stranger's branch a local one; whoever picks from that wants what is on it.
        let own = ["rev-list", "--no-merges", "--max-count=30", "--exclude=beads", "--exclude=evil*", "--branches"];
        let others = ["--exclude=origin/beads", "--exclude=origin/evil*", "--remotes"];
        let out = self.git(peer, &[&own[..], &others].concat());
        let commits: Vec<String> = out.stdout().lines().map(str::to_owned).collect();
        let Some(commit) = self.rng.pick(&commits).cloned() else { return Ok(false) };
        if self.peers[peer].work.try_rev(&format!("{commit}^")).is_none() {
            return Ok(false);
        }
        self.git_may_stop(peer, &["cherry-pick", "--allow-empty", "--keep-redundant-commits", &commit])
    }

    pub fn revert(&mut self, peer: usize) -> Result<bool, Broken> {
        let target = ["HEAD", "HEAD~1", "HEAD~2"][self.rng.below(3)];
        let work = &self.peers[peer].work;
        if work.try_rev(&format!("{target}^1")).is_none() || work.try_rev(&format!("{target}^2")).is_some() {
            return Ok(false);
        }
        // Whoever reverts the configuration takes the choice to publish back: then nothing need reach the others.
        let touched = work.git(&["show", "--format=", "--name-only", target]);
        if touched.stdout().contains(".beads/config.toml") {
            return Ok(false);
        }
        self.git_may_stop(peer, &["revert", "--no-edit", target])
    }

    /// Amends the last commit with one more file.
    pub fn amend(&mut self, peer: usize) -> Result<bool, Broken> {
        let n = self.number();
        let name = format!("code/{n}.txt");
        self.peers[peer].work.write(&name, format!("amended {n}\n"));
        self.git(peer, &["add", "--", &name]).ok();
        self.git_may_stop(peer, &["commit", "--quiet", "--amend", "--no-edit"])
    }

    pub fn reset(&mut self, peer: usize) -> Result<bool, Broken> {
        if self.peers[peer].work.try_rev("HEAD~1").is_none() {
            return Ok(false);
        }
        self.git_may_stop(peer, &["reset", "--hard", "--quiet", "HEAD~1"])
    }

    pub fn gc(&mut self, peer: usize) -> Result<bool, Broken> {
        let out = self.git(peer, &["gc", "--quiet", "--prune=now"]);
        if out.succeeded() { Ok(true) } else { Err(format!("git gc fails:\n{out}")) }
    }
}
