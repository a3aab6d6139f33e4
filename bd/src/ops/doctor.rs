//! `bd doctor`: looks at everything, changes nothing. Each check fails closed: what could not be looked at is no `ok`.

use crate::config::CONFIG_PATH;
use crate::error::Result;
use crate::fold::{Bead, Holding};
use crate::git::{GitError, Head};
use crate::model::DepType;
use crate::store::{STATE_REF, Snapshot, Store};
use std::collections::HashSet;

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Health {
    /// As it should be.
    Ok,
    /// Works, but somebody should know.
    Warning,
    /// Broken, or could not be looked at.
    Error,
}

/// One check, in upstream's shape (reference/beads.md 4.3).
#[derive(Clone, Debug, serde::Serialize)]
pub struct Check {
    /// What was looked at.
    pub name: &'static str,
    /// How it is.
    pub status: Health,
    /// In a few words.
    pub message: String,
    /// More, a line each.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
    /// `git`, `store`, `work` or `setup`.
    pub category: &'static str,
}

impl Check {
    fn new(category: &'static str, name: &'static str, status: Health, message: impl Into<String>) -> Self {
        Self { name, status, message: message.into(), detail: None, fix: None, category }
    }

    fn detail(mut self, lines: &[String]) -> Self {
        if !lines.is_empty() {
            let mut text = lines.iter().take(10).cloned().collect::<Vec<_>>().join("\n");
            if lines.len() > 10 {
                text.push_str(&format!("\n… {} more", lines.len() - 10));
            }
            self.detail = Some(text);
        }
        self
    }

    fn fix(mut self, fix: &str) -> Self {
        self.fix = Some(fix.to_owned());
        self
    }
}

/// Runs every check.
///
/// # Errors
/// None of the checks could even begin: the refs cannot be read.
pub fn examine(store: &Store) -> Result<Vec<Check>> {
    let mut out = vec![git_version(store), identity(store), head(store)];
    out.push(config(store));
    out.push(remote(store));
    match store.snapshot_in_full() {
        Ok(snapshot) => {
            let found = damage(store, &snapshot);
            out.push(found.unwrap_or_else(|e| Check::new("store", "event files", Health::Error, e.message)));
            out.push(state_ref(store)?);
            match snapshot.all() {
                Ok(beads) => out.extend(work(store, beads)),
                Err(e) => out.push(Check::new("work", "beads", Health::Error, e.message)),
            }
        }
        Err(e) => out.push(
            Check::new("store", "events", Health::Error, e.message)
                .fix("`bd doctor --fix` moves unreadable objects aside and replays the journal"),
        ),
    }
    out.push(tree_files(store));
    Ok(out)
}

/// Mends what can be mended without losing a byte; what was done, a line each. Doing it twice does nothing the second time.
///
/// # Errors
/// The lock is held, or the disk does not take it.
pub fn repair(store: &Store) -> Result<Vec<String>> {
    let lock = store.lock()?;
    store.commit_pending(&lock)?;
    let aside = store.quarantine(&lock)?;
    let mut done = store.take_notices();
    for file in aside {
        let kept =
            file.kept_as.map_or_else(|| "its bytes could not be read".to_owned(), |name| format!("kept as quarantine/{name}"));
        done.push(format!("{} ({}): {kept}, {} good lines stay", file.file, file.place, file.good_lines));
    }
    Ok(done)
}

/// True if nothing is broken; warnings do not count.
pub fn is_well(checks: &[Check]) -> bool {
    checks.iter().all(|c| c.status != Health::Error)
}

fn git_version(store: &Store) -> Check {
    let name = "git version";
    match store.git().run(&["--version"]) {
        Ok(text) => {
            let version: Vec<u32> = text.split(|c: char| !c.is_ascii_digit()).filter_map(|p| p.parse().ok()).collect();
            let fits = version.len() >= 2 && (version[0], version[1]) >= (2, 39);
            let check = Check::new("git", name, if fits { Health::Ok } else { Health::Warning }, text.trim());
            if fits { check } else { check.fix("Install git 2.39 or newer; sync is tested from there on") }
        }
        Err(GitError::NoGit) => Check::new("git", name, Health::Warning, "there is no git on the PATH: everything works but sync")
            .fix("Install git 2.39 or newer"),
        Err(e) => Check::new("git", name, Health::Error, e.to_string()),
    }
}

