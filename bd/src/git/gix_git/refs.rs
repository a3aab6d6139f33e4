//! Refs in files: loose ones, then `packed-refs`.
//!
//! The two hot paths, reading a tip and moving the state ref, follow git's own protocol by hand instead of through
//! gix's transactions: those take `packed-refs.lock` for every change, so that a `git pack-refs` or `gc` of the user and
//! ours would stop each other, and git itself takes it only to delete. All that is rare (a reflog to write, a symbolic
//! ref, a deletion) is left to `git update-ref`.

use super::{GixBackend, from_gix, other, to_gix, while_vanishing};
use crate::git::backend::checked;
use crate::git::{Cas, Expected, GitError, Oid, RepoPaths, STALE_LOCK, lock_age};
use gix::lock::acquire::Fail;
use gix::refs::{FullNameRef, packed};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

/// How long a lock of another process is waited for.
const PATIENCE: Duration = Duration::from_secs(1);

/// What one ref file says.
enum Loose {
    Object(Oid),
    Symbolic(String),
}

/// `packed-refs` as it was last read, and what tells whether it is another file now.
#[derive(Default)]
pub(super) struct Packed(Mutex<Option<(Stamp, packed::Buffer)>>);

/// A rename puts every new `packed-refs` in place: another inode, until the number is used again. What nobody can set is
/// the time at which the file's own record changed.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Stamp {
    modified: Option<SystemTime>,
    len: u64,
    inode: u64,
    changed: (i64, i64),
}

impl Stamp {
    fn of(about: &std::fs::Metadata) -> Self {
        #[cfg(unix)]
        let (inode, changed) = {
            use std::os::unix::fs::MetadataExt;
            (about.ino(), (about.ctime(), about.ctime_nsec()))
        };
        #[cfg(not(unix))]
        let (inode, changed) = (0, (0, 0));
        Self { modified: about.modified().ok(), len: about.len(), inode, changed }
    }

    /// True if a file could be changed again without changing this: it was changed within one tick of the file system's clock.
    fn is_young(&self) -> bool {
        let since = u64::try_from(self.changed.0).map(|s| SystemTime::UNIX_EPOCH + Duration::new(s, self.changed.1 as u32));
        let Some(since) = since.ok().filter(|_| cfg!(unix)).or(self.modified) else { return true };
        let whole_seconds = since.duration_since(SystemTime::UNIX_EPOCH).is_ok_and(|d| d.subsec_nanos() == 0);
        let tick = if whole_seconds { Duration::from_secs(2) } else { Duration::from_millis(50) };
        #[expect(clippy::disallowed_methods, reason = "compares with a file's time, which no injected clock can set")]
        let now = SystemTime::now();
        now.duration_since(since).is_ok_and(|age| age < tick)
    }
}

impl Packed {
    /// For looking only; a change of a ref reads the file itself.
    fn find(&self, paths: &RepoPaths, name: &str) -> Result<Option<Oid>, GitError> {
        let path = paths.common_dir.join("packed-refs");
        let Ok(there) = path.metadata() else { return Ok(None) };
        let stamp = Stamp::of(&there);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, buffer)) = kept.as_ref().filter(|(old, _)| *old == stamp) {
            return find_packed(buffer, name);
        }
        let Some(buffer) = open_packed(paths)? else { return Ok(None) };
        let found = find_packed(&buffer, name);
        *kept = (!stamp.is_young()).then_some((stamp, buffer));
        found
    }
}

/// See [`crate::git::Git::tip`].
pub(super) fn tip(paths: &RepoPaths, packed: &Packed, name: &str) -> Result<Option<Oid>, GitError> {
    let mut name = checked(name)?.to_owned();
    // git follows five symbolic refs, too.
    for _ in 0..5 {
        match loose(&file(paths, &name))? {
            Some(Loose::Object(id)) => return Ok(Some(id)),
            Some(Loose::Symbolic(next)) => checked(&next)?.clone_into(&mut name),
            None => return packed.find(paths, &name),
        }
    }
    Err(GitError::Other(format!("`{name}` is a ring of symbolic refs")))
}

