//! Each verb of `gt` that writes is killed at the failpoints that it passes; then somebody types the next command.
//!
//! In the plain suite at a part of them: every one of `gt`'s own and some of the store's, others for each verb, so that together
//! they are all of them. `BD_CRASH=all` kills at every failpoint, up to three times each (some minutes).

use crate::flow_rows::Row;
use crate::stage::{age, log, passed};
use bd::env::Env;
use bd::store::Store;
use bd_tests::{Options, Output, Sandbox, Work, setting};
use regex::Regex;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

/// The clock and the seed of the command that is killed; who types it again draws other ids at the same time.
pub const NOW: &str = "2026-03-01T09:30:00Z";
const SEED: &str = "424242";
const AGAIN: &str = "434343";
/// How many of the store's failpoints are used for a verb in the plain suite.
const SOME: usize = 2;
/// How often one failpoint is used where all are.
const TIMES: usize = 3;
/// What the next command makes.
const NEXT: &str = "The next one";

/// What the same command does when it is typed once more after it was done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Again {
    /// The same, and nothing changes: it may always be typed again.
    Same,
    /// It says that it is done already, with one of these codes.
    Refuses(&'static [i32]),
    /// It does one more (a comment, a message): who types it again has looked before.
    More,
}

/// A repository with a molecule, a convoy and mail, and copies of it as it was at several moments.
pub struct Flow {
    pub sandbox: Sandbox,
    pub wes: Work,
    pub lea: Work,
}

/// What a person can see: the beads, the mail, the files below `.beads` and those of this clone.
#[derive(Clone, PartialEq, Debug)]
pub struct Seen {
    beads: BTreeMap<String, Value>,
    mail: Vec<Value>,
    files: BTreeMap<String, String>,
    local: BTreeMap<String, String>,
    branch: String,
}

impl Flow {
    pub fn new() -> Self {
        let sandbox = Options { in_memory: true, ..Options::default() }.build();
        let wes = sandbox.repo("lone").acting_as("wes");
        let lea = wes.acting_as("lea");
        Self { sandbox, wes, lea }
    }

    fn copy(&self, from: &Path, to: &Path) {
        let _not_there = std::fs::remove_dir_all(to);
        std::fs::create_dir_all(to.parent().expect("a folder")).expect("a folder in the sandbox");
        let args = ["-a", &from.display().to_string(), &to.display().to_string()];
        self.sandbox.program_in(Path::new("cp"), self.sandbox.root(), "stage", &args).run().ok();
    }

    /// Keeps everything as it is now, under a name.
    pub fn keep(&self, name: &str) {
        self.copy(self.wes.dir(), &self.sandbox.path(format!("saved/{name}")));
    }

    /// Everything as it was when it was kept.
    pub fn put_back(&self, name: &str) {
        self.copy(&self.sandbox.path(format!("saved/{name}")), self.wes.dir());
    }

    /// True if there is something of this name.
    pub fn has(&self, name: &str) -> bool {
        self.sandbox.path(format!("saved/{name}")).is_dir()
    }

    /// Runs `gt`, killed at a point or not; the failpoints that it passes go to a log.
    pub fn act(&self, row: &Row, seed: &str, point: Option<&str>) -> Output {
        let work = self.wes.acting_as(row.who);
        let args: Vec<&str> = row.line.iter().map(String::as_str).collect();
        let mut cmd = work.gt_cmd(&args).env("BD_SEED", seed).now(NOW).env("BD_FAILPOINT_LOG", log(&self.sandbox)).stdin(row.stdin);
        if let Some(point) = point {
            cmd = cmd.fail_at(point);
        }
        cmd.run()
    }

