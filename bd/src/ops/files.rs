//! Writing a file of the user's choice whole or not at all.

use crate::error::{Error, Result};
use std::io::Write;
use std::path::Path;

/// What stands at a path of the working tree, symbolic links not followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum There {
    /// Nothing.
    Nothing,
    /// A file with these bytes.
    File(Vec<u8>),
    /// A symbolic link, a folder or something else: a write in its place would take something of the user's away.
    Other,
}

/// Looks at a path.
///
/// # Errors
/// Everything but that there is nothing: a file that cannot be read is not an empty one.
pub(super) fn look(path: &Path) -> Result<There> {
    let io = |e: std::io::Error| Error::io(path, &e);
    match std::fs::symlink_metadata(path) {
        Ok(about) if about.is_file() => std::fs::read(path).map(There::File).map_err(io),
        Ok(_) => Ok(There::Other),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(There::Nothing),
        Err(e) => Err(io(e)),
    }
}

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
        assert_eq!(look(&path).unwrap(), There::File(b"two".to_vec()));
        assert_eq!(look(&dir.path().join("none")).unwrap(), There::Nothing);
        assert_eq!(look(dir.path()).unwrap(), There::Other);
        look(&path.join("below a file")).unwrap_err();
    }
}