/// See [`crate::git::Git::symbolic`].
pub(super) fn symbolic(paths: &RepoPaths, name: &str) -> Result<Option<String>, GitError> {
    // `core.preferSymlinkRefs`, and repositories older than symbolic refs.
    if let Ok(target) = std::fs::read_link(file(paths, checked(name)?)) {
        return Ok(target.to_str().filter(|t| t.starts_with("refs/")).map(str::to_owned));
    }
    Ok(match loose(&file(paths, checked(name)?))? {
        Some(Loose::Symbolic(target)) => Some(target),
        _ => None,
    })
}

/// See [`crate::git::Git::refs`].
pub(super) fn list(paths: &RepoPaths, packed: &Packed, prefix: &str) -> Result<Vec<(String, Oid)>, GitError> {
    let kind = gix::hash::Kind::Sha1;
    let store = if paths.git_dir == paths.common_dir {
        gix::refs::file::Store::at(paths.git_dir.clone(), kind)
    } else {
        gix::refs::file::Store::for_linked_worktree(paths.git_dir.clone(), paths.common_dir.clone(), kind)
    };
    let failed = |e: &gix::Error| other("the refs could not be listed", e);
    let platform = store.iter().map_err(|e| failed(&e))?;
    let all = platform.all().map_err(|source| GitError::Io { path: paths.common_dir.join("refs"), source })?;
    let mut out = Vec::new();
    for found in all {
        // A ref that cannot be read is git's to complain about; the others are still there.
        let Ok(found) = found else { continue };
        let Ok(name) = std::str::from_utf8(found.name.as_bstr()) else { continue };
        if !name.starts_with(prefix) {
            continue;
        }
        if let Some(id) = tip(paths, packed, name)? {
            out.push((name.to_owned(), id));
        }
    }
    out.sort();
    Ok(out)
}

/// See [`crate::git::Git::update_ref`].
pub(super) fn update(
    backend: &GixBackend,
    name: &str,
    expected: Expected,
    new: Option<Oid>,
    reason: &str,
) -> Result<Cas, GitError> {
    let paths = &backend.paths;
    let path = file(paths, checked(name)?);
    let plain = name.starts_with("refs/") && !is_private(name) && !has_reflog(backend, name) && !backend.is_shared();
    let (Some(new), true) = (new, plain) else {
        return crate::git::update_ref::run(&backend.runner, name, expected, new, reason, &|| tip(paths, &backend.packed, name));
    };
    to_gix(new)?;

    crate::failpoint!("git.ref.before");
    let boundary = paths.common_dir.join("refs");
    let acquire = |patience: Fail| {
        while_vanishing(|| gix::lock::File::acquire_to_update_resource(&path, patience, Some(boundary.clone()), 0))
    };
    let lock = match acquire(Fail::Immediately) {
        // What stands there since before this command is nobody's who lets go of it soon.
        Err(e) if e.is_retryable() && !matches!(lock_age(&paths.common_dir, name), Some(Ok(age)) if age > STALE_LOCK) => {
            acquire(Fail::AfterDurationWithBackoff(PATIENCE))
        }
        other => other,
    };
    let mut lock = lock.map_err(|e| lock_error(&path, name, &e))?;
    let actual = match loose(&path)? {
        Some(Loose::Object(id)) => Some(id),
        Some(Loose::Symbolic(_)) => {
            drop(lock);
            return crate::git::update_ref::run(&backend.runner, name, expected, Some(new), reason, &|| {
                tip(paths, &backend.packed, name)
            });
        }
        // Loose first, packed second: a ref that is being packed is never in neither.
        None => packed(paths, name)?,
    };
    let seen = match expected {
        Expected::Missing => None,
        Expected::Is(id) => Some(id),
    };
    if actual != seen {
        return Ok(Cas::Moved(actual));
    }
    if actual == Some(new) {
        return Ok(Cas::Done);
    }
    let io = |source| GitError::Io { path: path.clone(), source };
    lock.with_mut(|out| out.write_all(format!("{new}\n").as_bytes())).map_err(io)?;
    crate::failpoint!("git.ref.rename.before");
    if let Err(failed) = lock.commit() {
        // Packing refs leaves empty directories behind, and one may have our name.
        if !path.is_dir() || remove_empty(&path).is_err() {
            return Err(io(failed.error));
        }
        failed.instance.commit().map_err(|e| io(e.error))?;
    }
    crate::failpoint!("git.ref.after");
    Ok(Cas::Done)
}

