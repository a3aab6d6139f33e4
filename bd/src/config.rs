//! What decides: `.beads/config.toml`, read from the default branch's tree (STATE 2), and this clone's own settings.

use crate::env::Env;
use crate::error::{Error, Result};
use crate::git::{Git, Oid};
use crate::model::{Actor, Category, Status};
use crate::store::Sources;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::time::Duration;

/// The name of the file, from the top of the tree.
pub const CONFIG_PATH: &str = ".beads/config.toml";
/// Where the project defines its gates, from the top of the tree.
pub const GATES_PATH: &str = ".beads/gates.toml";

/// What `guard.replace` asks for when somebody else's text is replaced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Guard {
    /// Say so on stderr.
    #[default]
    Warn,
    /// Demand `--replace`.
    Refuse,
}

/// When the view `issues.jsonl` is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum View {
    /// Never.
    #[default]
    Off,
    /// By `bd sync`.
    Sync,
    /// By every mutation.
    Each,
}

/// When the set is published without being asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Push {
    /// By `bd sync` only.
    #[default]
    Manual,
    /// In the background after mutations, at most every 30 s.
    Each,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct File {
    version: Option<i64>,
    prefix: Option<String>,
    status: BTreeMap<String, String>,
    types: Types,
    claim: ClaimFile,
    guard: GuardFile,
    view: ViewFile,
    sync: SyncFile,
    ready: ReadyFile,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Types {
    custom: Vec<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct ClaimFile {
    lease: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct GuardFile {
    replace: Guard,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct ViewFile {
    issues: View,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct SyncFile {
    push: Push,
    publish_to: Vec<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct ReadyFile {
    exclude_types: Option<Vec<String>>,
}

/// The keys that mean something, with what they mean: for `bd config list`, and to warn about others.
pub const KEYS: &[(&str, &str)] = &[
    ("version", "format of this file, 1"),
    ("prefix", "what new bead ids begin with"),
    ("status.<name>", "a custom status and its category: active, wip, done or frozen"),
    ("types.custom", "custom bead types"),
    ("claim.lease", "how long a claim holds without a heartbeat, e.g. 24h; 0 = for ever"),
    ("guard.replace", "warn or refuse when another actor's text is replaced"),
    ("view.issues", "when .beads/issues.jsonl is written: off, sync or each"),
    ("sync.push", "manual, or each: publish in the background after mutations"),
    ("sync.publish_to", "the remotes' URLs to which this project publishes its beads"),
    ("ready.exclude_types", "bead types that `bd ready` does not offer"),
    ("hooks.require_bead", "off, warn or block: if a commit's message has to name a bead"),
];

/// The configuration in force.
#[derive(Clone, Debug)]
pub struct Config {
    file: File,
    text: Option<String>,
    /// Where it was read: a ref, or the working tree.
    pub origin: Option<String>,
    /// Keys in the file that mean nothing to this version.
    pub unknown: Vec<String>,
    /// What the look for this file has shown about gates.
    gates: Gates,
    lock_timeout: Duration,
    prefix: String,
}

impl Config {
    /// Reads it: from the default branch's tree, else from the local default branch's, else from the working tree.
    ///
    /// # Errors
    /// A file that does not parse, with line and column; a version from the future.
    pub fn load(env: &Env, git: &dyn Git, sources: &Sources) -> Result<Self> {
        let (found, gates) = from_branches(git, sources)?;
        let (text, origin) = match found {
            Some((text, origin)) => (Some(text), Some(origin)),
            None => from_working_tree(git)?,
        };
        let fallback = fallback_prefix(git);
        Ok(Self { gates, ..Self::parse(text, origin, &fallback, env)? })
    }

    /// True if a gate of the project is asked when a bead is claimed: what decides is found as by [`deciding_text`]. Costs nothing
    /// where the default branch defines gates, and no look into a branch that was looked into before.
    ///
    /// # Errors
    /// As [`deciding_text`].
    pub fn gates_at_claim(&self, git: &dyn Git, sources: &Sources) -> Result<bool> {
        if let Some(known) = self.gates.asks_at_claim {
            return Ok(known);
        }
        for (at, name) in branches(sources).into_iter().enumerate().skip(self.gates.branches_without) {
            let Some(commit) = git.tip(name)?.filter(|commit| Some(*commit) != self.gates.commit_without) else { continue };
            if let Some(asks) = seen_at(git, commit, at)?.asks_at_claim {
                return Ok(asks);
            }
        }
        Ok(file_of_working_tree(git, GATES_PATH)?.0.is_some_and(|text| asks_at_claim(&text)))
    }

    /// From text.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn parse(text: Option<String>, origin: Option<String>, fallback_prefix: &str, env: &Env) -> Result<Self> {
        let file: File = match &text {
            Some(text) => toml_edit::de::from_str(text).map_err(|e| {
                Error::usage(format!("{CONFIG_PATH} ({}): {}", origin.as_deref().unwrap_or("?"), e.to_string().trim()))
            })?,
            None => File::default(),
        };
        if let Some(version) = file.version.filter(|v| *v != 1) {
            return Err(Error::usage(format!("{CONFIG_PATH} has version {version}; this `bd` knows version 1"))
                .hint("Install a newer `bd`"));
        }
        for (name, category) in &file.status {
            if Category::parse(category).is_none() {
                return Err(Error::usage(format!("{CONFIG_PATH}: status `{name}` has the category `{category}`"))
                    .hint("A category is one of active, wip, done, frozen"));
            }
        }
        if let Some(lease) = &file.claim.lease {
            parse_duration(lease).ok_or_else(|| {
                Error::usage(format!("{CONFIG_PATH}: claim.lease is `{lease}`"))
                    .hint("Write a number and a unit, like 90m, 24h, 7d; 0 = for ever")
            })?;
        }
        let prefix = file.prefix.clone().unwrap_or_else(|| fallback_prefix.to_owned());
        check_prefix(&prefix)?;
        let unknown = text.as_deref().map(unknown_keys).unwrap_or_default();
        let lock_timeout = env.var("BD_LOCK_TIMEOUT").and_then(|t| t.parse::<u64>().ok()).unwrap_or(30);
        Ok(Self { file, text, origin, unknown, gates: Gates::default(), lock_timeout: Duration::from_secs(lock_timeout), prefix })
    }

    /// True if a file was found.
    pub fn is_from_repository(&self) -> bool {
        self.text.is_some()
    }

    /// The file's text.
    pub fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// What new bead ids begin with.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// How long to wait for the clone's lock (`BD_LOCK_TIMEOUT`, seconds; 30 by default).
    pub fn lock_timeout(&self) -> Duration {
        self.lock_timeout
    }

    /// How long a claim holds; `None` = for ever. 24 hours by default.
    pub fn lease(&self) -> Option<Duration> {
        let lease = self.file.claim.lease.as_deref().map_or(Some(Duration::from_secs(24 * 3600)), parse_duration)?;
        (!lease.is_zero()).then_some(lease)
    }

    /// What replacing another actor's text asks for.
    pub fn guard_replace(&self) -> Guard {
        self.file.guard.replace
    }

    /// When the view is written.
    pub fn view(&self) -> View {
        self.file.view.issues
    }

    /// When to publish without being asked.
    pub fn push(&self) -> Push {
        self.file.sync.push
    }

    /// The URLs to which the project publishes.
    pub fn publish_to(&self) -> &[String] {
        &self.file.sync.publish_to
    }

    /// True if the project says that its state is published somewhere.
    pub fn sync_published(&self) -> bool {
        !self.file.sync.publish_to.is_empty()
    }

    /// Custom statuses with their categories.
    pub fn statuses(&self) -> impl Iterator<Item = (&str, Category)> {
        self.file.status.iter().filter_map(|(name, category)| Some((name.as_str(), Category::parse(category)?)))
    }

    /// The category of any status; an unknown one counts as active, so that nothing silently counts as done.
    pub fn category(&self, status: &Status) -> Category {
        let custom = self.file.status.get(status.as_str()).and_then(|c| Category::parse(c));
        custom.or_else(|| status.built_in_category()).unwrap_or(Category::Active)
    }

    /// Custom types.
    pub fn custom_types(&self) -> &[String] {
        &self.file.types.custom
    }

    /// The types that `bd ready` does not offer, where the project has its own list.
    pub fn ready_exclude_types(&self) -> Option<&[String]> {
        self.file.ready.exclude_types.as_deref()
    }
}

/// What is known about the project's gates without having looked for them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Gates {
    /// If those that decide ask at `claim`; `None` = the branches that were looked into define none.
    asks_at_claim: Option<bool>,
    /// How many branches these were,
    branches_without: usize,
    /// and the last one's commit.
    commit_without: Option<Oid>,
}

/// The branches that decide, the first that has a file.
fn branches(sources: &Sources) -> Vec<&String> {
    let mut names: Vec<&String> = sources.default_branch.iter().chain(&sources.local_default).collect();
    names.dedup();
    names
}

/// The text and where it was; and what was seen of gates on the way.
fn from_branches(git: &dyn Git, sources: &Sources) -> Result<(Option<(String, String)>, Gates)> {
    let mut gates = Gates::default();
    for (at, name) in branches(sources).into_iter().enumerate() {
        let commit = git.tip(name)?;
        let seen = commit.map(|commit| seen_at(git, commit, at)).transpose()?.unwrap_or_default();
        if gates.asks_at_claim.is_none() {
            gates = Gates { asks_at_claim: seen.asks_at_claim, branches_without: at + 1, commit_without: commit };
        }
        if let Some(text) = seen.config {
            let text = String::from_utf8(text).map_err(|_| Error::usage(format!("{CONFIG_PATH} on {name} is not UTF-8")))?;
            return Ok((Some((text, name.clone())), gates));
        }
    }
    Ok((None, gates))
}

/// True if one of these gates is asked at `claim`. What cannot be read asks: bd-gate says what is wrong with it.
fn asks_at_claim(text: &str) -> bool {
    // Nearly always; the escapes could spell the word.
    if !text.contains("claim") && !text.contains('\\') {
        return false;
    }
    let Ok(file) = toml_edit::de::from_str::<serde_json::Value>(text) else { return true };
    let gates = file.get("gate").and_then(serde_json::Value::as_array).into_iter().flatten();
    let asks = |gate: &serde_json::Value| match gate.get("when") {
        Some(serde_json::Value::Array(all)) => all.iter().any(|when| when == "claim"),
        Some(one) => one == "claim",
        None => false,
    };
    gates.filter(|gate| gate.get("action").is_none_or(|action| action != "off")).any(asks)
}

/// The text of another file that decides, from where [`Config::load`] takes its own: the default branch's tree, else the
/// local default branch's, else the working tree. `None` where it is nowhere.
///
/// # Errors
/// An object or the file cannot be read, or is not UTF-8 (exit 2).
pub fn deciding_text(git: &dyn Git, sources: &Sources, path: &str) -> Result<Option<String>> {
    Ok(deciding_file(git, sources, path)?.map(|file| file.text))
}

/// A file that decides, and where it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deciding {
    /// Its text.
    pub text: String,
    /// The ref in whose commit it is; `None` = the working tree.
    pub branch: Option<(String, Oid)>,
}

/// As [`deciding_text`], with the place.
///
/// # Errors
/// As [`deciding_text`].
pub fn deciding_file(git: &dyn Git, sources: &Sources, path: &str) -> Result<Option<Deciding>> {
    for name in branches(sources) {
        let Some(commit) = git.tip(name)? else { continue };
        if let Some(entry) = git.entry_at(git.commit_tree(commit)?, path)? {
            let mut bytes = Vec::new();
            git.read_blob(entry.oid, &mut bytes)?;
            let text = String::from_utf8(bytes).map_err(|_| Error::usage(format!("{path} on {name} is not UTF-8")))?;
            return Ok(Some(Deciding { text, branch: Some((name.clone(), commit)) }));
        }
    }
    Ok(file_of_working_tree(git, path)?.0.map(|text| Deciding { text, branch: None }))
}

/// What a commit's tree says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Seen {
    /// The bytes of this file; `None` = it is not there.
    config: Option<Vec<u8>>,
    /// If its gates ask at `claim`; `None` = it defines none.
    asks_at_claim: Option<bool>,
}

/// What a commit has never changes: it is remembered, so that a command that only looks opens no object.
fn seen_at(git: &dyn Git, commit: Oid, at: usize) -> Result<Seen> {
    let path = git.paths().beads_dir().join("cache").join(format!("config-{at}"));
    if let Some(seen) = std::fs::read(&path).ok().and_then(|bytes| remembered(&bytes, commit)) {
        return Ok(seen);
    }
    let root = git.commit_tree(commit)?;
    let file = |path: &str| -> Result<Option<Vec<u8>>> {
        let Some(entry) = git.entry_at(root, path)? else { return Ok(None) };
        let mut bytes = Vec::new();
        git.read_blob(entry.oid, &mut bytes)?;
        Ok(Some(bytes))
    };
    let config = file(CONFIG_PATH)?;
    // No UTF-8 is for the gates to say.
    let asks_at_claim = file(GATES_PATH)?.map(|bytes| std::str::from_utf8(&bytes).map_or(true, asks_at_claim));
    let seen = Seen { config, asks_at_claim };
    remember(&path, commit, &seen);
    Ok(seen)
}

/// `COMMIT DIGEST`, a line feed, then `-` (defines no gates), `0` or `1` (they ask at `claim`), and `-` (no file) or `+` and the
/// bytes. The digest is of what follows the line. `None` = this is about something else.
fn remembered(bytes: &[u8], commit: Oid) -> Option<Seen> {
    let end = memchr::memchr(b'\n', bytes)?;
    let (head, rest) = (&bytes[..end], &bytes[end + 1..]);
    if head != format!("{commit} {} 2", crate::store::digest(rest)).as_bytes() {
        return None;
    }
    let (asks, rest) = rest.split_first()?;
    let asks_at_claim = match asks {
        b'0' => Some(false),
        b'1' => Some(true),
        _ => None,
    };
    match rest.split_first()? {
        (b'-', []) => Some(Seen { config: None, asks_at_claim }),
        (b'+', text) => Some(Seen { config: Some(text.to_vec()), asks_at_claim }),
        _ => None,
    }
}

/// Best effort, as everything in the cache, and only where there is a cache: `bd init` makes the folder its own way.
fn remember(path: &std::path::Path, commit: Oid, seen: &Seen) {
    let asks = seen.asks_at_claim.map_or(b'-', |asks| if asks { b'1' } else { b'0' });
    let mut rest = vec![asks, if seen.config.is_some() { b'+' } else { b'-' }];
    rest.extend_from_slice(seen.config.as_deref().unwrap_or_default());
    let mut bytes = format!("{commit} {} 2\n", crate::store::digest(&rest)).into_bytes();
    bytes.extend_from_slice(&rest);
    // Whoever reads half of it sees that by the digest.
    crate::failpoint!("config.cache.before");
    if path.parent().is_some_and(std::path::Path::is_dir) {
        let _ = std::fs::write(path, bytes);
    }
    crate::failpoint!("config.cache.after");
}

fn from_working_tree(git: &dyn Git) -> Result<(Option<String>, Option<String>)> {
    file_of_working_tree(git, CONFIG_PATH)
}

fn file_of_working_tree(git: &dyn Git, path: &str) -> Result<(Option<String>, Option<String>)> {
    let Some(dir) = git.paths().work_dir.as_ref() else { return Ok((None, None)) };
    let path = dir.join(path);
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok((Some(text), Some("working tree".to_owned()))),
        Err(e) if matches!(e.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) => Ok((None, None)),
        Err(e) => Err(Error::io(&path, &e)),
    }
}

/// The name of the repository's folder, made fit, else `bd`.
fn fallback_prefix(git: &dyn Git) -> String {
    let paths = git.paths();
    let dir = paths.work_dir.as_deref().unwrap_or(&paths.common_dir);
    let name = dir.file_name().map(|n| n.to_string_lossy().to_lowercase()).unwrap_or_default();
    let name: String = name.trim_end_matches(".git").chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let name = name.trim_matches('-').to_owned();
    if check_prefix(&name).is_ok() && name.len() <= 16 { name } else { "bd".to_owned() }
}

/// Checks what bead ids may begin with: upstream's rule (a letter, then letters, digits, `-`; lower case) and `_`.
///
/// # Errors
/// It breaks the rule.
pub fn check_prefix(prefix: &str) -> Result<()> {
    let fits = prefix.starts_with(|c: char| c.is_ascii_lowercase())
        && prefix.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_')
        && !prefix.ends_with('-')
        && prefix.len() <= 40;
    if fits {
        return Ok(());
    }
    Err(Error::usage(format!("`{}` cannot be a prefix", prefix.escape_debug()))
        .hint("A prefix is a lower-case letter and then letters, digits, `-` or `_`, at most 40"))
}

/// `90s 30m 24h 7d 2w`, or `0`.
pub fn parse_duration(text: &str) -> Option<Duration> {
    let text = text.trim();
    if text == "0" {
        return Some(Duration::ZERO);
    }
    let unit = text.chars().last()?;
    let number: u64 = text[..text.len() - unit.len_utf8()].parse().ok()?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        'w' => 604_800,
        _ => return None,
    };
    number.checked_mul(seconds).map(Duration::from_secs)
}