    /// The lines of events in the order of their commits: a mutation each, and at last what is only in the journal.
    pub fn groups(&self) -> Vec<BTreeSet<String>> {
        let log = self.wes.git(&[
            "log",
            "--reverse",
            "--format=%H",
            "-p",
            "--no-color",
            "--no-renames",
            "-U0",
            "refs/beads/state",
            "--",
            ".beads/events",
            ".beads/mail",
        ]);
        let mut out: Vec<BTreeSet<String>> = Vec::new();
        let mut known: BTreeSet<String> = BTreeSet::new();
        for line in log.stdout().lines() {
            if line.len() == 40 && line.bytes().all(|b| b.is_ascii_hexdigit()) {
                out.push(BTreeSet::new());
            }
            let Some(event) = line.strip_prefix('+').map(str::trim_start).filter(|l| l.starts_with('{')) else { continue };
            let event = steady(event);
            if known.insert(event.clone()) {
                out.extend(out.is_empty().then(BTreeSet::new));
                out.last_mut().expect("a commit").insert(event);
            }
        }
        let journal = std::fs::read(self.wes.beads_dir().join("journal")).unwrap_or_default();
        let rest = String::from_utf8_lossy(&journal);
        let rest: BTreeSet<String> =
            rest.lines().map(str::trim_start).filter(|l| l.starts_with('{')).map(steady).filter(|l| !known.contains(l)).collect();
        if !rest.is_empty() {
            out.push(rest);
        }
        out.retain(|group| !group.is_empty());
        out
    }

    /// Everything that a person can see, in words without ids that are drawn.
    pub fn seen(&self) -> Seen {
        let home = self.sandbox.path("home").display().to_string();
        let vars = BTreeMap::from([
            ("HOME".to_owned(), home),
            ("BD_ACTOR".to_owned(), "wes".to_owned()),
            ("BD_NOW".to_owned(), NOW.to_owned()),
        ]);
        let store = Store::open(Arc::new(Env::new(self.wes.dir().to_owned(), vars))).expect("a store");
        let snapshot = store.snapshot().expect("a snapshot");
        let mut beads = BTreeMap::new();
        for id in snapshot.ids().expect("the ids") {
            let Some(bead) = snapshot.bead(&id).expect("a bead") else { continue };
            if bead.title() == NEXT {
                continue;
            }
            let fields: BTreeMap<String, String> =
                bead.fields.iter().map(|(name, r)| (name.to_string(), steady(r.shown().value.json()))).collect();
            let edges: Vec<String> = bead.edges.iter().map(|e| format!("{} {}", e.edge.kind.as_str(), e.edge.to)).collect();
            let said: Vec<&str> = bead.comments.iter().map(|c| c.text.as_str()).collect();
            let labels: Vec<&String> = bead.labels.keys().collect();
            // A bead whose id is drawn (a gap, a finding) is known by its title.
            let name = if fields.contains_key("key") || fields.contains_key("mol.name") || fields.contains_key("step.id") {
                id.to_string()
            } else {
                bead.title()
            };
            beads.insert(name, json!({"fields": fields, "edges": edges, "said": said, "labels": labels}));
        }
        let mailbox = gt::mail::Mailbox::load(&snapshot).expect("the mail");
        let letter = |m: &gt::mail::Message| {
            let acks: BTreeSet<&str> = m.acks.iter().map(|a| a.by.as_str()).collect();
            json!([m.from, m.to, m.subject, m.body, acks])
        };
        let mut mail: Vec<Value> = mailbox.all().iter().map(letter).collect();
        mail.sort_by_key(Value::to_string);
        let (mut files, mut local) = (BTreeMap::new(), BTreeMap::new());
        read_all(&self.wes.path(".beads"), "", &mut files);
        // Events that ride: what they say is compared as beads.
        files.retain(|path, _| !path.starts_with("events/"));
        // Events of one moment stand in the order of their ids, which are drawn.
        for text in files.values_mut().filter(|t| t.contains("[[event]]")) {
            let mut blocks: Vec<&str> = text.trim_end().split("\n\n").collect();
            blocks.sort_unstable();
            *text = blocks.join("\n\n");
        }
        read_all(&self.wes.beads_dir().join("gt"), "", &mut local);
        local.retain(|path, _| path != "lock" && !path.ends_with("/lock"));
        for name in ["trust", "config.toml"] {
            read_all(&self.wes.beads_dir().join(name), name, &mut local);
        }
        let branch = self.wes.git(&["log", "--format=%s", "main"]).stdout().to_owned();
        Seen { beads, mail, files, local, branch }
    }

