//! Files of a hooks folder: written whole or not at all, kept by their very inode where the file system can do that.

use bd::error::{Error, Result};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The bytes of a file; `None` if there is none. A link is followed.
///
/// # Errors
/// It cannot be read.
pub fn read(path: &Path) -> Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
        Err(e) => Err(Error::io(path, &e)),
    }
}

/// True if there is anything at this path, a broken link included.
pub fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// True if this is a shim of ours.
pub fn is_ours(path: &Path) -> bool {
    version(path).is_some()
}

/// The version of a shim of ours at this path.
pub fn version(path: &Path) -> Option<u32> {
    super::version_of(&fs::read(path).ok()?)
}

/// The name under which a file is written before it takes its place.
pub fn temporary(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.bd-new"))
}

/// Writes a program beside its place; [`settle`] then puts it there.
///
/// # Errors
/// The folder does not take it.
pub fn prepare(path: &Path, text: &str) -> Result<()> {
    let temp = temporary(path);
    bd::failpoint!("hooks.write.before");
    let written = fs::write(&temp, text).and_then(|()| executable(&temp));
    bd::failpoint!("hooks.write.after");
    if let Err(e) = written {
        drop_quietly(&temp);
        let error = Error::io(path, &e).hint("Nothing was changed. `bd hooks status` says which folder git runs hooks from");
        return Err(error);
    }
    Ok(())
}

/// Puts what [`prepare`] wrote in its place, over what is there.
///
/// # Errors
/// The folder does not take it.
pub fn settle(path: &Path) -> Result<()> {
    bd::failpoint!("hooks.place.before");
    fs::rename(temporary(path), path).map_err(|e| Error::io(path, &e))?;
    bd::failpoint!("hooks.place.after");
    Ok(())
}

/// Writes a file whole, with a temporary file beside it.
///
/// # Errors
/// The folder does not take it.
pub fn write(path: &Path, text: &str) -> Result<()> {
    if read(path)?.as_deref() == Some(text.as_bytes()) {
        return Ok(());
    }
    let temp = temporary(path);
    bd::failpoint!("hooks.file.before");
    fs::write(&temp, text).map_err(|e| Error::io(&temp, &e))?;
    bd::failpoint!("hooks.file.after");
    settle(path)
}

/// Keeps what is at `from` as `to` as well: the same inode, so that bytes, mode and times stay; a copy with its mode and
/// times where the file system has no hard links, or a link to the same place.
///
/// # Errors
/// The folder does not take it.
pub fn keep(from: &Path, to: &Path) -> Result<()> {
    remove(to)?;
    bd::failpoint!("hooks.keep.before");
    let done = fs::hard_link(from, to).or_else(|_| copy(from, to));
    bd::failpoint!("hooks.keep.after");
    done.map_err(|e| Error::io(to, &e))
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    let meta = from.symlink_metadata()?;
    #[cfg(unix)]
    if meta.is_symlink() {
        bd::failpoint!("hooks.keep.link.before");
        std::os::unix::fs::symlink(fs::read_link(from)?, to)?;
        bd::failpoint!("hooks.keep.link.after");
        return Ok(());
    }
    bd::failpoint!("hooks.keep.copy.before");
    fs::copy(from, to)?;
    bd::failpoint!("hooks.keep.copy.after");
    let times = fs::FileTimes::new().set_modified(meta.modified()?);
    fs::File::options().write(true).open(to)?.set_times(times)
}

/// Moves a file over another.
///
/// # Errors
/// The folder does not take it.
pub fn put_back(from: &Path, to: &Path) -> Result<()> {
    bd::failpoint!("hooks.back.before");
    fs::rename(from, to).map_err(|e| Error::io(to, &e))?;
    bd::failpoint!("hooks.back.after");
    // Two names of one inode stay both: a rename between them does nothing.
    remove(from)
}

/// Removes a file; `Ok` if there is none.
///
/// # Errors
/// The folder does not let it go.
pub fn remove(path: &Path) -> Result<()> {
    bd::failpoint!("hooks.remove.before");
    let gone = fs::remove_file(path);
    bd::failpoint!("hooks.remove.after");
    match gone {
        Err(e) if e.kind() != ErrorKind::NotFound => Err(Error::io(path, &e)),
        _ => Ok(()),
    }
}

/// Removes what may or may not be there, and is of no use to anybody.
pub fn drop_quietly(path: &Path) {
    let _was_not_there = fs::remove_file(path);
}

/// Makes a folder and those above it; `true` if it was not there.
///
/// # Errors
/// It cannot be made.
pub fn make_folder(path: &Path) -> Result<bool> {
    if path.is_dir() {
        return Ok(false);
    }
    bd::failpoint!("hooks.folder.before");
    fs::create_dir_all(path).map_err(|e| Error::io(path, &e).hint("Nothing was changed"))?;
    bd::failpoint!("hooks.folder.after");
    Ok(true)
}

/// The names in a folder, sorted; none if there is no such folder.
///
/// # Errors
/// It cannot be listed.
pub fn names(dir: &Path) -> Result<Vec<String>> {
    let listed = match fs::read_dir(dir) {
        Ok(listed) => listed,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(Error::io(dir, &e)),
    };
    let mut out: Vec<String> = listed.filter_map(|e| e.ok()?.file_name().into_string().ok()).collect();
    out.sort();
    Ok(out)
}

#[cfg(unix)]
fn executable(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    // As the user's umask has it for others, and executable for whoever may read.
    let mode = path.metadata()?.permissions().mode();
    fs::set_permissions(path, fs::Permissions::from_mode(mode | ((mode & 0o444) >> 2)))
}

#[cfg(not(unix))]
fn executable(_: &Path) -> std::io::Result<()> {
    Ok(())
}

/// True if git would run this file.
#[cfg(unix)]
pub fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o111 != 0)
}

/// True if git would run this file.
#[cfg(not(unix))]
pub fn is_program(path: &Path) -> bool {
    path.is_file()
}
