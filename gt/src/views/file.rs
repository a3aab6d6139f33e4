//! A file of computed views beside the cache of `bd`: a word with its version, a checksum over all of it, and what it holds.
//!
//! Nothing in it is worth anything: it is read only by looks, made anew when in doubt, and never asked by a mutation. It is
//! replaced whole by a rename and not synced: what a crash leaves of it does not fit its checksum.

use bd::store::wire::{Broken, Read, Take};
use bd::store::{Snapshot, hash64};
use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

/// Raised with every change of what is kept or of the rules by which it is computed: another version's file counts for nothing.
const VERSION: u8 = 8;
/// What a file begins with; the checksum follows.
pub const HEAD: usize = 16;
/// What a file begins with whose bodies are read one by one: the same, and the length of its heads.
const FRONT: usize = 24;
const SEED: u64 = 0x6774;

/// What a file of this version begins with.
fn magic() -> [u8; 8] {
    let mut out = *b"gtview\0\n";
    out[6] = VERSION;
    out
}

/// Room for the head of a file, to which its content is appended.
pub fn begin() -> Vec<u8> {
    vec![0; HEAD]
}

/// The bytes of a file, its content from [`HEAD`] on; `None` where there is none that can be believed.
pub fn read(folder: &Path, name: &str) -> Option<Vec<u8>> {
    let path = there(folder, name).ok()?;
    let bytes = std::fs::read(path).ok()?;
    let (head, content) = bytes.split_at_checked(HEAD)?;
    let fits = head[..8] == magic() && head[8..] == named(name, content).to_le_bytes();
    fits.then_some(bytes)
}

/// Where a file is; a pipe in its place would keep whoever opens it for ever.
fn there(folder: &Path, name: &str) -> Read<std::path::PathBuf> {
    let path = folder.join(name);
    if path.metadata()?.is_file() { Ok(path) } else { Err(Broken) }
}

/// Replaces a file by what [`begin`] began. Best effort: where the disk does not take it, the next look computes again.
pub fn write(folder: &Path, name: &str, mut bytes: Vec<u8>) {
    let Some((head, content)) = bytes.split_at_mut_checked(HEAD) else { return };
    head[..8].copy_from_slice(&magic());
    head[8..].copy_from_slice(&named(name, content).to_le_bytes());
    let _best_effort = replace(folder, name, &[&bytes]);
}

/// Where a body is: its first byte, its length, its checksum.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stretch {
    /// The first byte.
    pub at: u64,
    /// How many.
    pub len: usize,
    /// As [`sum`] says.
    pub sum: u64,
}

/// The checksum of what a file begins with: another view's file under this name is none.
fn named(name: &str, content: &[u8]) -> u64 {
    hash64(hash64(SEED, name.as_bytes()), content)
}

/// Empties a file that was written while a redaction was enforced: what it was computed from may hold the text. Best effort.
pub fn let_go(snapshot: &Snapshot, folder: &Path, name: &str) {
    if !snapshot.may_be_kept() {
        let _best_effort = replace(folder, name, &[]);
    }
}

/// The checksum of a body.
pub fn sum(body: &[u8]) -> u64 {
    hash64(SEED, body)
}

/// A file of heads and bodies: the heads, and where the bodies begin. A look reads the heads, and of the bodies what it shows.
///
/// # Errors
/// There is none that can be believed.
pub fn open(folder: &Path, name: &str) -> Read<(File, Vec<u8>, u64)> {
    let mut file = File::open(there(folder, name)?)?;
    let mut front = [0; FRONT];
    file.read_exact(&mut front)?;
    let mut take = Take::new(&front);
    let (word, expected, len) = (take.raw(8)?, take.u64()?, take.u64()?);
    let len = usize::try_from(len).ok().filter(|len| *len as u64 <= file.metadata().map_or(0, |m| m.len())).ok_or(Broken)?;
    let mut heads = vec![0; len];
    file.read_exact(&mut heads)?;
    if word != magic() || expected != named(name, &heads) {
        return Err(Broken);
    }
    Ok((file, heads, (FRONT + len) as u64))
}

