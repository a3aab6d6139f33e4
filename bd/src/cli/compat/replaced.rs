//! Commands of upstream that we do not have: why, and what to use instead (reference/beads.md 4.1, 4.2).

use crate::error::Error;

/// One command.
#[derive(Debug)]
pub struct Replaced {
    /// Its names.
    pub names: &'static [&'static str],
    /// Why it is not there; a sentence that ends the one that names it.
    pub why: &'static str,
    /// What to use instead.
    pub instead: &'static str,
}

const fn gone(names: &'static [&'static str], why: &'static str, instead: &'static str) -> Replaced {
    Replaced { names, why, instead }
}

const ONE_STORE: &str = "the state is text in your own repository, not a database";
const ONE_REPO: &str = "a repository has one store of its own";
const GT: &str = "it belongs to the workflow, not to the tracker";
const TRACKERS: &str = "bd has no network client";

/// All of them.
pub static ALL: &[Replaced] = &[
    gone(
        &["merge", "resolve-conflicts"],
        "nothing under .beads/ can conflict, so no merge driver is needed",
        "`bd conflicts` shows fields that two writers changed at once",
    ),
    gone(&["hook"], "no git hook is needed to keep the state", "`bd sync` shares it; `bd hooks` is about those that ask the gates"),
    gone(&["worktree"], "linked worktrees share one store by themselves", "`git worktree add` is all there is to do"),
    gone(
        &["repo", "refile", "move", "multi-repo"],
        ONE_REPO,
        "`bd export --id` there and `bd import` here, or `bd -C DIR` to work in another one",
    ),
    gone(
        &["rename", "rename-prefix"],
        "an id is a bead's name for ever",
        "`bd update ID --title` changes what people read; the prefix of new ids is `prefix` in .beads/config.toml",
    ),
    gone(
        &["formula", "cook", "mol", "pour", "swarm", "convoy", "promote", "ship", "merge-slot", "template"],
        GT,
        "`gt formula`, `gt molecule`, `gt convoy`",
    ),
    gone(
        &["agent", "slot", "state", "set-state", "activity", "mail", "audit"],
        GT,
        "`gt agent`, `gt feed`, `gt mail`; `bd history` for one bead",
    ),
    gone(
        &["jira", "linear", "gitlab", "github", "notion", "ado", "ado-sync"],
        TRACKERS,
        "`bd import` and `bd export` read and write records; `--external-ref` keeps the other tracker's name",
    ),
    gone(
        &["admin", "compact", "cleanup", "reset", "prune", "purge", "gc", "flatten"],
        "nothing expires and nothing is folded away",
        "`bd pack` makes many small files one; `bd delete` and `bd restore` for beads",
    ),
    gone(
        &["backend", "branch", "vc", "dolt", "sql", "db-proxy-child", "federation", "proxied-server"],
        ONE_STORE,
        "`bd info` says where it is; git has the branches and the history",
    ),
    gone(&["backup"], "every clone that syncs holds everything", "`bd sync`, or `bd export` for one file"),
    gone(&["repair"], "the store repairs nothing behind your back", "`bd doctor` says what is wrong and what can be done"),
    gone(&["preflight"], GT, "`bd gate check --staged`"),
    gone(&["bootstrap"], "a clone needs no second step", "`bd init`, once; later clones `bd sync`"),
    gone(&["ping"], "there is no server", "`bd status` says whether the store is well"),
    gone(
        &["upgrade"],
        "bd does not replace itself",
        "Run install.sh of the version that you want; `bd version` says which one runs",
    ),
    gone(
        &["kv"],
        "a value without a bead belongs into a file or a memory",
        "`bd remember KEY TEXT`, or `bd update ID --set-metadata KEY=VALUE`",
    ),
    gone(&["orphans"], "commits are not searched for ids", "`bd list --status in_progress` shows what is open and begun"),
    gone(&["rules"], GT, "`bd gate rules` shows those of the gates"),
    gone(&["tombstones"], "deletions are events that never expire", "`bd list --all --deleted-too`"),
];

/// The error for a command of upstream that is not there.
pub fn error(name: &str) -> Option<Error> {
    let found = ALL.iter().find(|r| r.names.contains(&name))?;
    Some(Error::usage(format!("there is no `bd {name}`: {}", found.why)).hint(found.instead))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_says_why_and_what_instead_and_none_hides_a_command() {
        let mut seen = Vec::new();
        for name in ALL.iter().flat_map(|r| r.names) {
            assert!(super::super::super::verb::find(name).is_none(), "{name} is a command");
            assert!(super::super::shorthand::expand(name, &[]).is_none(), "{name} is a shorthand");
            assert!(!seen.contains(name), "{name} stands twice");
            seen.push(name);
            let error = error(name).unwrap();
            assert!(error.message.contains(name) && !error.hints.is_empty(), "{name}");
            assert!(!error.message.ends_with('.') && error.kind.exit_code() == 2, "{name}");
        }
        assert!(error("nothing").is_none());
    }
}
