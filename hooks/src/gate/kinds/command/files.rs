//! The report files of one run: those that it wrote, not those that an earlier run left.

use globset::{GlobBuilder, GlobMatcher};
use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

const MOST_FILES: usize = 20_000;
const MOST_BYTES: u64 = 64 << 20;

/// What tells that a file was written anew.
type Stamp = (u64, u64, i64, i64, i64, i64);

/// A glob, with what was there before the run.
pub(super) struct Files {
    top: PathBuf,
    glob: String,
    matcher: GlobMatcher,
    before: BTreeMap<String, Stamp>,
    most_files: usize,
    most_bytes: u64,
}

impl Files {
    /// Looks at what is there now.
    pub fn new(top: &Path, glob: &str) -> Result<Self, String> {
        let built = GlobBuilder::new(glob).literal_separator(true).build();
        let matcher = built.map_err(|e| format!("`{}` is no glob: {}", glob.escape_debug(), e.kind()))?.compile_matcher();
        let mut files = Self {
            top: top.to_owned(),
            glob: glob.to_owned(),
            matcher,
            before: BTreeMap::new(),
            most_files: MOST_FILES,
            most_bytes: MOST_BYTES,
        };
        files.before = files.found()?;
        Ok(files)
    }

    /// The files that were written since, by name.
    pub fn written(self) -> Result<Vec<(String, Vec<u8>)>, String> {
        let now = self.found()?;
        let old = now.len();
        let mut out = Vec::new();
        let mut size = 0;
        for (name, _) in now.into_iter().filter(|(name, stamp)| self.before.get(name) != Some(stamp)) {
            let path = self.top.join(&name);
            size += path.metadata().map_or(0, |m| m.len());
            if size > self.most_bytes {
                return Err(format!("the files of `{}` are larger than {} MiB", self.glob, self.most_bytes >> 20));
            }
            out.push((name.clone(), std::fs::read(&path).map_err(|e| format!("{name}: {e}"))?));
        }
        match (out.is_empty(), old) {
            (false, _) => Ok(out),
            (true, 0) => Err(format!("no file `{}` was written", self.glob)),
            (true, n) => Err(format!("no file `{}` was written by this run; {n} are left of earlier ones", self.glob)),
        }
    }

    fn found(&self) -> Result<BTreeMap<String, Stamp>, String> {
        let literal: Vec<&str> = self.glob.split('/').take_while(|part| !part.contains(['*', '?', '[', '{', '\\'])).collect();
        let whole = literal.len() == self.glob.split('/').count();
        let depth = if self.glob.contains("**") { usize::MAX } else { self.glob.split('/').count() };
        let mut out = BTreeMap::new();
        if whole {
            self.take(&self.glob, &mut out);
            return Ok(out);
        }
        let mut todo = vec![literal.join("/")];
        while let Some(folder) = todo.pop() {
            let level = if folder.is_empty() { 0 } else { folder.split('/').count() };
            for entry in std::fs::read_dir(self.top.join(&folder)).into_iter().flatten().flatten() {
                let Some(name) = entry.file_name().to_str().map(str::to_owned) else { continue };
                let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
                match entry.file_type() {
                    // A link may lead out of the tree, or around in it.
                    Ok(kind) if kind.is_dir() && level + 1 < depth && name != ".git" => todo.push(path),
                    Ok(kind) if kind.is_file() && self.matcher.is_match(&path) => self.take(&path, &mut out),
                    _ => {}
                }
                if out.len() > self.most_files {
                    return Err(format!("`{}` fits more than {} files", self.glob, self.most_files));
                }
            }
        }
        Ok(out)
    }

    fn take(&self, path: &str, out: &mut BTreeMap<String, Stamp>) {
        if let Ok(meta) = self.top.join(path).symlink_metadata() {
            if meta.is_file() {
                let stamp = (meta.ino(), meta.len(), meta.mtime(), meta.mtime_nsec(), meta.ctime(), meta.ctime_nsec());
                out.insert(path.to_owned(), stamp);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_written_since_is_read_and_nothing_outside() {
        let dir = tempfile::TempDir::new().unwrap();
        let top = dir.path().join("top");
        std::fs::create_dir_all(top.join("out/deep")).unwrap();
        let write = |name: &str, text: &str| std::fs::write(top.join(name), text).unwrap();
        write("out/old.xml", "old");
        write("out/again.xml", "1");
        std::fs::write(dir.path().join("outside.xml"), "outside").unwrap();
        std::os::unix::fs::symlink("..", top.join("out/up")).unwrap();
        let files = |glob: &str| Files::new(&top, glob).unwrap();
        let (one, all, plain) = (files("out/*.xml"), files("**/*.xml"), files("out/new.xml"));
        assert!(files("out/*.xml").written().unwrap_err().contains("2 are left of earlier ones"));
        assert!(files("none/*.xml").written().unwrap_err().contains("no file `none/*.xml` was written"));
        write("out/again.xml", "22");
        write("out/new.xml", "3");
        write("out/new.txt", "no report");
        write("out/deep/d.xml", "4");
        std::os::unix::fs::symlink("../../outside.xml", top.join("out/link.xml")).unwrap();
        let names = |files: Files| files.written().unwrap().into_iter().map(|(n, _)| n).collect::<Vec<_>>();
        assert_eq!(names(one), ["out/again.xml", "out/new.xml"]);
        assert_eq!(names(all), ["out/again.xml", "out/deep/d.xml", "out/new.xml"]);
        assert_eq!(names(plain), ["out/new.xml"]);
    }

    #[test]
    fn many_and_large_files_are_refused_and_not_read() {
        let dir = tempfile::TempDir::new().unwrap();
        let files = || Files::new(dir.path(), "*.xml").unwrap();
        let bounded = |most_files, most_bytes| Files { most_files, most_bytes, ..files() };
        let (few, many, small, large) = (bounded(1, 99), bounded(2, 99), bounded(9, 6), bounded(9, 7));
        for (name, text) in [("a.xml", "1234"), ("b.xml", "567")] {
            std::fs::write(dir.path().join(name), text).unwrap();
        }
        assert_eq!(few.written().unwrap_err(), "`*.xml` fits more than 1 files");
        assert_eq!(many.written().unwrap().len(), 2);
        assert!(small.written().unwrap_err().starts_with("the files of `*.xml` are larger"));
        assert_eq!(large.written().unwrap().len(), 2);
    }
}
