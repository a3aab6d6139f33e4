//! `bd verify`: every file is what its name says, every line is an event, signatures fit, and nothing known is missing
//! (STATE 10).

use super::ride::{default_tip, redactions};
use super::rides::event_lines;
use crate::error::{Error, Result};
use crate::git::Oid;
use crate::model::{Event, EventId};
use crate::store::{Damage, FileEntry, Journal, PUBLISHED_REF, STATE_REF, Store, Worth, check_sealed, list_files, list_rides};
use std::collections::{BTreeMap, BTreeSet};

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// What was looked at, for people.
    pub places: Vec<String>,
    /// Files looked at.
    pub files: usize,
    /// Distinct events.
    pub events: usize,
    /// What is wrong with the bytes.
    pub damage: Vec<Damage>,
    /// Events that are known from elsewhere and are missing, with the place that lacks them.
    pub missing: Vec<(String, EventId)>,
    /// Good signatures.
    pub signed: usize,
    /// Events without one.
    pub unsigned: usize,
    /// Signatures that do not fit or are nobody's who is allowed.
    pub bad: Vec<(EventId, String)>,
    /// Signatures that could not be checked.
    pub unchecked: Vec<(EventId, String)>,
}

impl Findings {
    /// True if nothing is damaged or missing and no signature is bad.
    pub fn is_well(&self) -> bool {
        self.damage.is_empty() && self.missing.is_empty() && self.bad.is_empty()
    }
}

/// Verifies everything that is read here, or one revision or range (`A..B`: and that B lacks nothing that A has).
///
/// # Errors
/// A revision that does not exist (exit 2); objects that cannot be read.
pub fn verify(store: &Store, rev: Option<&str>) -> Result<Findings> {
    let mut out = Findings::default();
    match rev {
        None => everything(store, &mut out)?,
        Some(rev) => one(store, rev, &mut out)?,
    }
    Ok(out)
}

fn everything(store: &Store, out: &mut Findings) -> Result<()> {
    let git = store.git();
    let sources = store.sources();
    let tip = |name: Option<&str>| -> Result<Option<Oid>> { Ok(name.map(|n| git.tip(n)).transpose()?.flatten()) };
    let (state, tracking) = (git.tip(STATE_REF)?, tip(sources.tracking.as_deref())?);
    let mut lines: BTreeSet<String> = BTreeSet::new();
    for (place, commit) in [(STATE_REF, state), ("published", tracking)] {
        if let Some(commit) = commit {
            out.places.push(place.to_owned());
            files(store, place, &list_files(git, commit)?, &mut lines, out)?;
        }
    }
    if let Some(commit) = default_tip(store)? {
        out.places.push("rides of the default branch".to_owned());
        files(store, "ride", &list_rides(git, commit)?, &mut lines, out)?;
    }
    let journal = Journal::new(store.dir()).read()?;
    out.places.push("journal".to_owned());
    if let Some(why) = journal.damage {
        out.damage.push(Damage { file: "journal".into(), place: "journal", line: None, why, oid: None });
    }
    let (known, _) = redactions(store)?;
    for record in journal.records.iter().filter(|r| r.path.starts_with("events/")) {
        for line in crate::store::pack::lines(&record.bytes).filter_map(|l| std::str::from_utf8(l).ok()) {
            lines.insert(known.enforced_line(line.as_bytes()).unwrap_or_else(|| line.to_owned()));
        }
    }
    // What the remote once had must be somewhere in what is read.
    let mut promised: BTreeSet<String> = BTreeSet::new();
    let quarantined = store.quarantined()?;
    if let Some(old) = git.tip(PUBLISHED_REF)?.filter(|_| quarantined.is_empty()) {
        promised.extend(event_lines(store, old, &known)?);
    }
    for line in promised {
        let line = known.enforced_line(line.as_bytes()).unwrap_or(line);
        if !lines.contains(&line) {
            if let Ok(event) = Event::parse(&line) {
                out.missing.push(("what is read here".to_owned(), event.id));
            }
        }
    }
    signatures(store, &lines, out);
    out.events = lines.len();
    Ok(())
}

