//! Files of this clone alone, below `<common dir>/beads/gt/`: never committed, shared by the clone's worktrees.
//!
//! Read whole, replaced whole (a synced temporary file, a rename, the folder synced), changed under a lock of their own
//! folder. Only the user can read them: some hold addresses and tokens.

use bd::error::{Error, Result};
use bd::store::{Lock, Store};
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long somebody waits for another command that changes a local file.
const PATIENCE: Duration = Duration::from_secs(10);

/// The folder.
pub fn folder(store: &Store) -> PathBuf {
    store.git().paths().beads_dir().join("gt")
}

/// The text of a file; `None` if it is not there.
///
/// # Errors
/// It is there and cannot be read.
pub fn read(store: &Store, name: &str) -> Result<Option<String>> {
    let path = folder(store).join(name);
    match std::fs::read(&path) {
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(e) if matches!(e.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) => Ok(None),
        Err(e) => Err(Error::io(&path, &e)),
    }
}

/// Changes a file under the lock: `make` gets what is there and gives what shall be there, or `None` for no change.
///
/// # Errors
/// What `make` returns; a held lock (exit 7); a disk that does not take it, and the old file stands.
pub fn update<T>(store: &Store, name: &str, make: impl FnOnce(Option<&str>) -> Result<(Option<String>, T)>) -> Result<T> {
    let _lock = Lock::acquire(&folder(store), PATIENCE)?;
    let old = read(store, name)?;
    let (new, out) = make(old.as_deref())?;
    if let Some(new) = new.filter(|new| Some(new.as_str()) != old.as_deref()) {
        write(&folder(store).join(name), new.as_bytes())?;
    }
    Ok(out)
}

/// Replaces a file whole, readable by its owner only.
///
/// # Errors
/// The disk does not take it; the old file then stands.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let io = |e: std::io::Error| Error::io(path, &e);
    let dir = path.parent().ok_or_else(|| Error::internal("a local file is in no folder"))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    bd::failpoint!("gt.local.before");
    std::fs::create_dir_all(dir).map_err(io)?;
    let temp = dir.join(format!(".{name}.new"));
    // What a killed command left is nobody's: the lock is ours.
    bd::failpoint!("gt.local.tidy.before");
    let _ = std::fs::remove_file(&temp);
    bd::failpoint!("gt.local.tidy.after");
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);

    let written = options.open(&temp).and_then(|mut f| f.write_all(bytes).and_then(|()| f.sync_all()));
    bd::failpoint!("gt.local.write.after");
    let placed = written.and_then(|()| std::fs::rename(&temp, path));
    bd::failpoint!("gt.local.rename.after");
    if let Err(e) = placed {
        let _ = std::fs::remove_file(&temp);
        bd::failpoint!("gt.local.take_back");
        return Err(io(e));
    }
    let synced = File::open(dir).and_then(|d| d.sync_all());
    bd::failpoint!("gt.local.sync.after");
    synced.map_err(io)
}

/// A name for a file about somebody: nothing of the text itself can leave its place.
pub fn name_for(what: &str, text: &str) -> String {
    use sha2::{Digest, Sha256};
    let digest = Sha256::digest(text.as_bytes());
    let hex: String = digest.iter().take(8).map(|b| format!("{b:02x}")).collect();
    format!("{what}-{hex}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_only_its_owner_reads_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a").join("b");
        write(&path, b"one").unwrap();
        std::fs::write(dir.path().join("a").join(".b.new"), "left behind").unwrap();
        write(&path, b"two").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"two");
        assert_eq!(std::fs::read_dir(dir.path().join("a")).unwrap().count(), 1);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        assert!(!name_for("marks", "../../x").contains('/'));
    }
}
