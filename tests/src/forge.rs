//! What a forge does with a pull request: in the bare repository, by plumbing, without hooks, drivers or configuration.

use crate::Remote;

/// Merging, squashing and rebasing as forges do it.
pub struct Forge<'a> {
    remote: &'a Remote,
}

/// What a branch is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Landed {
    /// The target's new tip.
    pub tip: String,
}

/// A merge that a forge would show as "this branch has conflicts"; the paths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The paths in conflict.
    pub paths: Vec<String>,
}

impl Conflict {
    /// True if any of the paths is ours.
    pub fn is_ours(&self) -> bool {
        self.paths.iter().any(|p| p.starts_with(".beads/"))
    }
}

impl<'a> Forge<'a> {
    pub(crate) fn new(remote: &'a Remote) -> Self {
        Self { remote }
    }

    /// "Create a merge commit".
    pub fn merge(&self, target: &str, branch: &str) -> Result<Landed, Conflict> {
        let (ours, theirs) = (self.tip(target), self.tip(branch));
        let tree = self.merged_tree(&ours, &theirs)?;
        let message = format!("Merge branch '{branch}'");
        let commit = self.remote.git(&["commit-tree", "-m", &message, "-p", &ours, "-p", &theirs, &tree]).line();
        Ok(self.move_to(target, &ours, commit))
    }

    /// "Squash and merge": one commit with the branch's whole difference.
    pub fn squash(&self, target: &str, branch: &str) -> Result<Landed, Conflict> {
        let (ours, theirs) = (self.tip(target), self.tip(branch));
        let tree = self.merged_tree(&ours, &theirs)?;
        let commit = self.remote.git(&["commit-tree", "-m", &format!("{branch} (#1)"), "-p", &ours, &tree]).line();
        Ok(self.move_to(target, &ours, commit))
    }

    /// "Rebase and merge": every commit of the branch that is no merge and whose patch the target
    /// lacks, one by one on top of the target.
    pub fn rebase(&self, target: &str, branch: &str) -> Result<Landed, Conflict> {
        let (ours, theirs) = (self.tip(target), self.tip(branch));
        let range = format!("{ours}...{theirs}");
        let flags = ["rev-list", "--reverse", "--topo-order", "--no-merges", "--cherry-pick", "--right-only", &range];
        let commits = self.remote.git(&flags);
        let mut tip = ours.clone();
        for commit in commits.lines() {
            tip = self.pick(&tip, commit)?;
        }
        Ok(self.move_to(target, &ours, tip))
    }

    /// One commit on top of another; the new tip, or the old one where nothing is left of the commit.
    pub fn pick(&self, onto: &str, commit: &str) -> Result<String, Conflict> {
        // A stand-in with the target's tree and the commit's parent makes that parent the merge base:
        // `merge-tree --merge-base` does the same, but only from git 2.40 on.
        let parent = self.remote.git(&["rev-parse", &format!("{commit}^")]).line();
        let onto_tree = self.tree(onto);
        let stand_in = self.remote.git(&["commit-tree", "-m", "stand-in", "-p", &parent, &onto_tree]).line();
        let tree = self.merged_tree(&stand_in, commit)?;
        if tree == onto_tree {
            return Ok(onto.to_owned());
        }
        let message = self.remote.git(&["log", "-1", "--format=%B", commit]).line();
        Ok(self.remote.git(&["commit-tree", "-m", &message, "-p", onto, &tree]).line())
    }

    /// Whether a forge could merge, without doing it.
    pub fn mergeable(&self, target: &str, branch: &str) -> Result<(), Conflict> {
        self.merged_tree(&self.tip(target), &self.tip(branch)).map(drop)
    }

    fn tip(&self, branch: &str) -> String {
        self.remote.tip(branch).unwrap_or_else(|| panic!("the forge has no branch `{branch}`"))
    }

    fn tree(&self, commit: &str) -> String {
        self.remote.git(&["rev-parse", &format!("{commit}^{{tree}}")]).line()
    }

    fn merged_tree(&self, ours: &str, theirs: &str) -> Result<String, Conflict> {
        let out = self.remote.git(&["merge-tree", "--write-tree", "--name-only", "--no-messages", "-z", ours, theirs]);
        let mut parts = out.stdout().split('\0').filter(|p| !p.is_empty()).map(str::to_owned);
        match out.code() {
            0 => Ok(parts.next().expect("merge-tree names the tree")),
            1 => Err(Conflict { paths: parts.skip(1).collect() }),
            _ => panic!("merge-tree failed:\n{out}"),
        }
    }

    fn move_to(&self, target: &str, old: &str, new: String) -> Landed {
        self.remote.git(&["update-ref", &format!("refs/heads/{target}"), &new, old]).ok();
        Landed { tip: new }
    }
}
