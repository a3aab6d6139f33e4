//! Writing a file of the user's choice whole or not at all.

use crate::error::{Error, Result};
use std::io::Write;
use std::path::Path;

/// Replaces a file by these bytes: a synced temporary file beside it, then a rename.
///
/// # Errors
/// The disk does not take it; the old file then stands.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let name = path.file_name().ok_or_else(|| Error::usage(format!("{} is no file name", path.display())))?;
    let temp = path.with_file_name(format!(".{}.bd-new", name.to_string_lossy()));
    let io = |e: std::io::Error| Error::io(path, &e);
    crate::failpoint!("file.write.before");
    let written = std::fs::File::create(&temp).and_then(|mut f| f.write_all(bytes).and_then(|()| f.sync_all()));
    crate::failpoint!("file.write.after");
    if let Err(e) = written {
        let _ = std::fs::remove_file(&temp);
        return Err(io(e));
    }
    crate::failpoint!("file.rename.before");
    std::fs::rename(&temp, path).map_err(io)?;
    crate::failpoint!("file.rename.after");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_not_there_changes_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x");
        write(&path, b"one").unwrap();
        write(&path, b"two").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"two");
        assert!(write(&dir.path().join("no/such/x"), b"three").is_err());
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "no temporary file is left");
    }
}