/// Tables that other programs of ours read (`gt config list`): what stands in them is theirs to judge.
const OF_OTHERS: &[&str] =
    &["teams", "groups", "channels", "users", "approval", "workday", "notifications", "compliance", "blocking_conditions"];

fn unknown_keys(text: &str) -> Vec<String> {
    let Ok(doc) = text.parse::<toml_edit::DocumentMut>() else { return Vec::new() };
    let mut out = Vec::new();
    for (name, item) in doc.iter().filter(|(name, item)| !(OF_OTHERS.contains(name) && item.is_table_like())) {
        let known = |key: &str| KEYS.iter().any(|(k, _)| *k == key);
        match item.as_table_like().filter(|_| name != "status") {
            Some(table) => {
                out.extend(table.iter().map(|(key, _)| format!("{name}.{key}")).filter(|key| !known(key)));
            }
            None if name == "status" || known(name) => {}
            None => out.push(name.to_owned()),
        }
    }
    out
}

/// Who acts: `BD_ACTOR`, `BEADS_ACTOR`, git's `user.name`, `USER`, else `unknown` (upstream's order).
pub fn actor(env: &Env, git: &dyn Git, _config: &Config) -> Actor {
    let named = env.var("BD_ACTOR").or_else(|| env.var("BEADS_ACTOR")).map(str::to_owned);
    let name = named.or_else(|| git.config("user.name").filter(|n| !n.is_empty())).or_else(|| env.var("USER").map(str::to_owned));
    Actor::new(name.as_deref().unwrap_or("unknown"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Config> {
        let env = Env::new("/".into(), BTreeMap::new());
        Config::parse(Some(text.to_owned()), Some("test".into()), "bd", &env)
    }

    #[test]
    fn gates_that_ask_at_claim_are_known_by_their_text() {
        let asks = |keys: &str| asks_at_claim(&format!("[[gate]]\nid = \"a\"\n{keys}"));
        assert!(asks("when = [\"work\", \"claim\"]") && asks("when = \"claim\"") && asks("when = [\"cl\\u0061im\"]"));
        assert!(asks("when = [\"claim\"]\naction = \"warn\""), "it is asked, and warns");
        for quiet in ["", "when = [\"land\"]", "about = \"claim\"", "when = [\"claim\"]\naction = \"off\"", "run = \"a \\\" b\""] {
            assert!(!asks(quiet), "{quiet}");
        }
        assert!(asks_at_claim("claim = ["), "what cannot be read is asked about");
    }

    #[test]
    fn what_is_remembered_of_a_commit_is_that_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("config-0");
        let (one, two) = (Oid::from_bytes(&[1; 20]).unwrap(), Oid::from_bytes(&[2; 20]).unwrap());
        for config in [None, Some(b"a = 1".to_vec()), Some(Vec::new())] {
            for asks_at_claim in [None, Some(false), Some(true)] {
                let seen = Seen { config: config.clone(), asks_at_claim };
                remember(&path, one, &seen);
                let bytes = std::fs::read(&path).unwrap();
                assert_eq!(remembered(&bytes, one), Some(seen));
                assert_eq!(remembered(&bytes, two), None);
                assert_eq!(remembered(&bytes[..bytes.len() - 1], one), None, "half of it");
            }
        }
        // As an older version wrote it.
        let old = format!("{one} {}\n+", crate::store::digest(b"+"));
        assert_eq!(remembered(old.as_bytes(), one), None);
    }

    #[test]
    fn what_is_written_counts() {
        let config =
            parse("version = 1\nprefix = \"app\"\n[status]\nreview = \"wip\"\n[claim]\nlease = \"2h\"\n[odd]\nx = 1\n").unwrap();
        assert_eq!(config.prefix(), "app");
        assert_eq!(config.category(&Status::new("review")), Category::Wip);
        assert_eq!(config.category(&Status::new("never heard of")), Category::Active);
        assert_eq!(config.lease(), Some(Duration::from_secs(7200)));
        assert_eq!(config.unknown, ["odd.x"]);
        assert_eq!(parse("[claim]\nlease=\"0\"").unwrap().lease(), None);
    }

    #[test]
    fn what_is_wrong_says_where() {
        assert!(parse("prefix = \n").unwrap_err().message.contains("line 1"));
        for bad in [
            "version = 2",
            "prefix = \"A b\"",
            "[status]\nx = \"sleepy\"",
            "[claim]\nlease = \"soon\"",
            "[view]\nissues = \"maybe\"",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
