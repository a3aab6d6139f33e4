//! Revisions and commits. Full names are resolved here; what needs git's own grammar or a walk is asked of git, which
//! knows shallow boundaries, partial clones and commit graphs.

use super::Repo;
use crate::git::backend::Backend;
use crate::git::codec::{self, Kind};
use crate::git::{GitError, Head, Oid};

impl<B: Backend> Repo<B> {
    pub(super) fn resolve_rev(&self, rev: &str) -> Result<Option<Oid>, GitError> {
        if rev.is_empty() || rev.starts_with('-') {
            return Ok(None);
        }
        let direct = if rev == "HEAD" || rev.starts_with("refs/") && !rev.contains(['^', '~', ':', '@']) {
            self.backend.tip(rev)?
        } else {
            None
        };
        if let Some(commit) = direct.map(|id| self.peel(id)).transpose()?.flatten() {
            return Ok(Some(commit));
        }
        let name = format!("{rev}^{{commit}}");
        let out = self.runner.output(&["rev-parse", "--verify", "-q", "--end-of-options", &name], &[])?;
        Ok(if out.ok() { Oid::from_hex(&out.text()) } else { None })
    }

    /// The commit that an object is, or that a tag leads to.
    fn peel(&self, id: Oid) -> Result<Option<Oid>, GitError> {
        let (mut id, mut bytes) = (id, Vec::new());
        loop {
            match self.backend.read(id, &mut bytes)? {
                Some(Kind::Commit) => return Ok(Some(id)),
                Some(Kind::Tag) => id = codec::decode_tag(id, &bytes)?,
                _ => return Ok(None),
            }
        }
    }

    pub(super) fn best_base(&self, a: Oid, b: Oid) -> Result<Option<Oid>, GitError> {
        let out = self.runner.output(&["merge-base", &a.to_string(), &b.to_string()], &[])?;
        match out.code {
            Some(0) => Ok(out.text().lines().next().and_then(Oid::from_hex)),
            Some(1) => Ok(None),
            _ => Err(out.error("merge-base")),
        }
    }

    pub(super) fn rev_list(&self, tip: Oid, not: Option<Oid>, limit: usize) -> Result<Vec<Oid>, GitError> {
        let mut args = vec!["rev-list".to_owned(), format!("--max-count={limit}"), tip.to_string()];
        args.extend(not.map(|id| format!("^{id}")));
        let out = self.runner.ok("rev-list", &args, &[])?;
        Ok(String::from_utf8_lossy(&out).lines().filter_map(Oid::from_hex).collect())
    }

    /// True if the commit that HEAD is on has this path.
    pub(super) fn in_head(&self, path: &str) -> Result<bool, GitError> {
        use crate::git::Git;
        match self.head()? {
            Head::Branch(_, id) | Head::Detached(id) => Ok(self.find_entry(self.commit_header(id)?.0, path)?.is_some()),
            Head::Unborn(_) => Ok(false),
        }
    }

    pub(super) fn under_way(&self) -> Option<&'static str> {
        let has = |name: &str| self.paths.git_dir.join(name).exists();
        if has("rebase-merge") {
            return Some("rebase");
        }
        if has("rebase-apply") {
            return Some(if has("rebase-apply/applying") { "am" } else { "rebase" });
        }
        // git writes MERGE_HEAD as a file under every ref backend, the two others only where refs are files.
        let reference = |name: &str| has(name) || self.format.reftable && matches!(self.backend.tip(name), Ok(Some(_)));
        [("MERGE_HEAD", "merge"), ("CHERRY_PICK_HEAD", "cherry-pick"), ("REVERT_HEAD", "revert")]
            .into_iter()
            .find_map(|(name, what)| reference(name).then_some(what))
            .or_else(|| self.sequencer())
            .or_else(|| has("BISECT_LOG").then_some("bisect"))
    }

    /// Between two picks of a sequence there is no CHERRY_PICK_HEAD, only what is left to do.
    fn sequencer(&self) -> Option<&'static str> {
        let todo = std::fs::read_to_string(self.paths.git_dir.join("sequencer").join("todo")).ok()?;
        Some(if todo.trim_start().starts_with("revert") { "revert" } else { "cherry-pick" })
    }
}
