//! What the files of a working tree are for the tracing of requirements, and which ids stand in them: a file is read again only where
//! it is not what it was, by the rules of [`Stamp`], and a path is looked at only where it is new. Of several working trees the one
//! that was looked at last is kept.
//!
//! The paths are sorted, in the file as in the tree: the two are gone through side by side.

use super::file;
use super::files::Stamp;
use crate::compliance::{Found, Role};
use crate::molecule::facts::{code, coded};
use bd::error::Result;
use bd::store::Store;
use bd::store::wire::{Read, Take, put_bytes, put_str, put_var};
use std::cmp::Ordering;
use std::ffi::OsStr;
use std::ops::Range;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

const FILE: &str = "gt-ids";

/// The files of one working tree, while they are gone through.
pub struct Ids {
    folder: PathBuf,
    /// What is kept, and where in it the paths begin that were not passed yet.
    old: Vec<u8>,
    at: usize,
    /// What is to be kept.
    new: Vec<u8>,
    changed: bool,
}

/// One file, as it is kept.
struct Known {
    all: Range<usize>,
    role: Role,
    /// Its stamp and what was found, where that is kept.
    said: Range<usize>,
}

impl Ids {
    /// What is kept of the working tree at `top`, by these rules; none where that is another tree or the rules are other ones.
    pub fn open(store: &Store, top: &Path, rules: &str) -> Self {
        Self::at(store.dir().join("cache"), top, rules)
    }

    fn at(folder: PathBuf, top: &Path, rules: &str) -> Self {
        let mut new = file::begin();
        put_bytes(&mut new, top.as_os_str().as_bytes());
        put_str(&mut new, rules);
        let old = file::read(&folder, FILE).filter(|old| is_of(old, top, rules).unwrap_or(false)).unwrap_or_default();
        Self { folder, at: new.len(), old, new, changed: false }
    }

    /// True if the rules were found to be right before.
    pub fn has_rules(&self) -> bool {
        !self.old.is_empty()
    }

    /// What a file is, and what it says; `path` is its name, `full` where it is. Called with the paths in their order. `role`
    /// finds out what it is, `read` reads it: `None` where it says nothing that could be kept.
    ///
    /// # Errors
    /// Those of `role` and `read`.
    pub fn of(
        &mut self,
        path: &str,
        full: &Path,
        role: impl FnOnce() -> Result<Role>,
        read: impl FnOnce(Role) -> Result<Option<Found>>,
    ) -> Result<(Role, Option<Found>)> {
        #[expect(clippy::disallowed_methods, reason = "compares with a file's time, which no injected clock can set")]
        let now = SystemTime::now();
        self.of_then(now, path, full, role, read)
    }

    fn of_then(
        &mut self,
        now: SystemTime,
        path: &str,
        full: &Path,
        role: impl FnOnce() -> Result<Role>,
        read: impl FnOnce(Role) -> Result<Option<Found>>,
    ) -> Result<(Role, Option<Found>)> {
        let known = self.seek(path);
        let role = match &known {
            Some(known) => known.role,
            None => role()?,
        };
        if role == Role::Other {
            self.keep(known, path, role, None);
            return Ok((role, None));
        }
        let stamp = Stamp::then(full, now);
        if let (Some(stamp), Some(before)) = (stamp, &known) {
            if let Some(found) = self.old.get(before.said.clone()).and_then(|said| take(said, stamp).ok().flatten()) {
                self.keep(known, path, role, None);
                return Ok((role, Some(found)));
            }
        }
        let found = read(role)?;
        let said = stamp.filter(|stamp| Stamp::then(full, now) == Some(*stamp)).zip(found.as_ref());
        self.keep(known, path, role, said);
        Ok((role, found))
    }

    /// Leaves a file as it is kept.
    pub fn pass(&mut self, path: &str) {
        if let Some(known) = self.seek(path) {
            self.new.extend_from_slice(self.old.get(known.all).unwrap_or_default());
        }
    }

