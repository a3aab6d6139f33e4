//! Earlier verdicts that still hold: equal definition, equal code, equal tool, equal inputs. Only a clean pass is taken again
//! (not a flaky one, not one that a waiver made), and only of gates whose answer follows from the code: never that of a
//! person, of a budget, or of something outside.

use super::define::hex;
use super::{Ask, Definitions, Gate, Kind, Outcome, Status, Verdict, When};
use bd::git::Git;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// How many passes a clone keeps.
const KEPT: usize = 500;

/// For what a verdict holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key {
    pub definition: String,
    pub code: Option<String>,
    pub tool: String,
    pub inputs: String,
}

impl Key {
    pub fn of(gate: &Gate, ask: &Ask<'_>, seen: &Seen) -> Self {
        Self {
            definition: gate.digest.clone(),
            code: ask.code.map(|oid| oid.to_string()),
            tool: tool(gate),
            inputs: inputs(gate, ask, seen),
        }
    }

    /// A name for a file; `None` where there is no code to hold for.
    fn name(&self, gate: &Gate) -> Option<String> {
        let code = self.code.as_ref()?;
        Some(hex(format!("1\0{}\0{}\0{code}\0{}\0{}", gate.id, self.definition, self.tool, self.inputs).as_bytes()))
    }
}

/// What answers: our version alone where we do, and the platform where a program does.
fn tool(gate: &Gate) -> String {
    let own = bd::ops::verdicts::TOOL;
    match gate.kind.program() {
        None => own.to_owned(),
        Some(_) => format!("{own} {}-{}", std::env::consts::OS, std::env::consts::ARCH),
    }
}

/// Digests of what all gates of a check look at, made once.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    change: String,
    rules: String,
}

impl Seen {
    pub fn of(ask: &Ask<'_>, definitions: &Definitions) -> Self {
        // Where there is no code to hold for, nothing holds for later.
        if ask.code.is_none() {
            return Self::default();
        }
        let mut change = String::new();
        for f in ask.files {
            let _ = write!(change, "{}\0{:?}\0{:?}\0{:?}\0{:?}\0", f.path, f.old_path, f.blob, f.old_blob, f.lines);
        }
        let mut rules = String::new();
        definitions.rule_files.iter().for_each(|(name, rule)| rules.extend([name, "\0", rule, "\0"]));
        Self { change: hex(change.as_bytes()), rules: if rules.is_empty() { rules } else { hex(rules.as_bytes()) } }
    }
}

/// Digest of what the answer follows from beside the code as a whole: for what looks at the change, its files and lines; for
/// a scan, the project's rules; for a program, what it finds around it, so that another compiler or a switch in a variable asks
/// again.
fn inputs(gate: &Gate, ask: &Ask<'_>, seen: &Seen) -> String {
    let mut text = String::new();
    if matches!(gate.kind, Kind::Scan { .. } | Kind::Scope { .. } | Kind::Judge { .. }) {
        text.push_str(&seen.change);
    }
    if matches!(gate.kind, Kind::Scan { .. }) {
        text.push_str(&seen.rules);
    }
    if let Some(run) = gate.kind.program() {
        surroundings(ask, run, &mut text);
    }
    if text.is_empty() { String::new() } else { hex(text.as_bytes()) }
}

/// Variables that differ from one terminal to the next and say nothing about the work. One that a program's text names counts
/// all the same.
const OF_A_SESSION: [&str; 24] = [
    "_",
    "COLORTERM",
    "COLUMNS",
    "DBUS_SESSION_BUS_ADDRESS",
    "DISPLAY",
    "EDITOR",
    "HISTFILE",
    "INVOCATION_ID",
    "JOURNAL_STREAM",
    "LINES",
    "LS_COLORS",
    "MAIL",
    "OLDPWD",
    "PAGER",
    "PATH",
    "PS1",
    "PWD",
    "SHLVL",
    "STY",
    "TERM",
    "VISUAL",
    "WAYLAND_DISPLAY",
    "WINDOWID",
    "XAUTHORITY",
];
/// And families of them; git's, and ours, are set anew for each program or for a hook alone.
const OF_A_SESSION_TOO: [&str; 8] = ["BD_", "GATE_", "GIT_", "SSH_", "TERM_", "TMUX", "VSCODE_", "XDG_SESSION"];

/// What a program finds around it: its variables, and the programs that its text names.
fn surroundings(ask: &Ask<'_>, run: &str, text: &mut String) {
    let of_text: Vec<&str> = run.split(|c: char| !(c.is_alphanumeric() || "_./+-".contains(c))).filter(|w| !w.is_empty()).collect();
    for (name, value) in ask.env.vars() {
        let of_session = OF_A_SESSION.contains(&name.as_str()) || OF_A_SESSION_TOO.iter().any(|f| name.starts_with(f));
        if !of_session || of_text.contains(&name.as_str()) {
            let _ = write!(text, "{name}\0{value}\0");
        }
    }
    let mut files: Vec<PathBuf> = of_text.iter().filter_map(|word| program(ask, word)).collect();
    files.sort();
    files.dedup();
    for file in files {
        use std::os::unix::fs::MetadataExt;
        let Ok(meta) = std::fs::metadata(&file) else { continue };
        // The time of the last change of anything about it: the one that nobody sets at will.
        let _ = write!(text, "{}\0{}\0{}.{}\0", file.display(), meta.len(), meta.ctime(), meta.ctime_nsec());
    }
}

