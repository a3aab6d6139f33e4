//! Stores to measure: N beads with five events each, about 260 bytes an event, packs of 10 000 lines and 1 000 loose files over
//! twenty days, two hundred files of code, everything packed by git.

use bd::model::{Actor, BeadId, DepType, Edge, Event, EventId, Kind, Value, format_time};
use bd::store::{SealedName, seal};
use bd_tests::{Sandbox, Work};
use jiff::{SignedDuration, Timestamp};
use std::io::Write;

const PACK: usize = 10_000;
const LOOSE: usize = 1_000;
const DAYS: usize = 20;

/// A clone with a generated store.
pub struct Generated {
    /// The clone.
    pub work: Work,
    /// All lines in one file outside of git: what one pass of serde_json reads.
    pub plain: std::path::PathBuf,
    /// A bead that is open.
    pub an_id: String,
}

/// Numbers that repeat.
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 16
    }

    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut out = [0; N];
        for b in &mut out {
            *b = self.next() as u8;
        }
        out
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }
}

const WORDS: &[&str] = &[
    "parse", "store", "reload", "index", "merge", "branch", "cursor", "buffer", "socket", "retry", "timeout", "journal", "packet",
    "render", "layout", "filter", "schema", "column", "worker", "ledger", "window", "handle", "module", "export",
];

fn words(draw: &mut Draw, n: usize) -> String {
    let list: Vec<&str> = (0..n).map(|_| WORDS[draw.below(WORDS.len())]).collect();
    list.join(" ")
}

/// The events of one bead: create, label, a link or a comment, a change, and a close for two of three.
fn events_of(draw: &mut Draw, at: Timestamp, ids: &[BeadId]) -> Vec<Event> {
    let bead = BeadId::mint("bench", draw.bytes()).expect("a bead id");
    let by = Actor::new(["ann", "bob", "cyd", "polecat/rust-7"][draw.below(4)]);
    let event = |draw: &mut Draw, minutes: i64, kind: Kind| {
        let at = at.saturating_add(SignedDuration::from_mins(minutes)).unwrap_or(at);
        Event::new(EventId::new(at.as_millisecond(), draw.bytes()), format_time(at), by.clone(), bead.clone(), kind)
    };
    let priority = Value::of(&(draw.below(5) as i64));
    let create = event(draw, 0, Kind::CREATE)
        .setting("title", Value::text(&words(draw, 6)))
        .setting("description", Value::text(&words(draw, 18)))
        .setting("issue_type", Value::text(["task", "bug", "feature", "chore"][draw.below(4)]))
        .setting("priority", priority)
        .setting("status", Value::text("open"));
    let mut label = event(draw, 1, Kind::LABEL);
    label.labels = vec![words(draw, 1), words(draw, 1)];
    label.text = None;
    let third = match draw.below(3) {
        0 if !ids.is_empty() => {
            let mut link = event(draw, 2, Kind::LINK);
            link.links = vec![Edge::new(ids[draw.below(ids.len())].as_str(), DepType::BLOCKS)];
            link
        }
        _ => {
            let mut comment = event(draw, 2, Kind::COMMENT);
            comment.text = Some(words(draw, 24));
            comment
        }
    };
    let mut set = event(draw, 30, Kind::SET).setting("design", Value::text(&words(draw, 14)));
    set.on = vec![create.id];
    let mut last = if draw.below(3) < 2 {
        event(draw, 60, Kind::CLOSE).setting("status", Value::text("closed")).setting("close_reason", Value::text(&words(draw, 8)))
    } else {
        event(draw, 60, Kind::SET)
            .setting("priority", Value::of(&(draw.below(5) as i64)))
            .setting("notes", Value::text(&words(draw, 8)))
    };
    last.on = vec![create.id];
    vec![create, label, third, set, last]
}

