//! Which refs are read (STATE 2): never HEAD, never another branch or remote, or a stranger's checkout would approve itself.

use crate::error::{Error, Result};
use crate::git::{Git, Head};

/// Where this clone's events are committed.
pub const STATE_REF: &str = "refs/beads/state";

/// The last tip of the remote's branch that is part of our state: it keeps those objects from being collected, and
/// says what the remote once had.
pub const PUBLISHED_REF: &str = "refs/beads/published";

/// The refs that are read and folded, besides [`STATE_REF`] and the journal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    /// The store remote.
    pub remote: Option<String>,
    /// Several remotes and no word on which one is the store's.
    pub ambiguous: bool,
    /// The full name of the ref that holds the published state here.
    pub tracking: Option<String>,
    /// The name of the published branch on the remote, `beads` unless set.
    pub branch: String,
    /// The full name of the default branch: the store remote's as fetched, else the local one.
    pub default_branch: Option<String>,
    /// The full name of the local default branch.
    pub local_default: Option<String>,
}

impl Sources {
    /// Finds them from git's configuration and refs.
    ///
    /// # Errors
    /// A ref store that cannot be read; `beads.remote` names a remote that does not exist.
    pub fn find(git: &dyn Git) -> Result<Self> {
        let branch = git.config("beads.branch").unwrap_or_else(|| "beads".to_owned());
        if branch.is_empty() || branch.contains("..") || branch.starts_with(['-', '/']) || branch.contains(char::is_whitespace) {
            return Err(Error::usage(format!("git config `beads.branch` is `{branch}`, which cannot name a branch")));
        }
        let local_default = local_default(git)?;
        let remotes = git.remotes();
        let upstream = local_default.as_deref().and_then(|name| {
            let short = name.strip_prefix("refs/heads/")?;
            git.config(&format!("branch.{short}.remote"))
        });
        let remote = match git.config("beads.remote") {
            Some(name) if remotes.contains(&name) => Some(name),
            Some(name) => {
                return Err(Error::usage(format!("git config `beads.remote` names `{name}`, and there is no such remote"))
                    .hint("Name one with `bd init --remote NAME`"));
            }
            None => match upstream.filter(|name| remotes.contains(name)) {
                Some(name) => Some(name),
                None if remotes.len() == 1 => remotes.first().cloned(),
                None => None,
            },
        };
        let ambiguous = remote.is_none() && remotes.len() > 1;
        let bare = git.config("core.bare").as_deref() == Some("true");
        let (mut tracking, mut default_branch) = (None, None);
        if let Some(remote) = &remote {
            tracking = Some(format!("refs/remotes/{remote}/{branch}"));
            default_branch = match git.symbolic(&format!("refs/remotes/{remote}/HEAD"))? {
                Some(name) => Some(name),
                None => first_ref(git, ["main", "master", "trunk"].map(|b| format!("refs/remotes/{remote}/{b}")))?,
            };
        }
        if bare {
            // A bare clone, and so its linked worktrees, keeps the remote's branches as its own.
            let own = format!("refs/heads/{branch}");
            if tracking.is_none() || git.tip(&own)?.is_some() {
                tracking = Some(own);
            }
        }
        let default_branch = default_branch.or_else(|| local_default.clone());
        Ok(Self { remote, ambiguous, tracking, branch, default_branch, local_default })
    }

    /// The store remote, for a command that needs one.
    ///
    /// # Errors
    /// Several remotes and no word on which (exit 2).
    pub fn need_remote(&self) -> Result<Option<&str>> {
        if self.ambiguous {
            return Err(Error::usage("this clone has several remotes, and none is named as the one that holds the beads")
                .hint("Name it once with `bd init --remote NAME`"));
        }
        Ok(self.remote.as_deref())
    }
}

fn first_ref<const N: usize>(git: &dyn Git, names: [String; N]) -> Result<Option<String>> {
    for name in names {
        if git.tip(&name)?.is_some() {
            return Ok(Some(name));
        }
    }
    Ok(None)
}

fn local_default(git: &dyn Git) -> Result<Option<String>> {
    if let Some(name) = git.config("beads.defaultbranch") {
        return Ok(Some(format!("refs/heads/{name}")));
    }
    if let Some(name) = first_ref(git, ["main", "master", "trunk"].map(|b| format!("refs/heads/{b}")))? {
        return Ok(Some(name));
    }
    if let Some(name) = git.config("init.defaultbranch") {
        let name = format!("refs/heads/{name}");
        if git.tip(&name)?.is_some() {
            return Ok(Some(name));
        }
    }
    Ok(match git.head()? {
        Head::Unborn(name) | Head::Branch(name, _) => Some(name),
        Head::Detached(_) => None,
    })
}
