//! Which events were redacted, and taking their text out of sealed files (STATE 4): whoever sees the redaction enforces
//! it, so that a clone that has not seen it cannot bring the text back.

use super::pack::{bare, lines};
use super::sealed::SealedName;
use super::treediff::diff_trees;
use super::{Store, tree::list_files_at};
use crate::error::{Error, Result};
use crate::fold::stub;
use crate::git::Oid;
use crate::model::{BeadId, Event, EventId, Kind};
use std::collections::{BTreeSet, HashSet};
use std::path::Path;
use std::time::Duration;

/// The file of the cache that says which redactions have reached what is computed for looks.
const MARK: &str = "redacted";
/// How long is waited for whoever makes an image.
const PATIENCE: Duration = Duration::from_secs(10);

/// What stands in the mark of a cache's folder. It changes before the first file goes: what was computed from events that were read
/// before is not to be kept then.
pub(super) fn mark_of(dir: &Path) -> Vec<u8> {
    std::fs::read(dir.join(MARK)).unwrap_or_default()
}

/// The events that redactions name. As in the fold, a redaction reaches the events of its own bead only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Redactions {
    ids: HashSet<EventId>,
    named: BTreeSet<(BeadId, EventId)>,
}

impl Redactions {
    /// True if nothing is redacted.
    pub fn is_empty(&self) -> bool {
        self.named.is_empty()
    }

    /// True if the other set names nothing that this one does not.
    pub fn covers(&self, other: &Self) -> bool {
        other.named.is_subset(&self.named)
    }

    /// Adds what others name.
    pub fn merge(&mut self, other: Self) {
        self.ids.extend(other.ids);
        self.named.extend(other.named);
    }

    /// Adds what the redactions in a sealed file name.
    pub fn collect(&mut self, bytes: &[u8]) {
        if memchr::memmem::find(bytes, b"\"redact\"").is_none() {
            return;
        }
        for line in lines(bytes).filter(|l| memchr::memmem::find(l, b"\"redact\"").is_some()) {
            let Some(event) = std::str::from_utf8(line).ok().and_then(|l| Event::parse(l).ok()) else { continue };
            if event.kind == Kind::REDACT {
                for id in &event.ids {
                    self.add(event.bead.clone(), *id);
                }
            }
        }
    }

    fn add(&mut self, bead: BeadId, id: EventId) {
        self.ids.insert(id);
        self.named.insert((bead, id));
    }

    /// The stub of a line, where the line is redacted and not a stub already. Keeps the indent.
    pub fn enforced_line(&self, line: &[u8]) -> Option<String> {
        if self.is_empty() || line_id(line).is_some_and(|id| !self.ids.contains(&id)) {
            return None;
        }
        let text = std::str::from_utf8(line).ok()?;
        let event = Event::parse(text).ok()?;
        if event.is_stub() || event.kind == Kind::REDACT || !self.named.contains(&(event.bead.clone(), event.id)) {
            return None;
        }
        let indent = line.len() - bare(line).len();
        Some(format!("{}{}", &text[..indent], stub(&event, text).to_line().ok()?))
    }

    /// True if bytes, damaged ones too, hold the text of an event that is redacted, or a line that cannot be read and names one.
    pub fn reach(&self, bytes: &[u8]) -> bool {
        let is_reached = |line: &[u8]| match std::str::from_utf8(line).ok().and_then(|text| Event::parse(text).ok()) {
            Some(_) => self.enforced_line(line).is_some(),
            None => self.ids.iter().any(|id| memchr::memmem::find(line, &id.text()).is_some()),
        };
        !self.is_empty() && lines(bytes).any(is_reached)
    }

    /// The bytes and the name of the file that takes the place of one that holds redacted lines; `None` if it holds none.
    pub fn enforce(&self, name: &SealedName, bytes: &[u8]) -> Option<(SealedName, Vec<u8>)> {
        if self.is_empty() || lines(bytes).all(|l| self.enforced_line(l).is_none()) {
            return None;
        }
        let mut out: Vec<Vec<u8>> = Vec::new();
        // A file may hold a line and the stub of it: then they are one.
        let mut seen = HashSet::new();
        for line in lines(bytes) {
            let line = self.enforced_line(line).map_or_else(|| line.to_vec(), String::into_bytes);
            if seen.insert(bare(&line).to_vec()) {
                out.push(line);
            }
        }
        if matches!(name, SealedName::Pack { .. }) {
            // The same lines make the same pack, whichever way they came to be.
            out.sort_by(|a, b| bare(a).cmp(bare(b)));
        }
        let bytes: Vec<u8> = out.into_iter().flat_map(|line| line.into_iter().chain([b'\n'])).collect();
        Some((rename(name, &bytes), bytes))
    }
}