/// Makes the repository and its store.
pub fn generate(sandbox: &Sandbox, name: &str, beads: usize) -> Generated {
    let work = sandbox.repo(name);
    for n in 0..200 {
        work.write(&format!("src/file{n}.txt"), words(&mut Draw(n), 400));
    }
    work.commit_all("Code");
    work.bd(&["init", "--prefix", "bench"]).ok();
    let mut draw = Draw(beads as u64);
    let start: Timestamp = "2025-06-01T00:00:00Z".parse().unwrap_or(Timestamp::UNIX_EPOCH);
    let mut ids: Vec<BeadId> = Vec::with_capacity(beads);
    let mut an_id = String::new();
    let mut events: Vec<Event> = Vec::with_capacity(beads * 5);
    for n in 0..beads {
        let at = start.saturating_add(SignedDuration::from_mins((n % 400_000) as i64)).unwrap_or(start);
        let made = events_of(&mut draw, at, &ids);
        let id = made[0].bead.clone();
        if made[4].kind == Kind::SET {
            an_id = id.to_string();
        }
        ids.push(id);
        events.extend(made);
    }
    let loose = events.split_off(events.len().saturating_sub(LOOSE.min(events.len() / 2)));
    let mut plain = String::new();
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for chunk in events.chunks(PACK) {
        let text: String = chunk.iter().map(|e| e.to_line().expect("a line") + "\n").collect();
        files.push((SealedName::pack(text.as_bytes()).state_path("events"), text.as_bytes().to_vec()));
        plain += &text;
    }
    for (n, mut event) in loose.into_iter().enumerate() {
        let day = "2025-11-01T08:00:00Z".parse::<Timestamp>().unwrap_or(start);
        let at = day.saturating_add(SignedDuration::from_hours(24 * (n % DAYS) as i64)).unwrap_or(day);
        event.at = format_time(at);
        let (name, bytes) = seal(&[event]).expect("a sealed file");
        plain += &String::from_utf8_lossy(&bytes);
        files.push((name.state_path("events"), bytes));
    }
    import(&work, "refs/beads/state", None, &files);
    // As after a clone: what the state ref has is what the remote has.
    work.git(&["remote", "add", "origin", "file:///nowhere"]).ok();
    work.git(&["update-ref", "refs/remotes/origin/beads", "refs/beads/state"]).ok();
    let path = sandbox.path(format!("{name}.jsonl"));
    std::fs::write(&path, plain).expect("the plain file");
    // Anew: fast-import stores everything as differences, which git itself does not do with our packs (.beads/.gitattributes).
    work.git(&["repack", "-adFq"]).ok();
    work.git(&["prune-packed", "-q"]).ok();
    Generated { work, plain: path, an_id }
}

/// One commit on a ref that adds these files below `.beads/`, by `git fast-import`.
pub fn import(work: &Work, name: &str, from: Option<&str>, files: &[(String, Vec<u8>)]) {
    let mut stream = Vec::new();
    let mut say = |bytes: &[u8]| stream.extend_from_slice(bytes);
    say(format!("commit {name}\ncommitter bench <bench@example.test> 1767225600 +0000\ndata 5\nbench\n").as_bytes());
    if let Some(from) = from {
        say(format!("from {from}\n").as_bytes());
    } else if work.try_rev(name).is_some() {
        say(format!("from {name}^0\n").as_bytes());
    }
    for (path, bytes) in files {
        say(format!("M 100644 inline .beads/{path}\ndata {}\n", bytes.len()).as_bytes());
        say(bytes);
        say(b"\n");
    }
    say(b"\ndone\n");
    work.git_cmd(&["fast-import", "--quiet", "--done", "--force"]).stdin(stream).run().ok();
}

/// Commits that bring `per_step` new loose files each, as another clone's sync would; their ids, oldest first.
/// They start from the state ref's tip and move no ref that is read. Each comes on a day of its own: what a clone brings is packed
/// above 256 files, so that no folder of its holds the thousands that all steps together make.
pub fn arrivals(generated: &Generated, steps: usize, per_step: usize) -> Vec<String> {
    let mut draw = Draw(77 + per_step as u64);
    let first: Timestamp = "2025-12-01T08:00:00Z".parse().unwrap_or(Timestamp::UNIX_EPOCH);
    let mut tip = generated.work.rev("refs/beads/state");
    let mut out = Vec::new();
    for step in 0..steps {
        let at = first.saturating_add(SignedDuration::from_hours(24 * step as i64)).unwrap_or(first);
        let mut files = Vec::new();
        while files.len() < per_step {
            for event in events_of(&mut draw, at, &[]).into_iter().take(per_step - files.len()) {
                let (name, bytes) = seal(&[event]).expect("a sealed file");
                files.push((name.state_path("events"), bytes));
            }
        }
        import(&generated.work, "refs/bench/arrived", Some(&tip), &files);
        tip = generated.work.rev("refs/bench/arrived");
        out.push(tip.clone());
    }
    out
}

/// One pass of serde_json over a file of event lines, with borrowed structs: the yardstick of the first read.
pub fn serde_pass(path: &str, out: &mut dyn Write) -> std::io::Result<()> {
    #[derive(serde::Deserialize)]
    struct Line<'a> {
        #[serde(borrow)]
        id: std::borrow::Cow<'a, str>,
        #[serde(borrow)]
        bead: std::borrow::Cow<'a, str>,
        #[serde(rename = "do", borrow)]
        kind: std::borrow::Cow<'a, str>,
        #[serde(borrow, default)]
        set: Option<&'a serde_json::value::RawValue>,
        #[serde(default)]
        labels: Vec<std::borrow::Cow<'a, str>>,
    }
    let bytes = std::fs::read(path)?;
    let mut sum = 0;
    for line in bytes.split(|b| *b == b'\n').filter(|l| !l.is_empty()) {
        let line: Line<'_> = serde_json::from_slice(line)?;
        sum += line.id.len() + line.bead.len() + line.kind.len() + line.set.map_or(0, |s| s.get().len()) + line.labels.len();
    }
    writeln!(out, "{sum}")
}