fn one(store: &Store, rev: &str, out: &mut Findings) -> Result<()> {
    let git = store.git();
    let resolve = |rev: &str| -> Result<Oid> {
        git.resolve(rev)?.ok_or_else(|| Error::usage(format!("there is no revision `{}`", rev.escape_debug())))
    };
    let (from, to) = match rev.split_once("..") {
        Some((from, to)) => (
            Some(resolve(from)?),
            resolve(if to.trim_start_matches('.').is_empty() { "HEAD" } else { to.trim_start_matches('.') })?,
        ),
        None => (None, resolve(rev)?),
    };
    out.places.push(rev.to_owned());
    let mut all: Vec<FileEntry> = list_rides(git, to)?;
    let state = list_files(git, to)?;
    let is_state = state.iter().any(|f| f.name.day().is_some());
    all.extend(state.into_iter().filter(|f| f.stream == "events" && !all.iter().any(|r| r.oid == f.oid)).collect::<Vec<_>>());
    let mut lines = BTreeSet::new();
    files(store, rev, &all, &mut lines, out)?;
    let (known, _) = redactions(store)?;
    let lacks = |old: Oid, out: &mut Findings| -> Result<()> {
        for line in event_lines(store, old, &known)?.iter().filter(|l| !lines.contains(*l)) {
            if let Ok(event) = Event::parse(line) {
                out.missing.push((rev.to_owned(), event.id));
            }
        }
        Ok(())
    };
    if let Some(from) = from {
        lacks(from, out)?;
    } else if is_state {
        if let Some(old) = git.tip(PUBLISHED_REF)? {
            lacks(old, out)?;
        }
    } else if let Some(base) = default_tip(store)?.map(|d| git.merge_base(d, to)).transpose()?.flatten().filter(|b| *b != to) {
        // A branch may add rides; whoever takes one away has to say so.
        lacks(base, out)?;
    }
    signatures(store, &lines, out);
    out.events = lines.len();
    Ok(())
}

/// Checks files and gathers their lines, redactions enforced.
fn files(store: &Store, place: &str, files: &[FileEntry], lines: &mut BTreeSet<String>, out: &mut Findings) -> Result<()> {
    let (known, _) = redactions(store)?;
    let quarantined = store.quarantined()?;
    let mut by_oid: BTreeMap<Oid, Vec<&FileEntry>> = BTreeMap::new();
    for file in files.iter().filter(|f| !quarantined.contains(&f.oid.to_string())) {
        by_oid.entry(file.oid).or_default().push(file);
    }
    let place: &'static str = match place {
        "published" => "published",
        "ride" => "ride",
        STATE_REF => "state ref",
        _ => "revision",
    };
    let oids: Vec<Oid> = by_oid.keys().copied().collect();
    store.git().read_blobs(&oids, &mut |oid, bytes| {
        for file in by_oid.get(&oid).into_iter().flatten() {
            out.files += 1;
            if let Err((line, why)) = check_sealed(&file.stream, &file.name, bytes) {
                out.damage.push(Damage { file: file.path(), place, line, why, oid: Some(oid) });
            }
            if file.stream == "events" {
                for line in crate::store::pack::lines(bytes).map(crate::store::pack::bare) {
                    if let Ok(text) = std::str::from_utf8(line) {
                        lines.insert(known.enforced_line(line).unwrap_or_else(|| text.to_owned()));
                    }
                }
            }
        }
        Ok(())
    })?;
    Ok(())
}

fn signatures(store: &Store, lines: &BTreeSet<String>, out: &mut Findings) {
    for line in lines {
        // A stub has lost what was signed, and says so itself.
        if !line.contains("\"sig\"") {
            out.unsigned += 1;
            continue;
        }
        let Ok(event) = Event::parse(line) else { continue };
        match store.check_signature(&event) {
            Worth::Unsigned => out.unsigned += 1,
            Worth::Good(_) => out.signed += 1,
            Worth::Bad(why) => out.bad.push((event.id, why)),
            Worth::Unchecked(why) => out.unchecked.push((event.id, why)),
        }
    }
}