/// The name of new bytes in the place of old ones: the same minute, or still a pack.
fn rename(old: &SealedName, bytes: &[u8]) -> SealedName {
    match old {
        SealedName::Pack { .. } => SealedName::pack(bytes),
        SealedName::Loose { minute, .. } => SealedName::Loose { minute: minute.clone(), digest: super::sealed::digest(bytes) },
    }
}

/// The event id of a line of ours, without parsing it.
fn line_id(line: &[u8]) -> Option<EventId> {
    let line = bare(line);
    let head = &line[..line.len().min(64)];
    let at = memchr::memmem::find(head, b"\"id\":\"")? + 6;
    EventId::parse(line.get(at..at + EventId::LEN)?)
}

impl Store {
    /// The redactions that a state tree holds, and whether they are known to be enforced all over it.
    /// What was found is remembered by tree, so that only new files are read.
    ///
    /// # Errors
    /// An object that cannot be read.
    pub fn redactions(&self, root: Option<Oid>) -> Result<(Redactions, bool)> {
        let remembered = std::fs::read_to_string(self.redactions_path()).ok().and_then(|text| read_cache(&text));
        let all = || root.map_or(Ok(Vec::new()), |r| list_files_at(self.git(), r));
        let (known, files) = match remembered {
            Some((seen, known)) if Some(seen) == root => return Ok((known, true)),
            Some((seen, known)) => match diff_trees(self.git(), Some(seen), root) {
                Ok(diff) => (known, diff.b),
                Err(_) => (Redactions::default(), all()?),
            },
            None => (Redactions::default(), all()?),
        };
        let mut found = known.clone();
        let oids: Vec<Oid> = files.iter().map(|f| f.oid).collect();
        self.git().read_blobs(&oids, &mut |_, bytes| {
            found.collect(bytes);
            Ok(())
        })?;
        let enforced = known.covers(&found);
        Ok((found, enforced))
    }

    /// Takes away what was computed for looks before these redactions were known: the next look makes it anew, without the texts.
    /// A look that runs at the same time sees by the mark that what it computed may not be kept ([`mark_of`]).
    /// Best effort: what cannot be removed now is removed with the next sync.
    pub(super) fn forget_computed(&self, known: &Redactions) {
        if known.is_empty() {
            return;
        }
        let dir = self.dir().join("cache");
        let named: String = known.named.iter().map(|(bead, id)| format!("{bead} {id}\n")).collect();
        let wanted = super::sealed::digest(named.as_bytes());
        if mark_of(&dir) == wanted.as_bytes() {
            return;
        }
        // Whoever makes an image holds it from the reading of the events on.
        let _lock = super::cache::lock(&dir, PATIENCE);
        crate::failpoint!("redactions.computed.before");
        let begun = std::fs::create_dir_all(&dir).and_then(|()| std::fs::write(dir.join(MARK), format!("{wanted} begun")));
        crate::failpoint!("redactions.computed.begun");
        let Ok(entries) = begun.and_then(|()| std::fs::read_dir(&dir)) else { return };
        let mut gone = true;
        for entry in entries {
            let Ok(entry) = entry else { return };
            // A folder is none of ours.
            let stays = ["lock", MARK].iter().any(|name| entry.file_name() == *name) || entry.path().is_dir();
            gone &= stays || std::fs::remove_file(entry.path()).is_ok();
        }
        crate::failpoint!("redactions.computed.gone");
        if gone {
            let _ = std::fs::write(dir.join(MARK), wanted);
        }
        crate::failpoint!("redactions.computed.after");
    }

    /// Remembers that a tree holds these redactions and no text that they name.
    pub fn redactions_enforced(&self, root: Oid, known: &Redactions) {
        let mut text = format!("{root}\n");
        for (bead, id) in &known.named {
            text.push_str(&format!("{bead} {id}\n"));
        }
        text.push_str(".\n");
        // A memory only: losing it costs a reading of the state.
        crate::failpoint!("redactions.marks.before");
        let _ = std::fs::create_dir_all(self.dir().join("marks")).and_then(|()| std::fs::write(self.redactions_path(), text));
        crate::failpoint!("redactions.marks.after");
    }