    /// Kills a verb at its failpoints, and looks each time whether somebody can go on. `turn` decides which of the store's
    /// failpoints are used in the plain suite.
    pub fn kill_everywhere(&self, row: &Row, turn: usize) {
        let name = row.line.join(" ");
        let before: Vec<BTreeSet<String>> = self.groups();
        let old = self.seen();
        passed(&self.sandbox);
        let whole = self.act(row, SEED, None);
        assert!(row.ends.contains(&whole.code()), "`gt {name}`: {whole}");
        let points = passed(&self.sandbox);
        assert!(
            points.iter().any(|p| p.rsplit('.').next() == Some("after")),
            "`gt {name}` passes no failpoint, so it writes nothing: {points:?}"
        );
        let groups: Vec<BTreeSet<String>> = self.groups().split_off(before.len());
        self.mend();
        let new = self.seen();
        for (index, point, nth) in chosen(&points, turn) {
            let story = format!("`gt {name}` killed at {point}#{nth}");
            self.put_back("row");
            let killed = self.act(row, SEED, Some(&format!("{point}#{nth}")));
            passed(&self.sandbox);
            // What a thread or a child passed is not always passed at the same turn.
            if killed.code() != 128 + 6 {
                assert!(row.ends.contains(&killed.code()), "{story}: {killed}");
                continue;
            }
            let next = self.wes.bd(&["create", NEXT, "--json"]);
            assert!(next.succeeded(), "{story}: the next command is refused\n{next}");
            let id = next.json()["id"].as_str().unwrap_or("?").to_owned();
            let now: BTreeSet<String> = self.groups().concat_all().into_iter().filter(|l| !l.contains(&id)).collect();
            let taken = |line: &&String| row.verb == "mail redact" && line.contains("Forget me");
            let lost: Vec<String> = before.concat_all().difference(&now).filter(|l| !taken(l)).cloned().collect();
            assert!(lost.is_empty(), "{story}: lost {lost:?}");
            let fresh: BTreeSet<String> = now.difference(&before.concat_all()).cloned().collect();
            let done = (0..=groups.len()).find(|n| groups[..*n].to_vec().concat_all() == fresh);
            let done = done.unwrap_or_else(|| panic!("{story}: half a mutation: {fresh:?}\nof {groups:?}"));
            let promised = points[..=index].iter().filter(|p| *p == "journal.append.after").count();
            assert!(done >= promised.min(groups.len()), "{story}: {done} of {promised} promised mutations are there");
            assert!(killed.stdout().is_empty() || done == groups.len(), "{story}: it said what is not so: {}", killed.stdout());
            self.whole_files(&story, &old, &new);
            assert!(!self.wes.exists(".git/index.lock"), "{story}: index.lock is left");
            self.go_on(row, &story, (!groups.is_empty()).then_some(done == groups.len()), &old, &new);
        }
    }

    /// No file is half written: each is the old one or the new one.
    fn whole_files(&self, story: &str, old: &Seen, new: &Seen) {
        let now = self.seen();
        for (was, will, is) in [(&old.files, &new.files, &now.files), (&old.local, &new.local, &now.local)] {
            for (path, text) in is {
                // A temporary file is nobody's; it must be gone in the end.
                if matches!(path.rsplit('.').next(), Some("bd-new" | "new")) {
                    continue;
                }
                assert!(
                    was.get(path) == Some(text) || will.get(path) == Some(text),
                    "{story}: {path} is neither old nor new:\n{text}"
                );
            }
            let lost: Vec<&String> = was.keys().filter(|p| will.contains_key(*p) && !is.contains_key(*p)).collect();
            assert!(lost.is_empty(), "{story}: gone: {lost:?}");
        }
    }

    /// Somebody types it again, and everything is as if it had not been killed. `done`: whether its events are all there, where it
    /// writes any.
    fn go_on(&self, row: &Row, story: &str, done: Option<bool>, old: &Seen, new: &Seen) {
        let unlike = |now: &Seen| (now.beads != new.beads || now.mail != new.mail).then(|| differences(now, new));
        if done == Some(true) {
            if let Some(what) = unlike(&self.seen()) {
                panic!("{story}: every event is there, and it is not so: {what}");
            }
        }
        if row.again != Again::More || done == Some(false) || done.is_none() && self.seen() == *old {
            age(&self.wes.common_dir().join("refs/beads/state.lock"));
            let again = self.act(row, AGAIN, None);
            passed(&self.sandbox);
            let refused = matches!(row.again, Again::Refuses(codes) if codes.contains(&again.code())) && done != Some(false);
            assert!(refused || row.ends.contains(&again.code()), "{story}: typed again\n{again}");
        }
        self.mend();
        let now = self.seen();
        assert!(now == *new, "{story}: after it was typed again: {}", differences(&now, new));
    }

