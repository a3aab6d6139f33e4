//! Flags of upstream that we do not have: why, and what to use instead (reference/beads.md 4.1, 4.2).

use crate::error::Error;
use clap::{Arg, Command};

/// Flags of one verb.
#[derive(Debug)]
pub struct Refused {
    /// The verb.
    pub verb: &'static str,
    /// The flags, with their dashes.
    pub flags: &'static [&'static str],
    /// Why, and what to use instead.
    pub instead: &'static str,
}

const fn no(verb: &'static str, flags: &'static [&'static str], instead: &'static str) -> Refused {
    Refused { verb, flags, instead }
}

const WATCH: &str = "Commands answer and end; `watch bd …` asks again and again";
const REPO: &str = "A repository has one store; `bd -C DIR` works in another one";
const GATED: &str = "`gt molecule list` shows what waits at a checkpoint";

/// All of them.
pub static ALL: &[Refused] = &[
    no("create", &["--repo", "--rig"], REPO),
    no("create", &["--append-notes", "--design-file"], "`--notes` and `--design`; `bd update` takes them from files"),
    no("create", &["--no-history"], "`--ephemeral` keeps a bead in this clone"),
    no("update", &["--no-history", "--history"], "`--ephemeral` keeps a bead in this clone, `--persistent` shares it"),
    no("show", &["--id"], "Name the bead without a flag"),
    no(
        "list",
        &["--wisp-type"],
        "`--metadata-field` finds by a field; ephemeral beads are shown by `bd ready --include-ephemeral`",
    ),
    no("query", &["--parse-only"], "A query that is wrong says where, and changes nothing"),
    no("export", &["--events"], "`bd history ID` shows events; the state ref holds them as text"),
    no("doctor", &["-o", "--output", "--source", "-i"], "`bd doctor --json` into a file; nothing ever asks"),
    no(
        "setup",
        &["--print", "-o", "--output", "--add"],
        "`bd setup NAME` writes, `--check` looks, `--remove` takes it out; `bd prime` prints the text",
    ),
    no("dep", &["--file"], "`bd batch` takes many lines in one commit"),
    no("dep", &["--compact", "--box", "--dot", "--html", "--all"], "`bd dep tree ID` draws, with `--format mermaid` for documents"),
    no("gate", &["discover"], "Name the run: `bd gate create --type gh:run --await-id NUMBER`"),
    no("label", &["propagate"], "`bd label add CHILD… LABEL` takes several beads"),
    no("config", &["set-many", "apply", "drift"], "The settings are a file that is reviewed like code: .beads/config.toml"),
    no("info", &["--whats-new", "--thanks"], "CHANGELOG.md of the release says what is new"),
    no("version", &["--daemon"], "There is no daemon"),
    no("batch", &["-f", "--file", "-m", "--message"], "`bd batch FILE`; the commit says by itself what happened"),
    no("init", &["--agents-file"], "`bd setup` writes what agents read"),
    no("create", &["--graph"], "`bd batch` creates many beads with their edges in one commit"),
    no("create", &["--skills", "--context"], "Put it into the description, or into `--metadata`"),
    no(
        "create",
        &["--event-category", "--event-actor", "--event-target", "--event-payload"],
        "Every change is an event by itself; `bd history` shows them",
    ),
    no("show", &["--as-of"], "`bd history ID` shows every value that a field had"),
    no("show", &["--thread"], "`bd dep tree ID --type replies-to`"),
    no("show", &["--current"], "`bd list --assignee ME --status in_progress`"),
    no("show", &["--watch"], WATCH),
    no("list", &["--watch", "-w"], WATCH),
    no("list", &["--format"], "`--json` has every field; `jq` makes any text of it"),
    no("ready", &["--gated"], GATED),
    no("init", &["--from-jsonl"], "`bd import FILE` after `bd init`; a tracked store of upstream is adopted by itself"),
    no("init", &["--server", "--database", "--shared-server"], "There is no database"),
    no("sync", &["--set-mode"], "Sync is a union of events: there is nothing to resolve, squash or merge"),
    no(
        "import",
        &["--clear-duplicate-external-refs", "--dedupe-after"],
        "An import keeps every record under its own id; edges to what is not there stay and are shown",
    ),
    no("doctor", &["--gastown"], "`gt doctor` looks at rigs and workers"),
    no("gate", &["--escalate", "-e"], "What is stuck is said and counted; `gt escalate` tells somebody"),
];

/// Flags of upstream that are taken without effect: what they ask for is always so, or there is nothing to ask for.
pub static ACCEPTED: &[(&str, &[&str])] = &[
    ("show", &["include-dependents", "include-comments", "long"]),
    ("list", &["include-infra"]),
    ("ready", &["plain"]),
    ("search", &["long"]),
    ("query", &["long"]),
    ("update", &["allow-empty-description"]),
    ("import", &["no-git-history", "protect-left-snapshot"]),
    ("prime", &["export"]),
    ("doctor", &["check-health", "perf", "interactive"]),
];

/// Adds what a verb takes without effect.
pub fn accept(verb: &str, command: Command) -> Command {
    let flags = ACCEPTED.iter().filter(|(name, _)| *name == verb).flat_map(|(_, flags)| flags.iter());
    flags.fold(command, |command, flag| {
        let arg = Arg::new(*flag).long(*flag).num_args(0..=1).require_equals(true).default_missing_value("true").hide(true);
        command.arg(arg)
    })
}

/// The error for a flag of upstream that a verb does not have; `arg` is what was typed.
pub fn error(verb: &str, arg: &str) -> Option<Error> {
    let flag = arg.split('=').next().unwrap_or(arg);
    let found = ALL.iter().find(|r| r.verb == verb && r.flags.contains(&flag))?;
    Some(Error::usage(format!("`bd {verb}` has no {flag}")).hint(found.instead))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn none_hides_a_flag_that_is_there() {
        let mut hidden = Vec::new();
        for refused in ALL {
            let Some(verb) = super::super::super::verb::find(refused.verb) else { continue };
            let mut command = verb.command();
            command.build();
            let mut all = vec![&command];
            all.extend(command.get_subcommands());
            for (command, flag) in all.iter().flat_map(|c| refused.flags.iter().map(move |f| (c, f))) {
                let there = command.get_arguments().any(|a| {
                    let longs = a.get_long().into_iter().chain(a.get_all_aliases().into_iter().flatten());
                    longs.into_iter().any(|l| format!("--{l}") == **flag)
                        || a.get_short().is_some_and(|s| format!("-{s}") == **flag)
                });
                if there {
                    hidden.push(format!("{} {flag}", refused.verb));
                }
            }
            assert!(error(refused.verb, refused.flags[0]).is_some());
        }
        assert_eq!(hidden, [] as [String; 0]);
        assert!(error("create", "--repo=x").is_some() && error("create", "--title").is_none());
    }
}
