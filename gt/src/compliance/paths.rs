//! Where the reports of a molecule are, and that nothing is written or read anywhere else.

use super::files::small;
use crate::molecule::{View, names};
use bd::error::{Error, Result};
use bd::store::Store;
use std::path::{Component, Path, PathBuf};

/// What the name of a report begins with.
const KIND: &str = "compliance-triage-";
/// The largest report that is read; bytes.
const LARGEST: u64 = 16 << 20;

/// The folder of a molecule's reports, from the top of the tree.
///
/// # Errors
/// A name that cannot be a folder (exit 2): it may come from an event that anybody could have written.
pub fn folder(view: &View) -> Result<String> {
    names::check("molecule", &view.name)?;
    Ok(match &view.convoy {
        Some(convoy) => {
            names::check("convoy", convoy)?;
            format!(".beads/convoys/{convoy}/molecules/{}/reports", view.name)
        }
        None => format!(".beads/molecules/{}/reports", view.name),
    })
}

/// A report of a name that we gave: its date and number.
fn parse(name: &str) -> Option<(String, u32)> {
    let rest = name.strip_prefix(KIND)?.strip_suffix(".md")?;
    let (date, rest) = (rest.get(..10)?, rest.get(10..)?);
    let fits = date.bytes().enumerate().all(|(n, b)| if matches!(n, 4 | 7) { b == b'-' } else { b.is_ascii_digit() });
    let number = match rest.strip_prefix('-') {
        Some(n) => n.parse().ok().filter(|n| *n > 1)?,
        None if rest.is_empty() => 1,
        None => return None,
    };
    fits.then(|| (date.to_owned(), number))
}

/// The report of a day and number.
pub fn name(folder: &str, date: &str, number: u32) -> String {
    let number = if number > 1 { format!("-{number}") } else { String::new() };
    format!("{folder}/{KIND}{date}{number}.md")
}

/// The reports in a folder, oldest first: date, number, path from the top.
///
/// # Errors
/// The folder is reached over a link, or cannot be read.
pub fn list(top: &Path, folder: &str) -> Result<Vec<(String, u32, String)>> {
    let dir = safe(top, folder)?;
    let entries = match std::fs::read_dir(&dir) {
        Ok(entries) => entries,
        Err(e) if matches!(e.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) => return Ok(Vec::new()),
        Err(e) => return Err(Error::io(&dir, &e)),
    };
    let mut out = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|e| Error::io(&dir, &e))?;
        if let Some((date, number)) = entry.file_name().to_str().and_then(parse) {
            out.push((date.clone(), number, name(folder, &date, number)));
        }
    }
    out.sort();
    Ok(out)
}

/// Reads a report.
///
/// # Errors
/// A link is on its way; it is too large or no UTF-8 (exit 2).
pub fn read(top: &Path, path: &str) -> Result<Option<String>> {
    let Some(bytes) = small(top, path, LARGEST)? else { return Ok(None) };
    String::from_utf8(bytes).map(Some).map_err(|_| Error::usage(format!("{path} is not UTF-8")))
}

/// A path from the top as a path of the system.
///
/// # Errors
/// A symbolic link is on its way: it could lead out of the tree (exit 2).
pub fn safe(top: &Path, path: &str) -> Result<PathBuf> {
    let mut at = top.to_owned();
    for part in path.split('/') {
        at.push(part);
        if at.symlink_metadata().is_ok_and(|m| m.is_symlink()) {
            return Err(Error::usage(format!("{path}: a symbolic link is on its way, and none is followed"))
                .hint("A report is a file of its own in the working tree"));
        }
    }
    Ok(at)
}

/// Where `--out` points, from the top of the tree.
///
/// # Errors
/// Out of the working tree, into `.git`, or no file name (exit 2).
pub fn out(store: &Store, top: &Path, text: &str) -> Result<String> {
    let wrong = |why: &str| Error::usage(format!("`{}` {why}", text.escape_debug()));
    let from = store.env().cwd.canonicalize().map_err(|e| Error::io(&store.env().cwd, &e))?;
    let top = top.canonicalize().map_err(|e| Error::io(top, &e))?;
    let mut at = PathBuf::new();
    for part in from.join(text).components() {
        match part {
            Component::ParentDir => drop(at.pop()),
            Component::CurDir => {}
            other => at.push(other),
        }
    }
    let inside = at.strip_prefix(&top).map_err(|_| wrong("is not in the working tree"))?;
    let parts: Option<Vec<&str>> = inside.components().map(|c| c.as_os_str().to_str()).collect();
    let parts = parts.ok_or_else(|| wrong("is not UTF-8"))?;
    if parts.is_empty() || text.ends_with('/') {
        return Err(wrong("names no file"));
    }
    if parts.iter().any(|p| p.eq_ignore_ascii_case(".git")) {
        return Err(wrong("is git's own"));
    }
    Ok(parts.join("/"))
}

/// Writes a file below the top, whole or not at all, with the folders above it.
///
/// # Errors
/// As [`safe`]; the disk does not take it.
pub fn write(top: &Path, path: &str, text: &str) -> Result<()> {
    let file = safe(top, path)?;
    if let Some(above) = file.parent() {
        std::fs::create_dir_all(above).map_err(|e| Error::io(above, &e))?;
    }
    bd::ops::files::write(&file, text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_reports() {
        assert_eq!(parse("compliance-triage-2026-03-01.md"), Some(("2026-03-01".into(), 1)));
        assert_eq!(parse("compliance-triage-2026-03-01-12.md"), Some(("2026-03-01".into(), 12)));
        for other in
            ["compliance-triage-2026-03-01-x.md", "compliance-triage-2026-3-1.md", "compliance-triage-2026-03-01-1.md", "a.md"]
        {
            assert_eq!(parse(other), None, "{other}");
        }
        assert_eq!(name("f", "2026-03-01", 2), "f/compliance-triage-2026-03-01-2.md");
    }

    #[test]
    fn the_tenth_comes_after_the_second_and_links_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        for n in [10, 2, 1] {
            write(dir.path(), &name("a/b", "2026-03-01", n), "x").unwrap();
        }
        write(dir.path(), &name("a/b", "2026-02-28", 30), "x").unwrap();
        let order: Vec<u32> = list(dir.path(), "a/b").unwrap().into_iter().map(|(_, n, _)| n).collect();
        assert_eq!(order, [30, 1, 2, 10]);
        assert!(list(dir.path(), "none").unwrap().is_empty());
        let outside = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(outside.path(), dir.path().join("a/link")).unwrap();
        assert!(write(dir.path(), "a/link/x.md", "x").is_err() && list(dir.path(), "a/link").is_err());
        assert_eq!(std::fs::read_dir(outside.path()).unwrap().count(), 0);
    }
}