    /// What `gt doctor` names, done: the way on after a record or a commit was lost.
    fn mend(&self) {
        let doctor = self.wes.gt_cmd(&["doctor", "--fix", "--json"]).now(NOW).run();
        let found: Value = serde_json::from_str(doctor.stdout()).unwrap_or_else(|e| panic!("{e}: {doctor}"));
        let found = found["found"].to_string();
        if found.contains("record m --commit") {
            self.wes.gt_cmd(&["molecule", "record", "m", "--commit"]).now(NOW).run().ok();
        }
    }
}

/// Which failpoints are used: the place among all, the name, and how often it has been passed then.
fn chosen(passed: &[String], turn: usize) -> Vec<(usize, String, usize)> {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut all = Vec::new();
    for (index, point) in passed.iter().enumerate() {
        let nth = seen.entry(point).or_default();
        *nth += 1;
        if *nth <= TIMES {
            all.push((index, point.clone(), *nth));
        }
    }
    if setting("BD_CRASH").as_deref() == Some("all") {
        return all;
    }
    let own = |point: &str| point.starts_with("gt.") || point.starts_with("file.") || point == "journal.append.after";
    let (mut out, rest): (Vec<_>, Vec<_>) = all.into_iter().filter(|(.., nth)| *nth == 1).partition(|(_, point, _)| own(point));
    let step = (rest.len() / SOME).max(1);
    out.extend(rest.into_iter().skip(turn % step).step_by(step).take(SOME));
    out
}

/// Without what a clock of the machine measured.
fn steady(text: &str) -> String {
    Regex::new(r#""(millis|seconds)":[0-9.]+"#).expect("a valid expression").replace_all(text, "\"$1\":0").into_owned()
}

fn read_all(path: &Path, name: &str, out: &mut BTreeMap<String, String>) {
    if path.is_file() {
        out.insert(name.to_owned(), steady(&String::from_utf8_lossy(&std::fs::read(path).unwrap_or_default())));
    }
    for entry in std::fs::read_dir(path).into_iter().flatten().flatten() {
        let file = entry.file_name().to_string_lossy().into_owned();
        read_all(&entry.path(), &if name.is_empty() { file } else { format!("{name}/{file}") }, out);
    }
}

fn differences(now: &Seen, want: &Seen) -> String {
    let mut out = String::new();
    let mut say = |what: &str, is: &dyn std::fmt::Debug, wanted: &dyn std::fmt::Debug| {
        out += &format!("\n{what}:\n  is   {is:?}\n  want {wanted:?}")
    };
    let keys: BTreeSet<&String> = now.beads.keys().chain(want.beads.keys()).collect();
    for key in keys {
        if now.beads.get(key) != want.beads.get(key) {
            say(key, &now.beads.get(key), &want.beads.get(key));
        }
    }
    for (is, wanted) in [(&now.files, &want.files), (&now.local, &want.local)] {
        let keys: BTreeSet<&String> = is.keys().chain(wanted.keys()).collect();
        for key in keys {
            if is.get(key) != wanted.get(key) {
                say(key, &is.get(key), &wanted.get(key));
            }
        }
    }
    if now.mail != want.mail {
        say("mail", &now.mail, &want.mail);
    }
    if now.branch != want.branch {
        say("branch", &now.branch, &want.branch);
    }
    out
}

/// All lines of some groups.
trait ConcatAll {
    fn concat_all(&self) -> BTreeSet<String>;
}

impl ConcatAll for Vec<BTreeSet<String>> {
    fn concat_all(&self) -> BTreeSet<String> {
        self.iter().flatten().cloned().collect()
    }
}