    /// The entry of a path; what stands before it is of files that are gone.
    fn seek(&mut self, path: &str) -> Option<Known> {
        loop {
            let rest = self.old.get(self.at..)?;
            let mut t = Take::new(rest);
            let name = t.str().ok()?;
            let order = name.cmp(path);
            if order == Ordering::Greater {
                return None;
            }
            let role = coded(Role::ALL, &mut t).ok()?;
            let said = t.bytes().ok()?.len();
            let end = self.old.len() - t.rest().len();
            let known = Known { all: self.at..end, role, said: end - said..end };
            self.at = end;
            if order == Ordering::Equal {
                return Some(known);
            }
            self.changed = true;
        }
    }

    /// Keeps what was found in a file, else what was kept of it.
    fn keep(&mut self, known: Option<Known>, path: &str, role: Role, said: Option<(Stamp, &Found)>) {
        if let (Some(known), None) = (&known, &said) {
            self.new.extend_from_slice(self.old.get(known.all.clone()).unwrap_or_default());
            return;
        }
        self.changed = true;
        put_str(&mut self.new, path);
        self.new.push(code(Role::ALL, &role));
        let mut bytes = Vec::new();
        if let Some((stamp, found)) = said {
            stamp.put(&mut bytes);
            bytes.push(u8::from(*found == Found::NoText));
            if let Found::Ids(ids) = found {
                put_var(&mut bytes, ids.len() as u64);
                for (id, line) in ids {
                    put_str(&mut bytes, id);
                    put_var(&mut bytes, *line);
                }
            }
        }
        put_bytes(&mut self.new, &bytes);
    }

    /// Writes what is new, after all paths. Best effort.
    pub fn save(self) {
        if self.changed || self.old.is_empty() {
            // Where no other look made the folder of what is kept: a job in CI traces and does nothing else.
            let _is_there = std::fs::create_dir(&self.folder);
            file::write(&self.folder, FILE, self.new);
        }
    }
}

fn is_of(old: &[u8], top: &Path, rules: &str) -> Read<bool> {
    let mut t = Take::new(old.get(file::HEAD..).unwrap_or_default());
    Ok(OsStr::from_bytes(t.bytes()?) == top && t.str()? == rules)
}