/// A body of a file of [`open`].
///
/// # Errors
/// It cannot be read, or it is not what was written.
pub fn body(file: &File, stretch: Stretch) -> Read<Vec<u8>> {
    // The length stands in heads that fit their checksum: no file says it wants more than it has.
    let mut bytes = vec![0; stretch.len];
    file.read_exact_at(&mut bytes, stretch.at)?;
    if sum(&bytes) == stretch.sum { Ok(bytes) } else { Err(Broken) }
}

/// Replaces a file of heads and bodies.
///
/// # Errors
/// As [`replace`].
pub fn write_parts(folder: &Path, name: &str, heads: &[u8], bodies: &[u8]) -> std::io::Result<()> {
    let (expected, len) = (named(name, heads).to_le_bytes(), (heads.len() as u64).to_le_bytes());
    replace(folder, name, &[&magic(), &expected, &len, heads, bodies])
}

/// Replaces a file by these parts, one after the other.
///
/// # Errors
/// The disk does not take it; the old one stands.
fn replace(folder: &Path, name: &str, parts: &[&[u8]]) -> std::io::Result<()> {
    // A name of its own: two looks at once do not write into one file. What somebody who died left is swept away with the image.
    let temp = folder.join(format!("{name}.{}.new", std::process::id()));
    bd::failpoint!("gt.view.write.before");
    let written = std::fs::write(&temp, parts.concat());
    bd::failpoint!("gt.view.write.after");
    let placed = written.and_then(|()| std::fs::rename(&temp, folder.join(name)));
    bd::failpoint!("gt.view.rename.after");
    if placed.is_err() {
        let _ = std::fs::remove_file(&temp);
        bd::failpoint!("gt.view.take_back");
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_written_whole_and_by_this_version_is_believed() {
        let dir = tempfile::tempdir().unwrap();
        assert!(read(dir.path(), "x").is_none());
        let mut bytes = begin();
        bytes.extend_from_slice(b"what was seen");
        write(dir.path(), "x", bytes);
        let whole = read(dir.path(), "x").unwrap();
        assert_eq!(&whole[HEAD..], b"what was seen");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "nothing else is left behind");
        let path = dir.path().join("x");
        for at in 0..whole.len() * 8 {
            let mut harmed = whole.clone();
            harmed[at / 8] ^= 1 << (at % 8);
            std::fs::write(&path, &harmed).unwrap();
            assert!(read(dir.path(), "x").is_none(), "bit {at}");
            std::fs::write(&path, &whole[..at / 8]).unwrap();
            assert!(read(dir.path(), "x").is_none(), "{} bytes", at / 8);
        }
        write(&dir.path().join("there/is/none"), "x", begin());
    }

    #[test]
    fn heads_and_bodies_are_believed_apart() {
        let dir = tempfile::tempdir().unwrap();
        write_parts(dir.path(), "x", b"the heads", b"one, two").unwrap();
        let path = dir.path().join("x");
        let whole = std::fs::read(&path).unwrap();
        let read = |of: &[u8]| {
            std::fs::write(&path, of).unwrap();
            let (file, heads, at) = open(dir.path(), "x").ok()?;
            let of = |n: u64, text: &[u8]| body(&file, Stretch { at: at + n, len: text.len(), sum: sum(text) }).ok();
            Some((heads, of(0, b"one"), of(5, b"two")))
        };
        let (one, two) = (Some(b"one".to_vec()), Some(b"two".to_vec()));
        assert_eq!(read(&whole), Some((b"the heads".to_vec(), one.clone(), two.clone())));
        let bodies = whole.len() - 8;
        for at in 0..whole.len() * 8 {
            let mut harmed = whole.clone();
            harmed[at / 8] ^= 1 << (at % 8);
            match at / 8 {
                byte if byte < bodies => assert_eq!(read(&harmed), None, "bit {at}"),
                byte => {
                    let (heads, a, b) = read(&harmed).unwrap();
                    assert_eq!(heads, b"the heads");
                    assert_eq!(a, one.clone().filter(|_| byte >= bodies + 3), "bit {at}");
                    assert_eq!(b, two.clone().filter(|_| byte < bodies + 5), "bit {at}");
                }
            }
            if at / 8 < bodies {
                assert_eq!(read(&whole[..at / 8]), None, "{} bytes", at / 8);
            }
        }
        assert_eq!(read(&whole[..bodies + 3]), Some((b"the heads".to_vec(), one, None)));
    }
}