/// The file of a word of a shell text, if it is a program: on the PATH, or named from the root. One of the repository is part
/// of the code.
fn program(ask: &Ask<'_>, word: &str) -> Option<PathBuf> {
    use std::os::unix::fs::PermissionsExt;
    let is_program = |path: &PathBuf| path.metadata().is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o111 != 0);
    match word.contains('/') {
        true => Some(PathBuf::from(word)).filter(|path| path.is_absolute() && is_program(path)),
        false => ask.env.var("PATH")?.split(':').map(|dir| Path::new(dir).join(word)).find(is_program),
    }
}

fn is_reusable(kind: &Kind) -> bool {
    matches!(kind, Kind::Command { .. } | Kind::Judge { .. })
}

fn folder(git: &dyn Git) -> Option<PathBuf> {
    // `bd init` makes the clone's folder; where there is none, nothing is kept.
    let dir = git.paths().beads_dir();
    dir.is_dir().then(|| dir.join("cache").join("gates"))
}

/// An earlier pass of this clone, or one that its user recorded as an event. What somebody else recorded is a claim, and
/// at `land` only what this clone found out itself counts.
pub(super) fn earlier(ask: &Ask<'_>, gate: &Gate, key: &Key) -> Option<Verdict> {
    if !is_reusable(&gate.kind) {
        return None;
    }
    let name = key.name(gate)?;
    let kept = folder(ask.git).and_then(|dir| std::fs::read(dir.join(format!("{name}.json"))).ok());
    let kept = kept.and_then(|bytes| serde_json::from_slice::<Verdict>(&bytes).ok());
    let found = kept.filter(|v| holds(v, gate, key)).or_else(|| {
        let store = ask.store.filter(|_| ask.when != When::Land)?;
        let snapshot = store.snapshot().ok()?;
        let own = super::events::recorded(&snapshot, ask.bead).ok()?;
        let last = own.into_iter().rfind(|r| r.by == store.actor().as_str() && same(&r.verdict, gate, key))?;
        Some(last.verdict).filter(|v| holds(v, gate, key))
    })?;
    Some(Verdict { reused: true, ..found })
}

fn same(v: &Verdict, gate: &Gate, key: &Key) -> bool {
    let code = key.code.is_some() && v.code == key.code;
    v.gate == gate.id
        && v.kind == gate.kind.as_str()
        && code
        && v.definition == key.definition
        && v.tool == key.tool
        && v.inputs == key.inputs
}

pub(super) fn holds(v: &Verdict, gate: &Gate, key: &Key) -> bool {
    same(v, gate, key) && v.status == Status::Pass && !v.flaky && v.waived.is_empty()
}

/// Keeps a pass for later, and drops one that is no more: whatever came out last counts. Best effort, as everything in the
/// cache.
pub(super) fn keep(ask: &Ask<'_>, gate: &Gate, key: &Key, verdict: &Verdict) {
    let (true, Some(dir), Some(name)) = (is_reusable(&gate.kind), folder(ask.git), key.name(gate)) else { return };
    let file = dir.join(format!("{name}.json"));
    if holds(verdict, gate, key) {
        write(&file, &verdict.bounded());
        prune(&dir);
    } else {
        let _ = std::fs::remove_file(file);
    }
}

/// Notes what the gates of a moment said last, for people who ask (`bd gate verdicts`): hooks write no events.
pub(super) fn remember(git: &dyn Git, outcome: &Outcome) {
    if let Some(dir) = folder(git) {
        let verdicts: Vec<Verdict> = outcome.verdicts().iter().map(Verdict::bounded).collect();
        write(&dir.join(format!("latest-{}.json", outcome.when())), &verdicts);
    }
}

/// What the gates of a moment said last in this clone; nothing where nobody asked.
pub fn latest(git: &dyn Git, when: When) -> Vec<Verdict> {
    let file = folder(git).map(|dir| dir.join(format!("latest-{when}.json")));
    let bytes = file.and_then(|file| std::fs::read(file).ok());
    bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
}

/// Whole or not at all: a reader never sees half of it.
fn write<T: serde::Serialize>(file: &Path, value: &T) {
    let Some(dir) = file.parent() else { return };
    let Ok(bytes) = serde_json::to_vec(value) else { return };
    if std::fs::create_dir_all(dir).is_err() {
        return;
    }
    let part = file.with_extension(format!("{}.part", std::process::id()));
    if std::fs::write(&part, bytes).is_err() || std::fs::rename(&part, file).is_err() {
        let _ = std::fs::remove_file(&part);
    }
}

/// Drops the oldest where there are too many.
fn prune(dir: &Path) {
    let Ok(entries) = std::fs::read_dir(dir) else { return };
    let aged = |e: std::fs::DirEntry| Some((e.metadata().ok()?.modified().ok()?, e.path()));
    let mut all: Vec<(SystemTime, PathBuf)> = entries.filter_map(std::result::Result::ok).filter_map(aged).collect();
    all.sort();
    let too_many = all.len().saturating_sub(KEPT);
    all.into_iter().take(too_many).for_each(|(_, path)| drop(std::fs::remove_file(path)));
}