/// What was found in a file of this stamp; `None` where the file is another one by now, or nothing is kept of it.
fn take(said: &[u8], stamp: Stamp) -> Read<Option<Found>> {
    let mut t = Take::new(said);
    if said.is_empty() || Stamp::take(&mut t)? != stamp {
        return Ok(None);
    }
    if t.bool()? {
        return Ok(Some(Found::NoText));
    }
    let ids = (0..t.count(2)?).map(|_| Ok((t.str()?.to_owned(), t.var()?))).collect::<Read<_>>()?;
    Ok(Some(Found::Ids(ids)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const RULES: &str = "[compliance]";

    /// The files of a tree, `seconds` from now: of each what it is and what was found, in capitals what was looked at for that.
    fn look(dir: &Path, top: &str, rules: &str, seconds: u64, files: &[&str]) -> String {
        let mut ids = Ids::at(dir.to_owned(), Path::new(top), rules);
        #[expect(clippy::disallowed_methods, reason = "the file's own clock")]
        let now = SystemTime::now() + Duration::from_secs(seconds);
        let mut out = Vec::new();
        for file in files {
            let (mut asked, mut opened) = ("role", "read");
            let role = || {
                asked = "ROLE";
                Ok(if file.starts_with('o') { Role::Other } else { Role::Document })
            };
            let full = dir.join(file);
            let read = |_: Role| {
                opened = "READ";
                let Ok(text) = std::fs::read_to_string(&full) else { return Ok(None) };
                Ok(Some(if text == "0" { Found::NoText } else { Found::Ids(vec![(text, 300)]) }))
            };
            let (role, found) = ids.of_then(now, file, &full, role, read).unwrap();
            let found = match found {
                Some(Found::Ids(ids)) => ids[0].0.clone(),
                Some(Found::NoText) => "-".to_owned(),
                None => String::new(),
            };
            out.push(if role == Role::Other { format!("{file} {asked}") } else { format!("{file} {asked} {opened} {found}") });
        }
        ids.save();
        out.join("; ")
    }

    #[test]
    fn a_file_is_read_once_for_as_long_as_it_is_what_it_was() {
        let dir = tempfile::tempdir().unwrap();
        let at = dir.path();
        let put = |name: &str, text: &str| std::fs::write(at.join(name), text).unwrap();
        let now = |seconds: u64, files: &[&str]| look(at, "/top", RULES, seconds, files);
        [("a", "BR-1"), ("b", "0"), ("d", "BR-2"), ("other", "x")].iter().for_each(|(name, text)| put(name, text));
        let all = ["a", "b", "d", "other"];
        // Another change in the same moment would look the same.
        assert_eq!(now(0, &all), "a ROLE READ BR-1; b ROLE READ -; d ROLE READ BR-2; other ROLE");
        assert_eq!(now(0, &all), "a role READ BR-1; b role READ -; d role READ BR-2; other role");
        assert_eq!(now(10, &all), "a role READ BR-1; b role READ -; d role READ BR-2; other role");
        assert_eq!(now(10, &all), "a role read BR-1; b role read -; d role read BR-2; other role");
        let kept = std::fs::read(at.join(FILE)).unwrap();
        // One that came, one that went, one that changed.
        put("c", "BR-3");
        put("d", "BR-4");
        std::fs::remove_file(at.join("a")).unwrap();
        assert_eq!(now(20, &["b", "c", "d", "other"]), "b role read -; c ROLE READ BR-3; d role READ BR-4; other role");
        assert_eq!(now(20, &["b", "c", "d", "other"]), "b role read -; c role read BR-3; d role read BR-4; other role");
        assert_eq!(now(20, &["d"]), "d role read BR-4");
        assert_eq!(now(20, &["b", "d"]), "b ROLE READ -; d role read BR-4");
        // A link is no file.
        std::fs::remove_file(at.join("d")).unwrap();
        std::os::unix::fs::symlink("/no/such", at.join("d")).unwrap();
        assert_eq!(now(20, &["b", "d"]), "b role read -; d role READ ");
        // Other rules and other trees are other matters.
        put("a", "BR-1");
        for (top, rules) in [("/top", "other"), ("/other", RULES)] {
            std::fs::write(at.join(FILE), &kept).unwrap();
            assert_eq!(look(at, top, rules, 30, &["a"]), "a ROLE READ BR-1", "{top} {rules}");
            assert_eq!(look(at, top, rules, 30, &["a"]), "a role read BR-1", "{top} {rules}");
        }
    }

    #[test]
    fn a_file_that_is_passed_over_stays() {
        let dir = tempfile::tempdir().unwrap();
        ["a", "b", "c"].iter().for_each(|name| std::fs::write(dir.path().join(name), name).unwrap());
        look(dir.path(), "/top", RULES, 10, &["a", "b", "c"]);
        let before = std::fs::read(dir.path().join(FILE)).unwrap();
        let mut ids = Ids::at(dir.path().to_owned(), Path::new("/top"), RULES);
        ["a", "aa", "b", "c", "d"].iter().for_each(|path| ids.pass(path));
        assert!(!ids.changed && ids.new[file::HEAD..] == before[file::HEAD..]);
    }

    #[test]
    fn a_look_that_learns_nothing_writes_nothing() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("a"), "BR-1").unwrap();
        look(dir.path(), "/top", RULES, 10, &["a"]);
        let before = std::fs::metadata(dir.path().join(FILE)).unwrap().modified().unwrap();
        assert_eq!(look(dir.path(), "/top", RULES, 10, &["a"]), "a role read BR-1");
        assert_eq!(std::fs::metadata(dir.path().join(FILE)).unwrap().modified().unwrap(), before);
        assert!(Ids::at(dir.path().to_owned(), Path::new("/top"), RULES).has_rules());
    }

    #[test]
    fn a_file_that_changes_while_it_is_read_is_not_kept() {
        let dir = tempfile::tempdir().unwrap();
        let full = dir.path().join("a");
        std::fs::write(&full, "one").unwrap();
        let mut ids = Ids::at(dir.path().to_owned(), dir.path(), RULES);
        #[expect(clippy::disallowed_methods, reason = "the file's own clock")]
        let now = SystemTime::now() + Duration::from_secs(10);
        let change = |_: Role| {
            std::fs::write(&full, "longer").unwrap();
            Ok(Some(Found::Ids(Vec::new())))
        };
        ids.of_then(now, "a", &full, || Ok(Role::Test), change).unwrap();
        ids.save();
        assert_eq!(look(dir.path(), dir.path().to_str().unwrap(), RULES, 10, &["a"]), "a role READ longer");
    }
}