fn identity(store: &Store) -> Check {
    let who = store.actor().as_str();
    if who == "unknown" {
        return Check::new("git", "identity", Health::Warning, "nobody: events would be by `unknown`")
            .fix("Set git's user.name, or BD_ACTOR for an agent");
    }
    Check::new("git", "identity", Health::Ok, format!("you act as {who}"))
}

fn head(store: &Store) -> Check {
    let under_way =
        store.git().operation().map(|what| format!("; a {what} is under way, rides wait for its end")).unwrap_or_default();
    match store.git().head() {
        Ok(Head::Branch(name, _)) => {
            Check::new("git", "HEAD", Health::Ok, format!("{}{under_way}", name.trim_start_matches("refs/heads/")))
        }
        Ok(Head::Unborn(_)) => Check::new("git", "HEAD", Health::Ok, "no commit yet; rides need one"),
        Ok(Head::Detached(_)) => Check::new("git", "HEAD", Health::Ok, format!("detached; rides need a branch{under_way}")),
        Err(e) => Check::new("git", "HEAD", Health::Error, e.to_string()),
    }
}

fn config(store: &Store) -> Check {
    let config = store.config();
    let name = "configuration";
    match &config.origin {
        None => Check::new("setup", name, Health::Warning, format!("there is no {CONFIG_PATH}; defaults are in force"))
            .fix("`bd init` writes one"),
        Some(origin) if config.unknown.is_empty() => Check::new("setup", name, Health::Ok, format!("{CONFIG_PATH} ({origin})")),
        Some(origin) => Check::new(
            "setup",
            name,
            Health::Warning,
            format!("{CONFIG_PATH} ({origin}) has keys that mean nothing to this version"),
        )
        .detail(&config.unknown)
        .fix("`bd config list` shows the keys that there are"),
    }
}

fn remote(store: &Store) -> Check {
    let sources = store.sources();
    let name = "store remote";
    if sources.ambiguous {
        return Check::new("setup", name, Health::Error, "several remotes, and none is named as the one that holds the beads")
            .fix("Name it with `bd init --remote NAME`");
    }
    match &sources.remote {
        None => Check::new("setup", name, Health::Ok, "none: beads stay in this clone"),
        Some(remote) => {
            let fetched = sources.tracking.as_deref().map(|t| store.git().tip(t));
            match fetched {
                Some(Ok(Some(_))) => Check::new("setup", name, Health::Ok, format!("{remote}, branch {}", sources.branch)),
                Some(Err(e)) => Check::new("setup", name, Health::Error, e.to_string()),
                _ => Check::new("setup", name, Health::Ok, format!("{remote}; its branch {} was not fetched yet", sources.branch)),
            }
        }
    }
}

fn damage(store: &Store, snapshot: &Snapshot) -> Result<Check> {
    let damage: Vec<_> = snapshot.damage().iter().cloned().chain(store.damage_beside_events()?).collect();
    if damage.is_empty() {
        let (lines, distinct) = snapshot.line_counts();
        return Ok(Check::new(
            "store",
            "event files",
            Health::Ok,
            format!("{distinct} events in {lines} lines, every file is what its name says"),
        ));
    }
    let lines: Vec<String> = damage.iter().map(ToString::to_string).collect();
    let check = Check::new(
        "store",
        "event files",
        Health::Error,
        format!("{} damaged places; writes are refused until they are in quarantine", damage.len()),
    )
    .detail(&lines)
    .fix("`bd doctor --fix` keeps the damaged bytes in quarantine and goes on with the good lines; `bd undo --quarantine` takes that back");
    Ok(check)
}

fn state_ref(store: &Store) -> Result<Check> {
    let name = "state ref";
    let Some(tip) = store.git().tip(STATE_REF)? else {
        return Ok(match crate::store::Journal::new(store.dir()).is_empty() {
            true => Check::new("store", name, Health::Ok, "none yet: nothing was written in this clone"),
            false => Check::new("store", name, Health::Warning, "missing; the journal has what was promised")
                .fix("The next command that writes makes it again"),
        });
    };
    let lock = store.git().paths().common_dir.join(format!("{STATE_REF}.lock"));
    if lock.exists() {
        return Ok(Check::new(
            "store",
            name,
            Health::Warning,
            format!("{} is there: another process writes, or died doing so", lock.display()),
        )
        .fix("A lock older than ten seconds is taken away by the next command that writes"));
    }
    let short: String = tip.to_string().chars().take(12).collect();
    Ok(Check::new("store", name, Health::Ok, format!("at {short}")))
}