/// The file of a loose ref.
pub(super) fn file(paths: &RepoPaths, name: &str) -> PathBuf {
    let shared = name.starts_with("refs/") && !is_private(name);
    if shared { paths.common_dir.join(name) } else { paths.git_dir.join(name) }
}

/// Refs that each worktree has for itself.
fn is_private(name: &str) -> bool {
    ["refs/bisect/", "refs/worktree/", "refs/rewritten/"].iter().any(|p| name.starts_with(p))
}

fn loose(path: &Path) -> Result<Option<Loose>, GitError> {
    let io = |source| GitError::Io { path: path.to_owned(), source };
    let text = match read_small(path) {
        Ok(text) => text,
        Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::IsADirectory) => return Ok(None),
        Err(e) => return Err(io(e)),
    };
    let text = String::from_utf8_lossy(&text);
    let text = text.trim_ascii_end();
    if let Some(target) = text.strip_prefix("ref:") {
        return Ok(Some(Loose::Symbolic(target.trim_ascii().to_owned())));
    }
    // git ignores what follows the name after a blank.
    let hex = text.split_ascii_whitespace().next().unwrap_or_default();
    match Oid::from_hex(hex) {
        Some(id) => Ok(Some(Loose::Object(id))),
        None => Err(GitError::Other(format!("the ref file `{}` is damaged: it names no object", path.display()))),
    }
}

/// The bytes of a file that is small nearly always: nobody asks for its length first, nor for what follows its end.
fn read_small(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut file = std::fs::File::open(path)?;
    let mut bytes = vec![0; 256];
    let len = file.read(&mut bytes)?;
    let filled = len == bytes.len();
    bytes.truncate(len);
    if filled {
        file.read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

fn packed(paths: &RepoPaths, name: &str) -> Result<Option<Oid>, GitError> {
    open_packed(paths)?.map_or(Ok(None), |buffer| find_packed(&buffer, name))
}

fn open_packed(paths: &RepoPaths) -> Result<Option<packed::Buffer>, GitError> {
    let path = paths.common_dir.join("packed-refs");
    if !path.is_file() {
        return Ok(None);
    }
    let opened = packed::Buffer::open(path, 32 * 1024, gix::hash::Kind::Sha1);
    opened.map(Some).map_err(|e| other("packed-refs could not be read", &e))
}

fn find_packed(buffer: &packed::Buffer, name: &str) -> Result<Option<Oid>, GitError> {
    if !name.starts_with("refs/") {
        return Ok(None);
    }
    let full: &FullNameRef = name.try_into().map_err(|_| GitError::Other(format!("`{name}` is not the full name of a ref")))?;
    let found = buffer.try_find(full).map_err(|e| other("packed-refs could not be read", &e))?;
    found.map(|r| from_gix(&r.target())).transpose()
}

/// True if git would write a reflog for a change of this ref.
fn has_reflog(backend: &GixBackend, name: &str) -> bool {
    if backend.paths.common_dir.join("logs").join(name).exists() {
        return true;
    }
    let usual = ["refs/heads/", "refs/remotes/", "refs/notes/"].iter().any(|p| name.starts_with(p));
    match backend.config.get("core.logAllRefUpdates") {
        Some(value) if value.eq_ignore_ascii_case("always") => true,
        Some(value) => usual && crate::git::discover::is_true(&value),
        None => usual && backend.paths.work_dir.is_some(),
    }
}

fn lock_error(path: &Path, name: &str, error: &gix::Error) -> GitError {
    if error.is_retryable() {
        return GitError::Locked(format!("{name}.lock"));
    }
    match error.downcast_any_ref::<std::io::Error>() {
        Some(e) if e.kind() == ErrorKind::NotADirectory || path.parent().is_some_and(Path::is_file) => {
            GitError::Other(format!("`{name}` cannot be made: a part of its name is a ref"))
        }
        Some(e) => GitError::Io { path: path.to_owned(), source: std::io::Error::new(e.kind(), e.to_string()) },
        None => other(&format!("`{name}` could not be locked"), error),
    }
}

/// Removes a directory that holds nothing but empty directories.
fn remove_empty(dir: &Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(dir)? {
        remove_empty(&entry?.path())?;
    }
    crate::failpoint!("git.ref.empty_dir.before");
    let removed = std::fs::remove_dir(dir);
    crate::failpoint!("git.ref.empty_dir.after");
    removed
}