    fn redactions_path(&self) -> std::path::PathBuf {
        self.dir().join("marks").join("redacted")
    }
}

fn read_cache(text: &str) -> Option<(Oid, Redactions)> {
    let mut lines = text.strip_suffix(".\n")?.lines();
    let root = Oid::from_hex(lines.next()?)?;
    let mut out = Redactions::default();
    for line in lines {
        let (bead, id) = line.split_once(' ')?;
        out.add(BeadId::new(bead).ok()?, id.parse().ok()?);
    }
    Some((root, out))
}

/// Checks the bytes of a sealed file against its name and its form.
///
/// # Errors
/// What is wrong, and in which line (counted from 1).
pub fn check_sealed(stream: &str, name: &SealedName, bytes: &[u8]) -> std::result::Result<(), (Option<usize>, String)> {
    let mut first = None;
    for (number, line) in bytes.split(|b| *b == b'\n').enumerate() {
        if bare(line).is_empty() {
            continue;
        }
        let wrong = match std::str::from_utf8(line) {
            Err(_) => Some("it is not UTF-8".to_owned()),
            // Mail and runs have their own readers; here they need to be lines of JSON.
            Ok(text) if stream == "events" => Event::parse(text).err().map(|e| e.to_string()),
            Ok(text) => serde_json::from_str::<serde::de::IgnoredAny>(text).err().map(|e| e.to_string()),
        };
        if let Some(why) = wrong {
            first = Some((Some(number + 1), why));
            break;
        }
    }
    match first {
        Some(wrong) => Err(wrong),
        None if !name.matches(bytes) => Err((None, "its bytes do not match the digest in its name".to_owned())),
        None => Ok(()),
    }
}

/// An error for damage that stops a write.
pub fn damaged(file: &str, place: &str, (line, why): (Option<usize>, String)) -> Error {
    let line = line.map(|n| format!(", line {n}")).unwrap_or_default();
    Error::new(
        crate::error::ErrorKind::Damaged,
        format!("the store is damaged, nothing was written: {file} ({place}){line}: {why}"),
    )
    .hint("`bd doctor` shows all of it and can put the damaged bytes into quarantine")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = r#"{"v":1,"id":"00000000000000000000000001","at":"2026-01-01T00:00:00.000Z","by":"ann","bead":"bd-1","do":"comment","text":"hunter2"}"#;
    const REDACT: &str = r#"{"v":1,"id":"00000000000000000000000002","at":"2026-01-02T00:00:00.000Z","by":"ann","bead":"bd-1","do":"redact","ids":["00000000000000000000000001"]}"#;

    #[test]
    fn a_redacted_line_becomes_its_stub_once_and_other_beads_are_out_of_reach() {
        let mut known = Redactions::default();
        known.collect(format!("{REDACT}\n").as_bytes());
        let file = format!("{SECRET}\n{REDACT}\n");
        let name = SealedName::loose(file.as_bytes(), "2026-01-01T00:00:00Z");
        let (renamed, bytes) = known.enforce(&name, file.as_bytes()).unwrap();
        let text = String::from_utf8(bytes.clone()).unwrap();
        assert!(!text.contains("hunter2") && text.contains("redacted") && text.ends_with(&format!("{REDACT}\n")));
        assert!(renamed.matches(&bytes) && renamed != name && renamed.day() == name.day());
        assert_eq!(known.enforce(&renamed, &bytes), None, "a stub is not redacted again");
        let both = format!("{file}{}\n", text.lines().next().unwrap());
        let pack = SealedName::pack(both.as_bytes());
        let (renamed, bytes) = known.enforce(&pack, both.as_bytes()).unwrap();
        assert_eq!(String::from_utf8(bytes).unwrap(), text, "a line and its stub in one file are one line");
        assert!(matches!(renamed, SealedName::Pack { .. }));
        let other = SECRET.replace("bd-1", "bd-2");
        assert_eq!(known.enforced_line(other.as_bytes()), None);
    }

    #[test]
    fn what_is_no_sealed_file_says_where() {
        let good = format!("{SECRET}\n");
        let name = SealedName::pack(good.as_bytes());
        assert_eq!(check_sealed("events", &name, good.as_bytes()), Ok(()));
        assert_eq!(check_sealed("events", &name, format!("{good}<<<<<<< HEAD\n").as_bytes()).unwrap_err().0, Some(2));
        assert_eq!(check_sealed("events", &name, b"").unwrap_err().0, None);
    }
}