fn work(store: &Store, beads: &[Bead]) -> Vec<Check> {
    let live: Vec<&Bead> = beads.iter().filter(|b| !b.is_deleted()).collect();
    let known: HashSet<&str> = live.iter().map(|b| b.id.as_str()).collect();
    let (mut dangling, mut odd, mut conflicts, mut contested, mut expired) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for bead in &live {
        for edge in &bead.edges {
            if !known.contains(edge.edge.to.as_str()) && !edge.edge.to.starts_with("external:") {
                dangling.push(format!("{} {} {}", bead.id, edge.edge.kind.as_str(), edge.edge.to));
            }
            if !edge.edge.kind.is_known() {
                odd.push(format!("{} {} {}", bead.id, edge.edge.kind.as_str(), edge.edge.to));
            }
        }
        conflicts.extend(bead.conflicts().iter().map(|c| format!("{} {}", bead.id, c.field)));
        match bead.holding() {
            Holding::Contested(_) => contested.push(bead.id.to_string()),
            Holding::Held(claim) if claim.expired(store.now()) => expired.push(bead.id.to_string()),
            _ => {}
        }
    }
    for bead in beads.iter().filter(|b| b.is_deleted()) {
        conflicts.extend(bead.conflicts().iter().map(|c| format!("{} {} (deleted)", bead.id, c.field)));
    }
    let list = |name, found: &[String], good: &str, bad: &str, fix: &str| {
        if found.is_empty() {
            Check::new("work", name, Health::Ok, good)
        } else {
            Check::new("work", name, Health::Warning, format!("{} {bad}", found.len())).detail(found).fix(fix)
        }
    };
    let categories = crate::query::Categories::with_custom(store.config().statuses());
    let graph = crate::query::Graph::new(live.iter().map(|b| crate::query::Row::of(b, &categories)).collect());
    let cycles: Vec<String> = crate::query::cycles(&graph)
        .iter()
        .map(|c| c.iter().map(|i| graph.row(*i).id.to_string()).collect::<Vec<_>>().join(" -> "))
        .collect();
    vec![
        list(
            "dependency cycles",
            &cycles,
            "none",
            "cycles: the beads in them never become ready",
            "Remove an edge of each with `bd dep remove`",
        ),
        list(
            "dangling dependencies",
            &dangling,
            "none",
            "edges to beads that are not known here; they block nothing",
            "Sync, or remove them with `bd dep remove`",
        ),
        list(
            "dependency types",
            &odd,
            "all known",
            "edges of a type that nobody knows; they block nothing",
            &format!("Was `{}` meant?", DepType::BLOCKS.as_str()),
        ),
        list(
            "conflicts",
            &conflicts,
            "none",
            "fields with several values",
            "`bd conflicts` shows them; any new write of the field settles it",
        ),
        list(
            "contested claims",
            &contested,
            "none",
            "beads claimed by several",
            "`bd sync` settles it where one claim was published first; else one of them releases",
        ),
        list(
            "expired claims",
            &expired,
            "none",
            "claims whose lease has ended; the beads are offered again",
            "`bd claim --renew` by the holder, or leave them to others",
        ),
    ]
}

fn tree_files(store: &Store) -> Check {
    let name = "working tree";
    let Some(dir) = store.git().paths().tree_dir() else { return Check::new("setup", name, Health::Ok, "bare: no working tree") };
    match store.git().is_tracked(".beads/issues.jsonl") {
        Ok(true) => {
            return Check::new(
                "setup",
                name,
                Health::Warning,
                ".beads/issues.jsonl is tracked: it is another tracker's truth, or a view that was committed",
            )
            .fix("`bd init` on the default branch adopts it; the bytes stay in history");
        }
        Err(e) => return Check::new("setup", name, Health::Error, e.to_string()),
        Ok(false) => {}
    }
    if dir.join(".gitattributes").exists() || !dir.exists() {
        return Check::new("setup", name, Health::Ok, "as `bd init` leaves it");
    }
    Check::new("setup", name, Health::Warning, ".beads/.gitattributes is missing: git may change line ends in rides")
        .fix("`bd init` writes it")
}
